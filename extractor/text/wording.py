"""Word lists of ``extractor/data`` as parts of patterns."""

from __future__ import annotations

import re
from functools import cache

from extractor.data import read_table

_LIST = re.compile(r"\{([a-z_]+)\}")
"""The name of another list of the same file, which stands in an entry for any of its own."""


@cache
def word_list(table: str, name: str) -> tuple[str, ...]:
    """Return the entries of list ``name`` in ``data/<table>.toml``, the lists that they name put into them."""
    words: list[str] = read_table(table)[name]
    return tuple(written_out(table, word) for word in words)


def written_out(table: str, entry: str) -> str:
    """Return an entry with the lists that it names, ``{atom}``, as groups of their entries."""
    return _LIST.sub(lambda named: any_of(table, named[1]), entry)


def any_of(table: str, name: str) -> str:
    """Return a group of the entries of list ``name`` in ``data/<table>.toml``, tried in the order of the file."""
    return f"(?:{'|'.join(word_list(table, name))})"


@cache
def pattern(table: str, name: str, form: str = "{}") -> re.Pattern[str]:
    """Compile the entries of list ``name`` in ``data/<table>.toml``, longest first, put into ``form``."""
    words = sorted(word_list(table, name), key=len, reverse=True)
    return re.compile(form.replace("{}", "(?:" + "|".join(words) + ")"))
