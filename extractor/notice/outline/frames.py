"""Finding frames: the wording by which a heading says that it answers a finding.

关于“…”问题的整改, 针对“…”问题, 关于…的问题。, “…”问题整改情况, 在“…”方面, with nested, missing or broken quotes.
A frame is *closed* when the heading ends with it; one that runs on after a comma (针对“…”问题,制定…) is *open* and
counts only where a notice has no closed ones.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from extractor.notice.outline.outline_words import SIGNS_OF_REPORT, any_of, characters_of, word_list
from extractor.notice.outline.property_lines import AHEAD, NAME, NOTE_IN_BRACKETS, properties_end, property_bracket
from extractor.notice.outline.table_states import MARKS
from extractor.text.places import Place
from extractor.text.wording import pattern


class Frame(NamedTuple):
    """A framed heading: the finding's place, and where the heading ends (code points)."""

    title_start: int
    title_end: int
    end: int
    closed: bool
    aspect: bool  # 在“…”方面: a field rather than a finding
    aims: bool = False  # 聚焦“…”问题, as topics of measures begin, too: counts where nothing else frames findings


_OPENING, _CLOSING = '“"「『‘', '”"」』’'
_PAIRS = dict(zip(_OPENING, _CLOSING, strict=True))
_WHO = any_of("frame_team")
_PREFIX = rf"{any_of('frame_about')}?(?:{_WHO})?{any_of('frame_told')}?(?:意见)?(?:指出|提出)?{any_of('frame_of')}?"
_REST = rf"{any_of('frame_rest')}*"
_EXISTS = f"{''.join(f'(?<!{how})' for how in word_list('exists_how'))}存在"
_TAIL = (
    rf"(?:等)?(?:的)?(?:等|这一|这个|这类|这些)?(?:方面)?(?:{_EXISTS})?(?:的)?"
    rf"{any_of('frame_kind')}?{any_of('frame_noun')}{_REST}"
)
_COUNTED_STATE = (
    r"(?=[^()\n]{0,12}[0-9])[^()\n,]{2,24},[^()\n,]{0,8}(?:完成|推进|整改|销号|到位|收回|追缴|上缴)[^()\n]{0,16}"
)
"""A count of measures or a sum, and what is done of it: (3条措施,已完成3条), (涉及金额5万元,已整改到位)."""
_BRACKET = rf"(?= ?[(【\[](?:{any_of('state')}|{_COUNTED_STATE}|[0-9]{{1,3}} ?[个项条件])[)】\]])"
_STOP = rf"(?:(?P<stop>[。:;])| *$|(?P<comma>,)| (?=\S)|{AHEAD}|{_BRACKET})"
_QUOTED = re.compile(rf"(?P<prefix>{_PREFIX}) ?[{_OPENING}](?P<title>.{{1,200}}?)(?P<tail>(?<=.){_TAIL}){_STOP}")
_LEAVES_QUOTES = re.compile(rf"[{_CLOSING}][^{_OPENING}{_CLOSING}]*。")
_QUOTED_RUN_IN = re.compile(
    rf"{_PREFIX} ?[{_OPENING}](?P<title>.{{1,200}}?[{_CLOSING}])(?:的)?问题(?:的)?整改(?:情况)?"
)
_QUOTED_ANSWERED = re.compile(
    rf"(?:关于|针对|对于|围绕|有关|{any_of('frame_aim')})(?:{_WHO})?{any_of('frame_told')}?(?:的)? ?"
    rf"[{_OPENING}](?P<title>.{{1,200}}?[{_CLOSING}])(?:的)?(?:突出|具体)?问题"
)
"""A quoted finding and the word 问题, right behind which its answer begins."""
_ABOUT = re.compile(rf"关于(?P<title>[^。;:]{{2,120}}?)(?:等)?(?:的)?(?:(?<![现矛][象盾])突出|具体)?问题{_REST}{_STOP}")
_AGAINST = re.compile(
    rf"(?:针对|对于)(?P<title>[^。;:,]{{2,60}}?)(?:的)?(?:(?<![现矛][象盾])突出|具体)?问题{_REST}{_STOP}"
)
_AIMED = re.compile(
    rf"(?:(?!整改|整治|化解|纠){any_of('frame_aim')}|围绕)(?P<title>[^。;:,]{{4,60}}?)(?:的)?(?:(?<![现矛][象盾])突出|具体)?问题{_REST}{_STOP}"
)
_BARE = re.compile(rf"(?:存在)?(?P<title>[^。;:,《]{{4,60}}?)(?:的)?问题(?:的)?整改{_REST}{_STOP}")
_ABOUT_LINE = re.compile(rf"关于(?P<title>[^。]{{2,300}}?)(?:的)?(?:(?<![现矛][象盾])突出|具体)?问题{_REST}[。:]? *$")
_FINDING_NAME = f"{any_of('finding_name_kind')}?(?:的)?{any_of('finding_name')}{any_of('finding_name_of')}?"
_LABELLED = re.compile(rf"(?:[【\[]{_FINDING_NAME}[】\]][:]?|{_FINDING_NAME}[:]) *")
_LABEL_AGAIN = re.compile(rf"[ \n]*(?:{_LABELLED.pattern})?[ \n]*")
_LABELLED_END = re.compile(rf"[。【\[]|[;,] *(?=(?:{NAME}|{any_of('lead_in')}) *:)")
# 巡察反馈问题整改落实情况 names a part, not a finding.
_GENERAL = re.compile(
    rf"(?:(?:对|关于|落实|针对)?[\u4e00-\u9fff]{{0,8}}?{_WHO}|{any_of('all_findings_by')})*"
    rf"{any_of('all_findings_told')}?(?:的)?{any_of('all_findings_kind')}*"
)
_NUMERAL = "(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})"
_NUMERALS = rf"{_NUMERAL}(?:[、,和及与至到~—–-]{{1,2}}(?:第|问题)?{_NUMERAL}){{0,8}}"
REFERENCE = (
    rf"(?:针对|关于|对于|对|就)?(?:上述|以上|前述|反馈的?)?(?:的)?(?:第(?P<nth>{_NUMERALS})[个项条](?:反馈|存在|具体)?"
    rf"(?:的)?(?:问题|意见)|(?:反馈)?(?:问题|意见)(?P<numbered>{_NUMERALS}))(?:的)?(?:问题)?"
    rf"(?:整改(?:落实|进展|完成)?(?:情况|措施)?)?(?:[:,。] *|$)"
)
"""A pattern of the words by which an answer refers to findings that were listed before: 针对第1、2个问题:."""
_TOLD = re.compile(rf"{_WHO}{any_of('frame_told')}(?:的)?(?=.{{4}})")
"""The teller of a finding, before words that no quotes set off: 审计指出的采购不规范."""
_GROUP_TITLE_END = re.compile(rf"(?:{any_of('group_title_end')}|{_EXISTS}(?:的)?(?:主要|突出|具体)?)$")
_WINDOW = 330
_BARE_LENGTH = 80
_JOIN = "\u2060"
"""A mark that is neither a blank nor a word, for the line ends in a heading."""
_BEGINNINGS = "【[关针对有围涉就在省市县区第联巡反指提中审督检聚紧瞄直着重集切全坚推解破整化纠"
_FIRST = frozenset(_OPENING + _BEGINNINGS) | characters_of("finding_name_kind", "finding_name")
"""The first characters of framed headings; a heading that starts otherwise is short and says 问题 at its end."""


