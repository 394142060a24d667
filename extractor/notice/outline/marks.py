"""Enumerators: 一、 (一) 1. (1) 1) ① A. 一是 第一, 其一, 首先, 一方面, 反馈问题一: in full or half width.

``find_marks`` lists every place that could be an enumerator, with what stands before it; which of them are real is
decided by ``extractor.notice.outline.segments``, which sees the sequence.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from extractor.notice.outline.frames import bracket_end, lead_in_end
from extractor.notice.outline.outline_words import any_of, word_list

CHINESE_DIGITS = "一二三四五六七八九"
_CN = "一二三四五六七八九十百"
_CIRCLED = "①-⑳㉑-㉟"
_PARENTHESISED = "⑴-⒇"
_STOPPED = "⒈-⒛"
_ENCLOSED = "㈠-㈩㊀-㊉"
_ROMAN = "Ⅰ-Ⅻ"
_COUNTED = "个项条起件方类的是在已和与中及较多大年月日上下均未十百处宗批笔例"
"""What a figure behind 问题 counts, or what goes on in a sentence: no label."""


class Boundary(IntEnum):
    """The kind of place before a candidate; the higher, the likelier something starts here."""

    NONE = 0
    SOFT = 1  # a blank, a comma, a closing quote or bracket
    SENTENCE = 2  # a mark that ends a sentence or opens a list
    LINE = 3  # nothing but blanks since the line began


# By their own names: to look a member up in its class costs ten times as much (Python 3.11), at every mark of a text.
NOWHERE, SOFT, SENTENCE, LINE = Boundary


class EnumeratorMark(NamedTuple):
    """An enumerator: its kind, its number, its place and the place where its content starts (code points).

    ``label`` is its half-width form without the mark behind it, ``printed`` how many code points that takes;
    ``through`` is the last of the numbers of a joint label (问题四至五), 0 for one number.
    """

    kind: str
    number: int
    start: int
    content: int
    label: str
    printed: int
    boundary: Boundary
    through: int = 0

    @property
    def last(self) -> int:
        """The last of its numbers."""
        return self.through or self.number


class _Form(NamedTuple):
    """A form of enumerator: its first character, what must not stand before it, and what follows it (verbose)."""

    first: str
    rest: str
    not_behind: str = ""


def _words_from_second(name: str) -> str:
    """Return a pattern for the words of a list behind their first character."""
    return "|".join(f"{re.escape(word[1:])}(?<={re.escape(word)})" for word in word_list(name))


_JOINED = "[、和及与至到~]"
_JOINED_OR_DASH = "(?:[、和及与至到~]|[-—–]{1,2})"
"""What joins the numbers of a joint label."""
_FORMS = {
    "digits": _Form(
        "0-9",
        r"""
        [0-9]{0,2}+
        (?: (?P<decimal> (?:\.[0-9]{1,2}){1,2}
              (?= [ ] | 、 | 关于 | 针对 | (?<=\.[0-9]\.[0-9]) (?![0-9.]) ) )
          | (?P<tight> \.[0-9]{1,2} ) (?= [\u4e00-\u9fff“《] (?<![万亿千百元]) )
          | (?P<dashed> [-—–][0-9]{1,2} ) (?: [.、:] | [ ]? (?=[\u4e00-\u9fff“]) )
          | (?P<ar_dot> [ ]?[.、,] )
          | (?P<ar_rparen> \)[、.]? )
          | (?P<ar_bare> ) [ ]{1,4} (?=[\u4e00-\u9fff“])
        )""",
        not_behind="0-9.",
    ),
    "numerals": _Form(
        _CN,
        rf"""
        [{_CN}]{{0,4}} (?: (?P<shi> 是[:,、]? ) | (?P<yao> 要[:,、]? ) | (?P<dun> [、.] )
            | (?P<asks> 问 [:,、]? [ ]? (?=[^\n。;]{{2,60}}[?]) ) )""",
        not_behind=_CN,
    ),
    "ordinals": _Form(
        "第",
        rf"""
        [{_CN}]{{1,3}} (?P<di> [,、:] )
        | (?<=第) (?: [{_CN}]{{1,3}} (?: {_JOINED} [{_CN}]{{1,3}} )? | [0-9]{{1,3}} (?: {_JOINED} [0-9]{{1,3}} )? ) (?:
            (?P<nth> [个条项类] (?: {any_of("numbered")}[:、.] | : ) ) | (?P<aspect> [个大]?方面[:、.]
            | 部分 (?: [:、.] | [ ]{{1,2}} ) ) | (?P<asked> 问 (?: [:、.,] | [ ]{{1,2}} ) ) )""",
    ),
    "others": _Form("其", rf"[{CHINESE_DIGITS}] (?P<qi> [,、:] | 是[,]? )"),
    "brackets": _Form(
        "(",
        rf"""
        [ ]? (?: [{_CN}]{{1,5}} (?P<cn_paren> [ ]?\)[、.]? )
            | [0-9]{{1,3}}[-—–][0-9]{{1,2}} (?P<dashed_paren> \)[、.]? )
            | [0-9]{{1,3}} (?P<ar_paren> [ ]?\)[、.]? ) )""",
    ),
    "numbered_in_brackets": _Form(
        "【[(",
        rf"""
        [ ]? {any_of("numbered")} 之? [ ]? (?: [{_CN}]{{1,4}} | [0-9]{{1,3}} (?: [-—–][0-9]{{1,2}} )? )
        (?P<bracketed> [】\])][:]? )""",
    ),
    "numbers_in_brackets": _Form(
        "【[",
        rf"""
        [ ]? (?: [0-9]{{1,3}} | [{_CN}]{{1,4}} ) [ ]? (?P<boxed> [】\]][:、.]? )""",
    ),
    "sequence": _Form(
        "首其再最一另",
        r"""
        (?: 先(?<=首先) | 次(?<=[其再]次) | 者(?<=再者) | 后(?<=最后) ) (?P<first> 是?[,、:]? )
        | (?: 方面(?<=一方面) | 一方面(?<=另一方面) ) (?P<side> 是?[,、:]? )""",
    ),
    "letters": _Form(
        "A-Za-z",
        r"(?: (?P<letter> 类[:、.] | [.、] ) | [0-9]{1,2} (?P<letter_digit> [.、:] ) ) [ ]? (?=[\u4e00-\u9fff“《])",
        not_behind="A-Za-z0-9.",
    ),
    "romans": _Form(_ROMAN, "(?P<roman> [.、] )"),
    "enclosed": _Form(_ENCLOSED, "(?P<enclosed> [、.]? )"),
    "circled": _Form(_CIRCLED, "(?P<circled> [、.]? )"),
    "parenthesised": _Form(_PARENTHESISED, "(?P<parenthesised> [、.]? )"),
    "stopped": _Form(_STOPPED, "(?P<stopped> )"),
    "numbered_findings": _Form(
        "".join(sorted({word[0] for word in word_list("numbered")})),
        rf"(?: {_words_from_second('numbered')} ) 之? \(? "
        rf"(?: [{_CN}]{{1,4}} (?: {_JOINED_OR_DASH} [{_CN}]{{1,4}} )? | [0-9]{{1,3}}+ (?: [-—–][0-9]{{1,2}} "
        rf"| \.[0-9]{{1,2}} (?=[ :、]) | {_JOINED} [0-9]{{1,3}} (?=\)?[:、.]) )? ) \)?"
        rf"(?: (?P<feedback> [:、.] ) | (?P<unclosed> ) [ ]{{0,3}} (?=[\u4e00-\u9fff“](?<![{_COUNTED}])) )",
        not_behind="”",  # 关于“…”问题1.…: the finding ends, and its answer is numbered
    ),
}


def _in_class(characters: str) -> str:
    return characters.replace("[", r"\[")


def _any_form(forms: Collection[_Form]) -> re.Pattern[str]:
    """Return one pattern for all forms: the engine skims for their first characters, then tries the form."""
    tried = []
    for first, rest, not_behind in forms:
        before = f"(?<![{not_behind}].)" if not_behind else ""
        tried.append(f"(?<=[{_in_class(first)}]){before}{rest}")
    return re.compile(f"[{''.join(_in_class(form.first) for form in forms)}](?:{'|'.join(tried)})", re.VERBOSE)


_CANDIDATE = _any_form(_FORMS.values())
_SAME_KIND = {
    "unclosed": "feedback",
    "bracketed": "feedback",
    "parenthesised": "ar_paren",
    "stopped": "ar_dot",
    "nth": "feedback",
    "asked": "feedback",
    "asks": "feedback",
    "enclosed": "cn_paren",
}
FINDING_KINDS = frozenset({"feedback", "feedback_below"})
"""Kinds whose words call what they number a finding: 问题1, and 问题1-1 below it."""
WORD_KINDS = frozenset({"first", "side", "yao"})
"""Words that enumerate sentences: 首先 其次 最后, 一方面 另一方面, 一要 二要."""
RUN_IN_KINDS = frozenset({"shi", "di", "qi", "circled"}) | WORD_KINDS
"""Kinds that usually enumerate inside a paragraph; the others usually start one."""

_SENTENCE_ENDS = frozenset("。;:!?")
_SOFT_ENDS = frozenset('”’》), 】」』"')
LINE_OPENERS = " #*>•·-—–●■◆▲★○□◇※√✓✔☑△▽☆◎⊙◉▪▫►▶▷➤✦✧❖♦"
"""Blanks, bullets and Markdown marks: a line begins behind them."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2} ?年")
_ONE = f"[{CHINESE_DIGITS}]"
_WELL_FORMED = re.compile(rf"一?百(?:零{_ONE}|{_ONE}十{_ONE}?)?|[二三四五六七八九]?十{_ONE}?|{_ONE}")
_DASH = re.compile("[0-9][-—–.][0-9]")
_NUMERAL = re.compile(rf"[{_CN}]+|[0-9]+|[{_CIRCLED}{_PARENTHESISED}{_STOPPED}{_ENCLOSED}{_ROMAN}A-Za-z]")
_THROUGH = re.compile(rf"(?:[{_CN}]{_JOINED_OR_DASH}[{_CN}]+|[0-9]{_JOINED}[0-9]+)\)?(?:[个条项类]|$)")
_BEGIN_SEQUENCES = ("首先", "一方面")


