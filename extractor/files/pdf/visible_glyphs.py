"""The characters of a page that a reader sees as its text; watermarks and hidden words are set apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.files.parts.left_out import Kind, LeftOut, left_out
from extractor.files.pdf.drawings import Box, Surroundings, lies_in
from extractor.files.pdf.glyphs import UNMAPPED, Glyph, Glyphs, Look
from extractor.files.pdf.margin_notes import margin_notes
from extractor.files.pdf.struck_glyphs import struck_glyphs

_PALE = 0.72  # of lightness: on white paper such text is a watermark
_WHITE = 0.97  # cannot be seen on white paper
_LIGHTER = 0.2  # than the text: lighter words over it are a watermark
_LARGER = 1.4  # the same by size
_SPECK = 1.5  # points: text that small is hidden
_COVERED = 2  # characters of the text inside other words make these a watermark
_FEW, _FEW_OF_ALL = 30, 0.1  # characters in another direction than the page: fewer are a margin's note


class VisibleText(NamedTuple):
    """The characters of a page's text, one list for each direction, and the account of what is left out."""

    texts: list[list[Glyph]]
    left_out: list[LeftOut]


def seen_text(found: Glyphs, beside: Surroundings, number: int) -> VisibleText:
    """Separate the text of page ``number`` (from 1) from its other characters."""
    counts = Counter(glyph.look for glyph in found.glyphs)
    # A scan's text layer is written invisibly over its picture; beside written text, such words are hidden.
    is_mixed = len({look.is_drawn for look in counts}) == 2
    kinds = _kinds(counts, shows_invisible=not is_mixed or beside.is_scan())
    apart: defaultdict[Kind, list[Glyph]] = defaultdict(list)
    text: list[Glyph] = []
    shown = _runs_on_paper(beside.paper, found.glyphs)
    struck = struck_glyphs(beside.lines, found.glyphs, found.turn)
    for glyph in found.glyphs:
        kind = kinds[glyph.look] or (None if glyph.run in shown else "hidden")
        if kind is None and id(glyph) in struck:
            kind = "struck"
            text.append(glyph._replace(text=""))  # its place is no gap of the line
        (apart[kind] if kind else text).append(glyph)
    light = {look for look, kind in kinds.items() if kind and look.lightness >= _PALE}
    if light:
        _bring_back(beside, text, apart, light)
    ways = _ways(text, found.turn, apart)
    for way in ways:
        _set_overlays_apart(way, apart)
        notes = margin_notes(way)
        apart["note"].extend(glyph for glyph in way if id(glyph) in notes)
        way[:] = [glyph for glyph in way if id(glyph) not in notes]
    entries = [left_out(kind, _words(glyphs), f"page {number}") for kind, glyphs in apart.items() if glyphs]
    unmapped = [glyph for way in ways for glyph in way if glyph.text == UNMAPPED]
    if unmapped:
        entries.append(LeftOut("unmapped_glyphs", len(unmapped), "", f"page {number}"))
    return VisibleText(ways, [entry for entry in entries if entry.characters])


def _kinds(counts: Counter[Look], *, shows_invisible: bool) -> dict[Look, Kind | None]:
    """Return the kind of each look in the account, None for text; light text is judged by its colour alone."""
    slanted = sum(count for look, count in counts.items() if look.turn is None)
    pale = sum(count for look, count in counts.items() if look.lightness >= _PALE)
    total = counts.total()
    kinds: dict[Look, Kind | None] = {}
    for look in counts:
        kind: Kind | None = None
        if look.role:
            kind = look.role
        elif (not look.is_drawn and not shows_invisible) or look.size < _SPECK:
            kind = "hidden"
        elif look.turn is None and slanted < total:
            kind = "watermark"
        elif look.is_drawn and look.lightness >= _PALE and pale < total:
            kind = "hidden" if look.lightness >= _WHITE else "watermark"
        kinds[look] = kind
    return kinds


