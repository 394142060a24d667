"""The line that a row of a page's or a document's table makes."""

from __future__ import annotations

from collections.abc import Sequence


def row_line(cells: Sequence[str]) -> str:
    r"""Return a row's cells with tabs between them; empty ones keep their tabs, so that each cell has its column.

    One cell alone at the beginning of a row stands for itself: it groups rows, or the table is there for its layout.

    >>> row_line(["1", "甲", ""]), row_line(["", "", "乙"]), row_line(["甲", "", ""])
    ('1\t甲\t', '\t\t乙', '甲')
    """
    filled = [k for k, cell in enumerate(cells) if cell.strip()]
    if len(filled) > 1 or (filled and filled[0] > 1):
        return "\t".join(cells)
    return "".join(cells)
