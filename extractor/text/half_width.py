"""Full-width marks, letters and digits as half-width ones, so that offsets hold."""

from __future__ import annotations

_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def half_width(text: str) -> str:
    """Return a text of the same length with half-width marks, letters and digits.

    >>> half_width("（１）共计，３人；")
    '(1)共计,3人;'
    """
    return text.translate(_HALF)