def read_frame(text: str, start: int, end: int) -> Frame | None:
    """Return the frame of the heading at ``text[start:end]`` (folded text), or None if it has none.

    An aim (整治…问题) is none: it may be the finding's own words.
    """
    frame = read_frame_or_aim(text, start, end)
    return None if frame is not None and frame.aims else frame


def read_frame_or_aim(text: str, start: int, end: int) -> Frame | None:
    """Return what ``read_frame`` does, or the frame of an aim, which the whole notice decides about."""
    end = bracket_at_end(text, start, end)
    if text[start : start + 1] not in _FIRST:
        if end - start > _BARE_LENGTH or text.find("问题", start, end) < 0:
            return None
    elif labelled := _LABELLED.match(text, start, end):
        return _labelled(text, labelled.end(), end)
    window = text[start : min(end, start + _WINDOW)].replace("\n", _JOIN)  # of a heading that the page broke
    problems = window.count("问题")
    words = _without_quoted_words(window) if problems > 1 else window
    quoted = _QUOTED.match(words)
    if quoted and _LEAVES_QUOTES.search(quoted["title"]):
        quoted = None  # “三会一课”记录不全。整改情况:…
    if not problems:  # which all other frames say
        return _frame(start, window, quoted, quoted["tail"]) if quoted and _is_frame(quoted) else None
    answered = _answered(words, whole=quoted is None or bool(quoted["comma"]))
    if answered and (quoted is None or quoted.end("title") > answered.end("title")):
        return _frame(start, window, answered, "问题", closed=words.startswith("关于"))
    if quoted and not quoted["comma"] and _is_frame(quoted):
        return _frame(start, window, quoted, quoted["tail"])
    run_in = _QUOTED_RUN_IN.match(words)
    if run_in and not (quoted and quoted["comma"] and quoted.end() <= run_in.end() + 1):
        return _frame(start, window, run_in, "问题")
    if quoted and _is_frame(quoted):
        return _frame(start, window, quoted, quoted["tail"])
    return _without_quotes(start, window, words)


