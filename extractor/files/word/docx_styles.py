"""The look of a run by Word's properties and styles: shown, struck, raised, and its font."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, NamedTuple

Element = Any  # lxml has no types of its own

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_TINY, _SMALL, _LIFTED = 4, 16, 4  # half-points
_NARROW = 5  # percent of a letter's width
_NEARLY_WHITE = re.compile("(?:[fF][89a-fA-F]){3}")
_OFF = frozenset(("0", "false", "off", "none"))


class RunLook(NamedTuple):
    """The look of a run.

    ``unseen`` is true of letters that are white on white or too small for the eye; other content of the run is visible.
    ``in_two_lines`` names the brackets of text set in two small lines within one, None for ordinary text.
    """

    hidden: bool
    unseen: bool
    struck: bool
    raised: bool
    lowered: bool
    is_note: bool
    font: str
    in_two_lines: str | None


class ParagraphMark(NamedTuple):
    """The mark at the end of a paragraph: ``deleted`` by a tracked change, or ``hidden``.

    Without it, the paragraph continues in the next one.
    """

    deleted: bool
    hidden: bool


class RunStyles:
    """The styles of one document, which decide the look of its runs and paragraphs."""

    def __init__(self, styles: Element | None) -> None:
        """Take the root element of styles.xml, None if the document has none."""
        self._styles: dict[str, Element] = {}
        self._default_paragraph: str | None = None
        self._defaults: Element | None = None
        self._known: dict[tuple[str | None, str], str | None] = {}
        if styles is None:
            return
        self._defaults = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        for style in styles.findall(f"{W}style"):
            identifier = style.get(f"{W}styleId")
            self._styles[identifier] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                self._default_paragraph = identifier

    def shown(self, properties: Element | None, paragraph: Element | None) -> RunLook:
        """Return the look of a run with these ``w:rPr`` in a ``w:p``."""
        in_paragraph = self._of_paragraph(paragraph)
        own = _child_value(properties, "rStyle")
        name = (self._name(own) or "").replace(" ", "").lower()
        upright = self._value("vertAlign", properties, own, in_paragraph)
        return RunLook(
            hidden=self._is_on("vanish", properties, own, in_paragraph),
            unseen=self._is_unseen(properties, own, in_paragraph, paragraph),
            struck=any(self._is_on(each, properties, own, in_paragraph) for each in ("strike", "dstrike")),
            raised=upright == "superscript" or _is_small_above(properties),
            lowered=upright == "subscript",
            is_note=name in ("footnotereference", "endnotereference"),
            font=(self._font(properties) or "").lower(),
            in_two_lines=_brackets(properties),
        )

    def mark(self, paragraph: Element) -> ParagraphMark:
        """Return the mark at the end of a ``w:p``."""
        properties = paragraph.find(f"{W}pPr/{W}rPr")
        deleted = properties is not None and any(
            properties.find(f"{W}{change}") is not None for change in ("del", "moveFrom")
        )
        own = _child_value(properties, "rStyle")
        return ParagraphMark(deleted, self._is_on("vanish", properties, own, self._of_paragraph(paragraph)))

    def _of_paragraph(self, paragraph: Element | None) -> str | None:
        properties = None if paragraph is None else paragraph.find(f"{W}pPr")
        return _child_value(properties, "pStyle") or self._default_paragraph

    def _is_unseen(
        self, properties: Element | None, own: str | None, in_paragraph: str | None, paragraph: Element | None
    ) -> bool:
        """Return whether a run's letters are invisible: too small or narrow, without a filling, or white on white."""
        size, scale = (self._value(name, properties, own, in_paragraph) or "" for name in ("sz", "w"))
        if (size.isdecimal() and int(size) <= _TINY) or (scale.isdecimal() and int(scale) <= _NARROW):
            return True
        if properties is not None and _is_clear(properties):
            return True
        colour = self._value("color", properties, own, in_paragraph) or ""
        if not _NEARLY_WHITE.fullmatch(colour):
            return False
        has_own_ground = any(
            _stated(properties, ground) or self._inherited(own, ground) for ground in ("highlight", "shd")
        )
        return not has_own_ground and not self._has_ground(paragraph)

    def _has_ground(self, paragraph: Element | None) -> bool:
        """Return whether a paragraph may have a coloured ground: by its shading, a cell, a text box or the page."""
        if paragraph is None:
            return True
        if next(paragraph.iterancestors(f"{W}tc", f"{W}txbxContent"), None) is not None:
            return True
        at = self._of_paragraph(paragraph)
        seen: set[str] = set()
        while at in self._styles and at not in seen:
            seen.add(at)
            if self._styles[at].find(f"{W}pPr/{W}shd") is not None:
                return True
            at = _child_value(self._styles[at], "basedOn")
        return (
            paragraph.find(f"{W}pPr/{W}shd") is not None
            or paragraph.getroottree().getroot().find(f"{W}background") is not None
        )

    def _is_on(self, name: str, properties: Element | None, own: str | None, in_paragraph: str | None) -> bool:
        """Return whether a property is on: a run's own value wins; otherwise each style toggles it, as in Word."""
        direct = _stated(properties, name)
        if direct is not None:
            return direct not in _OFF
        if name in self._always_on:
            return True
        return self._inherits(own, name) != self._inherits(in_paragraph, name)

    def _value(self, name: str, properties: Element | None, own: str | None, in_paragraph: str | None) -> str | None:
        stated = _stated(properties, name)
        return stated or self._inherited(own, name) or self._inherited(in_paragraph, name)

    def _inherits(self, style: str | None, name: str) -> bool:
        value = self._inherited(style, name)
        return value is not None and value not in _OFF

    def _inherited(self, style: str | None, name: str) -> str | None:
        """Return the value of a property in a style, or in the nearest one that it is based on, or None."""
        key = style, name
        if key not in self._known:
            seen: set[str] = set()
            at, found = style, None
            while at in self._styles and at not in seen and found is None:
                seen.add(at)
                found = _stated(self._styles[at].find(f"{W}rPr"), name)
                at = _child_value(self._styles[at], "basedOn")
            self._known[key] = found
        return self._known[key]

    def _name(self, style: str | None) -> str | None:
        return _child_value(self._styles[style], "name") if style in self._styles else None

    def _font(self, properties: Element | None) -> str | None:
        fonts = None if properties is None else properties.find(f"{W}rFonts")
        return None if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi")

    @cached_property
    def _always_on(self) -> frozenset[str]:
        names = ("vanish", "strike", "dstrike")
        return frozenset(name for name in names if (_stated(self._defaults, name) or "0") not in _OFF)


