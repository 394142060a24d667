"""The column of each cell of a table's row, by how well its words fit, where both have other numbers of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.notice.outline.frames import is_state
from extractor.notice.outline.table_headings import CELL_NUMBER
from extractor.notice.outline.table_states import said
from extractor.text.places import Place
from extractor.text.wording import pattern

_FIGURE = re.compile(r"[0-9]|《")
_LONGEST_STATE = 20
_MISSING = {"finding": -6.0, "number": -1.0}


def fit(text: str, kind: str, cell: Place) -> float:
    """Return how well a cell's words fit a kind of column, from -10 (not at all) to 5."""
    words = text[cell.start : cell.end]
    size = len(words)
    prose = "。" in words[:-1] or (size > 30 and "," in words)
    match kind:
        case "number":
            return 5 if CELL_NUMBER.fullmatch(words) else -10
        case "deadline":
            return 3 if size <= 24 and pattern("outline", "cell_date").search(words) else -4
        case "state":
            if is_state(words, 0, size) or (size <= 8 and not prose):
                return 3
            tells = size <= _LONGEST_STATE and words[-1:] != "。" and not _FIGURE.search(words)
            return 2 if tells and said(words) else -3
        case "responsible":
            return (
                -4
                if prose or size > 60 or words[-1:] == "。"
                else 2
                if pattern("outline", "cell_body_end", "{}(?:[、,;/ ()]|$)").search(words)
                else 0.8
                if size <= 12
                else -1
            )
        case "finding":
            return -2 if size > 150 else (2 if pattern("outline", "finding").search(words) else 0.3) - 0.5 * prose
        case "progress":
            return (
                0.5 + prose * 0.5 + 0.7 * bool(_FIGURE.search(words)) + 0.8 * ("已" in words[:8] or "正在" in words[:8])
            )
        case "measure":
            return 0.8 + 0.3 * prose
        case "group":
            return 1 if size <= 14 and not prose and words[-1:] != "。" and not _FIGURE.search(words) else -4
    return 0.2 if size <= 20 else -1


def deal(text: str, columns: Sequence[str], cells: Sequence[Place]) -> Iterator[tuple[int, Place]]:
    """Yield the column of each cell, where there are more or fewer cells than columns; the order stays."""
    # A row without a number in a table with numbers goes on with the finding above.
    goes_on = "number" in columns and not any(CELL_NUMBER.fullmatch(text, *cell) for cell in cells)
    skip = [0.0 if goes_on and kind in ("number", "finding") else _MISSING.get(kind, -1.5) for kind in columns]
    # best[j]: the best score of the cells so far, the last of them in column j; and the way there.
    best: list[tuple[float, tuple[int, ...]]] = []
    for index, cell in enumerate(cells):
        if cell.end == cell.start:
            continue
        scores = [fit(text, kind, cell) for kind in columns]
        if goes_on and "finding" in columns:
            scores[columns.index("finding")] = -10
        if not best:
            best = [(sum(skip[:j]) + scores[j], (*[-1] * index, j)) for j in range(len(columns))]
            continue
        gap = index - len(best[0][1])
        following = []
        for j, score in enumerate(scores):
            again = -4.0 if columns[j] in ("number", "deadline", "state", "finding", "group") else -0.2
            ways = [(best[j][0] + again, best[j][1])]
            ways += [(best[i][0] + sum(skip[i + 1 : j]), best[i][1]) for i in range(j)]
            before, way = max(ways)
            following.append((before + score, (*way, *[-1] * gap, j)))
        best = following
    ends = [(score + sum(skip[j + 1 :]), way) for j, (score, way) in enumerate(best)]
    for cell, column in zip(cells, max(ends)[1], strict=False):
        if column >= 0:
            yield column, cell
