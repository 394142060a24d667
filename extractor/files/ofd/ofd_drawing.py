"""The things that an OFD page draws: its characters with their places, straight lines, pictures and tinted shapes.

Places are in points from the lower left of the page, as those of PDF pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.errors import InputError
from extractor.files.ofd.ofd_package import Element, child_text, children, local_name
from extractor.files.ofd.ofd_values import Matrix, lightness, matrix, numbers, steps, straight_lines, text_of_code
from extractor.files.pdf.drawings import Box, Point
from extractor.files.pdf.glyphs import Glyph, Look, direction, meant, set_straight

POINTS = 72 / 25.4
"""Points of a millimetre."""
_CONTAINERS = ("Content", "Layer", "PageBlock")
_DEEPEST = 12  # blocks and composites within each other
_WHITE = 0.9
_OUTLINE = 6  # orders of a drawn character's outline, at least: a rectangle has five
_SMALL = 60.0  # points: a drawn character is not larger
_QUARTER = 90
_MOST_LINES = 20_000  # of one page: with more it is a drawing


class Resources(NamedTuple):
    """The things that a document's pages refer to, by ID: composite units, drawing parameters, names of fonts."""

    composites: Mapping[str, Element]
    parameters: Mapping[str, Element]
    fonts: Mapping[str, str]


class Budget:
    """The number of things that a document may still draw, so that units that hold each other end."""

    def __init__(self, objects: int, name: str) -> None:
        """Allow ``objects`` in all; ``name`` is for messages."""
        self._left, self._most, self._name = objects, objects, name

    def take(self, count: int) -> None:
        """Take ``count`` characters or objects.

        Raises:
            InputError: more are drawn than are allowed.
        """
        self._left -= count
        if self._left < 0:
            raise InputError(f"{self._name}: draws more than {self._most:,} characters; cut it to the notice")


@dataclass
class Drawing:
    """The things drawn on a page; ``unplaced`` are texts whose place the file does not say."""

    paper: Box
    glyphs: list[Glyph] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    tinted: list[Box] = field(default_factory=list)
    shapes: int = 0
    unplaced: list[str] = field(default_factory=list)


class _Pen(NamedTuple):
    """The way in which things are drawn at one point of the tree: transformation, opacity (0 to 1) and parameters."""

    matrix: Matrix
    alpha: float
    parameter: str


class Drawer:
    """A reader of the objects of one page after the other."""

    def __init__(self, resources: Resources, budget: Budget) -> None:
        """Draw with the ``resources`` of a document."""
        self._resources, self._budget = resources, budget
        self._looks: dict[tuple[object, ...], Look] = {}
        self._runs = 0

    def draw(self, container: Element, onto: Drawing) -> None:
        """Draw what a page, a template or an annotation's appearance holds."""
        # From millimetres downwards to points upwards.
        upright = Matrix(POINTS, 0.0, 0.0, -POINTS, onto.paper.left, onto.paper.top)
        self._all(container, _Pen(upright, 1.0, container.get("DrawParam", "")), onto, 1)

    def appearance(self, element: Element, onto: Drawing) -> None:
        """Draw an annotation's appearance at its boundary."""
        left, top, *_ = [*numbers(element.get("Boundary", "")), 0.0, 0.0]
        upright = Matrix(POINTS, 0.0, 0.0, -POINTS, onto.paper.left + left * POINTS, onto.paper.top - top * POINTS)
        self._all(element, _Pen(upright, 1.0, ""), onto, 1)

    def _all(self, container: Element, pen: _Pen, onto: Drawing, depth: int) -> None:
        if depth > _DEEPEST:
            return
        for child in children(container):
            self._budget.take(1)
            kind = local_name(child)
            if kind in _CONTAINERS:
                self._all(child, pen._replace(parameter=child.get("DrawParam") or pen.parameter), onto, depth + 1)
            elif child.get("Visible", "true").lower() in ("false", "0"):
                continue
            elif kind == "TextObject":
                self._text(child, pen, onto)
            elif kind == "CompositeObject":
                unit = self._resources.composites.get(child.get("ResourceID", ""))
                if unit is not None:
                    self._all(unit, _inner(child, pen), onto, depth + 1)
            elif kind == "PathObject":
                _path(child, _inner(child, pen).matrix, onto)
            elif kind == "ImageObject":
                onto.pictures.append(_boundary(child, pen.matrix))

    def _text(self, element: Element, pen: _Pen, onto: Drawing) -> None:
        codes = [(code, text_of_code(code.text or "")) for code in children(element, "TextCode")]
        self._budget.take(sum(len(text) for _, text in codes))
        if not element.get("Boundary") and not element.get("CTM"):
            onto.unplaced.append("".join(text for _, text in codes))
            return
        self._runs += 1
        inner = _inner(element, pen)
        x = y = 0.0
        for code, text in codes:
            x, y = _coordinate(code, "X", x), _coordinate(code, "Y", y)
            across, along = (steps(code.get(name, ""), max(0, len(text) - 1)) for name in ("DeltaX", "DeltaY"))
            look, width = self._look(element, inner, is_upright=_runs_down(across, along))
            if len(text) > 1 and not across and not along:
                across = [width * _share(character) for character in text[:-1]]
            places = list(_places(x, y, len(text), across, along))
            onto.glyphs += _glyphs(text, places, inner.matrix, look, width, self._runs)
            if places:
                x, y = places[-1]

    def _look(self, element: Element, inner: _Pen, *, is_upright: bool) -> tuple[Look, float]:
        """Return the look of a text object and the width of its characters in its own millimetres."""
        size = (numbers(element.get("Size", "")) or [0.0])[0]
        scale = (numbers(element.get("HScale", "")) or [1.0])[0]
        m = inner.matrix
        turned = 3 * _QUARTER if is_upright else -float((numbers(element.get("CharDirection", "")) or [0.0])[0])
        angle = math.atan2(m.b, m.a) + math.radians(turned)
        turn, askew = direction(math.cos(angle), math.sin(angle))
        light = 1 - (1 - self._lightness(element, inner)) * inner.alpha
        font = self._resources.fonts.get(element.get("Font", ""), "")
        key = (size, m.c, m.d, turn, askew, light, font)
        if key not in self._looks:
            self._looks[key] = Look(size * math.hypot(m.c, m.d), turn, askew, light, font, is_drawn=True, role="")
        return self._looks[key], size * scale

    def _lightness(self, element: Element, inner: _Pen) -> float:
        """Return the lightness of a text's colour: its own, else that of its drawing parameters."""
        is_filled = element.get("Fill", "true").lower() != "false"
        name = "FillColor" if is_filled else "StrokeColor"
        parameter, seen = element.get("DrawParam") or inner.parameter, set[str]()
        holder: Element | None = element
        while holder is not None:
            for colour in children(holder, name):
                alpha = (numbers(colour.get("Alpha", "")) or [255.0])[0] / 255
                return 1 - (1 - lightness(colour.get("Value", ""))) * alpha
            holder = None if parameter in seen else self._resources.parameters.get(parameter)
            seen.add(parameter)
            parameter = holder.get("Relative", "") if holder is not None else ""
        return 0.0


