"""The process that reads documents for another one, with limits on memory and processor time, no secrets, no terminal.

Module ``confinement`` starts it as ``python -m extractor.processes.confined_main MEMORY SECONDS``: bytes of address
space, and seconds of processor time for one task. Its standard
input is a row of pickles: ``sys.path``, a function, then items. It answers each item with a pickle: whether the
function returned, and what it returned or raised. Before that it may tell of pages that it recognises: None, and which.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

from extractor.files.scan.page_progress import listen
from extractor.files.scan.recogniser import MODEL_BYTES
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.processes.confinement import NO_MEMORY
from extractor.processes.process_family import end_own_family
from extractor.processes.workers import spare_the_collector

_FILES = 64  # that may be open at once


def confine(memory_bytes: int) -> None:
    """Limit this process for good: its memory, the size of files, and the number of open files."""
    try:
        import resource
    except ModuleNotFoundError:  # not a POSIX system: the parent's time limit is the only one
        return
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes + MODEL_BYTES),
        (resource.RLIMIT_FSIZE, DEFAULT_LIMITS.archive_unpacked_bytes),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        bounds = [bound for bound in resource.getrlimit(what) if bound != resource.RLIM_INFINITY]
        lowest = min([most, *bounds])  # the system may have set a lower one already
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (lowest, lowest))
    with suppress(ValueError, OSError):  # recognition raises its own by what its models need
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (min(memory_bytes, most), most))


def allow(seconds: int) -> None:
    """Allow this process's next task so many seconds of processor time; then the system ends the process."""
    with suppress(ModuleNotFoundError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, most))


def main() -> None:
    """Do tasks until there are no more."""
    memory_bytes, seconds = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the parent
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    orders = os.fdopen(os.dup(0), "rb")
    sys.path[:] = pickle.load(orders)
    confine(memory_bytes)
    function = pickle.loads(pickle.load(orders))
    spare_the_collector()
    listen(lambda progress: _answer(answers, (None, progress)))
    items: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_take, args=(orders, items), daemon=True).start()
    while True:
        item = items.get()
        allow(seconds)
        _answer(answers, _done(function, item))


def _done(function: Callable[[Any], Any], item: Any) -> tuple[bool, Any]:
    try:
        return True, function(item)
    except MemoryError:
        os._exit(NO_MEMORY)  # the memory is freed with this process
    except Exception as error:
        return False, error


def _take(orders: BinaryIO, items: SimpleQueue[Any]) -> None:
    """Pass on the items that arrive. When the parent is gone, end this process at once."""
    try:
        while True:
            items.put(pickle.load(orders))
    finally:
        end_own_family()


def _answer(answers: BinaryIO, answer: tuple[bool | None, Any]) -> None:
    try:
        data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # the error cannot be pickled
        data = pickle.dumps((False, RuntimeError(f"{type(answer[1]).__name__}, and then {type(error).__name__}")))
    answers.write(data)
    answers.flush()


if __name__ == "__main__":
    main()
