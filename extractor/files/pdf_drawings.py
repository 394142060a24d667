"""What a PDF page shows besides written text: pictures, text drawn as curves, the rules of tables, tinted grounds."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

_SMALL = 60.0  # points: a drawn character is not larger
_CURVES = 40  # drawn shapes from which a page may hold drawn text
_HALF = 0.5
_WHITE = 0.9


class Box(NamedTuple):
    """A rectangle of the page as the file has it, which may be turned for reading."""

    left: float
    bottom: float
    right: float
    top: float


def is_filled_by_pictures(page: Any) -> bool:
    """Tell whether pictures cover half of the page; scans often come in strips."""
    from pypdfium2 import raw

    area = sum((right - left) * (top - bottom) for left, bottom, right, top in _boxes(page, raw.FPDF_PAGEOBJ_IMAGE))
    return area > _HALF * float(page.get_width() * page.get_height())


def drawn_shapes(page: Any) -> int:
    """Count the drawn shapes that are small enough for characters, of pages that hold enough of them."""
    from pypdfium2 import raw

    shapes = sum(
        2 < max(box.right - box.left, box.top - box.bottom) < _SMALL for box in _boxes(page, raw.FPDF_PAGEOBJ_PATH)
    )
    return shapes if shapes >= _CURVES else 0


def grounds(page: Any) -> list[Box]:
    """Return the rectangles of pictures and of filled shapes that are not white: light text may stand on them."""
    from pypdfium2 import raw

    return [
        *_boxes(page, raw.FPDF_PAGEOBJ_IMAGE),
        *_boxes(page, raw.FPDF_PAGEOBJ_SHADING),
        *(_box(shape) for shape in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,)) if _is_tinted(shape.raw)),
    ]


def _boxes(page: Any, kind: int) -> Iterator[Box]:
    for shape in page.get_objects(filter=(kind,)):
        yield _box(shape)


def _box(shape: Any) -> Box:
    left, bottom, right, top = shape.get_bounds()
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
