"""The parts of a running service that requests are answered with."""

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
from extractor.service.http.metrics import ServiceMetrics
from extractor.service.http.service_limits import EXPORTS_WAITING, ServiceLimits
from extractor.service.intake.body_slots import BodySlots
from extractor.service.store.database import Database
from extractor.service.work.collector import Collector
from extractor.service.work.queue import Queue
from extractor.service.work.readiness import Readiness
from extractor.service.work.sandbox import Sandbox

Result = TypeVar("Result")


@dataclass(frozen=True)
class Service:
    """The parts of a running service.

    ``key`` is a hash of everything that affects a record except the file. ``token`` is what people need to sign in,
    None where they need none.
    """

    database: Database
    uploads: Path
    queue: Queue
    sandbox: Sandbox
    collector: Collector
    metrics: ServiceMetrics
    bounds: ServiceLimits
    key: str
    lang: Lang
    token: str | None
    guesses: Guesses
    readiness: Readiness
    exporting: Turn = field(default_factory=lambda: Turn(EXPORTS_WAITING))
    """The turn to export: one at a time, since an export takes memory."""
    heavy: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(max(1, processors() - 1)))
    slots: BodySlots = field(default_factory=BodySlots)

    async def run_heavy(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Run a slow function in a thread; few run at once, so that other requests go on."""
        return await to_thread.run_sync(function, *arguments, limiter=self.heavy)

    async def of_all(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Run a slow function that asks about many notices, when all that are stored by now are collected."""
        await self.collector.finish()
        return await self.run_heavy(function, *arguments)
