"""Formulas of a page (MathML) on one line, and other text set apart: the marks before and after an element.

A browser prints the 35 of an ``<mfrac>`` above the 50; side by side they would be one figure.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Literal

from extractor.files.parts.apart import BEGIN, END

Element = Any  # lxml has no types of its own

# What goes before the second argument of a structure and those behind it; before its first one; behind its last.
_BETWEEN = {"mfrac": "/", "mroot": "; ", "mtable": "; ", "mtr": ", "}
_BEFORE = {"mroot": "√(", "msqrt": "√(", "mtable": "["}
_BEHIND = {"mroot": ")", "msqrt": ")", "mtable": "]"}
# Whether the second and the third argument stand above or below the first one.
_SCRIPTS = {
    "msup": ("sup",),
    "msub": ("sub",),
    "msubsup": ("sub", "sup"),
    "mover": ("sup",),
    "munder": ("sub",),
    "munderover": ("sub", "sup"),
}
_STRUCTURES = frozenset((*_BETWEEN, *_BEFORE, *_SCRIPTS))


def script_of(element: Element) -> Literal["sub", "sup"] | None:
    """Return the place of an argument of a formula's structure, None on the line itself."""
    parent = element.getparent()
    places = None if parent is None else _SCRIPTS.get(parent.tag)
    if places is None:
        return None
    at = parent.index(element)
    return places[at - 1] if 0 < at <= len(places) else None


def begun(element: Element, apart: Container[Element]) -> str:
    """Return the marks before the text of an element."""
    parent = element.getparent()
    before = ""
    if parent is not None and parent.tag in _BETWEEN and parent.index(element):
        before = _BETWEEN[parent.tag]
    if script := script_of(element):
        before = "^(" if script == "sup" else "_("
    if element.tag in _STRUCTURES or element in apart:
        before += BEGIN
    return before + _BEFORE.get(element.tag, "")


def ended(element: Element, apart: Container[Element]) -> str:
    """Return the marks after the text of an element."""
    behind = _BEHIND.get(element.tag, "")
    if element.tag in _STRUCTURES or element in apart:
        behind += END
    return behind + ")" if script_of(element) else behind
