"""A check whether the service can store notices, made by writing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from extractor.service.store.database import BusyError, Database

_GOOD_FOR = 1.0  # seconds that a result is used again: anybody may ask, as often as they like
_PROBE = bytes(4096)


@dataclass
class Readiness:
    """The result of the last check."""

    database: Database
    uploads: Path
    _turn: Lock = field(default_factory=Lock)
    _found: str | None = None
    _until: float = 0.0

    def fault(self) -> str | None:
        """Return the reason why the service cannot take notices, None where it can."""
        with self._turn:
            if monotonic() >= self._until:
                self._found = self._tried()
                self._until = monotonic() + _GOOD_FOR
            return self._found

    def _tried(self) -> str | None:
        try:
            self.database.probe()
        except (SQLAlchemyError, BusyError):
            return "the service cannot write its database; see its log"
        probe = self.uploads / ".probe"
        try:
            try:
                probe.write_bytes(_PROBE)
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            return f"the service cannot write uploads ({error.strerror})"
        return None
