"""The names of inspected bodies: when two of them mean one body, and when they cannot."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.text.normal_form import normalise


class BodyName(NamedTuple):
    """A body's name: its ``stem`` without the words for its party body, and the fullest form that is printed of it."""

    stem: str
    full: str


class _Patterns(NamedTuple):
    before: re.Pattern[str]
    party: re.Pattern[str]
    generic: re.Pattern[str]
    placed: re.Pattern[str]
    title_rest: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    table = read_table("collection")["body"]
    return _Patterns(
        re.compile("|".join(table["before"])),
        re.compile("|".join(table["party"])),
        re.compile(table["generic"]),
        re.compile(table["placed"]),
        re.compile(table["title_rest"]),
    )


def body_name(inspected: str | None, signed_by: str | None, title: str | None) -> BodyName | None:
    """Return the name of an inspected body; None where none is printed that says which one of its kind it is.

    A name without a place (区教育局) is looked up in the signature and in the title, which may say it in full.
    """
    stem = _stem(inspected or "")
    fuller = [each for each in (_stem(signed_by or ""), _stem(_head(title or ""))) if each and not _is_generic(each)]
    if not stem:
        return BodyName(fuller[0], max(fuller, key=len)) if fuller and inspected is None else None
    if _is_generic(stem):
        kind = stem.lstrip("我本该")
        fuller = [each for each in fuller if each.endswith(kind)]
        return BodyName(fuller[0], max(fuller, key=len)) if fuller else None
    return BodyName(stem, max((stem, *(each for each in fuller if each.endswith(stem))), key=len))


def may_be_one(one: BodyName | None, other: BodyName | None) -> bool:
    """Return whether two names may mean one body: one is unknown, or the end of the other."""
    return one is None or other is None or one.full.endswith(other.full) or other.full.endswith(one.full)


@lru_cache(maxsize=4_096)
def _stem(name: str) -> str:
    patterns = _patterns()
    stem = patterns.before.sub("", normalise(name))
    without = patterns.party.sub("", stem)
    while without != stem:
        stem, without = without, patterns.party.sub("", without)
    return stem


def _head(title: str) -> str:
    """Return the body that a title begins with; empty where it names none."""
    head = _patterns().title_rest.sub("", normalise(title))
    return head if head != normalise(title) else ""


def _is_generic(stem: str) -> bool:
    return bool(_patterns().generic.match(stem)) and not _patterns().placed.match(stem)
