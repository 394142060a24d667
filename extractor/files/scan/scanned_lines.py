"""The lines of one picture of a page: found, set upright, read, and doubted where the reading is unsure.

Figures are read twice: within their line, and alone with a little of their surroundings, at another scale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, starmap
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from extractor.files.parts.page_places import UnsurePart
from extractor.files.scan.page_pictures import missed_characters, stamps_removed, tiles, turned
from extractor.files.scan.recogniser import LineText, Recogniser

if TYPE_CHECKING:
    from extractor.files.scan.recogniser import Picture

_LEAST_SCORE = 0.6  # of a character
_LEAST_OF_DIGIT = 0.9
_LEAST_OF_PAGE = 0.85  # of a page's longest lines: pages with less may lie upside down
_SAMPLE = 6  # lines
_TALL = 1.5  # height of a box by its width: a line of a page on its side
_GAP = 0.65  # sizes between two characters, beyond their own widths
_GAP_OF_UNIT = 0.8  # sizes beside a digit: room for a unit (个, 万) whose strokes are too thin to be seen in noise
_BLANK_IN_NUMBER = 0.85  # sizes between two digits: one number's are closer
_OF_HEIGHT = 0.7  # of a box is the size of its characters
_HIGHER = 1.7  # times: boxes of lines of one size differ by less
_UNEVEN_SIZE = 0.25  # lines of one size differ by less
_ROOM = 0.2  # heights above and below a figure that is read alone
_CONTEXT = 2  # characters on both sides of a figure that is read alone
_FIGURE = re.compile(r"[0-9０-９][0-9０-９.,，．·:：/%％‰~～—–+×-]*")
_LIKE_DIGITS = re.compile(r"[lIiOoQSsZzBbg|\]\[!](?=[0-9.])|(?<=[0-9.])[lIiOoQSsZzBbg|\]\[!]")
_PAGE_NUMBER = re.compile(r"[-–—―一~·]{1,2}[0-9]{1,4}[-–—―一~·]{1,2}")
_VALUE = re.compile(r"[0-9.%‰/:+-]|(?<=[0-9])[\u4e00-\u9fff]")  # and the first character of the unit: 万, 个
_WIDTHS = str.maketrans("０１２３４５６７８９．％：／－—–～", "0123456789.%:/----")


class ScannedLine(NamedTuple):
    """One piece of a line as it was found on a page that is level and upright.

    Measures are pixels of the upright picture, ``middle`` from its top. ``size`` is the width of a full character, and
    ``box`` the rectangle (left, top, right, bottom) on the upright picture. ``score`` is the mean of the characters'.
    """

    text: str
    left: float
    right: float
    middle: float
    size: float
    box: tuple[float, float, float, float]
    score: float
    unsure: tuple[UnsurePart, ...]
    strip: Picture


class ScannedPicture(NamedTuple):
    """The lines of a picture; ``turn`` counts the quarters anticlockwise by which it was set upright."""

    lines: list[ScannedLine]
    turn: int
    width: int
    height: int
    stamps: int


class _FoundLine(NamedTuple):
    """A line as read: its corners on the upright picture, its text without blanks that are none, its own picture."""

    corners: Picture
    text: LineText
    strip: Picture


def scanned_lines(picture: Picture, reader: Recogniser) -> ScannedPicture:
    """Read a picture; ``picture`` has height, width and three colours (blue first)."""
    clean, stamps = stamps_removed(picture)
    upright, found, turn = _upright(clean, reader)
    found = [line for line in found if line.text.text]
    tilt = _tilt(line.corners for line in found)
    sizes = _sizes(found)
    doubts = _read_twice(found, upright, reader)
    missed = _beside_missed_ink(found, sizes, upright)
    lines = [
        _scanned(line, size, _Level(tilt, upright.shape), (*_unsure(line, size), *twice, *missed.get(number, ())))
        for number, (line, size, twice) in enumerate(zip(found, sizes, doubts, strict=True))
    ]
    return ScannedPicture(lines, turn, upright.shape[1], upright.shape[0], stamps)


def _upright(picture: Picture, reader: Recogniser) -> tuple[Picture, list[_FoundLine], int]:
    """Return the picture set upright, its lines, and the quarters by which it was turned."""
    turn, boxes = 0, _boxes(picture, reader)
    if _lie_on_side(boxes):
        turn, picture = 1, turned(picture, 1)
        boxes = _boxes(picture, reader)
    found = _found(picture, boxes, reader)
    longest = sorted(found, key=lambda line: -_length(line.corners))[:_SAMPLE]
    if longest and _mean([line.text for line in longest]) < _LEAST_OF_PAGE:
        others = reader.lines([turned(line.strip, 2) for line in longest])
        if _mean(others) > _mean([line.text for line in longest]):
            turn, picture = turn + 2, turned(picture, 2)
            found = _found(picture, _boxes(picture, reader), reader)
    return picture, found, turn


def _found(picture: Picture, boxes: Sequence[Picture], reader: Recogniser) -> list[_FoundLine]:
    strips = [strip_of(picture, corners) for corners in boxes]
    texts = (_plain(text, strip.shape[1]) for text, strip in zip(reader.lines(strips), strips, strict=True))
    return list(starmap(_FoundLine, zip(boxes, texts, strips, strict=True)))


def _boxes(picture: Picture, reader: Recogniser) -> list[Picture]:
    import numpy

    found: list[Picture] = []
    for top, tile in tiles(picture):
        found.extend(numpy.add(corners, (0, top)) for corners in reader.boxes(tile))
    return found


def _lie_on_side(boxes: Iterable[Picture]) -> bool:
    tall = wide = 0.0
    for corners in boxes:
        across, along = _sides(corners)
        if along > _TALL * across:
            tall += along
        elif across > _TALL * along:
            wide += across
    return tall > wide


def _sides(corners: Picture) -> tuple[float, float]:
    """Return the width and the height of a box."""
    (x0, y0), (x1, y1), (x2, y2), _ = corners
    return math.hypot(x1 - x0, y1 - y0), math.hypot(x2 - x1, y2 - y1)


def _length(corners: Picture) -> float:
    return max(_sides(corners))


def _mean(texts: Sequence[LineText]) -> float:
    scores = [score for text in texts for score in text.scores]
    return sum(scores) / len(scores) if scores else 0.0


def strip_of(picture: Picture, corners: Picture, *, room: float = 0.0) -> Picture:
    """Return the part of a picture inside four corners, level; ``room`` is added above and below, in heights."""
    import cv2
    import numpy

    across, along = _sides(corners)
    width, height = max(4, round(across)), max(4, round(along * (1 + 2 * room)))
    down = (corners[3] - corners[0]) * room
    source = numpy.array([corners[0] - down, corners[1] - down, corners[2] + down, corners[3] + down], dtype="float32")
    target = numpy.array([(0, 0), (width, 0), (width, height), (0, height)], dtype="float32")
    matrix = cv2.getPerspectiveTransform(source, target)
    return cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)


def _tilt(boxes: Iterable[Picture]) -> float:
    """Return the slope of the lines in radians, by their lengths."""
    ends = ((corners[1] - corners[0], _length(corners)) for corners in boxes)
    slopes = sorted((math.atan2(along, across), length) for (across, along), length in ends)
    half, so_far = sum(length for _, length in slopes) / 2, 0.0
    for slope, length in slopes:
        so_far += length
        if so_far >= half:
            return slope
    return 0.0


class _Level(NamedTuple):
    """The slope of a page's lines, in radians, and the shape of its picture, about whose middle it is set level."""

    tilt: float
    shape: tuple[int, ...]

    def placed(self, x: float, y: float) -> tuple[float, float]:
        middle_x, middle_y = self.shape[1] / 2, self.shape[0] / 2
        cosine, sine = math.cos(-self.tilt), math.sin(-self.tilt)
        across, along = x - middle_x, y - middle_y
        return across * cosine - along * sine + middle_x, across * sine + along * cosine + middle_y