def _without_quotes(start: int, window: str, words: str) -> Frame | None:
    """Return the frame of a heading whose finding no quotes set off: 关于库房失管的问题."""
    for form in (_ABOUT, _AGAINST, _AIMED, _BARE, _ABOUT_LINE):
        match = form.match(words)
        if match and (form is not _BARE or match.end() == len(window)) and not _is_general(match["title"]):
            names_group = _GROUP_TITLE_END.search(match["title"]) is not None
            if names_group and form is _BARE:
                continue  # 党的领导方面存在问题整改情况
            return _frame(start, window, match, "" if names_group else "问题")
    return None


def _answered(words: str, *, whole: bool) -> re.Match[str] | None:
    """Return the frame of a quoted finding right behind whose 问题 its answer begins: 关于“…”问题选派医生3人….

    What goes on with a shortcoming (对“四风”问题查处不力) is a finding's own words. ``whole`` tells that no frame ends
    further on, which what follows would be part of.
    """
    match = _QUOTED_ANSWERED.match(words) if words.find("问题", 4) > 0 else None
    if match is None or match.end() == len(words):
        return None
    if pattern("outline", "act").match(words, match.end()):
        return match
    clause = _CLAUSE_BEHIND.match(words, match.end())
    if not whole or clause is None or pattern("outline", "finding").search(clause["clause"]):
        return None
    return match if SIGNS_OF_REPORT.search(clause.group()) else None


_CLAUSE_BEHIND = re.compile(r"(?!整改|的|等|方面|[^\u4e00-\u9fff])(?P<clause>[^,。;:]{4,})[^。]*。?")


def _is_general(title: str) -> bool:
    """Return whether a frame holds no finding: it names all of them, or one by its number (第3个)."""
    return _GENERAL.fullmatch(title) is not None or _NTH.fullmatch(title) is not None


_NTH = re.compile(rf"(?:上述|以上|前述|反馈的?)?第{_NUMERALS}[个项条]?(?:反馈|存在|具体)?")


def is_labelled(text: str, start: int, end: int) -> bool:
    """Return whether a line calls what it says a finding, as 【反馈问题】 does."""
    return text[start : start + 1] in _FIRST and _LABELLED.match(text, start, end) is not None


