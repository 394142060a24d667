"""Formulas of a Word document (OMML) on one line: 35/50, 10⁴, √(25).

Parts above, below or beside each other on the page never become one figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from extractor.files.parts.apart import BEGIN, END, apart
from extractor.files.parts.superscripts import as_exponent, as_index

Element = Any  # lxml has no types of its own

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SIMPLE = re.compile(rf"[\w.%{BEGIN}{END}]*")


def linear(element: Element, read: Callable[[Element], str]) -> str | None:
    """Return a structure of a formula on one line, or None if ``element`` is none.

    ``read`` returns the text of one of its arguments. The result is marked as set apart.
    """
    write = _STRUCTURES.get(element.tag.removeprefix(MATH)) if element.tag.startswith(MATH) else None
    return None if write is None else apart(write(_Structure(element, read)))


class _Structure:
    """A structure of a formula, with its arguments and properties."""

    def __init__(self, element: Element, read: Callable[[Element], str]) -> None:
        self._element, self._read = element, read

    def one(self, name: str) -> str:
        child = self._element.find(f"{MATH}{name}")
        return "" if child is None else self._read(child).strip()

    def all(self, name: str) -> list[str]:
        return [self._read(child).strip() for child in self._element.findall(f"{MATH}{name}")]

    def rows(self) -> list[str]:
        return [", ".join(_Structure(row, self._read).all("e")) for row in self._element.findall(f"{MATH}mr")]

    def property(self, path: str, default: str) -> str:
        child = self._element.find("/".join(f"{MATH}{step}" for step in path.split("/")))
        return default if child is None else str(child.get(f"{MATH}val", default))


def _fraction(given: _Structure) -> str:
    if given.property("fPr/type", "bar") == "noBar":
        return f"({given.one('num')}; {given.one('den')})"
    return f"{_grouped(given.one('num'))}/{_grouped(given.one('den'))}"


def _root(given: _Structure) -> str:
    return f"{as_exponent(given.one('deg')).lstrip('^')}√({given.one('e')})"


def _sum(given: _Structure) -> str:
    sign = given.property("naryPr/chr", "∫")
    return f"{sign}{_limits(given)}({given.one('e')})"


def _scripts(given: _Structure) -> str:
    return f"{_grouped(given.one('e'))}{_limits(given)}"


def _scripts_before(given: _Structure) -> str:
    return f"{_limits(given)}{_grouped(given.one('e'))}"


def _limits(given: _Structure) -> str:
    return as_index(given.one("sub")) + as_exponent(given.one("sup"))


def _limit(given: _Structure) -> str:
    return f"{given.one('e')}({given.one('lim')})"


def _delimited(given: _Structure) -> str:
    begin, end = given.property("dPr/begChr", "("), given.property("dPr/endChr", ")")
    return begin + given.property("dPr/sepChr", "|").join(given.all("e")) + end


def _function(given: _Structure) -> str:
    return f"{given.one('fName')}({given.one('e')})"


def _matrix(given: _Structure) -> str:
    return f"[{'; '.join(given.rows())}]"


def _equations(given: _Structure) -> str:
    return "; ".join(given.all("e"))


def _accented(given: _Structure) -> str:
    return given.one("e") + given.property("accPr/chr", "\u0302")


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


_STRUCTURES: dict[str, Callable[[_Structure], str]] = {
    "f": _fraction,
    "rad": _root,
    "nary": _sum,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts_before,
    "limLow": _limit,
    "limUpp": _limit,
    "d": _delimited,
    "func": _function,
    "m": _matrix,
    "eqArr": _equations,
    "acc": _accented,
}