def _scanned(line: _FoundLine, size: float, level: _Level, unsure: tuple[UnsurePart, ...]) -> ScannedLine:
    text, long = line.text, _sides(line.corners)[0]
    x, y = level.placed(*line.corners.mean(axis=0))
    begin = x - long / 2
    box = (*line.corners.min(axis=0).tolist(), *line.corners.max(axis=0).tolist())
    return ScannedLine(
        text=text.text,
        left=begin + text.centres[0] * long - size / 2 * _width(text.text[:1]),
        right=begin + text.centres[-1] * long + size / 2 * _width(text.text[-1:]),
        middle=y,
        size=size,
        box=box,
        score=_mean([text]),
        unsure=unsure,
        strip=line.strip,
    )


def _plain(line: LineText, width: int) -> LineText:
    """Return the line of so many pixels without the blanks that are none on paper: at marks, Chinese, in numbers."""
    pitch = _pitch(line, width) or 0.0
    kept = [
        number
        for number, character in enumerate(line.text)
        if not character.isspace() or _parts_words(line, number, pitch / width)
    ]
    text = "".join(line.text[number] for number in kept)
    if _PAGE_NUMBER.fullmatch(text):  # its dashes are read as all kinds of strokes
        text = re.sub("[^0-9]", "-", text)
    return LineText(
        text,
        tuple(line.scores[number] for number in kept),
        tuple(line.centres[number] for number in kept),
    )


