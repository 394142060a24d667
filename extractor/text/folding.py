"""The folded text of a notice: what a reader sees, in one form, with the way back to the stored text.

A notice is folded once, before anything is read in it. Widths, radicals, kinds of blanks and of line ends get one form;
marks that nobody sees, blanks that typesetting puts beside figures, entities that were left in the text and line ends
that end no line are taken out. All rules read the folded text; what they find is given back as places in the stored
text, which stays as it is.
"""

from __future__ import annotations

import html
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from extractor.data import read_table
from extractor.text.blanks import blanks_to_drop
from extractor.text.field_blanks import blanks_behind_names
from extractor.text.places import Inside, Place
from extractor.text.wrapping import line_ends_to_drop

if TYPE_CHECKING:
    Offsets = range | array[int]  # arrays take no types before Python 3.12


class Edit(NamedTuple):
    """A stretch to be replaced by ``words``, which are empty where it is taken out."""

    start: int
    end: int
    words: str


class FoldedText(NamedTuple):
    """A notice's folded text with the way back to the stored text, ``source``.

    ``text`` is what rules read; ``printed`` is the same with the widths that are printed, and as long. Their character
    ``i`` comes from ``source[starts[i]:ends[i]]``. All in code points.
    """

    source: str
    text: str
    printed: str
    starts: Offsets
    ends: Offsets

    @property
    def is_source(self) -> bool:
        """True if places are the same in the folded and in the stored text."""
        return isinstance(self.starts, range)

    def in_source(self, start: int, end: int) -> Place:
        """Return the place in the stored text of a place in the folded text, from its first to its last character."""
        if isinstance(self.starts, range):
            return Place(start, end)
        if start < end:
            return Place(self.starts[start], self.ends[end - 1])
        offset = self.starts[start] if start < len(self.starts) else len(self.source)
        return Place(offset, offset)

    def in_folded(self, start: int, end: int) -> Place:
        """Return the place in the folded text of a place in the stored text; empty where nothing of it is seen."""
        if isinstance(self.starts, range):
            return Place(start, end)
        first = bisect_right(self.ends, start)
        return Place(first, max(first, bisect_left(self.starts, end)))


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANK_CODES = (0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x3164, 0xFFA0, 0x2800)
_BLANKS = dict.fromkeys(_BLANK_CODES, 0x20)
_VARIANTS = "﹙﹚﹒﹑﹐﹔﹕﹖﹗﹪﹣〈〉‐‑‒∶｡､｢｣" + "︵︶︹︺︻︼︽︾﹁﹂﹃﹄︐︑︒︓︔︕︖︱︲"
_USUAL = "().、,;:?!%-<>---:。、「」" + "()〔〕【】《》「」『』,、。:;!?—-"
"""Small and half-width forms, and forms for vertical lines, with the marks that they stand for."""
_SAME_MARKS = {ord(old): ord(new) for old, new in zip(_VARIANTS, _USUAL, strict=True)}
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029), 0x0A)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)  # halves of characters, which UTF-8 cannot hold
_MATHEMATICAL = {0x1D7CE + n: ord("0") + n % 10 for n in range(50)}  # digits in bold, double-struck and so on
_BASIC_TABLE = {**_FULL_WIDTH, **_BLANKS, **_SAME_MARKS, **_LINE_ENDS, **_SURROGATES, 0xFFE5: 0xA5}
_TABLE = {**_BASIC_TABLE, **_MATHEMATICAL}


def _any_of(codes: Iterable[int]) -> str:
    return "".join(re.escape(chr(code)) for code in codes)


# The most common of them, which are replaced one by one: several times faster than a table for a whole text.
_COMMON = [(chr(code), chr(_TABLE[code])) for code in map(ord, "，：；（）！？．％\u3000\xa0\t")]
# A class of the Basic Multilingual Plane alone, here and below: it is found several times faster than one with more.
_NEEDED = re.compile(f"[{_any_of(_BASIC_TABLE)}]")
# What no reader sees: Default_Ignorable_Code_Point of the Unicode Character Database, without the fillers that are
# blanks; and control characters.
_UNSEEN_BASIC = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
)
_UNSEEN_CLASS = f"[{_UNSEEN_BASIC}\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
_UNSEEN = re.compile(f"{_UNSEEN_CLASS}{_UNSEEN_CLASS}*")  # the engine skips to a class, and to no repeated one
_RADICALS_BASIC = "\u2e80-\u2fd5\uf900-\ufad9"
_RADICAL = re.compile(f"[{_RADICALS_BASIC}\U0002f800-\U0002fa1d]")
# A superscript behind a figure is the mark of a note, and no digit of it; 10⁴ is no such.
_SUPERSCRIPTS = "\u00b9\u00b2\u00b3\u2070\u2074-\u2079"
_NOTE_MARK = re.compile(rf"[{_SUPERSCRIPTS}](?<=[0-9\uff10-\uff19].)(?<!(?<![0-9.])10.)[{_SUPERSCRIPTS}]*")
_ENTITY = re.compile(r"&(?:amp;){0,2}(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}[0-9]{0,2});")
_ODD = re.compile(f"[&{_SUPERSCRIPTS}{_RADICALS_BASIC}{_UNSEEN_BASIC}]")
_SIMPLIFIED, _TRADITIONAL = re.compile("[对问题责实进国关开发]"), re.compile("[對問題責實進國關開發]")


