"""Page numbers, running heads and feet, told from the text by where they stand and by coming back."""

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
# What browsers print around a page: day and hour before its title, its address before the number.
_PRINTED = re.compile(
    r"\d{1,4}/\d{1,2}/\d{1,4}[,\uff0c]?\s*(?:[上下]午)?\d{1,2}:\d{2}.*|(?:https?|file)://\S+\s+\d+/\d+"
)
_DECORATED = re.compile(r"(?i)[^\d\s].*[^\d\s]|.*(?:页|page).*")
_OFTEN = 0.3  # of the pages on which a line must come back to be taken for a running head
_APART = 1.3  # of its own size: the least distance of a number of a page from the text, beyond a line


class Furnished(NamedTuple):
    """The rows of the text, and those of the pages' furniture."""

    text: list[Row]
    furniture: list[Row]


def without_furniture(rows: Sequence[Row]) -> Furnished:
    """Set apart page numbers, and what stands at the same edge of several pages and differs in figures only."""
    pages = [list(group) for _, group in groupby(rows, key=lambda row: row.page)]
    edges = [[row for row in page[:2] + page[2:][-2:] if not row.is_table] for page in pages]
    repeated = Counter(key for edge in edges for key in {_key(row) for row in edge})
    often = max(2, round(_OFTEN * len(pages)))
    furniture: set[Row] = set()
    for page, edge in zip(pages, edges, strict=True):
        furniture.update(row for row in edge if repeated[_key(row)] >= often)
        inner = [row for row in page if row not in furniture and not row.is_table]
        furniture.update(row for row in (*inner[:1], *inner[-1:]) if _is_of_the_page(row, inner))
    return Furnished([row for row in rows if row not in furniture], [row for row in rows if row in furniture])


def _key(row: Row) -> tuple[str, int]:
    return re.sub(r"\d+", "0", "".join(row.text.split())), round(row.bottom / 4)


def _is_of_the_page(row: Row, page: Sequence[Row]) -> bool:
    """Tell whether the first or last row of a page is its number, or what a browser prints: both keep away from
    the text, as the end of a sentence that is a number does not."""
    if not (_PAGE_NUMBER.fullmatch(row.text) or _PRINTED.fullmatch(row.text)):
        return False
    others = [other for other in page if other is not row]
    if not others or _DECORATED.fullmatch(row.text.strip()):
        return True
    distance = min(max(other.bottom - row.top, row.bottom - other.top) for other in others)
    return distance > _APART * row.size or row.size < 0.9 * others[0].size