def chinese_number(text: str) -> int:
    """Return the value of a numeral such as 三, 十二, 二十, 一百零三; 0 where it is none.

    >>> [chinese_number(n) for n in ("三", "十", "十二", "二十一", "一百零三")]
    [3, 10, 12, 21, 103]
    """
    total, digit = 0, 0
    for character in text:
        if character == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif character == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            digit = CHINESE_DIGITS.find(character) + 1
    return total + digit


class _Numeral(NamedTuple):
    """The words of an enumerator: its number (0: none), its label, and the label's length in code points.

    ``through`` is the last number of a joint label, 0 for none; ``below`` tells a label of two levels (1-2).
    """

    number: int
    label: str
    printed: int
    through: int
    below: bool


@lru_cache(maxsize=4096)
def _numeral(words: str, kind: str) -> _Numeral:
    """Read an enumerator's words. A notice uses the same few again and again."""
    printed = words.rstrip("、.:, 】]")
    below = _DASH.search(words) is not None
    number = _number(words, last=kind in ("decimal", "letter_digit") or below)
    joint = kind == "feedback" and _THROUGH.search(printed) is not None
    through = _number(words, last=True) if joint else 0
    return _Numeral(number, printed.replace(" ", ""), len(printed), through if through > number else 0, below)


