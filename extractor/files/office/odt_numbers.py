"""The numbers of an OpenDocument text's lists and headings, which the file has as rules, not as words.

Source: OASIS OpenDocument 1.3, part 3, 5.3 (lists), 16.30 to 16.34 (their styles), 20.322 (``style:num-format``).
LibreOffice names Chinese forms by their first numbers (一, 二, 三, ...), and writes how several levels are put together
as ``num-list-format`` (``%1%.%2%、``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extractor.files.parts.numerals import in_chinese, in_circles, in_letters, in_roman

Element = Any  # lxml has no types of its own

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_FORMATS: Mapping[str, Callable[[int], str]] = {
    "1": str,
    "a": in_letters,
    "A": lambda number: in_letters(number).upper(),
    "i": lambda number: in_roman(number).lower(),
    "I": in_roman,
    "一": in_chinese,
    "壹": lambda number: in_chinese(number).translate(_LEGAL),
    "①": in_circles,
    "１": lambda number: str(number).translate(_FULL_WIDTH),
    "甲": lambda number: _STEMS[number - 1] if 0 < number <= len(_STEMS) else str(number),
    "子": lambda number: _BRANCHES[number - 1] if 0 < number <= len(_BRANCHES) else str(number),
}
"""Forms by their first number."""
_PLACE = re.compile(r"%([0-9]{1,2})%")
_MOST_LEVELS = 10


class _NumberLevel(NamedTuple):
    """One level of a list: ``form`` is its numbers', "" for none; ``text`` puts them together (``(%2%)``)."""

    form: str
    text: str
    start: int
    needs_blank: bool


@dataclass(eq=False)
class OpenList:
    """A list whose numbers go on: its style, and the last number of each level."""

    style: str
    counts: dict[int, int] = field(default_factory=dict)


class OdtNumbers:
    """The numbers of a document's lists and headings, counted in printed order."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self.are_unknown = False
        """True once a number was asked for whose form is not known."""
        self._levels: dict[str, dict[int, _NumberLevel]] = {}
        self._outline: dict[int, _NumberLevel] = {}
        self._headings = OpenList("")
        self._by_id: dict[str, OpenList] = {}
        self._by_style: dict[str, OpenList] = {}
        for root in roots:
            for style in root.iter(f"{TEXT}list-style"):
                self._levels[style.get(f"{STYLE}name", "")] = dict(_levels(style))
            for style in root.iter(f"{TEXT}outline-style"):
                self._outline = dict(_levels(style))

    def opened(self, element: Element, style: str) -> OpenList:
        """Return the numbers of a ``text:list`` of a style: of a list that it goes on with, or new ones."""
        goes_on = element.get(f"{TEXT}continue-list")
        found = self._by_id.get(goes_on) if goes_on else None
        if found is None and element.get(f"{TEXT}continue-numbering") == "true":
            found = self._by_style.get(style)
        found = OpenList(style) if found is None else found
        name = element.get("{http://www.w3.org/XML/1998/namespace}id") or element.get(f"{TEXT}list-id")
        if name:
            self._by_id[name] = found
        self._by_style[style] = found
        return found

    def label(self, numbers: OpenList, style: str, level: int, start: str | None) -> str:
        """Count an item of a list and return its number; ``start`` is what the item itself begins with."""
        return self._label(self._levels.get(style, {}), numbers, level, start)

    def heading_label(self, heading: Element) -> str:
        """Count a ``text:h`` that is in no list, and return its number."""
        level = _whole_number(heading.get(f"{TEXT}outline-level"), 1)
        if heading.get(f"{TEXT}is-list-header") == "true" or level not in self._outline:
            return ""
        start = None
        if heading.get(f"{TEXT}restart-numbering") == "true":
            start = heading.get(f"{TEXT}start-value") or str(self._outline[level].start)
        return self._label(self._outline, self._headings, level, start)

    def _label(self, levels: Mapping[int, _NumberLevel], numbers: OpenList, level: int, start: str | None) -> str:
        shown = levels.get(level)
        if shown is None:
            return ""
        counts = numbers.counts
        following = counts.get(level, shown.start - 1) + 1
        counts[level] = _whole_number(start, following)
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if not shown.form:
            return ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1])
            of = levels.get(at, shown)
            return self._number(of.form, counts.get(at, of.start))

        text = _PLACE.sub(number, shown.text)
        return f"{text} " if shown.needs_blank and text[-1:].isascii() and text else text

    def _number(self, form: str, number: int) -> str:
        write = _FORMATS.get(form[:1])
        if write is None and form:
            self.are_unknown = True
        return write(number) if write else ""


def _levels(style: Element) -> Iterable[tuple[int, _NumberLevel]]:
    for element in style:
        level = _whole_number(element.get(f"{TEXT}level"), 0)
        if not 0 < level <= _MOST_LEVELS:
            continue
        is_number = element.tag.endswith(("list-level-style-number", "outline-level-style"))
        form = element.get(f"{STYLE}num-format", "") if is_number else ""
        start = _whole_number(element.get(f"{TEXT}start-value"), 1)
        yield level, _NumberLevel(form, _put_together(element, level), start, not _is_followed_by_nothing(element))


def _put_together(element: Element, level: int) -> str:
    """Return how a level's numbers are put together; several are parted by points."""
    written = element.get(f"{_LEXT}num-list-format") or element.get(f"{STYLE}num-list-format")
    if written is not None:
        return str(written)
    shown = min(level, max(1, _whole_number(element.get(f"{TEXT}display-levels"), 1)))
    numbers = ".".join(f"%{each}%" for each in range(level - shown + 1, level + 1))
    return f"{element.get(f'{STYLE}num-prefix', '')}{numbers}{element.get(f'{STYLE}num-suffix', '')}"


def _is_followed_by_nothing(element: Element) -> bool:
    alignment = next(element.iter(f"{STYLE}list-level-label-alignment"), None)
    return alignment is not None and alignment.get(f"{TEXT}label-followed-by") == "nothing"


def _whole_number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else otherwise
