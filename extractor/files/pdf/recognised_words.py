"""The words of a text layer that another program recognised: unseen text over the picture of a page.

Such layers have a blank after each word, Chinese or not, and only the beginnings of words are where they are on paper:
the widths of their characters are a font's that nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.files.pdf.glyphs import Glyph

_NARROW = 0.5  # of a full character's width
_FEW = 4.0  # full characters, at least, of a line whose usual width is known
_IN_NUMBER = re.compile(r"(?<=\d) ?([.,]) ?(?=\d{3}(?!\d))|(?<=\d) ?(\.) ?(?=\d)|(?<=\d) (?=[%％‰])")


class _Word(NamedTuple):
    """Characters without a blank between them, and the number of full ones that are as wide."""

    glyphs: list[Glyph]
    width: float


def respaced(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return a line's characters, from left to right, as wide as its words are apart; blanks are without width."""
    words = list(_words(glyphs))
    pitch = _pitch(words)
    if not pitch:
        return list(glyphs)
    found: list[Glyph] = []
    for word, following in zip(words, [*words[1:], None], strict=True):
        left = word.glyphs[0].left
        room = following.glyphs[0].left - left if following else pitch * word.width
        each = min(pitch, room / word.width) if room > 0 else pitch
        for glyph in word.glyphs:
            right = left + each * _width(glyph.text)
            found.append(glyph._replace(left=left, right=right))
            left = right
    return found


def with_whole_numbers(text: str) -> str:
    """Return a line without the blanks that recognition puts into numbers: ``1 , 200``, ``3 . 5``, ``12 %``.

    >>> with_whole_numbers("计1 , 200户,占12 . 5 %")
    '计1,200户,占12.5%'
    """
    return _IN_NUMBER.sub(lambda match: match[1] or match[2] or "", text)


def _words(glyphs: Sequence[Glyph]) -> Iterator[_Word]:
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and (glyph.text.isspace() or word[-1].text.isspace() or glyph.run != word[-1].run):
            yield _Word(word, sum(_width(each.text) for each in word) or _NARROW)
            word = []
        word.append(glyph)
    if word:
        yield _Word(word, sum(_width(each.text) for each in word) or _NARROW)


def _width(text: str) -> float:
    if text.isspace():
        return 0.0
    return _NARROW if text.isascii() else 1.0


def _pitch(words: Sequence[_Word]) -> float:
    """Return the usual distance of full characters; 0 where the line has too few."""
    seen = [word for word in words if not word.glyphs[0].text.isspace()]
    steps = sorted(
        ((following.glyphs[0].left - word.glyphs[0].left) / word.width, word.width)
        for word, following in pairwise(seen)
    )
    total, so_far = sum(width for _, width in steps), 0.0
    for step, width in steps:
        so_far += width
        if total >= _FEW and so_far >= total / 2:
            return max(0.0, step)
    return 0.0
