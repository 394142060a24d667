"""The genre of a notice: whose findings it answers, and what a text lacks that is no such notice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from extractor.data import read_table
from extractor.notice.facts.contact import FieldFound
from extractor.text.places import Place

INSPECTION = "inspection"
_NAMED = (INSPECTION, "environmental", "audit")
"""The genres that are named by whose work the findings are."""
_LACKED = {"answer": "“整改”", "findings": "“巡察/督察/审计/反馈问题”"}
"""What a text lacks, in the words that would say it."""


@cache
def _words(section: str, name: str) -> re.Pattern[str]:
    words: list[str] = read_table("genres")[section][name]
    return re.compile("|".join(words))


def read_genre(text: str, title: Place | None, opening: Place) -> FieldFound | None:
    """Return the genre with the words that say it, from a folded text; None where the text is no notice.

    The title decides, then the opening, then the first words anywhere that say whose findings are answered.
    """
    if lacked_parts(text):
        return None
    head = [Place(about, title.end) for about in _about(text, title)] if title else []
    for place in head:
        if found := _first(text, place, "signs", _NAMED):
            return found
    if found := _first(text, opening, "teams", _NAMED):
        return found
    for place in head:
        if found := _first(text, place, "signs", ("other",)):
            return found
    whole = Place(0, len(text))
    return (
        _first(text, opening, "signs", _NAMED)
        or _first(text, opening, "signs", ("other",))
        or _first(text, whole, "signs", _NAMED)
        or _as_genre("other", _words("parts", "findings").search(text))
    )


def lacked_parts(text: str) -> list[str]:
    """Return what a notice speaks of and this text does not, in words; empty for a notice."""
    lacked = [] if _words("parts", "answer").search(text) else ["answer"]
    if not any(_words("signs", name).search(text) for name in _NAMED) and not _words("parts", "findings").search(text):
        lacked.append("findings")
    return [_LACKED[part] for part in lacked]


def acts_of(genre: str) -> str:
    """Return a pattern for what those do who bring a genre's findings: 巡视 or 巡察, 审计."""
    return _words("acts", genre).pattern.join(("(?:", ")"))


def _about(text: str, title: Place) -> Iterator[int]:
    """Yield where to look in a title first: behind its 关于, since the body before may be called after such work."""
    about = text.rfind("关于", title.start, title.end)
    if about >= 0:
        yield about
    yield title.start


def _first(text: str, place: Place, section: str, names: tuple[str, ...]) -> FieldFound | None:
    """Return the genre whose words come first in ``place``."""
    found: Mapping[str, re.Match[str]] = {
        name: match for name in names if (match := _words(section, name).search(text, *place))
    }
    first = min(found, key=lambda name: found[name].start(), default=None)
    return _as_genre(first, found[first]) if first else None


def _as_genre(name: str, match: re.Match[str] | None) -> FieldFound | None:
    return FieldFound(name, (Place(*match.span()),)) if match else None