def _number(text: str, *, last: bool) -> int:
    """Return the value of an enumerator's numeral (the last of 1.2.3); 0 where it is none, as in 五一."""
    numerals = _NUMERAL.findall(text)
    if not numerals:
        return 0
    found: str = numerals[-1 if last else 0]
    if found[0].isdecimal():
        return int(found)
    if found[0] in _CN:
        return chinese_number(found) if _WELL_FORMED.fullmatch(found) else 0
    for one, twenty in ("①⑳", "⑴⒇", "⒈⒛", "㈠㈩", "㊀㊉", "AZ", "az", "ⅠⅫ"):
        if one <= found <= twenty:
            return ord(found) - ord(one) + 1
    return ord(found) - ord("㉑") + 21


def find_marks(text: str) -> list[EnumeratorMark]:
    """List every place in the folded text that has the form of an enumerator, in order, real or not."""
    marks = []
    before: dict[str, int] = {}
    decimal = ""
    for match in _CANDIDATE.finditer(text):
        start, end = match.span()
        group = match.lastgroup or ""
        if group == "tight":  # 1.1对, as a blank before what could be a unit is none
            group = "decimal" if _is_decimal(text, start, end, decimal) else "ar_dot"
            end = end if group == "decimal" else text.index(".", start) + 1
        kind = _SAME_KIND.get(group, group)
        boundary = _boundary(text, start)
        if boundary < LINE and (group in _AT_LINES or (boundary < SENTENCE and group in _IN_SENTENCES)):
            continue
        if boundary < LINE and kind in _IN_DIGITS and _is_figure(text, kind, boundary, end):
            continue
        start += group in _IN_BRACKETS  # 【问题1】 is labelled 问题1
        number, label, printed, through, below = _numeral(
            text[start:end].rstrip(":)") if group in _IN_BRACKETS else text[start:end], kind
        )
        if group in _SEQUENCES:
            begins = text.startswith(_BEGIN_SEQUENCES, start)
            number = 1 if begins else before.get(kind, 0) + 1
            if number == 1 and not begins:
                continue
            before[kind] = number
        elif boundary is LINE and before and kind not in RUN_IN_KINDS:
            before.clear()
        if not number:
            continue
        if kind == "feedback" and below:
            kind = "feedback_below"
        if kind == "letter" and label.islower():
            kind = "letter_small"
        if kind == "decimal":
            decimal = label
            kind = f"decimal{text.count('.', start, end)}"
            end += text[end : end + 1] == "、"
        content = end
        while content < len(text) and text[content] == " ":
            content += 1
        marks.append(EnumeratorMark(kind, number, start, content, label, printed, boundary, through))
    return marks


