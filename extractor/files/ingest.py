"""A file as a notice's plain text, read by the reader of its format.

Text and Markdown stay as they are except for line ends and the byte-order mark; from the other formats the notice is
taken line by line. A parsing library is loaded only for a format that needs it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

from extractor.errors import InputError
from extractor.files.page.mhtml import SavedPage, read_saved_page
from extractor.files.parts.left_out import LeftOut, ReadText, condensed
from extractor.files.parts.page_places import OcrMode, PagePlaces
from extractor.files.sources.charset import decode
from extractor.files.sources.file_limits import DEFAULT_LIMITS, Limits
from extractor.files.sources.picture_series import MAGIC, unpacked
from extractor.files.sources.raw import read_bytes
from extractor.files.sources.signatures import is_page, is_picture, is_piece_of_page, is_saved_page
from extractor.files.sources.source import FORMAT_BY_ENDING, REFUSED_ENDINGS, Source

Format = Literal["txt", "md", "html", "mhtml", "docx", "pdf", "picture"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word up to 2003, and any Office file with a password
_DAMAGE_OF_A_PAGE = 0.001  # share of characters: content systems cut some in half, and browsers show such pages


@dataclass(frozen=True)
class IngestedFile:
    """A notice's plain text and where it came from.

    ``name`` is the display path (``a.zip!b/c.html``), ``stem`` the file name without its ending, ``charset`` that of
    the bytes (None for docx, pdf and pictures), ``sha256`` the hex digest of the raw bytes. ``left_out`` lists the
    parts of the file that are not in the text; ``places`` says where on its pages a recognised text is.
    """

    name: str
    stem: str
    text: str
    format: Format
    charset: str | None
    sha256: str
    left_out: tuple[LeftOut, ...] = ()
    places: PagePlaces | None = None

    @property
    def read(self) -> ReadText:
        """The text with what the reader of its format tells of it."""
        return ReadText(self.text, self.left_out, self.places)


def read_text(source: Source, limits: Limits = DEFAULT_LIMITS, ocr: OcrMode = "auto") -> IngestedFile:
    """Read one notice.

    Raises:
        InputError: the source is missing, empty, too large, damaged, encrypted, a scan, or of an unknown format; the
            message names the source and the remedy.
    """
    return ingest(source, read_bytes(source, limits), limits, ocr)


def ingest(source: Source, data: bytes, limits: Limits = DEFAULT_LIMITS, ocr: OcrMode = "auto") -> IngestedFile:
    """Read one notice from its raw bytes; ``source`` names them, ``ocr`` says which pages are recognised.

    Raises:
        SettingsError: ``ocr`` is ``always``, and recognition is not installed.
        InputError: as ``read_text`` does, except for a missing source.
    """
    if not data.strip():
        raise InputError(f"{source.name}: is empty; fetch it again or leave it out")
    kind = _format_of(source, data)
    read, charset = _text_of(data, source.name, kind, limits, ocr)
    text = read.text.lstrip("\ufeff")  # a second byte-order mark, which readers of the stored text would drop
    _check_length(text, source.name, limits.text_characters)
    if not text.strip():
        raise InputError(f"{source.name}: holds no text; a page that loads its text by script must be saved as shown")
    sha256 = hashlib.sha256(data).hexdigest()
    left_out = condensed(read.left_out)
    return IngestedFile(source.name, source.stem, text, kind, charset, sha256, left_out, read.places)


class _Text(NamedTuple):
    read: ReadText
    charset: str | None


def _text_of(data: bytes, name: str, kind: Format, limits: Limits, ocr: OcrMode) -> _Text:
    if kind == "docx":
        from extractor.files.word.docx_file import read_docx

        read = read_docx(data, name, limits)
        return _Text(read._replace(text=_with_unix_line_ends(read.text)), None)
    if kind == "pdf":
        from extractor.files.pdf.pdf_text import read_pdf
        from extractor.files.scan.recognised_pages import recognition

        return _Text(read_pdf(data, name, limits, recognition(ocr)), None)
    if kind == "picture":
        from extractor.files.scan.pictures import read_pictures
        from extractor.files.scan.recognised_pages import recognition

        pictures = unpacked(data, name) if data.startswith(MAGIC) else [data]
        return _Text(read_pictures(pictures, name, limits, recognition(ocr)), None)
    if kind == "html":
        return _text_of_page(SavedPage(data, None, {}, []), name, limits)
    if kind == "mhtml":
        return _text_of_page(read_saved_page(data, name), name, limits)
    decoded = decode(data, name)
    return _Text(ReadText(_with_unix_line_ends(decoded.text)), decoded.charset)


def _text_of_page(saved: SavedPage, name: str, limits: Limits) -> _Text:
    from extractor.files.page.article import article_of
    from extractor.files.page.html_text import declared_charset, read_page

    declared = saved.charset or declared_charset(saved.page)
    decoded = decode(saved.page, name, declared, damage=_DAMAGE_OF_A_PAGE)
    _check_length(decoded.text, name, 10 * limits.text_characters)
    _check_tags(decoded.text, name, limits.page_tags)
    article = article_of(read_page(_with_unix_line_ends(decoded.text), name, saved.frames, saved.styles), name)
    text = "".join(f"{line}\n" for line in article.lines)
    return _Text(ReadText(text, (*saved.left_out, *article.left_out)), decoded.charset)


def _format_of(source: Source, data: bytes) -> Format:
    """Return the format by the content's signature, else by the file's ending, else by the look of the text.

    Raises:
        InputError: the format is not read, or the content is not what the ending says.
    """
    name, ending = source.name, source.ending
    if data.startswith(_OLE) or data.startswith(b"{\\rtf"):
        raise InputError(
            f"{name}: is an old Word document (.doc, .wps, .rtf), or one with a password; open it and save it as docx"
        )
    if data.startswith(b"PK\x03\x04"):
        return _format_of_package(data, name)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if is_picture(data) or data.startswith(MAGIC):
        return "picture"
    if is_saved_page(data):
        return "mhtml"
    expected = FORMAT_BY_ENDING.get(ending)
    if expected in ("docx", "pdf", "mhtml", "picture"):
        raise InputError(f"{name}: is named {ending} but holds something else, or is damaged; fetch it again")
    if is_page(data) or (expected in ("txt", None) and is_piece_of_page(data)):
        return "html"  # with any ending: pages are saved as .txt, and as .doc for Word
    if expected in ("html", "txt", "md"):
        return expected  # type: ignore[return-value]
    if ending in REFUSED_ENDINGS:
        raise InputError(f"{name}: is named {ending}, which is not read; open it and save it as docx")
    return "txt"


def _format_of_package(data: bytes, name: str) -> Format:
    """Distinguish a docx from other zip archives; the first entries show a truncated one.

    Raises:
        InputError: it is another archive.
    """
    if b"word/" in data or b"[Content_Types].xml" in data[:200]:
        return "docx"
    raise InputError(f"{name}: is a zip archive by its content; give it the ending .zip, or save it as docx")


def _check_length(text: str, name: str, most: int) -> None:
    if len(text) > most:
        raise InputError(f"{name}: has {len(text):,} characters, {most:,} are read; cut it to the notice")


def _check_tags(page: str, name: str, most: int) -> None:
    tags = page.count("<")
    if tags > most:
        raise InputError(f"{name}: has {tags:,} tags, {most:,} are read; save its text as txt")


def _with_unix_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
