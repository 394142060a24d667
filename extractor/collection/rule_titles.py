"""Titles of rules (制度文件), told from those of films, books and plain names by how they end."""

from __future__ import annotations

import re
from functools import cache

from extractor.data import read_table
from extractor.text.normal_form import normalise

_BRACKETS = re.compile(r"[(\[<〔【][^()\[\]<>〔〕【】]*[)\]>〕】]")
_NO_LETTERS = re.compile(r"[\W_]+")


def is_rule(title: str) -> bool:
    """Return whether a title is that of a rule.

    >>> is_rule("财务管理办法（试行）"), is_rule("警示录"), is_rule("廉洁读本")
    (True, False, False)
    """
    return _ending().search(_bare(title)) is not None


def title_key(title: str) -> str:
    """Return what is compared of a title: its letters and digits, without what stands in brackets."""
    return _NO_LETTERS.sub("", _bare(title)) or _NO_LETTERS.sub("", normalise(title))


def _bare(title: str) -> str:
    bare = _BRACKETS.sub("", normalise(title)).strip("《》\"'")
    return _tails().sub("", bare)


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(read_table('sums')['rules']['ends'])})$")


@cache
def _tails() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(read_table('sums')['rules']['tails'])})$")
