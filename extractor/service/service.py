"""The parts that answer requests, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from extractor.checks import Lang
from extractor.service.bounds import EXPORTS_WAITING, Bounds
from extractor.service.database import Database
from extractor.service.guesses import Guesses
from extractor.service.intake import Intake
from extractor.service.leaving import Turn
from extractor.service.metrics import Metrics
from extractor.service.queue import Queue
from extractor.service.readiness import Readiness
from extractor.service.sandbox import Sandbox
from extractor.workers import processors

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
