"""Raised characters: marks of notes, which the text leaves out, and exponents, which it keeps."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789-−+()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺⁽⁾")
_LOWERED = str.maketrans("0123456789-−+()", "₀₁₂₃₄₅₆₇₈₉₋₋₊₍₎")
_SMALL = re.compile(r"[-−+()0-9]+")
_MARKS = re.compile(
    r"(?:[\[【〔(（]?(?:注|note)?[:：]?(?:[0-9０-９]{1,3}|[¹²³⁰⁴-⁹]{1,3}|[a-z]|[ivx]{1,4}|[ⅰ-ⅻ])[\]】〕)）]?"
    r"|[\[【〔(（]?注\s*[一二三四五六七八九十]{0,3}[\]】〕)）]?|[①-㊿❶-❿]|[*＊※†‡§#]{1,3})"
    r"(?:[,，、;\s~-]*(?=.))?",
    re.IGNORECASE,
)
_UNIT = re.compile(r"(?:^|[^A-Za-z])(?:[kcdmnhμKCM]?[mM]|ft|in|s|h)$|[米寸尺里]$")
_DECIMAL = re.compile(r"[0-9０-９][.．]$")
_POWER = re.compile(r"(?:^|[^0-9.,，．])10$")
_NOTE_LINK = re.compile(r"(?i)#.*(?:note|ftn|edn|fn|ref|cite|zhu|n[0-9])")


def read_superscript(before: str, raised: str, *, linked: bool) -> str | None:
    """Return the reading of a raised text after ``before``, or None for the mark of a note.

    ``linked`` is true of a link within the page. 2 and 3 after a unit of length are exponents, and so are digits after
    10; they become superscript characters, so that they fuse with no figure.

    >>> read_superscript("12万km", "2", linked=False), read_superscript("35.6", "1", linked=False)
    ('²', None)
    """
    text = "".join(raised.split())
    if not text or not _is_marks(text):
        return raised
    if not linked:
        if text.isdecimal() and _DECIMAL.search(before):
            return raised
        if text in ("2", "3", "２", "３") and _UNIT.search(before):
            return text.translate(_RAISED) if text.isascii() else "²" if text == "２" else "³"
        if re.fullmatch(r"[-−]?[0-9]{1,2}", text) and _POWER.search(before):
            return text.translate(_RAISED)
        western = before[-1:].isascii() and before[-1:].isalpha()
        if text.isalpha() and text.isascii() and (western or text.lower() in ("st", "nd", "rd", "th")):
            return raised
    return None


def as_exponent(text: str) -> str:
    """Return the exponent of a formula on one line, "" for none.

    >>> as_exponent("12"), as_exponent("n+1")
    ('¹²', '^(n+1)')
    """
    return text.translate(_RAISED) if _SMALL.fullmatch(text) else f"^({text})" if text else ""


def as_index(text: str) -> str:
    """Return the index of a formula on one line, "" for none.

    >>> as_index("12"), as_index("i")
    ('₁₂', '_(i)')
    """
    return text.translate(_LOWERED) if _SMALL.fullmatch(text) else f"_({text})" if text else ""


def lowered(text: str) -> str:
    """Return lowered text with its digits as subscripts, so that they fuse with no figure: CO₂."""
    return text.translate(_LOWERED)


def is_note_link(href: str, text: str) -> bool:
    """Return whether a link is the mark of a note, raised or not."""
    squashed = "".join(text.split())
    return bool(_NOTE_LINK.match(href)) and bool(squashed) and _is_marks(squashed) and not squashed.isalpha()


def _is_marks(text: str) -> bool:
    position = 0
    while position < len(text):
        match = _MARKS.match(text, position)
        if match is None or match.end() == position:
            return re.fullmatch(r"[-−][0-9]{1,2}", text) is not None
        position = match.end()
    return True
