"""Finding frames: the wording that turns a heading into “this answers that finding”.

关于“…”问题的整改, 针对“…”问题, 关于…的问题。, “…”问题整改情况, 在“…”方面, with nested, missing or broken quotes.
A frame is *closed* when the heading ends with it; one that runs on after a comma (针对“…”问题,制定…) is *open* and
counts only where a notice has no closed ones.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.text.wording import pattern


class Frame(NamedTuple):
    """A framed heading: the finding's place, and where the heading ends (code points)."""

    title_start: int
    title_end: int
    end: int
    closed: bool
    aspect: bool  # 在“…”方面: a field rather than a finding


_OPENING, _CLOSING = '“"「『‘', '”"」』’'
_PAIRS = dict(zip(_OPENING, _CLOSING, strict=True))
_WHO = r"(?:[省市县区]委)?(?:第[一二三四五六七八九十]+)?(?:联动)?(?:巡视|巡察)组?"
_PREFIX = (
    rf"(?:关于|针对|对于|有关|围绕|涉及|就|对|在)?(?:{_WHO})?(?:反馈|指出|提出)?(?:意见)?"
    r"(?:指出|提出)?(?:的|中的|中|关于)?"
)
_REST = r"(?:的|整改|落实|进展|完成|推进|工作|情况|方面|成效|事项|措施|及|和|、|与)*"
_TAIL = rf"(?:等)?(?:的)?(?:等)?(?:方面)?(?:存在)?(?:的)?(?:突出|具体|有关|相关|类)?(?:问题|方面|整改|情况|事项){_REST}"
_STOP = r"(?:(?P<stop>[。:;])| *$|(?P<comma>,)| (?=\S))"
_QUOTED = re.compile(rf"(?P<prefix>{_PREFIX}) ?[{_OPENING}](?P<title>.{{1,200}}?)(?P<tail>(?<=.){_TAIL}){_STOP}")
_QUOTED_RUN_IN = re.compile(
    rf"{_PREFIX} ?[{_OPENING}](?P<title>.{{1,200}}?[{_CLOSING}])(?:的)?问题(?:的)?整改(?:情况)?"
)
_ABOUT = re.compile(rf"关于(?P<title>[^。;:]{{2,120}}?)(?:的)?(?:突出|具体)?问题{_REST}{_STOP}")
_AGAINST = re.compile(rf"(?:针对|对于)(?P<title>[^。;:,]{{2,60}}?)(?:的)?(?:突出|具体)?问题{_REST}{_STOP}")
_BARE = re.compile(rf"(?P<title>[^。;:,《]{{4,60}}?)(?:的)?问题(?:的)?整改{_REST}{_STOP}")
_ABOUT_LINE = re.compile(rf"关于(?P<title>[^。]{{2,300}}?)(?:的)?(?:突出|具体)?问题{_REST}[。:]? *$")
_LABELLED = re.compile(
    r"(?:[【\[](?:反馈|存在|具体|突出)?(?:的)?(?:问题|意见)(?:描述|内容)?[】\]][:]?|"
    r"(?:反馈|存在|具体|突出)?(?:的)?(?:问题|意见)(?:描述|内容)?[:]) *"
)
_LABELLED_END = re.compile(r"[。【\[]")
# 巡察反馈问题整改落实情况 names a part, not a finding.
_GENERAL = re.compile(
    rf"(?:(?:对|关于|落实|针对)?[\u4e00-\u9fff]{{0,8}}?{_WHO}|巡视|巡察|省委|市委|县委|区委|党委|党组|联动|专项|常规)*"
    r"(?:反馈|指出|发现|提出|查摆|存在|移交)?(?:的)?(?:意见|主要|具体|突出|重点|有关|各类|全部|逐项|逐条|各项|和|及|立行立改|\d+个)*"
)
_WINDOW = 330
_BARE_LENGTH = 80
_FIRST = frozenset(_OPENING + "【[存具突问关针对有围涉就在省市县区第联巡反指提意的中")
"""What a framed heading can start with; one that starts otherwise is short and says 问题 at its end."""


