"""The characters of a PDF page as they lie on the paper, each with its place, size and colour.

PDFium's own order, blanks and line ends are not used: they follow the order in which a page was drawn. Coordinates
are points of the page turned so that most of its text runs from left to right; ``base`` is the height of a baseline.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

UNMAPPED = "\ufffd"
"""The character in the text for a glyph whose character the file does not name."""

_SLANT = 5.0  # degrees from a quarter turn: text beyond is slanted; scans are less askew
_STRAIGHT = 0.002  # radians: lines less askew keep their height across a page
_RADICALS = range(0x2E80, 0x2FE0)  # used by fonts for whole characters: U+2F00 for 一
_OUTLINED = frozenset({1, 5})  # modes of rendering in which the colour of the stroke is seen
_PAGINATION = frozenset({"Header", "Footer"})
_SYMBOLS = range(0xF000, 0xF100)  # the codes of symbol fonts for Latin characters: bullets, ticks, arrows
_SYMBOL_DIGITS = range(0xF030, 0xF03A)

Role = Literal["", "watermark", "header_footer"]


@dataclass(frozen=True, eq=False)  # shared by all characters drawn so, and compared by identity for speed
class Look:
    """The look of a character.

    ``size`` is in points. ``turn`` counts quarters anticlockwise, None for slanted text; ``askew`` are the radians
    beyond, as in scans, by which the characters are set straight. ``lightness`` is 0 for black and 1 for white or
    transparent. ``role`` is that of a tagged file, or "".
    """

    size: float
    turn: int | None
    askew: float
    lightness: float
    font: str
    is_drawn: bool
    role: Role


class Glyph(NamedTuple):
    """One character, which may be a typed blank; characters drawn at one stroke share their ``run``."""

    text: str
    left: float
    right: float
    base: float
    run: int
    look: Look


class Glyphs(NamedTuple):
    """A page's characters in the order of drawing, and the turn of most of them."""

    glyphs: list[Glyph]
    turn: int


def page_glyphs(textpage: Any) -> Glyphs:
    """Read the characters of an open text page of pypdfium2."""
    from pypdfium2 import raw

    # This runs for every character of every page: names are looked up once, and one box serves all.
    unicode_of, object_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetTextObject, raw.FPDFText_GetLooseCharBox
    is_unmapped, address = raw.FPDFText_HasUnicodeMapError, ctypes.addressof
    box = raw.FS_RECTF()
    into_box, page, run_of = ctypes.byref(box), textpage.raw, _run_reader(textpage)
    glyphs: list[Glyph] = []
    runs: dict[int, _Run] = {}
    for index in range(textpage.count_chars()):
        pointer = object_of(page, index)
        if not pointer:  # PDFium's own blank or line end
            continue
        key = address(pointer.contents)
        run = runs.get(key)
        if run is None:
            run = runs[key] = run_of(index, pointer)
        base, aside, look = run
        # The font of recognised text has no glyphs: its codes are the characters.
        text = meant(unicode_of(page, index), look.is_drawn and is_unmapped(page, index))
        if not text:
            continue
        box_of(page, index, into_box)
        turn = look.turn
        if turn == 1:
            left, right = box.bottom, box.top
        elif turn == 2:
            left, right = -box.right, -box.left
        elif turn == 3:
            left, right = -box.top, -box.bottom
        else:
            left, right = box.left, box.right
        glyphs.append(Glyph(text, left + aside, right + aside, base, key, look))
    turns = Counter(glyph.look.turn for glyph in glyphs)
    turns.pop(None, None)
    return Glyphs(glyphs, max(turns, key=lambda turn: (turns[turn], -(turn or 0)), default=0) or 0)


def meant(code: int, is_unmapped: int) -> str:
    """Return the character for a code: "" for invisible marks, ``UNMAPPED`` if it has none."""
    if is_unmapped or not code:
        return UNMAPPED
    if 0x20 <= code < 0xAD or 0x3000 <= code < 0xD800:
        return chr(code)
    if code in (0x02, 0xFFFE):  # a hyphen at a line's end, which to PDFium splits a word
        return "-"
    if code in (0xAD, 0x200B):
        return ""
    if code in (0x09, 0x0A, 0x0D):
        return " "
    character = chr(code)
    if code in _RADICALS:
        return unicodedata.normalize("NFKC", character)
    if unicodedata.category(character) not in {"Co", "Cn", "Cc"}:
        return character
    return character if code in _SYMBOLS and code not in _SYMBOL_DIGITS else UNMAPPED


_Run = tuple[float, float, Look]  # the height of a text object, the shift of its characters, and its look