def is_label_alone(text: str, start: int, end: int) -> bool:
    """Return whether a line prints no more than what calls the next one a finding: 【反馈问题】."""
    return text[start : start + 1] in _FIRST and _LABELLED.fullmatch(text, start, end) is not None


def _without_quoted_words(window: str) -> str:
    """Return the window with the words of its first quote blotted out, where 问题 is said inside it as well."""
    first = next((place for place, character in enumerate(window[:_QUOTE_WITHIN]) if character in _OPENING), None)
    if first is None:
        return window
    depth = 0
    for place in range(first, len(window)):
        depth += (window[place] in _OPENING) - (window[place] in _CLOSING)
        if depth == 0:
            inside = window[first + 1 : place]
            return window if "问题" not in inside else f"{window[: first + 1]}{'□' * len(inside)}{window[place:]}"
    return window


_QUOTE_WITHIN = 24


def _labelled(text: str, start: int, end: int) -> Frame | None:
    """Return the finding behind 反馈问题: or 【问题】, or on the line below it, which may be framed once more."""
    while (again := _LABEL_AGAIN.match(text, start, end)) is not None and again.end() > start:
        start = again.end()  # however often it is said
    inner = read_frame_or_aim(text, start, end)
    if inner is not None:
        return inner
    stop = _LABELLED_END.search(text, start, end)
    last = stop.start() if stop else end
    while last > start and text[last - 1] == " ":
        last -= 1
    if last - start < 2:
        return None
    after = stop.end() if stop and stop.group()[0] in "。;," else last
    first, last = without_outer_quotes(text, start, last)
    return Frame(first, last, after, closed=True, aspect=False)


def _is_frame(match: re.Match[str]) -> bool:
    """Return whether the wording around a quoted heading makes it a frame; quotes alone do not."""
    if _ALL_COUNTED.fullmatch(match["title"].rstrip(_CLOSING)):
        return False
    return bool(match["prefix"]) or "问题" in match["tail"] or "整改" in match["tail"]


_ALL_COUNTED = re.compile(
    r"(?:对照|围绕)?[0-9一二三四五六七八九十]{1,3}(?:大|个|类|项|张)?(?:问|查|看|[问查]题|方面|任务|清单)"
)
"""Words that are quoted of all findings together: “六问”整改落实情况."""


def _frame(start: int, window: str, match: re.Match[str], tail: str, *, closed: bool = True) -> Frame:
    aims = _AIMS.match(window) is not None
    first, last = match.span("title")
    if first and window[first - 1] in _OPENING:
        first -= 1
    told = _TOLD.match(window, first, last)
    first = told.end() if told else first
    first, last = without_outer_quotes(window, first, last)
    groups = match.groupdict()
    aspect = "问题" not in tail and "整改" not in tail
    closed = closed and not aims and not groups.get("comma")
    return Frame(start + first, start + last, start + match.end(), closed, aspect, aims)


_AIMS = re.compile(rf"{any_of('frame_aim')}|围绕(?![{_OPENING}])(?=[^。;:,]*问题)")


def without_outer_quotes(text: str, first: int, last: int) -> tuple[int, int]:
    """Return the place without the quotes around the finding; those inside it stay.

    A quote that was opened or closed only once is mended.
    """
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


_STATE = any_of("state")
_SAID = rf"(?:{any_of('state_of')},?)?{any_of('state_when')}?{_STATE}{any_of('state_more')}{{0,2}}"
"""A sentence that says no more than a state: 该问题已于2023年10月整改到位,并长期坚持."""
FIELD_STARTS = frozenset("【[(〔") | characters_of(
    "lead_in", "responsible_name", "deadline_name", "note", "state", "state_of"
)
"""Lead-ins, properties and states begin with one of these; most lines do not."""


