"""The blanks of a text that a reader does not see.

Typesetting puts them beside figures, Western words and marks; they set off thousands and stretch short names
(责 任 人:), and some text layers have one behind each word.

Blanks that part something stay: the cells of a row, the parts of a page's date line, a number from the line it opens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.text.column_headings import RowWidths
from extractor.text.numbers import unit_end_at
from extractor.text.places import Inside, Place

_BLANKS = re.compile(" +")
_INSIDE_LINE = re.compile(r" (?<![\n ] ) *(?![ \n])")
_WIDEST = 3
"""More blanks than this in a row part columns."""
_MARKS = frozenset("“”‘’《》()【】〔〕…,。、;:!?%‰℃¥/·")
_POWERS = frozenset("²³㎡")
# 2300 余 万元, 320 人 次: blanks inside an amount.
_IN_AMOUNT = re.compile(r"[0-9] ?[余多]? ?[百千万亿]{0,2} ?[\u4e00-\u9fff]?$")
_INSIDE_AMOUNTS = frozenset("余多百千万亿")
_UNITS_APART = frozenset(
    ("人次", "家次", "户次", "件次", "场次", "批次", "轮次", "期次", "车次", "平米", "公里", "公斤")
)
_THOUSANDS = re.compile(
    r"[1-9](?<![0-9.,/:-].)(?<![0-9] .)[0-9]{0,2}(?: [0-9]{3})+(?![0-9]| [0-9])(?=[.]?[0-9]* ?[^0-9.,:/ \n-])"
)
# 1 234 is one number only where nothing but money can be meant: 问题3 120万元 and 4 500人 are two figures, or may be.
_MONEY_FOLLOWS = re.compile(r"(?:[.][0-9]+)? ?[百千]?[万亿]{0,2} ?(?:元|[美欧港日]元|港币|英镑)")
_LABELS = frozenset("题部组楼图表村号格年月日第附项条款章节栏列行层区期批段")
# What a blank really parts: a figure that numbers its line, a date in the page's own form, a postcode.
_LINE_NUMBER = re.compile(r"[0-9]{1,3}(?:[.][0-9]{1,2}){0,2} +(?=[\u4e00-\u9fff“])(?![百千万亿余多年月日])")
_DATE_FOLLOWS = re.compile(r"(?:19|20)[0-9]{2}[-/.][0-9]")
_POSTCODE_FOLLOWS = re.compile(r"[0-9]{6}(?=[ ,。;)]*(?:\n|$))")

_HAN = "\u3007\u3400-\u9fff"
_BETWEEN_HAN = re.compile(rf" (?=[{_HAN}])(?<=[{_HAN}] )")
_BETWEEN_WORDS = re.compile(
    rf" (?=[{_HAN}])(?<=[{_HAN}0-9A-Za-z\"'「」『』—] )| (?=[0-9A-Za-z\"'「」『』—])(?<=[{_HAN}\"'「」『』—] )"
)
_STRETCHED = re.compile(
    rf"(?:^ *|[【\[] ?|(?<=  )|(?<=[。;] ))(?P<name>[{_HAN}](?: {{1,3}}[{_HAN}]){{1,7}}) {{0,3}}(?=[:】\]])"
    rf"|^ *(?P<line>[{_HAN}](?: [{_HAN}]){{3,7}}) *$",
    re.MULTILINE,
)
"""A short name whose characters stand apart, before its colon or on a line of its own: 责 任 科 室:, 整 改 情 况."""
_LAST_APART = re.compile(rf" (?=[{_HAN}] {{0,3}}(?:[:】\]]|$))", re.MULTILINE)
_HEADING_ROW = re.compile(r"(?m)^[^\n0-9\t]{1,20}(?:\t[^\n0-9\t]{1,20}){2,}$")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LONG_LINE = re.compile(r"[^\n]{30,}")
_DENSE = 0.1
"""Blanks for each character in lines of prose from which on a text has one behind each word."""


def blanks_to_drop(text: str, printed: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the blanks that nobody sees, in order. ``text`` is half-width, ``printed`` as printed."""
    found = [match.span() for match in _INSIDE_LINE.finditer(text) if _is_unseen(text, *match.span())]
    widths = RowWidths(printed)
    if "\t" in printed:
        in_table = Inside(_tables(printed))
        found = [
            place
            for place in found
            if "\t" not in printed[slice(*place)] or not (in_table(place[0]) or _in_row(printed, *place, widths))
        ]
    thousands = [
        gap.span()
        for number in _THOUSANDS.finditer(text)
        if _is_one_number(text, number)
        for gap in _BLANKS.finditer(text, *number.span())
    ]
    stretched = [gap for line in _lines_with(text, _LAST_APART) for gap in _stretched(text, line)]
    thousands += stretched
    spaced = _BETWEEN_WORDS.finditer(text) if _is_spaced(text) else ()
    between = [match.span() for match in spaced if not _numbers_line(text, *match.span())]
    if between and "\t" in printed:
        between = [place for place in between if not _in_row(printed, *place, widths)]
    yield from sorted({*found, *thousands, *between}) if thousands or between else found


