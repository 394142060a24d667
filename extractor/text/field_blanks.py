"""Blanks that part the name of a field from its value where others print a colon: 责任单位　教育局."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

from extractor.text.wording import any_of

_BEGINNING = re.compile(
    r"\n *(?P<name>[\u4e00-\u9fff]{4,10})(?P<blanks> {1,4})(?P<value>[\u4e00-\u9fff]{2,10}(?![\u4e00-\u9fff])|\S)"
)
_FEWEST = 2
_NAMES = ("responsible_name", "deadline_name", "note", "lead_in")


def blanks_behind_names(text: str, printed: str) -> list[tuple[int, int]]:
    """Return the places of the blanks that stand for a colon in a text, in order: none for most texts.

    Two or more lines have each such name, and no line is a table's: no name follows a name, and no tab parts them.
    """
    # Behind a line end the engine skims for these; as each is one further on, a match begins where the line does.
    every = _BEGINNING.finditer(f"\n{text}")
    begun = [match for match in every if printed.find("\t", match.start(), match.end() - 1) < 0]
    lines = Counter(match["name"] for match in begun)
    recurring = (match for match in begun if lines[match["name"]] >= _FEWEST)
    parting = (match for match in recurring if _is_name(match["name"]) and not _is_name(match["value"]))
    return [(match.start("blanks") - 1, match.end("blanks") - 1) for match in parting]


@lru_cache(256)
def _is_name(words: str) -> bool:
    return _name().fullmatch(words) is not None


@cache
def _name() -> re.Pattern[str]:
    return re.compile("|".join(any_of("outline", name) for name in _NAMES))