def read_frame(text: str, start: int, end: int) -> Frame | None:
    """The frame that the heading at ``text[start:end]`` (folded text) is, or None."""
    labelled = _LABELLED.match(text, start, end)
    if labelled:
        return _labelled(text, labelled.end(), end)
    window = text[start : min(end, start + _WINDOW)]
    if window[:1] not in _FIRST and (len(window) > _BARE_LENGTH or "问题" not in window):
        return None
    quoted = _QUOTED.match(window)
    if quoted and not quoted["comma"] and _is_frame(quoted):
        return _frame(start, window, quoted, quoted["tail"])
    run_in = _QUOTED_RUN_IN.match(window)
    if run_in and not (quoted and quoted["comma"] and quoted.end() <= run_in.end() + 1):
        return _frame(start, window, run_in, "问题")
    if quoted and _is_frame(quoted):
        return _frame(start, window, quoted, quoted["tail"])
    for form in (_ABOUT, _AGAINST, _BARE, _ABOUT_LINE):
        match = form.match(window)
        if match and (form is not _BARE or match.end() == len(window)) and not _GENERAL.fullmatch(match["title"]):
            return _frame(start, window, match, "问题")
    return None


def _labelled(text: str, start: int, end: int) -> Frame | None:
    """What follows 反馈问题: or 【问题】 is the finding, framed once more or bare."""
    inner = read_frame(text, start, end)
    if inner is not None:
        return inner
    stop = _LABELLED_END.search(text, start, end)
    last = stop.start() if stop else end
    while last > start and text[last - 1] == " ":
        last -= 1
    if last - start < 2:
        return None
    after = stop.end() if stop and stop.group() == "。" else last
    first, last = without_outer_quotes(text, start, last)
    return Frame(first, last, after, closed=True, aspect=False)


def _is_frame(match: re.Match[str]) -> bool:
    """A quote at the start of a heading is a frame if the wording says so, not merely because it is quoted."""
    return bool(match["prefix"]) or "问题" in match["tail"] or "整改" in match["tail"]


def _frame(start: int, window: str, match: re.Match[str], tail: str) -> Frame:
    first, last = match.span("title")
    if first and window[first - 1] in _OPENING:
        first -= 1
    first, last = without_outer_quotes(window, first, last)
    groups = match.groupdict()
    aspect = "问题" not in tail and "整改" not in tail
    return Frame(start + first, start + last, start + match.end(), not groups.get("comma"), aspect)


def without_outer_quotes(text: str, first: int, last: int) -> tuple[int, int]:
    """Drop the quotes around the finding, keep those inside it; mend a quote that was opened or closed only once."""
    if last - first > 3 and text[last - 1] in _OPENING and text[last - 2] in _CLOSING:
        last -= 1  # one mark too many
    if text[first] == "“" and text[last - 1] == "“":
        return first + 1, last - 1  # an opening mark printed where the closing one belongs
    opened, closed = text[first] in _OPENING, text[last - 1] in _CLOSING
    if opened and closed and last - first > 2 and _PAIRS[text[first]] == text[last - 1]:
        inner = text[first + 1 : last - 1]
        if _never_negative(inner):
            return first + 1, last - 1
        if inner.count("“") == inner.count("”"):
            return first, last  # “甲”“乙”: two quotes side by side
        return first + 1, last - 1
    if opened and text.count("“", first, last) > text.count("”", first, last):
        return first + 1, last
    if closed and text.count("”", first, last) > text.count("“", first, last):
        return first, last - 1
    return first, last


def _never_negative(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "“") - (character == "”")
        if depth < 0:
            return False
    return True


def lead_in_end(text: str, start: int, end: int) -> int:
    """Where a lead-in such as 整改情况: that begins at ``start`` ends (and blanks after it), or ``start``.

    A bare state behind it (整改进展:已完成。) belongs to the lead-in.
    """
    match = pattern("outline", "lead_in", r"[【\[(]?{}(?:[】\])] *[:]?| *[:])[ ]*").match(text, start, end)
    if match is None:
        return start
    state = pattern("outline", "state", r"{}(?:[。;][ ]*|$)").match(text, match.end(), end)
    return (state or match).end()


def is_note(text: str, start: int, end: int) -> bool:
    """Whether a line gives a property of the finding (责任单位:…, 整改时限:…) rather than an answer."""
    return end - start < 60 and bool(pattern("outline", "note", r"[【\[(]?{}[】\])]?[:]").match(text, start, end))
