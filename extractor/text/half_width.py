"""Full-width marks, letters and digits as half-width ones, so that offsets hold."""

from __future__ import annotations

_HALF = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}


def half_width(text: str) -> str:
    """Return a text of the same length with half-width marks, letters and digits.

    >>> half_width("（１）共计，３人；")
    '(1)共计,3人;'
    """
    # Replacing those that are there is several times faster than a translation of all characters.
    for mark in _HALF.keys() & set(text):
        text = text.replace(mark, _HALF[mark])
    return text
