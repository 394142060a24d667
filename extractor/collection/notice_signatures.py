"""Signatures: the words, dates and names by which a notice is known among others.

A signature is a few kilobytes, so that ten thousand notices are compared without opening their texts again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, reduce
from hashlib import sha256
from zlib import crc32

from extractor.collection.body_names import BodyName, body_name
from extractor.data import read_table
from extractor.record.contract import Issue, Notice, Record

FORM = 1
"""The form of signatures; one of another form is made again from the notice."""

SKETCH = 256
"""Of the words and numbers of a notice, the hashes that are kept: the smallest, which are a fair sample."""
_MARKS = ",。;:!?、"
_UNHEARD = "“”\"'‘’《》<>()[]【】「」"
"""Marks that forms of one text write differently, or not at all."""
_NO_LETTERS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SHORTEST_CLAUSE = 4
_SHORTEST_TEXT = 20
_OPENING = 2_000
"""Code points of a text in which its round of inspection may be named."""


class NoticeSignature(Record):
    """The signature of a notice.

    ``whole`` is a hash of the letters and digits from behind the title to the signature, ``core`` of those of the
    findings and measures; empty for too few of them. ``findings``, ``clauses`` and ``numbers`` are hashes of what the
    findings say, of the clauses of the measures and of their numbers; of many, the smallest 256.
    """

    form: int = FORM
    notice_id: str
    inspected_body: str | None = None
    signed_by: str | None = None
    title: str | None = None
    inspection_team: str | None = None
    inspection_kind: str | None = None
    inspection_start: str | None = None
    inspection_end: str | None = None
    feedback_date: str | None = None
    signed_on: str | None = None
    published_on: str | None = None
    round: str | None = None
    whole: str = ""
    core: str = ""
    findings: tuple[int, ...] = ()
    clauses: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    measures: int = 0
    digits_unread: int = 0
    is_recognised: bool = False
    is_reviewed: bool = False

    @property
    def body(self) -> BodyName | None:
        """The inspected body's name; None where none is printed that says which one of its kind it is."""
        return body_name(self.inspected_body, self.signed_by, self.title)


def signature_of(notice: Notice, text: str, *, is_reviewed: bool = False) -> NoticeSignature:
    """Return the signature of a notice; ``text`` is what its offsets index."""
    whole = text[_begin(notice) : _end(notice, text)]
    core = _squeezed("。".join(_core(notice.issues, text)) or whole)
    clauses = _clauses(core)
    return NoticeSignature(
        notice_id=notice.notice_id,
        inspected_body=notice.inspected_body,
        signed_by=notice.signed_by,
        title=notice.title,
        inspection_team=notice.inspection_team,
        inspection_kind=notice.inspection_kind,
        inspection_start=notice.inspection_start,
        inspection_end=notice.inspection_end,
        feedback_date=notice.feedback_date,
        signed_on=notice.signed_on,
        published_on=notice.published_on,
        round=_round(text[:_OPENING]),
        whole=_hash(_letters(_squeezed(whole))),
        core=_hash("".join(clauses)) if notice.issues else "",
        findings=_sketch(_letters(_squeezed(issue.title)) for issue in notice.issues),
        clauses=_sketch(clause for clause in clauses if len(clause) >= _SHORTEST_CLAUSE),
        numbers=_sketch(_NUMBER.findall(core)),
        measures=sum(len(issue.measures) for issue in notice.issues),
        digits_unread=notice.outline.digits.count_unread or 0,
        is_recognised="ocr" in notice.read_by.values(),
        is_reviewed=is_reviewed,
    )


def _begin(notice: Notice) -> int:
    """Return where the notice begins behind its title: copies differ in what they are called."""
    return max((span.end for span in notice.spans.get("title", [])), default=0)


def _end(notice: Notice, text: str) -> int:
    """Return where the notice ends: behind its signature or its contact lines, else its last issue."""
    names = [name for name in notice.spans if name.startswith(("signed_", "contact."))]
    ends = [span.end for name in names for span in notice.spans[name]] + [issue.text.end for issue in notice.issues]
    return max(ends, default=len(text))


def _core(issues: Iterable[Issue], text: str) -> Iterator[str]:
    for issue in issues:
        yield issue.title
        yield from (text[measure.text.start : measure.text.end] for measure in issue.measures)


def _squeezed(words: str) -> str:
    """Return words in one form of widths, without blanks and line ends."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def _letters(squeezed: str) -> str:
    return _NO_LETTERS.sub("", squeezed).casefold()


def _clauses(squeezed: str) -> list[str]:
    # Several times faster than a pattern, or a translation of characters.
    bare = reduce(lambda words, mark: words.replace(mark, ""), _UNHEARD, squeezed.casefold())
    return reduce(lambda words, mark: words.replace(mark, "\n"), _MARKS, bare).split("\n")


def _hash(letters: str) -> str:
    return sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()[:24] if len(letters) >= _SHORTEST_TEXT else ""


def _sketch(words: Iterable[str]) -> tuple[int, ...]:
    """Return the smallest hashes of words."""
    return tuple(sorted({crc32(each.encode("utf-8", "surrogatepass")) for each in set(words)})[:SKETCH])


def _round(opening: str) -> str | None:
    """Return the round of inspection that an opening names, as in 第三轮; None where it names none, or several."""
    found = {each for groups in _rounds().findall(_squeezed(opening)) for each in groups if each}
    return f"第{found.pop()}轮" if len(found) == 1 else None


@cache
def _rounds() -> re.Pattern[str]:
    return re.compile("|".join(read_table("collection")["edition"]["rounds"]))
