"""Old office documents as plain text: .doc, .wps, .rtf, .odt, by way of docx and our reader of that.

OpenDocument becomes docx here, without another program, and RTF where the file has all the numbers that it printed; the
others by LibreOffice.
"""

from __future__ import annotations

from extractor.files.office.libre_office import as_docx
from extractor.files.office.odt_document import OdtAsWord, odt_as_docx
from extractor.files.office.rtf_document import RtfAsWord, rtf_as_docx
from extractor.files.office.shown_dates import without_days_of_reading
from extractor.files.parts.left_out import ReadText
from extractor.files.sources.file_limits import Limits

_OLE = b"\xd0\xcf\x11\xe0"
_RTF = b"{\\rtf"
_ZIP = b"PK"


def read_old_office(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return an old document's text; ``name`` is for messages.

    Raises:
        InputError: it is damaged, LibreOffice is needed and not installed or cannot open it, or the result exceeds the
            limits of a docx.
    """
    from extractor.files.word.docx_file import read_docx

    found = None if data.startswith(_OLE) else _as_docx_here(data, name, limits)
    if found is not None and not found.lacks_numbers:
        read = read_docx(found.data, name, limits)
        return ReadText(read.text, (*read.left_out, *found.left_out))
    return read_by_libre_office(data, name, limits)


def read_by_libre_office(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return an old document's text as LibreOffice gives it; ``name`` is for messages.

    Raises:
        InputError: LibreOffice is not installed or cannot open it, or the result exceeds the limits of a docx.
    """
    from extractor.files.word.docx_file import read_docx

    converted = as_docx(data, name, _ending(data), limits)
    settled = without_days_of_reading(converted)
    read = read_docx(settled.data, name, limits)
    return ReadText(read.text, (*read.left_out, *settled.left_out))


def _as_docx_here(data: bytes, name: str, limits: Limits) -> RtfAsWord | OdtAsWord:
    if data.startswith(_RTF):
        return rtf_as_docx(data, name)
    return odt_as_docx(data, name, limits)


def _ending(data: bytes) -> str:
    """Return the ending by which LibreOffice opens a document as what it is."""
    if data.startswith(_OLE):
        return ".doc"
    if data.startswith(_RTF):
        return ".rtf"
    return ".odt" if data.startswith(_ZIP) else ".fodt"