def _runs_on_paper(paper: Box, glyphs: Iterable[Glyph]) -> set[int]:
    """Return the runs that are at least partly on the page; one that leaves it is still text."""
    shown: set[int] = set()
    for glyph in glyphs:
        if glyph.run not in shown and lies_in(middle(glyph), paper):
            shown.add(glyph.run)
    return shown


def middle(glyph: Glyph) -> tuple[float, float]:
    """Return the middle of a character in the page's own coordinates, before turning."""
    across, along = (glyph.left + glyph.right) / 2, glyph.base + 0.35 * glyph.look.size
    turn = glyph.look.turn
    return (
        (-along, across) if turn == 1
        else (-across, -along) if turn == 2
        else (along, -across) if turn == 3
        else (across, along)
    )  # fmt: skip


def _bring_back(beside: Surroundings, text: list[Glyph], apart: dict[Kind, list[Glyph]], looks: set[Look]) -> None:
    """Return light words on a picture or a tinted ground to the text: they may be a banner."""
    boxes = beside.grounds()
    if not boxes:
        return
    for kind, glyphs in apart.items():
        back = [glyph for glyph in glyphs if glyph.look in looks and glyph.look.turn is not None]
        back = [glyph for glyph in back if not glyph.look.role and _stands_on(glyph, boxes)]
        if back:
            text.extend(back)
            kept = set(map(id, back))
            apart[kind] = [glyph for glyph in glyphs if id(glyph) not in kept]


def _stands_on(glyph: Glyph, boxes: Iterable[Box]) -> bool:
    place = middle(glyph)
    return any(lies_in(place, box) for box in boxes)


def _ways(text: Sequence[Glyph], turn: int, apart: dict[Kind, list[Glyph]]) -> list[list[Glyph]]:
    """Group the text by direction, the most frequent first; a few words along the margin are no text of the page."""
    ways: defaultdict[int | None, list[Glyph]] = defaultdict(list)
    for glyph in text:
        ways[glyph.look.turn].append(glyph)
    main = ways.pop(turn, [])
    found = [main]
    for way in ways.values():
        if len(way) < _FEW or len(way) < _FEW_OF_ALL * len(text):
            apart["watermark"].extend(way)
        else:
            found.append(way)
    return found


def _set_overlays_apart(text: list[Glyph], apart: dict[Kind, list[Glyph]]) -> None:
    """Move lighter or larger words that lie over lines of the text to the watermarks."""
    looks = Counter(glyph.look for glyph in text)
    if len(looks) < 2:
        return
    body = max(looks, key=lambda look: looks[look])
    odd = {
        look
        for look in looks
        if look.size >= _LARGER * body.size or look.lightness >= body.lightness + _LIGHTER
    }  # fmt: skip
    if not odd:
        return
    runs: defaultdict[tuple[int, float], list[Glyph]] = defaultdict(list)
    for glyph in text:
        if glyph.look in odd:
            runs[glyph.run, glyph.base].append(glyph)
    plain = [glyph for glyph in text if glyph.look not in odd]
    overlays = {_words(run) for run in runs.values() if _covers(run, plain)}
    moved = {id(glyph) for run in runs.values() if _words(run) in overlays for glyph in run}
    apart["watermark"].extend(glyph for glyph in text if id(glyph) in moved)
    text[:] = [glyph for glyph in text if id(glyph) not in moved]


def _covers(run: Sequence[Glyph], plain: Iterable[Glyph]) -> bool:
    left, right = min(glyph.left for glyph in run), max(glyph.right for glyph in run)
    size, base = run[0].look.size, run[0].base
    inside = (
        glyph
        for glyph in plain
        if left < (glyph.left + glyph.right) / 2 < right
        and base - 0.1 * size < glyph.base + 0.35 * glyph.look.size < base + 0.8 * size
    )
    return sum(1 for _ in inside) >= _COVERED


def _words(glyphs: Sequence[Glyph]) -> str:
    """Return the text of characters in the order of drawing, with a blank between strokes that are apart."""
    words = ""
    for number, glyph in enumerate(glyphs):
        if number and glyph.run != glyphs[number - 1].run and glyph.left - glyphs[number - 1].right > glyph.look.size:
            words += " "
        words += glyph.text
    return words
