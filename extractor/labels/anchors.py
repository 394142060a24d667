"""Stretches of text named by their first and last words: ``first words … last words``.

Anchors are looked up in order, each in the stretch of text that is left. A short stretch is its own anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from extractor.record.contract import Span
from extractor.record.lookup import Page

SEPARATOR = " … "
WHOLE = 24  # up to this many characters the whole stretch is its anchor
SIDE = 8  # words shown on either side of the dots, where they are enough
MAX_SIDE = 400
_NEAR = 3_000  # code points in which something near a stretch that is not there is looked for


def _splits(anchor: str) -> Iterator[tuple[str, str]]:
    at = anchor.find(SEPARATOR)
    while at >= 0:
        yield anchor[:at], anchor[at + len(SEPARATOR) :]
        at = anchor.find(SEPARATOR, at + 1)


def _last_words(text: str, last: str, start: int, first_end: int, end: int) -> int | None:
    """Return where the stretch ends: behind the first words, or (where they share characters) inside them."""
    at = text.find(last, first_end, end)
    if at < 0:
        at = text.find(last, max(start, first_end - len(last)), end)
    return None if at < 0 else at + len(last)


def resolve_anchor(text: str, anchor: str, window: Span) -> Span | None:
    """Return the stretch an anchor names within ``window``, or ``None`` where its words are not there in order."""
    at = text.find(anchor, window.start, window.end) if anchor else -1
    if at >= 0:
        return Span(start=at, end=at + len(anchor))
    for first, last in _splits(anchor):
        start = text.find(first, window.start, window.end) if first and last else -1
        end = _last_words(text, last, start, start + len(first), window.end) if start >= 0 else None
        if end is not None:
            return Span(start=start, end=end)
    return None


def make_anchor(text: str, span: Span, window: Span) -> str:
    """Return the shortest pleasant anchor that names ``span`` within ``window``.

    Raises:
        ValueError: no anchor can: the stretch is empty, starts or ends outside the window, or occurs earlier, too.
    """
    whole = text[span.start : span.end]
    if not window.start <= span.start < span.end <= window.end:
        raise ValueError(f"a stretch at {span.start}:{span.end} cannot be named within {window.start}:{window.end}")
    if len(whole) <= WHOLE and resolve_anchor(text, whole, window) == span:
        return whole
    for first_side in range(SIDE, MAX_SIDE):
        first = whole[:first_side]
        if text.find(first, window.start) == span.start:
            break
    for last_side in range(SIDE, MAX_SIDE):
        last = whole[-last_side:]
        anchor = first + SEPARATOR + last
        if resolve_anchor(text, anchor, window) == span:
            return anchor
    if resolve_anchor(text, whole, window) == span:
        return whole
    raise ValueError(f"the stretch at {span.start}:{span.end} occurs earlier in the text that is left")


def hint(page: Page, anchor: str, window: Span) -> str:
    """Return a sentence on why an anchor was not found: printed otherwise, elsewhere, or something near it."""
    parts = next(_splits(anchor), (anchor,))
    for name, words in zip(("first words", "last words"), parts, strict=False):
        if page.text.find(words, window.start, window.end) >= 0:
            continue
        what = f"the {name} “{words}”" if len(parts) > 1 else f"“{words}”"
        folded = page.find(words, window.start, window.end)
        if folded is not None:
            return f"{what} are printed with other blanks, widths or quotes: “{page.text[folded.start : folded.end]}”"
        elsewhere = page.text.find(words)
        if elsewhere >= 0:
            line = page.text.count("\n", 0, elsewhere) + 1
            where = (
                "before" if elsewhere < window.start else "after" if elsewhere >= window.end else "across the end of"
            )
            return f"{what} stand only {where} the stretch that is left to search (line {line} of the text)"
        return f"{what} are not in the text; {_nearest(page.text, words, window)}"
    return "the last words stand only before the first words"


def _nearest(text: str, words: str, window: Span) -> str:
    area = text[window.start : min(window.end, window.start + _NEAR)]
    match = SequenceMatcher(None, area, words, autojunk=False).find_longest_match()
    if match.size < 2:
        return "nothing near it was found"
    start = max(0, match.a - match.b)
    return f"nearest: “{area[start : start + len(words)].strip()}”"