def lead_in_end(text: str, start: int, end: int) -> int:
    """Return the end of a lead-in such as 整改情况: and the blanks after it; ``start`` where there is none.

    A bare state behind it (整改进展:已完成。) belongs to the lead-in, and one in its brackets (整改情况(已完成):).
    """
    match = pattern("outline", "lead_in", _LEAD_IN).match(text, start, end)
    if match is None:
        return start
    state = _STATE_BEHIND.match(text, match.end(), end)
    return (state or match).end()


_NUMBER_BEFORE_COLON = re.compile(r"[0-9][】\])]? *:")


def lead_in_number(text: str, start: int, end: int) -> Place | None:
    """Return the place of the figure that numbers a lead-in (整改落实1:), None for none."""
    if _NUMBER_BEFORE_COLON.search(text, start, end) is None:
        return None
    match = pattern("outline", "lead_in", r"[【\[(]?{}(?P<number>[0-9]{1,2})[】\])]? *:").match(text, start, end)
    return Place(*match.span("number")) if match else None


_PROPERTIES = r"(?=[^()\n]{2,12}:)[^()\n]{2,120}(?:[(][^()\n]{1,20}[)][^()\n]{0,80})*"
_NUMBER_BEHIND = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_LEAD_IN = (
    rf"[【\[(〔]?{{}}{_NUMBER_BEHIND}?(?:[】\])〕] *[:]?| *(?:[(【\[](?:{_STATE}|{_PROPERTIES})[)】\]] *)?[:])[ ]*"
)
_STATE_BEHIND = re.compile(rf"{_SAID}(?:[。;][ ]*|$)")


def is_note(text: str, start: int, end: int) -> bool:
    """Return whether a line gives a property of the finding (责任单位:…, 整改时限:…) and no answer."""
    match = _note().match(text, start, end)
    if match is None:
        return False
    behind = properties_end(text, start, end)
    if start < behind < end and not is_state(text, behind, end):
        return False  # 责任单位:… 整改情况:…
    if start < property_bracket(text, start, end) < end and text[start] == "(":
        return False  # (责任单位:…)清退…
    if pattern("outline", "telling", r"[【\[]?{}(?:[】\]] *[:]?|(?:\*\*)?[:])").match(text, start, end):
        return True
    return end - start < _NOTE_LENGTH or _NAMES.fullmatch(text, match.end(), end) is not None


def names_property(text: str, start: int, end: int) -> bool:
    """Return whether a line begins with the name of a property, whatever its value."""
    return _note().match(text, start, end) is not None


@cache
def _note() -> re.Pattern[str]:
    return re.compile(rf"[【\[(]?{NAME}(?:[(][^()\n]{{1,8}}[)])?(?:[】\])] *[:]?|(?:\*\*)?[:])")


_NOTE_LENGTH = 60
_NAME = r"[^,、;。() ]{2,20}(?:[(][^()]{2,40}[)])?"
_NAMES = re.compile(rf" *(?:{_NAME}[,、;。 ]+)*{_NAME}[。;]? *")
"""A list of bodies or persons with their offices, however long."""


def is_state(text: str, start: int, end: int) -> bool:
    """Return whether a line (整改进展:已完成。 or 该问题已整改到位。) says no more than how far the issue is."""
    if end - start > _STATE_LENGTH:
        return False
    lead_in = pattern("outline", "lead_in", _LEAD_IN).match(text, start, end)
    return _STATE_ALONE.fullmatch(text, lead_in.end() if lead_in else start, end) is not None


_DAY = r"20[0-9]{2} ?(?:[./-] ?[0-9]{1,2}(?: ?[./-] ?[0-9]{1,2})?|年(?: ?[0-9]{1,2} ?月)?(?: ?[0-9]{1,2} ?日)?)"
_SHARE_OR_DATE = re.compile(
    rf"(?:[0-9]{{1,3}}(?:\.[0-9]+)? ?%|{_DAY}(?:[至到~—-]+{_DAY})?(?:[上中下]旬|年?[初底末])?(?:之?前)?)[。;]? *"
)


