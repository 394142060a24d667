"""The lines of a page from its characters, with the blanks that an eye sees, and without the marks of notes.

A row is a line across the whole page. Gaps divide it into parts: columns, cells, or words by chance.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from extractor.files.parts.page_places import LinePlace
from extractor.files.parts.superscripts import lowered
from extractor.files.pdf.glyphs import Glyph
from extractor.files.pdf.recognised_words import respaced, with_whole_numbers

# Gaps in sizes of the font, beyond the usual gap of the line.
_PART = 0.8  # between parts of a line
_PART_RECOGNISED = 2.0  # the same in recognised text, whose words are roughly in their places
_CELL = 1.6  # between parts that are not of one sentence
_TYPED_CELL = 4.8  # the same where blanks were typed
_BLANK = 0.5  # between words of Chinese; word processors add a quarter between Chinese and digits
_BLANK_OF_WORDS = 0.15  # between Western words
_BLANK_OF_DIGITS = 0.6  # between digits: with less they are one number
_BLANK_OF_A_RUN = 0.8  # the same for digits drawn at one stroke, however wide a line is spaced
_BLANK_RECOGNISED = 1.6  # of a blank before or after Chinese in recognised text, at least
_BLANK_TYPED = 0.1  # of a typed blank, at least, to be seen

_DESCENT, _ASCENT = 0.2, 0.85  # of a line, in sizes of its font; fonts of one line differ
_SAME_LINE = 0.5  # of the smaller height, at least, that two pieces of a line share
_SAME_PLACE = 0.2  # sizes between two strokes of one character made bold

_SMALL, _RAISE = 0.88, 0.2  # of a note's mark: its size and its height above the line
_LOWER = 0.08  # sizes below the line, at least, of a formula's digits
_MARK = re.compile(r"[\d\[\]()（）〔〕【】*†‡①-⑳,，、–-]+")
_UNIT = re.compile(r"(?:(?<![A-Za-z])[cdhk]?[mM]|ｍ|米)$")
_TEN = re.compile(r"[×xX]\s*10$")
_EXPONENTS = str.maketrans("0123456789-–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")


class Row(NamedTuple):
    """One line of a page, in points from the lower left; ``size`` is its font size, ``page`` counts from 1.

    ``fonts`` are those of the first and the last character. ``parts`` is empty if no gap divides the line;
    ``is_parted`` is true if a gap is too wide for one sentence. ``column`` counts from 1 on pages set in columns and is
    0 elsewhere; ``is_table`` marks the row of a ruled table, whose lines are joined already. ``origin`` says where a
    recognised row is on its page, by stretches of its text.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    page: int
    fonts: tuple[str, str] = ("", "")
    parts: tuple[Row, ...] = ()
    is_parted: bool = False
    column: int = 0
    is_table: bool = False
    origin: tuple[LinePlace, ...] = ()


class Rows(NamedTuple):
    """A page's lines from top to bottom, and the marks of notes removed from them."""

    rows: list[Row]
    marks: list[str]


def page_rows(glyphs: Iterable[Glyph], page: int) -> Rows:
    """Make lines of the characters of a page, drawn in any order."""
    found = Rows([], [])
    for line in _side_by_side(_pieces(glyphs)):
        row = _row(line, page, found.marks)
        if row is not None:
            found.rows.append(row)
    return found


def joined(parts: Sequence[Row]) -> Row:
    """Make one row of parts of a line."""
    if len(parts) == 1:
        return parts[0]._replace(is_parted=False)
    return parts[0]._replace(
        text=" ".join(part.text for part in parts),
        right=max(part.right for part in parts),
        fonts=(parts[0].fonts[0], parts[-1].fonts[1]),
        parts=tuple(parts),
        is_parted=any(part.is_parted for part in parts[1:]),
    )


class _Piece(NamedTuple):
    """Characters drawn one after the other at one height."""

    glyphs: list[Glyph]
    base: float
    size: float


