r"""The text of EQ fields, which stands in their instruction only: circled numbers, phonetic guides, fractions.

Source: Microsoft's list of field codes (ISO 29500 has no EQ): \o lays its parts over each other, \s raises or lowers,
\f is a fraction, \r a root; the other commands put something around or beside their parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.files.parts.apart import apart
from extractor.files.parts.numerals import in_circles
from extractor.files.parts.superscripts import as_exponent, as_index

_EQUATION = re.compile(r"(?i)\s*eq\b")
_FORMAT = re.compile(r'\\\*\s*(?:"[^"]*"|\S+)\s*')
_COMMAND = re.compile(r"(?<!\\)\\([A-Za-z]+)\s*(?:-?\d+)?\s*")
_CIRCLES = frozenset("○〇◯")
_DEEPEST = 20  # parts within each other


class EquationText(NamedTuple):
    """A field as printed, and the readings (phonetic guides) that are no part of the line."""

    text: str
    readings: tuple[str, ...] = ()


def equation_text(instruction: str) -> EquationText:
    r"""Return what an EQ field prints, "" for another field.

    >>> equation_text(r"eq \o\ac(○,21)").text, equation_text(r"EQ \o(\s\up 9(kān),龛)").text
    ('㉑', '龛')
    """
    begin = _EQUATION.match(instruction)
    if begin is None:
        return EquationText("")
    reader = _EquationReader(instruction, begin.end())
    text = reader.read()
    return EquationText(text.strip(), tuple(reader.readings))


class _Part(NamedTuple):
    """One of the parts in a command's brackets; ``is_raised`` is true of one above or below the line."""

    text: str
    is_raised: bool


class _EquationReader:
    """A reader of an instruction from left to right."""

    def __init__(self, instruction: str, at: int) -> None:
        self.readings: list[str] = []
        self._text, self._at = instruction, at

    def read(self, closing: str = "", within: str = "", depth: int = 0) -> str:
        """Return what is printed up to one of the ``closing`` marks, which is not read, of a command's part."""
        found = ""
        while self._at < len(self._text) and self._text[self._at] not in closing:
            if formatting := _FORMAT.match(self._text, self._at):
                self._at = formatting.end()
            elif command := _COMMAND.match(self._text, self._at):
                found += self._command(command[1].lower(), within, depth)
            else:
                self._at += self._text[self._at] == "\\"  # a mark behind a backslash stands for itself
                found += self._text[self._at : self._at + 1]
                self._at += 1
        return found

    def _command(self, name: str, within: str, depth: int) -> str:
        options = set()
        while option := _COMMAND.match(self._text, self._at):
            options.add(option[1].lower())
            self._at = option.end()
        parts = self._parts(name, depth)
        if name == "o":
            return self._overlaid(parts)
        texts = [part.text for part in parts]
        if name == "s" and within != "o":
            return "".join(map(as_index if "do" in options else as_exponent, texts))
        if name == "f" and len(texts) > 1:
            return apart("/".join(texts[:2]))
        return apart("√" + "".join(texts[-1:])) if name == "r" else "".join(texts)

    def _parts(self, name: str, depth: int) -> list[_Part]:
        parts: list[_Part] = []
        if self._text[self._at : self._at + 1] != "(" or depth > _DEEPEST:
            return parts
        while self._at < len(self._text) and self._text[self._at] != ")":
            self._at += 1
            is_raised = self._text[self._at :].lstrip()[:2].lower() == "\\s"
            parts.append(_Part(self.read(",;)", name, depth + 1), is_raised))
        self._at += 1
        return parts

    def _overlaid(self, parts: list[_Part]) -> str:
        """Return parts that lie over each other: a number in a circle, or a word under its reading."""
        self.readings += [part.text for part in parts if part.is_raised]
        shown = [part.text.strip() for part in parts if not part.is_raised]
        inside = "".join(text for text in shown if text not in _CIRCLES)
        is_circled = any(text in _CIRCLES for text in shown) and inside.isdecimal() and len(inside) < 3
        return in_circles(int(inside)) if is_circled else inside
