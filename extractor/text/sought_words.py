"""The form in which lists and sentences are searched: widths and case aside, as the full-text index has it."""

from __future__ import annotations

import re
import unicodedata

from extractor.text.half_width import half_width

_APART = re.compile(r"[\W_]+")


def sought(text: str) -> str:
    """Return a text as lists search it: without blanks and punctuation, in one width and case."""
    return _APART.sub("", unicodedata.normalize("NFKC", text)).casefold()


def words_of(query: str) -> list[str]:
    """Return the words of a query, which blanks separate, as ``sought`` has texts."""
    return [word for each in query.split() if (word := sought(each))]


def places_of_words(text: str, query: str) -> list[list[tuple[int, int]]]:
    """Return for each word of a query where it stands in a text, in code points."""
    folded = half_width(text).lower()
    if len(folded) != len(text):  # a letter of two small ones: offsets must hold
        folded = half_width(text)
    return [[found.span() for found in _spelled(word).finditer(folded)] for word in words_of(query)]


def _spelled(word: str) -> re.Pattern[str]:
    """Return what finds a word, with blanks and marks between its letters as the index leaves them out."""
    return re.compile(r"[\W_]*".join(map(re.escape, word)))
