"""Text set apart from its neighbours on the page (above, below or beside them), with which it must form no figure.

``apart`` marks such a text; ``whole`` replaces the marks in a line: by parentheses where a digit would touch a digit.
"""

from __future__ import annotations

import re

BEGIN, END = "\x01", "\x02"
"""The marks around a text set apart, until ``whole`` removes them, wherever they come from."""

_APART = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")
_REACH = 64  # code points in which the nearest visible one is looked for: the others are marks
_LEFT_OVER = re.compile(f"[{BEGIN}{END}]")


def apart(text: str) -> str:
    """Return ``text`` marked as set apart."""
    return f"{BEGIN}{text}{END}"


def whole(text: str) -> str:
    """Return ``text`` without marks: parts set apart get parentheses where they would fuse with a number.

    >>> whole("3" + apart("1/2") + "万元")
    '3(1/2)万元'
    """

    def settled(match: re.Match[str]) -> str:
        line, start, end = match.string, match.start(), match.end()
        before = line[max(start - _REACH, 0) : start].rstrip(BEGIN + END)[-1:]
        behind = line[end : end + _REACH].lstrip(BEGIN + END)[:1]
        inner = match[1]
        if (_is_of_number(before) and _is_of_number(inner[:1])) or (
            _is_of_number(inner[-1:]) and _is_of_number(behind)
        ):
            return f"({inner})"
        return inner

    count = 1 if BEGIN in text else 0
    while count:
        text, count = _APART.subn(settled, text)
    return _LEFT_OVER.sub("", text)


def _is_of_number(character: str) -> bool:
    return character.isnumeric() or character in (".", "．")
