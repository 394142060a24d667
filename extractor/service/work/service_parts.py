"""The parts that answer requests, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from extractor.processes.workers import processors
from extractor.record.checks import Lang
from extractor.service.http.guesses import Guesses
from extractor.service.http.leaving import Turn
from extractor.service.http.metrics import Metrics
from extractor.service.http.service_limits import EXPORTS_WAITING, Bounds
from extractor.service.intake.body_slots import Intake
from extractor.service.store.database import Database
from extractor.service.work.queue import Queue
from extractor.service.work.readiness import Readiness
from extractor.service.work.sandbox import Sandbox

Result = TypeVar("Result")


@dataclass(frozen=True)
class Service:
    """What requests are answered with. ``key`` stands for all that can change a record but the file; ``token`` is what
    people have to know who sign in, None: nothing."""

    database: Database
    uploads: Path
    queue: Queue
    sandbox: Sandbox
    metrics: Metrics
    bounds: Bounds
    key: str
    lang: Lang
    token: str | None
    guesses: Guesses
    readiness: Readiness
    exporting: Turn = field(default_factory=lambda: Turn(EXPORTS_WAITING))
    """Exports take memory: one at a time."""
    heavy: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(max(1, processors() - 1)))

    intake: Intake = field(default_factory=Intake)

    async def heavily(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Do in a thread what takes many times as long as most requests; some of it at once, so that those go on."""
        return await to_thread.run_sync(function, *arguments, limiter=self.heavy)
