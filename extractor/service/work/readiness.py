"""Whether the service can keep what it is sent: tried by writing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from extractor.service.store.database import BusyError, Database

_GOOD_FOR = 1.0  # seconds: whoever asks more often, which anybody may, is told the same
_PROBE = bytes(4096)


@dataclass
class Readiness:
    """What was found when it was tried last."""

    database: Database
    uploads: Path
    _turn: Lock = field(default_factory=Lock)
    _found: str | None = None
    _until: float = 0.0

    def fault(self) -> str | None:
        """Return what keeps the service from taking notices, None where nothing does."""
        with self._turn:
            if monotonic() >= self._until:
                self._found = self._tried()
                self._until = monotonic() + _GOOD_FOR
            return self._found

    def _tried(self) -> str | None:
        try:
            self.database.probe()
        except (SQLAlchemyError, BusyError):
            return "the service cannot write what it keeps; its log says more"
        probe = self.uploads / ".probe"
        try:
            try:
                probe.write_bytes(_PROBE)
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            return f"the service cannot write what it is sent ({error.strerror})"
        return None
