"""The numbers that Word prints before paragraphs and does not store, computed from numbering.xml and styles.xml.

python-docx gives access to both parts but does not count. The lists of notices are counted: up to nine levels, in the
number formats of Chinese and Western text, with starts and restarts. An unknown format is shown in digits, so that the
paragraph keeps a number; bullets show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.files.parts.numerals import enclosed, in_chinese, in_letters, in_roman

Element = Any  # lxml has no types of its own

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_CYCLE = [_STEMS[number % 10] + _BRANCHES[number % 12] for number in range(60)]
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


def _in_digits_of_chinese(number: int) -> str:
    return str(number).translate(_DIGITS)


def _in_short_chinese(number: int) -> str:
    """Return 一 to 九十九, and from 100 on one numeral a digit: 一〇〇."""
    return in_chinese(number) if number < 100 else _in_digits_of_chinese(number)


def _of(signs: Sequence[str]) -> Callable[[int], str]:
    """Return what numbers by a row of signs; behind its last, numbers go on in digits."""
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


# The formats of Chinese and Western lists. Source: ISO/IEC 29500-1, 17.18.59: behind the last sign of a row, digits.
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalEnclosedCircle": enclosed(0x2460),
    "decimalEnclosedCircleChinese": enclosed(0x2460),
    "decimalEnclosedFullstop": enclosed(0x2488),
    "decimalEnclosedParen": enclosed(0x2474),
    "ideographEnclosedCircle": _of("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩"),
    "chineseCounting": _in_short_chinese,
    "chineseCountingThousand": in_chinese,
    "japaneseCounting": in_chinese,  # Word and WPS write this for 一二三 as often as the Chinese names
    "taiwaneseCounting": _in_short_chinese,
    "taiwaneseCountingThousand": in_chinese,
    "ideographDigital": _in_digits_of_chinese,
    "japaneseDigitalTenThousand": _in_digits_of_chinese,
    "taiwaneseDigital": _in_digits_of_chinese,
    "chineseLegalSimplified": lambda number: in_chinese(number).translate(_LEGAL),
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "ideographZodiacTraditional": _of(_CYCLE),
    "numberInDash": lambda number: f"- {number} -",
    "lowerLetter": in_letters,
    "upperLetter": lambda number: in_letters(number).upper(),
    "lowerRoman": lambda number: in_roman(number).lower(),
    "upperRoman": in_roman,
    "none": lambda _: "",
}


@dataclass(frozen=True)
class _Level:
    """One level of a list; ``text`` is e.g. ``(%1)``, ``suffix`` is tab, space or nothing.

    It begins anew behind each paragraph of the first ``restart`` levels: 0 for never.
    """

    format: str
    text: str
    start: int
    suffix: str
    restart: int
    legal: bool
    style: str | None


class Numbering:
    """A counter of the numbered paragraphs of one document, to be called in their order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        """Take the root elements of numbering.xml and styles.xml, None if the document has none."""
        self._lists: dict[str, str] = {}  # numId → abstractNumId
        self._levels: dict[str, dict[int, _Level]] = {}  # numId → level → definition
        self._starts: dict[str, dict[int, int]] = {}  # numId → level → startOverride
        self._styles = {_attribute(style, "styleId"): style for style in _all(styles, "style")}
        self._counts: dict[str, dict[int, int]] = {}  # abstractNumId → level → last number; shared by its numIds
        self._begun: set[tuple[str, int]] = set()
        if numbering is not None:
            self._read(numbering)

    def label(self, paragraph: Element) -> str:
        """Count a ``w:p``, and return its printed number, with a blank where Western text needs one; mostly ""."""
        place = self._place(paragraph)
        if place is None:
            return ""
        number_id, depth = place
        level = self._levels[number_id].get(depth)
        if level is None:
            return ""
        counts = self._count(number_id, depth)
        if level.format == "bullet":
            return ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shown = self._levels[number_id].get(at, level)
            written = "decimal" if level.legal else shown.format
            return _FORMATS.get(written, str)(counts.get(at, shown.start))

        text = re.sub(r"%([1-9])", number, level.text)
        needs_blank = text[-1:].isascii() and text != "" and level.suffix != "nothing"
        return text + " " if needs_blank else text

    def is_numbered(self, paragraph: Element) -> bool:
        """Return whether a ``w:p`` has a number, without counting it."""
        return self._place(paragraph) is not None

    def _read(self, numbering: Element) -> None:
        abstract = {_attribute(element, "abstractNumId"): element for element in _all(numbering, "abstractNum")}
        by_style = {_value(element, "styleLink"): element for element in abstract.values()}
        for element in _all(numbering, "num"):
            number_id, abstract_id = _attribute(element, "numId"), _value(element, "abstractNumId")
            definition = abstract.get(abstract_id)
            if number_id is None or abstract_id is None or definition is None:
                continue
            linked = _value(definition, "numStyleLink")
            levels = _levels(by_style.get(linked, definition) if linked else definition)
            for override in _all(element, "lvlOverride"):
                depth = _number(_attribute(override, "ilvl"), 0)
                levels |= _levels(override)
                start = _value(override, "startOverride")
                if start is not None:
                    self._starts.setdefault(number_id, {})[depth] = _number(start, 1)
            self._lists[number_id], self._levels[number_id] = abstract_id, levels

    def _place(self, paragraph: Element) -> tuple[str, int] | None:
        """Return (numId, level) of a paragraph, its own or its style's; None for no number."""
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return None
        own = properties.find(f"{_W}numPr")
        number_id = _value(own, "numId") if own is not None else None
        depth = _value(own, "ilvl") if own is not None else None
        style_id = _value(properties, "pStyle")
        seen: set[str] = set()
        while number_id is None and style_id is not None and style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style = self._styles[style_id]
            inherited = style.find(f"{_W}pPr/{_W}numPr")
            if inherited is not None and _value(inherited, "numId") is not None:
                number_id = _value(inherited, "numId")
                depth = depth or _value(inherited, "ilvl") or self._depth_of_style(number_id, style_id)
            style_id = _value(style, "basedOn")
        if (
            number_id is None or number_id not in self._lists
        ):  # also numId 0, by which a paragraph disables its style's numbers
            return None
        return number_id, _number(depth, 0)

    def _depth_of_style(self, number_id: str | None, style_id: str) -> str | None:
        levels = self._levels.get(number_id or "", {})
        return next((str(depth) for depth, level in levels.items() if level.style == style_id), None)

    def _count(self, number_id: str, depth: int) -> dict[int, int]:
        """Count one paragraph, and return the current numbers of all levels."""
        counts = self._counts.setdefault(self._lists[number_id], {})
        levels = self._levels[number_id]
        override = self._starts.get(number_id, {}).get(depth)
        first = (number_id, depth) not in self._begun
        self._begun.add((number_id, depth))
        if override is not None and first:
            counts[depth] = override
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = levels[depth].start
        for deeper in [at for at in counts if at > depth and (at not in levels or depth < levels[at].restart)]:
            del counts[deeper]
        return counts


def _levels(definition: Element) -> dict[int, _Level]:
    return {
        _number(_attribute(level, "ilvl"), 0): _Level(
            format=_value(level, "numFmt") or "decimal",
            text=_value(level, "lvlText") or "",
            start=_number(_value(level, "start"), 0),
            suffix=_value(level, "suff") or "tab",
            restart=_restart(level),
            legal=level.find(f"{_W}isLgl") is not None,
            style=_value(level, "pStyle"),
        )
        for level in _all(definition, "lvl")
    }


def _restart(level: Element) -> int:
    """Return how many of the levels above let a level begin anew: all, if it names none or one that is not above it."""
    depth = _number(_attribute(level, "ilvl"), 0)
    return min(_number(_value(level, "lvlRestart"), depth), depth)


def _all(parent: Element | None, tag: str) -> list[Element]:
    return [] if parent is None else parent.findall(f"{_W}{tag}")


def _attribute(element: Element, name: str) -> str | None:
    value: str | None = element.get(f"{_W}{name}")
    return value


def _value(parent: Element, tag: str) -> str | None:
    """Return the ``w:val`` of a child element, or None."""
    child = parent.find(f"{_W}{tag}")
    return None if child is None else _attribute(child, "val")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else otherwise
