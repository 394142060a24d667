"""The values of OFD's attributes: rows of numbers, steps, matrices, colours, the text of a TextCode.

Source: GB/T 33190-2016, 7.3 (basic types), 8.3 (colours), 11 (text).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{4})")
_LINE_END = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_PARTS_OF_RGB, _PARTS_OF_CMYK = 3, 4


class Matrix(NamedTuple):
    """A transformation of (x, y) into (a·x + c·y + e, b·x + d·y + f), in millimetres, y downwards."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def moves(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def within(self, outer: Matrix) -> Matrix:
        """Return the transformation that does this one first and then ``outer``."""
        e, f = outer.moves(self.e, self.f)
        return Matrix(
            outer.a * self.a + outer.c * self.b,
            outer.b * self.a + outer.d * self.b,
            outer.a * self.c + outer.c * self.d,
            outer.b * self.c + outer.d * self.d,
            e,
            f,
        )


def numbers(value: str) -> list[float]:
    """Return the finite numbers of a row, in order; what is none is passed over."""
    return [number for word in value.split() if (number := _number(word)) is not None]


def matrix(value: str) -> Matrix:
    """Return the transformation that a CTM attribute holds, or the one that changes nothing."""
    found = numbers(value)
    return Matrix(*found) if len(found) == len(Matrix._fields) else Matrix()


def steps(value: str, most: int) -> list[float]:
    """Return up to ``most`` steps from character to character; ``g 3 1.5`` stands for three of 1.5.

    Of a row that is too short the last step goes on, as readers of the format do.
    """
    words = iter(value.split())
    found: list[float] = []
    for word in words:
        count, step = 1, word
        if word == "g":
            count, step = int(_number(next(words, "")) or 0), next(words, "")
        number = _number(step)
        if number is not None:
            found += [number] * max(0, min(count, most - len(found)))
        if len(found) >= most:
            break
    return found + found[-1:] * (most - len(found)) if found else []


def text_of_code(value: str) -> str:
    """Return the characters of a TextCode; a backslash with four hexadecimal digits is the character of that number.

    Line ends are the layout of the XML; a blank alone is meant.
    """
    text = _LINE_END.sub("", value)
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "\\" in text else text


def lightness(value: str) -> float:
    """Return how light a colour is, from 0 (black, or unknown) to 1; its parts are grey, RGB or CMYK of 0 to 255."""
    parts = [number / 255 for word in value.split() if (number := _part(word)) is not None]
    if len(parts) == 1:
        return parts[0]
    if len(parts) == _PARTS_OF_CMYK:
        parts = [(1 - part) * (1 - parts[3]) for part in parts[:3]]
    if len(parts) != _PARTS_OF_RGB:
        return 0.0
    return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]


def straight_lines(data: str, place: Callable[[float, float], tuple[float, float]]) -> Iterator[tuple[_Point, _Point]]:
    """Yield the straight lines of a path's AbbreviatedData, each end moved by ``place``."""
    start = last = (0.0, 0.0)
    for order, values in _orders(data):
        end = (values[-2], values[-1]) if len(values) >= 2 else last
        if order in "MS":
            start = end
        elif order == "C":
            end = start
        if order in "LC" and end != last:
            yield place(*last), place(*end)
        last = end


_Point = tuple[float, float]


def _orders(data: str) -> Iterator[tuple[str, Sequence[float]]]:
    order, values = "", list[float]()
    for word in data.split():
        if word in ("M", "S", "L", "Q", "B", "A", "C"):
            if order:
                yield order, values
            order, values = word, []
        elif (number := _number(word)) is not None:
            values.append(number)
    if order:
        yield order, values


def _part(word: str) -> float | None:
    if word.startswith("#"):
        try:
            return float(int(word[1:], 16))
        except ValueError:
            return None
    return _number(word)


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
