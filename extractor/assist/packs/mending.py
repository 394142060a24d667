"""Harmless slips of an answer, mended or left out, and counted; an answer that did not see the marks is refused.

``MENDED`` is the table: each kind of slip, by the name under which a run's report counts it, and what is done with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping
from enum import StrEnum
from typing import Any

from pydantic_core import PydanticCustomError

from extractor.endpoint.failures import Reason
from extractor.record.enumerations import VOCABULARIES
from extractor.text.folding import half_width


class Slip(StrEnum):
    """A kind of slip in an answer, as a run's report names it."""

    REFERENCE = "references_dropped"
    DOUBLED = "entries_doubled"
    UNUSABLE = "entries_unusable"
    UNORDERED = "order_mended"
    NUMBER = "numbers_mended"
    SPELLING = "spellings_mended"
    LONG = "lists_shortened"
    KEY = "keys_ignored"
    EMPTY = "empty_words_dropped"
    DATE = "dates_mended"
    NO_DATE = "dates_dropped"


MENDED: Mapping[Slip, str] = {
    Slip.REFERENCE: "it points to a piece or mark that is not there, or has more than there are marks; it is dropped",
    Slip.DOUBLED: "it labels a piece twice; the first counts",
    Slip.UNUSABLE: "an entry lacks what it is for; that piece alone is asked about again",
    Slip.UNORDERED: "entries are out of order; they go by their numbers",
    Slip.NUMBER: "a number is written as text or as a mark, left out in a full list, or a figure stands in its place",
    Slip.SPELLING: "a value is spelt in another way, or given by its Chinese or English name; the value is taken",
    Slip.LONG: "a list has more entries than allowed; the first count",
    Slip.KEY: "it has keys that nobody asked for; they are ignored",
    Slip.EMPTY: "words such as 无 stand for nothing; they are taken as nothing",
    Slip.DATE: "a date is written as 2024-1-5 or 2024年1月5日; it becomes 2024-01-05",
    Slip.NO_DATE: "what should be a date is none; it is dropped",
}
"""The mending of each kind of slip."""

_FEWEST_REFERENCES = 4
"""With fewer references than this their share says nothing."""
_NUMBER = re.compile(r"\[?[a-zA-Z]?(\d{1,9})(?:\.0)?\]?")
_NOTHING = frozenset(
    ("无", "没有", "未填写", "未提及", "未写明", "不详", "未知", "空", "暂无", "none", "null", "n/a", "unknown", "-")
)
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)|年?)")


class Mends:
    """The slips of one answer: counted by kind, and how many of its references pointed to something."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._references = 0
        self._wrong = 0

    def note(self, slip: Slip, times: int = 1) -> None:
        """Count a slip."""
        if times:
            self.counts[slip] += times

    def number(self, said: object, known: Container[int]) -> int | None:
        """Return the number that ``said`` is, None where it is none or not ``known``; it is counted as a reference."""
        number = number_of(said)
        self._references += 1
        if number is None or number not in known:
            self._wrong += 1
            self.note(Slip.REFERENCE)
            return None
        if number is not said:
            self.note(Slip.NUMBER)
        return number

    def drop(self, count: int = 1) -> None:
        """Count references that are dropped without a look."""
        self._references += count
        self._wrong += count
        self.note(Slip.REFERENCE, count)

    def spelt(self, said: object, vocabulary: str, *others: str) -> str | None:
        """Return the value of a vocabulary, or one of ``others``, that ``said`` means; None where it means none."""
        value = said if said in others else spelt(said, vocabulary)
        if value is not None and value != said:
            self.note(Slip.SPELLING)
        return str(value) if value is not None else None

    def words(self, said: object) -> str:
        """Return ``said`` as words, '' for what is none and for words that stand for nothing."""
        if not isinstance(said, str):
            self.note(Slip.EMPTY, int(said is not None))
            return ""
        if said.strip().casefold() in _NOTHING:
            self.note(Slip.EMPTY)
            return ""
        return said

    def listed(self, said: object, most: int) -> list[Any]:
        """Return ``said`` as a list of at most ``most`` entries; one that is alone is a list of one."""
        entries = said if isinstance(said, list) else [] if said in (None, "", {}) else [said]
        self.note(Slip.LONG, int(len(entries) > most))
        return entries[:most]

    def ignored(self, said: Mapping[str, object], known: Container[str]) -> None:
        """Count the keys that are not ``known``."""
        self.note(Slip.KEY, sum(key not in known for key in said))

    def check_marks(self, *, were_seen: bool) -> None:
        """Refuse an answer that shows that the model did not see the marks.

        Raises:
            PydanticCustomError: it was seen to be so, or more than half of the references point nowhere.
        """
        mostly_wrong = self._references >= _FEWEST_REFERENCES and 2 * self._wrong > self._references
        if mostly_wrong or not were_seen:
            raise PydanticCustomError(
                Reason.MARKS_UNSEEN.value, "the model's answer is about other marks than were shown"
            )


def number_of(said: object) -> int | None:
    """Return the number that a model wrote as such, as text or as a mark.

    >>> number_of("[m12]"), number_of(12.0), number_of("十二")
    (12, 12, None)
    """
    if isinstance(said, bool):
        return None
    if isinstance(said, int):
        return said
    if isinstance(said, float):
        return int(said) if said.is_integer() else None
    found = _NUMBER.fullmatch(half_width(said).strip()) if isinstance(said, str) else None
    return int(found[1]) if found else None


def spelt(said: object, vocabulary: str) -> str | None:
    """Return the value of a vocabulary that ``said`` means: its key, another spelling of it, or one of its names.

    >>> spelt("In progress", "measure_status"), spelt("已完成", "measure_status"), spelt("甲", "measure_status")
    ('in_progress', 'completed', None)
    """
    if not isinstance(said, str):
        return None
    terms = VOCABULARIES[vocabulary]
    if said in terms:
        return said
    plain = _plain(said)
    return next((key for key, term in terms.items() if plain in map(_plain, (key, term.zh, term.en))), None)


def iso_date(said: str) -> str | None:
    """Return a date as YYYY-MM-DD, YYYY-MM or YYYY; None where it is none.

    >>> iso_date("2024-12-1"), iso_date("2024年12月1日"), iso_date("2024/12"), iso_date("12月1日")
    ('2024-12-01', '2024-12-01', '2024-12', None)
    """
    found = _DATE.fullmatch("".join(half_width(said).split()))
    if found is None:
        return None
    year, month, day = found.groups()
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def _plain(words: str) -> str:
    return re.sub(r"[\s_\-]+", "", half_width(words)).casefold()
