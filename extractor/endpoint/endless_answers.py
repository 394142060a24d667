"""Answers that do not end: the model writes blanks, or the same again and again, until its token limit."""

from __future__ import annotations

import re

_TAIL = 2000  # characters at an answer's end that are looked at
_BLANKS = 40  # at the end; no form of JSON has so many in a row
_ROUNDS = 6  # of the same words; a list whose entries are alike has fewer before it goes on otherwise
_LONGEST_ROUND = 200  # characters
_LEAST = 120  # characters that the rounds take: 000000 and ,"",""," are soon written
_NUMBER = re.compile(r"\d+")  # models count on: {"i":1},{"i":2}, …


def is_endless(text: str) -> bool:
    r"""Return whether a text that was cut ends in nothing but blanks, or in rounds of the same words.

    Numbers may differ from round to round.

    >>> is_endless('{"a":' + "\n" * 500), is_endless("".join(f'{{"i":{n}}},' for n in range(99))), is_endless('{"a":1')
    (True, True, False)
    """
    tail = text[-_TAIL:]
    if len(tail) - len(tail.rstrip()) >= _BLANKS:
        return True
    words = _NUMBER.sub("0", tail)
    for length in range(1, _LONGEST_ROUND + 1):
        rounds = max(_ROUNDS, -(-_LEAST // length))
        if rounds * length > len(words):
            continue
        end = words[len(words) - rounds * length :]
        if end[length:] == end[:-length]:
            return True
    return False