def _is_decimal(text: str, start: int, end: int, before: str) -> bool:
    """Return whether a decimal figure that begins a line enumerates: 2.3 behind 2.2, or 1.1 before 1.2.

    ``before`` is the decimal label before it.
    """
    if _boundary(text, start) < LINE:
        return False
    major, _, minor = text[start:end].partition(".")
    if minor != "1":
        return before == f"{major}.{int(minor) - 1}"
    second = text.find(f"\n{major}.2", end)
    return second >= 0 and not text[second + len(major) + 3 : second + len(major) + 4].isdecimal()


_IN_BRACKETS = frozenset({"bracketed", "boxed"})
_SEQUENCES = frozenset({"first", "side"})
_IN_SENTENCES = WORD_KINDS | {"letter"}
_AT_LINES = frozenset({"roman", "letter_digit", "bracketed", "boxed", "dashed", "dashed_paren", "unclosed", "aspect"})
_IN_DIGITS = frozenset({"decimal", "ar_dot", "ar_rparen", "ar_bare"})


def _is_figure(text: str, kind: str, boundary: Boundary, end: int) -> bool:
    """Return whether digits inside a line that look like an enumerator may as well be a figure."""
    if kind == "ar_rparen":
        return boundary < SENTENCE  # 3) inside a formula or a bracket that closes
    if kind != "ar_dot":
        return True  # a figure between blanks, or 2.5
    return text[end - 1] == "," or (text[end : end + 1].isdecimal() and not _YEAR.match(text, end))


_LEAD_IN_ENDS = frozenset(":】]")
_LONGEST_LEAD_IN = 30


def _line_begins(text: str, start: int, reach: int) -> int:
    """Return where the words of a line begin that holds ``start``, at most ``reach`` code points before it."""
    line = text.rfind("\n", max(start - reach, 0), start) + 1
    while line < start and text[line] in LINE_OPENERS:
        line += 1
    return line


def _is_behind_lead_in(text: str, start: int) -> bool:
    """Return whether nothing but a lead-in (整改情况:) stands between a line's beginning and this place."""
    line = _line_begins(text, start, _LONGEST_LEAD_IN)
    numbered = _NUMBER_OF_FIELD.match(text, line, start)
    return _is_lead_in(text, numbered.end() if numbered else line, start)


_NUMBER_OF_FIELD = re.compile(rf"[(]?(?:[{_CN}]{{1,3}}|[0-9]{{1,2}})(?:[)][、.]?|[、.]) ?")
"""The enumerator of a field: (三)整改情况:1.…."""


_CLOSING = frozenset("】])")
_LONGEST_STATE = 20


def is_behind_state(text: str, start: int) -> bool:
    """Return whether nothing but a state in brackets stands between a line's beginning and a place: 【已办结】1.…."""
    line = _line_begins(text, start, _LONGEST_STATE)
    end = start - (text[start - 1] == " ")
    return text[line] in "【[(" and bracket_end(text, line, end) == end


def _is_lead_in(text: str, begin: int, end: int) -> bool:
    return 0 <= begin < end and lead_in_end(text, begin, end) == end


def _boundary(text: str, start: int) -> Boundary:
    before = start - 1
    while before >= 0 and text[before] in LINE_OPENERS:
        before -= 1
    if before < 0 or text[before] == "\n":
        return LINE
    while before + 1 < start and text[before + 1] != " ":
        before += 1  # a hyphen or a point in running text opens no line
    if text[before] in _LEAD_IN_ENDS and _is_behind_lead_in(text, start):
        return LINE
    if text[before] in _CLOSING and is_behind_state(text, start):
        return LINE
    if text[before] == "】" and _is_lead_in(text, text.rfind("【", max(start - _LONGEST_LEAD_IN, 0), start), start):
        return SENTENCE
    if text[before] in _SENTENCE_ENDS:
        return SENTENCE
    if before < start - 1 or text[before] in _SOFT_ENDS:
        return SOFT
    return NOWHERE
