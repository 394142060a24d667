"""Notes in the margin beside a PDF page's text: at the height of its lines, but no part of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractor.files.pdf.glyphs import Glyph

_SMALLER = 0.85  # of the text's size: smaller words may be a note
_OUTLIERS = 200  # one of so many characters may be outside the text's edges
_LEAST = 100  # characters, at least, of a text whose edges are known
_MOST_INSIDE = 0.2  # of the small characters: with more inside the edges, they are a table or a second text


def margin_notes(glyphs: Sequence[Glyph]) -> set[int]:
    """Return the ids of the characters that are smaller than the text, and left or right of all its lines."""
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
