"""The headings of tables of findings: what stands below 反馈问题 or 责任单位, and whether a row of them heads one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import takewhile

from extractor.data import read_table
from extractor.text.wording import any_of, pattern, word_list, written_out

LONGEST_HEADING = 14
"""Code points of a heading without what it has in brackets."""
_FEWEST_COLUMNS = 3
_MOST_COLUMNS = 20
"""Columns of a table with two rows of headings; more are left."""
_BLANKS = re.compile(r"[ *\n]")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def column_kind(heading: str) -> str:
    """Return what stands below a column heading, e.g. ``finding`` below 反馈问题; nothing for an unknown one."""
    words = bare_heading(heading)
    return _kind_of(words) if 0 < len(words) <= LONGEST_HEADING else ""


@lru_cache(1024)
def _kind_of(words: str) -> str:
    known = next((kind for kind, form in _headings() if form.fullmatch(words)), "")
    return known or _kind_of_answer(words)


def _kind_of_answer(words: str) -> str:
    """Return whether a heading with the name of a lead-in heads what is planned or what was done; empty for neither.

    >>> _kind_of_answer("后续整治举措"), _kind_of_answer("整改落实实效"), _kind_of_answer("备注")
    ('measure', 'progress', '')
    """
    if pattern("outline", "lead_in").fullmatch(words) is None:
        return ""
    return "measure" if words.endswith(_PLANNED) else "progress"


_PLANNED = ("措施", "举措", "办法", "做法", "方案", "计划", "安排", "打算", "思路", "方法", "路径")


def column_kinds(headings: Sequence[str]) -> list[str]:
    """Return what stands below each heading of a table.

    A heading like 具体表现 heads the findings where none does so by its own words; or the only one that no list knows,
    in a table with numbers, before the answers.

    >>> column_kinds(["责任部门", "具体表现", "整改举措"]), column_kinds(["反馈问题", "具体表现", "整改举措"])
    (['responsible', 'finding', 'measure'], ['finding', 'note', 'measure'])
    """
    kinds = list(map(column_kind, headings))
    if "finding" not in kinds:
        bare = list(map(bare_heading, headings))
        found = ([k for k, words in enumerate(bare) if form.fullmatch(words)] for form in _lone_findings())
        for k in next((places for places in found if len(places) == 1), _unknown_before_answers(kinds)):
            kinds[k] = "finding"
    return kinds


_ANSWERS = frozenset(("measure", "progress"))
_FEWEST_KNOWN = 3


def _unknown_before_answers(kinds: Sequence[str]) -> list[int]:
    """Return the only column that is not known, if it is behind the number of a row and before the answers."""
    answers = next((k for k, kind in enumerate(kinds) if kind in _ANSWERS), 0)
    unknown = [k for k, kind in enumerate(kinds) if not kind]
    is_finding = len(unknown) == 1 and len(kinds) > _FEWEST_KNOWN and "number" in kinds[: unknown[0]]
    return unknown if is_finding and unknown[0] < answers else []


def heads_answers(headings: Sequence[str]) -> bool:
    """Return whether headings are those of a table of the answers to one finding, which is none of its columns.

    >>> heads_answers(["整改措施", "责任单位", "完成时限"]), heads_answers(["反馈问题", "整改措施", "责任单位"])
    (True, False)
    """
    named = [words for words in map(bare_heading, headings) if words]
    kinds = column_kinds(named)
    duties = {"responsible", "deadline", "state"} & set(kinds)
    return bool(
        len(named) >= _FEWEST_COLUMNS
        and all(len(words) <= LONGEST_HEADING for words in named)
        and all(kinds)
        and duties
        and "finding" not in kinds
        and not _ANSWERS.isdisjoint(kinds)
    )


@cache
def _lone_findings() -> list[re.Pattern[str]]:
    return list(map(re.compile, word_list("outline", "lone_finding")))


def closes_table(words: str) -> bool:
    """Return whether a row that begins with these words holds a sum of the rows above it, or a note: no finding.

    >>> [closes_table(words) for words in ("合 计", "小计(3项)", "注:1.数据截至10月底", "共计发放3万元")]
    [True, True, True, False]
    """
    return _sums().fullmatch(words) is not None or _notes().match(words) is not None


@cache
def _sums() -> re.Pattern[str]:
    return re.compile(
        rf"\s*{any_of('outline', 'sum_row')}\s*(?:[(（][^()（）]*[)）]|[:：]? *[0-9０-９][^。]{{0,12}})?\s*"
    )


@cache
def _notes() -> re.Pattern[str]:
    return re.compile(rf"[\s*※]*{any_of('outline', 'note_row')}")


_GENERAL = ("", "progress")
"""Kinds of headings, such as 情况, that depend on the heading above: 问题 over 情况."""
_SHARED = ("measure", "progress", "responsible")
"""Kinds of which a table may have several columns: 整改措施 over 近期 and 远期."""
_ACCOUNT = "说明"  # of the heading above, 进展; alone a note


def joined_heading(above: str, own: str) -> str:
    """Return the heading that two rows make together: 责任单位 of 责任 over 单位; nothing where they make none.

    >>> joined_heading("责任", "单位"), joined_heading("整改落实情况", "整改措施"), joined_heading("责任单位", "配合")
    ('责任单位', '', '')
    """
    above, own = bare_heading(above), bare_heading(own)
    is_general = own == _ACCOUNT or column_kind(own) in _GENERAL
    return above + own if above and own and is_general and column_kind(above + own) else ""


def headings_below(group: str, headings: Sequence[str]) -> list[str]:
    """Return the headings that those below a group make: joined to it or alone, or all of them the group's.

    >>> headings_below("责任", ["单位", "个人"]), headings_below("整改措施", ["近期", "远期"])
    (['责任单位', '责任个人'], ['整改措施', '整改措施'])
    """
    found = [joined_heading(group, words) or words for words in headings]
    passes_on = column_kind(group) in _SHARED and not any(map(column_kind, found))
    return [group] * len(found) if passes_on else found


def bare_heading(heading: str) -> str:
    """Return a heading without blanks and without what stands in brackets."""
    words = _BLANKS.sub("", heading)
    count = 1 if "(" in words or "（" in words else 0
    while count:
        words, count = _BRACKETS.subn("", words)
    return words


_PROPERTIES = {"responsible": "responsible_name", "deadline": "deadline_name", "note": "note"}
"""The kinds of columns that may be called as a property is on a line of its own (责任单位:…)."""


@cache
def _headings() -> list[tuple[str, re.Pattern[str]]]:
    columns = read_table("outline")["columns"]
    own = [
        (kind, re.compile("|".join(written_out("outline", word) for word in words))) for kind, words in columns.items()
    ]
    return own + [(kind, re.compile(any_of("outline", names))) for kind, names in _PROPERTIES.items()]


def heads_findings(headings: Sequence[str]) -> bool:
    """Return whether headings are those of a table of findings: a finding, an answer, and most of them known."""
    named = [words for words in map(bare_heading, headings) if words]
    kinds = column_kinds(named)
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


def two_rows_of_headings(above: Sequence[str], below: Sequence[str], width: int) -> list[str]:
    """Return the headings that two rows of a table make of ``width`` columns; none where they make no such headings.

    A heading that groups several below it (责任 over 单位 and 个人) has empty cells behind it, or none.
    """
    if len(above) == len(below) == width:
        return _filled(above, below)
    below = [words for words in below if bare_heading(words)]  # none of what is merged with the row above
    if not (2 <= len(below) < width <= min(len(above) + len(below) - 1, _MOST_COLUMNS)):
        return []
    if not all(map(_is_short, (*above, *below))):
        return []
    apart = width - len(below)  # headings of the upper row that stand over nothing
    found = _dealt(tuple(above), tuple(below), apart)
    return list(found[1]) if found and heads_findings(found[1]) else []


def _is_short(heading: str) -> bool:
    return 0 < len(bare_heading(heading)) <= LONGEST_HEADING


def _filled(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return the headings of two rows as long as each other, in which a group's heading has empty cells behind it."""
    if not any(bare_heading(words) for words in below) or all(bare_heading(words) for words in above):
        return []
    found: list[str] = []
    while (start := len(found)) < len(above):
        if not bare_heading(below[start]):
            found.append(above[start])
            continue
        covered = takewhile(
            lambda k: bare_heading(below[k]) and not bare_heading(above[k]), range(start + 1, len(above))
        )
        end = start + 1 + len(list(covered))
        found += headings_below(above[start], below[start:end])
    return found if heads_findings(found) else []


