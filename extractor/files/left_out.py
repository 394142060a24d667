"""The account of what ingest did not take into a notice's text: silence means that nothing was dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal[
    "struck",  # del, s, strike, line-through, w:strike, w:dstrike, tracked deletions
    "hidden",  # by attribute, by style, by vanish of characters, paragraphs and their styles
    "note_mark",  # superscript marks of notes
    "deleted_number",  # the number of a paragraph that was deleted
    "page_end",  # what stands behind the article: related links, the site's foot
    "navigation",  # what stands before or beside it
    "folded",  # details, folded parts whose text is there but not shown
    "picture",  # pages and figures whose text is in a picture
    "curves",  # pages whose text is drawn, not written
    "unmapped_glyphs",  # fonts whose glyphs have no Unicode
    "embedded",  # chunks and objects of other formats
    "frame",  # iframe, frame, object: text that stands in another file
    "watermark",
    "header_footer",  # headers, footers, page numbers
    "note",  # footnotes, endnotes, comments
]

WORDS_KEPT = 40
"""How many code points of what was left out are told."""


class LeftOut(NamedTuple):
    """One thing left out: its kind, its size in code points (blanks aside, 0 where that cannot be known), its first
    words, and where it stood in words for people (``page 3``), empty where the whole document is meant."""

    kind: Kind
    characters: int
    words: str
    where: str = ""


class ReadText(NamedTuple):
    """A file's plain text, and what was not taken into it."""

    text: str
    left_out: tuple[LeftOut, ...]


def left_out(kind: Kind, text: str, where: str = "") -> LeftOut:
    """Account for ``text``, of which the first ``WORDS_KEPT`` code points are kept, blanks folded."""
    words = " ".join(text.split())
    return LeftOut(kind, len(words.replace(" ", "")), words[:WORDS_KEPT], where)


def summed(entries: Iterable[LeftOut]) -> dict[str, int]:
    """The code points left out by kind, in the order in which the kinds first occur."""
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.kind] = sums.get(entry.kind, 0) + entry.characters
    return sums
