"""The states that tables print as marks or in short words: √ below 是否销号, ● with a legend, 通过验收.

A legend (注:●表示已完成,◐表示正在整改) may stand in the table, above or below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from extractor.notice.outline.outline_words import any_of
from extractor.text.column_headings import bare_heading, closes_table

Legend = Mapping[str, str]
"""The meanings of a notice's marks, in its words."""

DONE, GOING = "已完成整改", "正在整改"
"""The words by which a state is handed on that is printed otherwise."""
MARKS = "●○◐◑◒◓◔◕◎⊙◉▲△▼▽★☆■□◆◇√✓✔☑×✕✗✘☒"
"""The marks by which states are printed."""
MARKS_PRINTED = frozenset(MARKS)
"""Each of them."""
_YES = frozenset("√✓✔☑●■★▲◆是已有")
_NO = frozenset("×✕✗✘☒○□☆△◇否未无")
_LONGEST_STATE = 40


@lru_cache(8)
def find_legend(text: str) -> Legend:
    """Return what marks stand for by the legends of a text; of two meanings the first counts."""
    found: dict[str, str] = {}
    for match in (*_legend().finditer(text), *_legend_behind().finditer(text)):
        found.setdefault(match["mark"], match["state"])
    return found


def is_legend(text: str, start: int, end: int) -> bool:
    """Return whether a line says what marks stand for: 注:√已完成,△正在整改."""
    return closes_table(text[start:end]) and _legend().search(text, start, end) is not None


@cache
def _legend() -> re.Pattern[str]:
    state = f"(?P<state>{any_of('state')}|{any_of('legend_state')})"
    return re.compile(rf"(?P<mark>[{MARKS}])[”\"]? ?(?:表示|代表|为|即|指|说明|[:=—-]{{1,2}})? ?{state}")


@cache
def _legend_behind() -> re.Pattern[str]:
    state = f"(?P<state>{any_of('state')}|{any_of('legend_state')})"
    return re.compile(rf"{state}(?:的)?,?(?:用|以|打|划|画|标注?)[“\" ]?(?P<mark>[{MARKS}])")


def is_mark(words: str) -> bool:
    """Return whether a cell prints no more than a mark."""
    return len(words) == 1 and words in MARKS


def state_said(heading: str, words: str, legend: Legend) -> str:
    """Return the state that a cell says below a heading, as ``DONE`` or ``GOING``; nothing where it says none.

    >>> [state_said("是否销号", words, {}) for words in ("是", "否(持续推进)")]
    ['已完成整改', '正在整改']
    >>> state_said("状态", "◐", {"◐": "正在整改"}), state_said("验收情况", "2023年8月通过市级验收", {})
    ('正在整改', '已完成整改')
    """
    words, heading = words.strip("。;, "), bare_heading(heading)
    if len(words) > _LONGEST_STATE:
        return ""
    if words in legend:
        return said(legend[words])
    yes, no = words[:1] in _YES, words[:1] in _NO
    if is_mark(words) or bare_heading(words) in _YES | _NO:
        if _asks().search(heading) is None and (own := said(heading)):
            return own if yes else ""  # √ below 正在整改
        asked = _asks().search(heading) or (is_mark(words) and _tells().search(heading))
        return (DONE if yes else GOING if no else "") if asked else ""
    return said(words)


def said(words: str) -> str:
    """Return the state that words say, as ``DONE`` or ``GOING``; nothing where they say none.

    >>> said("已于2024年3月底前完成整改"), said("正在整改,预计2024年底完成"), said("立行立改")
    ('已完成整改', '正在整改', '')
    """
    if _going().search(words):
        return DONE if _done_ahead().match(words) else GOING
    return DONE if _done().search(words) else ""


@cache
def _asks() -> re.Pattern[str]:
    return re.compile("是否|与否")


@cache
def _tells() -> re.Pattern[str]:
    return re.compile("完成|销号|整改|进展|落实|状态")


@cache
def _done_ahead() -> re.Pattern[str]:
    return re.compile(any_of("state_done_ahead"))


@cache
def _done() -> re.Pattern[str]:
    return re.compile(any_of("state_done"))


@cache
def _going() -> re.Pattern[str]:
    return re.compile(any_of("state_going"))