_OF_ANSWERS = frozenset(("measure", "progress", "state", "deadline", "note", ""))


def _fit(group: str, headings: Sequence[str]) -> int:
    """Return how well headings are known, and fit below a group; those that are only the group's count half."""
    kind, below = column_kind(group), list(map(column_kind, headings))
    if group in headings:
        return len(headings)
    groups = not kind or kind in below or (kind in _OF_ANSWERS and _OF_ANSWERS.issuperset(below))
    return 2 * sum(map(bool, below)) + groups


@lru_cache(1024)
def _dealt(above: tuple[str, ...], below: tuple[str, ...], apart: int) -> tuple[int, tuple[str, ...]] | None:
    """Return how well headings of two rows are known, and all of them, ``below`` dealt to the groups in ``above`` best.

    ``apart`` of the upper headings have none below them, the others two or more.
    """
    if not above:
        return (0, ()) if not (below or apart) else None
    first, rest = above[0], above[1:]
    ways: list[tuple[int, tuple[str, ...]]] = []
    if apart and (tail := _dealt(rest, below, apart - 1)):
        ways.append((2 * bool(column_kind(first)) + tail[0], (first, *tail[1])))
    for count in range(2, len(below) + 1):
        if tail := _dealt(rest, below[count:], apart):
            own = headings_below(first, below[:count])
            ways.append((_fit(first, own) + tail[0], (*own, *tail[1])))
    return max(ways, key=lambda way: way[0], default=None)


