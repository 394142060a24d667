"""Word lists of ``extractor/data`` as parts of patterns."""

from __future__ import annotations

import re
from functools import cache

from extractor.data import read_table


def any_of(table: str, name: str) -> str:
    """Return a group of the entries of list ``name`` in ``data/<table>.toml``, tried in the order of the file."""
    words: list[str] = read_table(table)[name]
    return f"(?:{'|'.join(words)})"


@cache
def pattern(table: str, name: str, form: str = "{}") -> re.Pattern[str]:
    """Compile the entries of list ``name`` in ``data/<table>.toml``, longest first, put into ``form``."""
    words = sorted(read_table(table)[name], key=len, reverse=True)
    return re.compile(form.replace("{}", "(?:" + "|".join(words) + ")"))
