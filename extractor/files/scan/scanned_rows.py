"""A recognised picture as a printed page: its lines as rows, each with its place and its doubts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.files.parts.left_out import LeftOut
from extractor.files.parts.page_places import LinePlace, PageBox, UnsurePart
from extractor.files.pdf.printed_lines import Row, joined
from extractor.files.pdf.printed_pages import PrintedPage
from extractor.files.scan.scanned_lines import ScannedLine, ScannedPicture

if TYPE_CHECKING:
    from extractor.files.scan.recogniser import Picture

_SAME_LINE = 0.5  # sizes between the middles of pieces of one line
_PART, _CELL = 0.9, 1.6  # sizes between the parts of a line, and between such that are not of one sentence
_NO_BLANK = 0.35  # sizes between the digits of one number
_ASCENT, _DESCENT = 0.525, 0.525  # sizes from the middle of a line
_CROP_HEIGHT, _CROP_WIDTH = 36, 1400  # pixels, at most
_SHADES = 6  # of grey in a crop
_PACKED = 6  # zlib's level: 9 takes five times as long and saves 3 %


def scanned_page(found: ScannedPicture, number: int, scale: float) -> PrintedPage:
    """Make page ``number`` (from 1) of a recognised picture, of which a pixel is ``scale`` points."""
    rows = [_row(line, found, number, scale) for line in _level(found.lines)]
    entries = [LeftOut("stamp", 0, "", f"page {number}")] if found.stamps else []
    return PrintedPage(number, rows, entries, None, is_recognised=True)


def _level(lines: Sequence[ScannedLine]) -> list[list[ScannedLine]]:
    """Return the pieces of each line from left to right, the highest line first."""
    found: list[list[ScannedLine]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        last = found[-1] if found else []
        longest = max(last, key=lambda piece: piece.right - piece.left, default=None)
        if longest and line.middle - longest.middle < _SAME_LINE * max(line.size, longest.size):
            last.append(line)
        else:
            found.append([line])
    return [sorted(pieces, key=lambda piece: piece.left) for pieces in found]


def _row(pieces: Sequence[ScannedLine], found: ScannedPicture, number: int, scale: float) -> Row:
    groups: list[list[ScannedLine]] = [[pieces[0]]]
    far: list[bool] = [False]
    for before, piece in pairwise(pieces):
        gap = (piece.left - before.right) / piece.size
        if gap > _PART:
            groups.append([])
            far.append(gap > _CELL)
        groups[-1].append(piece)
    main = max(pieces, key=lambda piece: len(piece.text))
    parts = [
        _part(group, main, found, number, scale)._replace(is_parted=is_far)
        for group, is_far in zip(groups, far, strict=True)
    ]
    return joined(parts)


def _part(group: Sequence[ScannedLine], main: ScannedLine, found: ScannedPicture, number: int, scale: float) -> Row:
    """Return one row of pieces without gaps; those of a line share the height of its ``main`` piece."""
    text, places = "", list[LinePlace]()
    for index, piece in enumerate(group):
        place = LinePlace(
            0, len(piece.text), number, _box(piece, found), round(piece.score, 3), piece.unsure, crop_of(piece.strip)
        )
        if index and text[-1].isdigit() and piece.text[0].isdigit():
            # Two numbers, or one in two pieces: nobody knows.
            text += " " if piece.left - group[index - 1].right > _NO_BLANK * piece.size else ""
            seam = UnsurePart(0, 1, "seam")
            place = place._replace(unsure=(seam, *place.unsure))
        elif index and _are_words(text[-1], piece.text[0]):
            text += " "
        places.append(place.moved(len(text)))
        text += piece.text
    size, height = main.size * scale, (found.height - main.middle) * scale
    return Row(
        text,
        group[0].left * scale,
        group[-1].right * scale,
        height - _DESCENT * size,
        height + _ASCENT * size,
        size,
        number,
        origin=tuple(places),
    )


def _are_words(before: str, after: str) -> bool:
    return before.isascii() and after.isascii() and before.isalpha() and after.isalpha()


def _box(line: ScannedLine, found: ScannedPicture) -> PageBox:
    """Return a line's place on the page as it was given, before it was set upright."""
    left, top, right, bottom = line.box
    x0, x1, y0, y1 = left / found.width, right / found.width, top / found.height, bottom / found.height
    turned = [(x0, y0, x1, y1), (1 - y1, x0, 1 - y0, x1), (1 - x1, 1 - y1, 1 - x0, 1 - y0), (y0, 1 - x1, y1, 1 - x0)]
    return PageBox(*(round(min(1.0, max(0.0, share)), 4) for share in turned[found.turn % 4]))


def crop_of(strip: Picture) -> bytes:
    """Return a line's picture as a small grey PNG."""
    import cv2

    grey = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    share = min(1.0, _CROP_HEIGHT / height, _CROP_WIDTH / width)
    if share < 1:
        grey = cv2.resize(grey, (max(1, round(width * share)), max(1, round(height * share))), interpolation=3)
    step = 255 // (_SHADES - 1)
    grey = ((grey.astype("uint16") + step // 2) // step * step).clip(0, 255).astype("uint8")
    made, data = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, _PACKED])
    return bytes(data) if made else b""
