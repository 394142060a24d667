"""Names of fields in one form of brackets: 〔整改进度〕, <整改进度> and **整改进度:** are read as 【整改进度】."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from extractor.notice.outline.marks import LINE_OPENERS

_OPENERS = re.escape(LINE_OPENERS.replace("*", ""))
_NAME = r"(?![一二三四五六七八九十]+[是要问、])[\u4e00-\u9fff]{2,12}"
_BRACKETED = rf"^(?P<before>[{_OPENERS}]*)(?:〔(?P<square>{_NAME})〕|「(?P<corner>{_NAME})」|<(?P<angle>{_NAME})>)"
_QUOTED = rf"^(?P<before>[{_OPENERS}]*)“(?P<name>{_NAME})”:"
_BOLD = rf"^(?P<before>[{_OPENERS}]*)\*\*(?P<name>{_NAME})(?P<marks>: ?\*\*|\*\* ?:)"


def with_usual_brackets(text: str) -> str:
    """Return the folded text, names of fields that begin lines in other brackets or bold in 【】; no place moves.

    >>> with_usual_brackets("〔整改进度〕100%"), with_usual_brackets("**整改措施:**完善制度")
    ('【整改进度】100%', ' 【整改措施】: 完善制度')
    """
    if any(mark in text for mark in "〔「<"):
        text = _lines(_BRACKETED).sub(_bracketed, text)
    if "”:" in text:
        quoted = Counter(match["name"] for match in _lines(_QUOTED).finditer(text))
        text = _lines(_QUOTED).sub(lambda match: _unquoted(match, quoted[match["name"]]), text)
    return _lines(_BOLD).sub(_unbold, text) if "**" in text else text


@cache
def _lines(form: str) -> re.Pattern[str]:
    return re.compile(form, re.MULTILINE)


def _bracketed(match: re.Match[str]) -> str:
    return f"{match['before']}【{match['square'] or match['corner'] or match['angle']}】"


def _unquoted(match: re.Match[str], count: int) -> str:
    """Return the name in 【】 where several lines begin with it: “三会一课”:… is none."""
    return match[0] if count < _FEWEST else f"{match['before']}【{match['name']}】:"


_FEWEST = 2


def _unbold(match: re.Match[str]) -> str:
    return f"{match['before']} 【{match['name']}】:".ljust(len(match[0]))