_BETWEEN_WORDS = re.compile(r"[\u3400-\u9fff。;:)”》]\s*\t\s*[\u3400-\u9fff“《]")


class RowWidths:
    """The numbers of tabs in the rows of a text's tables, by which a row is told from a line with tabs for blanks."""

    def __init__(self, printed: str) -> None:
        lines = [(line, line.count("\t")) for line in printed.split("\n")] if "\t" in printed else []
        self._widths = {tabs for line, tabs in lines if tabs and _is_row(line, tabs)} | _widths_of_fields(lines)
        self._counts = Counter(tabs for line, tabs in lines if line.strip())
        self._lines = sum(bool(line.strip()) for line in printed.split("\n")) if self._widths else 0

    def __contains__(self, tabs: int) -> bool:
        return tabs in self._widths

    @property
    def are_most_lines(self) -> bool:
        """True if the text is little more than a table: rows are not wrapped."""
        return 2 * sum(self._counts[tabs] for tabs in self._widths) > self._lines > 0


_FEWEST_FIELDS = 3


def _widths_of_fields(lines: Sequence[tuple[str, int]]) -> set[int]:
    """Return the tabs of the rows of tables whose rows are fields: a name, a tab and a value, or two of these."""
    named = [tabs for line, tabs in lines if tabs in (1, 3) and column_kind(line.split("\t", 1)[0].strip(" :："))]
    return set(named) if len(named) >= _FEWEST_FIELDS else set()


def _is_row(line: str, tabs: int) -> bool:
    return (tabs > 1 and _BETWEEN_WORDS.search(line) is not None) or heads_findings(line.split("\t"))
