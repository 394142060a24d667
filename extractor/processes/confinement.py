"""Processes with limits for reading documents: one item at a time each, ended when an item takes too long.

This is the parent's side; ``extractor.processes.confined_main`` is the process.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar

from extractor.files.scan.page_progress import PageProgress
from extractor.files.sources.file_limits import MB
from extractor.processes.environment import harmless
from extractor.processes.process_family import FamilyFolder, kill_family

Item = TypeVar("Item")
Result = TypeVar("Result")

NO_MEMORY = 3
"""The exit status of a process whose document needs too much memory."""

_BY_THE_CLOCK = 4  # seconds of waiting for each second of processor time: other processes run, too
_END_SECONDS = 5.0


@dataclass(frozen=True)
class Allowance:
    """The limits on reading one document."""

    seconds: int = 60
    """Seconds of processor time."""
    memory_bytes: int = 1500 * MB
    """Bytes of address space of the process; recognition adds what its models need (``recogniser.MODEL_BYTES``)."""

    @property
    def clock_seconds(self) -> int:
        """Seconds of waiting for one document."""
        return _BY_THE_CLOCK * self.seconds


def environment() -> dict[str, str]:
    """Return the environment of such a process: the place of its code, and none of our keys or tokens."""
    own = Path(__file__).resolve().parents[2]
    path = os.pathsep.join(filter(None, (str(own), os.environ.get("PYTHONPATH"))))
    return harmless(os.environ) | {"PYTHONPATH": path}


def why_ended(status: int | None, allowance: Allowance) -> str:
    """Return why such a process ended during a task, by its exit status (None: unknown)."""
    if status == NO_MEMORY:
        return "needs more memory than a document may take"
    if hasattr(signal, "SIGXCPU") and status == -signal.SIGXCPU:
        return f"takes more than {allowance.seconds} s of processor time"
    return "brought its worker process down, by a crash or for want of memory"


class LostError(Exception):
    """A process ended during an item; the message says why, as the rest of a sentence about the item."""


@contextmanager
def confined(
    function: Callable[[Item], Result],
    jobs: int,
    allowance: Allowance,
    told: Callable[[Item, PageProgress], None] = lambda _item, _page: None,
) -> Iterator[Callable[[Item], Future[Result]]]:
    """Yield a function that submits an item to ``function`` in one of ``jobs`` processes with limits.

    A future raises what ``function`` raised, and LostError where its process was lost. A process is started when it is
    needed, and ended with the block, whatever it is doing. ``told`` receives, in a thread, each page of an item whose
    recognition begins; each begins the item's time by the clock anew.
    """
    processes = [_Process(pickle.dumps(function), allowance, told) for _ in range(jobs)]
    idle: SimpleQueue[_Process] = SimpleQueue()
    for process in processes:
        idle.put(process)

    def do(item: Item) -> Result:
        process = idle.get()
        try:
            result: Result = process.ask(item)
        finally:
            idle.put(process)
        return result

    threads = ThreadPoolExecutor(jobs)
    try:
        yield lambda item: threads.submit(do, item)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.close()
        threads.shutdown()
        for process in processes:
            process.stop()


class _Process:
    """A process of ``confined_main``, started again after it was lost; for one thread at a time."""

    def __init__(self, function: bytes, allowance: Allowance, told: Callable[[Any, PageProgress], None]) -> None:
        self._function = function
        self._told = told
        self._allowance = allowance
        self._started: subprocess.Popen[bytes] | None = None
        self._clock: _Clock | None = None
        self._folder = FamilyFolder()
        self._is_closed = False

    def ask(self, item: object) -> Any:
        process = self._started or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        assert self._clock is not None
        clock = self._clock
        clock.begin()
        try:
            pickle.dump(item, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            is_returned, value = pickle.load(process.stdout)
            while is_returned is None:  # a page is being recognised, which has its own limit
                clock.pause()
                self._told(item, value)
                clock.begin()
                is_returned, value = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.stop()
            why = why_ended(process.returncode, self._allowance)
            raise LostError(f"takes more than {self._allowance.clock_seconds} s" if clock.is_over else why) from None
        finally:
            clock.pause()
        if not is_returned:
            raise value
        return value

    def close(self) -> None:
        """End the process for good; may be called from any thread."""
        self._is_closed = True
        process = self._started
        if process is not None:
            kill_family(process.pid)

    def stop(self) -> None:
        """End the process; the next item gets another."""
        process, self._started = self._started, None
        clock, self._clock = self._clock, None
        if clock is not None:
            clock.stop()
        if process is not None:
            with suppress(subprocess.TimeoutExpired):  # so that it ends by its own fault, where it does
                process.wait(_END_SECONDS)
            kill_family(process.pid)
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close() if pipe else None
        self._folder.delete()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._is_closed:
            raise LostError("was left when the run ended")
        memory, seconds = self._allowance.memory_bytes, self._allowance.seconds
        process = subprocess.Popen(
            # -P: no module of the folder that the command was given in is loaded in place of ours.
            [sys.executable, "-P", "-m", "extractor.processes.confined_main", str(memory), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment() | self._folder.made(),
            start_new_session=True,  # Ctrl-C in the terminal is for the parent
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert process.stdin is not None
        self._started = process
        self._clock = _Clock(self._allowance.clock_seconds, partial(kill_family, process.pid))
        with suppress(OSError):  # it ended at once: the next ``ask`` raises
            pickle.dump(sys.path, process.stdin)
            pickle.dump(self._function, process.stdin)
        return process


class _Clock:
    """The time by the clock of a process's items: a thread that ends the process when one takes too long.

    One thread for all of them: starting one for each takes as long as sending an item.
    """

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self.is_over = False
        """True if the time of an item was over."""
        self._seconds = seconds
        self._end = end
        self._due = inf
        self._stopped = Event()
        Thread(target=self._run, daemon=True).start()

    def begin(self) -> None:
        """Begin the time of an item."""
        self._due = monotonic() + self._seconds

    def pause(self) -> None:
        """Let no time pass until the next item begins."""
        self._due = inf

    def stop(self) -> None:
        """Stop for good."""
        self._stopped.set()

    def _run(self) -> None:
        # No item that begins while this waits is due before it wakes.
        while not self._stopped.wait(min(self._seconds, max(0.0, self._due - monotonic()))):
            if self._due <= monotonic():
                self.is_over = True
                self._end()
                return
