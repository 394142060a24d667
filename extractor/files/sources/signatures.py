"""The first bytes of HTML pages, alone or saved as one message, by which they are recognised under any file name."""

from __future__ import annotations

import codecs
import re

_PAGE = re.compile(
    rb"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|frameset)\b"
)
_ELEMENT = re.compile(
    rb"(?is)\s*<(?:meta|title|div|p|h[1-6]|table|center|section|article|span|font|style|link|script)\b[^<>]*>"
)
_ELEMENTS = re.compile(rb"(?i)</?(?:p|div|br|span|td|section)\b[^<>]*>")
_MANY = 6  # tags
_LINE = rb"[^\r\n]*(?:\r\n|[\r\n])"
_HEADERS = re.compile(rb"\s*(?:[A-Za-z][A-Za-z0-9-]*:" + _LINE + rb"(?:[ \t]" + _LINE + rb")*)+")
_TYPE = re.compile(rb"(?im)^content-type:\s*(?:multipart/(?:related|mixed|alternative)|text/html)")
_VERSION = re.compile(rb"(?im)^mime-version:")


def is_page(data: bytes) -> bool:
    """Return whether a file begins as an HTML page does."""
    begin = data[:8192]
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        begin = begin.decode("utf-16", "ignore").encode("ascii", "ignore")
    return bool(_PAGE.match(begin.removeprefix(codecs.BOM_UTF8)))


def is_piece_of_page(data: bytes) -> bool:
    """Return whether a text file begins with an HTML element and goes on in elements, as an article's source does."""
    begin = data[:8192].removeprefix(codecs.BOM_UTF8)
    return bool(_ELEMENT.match(begin)) and len(_ELEMENTS.findall(begin)) >= _MANY


def is_saved_page(data: bytes) -> bool:
    """Return whether a file is a page saved as one message (.mhtml, .mht)."""
    headers = _HEADERS.match(data[:16384].removeprefix(codecs.BOM_UTF8))
    return bool(headers and _VERSION.search(headers[0]) and _TYPE.search(headers[0]))
