"""Paragraphs from the lines of pages, which a PDF breaks at the margin and furnishes with headers and page numbers.

A line goes on in the next one where it had no room left for what the next one begins with, and the next one is not
indented, of the same size and at the usual distance. All measures are points, from the lower left corner of the page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

_PAGE_NUMBER = re.compile(r"[-—–―─·•\s]*(第\s*)?\d{1,4}(\s*页)?([\s,\uff0c/]*共?\s*\d{1,4}\s*页?)?[-—–―─·•\s]*")
# What a line is not broken inside of: opening marks, a Western word or one Chinese character, closing marks.
_UNIT = re.compile(
    "[\u2018\u201c\u300a\u3008\u300c\u300e\u3010\u3014\uff08(]*(?:[!-~]+|.)"
    "[\u2019\u201d\u300b\u3009\u300d\u300f\u3011\u3015\u3001\u3002\uff09\uff0c\uff1a\uff1b\uff01\uff1f),.:;]*"
)


class Row(NamedTuple):
    """One line of a page; ``size`` is its font size, ``page`` counts from 1."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    page: int


class _Block(NamedTuple):
    """The measures of a document's text: its edges, the usual distance between lines, the usual font size."""

    left: float
    right: float
    pitch: float
    size: float


def paragraphs(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the paragraphs of ``rows``, which must be in reading order; page furniture is left out."""
    body = _without_furniture(rows)
    if not body:
        return
    block = _measure(body)
    text = body[0].text
    for before, row in pairwise(body):
        if _goes_on(before, row, block):
            text = _glued(text, row.text)
        else:
            yield text
            text = row.text
    yield text


def _without_furniture(rows: Sequence[Row]) -> list[Row]:
    """Leave out page numbers, and what stands at the same edge of several pages and differs in figures only."""
    pages = [list(group) for _, group in groupby(rows, key=lambda row: row.page)]
    edges = [page[:2] + page[2:][-2:] for page in pages]
    repeated = Counter(_furniture_key(row) for edge in edges for row in edge)
    often = max(2, round(0.3 * len(pages)))
    left_out: set[Row] = set()
    for page, edge in zip(pages, edges, strict=True):
        left_out.update(row for row in edge if repeated[_furniture_key(row)] >= often)
        left_out.update(row for row in (page[0], page[-1]) if _PAGE_NUMBER.fullmatch(row.text))
    return [row for row in rows if row not in left_out]


def _furniture_key(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "0", "".join(row.text.split())), round(row.bottom / 4)


def _measure(rows: Sequence[Row]) -> _Block:
    lengths: defaultdict[float, int] = defaultdict(int)
    for row in rows:
        lengths[round(row.size, 1)] += len(row.text)
    size = max(lengths, key=lambda size: lengths[size])
    edges = [row for row in rows if abs(row.size - size) < 0.1 * size]
    lefts, rights = sorted(row.left for row in edges), sorted(row.right for row in edges)
    distances = [above.bottom - below.bottom for above, below in _neighbours(edges)]
    return _Block(
        left=lefts[len(lefts) // 20],
        right=rights[-1 - len(rights) // 20],
        pitch=median(distances) if distances else 1.5 * size,
        size=size,
    )


def _neighbours(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    return ((above, below) for above, below in pairwise(rows) if above.page == below.page)


def _goes_on(before: Row, row: Row, block: _Block) -> bool:
    if abs(before.size - row.size) > 0.1 * block.size:
        return False
    if before.page == row.page and before.bottom - row.bottom > 1.3 * block.pitch:
        return before.size > 1.15 * block.size and _is_title(before, row, block)
    if _is_title(before, row, block):
        return True
    is_full = before.right > block.right - _room_needed(row)
    return is_full and row.left < block.left + 0.8 * row.size


def _room_needed(row: Row) -> float:
    """Return how much room the line above had to leave for the beginning of ``row`` to be moved down here."""
    unit = _UNIT.match(row.text)
    characters = unit[0] if unit else ""
    width = sum(0.75 if character.isascii() else 1.0 for character in characters)  # capitals are that wide
    return max(2.0, width + 0.6) * row.size  # a mark may not begin a line and takes its character down with it


def _is_title(before: Row, row: Row, block: _Block) -> bool:
    """Tell whether both lines are of one title: centred, and larger than the text."""
    middle = (block.left + block.right) / 2
    return (
        before.page == row.page
        and before.size > 1.15 * block.size
        and before.bottom - row.bottom < 2.5 * row.size
        and all(abs((line.left + line.right) / 2 - middle) < 1.5 * line.size for line in (before, row))
    )


def _glued(text: str, following: str) -> str:
    between_words = re.search(r"[A-Za-z0-9,.;:]$", text) and re.match(r"[A-Za-z]", following)
    return f"{text} {following}" if between_words else text + following
