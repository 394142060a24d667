"""How many tokens a text takes, without a tokenizer: only the endpoint knows which one it uses."""

from __future__ import annotations

import math
from collections.abc import Sequence

from extractor.endpoint.calls import Message

_USUAL = (0.3, 0.8)  # tokens a character: of ASCII, of other scripts
_LEAST = (0.1, 0.4)  # what no tokenizer in use goes below, on running text
_FRAME = 6  # tokens a message: its role and its ends


def usual_tokens(messages: Sequence[Message], schema_characters: int = 0) -> int:
    """Return about how many tokens a prompt takes; ``schema_characters`` is the length of the schema sent beside it."""
    return _tokens(messages, _USUAL) + math.ceil(schema_characters * _USUAL[0])


def least_tokens(messages: Sequence[Message]) -> int:
    """Return the fewest tokens that a prompt can take with any tokenizer."""
    return _tokens(messages, _LEAST)


def _tokens(messages: Sequence[Message], rates: tuple[float, float]) -> int:
    total = 0.0
    for message in messages:
        text = message.content
        # Counting bytes runs at the speed of memory, looking at each character does not: nearly all that is not ASCII
        # here takes three bytes.
        wide = (len(text.encode(errors="replace")) - len(text)) / 2
        total += (len(text) - wide) * rates[0] + wide * rates[1] + _FRAME
    return math.ceil(total)
