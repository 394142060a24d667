"""Pictures of pages made ready to be read: stamps removed, turned, cut into tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from extractor.files.scan.recogniser import Picture

_RED = 45  # by which red outshines both other colours, of 255
_LEAST_STAMP = 0.05  # of the page's width
_SQUARE = 0.6  # of a stamp's longer side, at least, is its shorter
_CLOSE = 0.008  # of the page's width: strokes of one stamp are not further apart
_SMALL = 600  # pixels across which stamps are looked for
_LONG = 2.0  # heights by widths: a longer picture is a screen's, and is cut
_TILE = 1.3  # widths: the height of a tile
_AROUND_LINE = 1.15  # times: the reach of a found line
_FEWEST = 4  # characters, at least, of a row that was not found
_SEARCH = 0.25  # of a tile: where the emptiest row is looked for


class CleanPicture(NamedTuple):
    """A picture whose stamps are gone from their places, and their number."""

    picture: Picture
    stamps: int


def stamps_removed(picture: Picture) -> CleanPicture:
    """Take red stamps off a picture: there only its red part counts, in which black text stays dark.

    Red lines of text stay: they are not as high as wide.
    """
    import cv2
    import numpy

    red = _red(picture)
    places = _stamps(red)
    if not places:
        return CleanPicture(picture, 0)
    clean = picture.copy()
    for left, top, right, bottom in places:
        part = clean[top:bottom, left:right]
        tinted = cv2.dilate(red[top:bottom, left:right].astype("uint8"), numpy.ones((3, 3), "uint8")) > 0
        # A stamp's own red is not quite white there: as much brighter, it is paper.
        level = max(1.0, float(numpy.median(part[..., 2][red[top:bottom, left:right]])))
        part[tinted] = (part[tinted][:, 2:3] * (255 / level)).clip(0, 255).astype("uint8")
    return CleanPicture(clean, len(places))


def _red(picture: Picture) -> Picture:
    """Return the mask of the pixels that are red."""
    import numpy

    channels = picture.astype(numpy.int16)
    return channels[..., 2] - numpy.maximum(channels[..., 0], channels[..., 1]) > _RED


def _stamps(red: Picture) -> list[tuple[int, int, int, int]]:
    """Return the rectangles (left, top, right, bottom) of red shapes that are about as high as wide."""
    import cv2
    import numpy

    height, width = red.shape
    scale = max(1, width // _SMALL)
    if red[::scale, ::scale].sum() < _LEAST_STAMP * _SMALL:
        return []
    small = red[: height // scale * scale, : width // scale * scale]
    small = small.reshape(height // scale, scale, width // scale, scale).mean(axis=(1, 3)) > 0.25
    reach = max(1, round(_CLOSE * small.shape[1]))
    joined = cv2.dilate(small.astype("uint8"), numpy.ones((2 * reach + 1, 2 * reach + 1), "uint8"))
    _, _, shapes, _ = cv2.connectedComponentsWithStats(joined)
    return [
        (x * scale, y * scale, min(width, (x + across) * scale), min(height, (y + along) * scale))
        for x, y, across, along, _ in shapes[1:].tolist()
        if max(across, along) > _LEAST_STAMP * small.shape[1] and min(across, along) > _SQUARE * max(across, along)
    ]


def turned(picture: Picture, quarters: int) -> Picture:
    """Return a picture turned anticlockwise."""
    import numpy

    return numpy.ascontiguousarray(numpy.rot90(picture, quarters))


def tiles(picture: Picture) -> Iterator[tuple[int, Picture]]:
    """Yield the parts of a picture from top to bottom with the row of their beginning; most pictures are one part."""
    height, width = picture.shape[:2]
    if height <= _LONG * width:
        yield 0, picture
        return
    step, top = round(_TILE * width), 0
    while height - top > 1.5 * step:
        search = picture[top + round((1 - _SEARCH) * step) : top + step]
        contrast = search.std(axis=(1, 2))
        cut = top + step - 1 - int(contrast[::-1].argmin())
        yield top, picture[top:cut]
        top = cut
    yield top, picture[top:]


def missed_characters(picture: Picture, found: Sequence[Picture], size: float) -> Iterator[tuple[float, float]]:
    """Yield a place in each row of dark shapes as high as characters that are in none of the ``found`` four corners.

    ``size`` is the page's usual one, in pixels. A few shapes are specks, bullets or parts of a drawing.
    """
    import cv2
    import numpy

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    _, dark = cv2.threshold(cv2.medianBlur(grey, 3), 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    for corners in found:
        middle = corners.mean(axis=0)
        wider = middle + (corners - middle) * _AROUND_LINE
        cv2.fillPoly(dark, [numpy.round(wider).astype("int32")], 0)
    reach = max(1, round(0.15 * size))
    joined = cv2.dilate(dark, numpy.ones((reach, reach), "uint8"))
    _, _, shapes, places = cv2.connectedComponentsWithStats(joined)
    rows: dict[int, list[tuple[float, float, float]]] = {}
    for (_, _, across, along, _), (x, y) in zip(shapes[1:].tolist(), places[1:].tolist(), strict=True):
        if 0.6 * size < across and 0.6 * size < along < 1.6 * size:
            rows.setdefault(round(y / size), []).append((float(x), float(y), across / size))
    for row in rows.values():
        if sum(width for _, _, width in row) >= _FEWEST:
            yield row[0][:2]
