"""Old office documents as plain text: .doc, .wps, .rtf, .odt, through LibreOffice and our reader of docx."""

from __future__ import annotations

import re

from extractor.files.office.libre_office import as_docx
from extractor.files.office.shown_dates import without_days_of_reading
from extractor.files.parts.left_out import ReadText
from extractor.files.sources.file_limits import Limits

_OLE = b"\xd0\xcf\x11\xe0"
_RTF = b"{\\rtf"
_ZIP = b"PK"
# LibreOffice writes "?" for the Chinese marks of a list's level, and the whole number beside the paragraph.
_LEVEL_TEXT = re.compile(rb"\\leveltext[^;{}]*")
_WITH_STAND_IN = re.compile(rb"\\u-?\d+ ?\\'3f")  # a character's number, and what old programs show for it
_LOST_MARK = b"\\'3f"
_WRITTEN_NUMBER = re.compile(rb"\{\\listtext((?:\\pard|\\plain|\s)*)([^{}]*?)(?:\\tab)?\s*\}")
_LIST = re.compile(rb"\\ls\d+ ?")


def read_old_office(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return an old document's text as LibreOffice understands it; ``name`` is for messages.

    Raises:
        InputError: LibreOffice is not installed or cannot open it, or the result exceeds the limits of a docx.
    """
    from extractor.files.word.docx_file import read_docx

    converted = as_docx(_with_written_numbers(data), name, _ending(data), limits)
    settled = without_days_of_reading(converted)
    read = read_docx(settled.data, name, limits)
    return ReadText(read.text, (*read.left_out, *settled.left_out))


def _ending(data: bytes) -> str:
    """Return the ending by which LibreOffice opens a document as what it is."""
    if data.startswith(_OLE):
        return ".doc"
    if data.startswith(_RTF):
        return ".rtf"
    return ".odt" if data.startswith(_ZIP) else ".fodt"


def _with_written_numbers(data: bytes) -> bytes:
    r"""Return an RTF whose lists have lost their marks with the numbers written beside its paragraphs instead."""
    if not data.startswith(_RTF) or not _has_lost_marks(data):
        return data
    begin = data.find(b"\\pard")  # the lists' own definitions stay
    return data[:begin] + _LIST.sub(b"", _WRITTEN_NUMBER.sub(rb"{\\plain \2}", data[begin:]))


def _has_lost_marks(data: bytes) -> bool:
    return any(_LOST_MARK in _WITH_STAND_IN.sub(b"", level) for level in _LEVEL_TEXT.findall(data))