def _run_reader(textpage: Any) -> Callable[[int, Any], _Run]:
    """Return a function that reads the height and the look of a text object from its first character's index."""
    from pypdfium2 import raw

    page = textpage.raw
    matrix, colour = raw.FS_MATRIX(), (ctypes.c_uint * 4)()
    into_matrix = ctypes.byref(matrix)
    into_colour = [ctypes.cast(ctypes.byref(colour, 4 * part), ctypes.POINTER(ctypes.c_uint)) for part in range(4)]
    fonts: dict[int, str] = {}
    looks: dict[tuple[object, ...], Look] = {}

    def read(index: int, pointer: Any) -> _Run:
        raw.FPDFText_GetMatrix(page, index, into_matrix)
        mode = raw.FPDFTextObj_GetTextRenderMode(pointer)
        colour_of = raw.FPDFPageObj_GetStrokeColor if mode in _OUTLINED else raw.FPDFPageObj_GetFillColor
        is_coloured = colour_of(pointer, *into_colour)
        font = raw.FPDFTextObj_GetFont(pointer)
        font_key = ctypes.addressof(font.contents) if font else 0
        if font_key not in fonts:
            fonts[font_key] = _font_name(font)
        # Content tagged as text has a number; marked content without one may be an artifact.
        is_marked = raw.FPDFPageObj_CountMarks(pointer) and raw.FPDFPageObj_GetMarkedContentID(pointer) < 0
        role = _role(pointer) if is_marked else ""
        size = raw.FPDFText_GetFontSize(page, index)
        key = (
            matrix.a,
            matrix.b,
            matrix.c,
            matrix.d,
            size,
            mode,
            font_key,
            role,
            bytes(colour) if is_coloured else b"",
        )
        look = looks.get(key)
        if look is None:
            turn, askew = direction(matrix.a, matrix.b)
            look = looks[key] = Look(
                size=size * math.hypot(matrix.c, matrix.d),
                turn=turn,
                askew=askew,
                lightness=_lightness(*colour) if is_coloured else 0.0,
                font=fonts[font_key],
                is_drawn=mode not in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP),
                role=role,
            )
        across, along = _turned(matrix.e, matrix.f, look.turn)
        if look.askew:
            return along * math.cos(look.askew) - across * math.sin(look.askew), along * math.sin(look.askew), look
        return along, 0.0, look

    return read


def set_straight(across: float, along: float, look: Look) -> tuple[float, float]:
    """Return a character's place on the page turned as its look says: its left and its base, in points."""
    x, y = _turned(across, along, look.turn)
    return x + y * math.sin(look.askew), y * math.cos(look.askew) - x * math.sin(look.askew)


def _turned(across: float, along: float, turn: int | None) -> tuple[float, float]:
    if not turn:
        return across, along
    return (along, -across) if turn == 1 else (-across, -along) if turn == 2 else (-along, across)


def direction(across: float, along: float) -> tuple[int | None, float]:
    """Return the quarter turns of a direction of text (None: slanted), and the radians beyond."""
    angle = math.atan2(along, across)
    quarters = round(angle / (math.pi / 2))
    beyond = angle - quarters * math.pi / 2
    if abs(beyond) > math.radians(_SLANT):
        return None, 0.0
    return quarters % 4, beyond if abs(beyond) > _STRAIGHT else 0.0


def _lightness(red: int, green: int, blue: int, alpha: int) -> float:
    luminance = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
    return 1 - (1 - luminance) * alpha / 255


def _font_name(font: Any) -> str:
    """Return a font's name without the tag of its subset (``ABCDEF+SimHei``), "" for none."""
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(128)
    if font:
        raw.FPDFFont_GetBaseFontName(font, name, 128)
    return name.value.decode("latin-1").split("+")[-1]


def _role(pointer: Any) -> Role:
    """Return the role of a text in a tagged PDF, where the page's furniture is marked as artifact."""
    from pypdfium2 import raw

    for number in range(raw.FPDFPageObj_CountMarks(pointer)):
        mark = raw.FPDFPageObj_GetMark(pointer, number)
        subtype = _parameter(mark, b"Subtype")
        if subtype == "Watermark":
            return "watermark"
        if subtype in _PAGINATION and _parameter(mark, b"Type") == "Pagination":
            return "header_footer"
    return ""


def _parameter(mark: Any, key: bytes) -> str:
    from pypdfium2 import raw

    text, length = (ctypes.c_ushort * 32)(), ctypes.c_ulong()
    if not raw.FPDFPageObjMark_GetParamStringValue(mark, key, text, 64, ctypes.byref(length)):
        return ""
    return bytes(text)[: max(0, length.value - 2)].decode("utf-16-le", "replace")