def is_share_or_date(text: str, start: int, end: int) -> bool:
    """Return whether a value is no more than a share (100%) or a date."""
    return _SHARE_OR_DATE.fullmatch(text, start, end) is not None


def bracket_at_end(text: str, start: int, end: int) -> int:
    """Return the start of the states and properties that end a heading in brackets; ``end`` where there are none.

    库房失管(已完成), 库房失管(责任单位:后勤科), 库房失管(√), 库房失管——已完成.
    """
    dash = text.rfind("—", max(start, end - _LONGEST_STATE), end)
    if dash > start and _STATE_BEHIND_DASH.fullmatch(text, dash + 1, end):
        while text[dash - 1] in "— ":
            dash -= 1
        return dash
    while end > start and text[end - 1] in ")】]":
        match = _STATE_AT_END.search(text, start, end)
        opens = match.start() if match else max(text.rfind(mark, start, end) for mark in _BRACKETS)
        if opens < start or (match is None and not _note_in_brackets().fullmatch(text, opens, end)):
            break
        end = opens
        while text[end - 1] == " ":
            end -= 1
    return end


def state_at_end(text: str, start: int, end: int) -> int:
    """Return the start of a state in brackets behind an answer's last sentence (。(已完成)); ``end`` for none."""
    if text[end - 1] not in ")】]":
        return end
    opens = max(text.rfind(mark, start, end) for mark in "([【")
    if opens <= start or text[opens - 1] not in "。;!":
        return end
    return opens if pattern("outline", "state", r"[(【\[]{}[)】\]]").fullmatch(text, opens, end) else end


def bracket_end(text: str, start: int, end: int) -> int:
    """Return the end of the states and properties in brackets that begin here, with the marks and blanks behind."""
    behind = "[。:]? *"
    if text.startswith("—", start):
        dashed = pattern("outline", "state", rf"[— ]+{{}}{behind}").match(text, start, end)
        return dashed.end() if dashed and (dashed.end() == end or text[dashed.end() - 1] in "。: ") else start
    while start < end and text[start] in _BRACKETS:
        state = pattern("outline", "state", rf"[(\[【]{{}}[)\]】]{behind}").match(text, start, end)
        match = state or _note_in_brackets().match(text, start, end) or _COUNTED_IN_BRACKETS.match(text, start, end)
        if match is None:
            break
        start = match.end()
    return start


_BRACKETS = frozenset("([【")
_COUNTED_IN_BRACKETS = re.compile(rf"[(【\[]{_COUNTED_STATE}[)】\]][。:]? *")


@cache
def _note_in_brackets() -> re.Pattern[str]:
    return re.compile(NOTE_IN_BRACKETS + "[。:]? *")


def state_end(text: str, start: int, end: int) -> int:
    """Return the end of a bare state that an answer or a cell begins with (已完成。) and the blanks after it."""
    if text[start : start + 1] not in _STATE_STARTS:
        return start
    match = _STATE_AHEAD.match(text, start, end)
    return match.end() if match else start


_STATE_STARTS = frozenset("【[(") | characters_of("state", "state_of", "state_when")
_STATE_AT_END = re.compile(rf" *[(【\[](?:{_STATE}|[{MARKS}]|{_COUNTED_STATE})[)】\]]$")
_STATE_BEHIND_DASH = re.compile(rf" *{_STATE} *")
_LONGEST_STATE = 16
_STATE_LENGTH = 60
_SHARE = r"(?:[0-9]{1,3}(?:\.[0-9]+)? ?%)"
_STATE_ALONE = re.compile(rf"[(【\[]?(?:{_SHARE}[,;:]? *)?{_SAID}(?:[,(]?{_SHARE}[)]?)?[)】\]]?[。;!]? *")
_STATE_AHEAD = re.compile(rf"[(【\[]?{_SAID}(?:[)】\]] *[。;:,]?|[。;:])[ \n]*")
