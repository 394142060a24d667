"""Page numbers, running heads and feet, recognised by their place and by repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from extractor.files.pdf.printed_lines import Row

_FRAME = r"[-\u2010-\u2015\u2500\u2501\u00b7\u2022\u30fb~\uff5e\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_FRAME}(?:(?:第\s*)?\d{{1,4}}(?:\s*页)?(?:[\s,\uff0c/|]*(?:共|of)?\s*\d{{1,4}}\s*页?)?"
    rf"|第\s*[一二三四五六七八九十百]{{1,4}}\s*页|(?i:page)\s*\d{{1,4}}(?:\s*(?:of|/)\s*\d{{1,4}})?){_FRAME}"
)
# Browsers print day and hour before a page's title, and its address before the number.
_PRINTED = re.compile(
    r"\d{1,4}/\d{1,2}/\d{1,4}[,\uff0c]?\s*(?:[上下]午)?\d{1,2}:\d{2}.*|(?:https?|file)://\S+\s+\d+/\d+"
)
_DECORATED = re.compile(r"(?i)[^\d\s].*[^\d\s]|.*(?:页|page).*")
_OFTEN = 0.3  # of the pages, at least, on which a running head is repeated
_APART = 1.3  # of its own size: the least distance of a page number from the text


class FurnitureSplit(NamedTuple):
    """The rows of the text, and those of the pages' furniture."""

    text: list[Row]
    furniture: list[Row]


def without_furniture(rows: Sequence[Row]) -> FurnitureSplit:
    """Separate page numbers, and rows at the same edge of several pages that differ in figures only, from the text."""
    pages = [list(group) for _, group in groupby(rows, key=lambda row: row.page)]
    edges = [[row for row in page[:2] + page[2:][-2:] if not row.is_table] for page in pages]
    repeated = Counter(key for edge in edges for key in {_key(row) for row in edge})
    often = max(2, round(_OFTEN * len(pages)))
    furniture: set[Row] = set()
    for page, edge in zip(pages, edges, strict=True):
        furniture.update(row for row in edge if repeated[_key(row)] >= often)
        inner = [row for row in page if row not in furniture and not row.is_table]
        furniture.update(row for row in (*inner[:1], *inner[-1:]) if _is_of_the_page(row, inner))
    return FurnitureSplit([row for row in rows if row not in furniture], [row for row in rows if row in furniture])


def _key(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "0", "".join(row.text.split())), round(row.bottom / 4)


def _is_of_the_page(row: Row, page: Sequence[Row]) -> bool:
    """Return whether the first or last row of a page is its number, or a line that a browser prints.

    Both keep a distance from the text; a number at the end of a sentence does not.
    """
    if not (_PAGE_NUMBER.fullmatch(row.text) or _PRINTED.fullmatch(row.text)):
        return False
    others = [other for other in page if other is not row]
    if not others or _DECORATED.fullmatch(row.text.strip()):
        return True
    distance = min(max(other.bottom - row.top, row.bottom - other.top) for other in others)
    return distance > _APART * row.size or row.size < 0.9 * others[0].size
