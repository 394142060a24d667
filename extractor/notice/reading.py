"""The reading text: the notice with full-width forms made half-width, character by character.

It has the same length as the notice, so that every offset found in it holds in the notice; values are always cut
from the notice itself. All rules read it, so that each knows one form of every mark.
"""

from __future__ import annotations

import re

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys((0x3000, 0xA0, 0x09, 0x2002, 0x2003, 0x2009, 0x202F, 0xFEFF, 0x200B), 0x20)
_OTHERS = {ord("﹙"): ord("("), ord("﹚"): ord(")"), ord("﹒"): ord("."), ord("〈"): ord("<"), ord("〉"): ord(">")}
_TABLE = {**_FULL_WIDTH, **_BLANKS, **_OTHERS}
_NEEDED = re.compile("[" + "".join(re.escape(chr(code)) for code in _TABLE) + "]")


def reading_text(text: str) -> str:
    """``text`` in half-width forms, of the same length.

    >>> reading_text("(一)1.规章,12项")
    '(一)1.规章,12项'
    """
    return text.translate(_TABLE) if _NEEDED.search(text) else text


def half_width(label: str) -> str:
    """A short printed form, such as an enumerator, in half width and without blanks."""
    return reading_text(label).replace(" ", "")
