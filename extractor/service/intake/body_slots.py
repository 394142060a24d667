"""Limits on how many bodies are taken apart at once in threads, since each holds up other requests for moments."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyio import CapacityLimiter


@dataclass(frozen=True)
class BodySlots:
    """The slots for pieces of multipart bodies and, separate from them, for small JSON bodies."""

    pieces: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    texts: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
