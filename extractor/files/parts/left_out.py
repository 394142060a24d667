"""The account of what a notice's text lacks of its file: without an entry, nothing was dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from extractor.files.parts.text_places import TextPlaces

Kind = Literal[
    "struck",  # del, s, strike, line-through, w:strike, w:dstrike, tracked deletions
    "hidden",  # by attribute, by style, by vanish of characters, paragraphs and their styles
    "note_mark",  # superscript marks of notes
    "deleted_number",  # the number of a paragraph that was deleted
    "page_end",  # after the article: related links, the site's foot
    "navigation",  # before or beside the article
    "folded",  # details, folded parts whose text is there but not shown
    "picture",  # pages and figures whose text is in a picture
    "curves",  # pages whose text is drawn, not written
    "unmapped_glyphs",  # fonts whose glyphs have no Unicode
    "embedded",  # chunks and objects of other formats
    "frame",  # iframe, frame, object: text in another file
    "changing_field",  # fields that show the day of reading
    "other_page",  # of an article that a site shows on several
    "document",  # documents that a file of several names and does not hold
    "version",  # the current version of a document, where another was read
    "watermark",
    "header_footer",  # headers, footers, page numbers
    "note",  # footnotes, endnotes, comments
    "stamp",  # red stamps over text, whose own words are not read
    "hidden_cells",  # rows, columns and sheets of a workbook that are hidden, and cells whose format hides them
    "sheet",  # sheets without a heading row of a ledger
    "cell_error",  # cells that display #REF! and the like
    "formula_unread",  # formulas whose value the file does not store
    "number_format",  # numbers whose format was not understood, which are read in a plain form
    "hidden_year",  # dates that are displayed without the year that they have
]

WORDS_KEPT = 40
"""The number of code points of an omitted text that an entry keeps."""

_MOST_ENTRIES = 20  # of one kind; the others are counted in the last of them

_ENUMERATOR = re.compile(
    r"(?m)^[ \t\u3000]*(?:[一二三四五六七八九十]{1,3}[、是.．]|[(（][0-9０-９一二三四五六七八九十]{1,3}[)）]"
    r"|[0-9０-９]{1,2}[、.．)）]|[①-⑳])"
)
_SUBJECT = re.compile("整改|巡[视察視]|问题|措施|督察|追责|处分|問題")
_FIGURE = re.compile("[0-9０-９][ \u00a0]*(?:[人名个個项項次件条條户戶家起处處吨亩份场期批元%％]|万|亿|萬|億)")
_SENTENCE = re.compile("[。；;]")


class LeftOut(NamedTuple):
    """A part of a file that the text lacks.

    ``characters`` is its size in code points without blanks (0: unknown), ``words`` its first words, ``where`` its
    place in words for people (``page 3``; "" for the whole document). ``notice_like`` is true of text worded as a
    notice is: sentences with two of enumerators, figures, and words such as 整改.
    """

    kind: Kind
    characters: int
    words: str
    where: str = ""
    notice_like: bool = False


class ReadText(NamedTuple):
    """A file as a reader of its format returns it: plain text, what the text lacks, and where it stands."""

    text: str
    left_out: tuple[LeftOut, ...] = ()
    places: TextPlaces | None = None


def left_out(kind: Kind, text: str, where: str = "") -> LeftOut:
    """Return the entry for an omitted ``text``; it keeps the first ``WORDS_KEPT`` code points, blanks folded."""
    words = " ".join(text.split())
    return LeftOut(kind, len(words.replace(" ", "")), words[:WORDS_KEPT], where, is_notice_like(text))


def told_of(entry: LeftOut) -> dict[str, str | int]:
    """Return an entry in the form of run.json."""
    return {"kind": entry.kind, "characters": entry.characters, "words": entry.words, "where": entry.where}


def is_notice_like(text: str) -> bool:
    """Return whether ``text`` is worded as a notice is, and is no menu, foot or list of titles."""
    if not _SENTENCE.search(text):
        return False
    return sum(bool(pattern.search(text)) for pattern in (_ENUMERATOR, _SUBJECT, _FIGURE)) >= 2


def summed(entries: Iterable[LeftOut]) -> dict[str, int]:
    """Return the number of omitted code points by kind, in the order in which the kinds first occur."""
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.kind] = sums.get(entry.kind, 0) + entry.characters
    return sums


def condensed(entries: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Return the entries, with all of one kind from the twentieth on as one."""
    kept: list[LeftOut] = []
    counts: dict[str, int] = {}
    last: dict[str, int] = {}
    for entry in entries:
        counts[entry.kind] = counts.get(entry.kind, 0) + 1
        if counts[entry.kind] <= _MOST_ENTRIES:
            last[entry.kind] = len(kept)
            kept.append(entry)
            continue
        at = last[entry.kind]
        characters, like = kept[at].characters + entry.characters, kept[at].notice_like or entry.notice_like
        kept[at] = kept[at]._replace(characters=characters, notice_like=like)
    return tuple(kept)