def _pieces(glyphs: Iterable[Glyph]) -> list[_Piece]:
    pieces: list[_Piece] = []
    base, right, size = 0.0, 0.0, -1.0
    for glyph in glyphs:
        if size < 0 or abs(glyph.base - base) > 0.1 * size or glyph.left < right - size:
            base, size = glyph.base, glyph.look.size
            pieces.append(_Piece([], base, size))
        pieces[-1].glyphs.append(glyph)
        right = glyph.right
    return pieces


def _side_by_side(pieces: Iterable[_Piece]) -> list[list[Glyph]]:
    """Group pieces that share more than half of their height; the longest piece sets the height of the line."""
    mains: list[_Piece] = []
    found: list[list[Glyph]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.base):
        for back in range(1, min(4, len(mains)) + 1):
            if _shared_height(mains[-back], piece) > _SAME_LINE:
                found[-back].extend(piece.glyphs)
                if len(piece.glyphs) > len(mains[-back].glyphs):
                    mains[-back] = piece
                break
        else:
            mains.append(piece)
            found.append(list(piece.glyphs))
    return found


def _shared_height(one: _Piece, other: _Piece) -> float:
    """Return the height that two pieces share, as a share of the smaller one's."""
    top = min(one.base + _ASCENT * one.size, other.base + _ASCENT * other.size)
    bottom = max(one.base - _DESCENT * one.size, other.base - _DESCENT * other.size)
    return (top - bottom) / ((_ASCENT + _DESCENT) * min(one.size, other.size))


def _row(glyphs: list[Glyph], page: int, marks: list[str]) -> Row | None:
    """Make a row of the characters of a line; marks of notes are moved to ``marks``."""
    sizes = Counter(glyph.look.size for glyph in glyphs if glyph.text != " ")
    if not sizes:
        return None
    size = max(sizes, key=lambda size: (sizes[size], size))
    base = median(glyph.base for glyph in glyphs if glyph.look.size == size)
    # Recognised words lie roughly over their picture and overlap; their characters are in order.
    is_drawn = glyphs[0].look.is_drawn
    glyphs = _drawn_once(sorted(glyphs, key=attrgetter("left"))) if is_drawn else respaced(_by_run(glyphs))
    if min(sizes) < _SMALL * size:
        glyphs = _without_marks(glyphs, base, size, marks)
    parts = [
        Row(text, first.left, last.right, base - _DESCENT * size, base + _ASCENT * size, size, page, fonts, (), is_far)
        for text, first, last, is_far in (_parts(glyphs, size) if is_drawn else _recognised_parts(glyphs, size))
        if (fonts := (first.look.font, last.look.font))
    ]
    return joined(parts) if any(part.text for part in parts) else None


def _by_run(glyphs: Iterable[Glyph]) -> list[Glyph]:
    runs = [list(group) for _, group in groupby(glyphs, key=lambda glyph: glyph.run)]
    return [glyph for run in sorted(runs, key=lambda run: run[0].left) for glyph in run]


def _drawn_once(glyphs: list[Glyph]) -> list[Glyph]:
    """Drop the further strokes of characters drawn more than once to look bold."""
    kept: list[Glyph] = []
    last = -math.inf
    for glyph in glyphs:
        is_near = glyph.left - last < _SAME_PLACE * glyph.look.size
        if is_near and any(_is_again(glyph, other) for other in kept[:-5:-1]):
            continue
        kept.append(glyph)
        last = glyph.left
    return kept


def _is_again(glyph: Glyph, other: Glyph) -> bool:
    """Return whether ``glyph`` is ``other`` drawn again.

    The characters of a ligature are not: they share a place and a stroke.
    """
    near = _SAME_PLACE * glyph.look.size
    return (
        glyph.text == other.text
        and glyph.left - other.left < min(near, 0.5 * (glyph.right - glyph.left))
        and abs(glyph.base - other.base) < near
        and (glyph.run != other.run or glyph.left != other.left)
    )


