"""Paragraphs from the lines of pages, which a PDF breaks at the margin.

A line goes on in the next one if it had no room for the beginning of the next one, which has the same size and the
usual distance, and is not indented. Without indents a line that is full by chance may end a paragraph: then
enumerators, the ends of sentences and the fonts decide. All measures are points.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from extractor.files.pdf.printed_lines import Row

_ASCII = r"[!-~]+"
_OPENING = "[\u2018\u201c\u300a\u3008\u300c\u300e\u3010\u3014\uff08(]*"
_CLOSING = (
    "[\u2019\u201d\u300b\u3009\u300d\u300f\u3011\u3015\u3001\u3002\uff09\uff0c\uff1a\uff1b\uff01\uff1f),.:;%\uff05]"
)
# A unit that no line break splits: opening marks, a Western word or one Chinese character, closing marks.
_UNIT = re.compile(f"{_OPENING}(?:{_ASCII}|.){_CLOSING}*(?:[\u2018\u201c]+.)?")
# The same in programs that break neither before nor after curly quotes, and not after marks.
_LONG_UNIT = re.compile(f"{_OPENING}(?:{_ASCII}|.)(?:(?:{_CLOSING}|[\u2018\u201c/])+(?:{_ASCII}|.)?|{_ASCII})*")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_ENUMERATOR = re.compile(
    rf"(?P<chapter>{_NUMERAL}[、.\uff0e])|(?P<section>[(\uff08]{_NUMERAL}[)\uff09])|(?P<point>\d{{1,2}}[、.\uff0e](?!\d))"
    rf"|(?P<item>[(\uff08]?\d{{1,2}}[)\uff09]|[①-⑳])|(?P<ordinal>第{_NUMERAL}[,\uff0c、])"
    rf"|(?P<measure>{_NUMERAL}(?:是|要)(?=[\u4e00-\u9fff]))"
)
_HEADING = re.compile(
    rf"(?:{_NUMERAL}[、.\uff0e]|[(\uff08]{_NUMERAL}[)\uff09]|\d{{1,2}}[、.\uff0e])[^。；;！!？?]{{,40}}$"
)
_OPENER = re.compile("欢迎|特此|附件?[:：]")
_WHOLE_HEADING = re.compile('关于.*[”"’」](?:问题|方面)?(?:的问题|的?整改)?(?:情况|落实)?$')
_HEADING_GOES_ON = re.compile("的|问题|方面|整改|落实|情况")
_SENTENCE_END = re.compile("[。！？；!?;:：][\u201d\u2019\uff09)」』]*$")
_TITLE_END = re.compile("(?:通报|公告|通告|公示|报告|情况|说明)$")
_TITLE_GOES_ON = re.compile("的|.{0,10}(?:通报|公告|通告|公示|报告)$")
_ITEM = re.compile(rf"(?:{_ENUMERATOR.pattern})|[•●·■□◆○▪-]")
_DATE = re.compile(r"(?:\d{4}|二[〇○零O\d一二三四五六七八九]{3})\s*年\s*\S{1,3}?\s*月\s*\S{1,4}?\s*日")

_INDENT = 0.8  # sizes from the edge: a line further in is indented
_DEEP = 4.5  # sizes: lines further in are centred or set to the right
_MOST = 0.6  # of the beginnings of paragraphs: a document with more indents them, or sets them apart
_ROOM_LEFT = 4.0  # sizes: a line that leaves more is the last one of its paragraph
_ROOM_AT_AN_END = 8.0  # the same at the end of a sentence, where beginnings are indented
_DISTANT = 1.25  # of the usual distance: lines further away are set apart
_FEW_LINES = 10  # of a text, at most, whose longest line is its edge
_WIDEST = 2.3  # sizes between lines of a paragraph
_WIDEST_GUESS = 1.9  # the same if too few lines are found to measure it
_FEW_SENTENCES = 4  # lines that end within a sentence, at least, to measure their distance
_USUAL = 0.15  # of all distances, at least, for a usual one


class _Block(NamedTuple):
    """The measures of a document's text: its edges, the usual distance between lines, the usual font size.

    ``indents`` and ``spaced`` are true if paragraphs are indented, or set apart by space; ``starts`` are the kinds of
    enumerators that always begin one.
    """

    left: float
    right: float
    pitch: float
    size: float
    indents: bool
    spaced: bool
    starts: frozenset[str]


class _Paragraph(NamedTuple):
    """A paragraph as far as it is read: its text, its first and last line, and whether it is the document's first."""

    text: str
    first: Row
    last: Row
    is_first: bool


