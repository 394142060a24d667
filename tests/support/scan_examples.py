"""Notices printed and scanned: pages drawn with a Chinese font, then stamped, tilted, blurred, with noise, specks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SERIF = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
SANS = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""The fonts of Debian's fonts-noto-cjk."""

_SIMPLIFIED = 2  # of the collection's faces
_WIDTH, _HEIGHT = 595, 842  # points
_MARGIN, _LEAD = 72, 1.75  # points; sizes of the font
_NEVER_FIRST = "，。；：、）》”？！%,.;:)"
_RED = (220, 30, 30, 210)


class Wear(NamedTuple):
    """What a scanner and an office do to a page."""

    tilt: float = 0.6  # degrees
    noise: float = 12.0  # of 255
    specks: float = 0.0016  # of the pixels
    blur: float = 0.8  # pixels at 300 dpi
    stamp: bool = True


CLEAN = Wear(0, 0, 0, 0, stamp=False)


def is_drawable() -> bool:
    """Return whether the fonts are there."""
    return SERIF.is_file() and SANS.is_file()


@cache
def _font(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), pixels, index=_SIMPLIFIED)


def printed(text: str, dpi: int, *, size: float = 15, font: Path = SERIF, numbered: bool = True) -> list[Image.Image]:
    """Return the pages of a text whose paragraphs are indented by two characters."""
    lines = [line for paragraph in text.splitlines() if paragraph.strip() for line in _wrapped(paragraph.strip(), size)]
    count = int((_HEIGHT - 2 * _MARGIN) / (size * _LEAD))
    scale = dpi / 72
    face = _font(font, round(size * scale))
    pages: list[Image.Image] = []
    for first in range(0, len(lines), count):
        page = Image.new("RGB", (int(_WIDTH * scale), int(_HEIGHT * scale)), "white")
        draw = ImageDraw.Draw(page)
        for number, line in enumerate(lines[first : first + count]):
            place = (_MARGIN * scale, (_MARGIN + number * size * _LEAD) * scale)
            draw.text(place, line, font=face, fill=(20, 20, 20))
        if numbered:
            foot = (page.width / 2 - 1.5 * face.size, page.height - 0.6 * _MARGIN * scale)
            draw.text(foot, f"— {first // count + 1} —", font=face, fill=(20, 20, 20))
        pages.append(page)
    return pages


def _wrapped(paragraph: str, size: float) -> Iterator[str]:
    room, line, used = int((_WIDTH - 2 * _MARGIN) / size), "\u3000\u3000", 2.0
    for character in paragraph:
        width = 0.56 if character.isascii() else 1.0
        if used + width > room and character not in _NEVER_FIRST:
            yield line
            line, used = "", 0.0
        line, used = line + character, used + width
    yield line


def worn(page: Image.Image, wear: Wear = Wear(), seed: int = 1) -> Image.Image:  # noqa: B008 - a value
    """Return a page as it comes from a scanner."""
    random = numpy.random.default_rng(seed)
    page = _stamped(page) if wear.stamp else page
    if wear.tilt:
        page = page.rotate(wear.tilt, fillcolor="white", resample=Image.Resampling.BICUBIC)
    if wear.blur:
        page = page.filter(ImageFilter.GaussianBlur(page.width / 2480 * wear.blur))
    if not wear.noise and not wear.specks:
        return page
    pixels = numpy.asarray(page).astype(float) + random.normal(0, wear.noise, (page.height, page.width, 1))
    dice = random.random((page.height, page.width))
    pixels[dice < wear.specks / 2] = 0
    pixels[dice > 1 - wear.specks / 2] = 255
    return Image.fromarray(pixels.clip(0, 255).astype("uint8"))


def _stamped(page: Image.Image) -> Image.Image:
    """Return a page with a round red stamp over its lower right."""
    page = page.copy()
    draw = ImageDraw.Draw(page, "RGBA")
    reach, across, along = page.width // 10, int(page.width * 0.7), int(page.height * 0.72)
    circle = (across - reach, along - reach, across + reach, along + reach)
    draw.ellipse(circle, outline=_RED, width=max(3, reach // 12))
    draw.text((across - 0.7 * reach, along - reach / 6), "松林镇委会", font=_font(SERIF, reach // 4), fill=_RED)
    return page


def scanned_pdf(pages: Sequence[Image.Image], dpi: int) -> bytes:
    """Return a PDF whose pages are pictures."""
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi)
    return buffer.getvalue()


def saved(page: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return a page as the content of a picture's file."""
    buffer = io.BytesIO()
    page.save(buffer, kind, **options)
    return buffer.getvalue()
