"""Colours in a page's styles, and whether one can be seen on another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)$")
_NAMES = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "yellow": (255, 255, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "gray": (128, 128, 128),
}
_NEAR = 7  # of 255: closer colours look the same


class Colour(NamedTuple):
    """A colour: red, green and blue from 0 to 255, and opacity from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1

    @property
    def is_clear(self) -> bool:
        """True if the colour is fully transparent."""
        return self.alpha == 0

    @property
    def is_white(self) -> bool:
        """True if the colour looks white."""
        return self.is_like(WHITE)

    def is_like(self, other: Colour) -> bool:
        """Return whether two colours look the same."""
        return all(abs(one - another) <= _NEAR for one, another in zip(self[:3], other[:3], strict=True))


WHITE = Colour(255, 255, 255)


@lru_cache(maxsize=1024)
def colour_of(value: str) -> Colour | None:
    """Return the colour that a style states in lower case, None for unknown notations.

    >>> colour_of("#fff"), colour_of("rgb(0 0 0 / 0%)").is_clear
    (Colour(red=255, green=255, blue=255, alpha=1), True)
    """
    value = value.strip()
    if value == "transparent":
        return Colour(0, 0, 0, 0)
    if value in _NAMES:
        return Colour(*_NAMES[value])
    if match := _HEX.match(value):
        digits = match[1] if len(match[1]) > 4 else "".join(2 * digit for digit in match[1])
        parts = [int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)]
        return Colour(parts[0], parts[1], parts[2], parts[3] / 255 if len(parts) > 3 else 1)
    match = _FUNCTION.match(value)
    return None if match is None else _of_function(match[1], re.split(r"[\s,/]+", match[2].strip()))


def _of_function(name: str, stated: list[str]) -> Colour | None:
    try:
        parts = [float(part.rstrip("%deg")) for part in stated]
    except ValueError:
        return None
    if len(parts) not in (3, 4):
        return None
    alpha = 1.0 if len(parts) == 3 else parts[3] / (100 if stated[3].endswith("%") else 1)
    if name == "hsl":  # without conversion, only white and black are known, at any hue
        light = 255 * parts[2] / 100
        return Colour(light, light, light, alpha) if parts[2] in (0, 100) or parts[1] == 0 or alpha == 0 else None
    red, green, blue = (
        part * 2.55 if text.endswith("%") else part for part, text in zip(parts[:3], stated[:3], strict=True)
    )
    return Colour(red, green, blue, alpha)
