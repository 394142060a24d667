"""Text that stands apart from its neighbours on the page: what is above, below or beside becomes no figure with them.

``apart`` marks such a text, ``whole`` settles the marks of a line: parentheses where a digit would touch a digit.
"""

from __future__ import annotations

import re

BEGIN, END = "\x01", "\x02"
"""Stand around what is apart until ``whole`` is called; ``whole`` takes them out wherever they come from."""

_APART = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")
_REACH = 64  # code points in which the nearest one that is seen is looked for: others are marks
_LEFT_OVER = re.compile(f"[{BEGIN}{END}]")


def apart(text: str) -> str:
    """Return ``text`` marked as standing apart."""
    return f"{BEGIN}{text}{END}"


def whole(text: str) -> str:
    """Return ``text`` with what stands apart in parentheses where it would fuse with a number, else as it is.

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