def _parts_words(line: LineText, number: int, pitch: float) -> bool:
    before, after = line.text[number - 1 : number], line.text[number + 1 : number + 2]
    if before.isdigit() and after.isdigit() and pitch:
        return line.centres[number + 1] - line.centres[number - 1] > _BLANK_IN_NUMBER * pitch
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


def _width(character: str) -> float:
    """Return the width of a character in sizes."""
    return 0.55 if character.isascii() else 1.0


def _pitch(line: LineText, width: float) -> float | None:
    """Return the usual distance of full characters, in pixels; None where there are too few."""
    steps = [
        (second - first) * width
        for (one, other), (first, second) in zip(pairwise(line.text), pairwise(line.centres), strict=True)
        if "\u4e00" <= one <= "\u9fff" and "\u4e00" <= other <= "\u9fff"
    ]
    return median(steps) if len(steps) > 2 else None


def _sizes(lines: Sequence[_FoundLine]) -> list[float]:
    """Return the size of each line, in pixels: the page's, unless it is clearly of another."""
    shapes = [_sides(line.corners) for line in lines]
    pitches = [_pitch(line.text, shape[0]) for line, shape in zip(lines, shapes, strict=True)]
    known = [pitch for line, pitch in zip(lines, pitches, strict=True) if pitch for _ in line.text.text]
    if not known:
        return [_OF_HEIGHT * height for _, height in shapes]
    usual = median(known)
    high = median(height for (_, height), pitch in zip(shapes, pitches, strict=True) if pitch)
    # Of a few characters only the height of their box is known, which is roughly that of the line.
    sizes = [
        pitch or (usual if 1 / _HIGHER < height / high < _HIGHER else usual * height / high)
        for (_, height), pitch in zip(shapes, pitches, strict=True)
    ]
    return [usual if abs(size - usual) < _UNEVEN_SIZE * usual else size for size in sizes]


def _unsure(line: _FoundLine, size: float) -> Iterator[UnsurePart]:
    text = line.text
    for number, (character, score) in enumerate(zip(text.text, text.scores, strict=True)):
        least = _LEAST_OF_DIGIT if character.isdigit() else _LEAST_SCORE
        if score < least and (character.isalnum() or _is_in_figure(text.text, number)):
            yield UnsurePart(number, number + 1, "score")
    for match in _LIKE_DIGITS.finditer(text.text):
        yield UnsurePart(match.start(), match.end(), "look")
    yield from _gaps(text, line.strip, size)


def _is_in_figure(text: str, number: int) -> bool:
    """Return whether a mark touches a digit: it may be a point or a sign."""
    return any(character.isdigit() for character in (text[number - 1 : number], text[number + 1 : number + 2]))