def half_width(words: str) -> str:
    """Give full-width forms, blanks and line ends of ``words`` one form each, character by character.

    >>> half_width("\uff08一\uff091\uff0e规章\uff0c12项")
    '(一)1.规章,12项'
    """
    needed = _NEEDED.search(words)
    if needed:
        for printed, usual in _COMMON:
            words = words.replace(printed, usual)
        needed = _NEEDED.search(words)
    return words.translate(_TABLE) if needed or _is_beyond_basic(words) else words


def fold(source: str) -> FoldedText:
    """Fold a notice's plain text, whole: a slice of it may fold otherwise.

    >>> folded = fold("追缴1\u200b2 \u3000万元")
    >>> folded.text, folded.in_source(2, 6)
    ('追缴12万元', Place(start=2, end=9))
    """
    plain = _is_plain(source)
    printed = source if plain else _characters(source)
    whole = range(len(source))
    folded = FoldedText(source, half_width(printed), printed, whole, range(1, len(source) + 1))
    folded = folded if plain else _edited(folded, _unseen(printed))
    folded = _edited(folded, (Edit(*each, ":") for each in blanks_behind_names(folded.text, folded.printed)))
    folded = _edited(folded, (Edit(*each) for each in line_ends_to_drop(folded.text, folded.printed)))
    return _edited(folded, (Edit(start, end, "") for start, end in blanks_to_drop(folded.text, folded.printed)))


def _is_plain(source: str) -> bool:
    """Say whether one look tells that ``source`` holds no radical, no entity, no note's mark and nothing unseen."""
    return not _is_beyond_basic(source) and _ODD.search(source) is None and "<!--" not in source


def _is_beyond_basic(words: str) -> bool:
    """Say whether a character lies beyond the Basic Multilingual Plane; faster than to look for one."""
    return len(words.encode("utf-16-le", "surrogatepass")) > 2 * len(words)


def _characters(source: str) -> str:
    """Replace radicals and compatibility forms of ``source`` by the characters that they stand for, one for one."""
    if not _RADICAL.search(source):
        return source
    simplified = len(_SIMPLIFIED.findall(source)) >= len(_TRADITIONAL.findall(source))
    return source.translate(_radicals(simplified=simplified))


@cache
def _radicals(*, simplified: bool) -> dict[int, str]:
    import unicodedata

    table = read_table("radicals")
    characters = {one: other for pair in table["radicals"] for one, other in zip(*pair, strict=True)}
    if simplified:
        simple = dict(zip(*table["simplified"], strict=True))
        characters = {one: simple.get(other, other) for one, other in characters.items()}
    for code in (*range(0xF900, 0xFADA), *range(0x2F800, 0x2FA1E)):
        characters[chr(code)] = unicodedata.normalize("NFC", chr(code))
    return {ord(one): other for one, other in characters.items()}


def _unseen(printed: str) -> list[Edit]:
    """Return what nobody sees, and entities that were left in the text, once or twice escaped."""
    edits = [Edit(*match.span(), "") for form in (_UNSEEN, _NOTE_MARK) for match in form.finditer(printed)]
    for match in _ENTITY.finditer(printed) if "&" in printed else ():
        words = match.group().replace("&amp;", "&") if match.group() != "&amp;" else "&amp;"
        meant = html.unescape(words)
        if len(meant) == 1 and not (meant == words or "\ud800" <= meant <= "\udfff"):
            edits.append(Edit(*match.span(), "" if _UNSEEN.fullmatch(meant) else meant))
    comments = list(_comments(printed)) if "<!--" in printed else []
    inside = Inside(Place(start, end) for start, end, _ in comments)
    return sorted([*comments, *(edit for edit in edits if not inside(edit.start))])


_COMMENT = re.compile("<!--[^>]{0,300}-->")
_ENDS_SENTENCE = frozenset("。;!?:；！？：\n")


def _comments(printed: str) -> Iterator[Edit]:
    """Yield the comments that a page's source shows; the paragraph around one goes on where it did not end."""
    for match in _COMMENT.finditer(printed):
        start, end = match.span()
        while start and printed[start - 1] in " \n":
            start -= 1
        while end < len(printed) and printed[end] in " \n":
            end += 1
        apart = not start or end == len(printed) or printed[start - 1] in _ENDS_SENTENCE
        yield Edit(start, end, "\n" if apart else "")


def _edited(folded: FoldedText, edits: Iterable[Edit]) -> FoldedText:
    """Replace stretches of ``folded``, which must be in order and apart."""
    texts: list[str] = []
    printed: list[str] = []
    starts, ends = array("i"), array("i")
    position = 0
    for start, end, words in edits:
        texts += (folded.text[position:start], half_width(words))
        printed += (folded.printed[position:start], words)
        starts += _offsets(folded.starts, position, start)
        ends += _offsets(folded.ends, position, start)
        place = folded.in_source(start, end)
        starts.extend([place.start] * len(words))
        ends.extend([place.end] * len(words))
        position = end
    if not texts:
        return folded
    size = len(folded.text)
    texts.append(folded.text[position:])
    printed.append(folded.printed[position:])
    starts += _offsets(folded.starts, position, size)
    ends += _offsets(folded.ends, position, size)
    return FoldedText(folded.source, "".join(texts), "".join(printed), starts, ends)


def _offsets(offsets: Offsets, start: int, end: int) -> array[int]:
    """Return a slice of ``offsets``; unedited stretches are copied from one array that counts, kept for all."""
    if isinstance(offsets, array):
        return offsets[start:end]
    if len(_COUNTING) <= offsets.stop:
        _COUNTING.extend(range(len(_COUNTING), 2 * offsets.stop + 1))
    return _COUNTING[offsets.start + start : offsets.start + end]


_COUNTING = array("i")
