"""Struck characters of a PDF page, recognised by a line through them: the format has no such property."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from extractor.files.pdf.drawings import Point
from extractor.files.pdf.glyphs import Glyph
from extractor.files.pdf.ruled_tables import page_rules

_LOW, _HIGH = 0.15, 0.55  # of the font's size above the baseline: the place of a line that strikes a character
_SHORTEST = 2.5  # points of such a line, at least: a single small digit may be struck
_BEYOND = 1.0  # sizes by which it may exceed the struck characters; the rule of a table is longer
_MOST = 2_000  # lines of a page: with more it is a drawing


def struck_glyphs(lines: Sequence[tuple[Point, Point]], glyphs: Sequence[Glyph], turn: int) -> set[int]:
    """Return the ids of the characters with a line through them that begins and ends where they do."""
    rules = page_rules(lines, turn, _SHORTEST).across
    if not rules or len(rules) > _MOST:
        return set()
    drawn = sorted((glyph for glyph in glyphs if glyph.look.is_drawn and glyph.look.turn == turn), key=lambda g: g.base)
    bases = [glyph.base for glyph in drawn]
    largest = max((glyph.look.size for glyph in drawn), default=0.0)
    found: set[int] = set()
    for rule in rules:
        near = drawn[bisect_left(bases, rule.at - _HIGH * largest) : bisect_right(bases, rule.at)]
        crossed = [
            glyph
            for glyph in near
            if _LOW * glyph.look.size < rule.at - glyph.base < _HIGH * glyph.look.size
            and rule.start < (glyph.left + glyph.right) / 2 < rule.end
        ]
        if not crossed:
            continue
        room = _BEYOND * max(glyph.look.size for glyph in crossed)
        left, right = min(glyph.left for glyph in crossed), max(glyph.right for glyph in crossed)
        if left - rule.start < room and rule.end - right < room:
            found.update(map(id, crossed))
    return found
