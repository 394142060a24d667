"""Pages that a browser or Word saved as one message (.mhtml, .mht): the page, its frames and style sheets.

The page's part often names no charset, so its bytes are returned, and the page's own declaration decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from extractor.errors import InputError
from extractor.files.parts.left_out import LeftOut, left_out
from extractor.files.sources.charset import decode

if TYPE_CHECKING:
    from email.message import Message

_MARK = b"\xef\xbb\xbf"
_MULTIPART = re.compile(rb"(?im)^content-type:\s*multipart/")
_MOST_HOLDERS = 50  # parts that hold parts: a browser writes one


class SavedPage(NamedTuple):
    """A saved page: its bytes, and the other parts that matter.

    ``charset`` is that of the page's part, or None; ``frames`` and ``styles`` are sources by address (browsers save a
    page's own style sheets apart, too); ``left_out`` accounts for the other parts.
    """

    page: bytes
    charset: str | None
    frames: dict[str, str]
    left_out: list[LeftOut]
    styles: Mapping[str, str] = {}


def read_saved_page(data: bytes, name: str) -> SavedPage:
    """Take a saved page apart; ``name`` is for messages.

    Raises:
        InputError: it holds no page, or its parts are nested too deep.
    """
    parts = _parts(data, name)
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise InputError(f"{name}: is a saved message without a page; open it in a browser and save the page again")
    start = parts[0].get_param("start")
    first = next((part for part in pages if start and part.get("Content-ID") == start), pages[0])
    frames: dict[str, str] = {}
    for part in pages:
        if part is not first:
            with suppress(InputError):  # a frame in no Chinese charset is no article
                source = decode(_bytes(part), name, part.get_content_charset(), damage=0.01).text
                frames |= dict.fromkeys(_addresses(part), source)
    styles: dict[str, str] = {}
    for part in parts:
        if part.get_content_type() == "text/css":
            sheet = _bytes(part).decode("utf-8", "replace")  # the rules that matter are ASCII
            styles |= dict.fromkeys(_addresses(part), sheet)
    told = [
        left_out("embedded", part.get_filename() or part.get("Content-Location") or part.get_content_type())
        for part in parts
        if part.get_content_type() in ("application/pdf", "application/msword", "application/ofd")
    ]
    return SavedPage(_bytes(first), first.get_content_charset(), frames, told, styles)


def _parts(data: bytes, name: str) -> list[Message]:
    """Return the message, and after it all parts in it.

    Raises:
        InputError: they may be nested too deep; the parser's time grows with the depth, too.
    """
    import email.policy

    if len(_MULTIPART.findall(data)) > _MOST_HOLDERS:
        raise InputError(f"{name}: its parts are nested too deep; open it in a browser and save the page again")
    message = email.message_from_bytes(data.removeprefix(_MARK).lstrip(), policy=email.policy.compat32)
    return list(message.walk())


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _addresses(part: Message) -> list[str]:
    """Return the names by which a page may refer to a part: its address, and ``cid:`` with its id."""
    identifier = str(part.get("Content-ID") or "").strip("<>")
    location = str(part.get("Content-Location") or "")
    named = (location, location.rpartition("/")[2], f"cid:{identifier}" if identifier else "")
    return [address for address in named if address]
