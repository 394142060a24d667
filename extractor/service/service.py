"""The parts that answer requests, put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from extractor.checks import Lang
from extractor.service.bounds import EXPORTS_WAITING, Bounds
from extractor.service.database import Database
from extractor.service.guesses import Guesses
from extractor.service.leaving import Turn
from extractor.service.metrics import Metrics
from extractor.service.queue import Queue
from extractor.service.readiness import Readiness
from extractor.service.sandbox import Sandbox


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
