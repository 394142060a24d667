"""The service as a process: it opens everything in order, answers requests until it is stopped, then drains."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import uvicorn

from extractor.disk import system
from extractor.disk.marker import claim
from extractor.disk.whole import try_out
from extractor.errors import SettingsError
from extractor.logs import LOGGER
from extractor.processes.workers import processors
from extractor.readers import NOTICES_AT_ONCE, Reader
from extractor.runs.fingerprint import code_fingerprint, record_key
from extractor.service.application import application
from extractor.service.http.access import Access
from extractor.service.http.api_models import ItemOutcome
from extractor.service.http.guesses import Guesses
from extractor.service.http.metrics import ServiceMetrics
from extractor.service.http.middleware import ServiceMiddleware
from extractor.service.http.service_limits import CONNECTIONS, HEAD_BYTES, ServiceLimits
from extractor.service.http.slow_client import protocol_with_timeout
from extractor.service.intake.loaded_runs import LoadingKeys, load_run
from extractor.service.intake.spool import sweep
from extractor.service.store import notice_store
from extractor.service.store.database import Database, is_service_file, lock_folder, open_database
from extractor.service.store.notice_summary import NoticeReading, reading_of
from extractor.service.work import jobs
from extractor.service.work.collector import Collector
from extractor.service.work.jobs import NoticeTask
from extractor.service.work.queue import Queue, TaskReader
from extractor.service.work.readiness import Readiness
from extractor.service.work.sandbox import Sandbox, open_sandbox
from extractor.service.work.service_parts import Service

_SWITCH_SECONDS = 0.001  # a fifth of the default: a computing thread delays all other requests as long
_COLLECTED_AFTER = (5_000, 10, 10)  # thresholds of the garbage collector: requests leave many cycles behind
_DATABASE = "notices.sqlite"
_ANOTHER_FOLDER = "choose another folder with --data"


@dataclass(frozen=True)
class ServicePlan:
    """A service to run: its folder ``data``, its address, its access, and the reader of its notices.

    Without ``workers`` (None) there is a worker process for each processor. ``load`` are folders of runs, whose results
    go into the service first.
    """

    data: Path
    host: str
    port: int
    access: Access
    reader: Reader
    workers: int | None = None
    bounds: ServiceLimits = field(default_factory=ServiceLimits)
    load: Sequence[Path] = ()


class ServiceNews(NamedTuple):
    """The news of a service that starts: of each run that was loaded a sentence, then its address."""

    loaded: Callable[[str], None]
    begun: Callable[[str], None]


def serve(plan: ServicePlan, news: ServiceNews) -> None:
    """Serve until the process is stopped (Ctrl-C, or SIGTERM).

    Raises:
        SettingsError: The folder, the address or the model cannot be used.
        InputError: A folder to load holds no run's results.
    """
    with ExitStack() as opened:
        listening = opened.enter_context(_listening(plan.host, plan.port))
        os.umask(0o077)  # the files hold notices, and are the owner's alone
        uploads = _folder(plan.data)
        opened.enter_context(lock_folder(plan.data))
        database = opened.enter_context(open_database(plan.data / _DATABASE))
        for path in plan.load:
            news.loaded(load_run(database, path, _keys(plan)).sentence(path))
        waiting = jobs.waiting(database)
        sweep(uploads, {task.upload for task in waiting})
        gc.freeze()
        gc.set_threshold(*_COLLECTED_AFTER)
        asyncio.run(_serve(plan, database, uploads, waiting, listening, news.begun))


def _keys(plan: ServicePlan) -> LoadingKeys:
    settings = plan.reader.settings
    of_all = partial(record_key, settings, code_fingerprint(settings.backend))
    return LoadingKeys(of_all(), of_all)


async def _serve(
    plan: ServicePlan,
    database: Database,
    uploads: Path,
    waiting: list[NoticeTask],
    listening: socket.socket,
    begun: Callable[[str], None],
) -> None:
    bounds, lang = plan.bounds, plan.reader.settings.lang
    sys.setswitchinterval(_SWITCH_SECONDS)
    key = _keys(plan).own
    metrics = ServiceMetrics()
    workers = plan.workers or processors()
    async with (
        open_sandbox(workers, bounds, plan.reader.settings.ocr) as sandbox,
        _reading(plan, sandbox, uploads) as read,
    ):

        def count(outcome: ItemOutcome, seconds: float) -> None:
            metrics.count_item(outcome, seconds)
            collector.wake()

        queue = Queue(database, uploads, key, count)
        collector = Collector(database, sandbox, lang, queue.is_idle)
        metrics.gauge("queue_length", "Notices that wait.", lambda: len(queue))
        metrics.gauge("queue_capacity", "Notices that may wait.", lambda: bounds.queue)
        metrics.gauge("notices_kept", "Notices kept.", lambda: notice_store.count_notices(database))
        metrics.gauge("database_bytes", "Bytes of the database on disk.", database.size)
        guesses, readiness = Guesses(), Readiness(database, uploads)
        token = plan.access.token
        service = Service(
            *(database, uploads, queue, sandbox, collector, metrics, bounds, key, lang, token),
            guesses=guesses,
            readiness=readiness,
        )
        if waiting:
            LOGGER.warning("%d notices that were waiting when the service ended are read now", len(waiting))
        queue.put(waiting)
        # More than there are processes, so that the next order is ready when one is free.
        at_once = NOTICES_AT_ONCE if plan.reader.waits else 2 * workers
        async with collector.working(), queue.working(read, at_once, bounds.drain_seconds):
            app = ServiceMiddleware(application(service), plan.access, guesses, bounds.patience, metrics, lang)
            server = _Server(_configured(app, bounds), queue.drain)
            begun(_address(listening))
            await server.serve(sockets=[listening])


@asynccontextmanager
async def _reading(plan: ServicePlan, sandbox: Sandbox, uploads: Path) -> AsyncIterator[TaskReader]:
    """Yield the function that reads a notice: in the sandbox, or only its text there, for a reader that waits."""
    reader = plan.reader
    if not reader.waits:

        async def read_there(task: NoticeTask) -> NoticeReading:
            return await sandbox.read(
                uploads / task.upload, task.source, notice_id=task.notice_id, lang=reader.settings.lang
            )

        yield read_there
        return

    async with reader.opened() as reads:

        async def read_here(task: NoticeTask) -> NoticeReading:
            text = await sandbox.take_text(uploads / task.upload, task.source)
            read = await reads(text, task.notice_id)
            places = read.places.as_json() if read.places else b""
            return reading_of(read.text, read.notice, read.failures, places)

        yield read_here


class _Server(uvicorn.Server):
    """Uvicorn's server, with a callback as soon as it has to stop, and a normal end of the process."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stop gracefully, and at once on a second Ctrl-C."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._stopping)


def _configured(app: ServiceMiddleware, bounds: ServiceLimits) -> uvicorn.Config:
    logger = logging.getLogger("uvicorn")
    logger.handlers, logger.propagate = LOGGER.handlers, False
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol_with_timeout(bounds.patience),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # nothing here depends on them
        server_header=False,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=int(bounds.drain_seconds),
    )


def _folder(data: Path) -> Path:
    """Create or open the service's folder, and return the folder for uploads."""
    uploads = data / "uploads"
    try:
        claim(data, "service", lambda _: is_service_file(data / _DATABASE), _ANOTHER_FOLDER)
        if system.kind(uploads) not in ("nothing", "folder"):
            raise SettingsError(f"{uploads}: is not a folder; move it away, or {_ANOTHER_FOLDER}")
        uploads.mkdir(exist_ok=True, mode=0o700)
        try_out(uploads)
    except OSError as error:
        raise SettingsError(f"{data}: cannot be used ({error.strerror or error}); {_ANOTHER_FOLDER}") from error
    return uploads


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
        # The protocol is named, or asyncio would leave Nagle's algorithm on, which delays each answer by 40 ms.
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(CONNECTIONS)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another address with --host or --port"
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
