"""Pictures of pages (png, jpg, tiff, bmp, webp) as plain text: one picture, or several that are one notice."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.errors import InputError
from extractor.files.parts.left_out import ReadText
from extractor.files.pdf.page_recognition import PageNumber, PageRecognition
from extractor.files.pdf.printed_pages import printed_text
from extractor.files.scan.recognised_pages import check_scanned_pages
from extractor.files.sources.file_limits import Limits

if TYPE_CHECKING:
    from extractor.files.scan.recogniser import Picture

_KINDS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_WIDTH = 595.0  # points that a picture is taken to be wide: an A4 page
_MOST_PIXELS = 4000  # of a page's shorter side
_LONG = 3  # times: a longer picture is no page but a screen's


def read_pictures(files: Sequence[bytes], name: str, limits: Limits, recognition: PageRecognition) -> ReadText:
    """Return the text of pictures that are the pages of one notice, in order; ``name`` is for messages.

    Raises:
        InputError: recognition is not installed or not allowed, or a picture is damaged, too large, or without text.
    """
    if not recognition.engine:
        raise InputError(f"{name}: is a picture; {recognition.remedy}")
    count = sum(_frames(data, name, limits) for data in files)
    check_scanned_pages(count, name, limits)
    pictures = (picture for data in files for picture in _pictures(data, name))
    pages = (
        recognition.recognise(picture, PageNumber(number, count), _WIDTH)
        for number, picture in enumerate(pictures, start=1)
    )
    found = printed_text(pages, recognition.engine)
    if found.is_empty or not found.read.text.strip():
        raise InputError(f"{name}: recognition (OCR) found no text in this picture; check that it can be read")
    return found.read


class _Size(NamedTuple):
    width: int
    height: int


def _frames(data: bytes, name: str, limits: Limits) -> int:
    """Return the number of a picture's pages, by its headers alone.

    Raises:
        InputError: it is damaged, of another kind, or larger than ``limits.picture_pixels``.
    """
    with _opened(data, name) as image:
        count = int(getattr(image, "n_frames", 1)) if image.format in ("TIFF",) else 1
        for number in range(min(count, limits.scanned_pages + 1)):
            _seek(image, number, name)
            size = _Size(*image.size)
            if size.width * size.height > limits.picture_pixels:
                raise InputError(
                    f"{name}: page {number + 1} has {size.width:,} × {size.height:,} pixels, "
                    f"{limits.picture_pixels:,} are read; save it smaller"
                )
    return count


def _pictures(data: bytes, name: str) -> Iterator[Picture]:
    """Yield the pages of a picture as arrays of height, width and three colours, blue first, as a viewer shows them."""
    import numpy
    from PIL import ImageOps

    with _opened(data, name) as image:
        count = int(getattr(image, "n_frames", 1)) if image.format in ("TIFF",) else 1
        for number in range(count):
            _seek(image, number, name)
            try:
                page = ImageOps.exif_transpose(_on_white(_reduced(image)))
            except (OSError, ValueError, SyntaxError, EOFError) as error:
                raise InputError(f"{name}: page {number + 1} of this picture is damaged; fetch it again") from error
            yield numpy.ascontiguousarray(numpy.asarray(page)[..., ::-1])


def _opened(data: bytes, name: str) -> Any:
    """Open a picture, of which only the headers are read yet; a context that closes it.

    Raises:
        InputError: it is damaged or of another kind.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is checked before a pixel is read
            return closing(Image.open(io.BytesIO(data), formats=_KINDS))
    except Image.DecompressionBombError as error:
        raise InputError(f"{name}: has too many pixels to be read; save it smaller") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{name}: is no readable picture, or a truncated one; fetch it again") from error


def _seek(image: Any, number: int, name: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.seek(number)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InputError(f"{name}: page {number + 1} of this picture is damaged; fetch it again") from error


def _reduced(image: Any) -> Any:
    """Return a picture no larger than recognition needs; the long ones of screens keep their width."""
    width, height = image.size
    shorter = min(width, height) if max(width, height) < _LONG * min(width, height) else width
    factor = shorter // _MOST_PIXELS + (shorter % _MOST_PIXELS > 0)
    return image.reduce(factor) if factor > 1 and image.mode not in ("P", "1") else image


def _on_white(image: Any) -> Any:
    """Return a picture in three colours; what is transparent is white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(paper, coloured).convert("RGB")
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGB")
