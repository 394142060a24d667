"""Word lists turned into patterns, compiled once a process."""

from __future__ import annotations

import re
from functools import cache

from extractor.data import read_table


@cache
def pattern(table: str, name: str, form: str = "{}") -> re.Pattern[str]:
    """The alternatives of list ``name`` in ``data/<table>.toml`` as one pattern, longest first, put into ``form``."""
    words = sorted(read_table(table)[name], key=len, reverse=True)
    return re.compile(form.replace("{}", "(?:" + "|".join(words) + ")"))