def _stated(properties: Element | None, name: str) -> str | None:
    """Return the value of a property, ``1`` if it is stated without one, None if it is not stated."""
    found = None if properties is None else properties.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val", "1")


def _is_clear(properties: Element) -> bool:
    """Return whether the filling of letters (since Word 2010) is fully transparent."""
    filling = properties.find(f"{_W14}textFill")
    if filling is None:
        return False
    alpha = next(filling.iter(f"{_W14}alpha"), None)
    return filling.find(f"{_W14}noFill") is not None or (alpha is not None and alpha.get(f"{_W14}val") == "100000")


def _is_small_above(properties: Element | None) -> bool:
    """Return whether a run is a superscript by hand: raised by two points or more, and at most eight points high."""
    size, lift = _stated(properties, "sz") or "", _stated(properties, "position") or ""
    return size.isdecimal() and lift.isdecimal() and int(size) <= _SMALL and int(lift) >= _LIFTED


def _brackets(properties: Element | None) -> str | None:
    layout = None if properties is None else properties.find(f"{W}eastAsianLayout")
    if layout is None or layout.get(f"{W}combine", "0") in _OFF:
        return None
    brackets: str = layout.get(f"{W}combineBrackets", "none")
    return brackets


def _child_value(parent: Element | None, tag: str) -> str | None:
    child = None if parent is None else parent.find(f"{W}{tag}")
    value: str | None = None if child is None else child.get(f"{W}val")
    return value
