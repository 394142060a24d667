"""Notices of any length: the issues of real ones, shuffled and numbered anew between the real head and tail.

A real notice is cut where the extractor finds its issues. A made one keeps the order of what stands between issues
(blank lines, group headings), so groups come as often as in the real one and numbering starts over where it did.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from extractor import extract
from extractor.files.parts.numerals import in_chinese

_NUMERAL = re.compile(r"[0-9]+|[一二三四五六七八九十]+")
_HEADING = re.compile(
    r"(?m)^(?P<before>[ \u3000]*[(\uff08]?)(?P<numeral>[0-9]+|[一二三四五六七八九十]+)(?P<after>[)\uff09、.\uff0e])"
)


class Body(NamedTuple):
    """An issue without its number."""

    before: str
    arabic: bool
    after: str

    def numbered(self, number: int) -> str:
        """Return the issue's text under another number."""
        return self.before + _numeral(number, arabic=self.arabic) + self.after


class Slot(NamedTuple):
    """A place for an issue: what stands before it since the one before, and whether numbering starts over here."""

    gap: str
    restarts: bool


class Base(NamedTuple):
    """A real notice, cut."""

    name: str
    head: str
    slots: list[Slot]
    bodies: list[Body]
    tail: str

    def shortened(self, longest: int = 60) -> Base:
        """Return the same with the headings alone left of head and tail, so that short notices can be made too."""
        return self._replace(head=_short_lines(self.head, longest), tail=_short_lines(self.tail, longest))


class Made(NamedTuple):
    """A made notice and how many issues were put in."""

    text: str
    issues: int


def read_bases(folder: Path) -> list[Base]:
    """Return the real notices of a folder of texts, cut into their issues."""
    return [cut(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))]


def cut(name: str, text: str) -> Base:
    """Cut a notice into head, issues, what stands between them, and tail."""
    issues = extract(text).issues
    if not issues:
        raise ValueError(f"{name}: holds no issues to make notices from")
    slots, bodies = [], []
    end = issues[0].text.start
    for issue in issues:
        label = issue.spans["label"][0]
        numeral = _NUMERAL.search(text, label.start, label.end)
        if numeral is None:
            raise ValueError(f"{name}: the issue labelled {issue.label} has no number")
        slots.append(Slot(text[end : issue.text.start], numeral[0] in ("1", "一")))
        before, after = text[issue.text.start : numeral.start()], text[numeral.end() : issue.text.end]
        bodies.append(Body(before, numeral[0].isdecimal(), after))
        end = issue.text.end
    return Base(name, text[: issues[0].text.start], slots, bodies, text[end:])


def make(base: Base, characters: int, chance: random.Random) -> Made:
    """Make a notice of about ``characters``; the real one's issues are all used before one comes again."""
    pieces, size, number, issues = [base.head], len(base.head) + len(base.tail), 0, 0
    groups: dict[tuple[bool, bool], int] = {}
    for slot, body in zip(_slots(base), _shuffled(base.bodies, chance), strict=False):
        number = 1 if slot.restarts else number + 1
        piece = _regrouped(slot.gap, groups) + body.numbered(number)
        if issues and size + len(piece) / 2 > characters:
            break
        pieces.append(piece)
        size += len(piece)
        issues += 1
    return Made("".join([*pieces, base.tail]), issues)


def make_many(bases: list[Base], size: int, characters: int, seed: int) -> list[Made]:
    """Make ``size`` different notices, from each of ``bases`` in turn."""
    chance = random.Random(seed)
    return [make(bases[number % len(bases)], characters, chance) for number in range(size)]


def _slots(base: Base) -> Iterator[Slot]:
    """Yield the slots over and over; from the second time on the first one follows an issue, not the head."""
    yield base.slots[0]
    plain = min((slot.gap for slot in base.slots[1:]), key=len, default="\n")
    while True:
        yield from base.slots[1:]
        yield Slot(plain, restarts=False)


def _shuffled(bodies: list[Body], chance: random.Random) -> Iterator[Body]:
    for _ in count():
        yield from chance.sample(bodies, len(bodies))


def _regrouped(gap: str, groups: dict[tuple[bool, bool], int]) -> str:
    """Number a gap's group headings on, by the form of their numbers; ``groups`` holds the last of each form."""

    def numbered(heading: re.Match[str]) -> str:
        numeral = heading["numeral"]
        form = (numeral.isdecimal(), heading["before"].endswith(("(", "\uff08")))
        groups[form] = groups[form] + 1 if form in groups else _value(numeral)
        return heading["before"] + _numeral(groups[form], arabic=form[0]) + heading["after"]

    return _HEADING.sub(numbered, gap)


def _numeral(number: int, *, arabic: bool) -> str:
    return str(number) if arabic else in_chinese(number)


def _value(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else next(n for n in count(1) if in_chinese(n) == numeral)


def _short_lines(text: str, longest: int) -> str:
    return "\n".join(line for line in text.split("\n") if len(line) <= longest)