def _gaps(line: LineText, strip: Picture, size: float) -> Iterator[UnsurePart]:
    """Yield the places in a line, its ends included, where ink is and no text."""
    width = strip.shape[1]
    ink = _ink(strip)
    edges = [(-1, 0.0)]
    for number, (character, centre) in enumerate(zip(line.text, line.centres, strict=True)):
        reach = size * _width(character) / 2
        edges.append((number, centre * width - reach))
        start, end = edges[-2][1], edges[-1][1]
        beside_digit = any(map(str.isdigit, line.text[max(0, number - 1) : number + 1]))
        is_inked = end - start > _GAP * size and _is_inked(ink[round(max(0, start)) : round(end)], size)
        if is_inked or (beside_digit and number and end - start > _GAP_OF_UNIT * size):
            yield UnsurePart(max(0, number - 1), number + 1, "gap")
        edges[-1] = (number, centre * width + reach)
    if line.text and width - edges[-1][1] > _GAP * size and _is_inked(ink[round(edges[-1][1]) :], size):
        yield UnsurePart(len(line.text) - 1, len(line.text), "gap")


def _ink(strip: Picture) -> Picture:
    """Return the number of dark pixels of each column, away from the upper and lower edge."""
    import cv2

    grey = cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY)
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    margin = strip.shape[0] // 6
    columns: Picture = dark[margin : strip.shape[0] - margin].sum(axis=0)
    return columns


def _is_inked(columns: Picture, size: float) -> bool:
    """Return whether dark pixels fill as much as a character would."""
    inner = columns[round(0.25 * size) : max(0, len(columns) - round(0.25 * size))]
    return bool((inner > 0.12 * size).sum() > 0.25 * size)


def _read_twice(lines: Sequence[_FoundLine], picture: Picture, reader: Recogniser) -> list[list[UnsurePart]]:
    """Read each line's figures again, alone and smaller; return those whose readings differ, for each line."""
    windows = [(number, window) for number, line in enumerate(lines) for window in _windows(line.text.text)]
    strips = [_window_strip(lines[number], window, picture) for number, window in windows]
    found: list[list[UnsurePart]] = [[] for _ in lines]
    for (number, window), again in zip(windows, reader.lines(strips), strict=True):
        text = lines[number].text.text
        inner = text[max(0, window[0] - _CONTEXT) : window[1] + _CONTEXT]
        if _values(inner) != _values(again.text):
            found[number].append(UnsurePart(*window, "twice"))
    return found


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield the figures of a line; those whose surroundings touch are one."""
    start = end = -1
    for match in _FIGURE.finditer(text):
        if start >= 0 and match.start() - end <= 2 * _CONTEXT:
            end = match.end()
            continue
        if start >= 0:
            yield start, end
        start, end = match.span()
    if start >= 0:
        yield start, end


def _window_strip(line: _FoundLine, window: tuple[int, int], picture: Picture) -> Picture:
    """Return the picture of a figure with two characters on both sides, and more room above and below."""
    centres, first, last = line.text.centres, window[0] - _CONTEXT, window[1] + _CONTEXT - 1
    begin = (centres[first - 1] + centres[first]) / 2 if first > 0 else 0.0
    end = (centres[last] + centres[last + 1]) / 2 if last + 1 < len(centres) else 1.0
    upper, lower = line.corners[1] - line.corners[0], line.corners[2] - line.corners[3]
    corners = line.corners.copy()
    corners[0], corners[1] = line.corners[0] + begin * upper, line.corners[0] + end * upper
    corners[3], corners[2] = line.corners[3] + begin * lower, line.corners[3] + end * lower
    return strip_of(picture, corners, room=_ROOM)


def _values(text: str) -> str:
    return "".join(_VALUE.findall(text.translate(_WIDTHS)))


def _beside_missed_ink(
    lines: Sequence[_FoundLine], sizes: Sequence[float], picture: Picture
) -> dict[int, list[UnsurePart]]:
    """Return a doubt for the line that is nearest to each place where characters seem to be, and no line was found."""
    if not lines:
        return {}
    middles = [line.corners.mean(axis=0) for line in lines]
    found: dict[int, list[UnsurePart]] = {}
    for x, y in missed_characters(picture, [line.corners for line in lines], median(sizes)):
        nearest = min(range(len(lines)), key=lambda number: math.hypot(*(middles[number] - (x, y))))
        end = len(lines[nearest].text.text)
        found.setdefault(nearest, [UnsurePart(max(0, end - 1), end, "ink")])
    return found
