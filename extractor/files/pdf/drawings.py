"""The drawings of a PDF page beside its text: pictures, text drawn as curves, tinted grounds."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Literal, NamedTuple

_SMALL = 60.0  # points: a drawn character is not larger
_SEGMENTS = 6  # of a drawn character's outline, at least: a rectangle has five
_SEGMENTS_OF_ONE = 12  # of outlines in a large path, counted as one character
_SHAPES = 40  # shapes: a page with more may hold drawn text
_SHAPES_OF_TEXT = 0.3  # the same for each written character: seals and drawings may be beside text
_FEW = 30  # characters on a picture: fewer are not its text but a number or a stamp
_GAPS = 3  # figures in the gaps of lines: fewer are ornaments
_LINE, _HIGH, _NEAR = 6.0, 30.0, 40.0  # points: half a line, the height of a figure, the reach of a gap
_HALF, _LARGE, _NOT_SMALL = 0.5, 0.3, 0.01  # of the page
_WHITE = 0.9
_MOST_GROUNDS = 500  # the largest of a page
_MOST_SEGMENTS = 20_000  # of one page: with more it is a drawing

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle in the page's own coordinates, in points; the page may be turned for reading."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """The area in square points."""
        return (self.right - self.left) * (self.top - self.bottom)


class Surroundings(NamedTuple):
    """The things on a page beside its characters, in the page's own coordinates, in points.

    ``lines`` are the straight lines of its drawings; ``is_scan`` returns whether pictures cover half of the page;
    ``grounds`` returns the rectangles, largest first, on which light text may be read.
    """

    paper: Box
    lines: Sequence[tuple[Point, Point]]
    is_scan: Callable[[], bool]
    grounds: Callable[[], list[Box]]


def surroundings(page: Any) -> Surroundings:
    """Return what stands beside the characters of an open page of pypdfium2."""
    lines = list(_straight_lines(page))
    return Surroundings(Box(*page.get_cropbox()), lines, partial(_is_scan, page), partial(_grounds, page))


def _is_scan(page: Any) -> bool:
    from pypdfium2 import raw

    return cover_half(_boxes(page, raw.FPDF_PAGEOBJ_IMAGE), _size(page))


def cover_half(pictures: Iterable[Box], size: float) -> bool:
    """Return whether pictures cover half of a page of ``size`` square points; scans often come in strips."""
    return sum(box.area for box in pictures) > _HALF * size


def may_show_text(pictures: Iterable[Box], places: Sequence[Point], size: float) -> bool:
    """Return whether pictures with too few characters on them cover a large part of a page of ``size`` square points.

    ``places`` are the middles of the page's characters.
    """
    free = (box for box in pictures if sum(lies_in(place, box) for place in places) < _FEW)
    return sum(box.area for box in free) > _LARGE * size


def may_be_text(shapes: int, characters: int) -> bool:
    """Return whether a page has more small drawn shapes than a drawing beside so many characters."""
    return shapes > max(_SHAPES, _SHAPES_OF_TEXT * characters)


def unread_drawing(page: Any, runs: int, places: Sequence[Point]) -> Literal["picture", "curves"] | None:
    """Return the kind of drawing that may be text unknown to PDFium, or None.

    Such are large pictures without text on them, more small curves than a drawing has, and small pictures and curves in
    the gaps of lines, where figures are missing. ``runs`` is the number of text objects, ``places`` are the middles of
    the characters.
    """
    from pypdfium2 import raw

    if raw.FPDFPage_CountObjects(page) <= runs or not _shows_more_than_text(page):
        return None
    pictures = list(_boxes(page, raw.FPDF_PAGEOBJ_IMAGE))
    large = [box for box in pictures if box.area > _NOT_SMALL * _size(page)]
    if may_show_text(large, places, _size(page)) or _fill_gaps(pictures, places):
        return "picture"
    shapes, count = _drawn_shapes(page)
    if may_be_text(count, len(places)) or _fill_gaps(shapes, places):
        return "curves"
    return None


def _drawn_shapes(page: Any) -> tuple[list[Box], int]:
    """Return the drawn shapes that may be characters, and their number with those in larger paths.

    They are small, and less plain than the cells and rules of a table. A larger path may hold a whole line.
    """
    from pypdfium2 import raw

    shapes: list[Box] = []
    others = 0
    for path in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,)):
        segments = raw.FPDFPath_CountSegments(path)
        box = _box(path)
        if max(box.right - box.left, box.top - box.bottom) > _SMALL:
            others += segments // _SEGMENTS_OF_ONE
        elif segments >= _SEGMENTS:
            shapes.append(box)
    return shapes, len(shapes) + others


def _fill_gaps(boxes: Iterable[Box], places: Iterable[Point]) -> bool:
    """Return whether several small boxes are between the characters of lines across the page."""
    lines: defaultdict[int, list[float]] = defaultdict(list)
    for across, along in places:
        lines[round(along / _LINE)].append(across)
    for line in lines.values():
        line.sort()
    count = 0
    for box in boxes:
        if 2 < box.top - box.bottom < _HIGH and box.right - box.left < _SMALL:
            middle = round((box.bottom + box.top) / 2 / _LINE)
            count += any(_is_gap(box, lines[number]) for number in (middle - 1, middle, middle + 1) if number in lines)
    return count >= _GAPS


def _is_gap(box: Box, line: Sequence[float]) -> bool:
    """Return whether a box is between two characters of a line, close to them and on none."""
    after = bisect_right(line, (box.left + box.right) / 2)
    if not 0 < after < len(line):
        return False
    return box.left - _NEAR < line[after - 1] < box.left and box.right < line[after] < box.right + _NEAR


def _shows_more_than_text(page: Any) -> bool:
    from pypdfium2 import raw

    kind_of, object_of = raw.FPDFPageObj_GetType, raw.FPDFPage_GetObject
    numbers = range(raw.FPDFPage_CountObjects(page))
    return any(kind_of(object_of(page, number)) != raw.FPDF_PAGEOBJ_TEXT for number in numbers)


def _grounds(page: Any) -> list[Box]:
    """Return the rectangles of pictures and of filled shapes that are not white: light text may be on them."""
    from pypdfium2 import raw

    found = [
        *_boxes(page, raw.FPDF_PAGEOBJ_IMAGE),
        *_boxes(page, raw.FPDF_PAGEOBJ_SHADING),
        *(_box(shape) for shape in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,)) if _is_tinted(shape.raw)),
    ]
    return sorted(found, key=attrgetter("area"), reverse=True)[:_MOST_GROUNDS]


def _size(page: Any) -> float:
    return float(page.get_width() * page.get_height())


def lies_in(point: Point, box: Box) -> bool:
    """Return whether a point is within a rectangle."""
    return box.left <= point[0] <= box.right and box.bottom <= point[1] <= box.top


def _boxes(page: Any, kind: int) -> Iterator[Box]:
    for shape in page.get_objects(filter=(kind,)):
        yield _box(shape)


def _box(shape: Any) -> Box:
    from pypdfium2 import PdfiumError

    try:
        left, bottom, right, top = shape.get_bounds()
    except PdfiumError:  # a shape without points
        return Box(0, 0, 0, 0)
    return Box(min(left, right), min(bottom, top), max(left, right), max(bottom, top))


def _is_tinted(path: Any) -> bool:
    from pypdfium2 import raw

    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(path, ctypes.byref(mode), ctypes.byref(stroke)) or not mode.value:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(path, *map(ctypes.byref, (red, green, blue, alpha))):
        return True
    return min(red.value, green.value, blue.value) < _WHITE * 255 and alpha.value > 0


def _straight_lines(page: Any) -> Iterator[tuple[Point, Point]]:
    """Yield the straight lines of the page's paths."""
    from pypdfium2 import raw

    count = 0
    x, y, matrix = ctypes.c_float(), ctypes.c_float(), raw.FS_MATRIX()
    for path in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,)):
        raw.FPDFPageObj_GetMatrix(path, matrix)
        a, b, c, d, e, f = matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f
        start: Point | None = None
        last: Point | None = None
        for number in range(raw.FPDFPath_CountSegments(path)):
            count += 1
            if count > _MOST_SEGMENTS:
                return
            segment = raw.FPDFPath_GetPathSegment(path, number)
            raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
                yield last, point
            if raw.FPDFPathSegment_GetClose(segment) and start is not None:
                yield point, start
            last = point
