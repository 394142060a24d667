"""The parts of a running service that requests are answered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from extractor.collection.kinship import Kinship
from extractor.processes.workers import processors
from extractor.record.checks import Lang
from extractor.service.http.guesses import Guesses
from extractor.service.http.leaving import Turn
from extractor.service.http.metrics import ServiceMetrics
from extractor.service.http.service_limits import EXPORTS_WAITING, ServiceLimits
from extractor.service.intake.body_slots import BodySlots
from extractor.service.store.database import Database
from extractor.service.store.deletion_store import Deletion, DeletionEnd, delete_notice
from extractor.service.store.kin_store import KnownKinships
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
    known: KnownKinships = field(default_factory=KnownKinships)

    def kin(self) -> Mapping[str, Kinship]:
        """Return the place of each notice among all, by its id; of many notices as it was some seconds ago."""
        return self.known.recent(self.database)

    def delete(self, wanted: Deletion) -> DeletionEnd:
        """Delete a notice; those that were the same as it become what they are without it."""
        ended = delete_notice(self.database, wanted)
        self.known.forget()
        return ended

    async def run_heavy(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Run a slow function in a thread; few run at once, so that other requests go on."""
        return await to_thread.run_sync(function, *arguments, limiter=self.heavy)
