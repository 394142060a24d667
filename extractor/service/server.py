"""The service as a process: all opened in its order, requests answered until it is told to stop, then drained."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import uvicorn

from extractor.disk import system
from extractor.disk.marker import claim
from extractor.disk.whole import try_out
from extractor.errors import SettingsError
from extractor.logs import LOGGER
from extractor.processes.workers import processors
from extractor.readers import NOTICES_AT_ONCE, Reader
from extractor.runs.fingerprint import code_fingerprint, record_key
from extractor.service.api import application
from extractor.service.http.access import Access
from extractor.service.http.guesses import Guesses
from extractor.service.http.metrics import Metrics
from extractor.service.http.middleware import Guard
from extractor.service.http.service_limits import CONNECTIONS, HEAD_BYTES, Bounds
from extractor.service.http.slow_client import impatient
from extractor.service.intake.spool import sweep
from extractor.service.store import notice_store
from extractor.service.store.database import Database, held, is_ours
from extractor.service.store.database import opened as opened_database
from extractor.service.store.notice_summary import Read, read_of
from extractor.service.work import jobs
from extractor.service.work.jobs import Task
from extractor.service.work.queue import Queue, Reads
from extractor.service.work.readiness import Readiness
from extractor.service.work.sandbox import Sandbox
from extractor.service.work.sandbox import opened as opened_sandbox
from extractor.service.work.service_parts import Service

_SWITCH_SECONDS = 0.001  # a fifth of what is usual: a thread that computes holds up all other requests as long
_COLLECTED_AFTER = (5_000, 10, 10)  # objects, and times that: what requests leave behind is not held for long
_DATABASE = "notices.sqlite"
_ANOTHER_FOLDER = "choose another folder with --data"


@dataclass(frozen=True)
class Plan:
    """A service to run: its folder ``data``, its address, who may use it, and the reader of its notices."""

    data: Path
    host: str
    port: int
    access: Access
    reader: Reader
    workers: int | None = None
    bounds: Bounds = field(default_factory=Bounds)


def serve(plan: Plan, begun: Callable[[str], None]) -> None:
    """Serve until the process is told to stop (Ctrl-C, or a signal to terminate); ``begun`` is told the address.

    Raises:
        SettingsError: the folder, the address or the model cannot be used.
    """
    with ExitStack() as opened:
        listening = opened.enter_context(_listening(plan.host, plan.port))
        os.umask(0o077)  # all that is kept holds notices, and is its owner's alone
        uploads = _folder(plan.data)
        opened.enter_context(held(plan.data))
        database = opened.enter_context(opened_database(plan.data / _DATABASE))
        waiting = jobs.waiting(database)
        sweep(uploads, {task.upload for task in waiting})
        gc.freeze()
        gc.set_threshold(*_COLLECTED_AFTER)
        asyncio.run(_serve(plan, database, uploads, waiting, listening, begun))


async def _serve(
    plan: Plan,
    database: Database,
    uploads: Path,
    waiting: list[Task],
    listening: socket.socket,
    begun: Callable[[str], None],
) -> None:
    bounds, lang = plan.bounds, plan.reader.settings.lang
    sys.setswitchinterval(_SWITCH_SECONDS)
    key = record_key(plan.reader.settings, code_fingerprint(plan.reader.settings.backend))
    metrics = Metrics()
    queue = Queue(database, uploads, key, metrics.ended)
    workers = plan.workers or processors()
    async with opened_sandbox(workers, bounds) as sandbox, _reading(plan, sandbox, uploads) as read:
        metrics.gauge("queue_length", "Notices that wait.", lambda: len(queue))
        metrics.gauge("queue_capacity", "Notices that may wait.", lambda: bounds.queue)
        metrics.gauge("notices_kept", "Notices kept.", lambda: notice_store.count(database))
        metrics.gauge("database_bytes", "Bytes of the database on disk.", database.size)
        guesses, readiness = Guesses(), Readiness(database, uploads)
        token = plan.access.token
        service = Service(
            database, uploads, queue, sandbox, metrics, bounds, key, lang, token, guesses=guesses, readiness=readiness
        )
        if waiting:
            LOGGER.warning("%d notices that waited when the service ended are done now", len(waiting))
        queue.put(waiting)
        # More than there are processes: when one is free, its next order is there already.
        at_once = NOTICES_AT_ONCE if plan.reader.waits else 2 * workers
        async with queue.working(read, at_once, bounds.drain_seconds):
            app = Guard(application(service), plan.access, guesses, bounds.patience, metrics)
            server = _Server(_configured(app, bounds), queue.drain)
            begun(_address(listening))
            await server.serve(sockets=[listening])


@asynccontextmanager
async def _reading(plan: Plan, sandbox: Sandbox, uploads: Path) -> AsyncIterator[Reads]:
    """Give what reads a notice: in the sandbox, or there its text alone where the reader waits for answers."""
    reader = plan.reader
    if not reader.waits:

        async def read_there(task: Task) -> Read:
            return await sandbox.read(
                uploads / task.upload, task.source, notice_id=task.notice_id, lang=reader.settings.lang
            )

        yield read_there
        return

    async with reader.opened() as reads:

        async def read_here(task: Task) -> Read:
            text = await sandbox.take_text(uploads / task.upload, task.source)
            read = await reads(text, task.notice_id)
            return read_of(read.text, read.notice, read.failures)

        yield read_here


class _Server(uvicorn.Server):
    """Uvicorn's server, which tells at once that it is to stop, and ends as if nothing had happened."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stop; at a second Ctrl-C at once."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._stopping)


def _configured(app: Guard, bounds: Bounds) -> uvicorn.Config:
    told = logging.getLogger("uvicorn")
    told.handlers, told.propagate = LOGGER.handlers, False
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=impatient(bounds.patience),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # nothing here depends on what a proxy says
        server_header=False,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=int(bounds.drain_seconds),
    )


def _folder(data: Path) -> Path:
    """Make the service's folder, or take its own, and return where uploads wait."""
    uploads = data / "uploads"
    try:
        claim(data, "service", lambda _: is_ours(data / _DATABASE), _ANOTHER_FOLDER)
        if system.kind(uploads) not in ("nothing", "folder"):
            raise SettingsError(f"{uploads}: is no folder; move it away, or {_ANOTHER_FOLDER}")
        uploads.mkdir(exist_ok=True, mode=0o700)
        try_out(uploads)
    except OSError as error:
        raise SettingsError(f"{data}: cannot be used ({error.strerror or error}); {_ANOTHER_FOLDER}") from error
    return uploads


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
        # Made with the protocol named: else asyncio leaves Nagle's algorithm on, and each answer waits for 40 ms.
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(CONNECTIONS)
    except OSError as error:
        where = f"{host}:{port}: cannot be listened at ({error.strerror})"
        raise SettingsError(f"{where}; choose another with --host or --port") from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