def paragraphs(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the paragraphs of ``rows``, which are in reading order and without the furniture of pages."""
    if not rows:
        return
    blocks = {
        in_column: _measure([row for row in rows if bool(row.column) == in_column])
        for in_column in {bool(row.column) for row in rows}
    }
    paragraph = _Paragraph(rows[0].text, rows[0], rows[0], is_first=True)
    for row, following in zip(rows[1:], [*rows[2:], None], strict=False):
        before = paragraph.last
        if bool(before.column) == bool(row.column) and (
            _goes_on(paragraph, row, blocks[bool(row.column)]) and not _is_signature(before, row, following)
        ):
            paragraph = paragraph._replace(text=_glued(paragraph.text, row.text), last=row)
        else:
            yield paragraph.text
            paragraph = _Paragraph(row.text, row, row, is_first=False)
    yield paragraph.text


def _measure(rows: Sequence[Row]) -> _Block:
    lengths: defaultdict[float, int] = defaultdict(int)
    for row in rows:
        lengths[round(row.size, 1)] += len(row.text)
    size = max(lengths, key=lambda size: lengths[size])
    plain = [row for row in rows if abs(row.size - size) < 0.1 * size and not row.is_table] or rows
    edges = [row for row in plain if not row.is_parted and not row.is_table] or plain
    lefts = sorted(row.left for row in edges)
    left, right = lefts[len(lefts) // 20], _right_edge([row.right for row in edges], size)
    pitch = _pitch(plain, left, right, size)
    starts = [
        (above, below)
        for above, below in _neighbours(plain)
        if above.bottom - below.bottom > _DISTANT * pitch
        or (above.right < right - _ROOM_LEFT * size and _is_over(above.text))
    ]
    beginnings = [(above, below) for above, below in starts if below.left - left < _DEEP * below.size]
    indented = sum(below.left - left >= _INDENT * below.size for _, below in beginnings)
    spaced = sum(above.bottom - below.bottom > _DISTANT * pitch for above, below in beginnings)
    kinds = (_enumerator(below.text) for _, below in starts)
    return _Block(
        left=left,
        right=right,
        pitch=pitch,
        size=size,
        indents=indented > 0 and indented >= _MOST * len(beginnings),
        spaced=spaced > 0 and spaced >= _MOST * len(beginnings),
        starts=frozenset(kind for kind in kinds if kind),
    )


def _right_edge(rights: Sequence[float], size: float) -> float:
    """Return the edge that lines reach; a single longer line, such as a long address, makes no edge."""
    ordered = sorted(rights)
    least = 1 if len(ordered) < _FEW_LINES else max(2, len(ordered) // 30)
    return next(
        (right for number, right in reversed(list(enumerate(ordered)))
         if number >= least - 1 and right - ordered[number - least + 1] < size),
        ordered[-1],
    )  # fmt: skip


def _pitch(rows: Sequence[Row], left: float, right: float, size: float) -> float:
    """Return the usual distance between lines of a paragraph.

    It is the least frequent-enough one, first of all between full lines and the next ones at the left edge; or that of
    lines within sentences, if these are often further apart, as lines with characters of another font are.
    """
    distances = [
        (above.bottom - below.bottom, above.right > right - 2 * size and below.left < left + _INDENT * size)
        for above, below in _neighbours(rows)
    ]
    surely = sorted(min(distance, _WIDEST * size) for distance, goes_on in distances if goes_on)
    if len(surely) < 2:
        surely = sorted(min(distance, _WIDEST_GUESS * size) for distance, _ in distances)
    for number, least in enumerate(surely):
        near = [distance for distance in surely[number:] if distance < 1.08 * least]
        if len(near) >= _USUAL * len(surely):
            return max(median(near), _pitch_of_sentences(rows, left, right, size))
    return 1.5 * size


def _pitch_of_sentences(rows: Sequence[Row], left: float, right: float, size: float) -> float:
    """Return the largest usual distance between full lines that end within a sentence, and the next ones."""
    distances = sorted(
        above.bottom - below.bottom
        for above, below in _neighbours(rows)
        if above.right > right - 2 * size
        and below.left < left + _INDENT * size
        and not (_is_over(above.text) or _HEADING.match(above.text) or _ITEM.match(below.text))
    )
    usual = distances[: -max(1, round(_USUAL * len(distances)))]
    return min(usual[-1], _WIDEST * size) if len(distances) >= _FEW_SENTENCES else 0.0


def _enumerator(text: str) -> str | None:
    """Return the kind of enumerator with which a text begins, or None."""
    match = _ENUMERATOR.match(text)
    return match.lastgroup if match else None


def _neighbours(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    return ((above, below) for above, below in pairwise(rows) if _are_in_one_place(above, below))


def _are_in_one_place(above: Row, below: Row) -> bool:
    return above.page == below.page and above.column == below.column and above.bottom > below.bottom


def _goes_on(paragraph: _Paragraph, row: Row, block: _Block) -> bool:
    """Return whether ``row`` continues a paragraph."""
    before = paragraph.last
    is_apart = before.is_parted or row.is_parted or before.is_table or row.is_table
    if is_apart or abs(before.size - row.size) > 0.1 * block.size:
        return False
    if _are_in_one_place(before, row) and before.bottom - row.bottom > _DISTANT * block.pitch:
        return before.size > 1.15 * block.size and _is_title(before, row, block)
    if _is_title(before, row, block):
        return True
    if row.left >= block.left + _INDENT * row.size and not _hangs(paragraph, row, block):
        return False
    if paragraph.is_first and _TITLE_END.search(paragraph.text) and not _TITLE_GOES_ON.match(row.text):
        return False
    return block.right - before.right < _room_allowed(paragraph, row, block) and not _begins(paragraph, row, block)


def _hangs(paragraph: _Paragraph, row: Row, block: _Block) -> bool:
    """Return whether an indented line may continue: after a hanging enumerator, or in a part indented as a whole."""
    if _enumerator(row.text) or (_HEADING.match(paragraph.text) and block.indents):
        return False
    before = paragraph.last
    stands_out = before.left < row.left - 0.5 * row.size if paragraph.first is before else _are_level(before, row)
    if _ITEM.match(paragraph.text) and paragraph.first.left < row.left - 0.5 * row.size:
        return stands_out
    is_open = not _is_over(before.text) and not _HEADING.match(paragraph.text)
    is_full = block.right - before.right < 2 * row.size
    return is_open and is_full and not block.indents and _are_level(before, row)


def _are_level(before: Row, row: Row) -> bool:
    return abs(before.left - row.left) < 0.3 * row.size


def _room_allowed(paragraph: _Paragraph, row: Row, block: _Block) -> float:
    """Return how much room the last line may leave if ``row`` continues it."""
    before = paragraph.last
    is_over = _is_over(before.text)
    is_flush = row.left < block.left + _INDENT * row.size and before.left - block.left < _DEEP * before.size
    if block.indents and is_flush and not _enumerator(row.text):
        # Beginnings are indented and this line is not; some programs count characters, not widths.
        return _ROOM_AT_AN_END * row.size if is_over else math.inf
    is_strict = is_over or _enumerator(row.text) in ("chapter", "section")
    needed = _room_needed(row, _UNIT if is_strict else _LONG_UNIT)
    return needed if is_strict or _HEADING.match(paragraph.text) else max(_ROOM_LEFT * row.size, needed)


def _begins(paragraph: _Paragraph, row: Row, block: _Block) -> bool:
    """Return whether, by words and fonts, ``row`` begins a paragraph although the line before it is full."""
    before = paragraph.last
    enumerator = _enumerator(row.text)
    is_over, is_heading = _is_over(before.text), _HEADING.match(paragraph.text) is not None
    if before.fonts[1] != row.fonts[0] and _are_chinese(before.text[-1], row.text[0]):
        return (enumerator is not None and is_over) or is_heading
    if not (is_over or is_heading) or block.indents or (block.spaced and _are_in_one_place(before, row)):
        return False
    if enumerator is None:
        is_whole = _WHOLE_HEADING.search(paragraph.text) and not _HEADING_GOES_ON.match(row.text)
        return bool(is_whole if is_heading else _OPENER.match(row.text))
    return is_heading or enumerator in {*block.starts, _enumerator(paragraph.text), "chapter", "section"}


def _is_over(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None


def _are_chinese(*characters: str) -> bool:
    return all("\u3400" <= character <= "\u9fff" or character in "。！？；：" for character in characters)


def _is_signature(before: Row, row: Row, following: Row | None) -> bool:
    """Return whether ``row`` is a date, or a name without any mark before a date."""
    if _DATE.fullmatch(row.text):
        return True
    return (
        following is not None
        and _is_over(before.text)
        and _DATE.fullmatch(following.text) is not None
        and not re.search("[，。；：、,;:]", row.text)
    )


def _room_needed(row: Row, unit_of: re.Pattern[str]) -> float:
    """Return the room that the beginning of ``row`` would have needed in the line above."""
    unit = unit_of.match(row.text)
    characters = unit[0] if unit else ""
    width = sum(0.75 if character.isascii() else 1.0 for character in characters)  # the width of capitals
    return max(2.0, width + 0.6) * row.size


def _is_title(before: Row, row: Row, block: _Block) -> bool:
    """Return whether both lines belong to one title: centred, and larger than the text."""
    middle = (block.left + block.right) / 2
    return (
        before.page == row.page
        and before.size > 1.15 * block.size
        and before.bottom - row.bottom < 2.5 * row.size
        and all(abs((line.left + line.right) / 2 - middle) < 1.5 * line.size for line in (before, row))
    )


def _glued(text: str, following: str) -> str:
    between_words = re.search(r"[A-Za-z0-9][,.;:]?$", text) and re.match(r"[A-Za-z]", following)
    return f"{text} {following}" if between_words else text + following
