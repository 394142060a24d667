"""The headings of tables of findings: what stands below 反馈问题 or 责任单位, and whether a row of them heads one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from extractor.data import read_table

LONGEST_HEADING = 14
"""Code points of a heading without what it has in brackets."""
_FEWEST_COLUMNS = 3
_BLANKS = re.compile(r"[ *\n]")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def column_kind(heading: str) -> str:
    """Return what stands below a column heading, e.g. ``finding`` below 反馈问题; nothing for an unknown one."""
    words = bare_heading(heading)
    if not words or len(words) > LONGEST_HEADING:
        return ""
    return next((kind for kind, form in _headings() if form.fullmatch(words)), "")


def bare_heading(heading: str) -> str:
    """Return a heading without blanks and without what stands in brackets."""
    words = _BLANKS.sub("", heading)
    count = 1 if "(" in words or "（" in words else 0
    while count:
        words, count = _BRACKETS.subn("", words)
    return words


@cache
def _headings() -> list[tuple[str, re.Pattern[str]]]:
    columns = read_table("outline")["columns"]
    return [(kind, re.compile("|".join(words))) for kind, words in columns.items()]


def heads_findings(headings: Sequence[str]) -> bool:
    """Return whether headings are those of a table of findings: a finding, an answer, and most of them known."""
    named = [words for words in map(bare_heading, headings) if words]
    kinds = [column_kind(words) for words in named]
    known = sum(bool(kind) for kind in kinds)
    answers = "measure" in kinds or "progress" in kinds
    short = all(len(words) <= LONGEST_HEADING for words in named)
    return bool(
        short
        and len(named) >= min(_FEWEST_COLUMNS, len(headings))
        and len(headings) > 1
        and answers
        and kinds.count("finding") == 1
        and known * 3 >= len(kinds) * 2
    )


_BETWEEN_WORDS = re.compile(r"[\u3400-\u9fff。;:)”》]\s*\t\s*[\u3400-\u9fff“《]")


class RowWidths:
    """The numbers of tabs in the rows of a text's tables, by which a row is told from a line with tabs for blanks."""

    def __init__(self, printed: str) -> None:
        lines = [(line, line.count("\t")) for line in printed.split("\n")] if "\t" in printed else []
        self._widths = {tabs for line, tabs in lines if tabs and _is_row(line, tabs)}
        self._counts = Counter(tabs for line, tabs in lines if line.strip())
        self._lines = sum(bool(line.strip()) for line in printed.split("\n")) if self._widths else 0

    def __contains__(self, tabs: int) -> bool:
        return tabs in self._widths

    @property
    def are_most_lines(self) -> bool:
        """True if the text is little more than a table: rows are not wrapped."""
        return 2 * sum(self._counts[tabs] for tabs in self._widths) > self._lines > 0


def _is_row(line: str, tabs: int) -> bool:
    return (tabs > 1 and _BETWEEN_WORDS.search(line) is not None) or heads_findings(line.split("\t"))
