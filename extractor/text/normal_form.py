"""The contract's normal forms: words after NFKC, without blanks, with one kind of quote."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

QUOTE = '"'
QUOTES = frozenset("\"“”„‟〝〞〟'‘’‚‛「」『』")
# What str.isspace() does not call a blank although nothing is printed.
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@cache
def fold_char(char: str) -> str:
    """Return what is compared of one character: nothing for a blank, ``"`` for a quote, else its NFKC form."""
    folded = (QUOTE if part in QUOTES else part for part in unicodedata.normalize("NFKC", char))
    return "".join(part for part in folded if not part.isspace() and part not in INVISIBLE)


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str:
    """Return ``text`` as the contract compares it: NFKC, blanks dropped, quotes unified.

    Double and single quotes become the same mark: 关于“‘四风’问题…” loses its outer pair, and pages differ in what
    they then print for the inner one.
    """
    folded = "".join(map(fold_char, unicodedata.normalize("NFKC", text)))
    return unicodedata.normalize("NFKC", folded)


def normalise_or_none(text: str | None) -> str | None:
    """Return the normal form, or ``None`` where there is no value; a value of blanks is no value."""
    return normalise(text) or None if text is not None else None
