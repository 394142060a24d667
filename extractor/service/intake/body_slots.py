"""How many bodies are taken apart at once, in threads: each holds up all other requests for moments."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyio import CapacityLimiter


@dataclass(frozen=True)
class Intake:
    """Turns for pieces of multipart bodies, and for small JSON bodies, which do not wait for those."""

    pieces: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    texts: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
