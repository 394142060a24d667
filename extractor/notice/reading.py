"""The reading text: the notice with full-width forms made half-width, character by character.

It has the same length as the notice, so that every offset found in it holds in the notice; values are always cut
from the notice itself. All rules read it, so that each knows one form of every mark.
"""

from __future__ import annotations

import re

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys((0x3000, 0xA0, 0x09, 0x2002, 0x2003, 0x2009, 0x202F, 0xFEFF, 0x200B), 0x20)
_OTHERS = {ord("﹙"): ord("("), ord("﹚"): ord(")"), ord("﹒"): ord("."), ord("〈"): ord("<"), ord("〉"): ord(">")}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)  # halves of characters, which UTF-8 cannot hold
_TABLE = {**_FULL_WIDTH, **_BLANKS, **_OTHERS, **_SURROGATES}
_NEEDED = re.compile("[" + "".join(re.escape(chr(code)) for code in _TABLE) + "]")


def reading_text(text: str) -> str:
    """``text`` in half-width forms, of the same length, with line breaks that end no line turned into blanks.

    >>> reading_text("\uff08一\uff091\uff0e规章\uff0c12项")
    '(一)1.规章,12项'
    """
    half = text.translate(_TABLE) if _NEEDED.search(text) else text
    return _unwrapped(_LONE_ENUMERATOR.sub(lambda match: match.group().replace("\n", " "), half))


# An enumerator alone on its line belongs to the next one.
_LONE_ENUMERATOR = re.compile(
    r"(?m)^ *(?:[(][一二三四五六七八九十0-9]{1,3}[)]|[一二三四五六七八九十]{1,3}、|[0-9]{1,2}[.、])[.、]? *\n+(?= *\S)"
)
_WIDEST_WRAP = 80  # code points
_NARROWEST_WRAP, _SLACK = 40, 9  # columns: a Chinese character takes two
_FEWEST_LINES = 8
_BROKEN_OFF = 0.2
"""The least share of lines that must be wide and break off within a sentence."""


def _unwrapped(text: str) -> str:
    """Join the lines of a page that was wrapped at a fixed width: e-mails, pages copied from a pdf.

    Such a page has no long lines and many that are as wide as its widest; those go on in the next line, unless that
    one is indented or the line ends a sentence before an enumerator.
    """
    lines = text.split("\n")
    if max(map(len, lines)) > _WIDEST_WRAP:
        return text
    full = _wide_lines(lines)
    if full is None:
        return text
    joined = [lines[0]]
    for index in range(1, len(lines)):
        line = lines[index]
        ended = lines[index - 1].rstrip().endswith(("。", "!", "?", ":", ";")) and _OPENS.match(line)
        goes_on = full[index - 1] and line.strip() and not line.startswith(" ") and not ended
        joined += [" " if goes_on else "\n", line]
    return "".join(joined)


def _wide_lines(lines: list[str]) -> list[bool] | None:
    """Which lines are as wide as the page, in characters or columns; None where it was not wrapped."""
    columns = [sum(2 if character > "\u2e7f" else 1 for character in line.rstrip()) for line in lines]
    characters = [len(line.rstrip()) for line in lines]
    printed = sum(1 for width in columns if width)
    if printed < _FEWEST_LINES or max(columns) < _NARROWEST_WRAP:
        return None
    for widths, slack in ((characters, _SLACK // 2), (columns, _SLACK)):
        full = [width >= max(widths) - slack for width in widths]
        broken_off = sum(line.rstrip()[-1:] not in "。!?:;" for line, wide in zip(lines, full, strict=True) if wide)
        if broken_off >= _BROKEN_OFF * printed:
            return full
    return None


_OPENS = re.compile(
    r" *(?:[(]?[一二三四五六七八九十0-9]{1,3}[)、.]|[一二三四五六七八九十]是|第[一二三四五六七八九十]|关于|针对)"
)


def half_width(label: str) -> str:
    """A short printed form, such as an enumerator, in half width and without blanks."""
    return label.translate(_TABLE).replace(" ", "")