def _inner(element: Element, pen: _Pen) -> _Pen:
    """Return how things are drawn inside an object: from its own place, by its own transformation and opacity."""
    left, top, *_ = [*numbers(element.get("Boundary", "")), 0.0, 0.0]
    own = matrix(element.get("CTM", ""))
    moved = own._replace(e=own.e + left, f=own.f + top)
    alpha = (numbers(element.get("Alpha", "")) or [255.0])[0] / 255
    return _Pen(moved.within(pen.matrix), pen.alpha * alpha, element.get("DrawParam") or pen.parameter)


def _coordinate(code: Element, name: str, before: float) -> float:
    return (numbers(code.get(name, "")) or [before])[0]


def _runs_down(across: list[float], along: list[float]) -> bool:
    """Return whether the characters stand below each other: the text of a column that is read downwards."""
    downwards = sum(step > 0 for step in along)
    return downwards > len(along) / 2 and not any(across)


def _places(x: float, y: float, count: int, across: list[float], along: list[float]) -> Iterator[Point]:
    for number in range(count):
        if number:
            x += across[number - 1] if across else 0.0
            y += along[number - 1] if along else 0.0
        yield x, y


def _glyphs(text: str, places: list[Point], m: Matrix, look: Look, width: float, run: int) -> Iterator[Glyph]:
    """Yield the characters of a text with their places on the page, turned as their look says."""
    own = width * math.hypot(m.a, m.b)
    ends = [set_straight(*m.moves(*place), look) for place in places]
    for number, character in enumerate(text):
        left, base = ends[number]
        right = left + own * _share(character)
        following, below = ends[number + 1] if number + 1 < len(ends) else (right, base)
        if below == base and left < following < right:
            right = following
        seen = meant(ord(character), False)
        if seen:
            yield Glyph(seen, left, right, base, run, look)


def _share(character: str) -> float:
    """Return the width of a character in sizes of its font: fonts are not opened, half of it is near for Latin ones."""
    return 0.5 if character.isascii() else 1.0


def _path(element: Element, m: Matrix, onto: Drawing) -> None:
    data = child_text(element, "AbbreviatedData")
    if len(onto.lines) < _MOST_LINES:
        onto.lines += straight_lines(data, m.moves)
    box = _boundary(element, m._replace(e=m.e, f=m.f), own=True)
    is_small = max(box.right - box.left, box.top - box.bottom) <= _SMALL
    onto.shapes += is_small and sum(data.count(order) for order in "LQBA") >= _OUTLINE
    if element.get("Fill", "false").lower() == "true":
        colours = [lightness(colour.get("Value", "")) for colour in children(element, "FillColor")]
        if not colours or colours[0] < _WHITE:
            onto.tinted.append(box)


def _boundary(element: Element, m: Matrix, *, own: bool = False) -> Box:
    """Return the rectangle of an object's boundary; ``own`` where the transformation begins at its corner."""
    left, top, width, height = ([*numbers(element.get("Boundary", "")), 0.0, 0.0, 0.0, 0.0])[:4]
    if own:
        left = top = 0.0
    x1, y1 = m.moves(left, top)
    x2, y2 = m.moves(left + width, top + height)
    return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
