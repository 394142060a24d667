"""Search for words in any order, with the sentences that they stand in and the finding or measure around each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text

from extractor.service.store.collected_store import up_to_date
from extractor.service.store.database import Database
from extractor.service.store.database_tables import facts, kin, notices, readings
from extractor.service.store.search_words import match
from extractor.text.sought_words import places_of_words

_SENTENCE = re.compile(r"[^。!?！？\n\u2028\u2029]+[。!?！？]?")
_MOST_SENTENCES = 3
_MOST_PLACES = 400
"""Places of a word in one notice that are looked at."""

Place = tuple[int, int]


class FoundSentence(NamedTuple):
    """A sentence: its words, where it begins, where in the notice's text what was sought stands, and what holds it.

    ``path`` is that of the measure or finding, empty outside of these. Offsets are code points.
    """

    words: str
    begin: int
    at: list[Place]
    path: str


class FoundNotice(NamedTuple):
    """A notice with the best of its sentences, and how many others have some of the words."""

    notice_id: str
    title: str
    edition: str | None
    sentences: list[FoundSentence]
    further: int


class SearchResult(NamedTuple):
    """The number of notices that have all the words, and some of them with their sentences, the newest first."""

    total: int
    notices: list[FoundNotice]


def search_sentences(database: Database, query: str, *, limit: int, offset: int = 0) -> SearchResult:
    """Find the notices that have all words of a query, in any order; copies of others are left out."""
    words = match(query)
    if not words:
        return SearchResult(0, [])
    hits = text("SELECT rowid FROM search WHERE search MATCH :words").bindparams(words=words)
    fitting = notices.c.number.in_(hits.columns(readings.c.number)) & kin.c.duplicate_of.is_(None)
    joined = notices.join(readings, notices.c.reading == readings.c.number).join(kin, kin.c.notice == notices.c.number)
    with up_to_date(database) as connection:
        total = connection.execute(select(func.count()).select_from(joined).where(fitting)).scalar_one()
        columns = (notices.c.number, notices.c.id, notices.c.name, readings.c.title, readings.c.inspected_body)
        chosen = select(*columns, kin.c.edition, readings.c.text).select_from(joined).where(fitting)
        rows = connection.execute(chosen.order_by(notices.c.number.desc()).limit(limit).offset(offset)).all()
        return SearchResult(total, [_found(connection, row, query) for row in rows])


def _found(connection: Connection, row: Any, query: str) -> FoundNotice:
    places = [list(islice(found, _MOST_PLACES)) for found in places_of_words(row.text, query)]
    sentences = _best_first(_sentences(row.text, places))
    holders = _holders(connection, row.number)
    shown = [
        FoundSentence(row.text[begin:end], begin, at, _path(holders, at[0]))
        for begin, end, at in sentences[:_MOST_SENTENCES]
    ]
    title = row.title or row.inspected_body or row.name
    return FoundNotice(row.id, title, row.edition, shown, max(0, len(sentences) - _MOST_SENTENCES))


def _sentences(whole: str, places: Sequence[Sequence[Place]]) -> Iterator[tuple[int, int, list[Place], int]]:
    """Yield the sentences in which a word stands: begin, end, the places in it, and how many words it has."""
    every = sorted((place, index) for index, found in enumerate(places) for place in found)
    k = 0
    for sentence in _SENTENCE.finditer(whole):
        inside = []
        while k < len(every) and every[k][0][0] < sentence.end():
            if every[k][0][0] >= sentence.start():
                inside.append(every[k])
            k += 1
        if inside:
            yield *sentence.span(), [place for place, _ in inside], len({index for _, index in inside})
        if k == len(every):
            return


def _best_first(found: Iterable[tuple[int, int, list[Place], int]]) -> list[tuple[int, int, list[Place]]]:
    ranked = sorted(found, key=lambda each: (-each[3], each[0]))
    return [(begin, end, at) for begin, end, at, _ in ranked]


def _holders(connection: Connection, notice: int) -> list[tuple[int, int, str]]:
    """Return the places and paths of a notice's measures and findings, the narrowest first."""
    wanted = select(facts.c.start, facts.c.end, facts.c.path).where(
        facts.c.notice == notice, facts.c.kind.in_(("measure", "issue"))
    )
    return sorted((tuple(row) for row in connection.execute(wanted)), key=lambda each: each[1] - each[0])


def _path(holders: Sequence[tuple[int, int, str]], place: Place) -> str:
    return next((path for start, end, path in holders if start <= place[0] < end), "")