def _lines_with(text: str, sign: re.Pattern[str]) -> Iterator[Place]:
    """Yield the lines that hold a sign, each once."""
    end = -1
    for match in sign.finditer(text):
        if match.start() > end:
            end = text.find("\n", match.start())
            end = len(text) if end < 0 else end
            yield Place(text.rfind("\n", 0, match.start()) + 1, end)


def _stretched(text: str, line: Place) -> Iterator[tuple[int, int]]:
    for name in _STRETCHED.finditer(text, *line):
        for gap in _BLANKS.finditer(text, *name.span(name.lastgroup or 0)):
            yield gap.span()


def _is_unseen(text: str, start: int, end: int) -> bool:
    if not start or end == len(text) or end - start > _WIDEST:
        return False
    before, after = text[start - 1], text[end]
    if before == "\n" or after == "\n":
        return False
    if after in _MARKS:
        return _is_han(before) or before.isalnum() or before in _MARKS or before in _POWERS
    if before in _MARKS:
        if before == "," and after.isdecimal() and text[start - 2 : start - 1].isdecimal():
            return False  # 3, 456 is no 3,456
        return _is_han(after) or after.isdecimal()
    if _is_han(before) and _is_han(after):
        return _IN_AMOUNT.search(text, max(0, start - 8), start) is not None and (
            before in _INSIDE_AMOUNTS or before + after in _UNITS_APART
        )
    if _is_han(before):
        return _is_western(after) and not (_DATE_FOLLOWS.match(text, end) or _POSTCODE_FOLLOWS.match(text, end))
    return _is_han(after) and (_is_western(before) or before in _POWERS) and not _numbers_line(text, start, end)


def _is_one_number(text: str, number: re.Match[str]) -> bool:
    """Say whether groups of digits are one number: the first may be another figure's, or a label's."""
    before = text[number.start() - 1 : number.start()]
    if before in ("", " ", "\n"):
        return False
    if number.group().count(" ") > 1:
        return True
    return _is_han(before) and before not in _LABELS and _MONEY_FOLLOWS.match(text, number.end()) is not None


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character == "\u3007" or character >= "\U00020000"


def _is_western(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _numbers_line(text: str, start: int, end: int) -> bool:
    line = text.rfind("\n", 0, start) + 1
    while line < start and text[line] == " ":
        line += 1
    number = _LINE_NUMBER.match(text, line)
    return number is not None and number.end() == end and unit_end_at(text, end) == end


def _in_row(printed: str, start: int, end: int, widths: RowWidths) -> bool:
    """Say whether a blank with a tab is in a row: a line with as many tabs as a table's rows have."""
    stop = printed.find("\n", end)
    return printed.count("\t", printed.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(printed)) in widths


def _tables(printed: str) -> Iterator[Place]:
    """Yield the stretches that are tables: from a heading row, which holds no digit, to the next blank line.

    A tab in them parts cells whatever it stands beside; a row's cells may hold several lines.
    """
    position = 0
    while heading := _HEADING_ROW.search(printed, position):
        blank = _BLANK_LINE.search(printed, heading.end())
        position = blank.start() if blank else len(printed)
        yield Place(heading.start(), position)


def _is_spaced(text: str) -> bool:
    """Say whether a text has a blank behind each word, as the text layers of searchable scans do."""
    if text.count(" ") < _DENSE * len(text) / 2:
        return False
    lines = [match.group() for match in _LONG_LINE.finditer(text)]
    return sum(len(_BETWEEN_HAN.findall(line)) for line in lines) > _DENSE * sum(map(len, lines))
