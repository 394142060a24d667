"""Kinship of stored notices: which of them are the same, which are of one body, by the signatures of their readings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from extractor.collection.kinship import Kinship, kinships
from extractor.service.http.api_models import NoticePage
from extractor.service.store.database import Database
from extractor.service.store.notice_store import NoticeFilter, signatures

_ALL = NoticeFilter()
_QUICK = 0.05
"""Seconds that comparing may take to be done anew whenever something was written."""
_REST = 10
"""Of what takes longer, how many times as long its outcome is good for."""


def stored_kinships(database: Database, wanted: NoticeFilter = _ALL) -> dict[str, Kinship]:
    """Return the place of each selected notice among the selected ones, by its id.

    A notice that people changed counts before its copies. Ten thousand notices take some seconds: ask once for many.
    """
    return kinships(signatures(database, wanted))


def with_kinships(page: NoticePage, kin: Mapping[str, Kinship]) -> NoticePage:
    """Return a page of a list whose notices say their place among all."""
    told = []
    for notice in page.notices:
        of = kin.get(notice.notice_id, Kinship())
        named = {"duplicate_of": of.duplicate_of, "series": of.series, "edition": of.edition}
        told.append(notice.model_copy(update=named))
    return page.model_copy(update={"notices": told})


@dataclass
class KnownKinships:
    """The places of all stored notices, compared anew when something was written, at most a tenth of the time."""

    _known: Mapping[str, Kinship] = field(default_factory=dict)
    _writes: int = -1
    _made: float = 0.0
    _seconds: float = 0.0
    _turn: Lock = field(default_factory=Lock)

    def recent(self, database: Database) -> Mapping[str, Kinship]:
        """Return the place of each notice by its id: as it is now, or, of many, as it was some seconds ago."""
        with self._turn:
            writes, now = database.writes, time.monotonic()
            is_rested = self._seconds < _QUICK or now - self._made > _REST * self._seconds
            if writes != self._writes and is_rested:
                self._known = stored_kinships(database)
                self._made = time.monotonic()
                self._writes, self._seconds = writes, self._made - now
            return self._known

    def forget(self) -> None:
        """Compare anew when somebody asks next: what is known may name a notice that is gone."""
        with self._turn:
            self._writes, self._seconds = -1, 0.0