def _without_marks(glyphs: list[Glyph], base: float, size: float, marks: list[str]) -> list[Glyph]:
    """Remove the small raised marks of notes.

    Exponents, and digits below the line, become characters that cannot fuse with a number.
    """
    kept: list[Glyph] = []
    raised: list[Glyph] = []

    def settle() -> None:
        text = "".join(glyph.text for glyph in raised).strip()
        before = "".join(glyph.text for glyph in kept[-8:])
        if not _MARK.fullmatch(text):
            kept.extend(raised)
        elif (text in ("2", "3") and _UNIT.search(before)) or _TEN.search(before):
            kept.extend(glyph._replace(text=glyph.text.translate(_EXPONENTS)) for glyph in raised)
        else:
            marks.append(text)
            kept.extend(glyph._replace(text="") for glyph in raised)  # their place is no gap
        raised.clear()

    for glyph in glyphs:
        if glyph.look.size < _SMALL * size and glyph.base - base > _RAISE * size:
            raised.append(glyph)
            continue
        if raised:
            settle()
        is_lowered = glyph.look.size < _SMALL * size and base - glyph.base > _LOWER * size and glyph.look.is_drawn
        kept.append(glyph._replace(text=lowered(glyph.text)) if is_lowered else glyph)
    if raised:
        settle()
    return kept


class _Part(NamedTuple):
    """The text between two gaps; ``is_far`` is true if the gap before it is too wide for one sentence."""

    text: str
    first: Glyph
    last: Glyph
    is_far: bool


def _recognised_parts(glyphs: Iterable[Glyph], size: float) -> list[_Part]:
    return [part._replace(text=with_whole_numbers(part.text)) for part in _parts(glyphs, size, _PART_RECOGNISED)]


def _parts(glyphs: Iterable[Glyph], size: float, least: float = _PART) -> list[_Part]:
    seen: list[Glyph] = []
    typed: list[str] = []
    blanks = ""
    for glyph in glyphs:
        if glyph.text.isspace():
            blanks += glyph.text
        else:
            seen.append(glyph)
            typed.append(blanks)
            blanks = ""
    if not seen:
        return []
    gaps = [second.left - first.right for first, second in pairwise(seen)]
    untyped = [gap for gap, blank in zip(gaps, typed[1:], strict=True) if not blank]
    # Of few characters, half may be beside a gap between cells; in spaced text all are.
    usual = min(max(0.0, sorted(untyped)[len(untyped) // 4]), 1.5 * size) if untyped else 0.0
    parts: list[_Part] = []
    start, text, is_far = 0, seen[0].text, False
    for index, gap in enumerate(gaps, start=1):
        are_digits = seen[index - 1].text.isdigit() and seen[index].text.isdigit()
        if (gap if are_digits else gap - usual) > least * size:
            parts.append(_Part(_with_whole_characters(text), seen[start], seen[index - 1], is_far))
            start, text, is_far = index, "", gap - usual > (_TYPED_CELL if typed[index] else _CELL) * size
        elif typed[index] or gap > _BLANK_OF_WORDS * size:
            text += _blank(seen[index - 1], seen[index], (gap - usual) / size, typed[index])
        elif not seen[index - 1].text and text[-1:].isdigit() and seen[index].text.isdigit():
            text += " "  # a note's mark was between two figures
        text += seen[index].text
    return [*parts, _Part(_with_whole_characters(text), seen[start], seen[-1], is_far)]


def _blank(before: Glyph, glyph: Glyph, gap: float, typed: str) -> str:
    """Return the blank that an eye sees in a gap of so many sizes of the font."""
    first, second = before.text, glyph.text
    if typed:
        # Recognition adds a blank after each word, Chinese or not, and the places of words are rough.
        if not glyph.look.is_drawn and first.isdigit() and second.isdigit():
            return typed  # one number or two: nobody knows
        is_rough = not glyph.look.is_drawn and not (_is_of_word(first) and _is_of_word(second))
        return typed if gap > (_BLANK_RECOGNISED if is_rough else _BLANK_TYPED) else ""
    if first.isdigit() and second.isdigit():
        least = _BLANK_OF_A_RUN if before.run == glyph.run else _BLANK_OF_DIGITS
    elif first.isascii() and second.isascii() and first.isalpha() and second.isalpha():
        least = _BLANK_OF_WORDS
    else:
        least = _BLANK
    return " " if gap > least else ""


def _is_of_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _with_whole_characters(text: str) -> str:
    """Join surrogates, which PDFium may return one by one."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
