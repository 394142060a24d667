"""A file as a notice's plain text, read by the reader of its format.

Text and Markdown stay as they are except for line ends and the byte-order mark; from the other formats the notice is
taken line by line. A parsing library is loaded only for a format that needs it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from extractor.errors import InputError
from extractor.files.page.mhtml import SavedPage, read_saved_page
from extractor.files.parts.left_out import LeftOut, ReadText, condensed
from extractor.files.parts.page_places import OcrMode
from extractor.files.parts.text_places import TextPlaces
from extractor.files.sources.charset import decode
from extractor.files.sources.file_kinds import RefusedKindError, kind_by_ending, kind_of, reader_of
from extractor.files.sources.file_limits import DEFAULT_LIMITS, Limits
from extractor.files.sources.picture_series import MAGIC, unpacked
from extractor.files.sources.raw import read_bytes
from extractor.files.sources.source import Source, is_side_file

if TYPE_CHECKING:
    from extractor.files.workbook.workbook_file import WorkbookFormat

_DAMAGE_OF_A_PAGE = 0.001  # share of characters: content systems cut some in half, and browsers show such pages


@dataclass(frozen=True)
class IngestedFile:
    """A notice's plain text and where it came from.

    ``name`` is the display path (``a.zip!b/c.html``), ``stem`` the file name without its ending, ``format`` the name of
    its reader (a key of ``READERS``), ``charset`` that of the bytes (None where the format has its own), ``sha256`` the
    hex digest of the raw bytes. ``left_out`` lists the parts of the file that are not in the text; ``places`` says
    where on its pages a recognised text is, and in which cells that of a workbook.
    """

    name: str
    stem: str
    text: str
    format: str
    charset: str | None
    sha256: str
    left_out: tuple[LeftOut, ...] = ()
    places: TextPlaces | None = None

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
    reader = _reader_for(source, data)
    read, charset = READERS[reader](_Bytes(data, source.name, source.stem, limits, ocr))
    text = read.text.lstrip("\ufeff")  # a second byte-order mark, which readers of the stored text would drop
    _check_length(text, source.name, limits.text_characters)
    if not text.strip():
        raise InputError(f"{source.name}: holds no text; a page that loads its text by script must be saved as shown")
    sha256 = hashlib.sha256(data).hexdigest()
    left_out = condensed(read.left_out)
    return IngestedFile(source.name, source.stem, text, reader, charset, sha256, left_out, read.places)


class _Bytes(NamedTuple):
    """The bytes that a reader takes the text from; ``name`` is for messages, ``stem`` names a table without a title."""

    data: bytes
    name: str
    stem: str
    limits: Limits
    ocr: OcrMode


class _Text(NamedTuple):
    read: ReadText
    charset: str | None


def _plain(file: _Bytes) -> _Text:
    decoded = decode(file.data, file.name)
    return _Text(ReadText(_with_unix_line_ends(decoded.text)), decoded.charset)


def _page(file: _Bytes) -> _Text:
    return _text_of_page(SavedPage(file.data, None, {}, []), file.name, file.limits)


def _mhtml(file: _Bytes) -> _Text:
    return _text_of_page(read_saved_page(file.data, file.name), file.name, file.limits)


def _webarchive(file: _Bytes) -> _Text:
    from extractor.files.page.webarchive import read_webarchive

    return _text_of_page(read_webarchive(file.data, file.name), file.name, file.limits)


def _docx(file: _Bytes) -> _Text:
    from extractor.files.word.docx_file import read_docx

    read = read_docx(file.data, file.name, file.limits)
    return _Text(read._replace(text=_with_unix_line_ends(read.text)), None)


def _word_xml(file: _Bytes) -> _Text:
    from extractor.files.word.word_xml import as_docx

    return _docx(file._replace(data=as_docx(file.data, file.name, file.limits)))


def _old_office(file: _Bytes) -> _Text:
    from extractor.files.office.old_office import read_old_office

    read = read_old_office(file.data, file.name, file.limits)
    return _Text(read._replace(text=_with_unix_line_ends(read.text)), None)


def _pdf(file: _Bytes) -> _Text:
    from extractor.files.pdf.pdf_text import read_pdf
    from extractor.files.scan.recognised_pages import recognition

    return _Text(read_pdf(file.data, file.name, file.limits, recognition(file.ocr)), None)


def _picture(file: _Bytes) -> _Text:
    from extractor.files.scan.pictures import read_pictures
    from extractor.files.scan.recognised_pages import recognition

    pictures = unpacked(file.data, file.name) if file.data.startswith(MAGIC) else [file.data]
    return _Text(read_pictures(pictures, file.name, file.limits, recognition(file.ocr)), None)


def _ofd(file: _Bytes) -> _Text:
    from extractor.files.ofd.ofd_text import read_ofd

    return _Text(read_ofd(file.data, file.name, file.limits), None)


def _workbook(form: WorkbookFormat, file: _Bytes) -> _Text:
    from extractor.files.workbook.workbook_file import read_workbook

    return _Text(*read_workbook(file.data, file.name, file.stem, form, file.limits))


READERS: Mapping[str, Callable[[_Bytes], _Text]] = {
    "txt": _plain,
    "md": _plain,
    "html": _page,
    "mhtml": _mhtml,
    "webarchive": _webarchive,
    "docx": _docx,
    "word_xml": _word_xml,
    "office": _old_office,
    "pdf": _pdf,
    "ofd": _ofd,
    "picture": _picture,
    "xlsx": partial(_workbook, "xlsx"),
    "xls": partial(_workbook, "xls"),
    "ods": partial(_workbook, "ods"),
    "csv": partial(_workbook, "csv"),
}
"""The readers of files' texts, by the names that ``data/file_kinds.toml`` gives them."""

_NEVER_TEXT = frozenset(("docx", "pdf", "ofd", "mhtml", "webarchive", "picture", "xlsx", "xls", "ods"))
"""Readers of files that are never text: what is, under their ending, is something else."""


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


def _reader_for(source: Source, data: bytes) -> str:
    """Return the name of a file's reader, by its content.

    Raises:
        InputError: the content is of a kind that is not read, or not what the ending says.
    """
    if data.startswith(MAGIC):
        return "picture"
    kind, named = kind_of(data, source.ending), kind_by_ending(source.ending)
    expected = named and reader_of(named)
    if kind == "unknown" and source.path and is_side_file(PurePath(source.path).name):
        raise RefusedKindError(source.name, "side_file")
    if expected and (
        (kind == "text" and expected in _NEVER_TEXT)
        or (kind in ("unknown", "zip") and expected not in ("txt", "md", "html", "csv"))
    ):
        raise InputError(
            f"{source.name}: is named {source.ending} but holds something else, or is damaged; fetch it again"
        )
    if kind == "unknown":
        return "txt"  # whose reader says what is wrong with its bytes
    reader = reader_of(kind)
    if reader is None:
        raise RefusedKindError(source.name, kind)
    return reader


def _check_length(text: str, name: str, most: int) -> None:
    if len(text) > most:
        raise InputError(f"{name}: has {len(text):,} characters, {most:,} are read; cut it to the notice")


def _check_tags(page: str, name: str, most: int) -> None:
    tags = page.count("<")
    if tags > most:
        raise InputError(f"{name}: has {tags:,} tags, {most:,} are read; save its text as txt")


def _with_unix_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
