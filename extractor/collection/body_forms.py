"""The full and the short names of bodies within one notice: 青禾县市场监督管理局 and 县市场监管局 are one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from extractor.data import read_table

_TABLE = "body_forms"
_SHORTEST, _LONGEST = 3, 40
"""The lengths of names that are compared, in code points."""


def full_forms(names: Iterable[str]) -> dict[str, str]:
    """Return the fullest of ``names`` that means the same body, for each that has a fuller one.

    A name is the end of a fuller one, words shortened or not. One that ends several which are not one another's
    (镇纪委 of two towns) has none: nobody can tell which is meant.
    """
    keys = {name: _key(name) for name in dict.fromkeys(names)}
    ending: dict[str, list[str]] = {}
    for name, key in keys.items():
        for at in range(max(len(key) - _LONGEST, 0), len(key) - _SHORTEST + 1):
            ending.setdefault(key[at:], []).append(name)
    found = {}
    for name, key in keys.items():
        size = (len(key), len(name))
        fuller = [other for other in ending.get(key, ()) if (len(keys[other]), len(other)) > size]
        fullest = max(fuller, key=lambda other: (len(keys[other]), len(other)), default=None)
        if fullest is None or key in _generic():
            continue
        if all(keys[fullest].endswith(keys[other]) for other in fuller):
            found[name] = fullest
    return found


@cache
def _generic() -> frozenset[str]:
    return frozenset(map(_key, read_table(_TABLE)["words"]["generic"]))


@lru_cache(maxsize=4_096)
def _key(name: str) -> str:
    """Return a name in its short form, by which its forms are compared."""
    for full, short in _shortened():
        name = name.replace(full, short)
    return name.removeprefix("中共")


@cache
def _shortened() -> tuple[tuple[str, str], ...]:
    pairs: dict[str, str] = read_table(_TABLE)["short"]
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))
