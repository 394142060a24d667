"""An estimate of the tokens that a text takes, before any tokenizer is known.

The rule: 0.55 a Chinese character, 1 a digit, 0.2 a Latin letter, 1.2 a run of marks. Fitted to Qwen's tokenizer on
notices, prompts and answers, where it is within 12%. Tokenizers that know less Chinese need up to half as much again,
alike for what is sent and what comes back: shares of a notice's tokens hold for them, too.
"""

from __future__ import annotations

import re
from math import ceil

_PIECES = re.compile(r"([\u3400-\u9fff]+)|([0-9]+)|([^\W\d_]+)|[^\w\s]+|_+")
_CHINESE, _DIGIT, _LETTER, _MARKS = 0.55, 1.0, 0.2, 1.2


def estimate_tokens(text: str) -> int:
    """Return about how many tokens ``text`` takes, rounded up.

    >>> estimate_tokens("整改到位"), estimate_tokens('{"m":12}'), estimate_tokens("")
    (3, 6, 0)
    """
    tokens = 0.0
    for piece in _PIECES.finditer(text):
        if piece.lastindex is None:
            tokens += _MARKS
        else:
            tokens += (piece.end() - piece.start()) * (_CHINESE, _DIGIT, _LETTER)[piece.lastindex - 1]
    return ceil(round(tokens, 6))
