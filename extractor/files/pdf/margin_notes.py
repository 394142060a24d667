"""Notes in the margin beside a PDF page's text: on its height, but no part of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractor.files.pdf.glyphs import Glyph

_SMALLER = 0.85  # of the text's size, below which words may be a note
_OUTLIERS = 200  # of so many characters one may stand outside of the text's edges
_LEAST = 100  # characters of a page's text, by which its edges are known
_MOST_INSIDE = 0.2  # of the small characters: where more stand within the edges, they are a table or a second text


def margin_notes(glyphs: Sequence[Glyph]) -> set[int]:
    """Return the ids of the characters, smaller than the text, that stand left or right of all of its lines."""
    seen = [glyph for glyph in glyphs if glyph.look.is_drawn and glyph.text and not glyph.text.isspace()]
    sizes = Counter(round(glyph.look.size, 1) for glyph in seen)
    if len(sizes) < 2:
        return set()
    size = max(sizes, key=lambda size: sizes[size])
    text = [glyph for glyph in seen if round(glyph.look.size, 1) == size]
    if len(text) < _LEAST:
        return set()
    lefts, rights = sorted(glyph.left for glyph in text), sorted(glyph.right for glyph in text)
    left, right = lefts[len(lefts) // _OUTLIERS], rights[-1 - len(rights) // _OUTLIERS]
    bottom, top = min(glyph.base for glyph in text), max(glyph.base for glyph in text) + size
    small = [glyph for glyph in glyphs if glyph.look.size < _SMALLER * size and bottom < glyph.base < top]
    beside = {id(glyph) for glyph in small if glyph.right <= left or glyph.left >= right}
    inside = len(small) - len(beside)
    return beside if beside and inside <= _MOST_INSIDE * len(small) else set()
