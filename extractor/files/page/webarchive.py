"""Pages that Safari saved as one property list (.webarchive): the page, its frames and style sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from extractor.errors import InputError
from extractor.files.page.mhtml import SavedPage
from extractor.files.sources.charset import decode

_DEEPEST = 8  # frames within each other
Resource = Mapping[str, Any]


def read_webarchive(data: bytes, name: str) -> SavedPage:
    """Take a web archive apart; ``name`` is for messages.

    Raises:
        InputError: it is damaged, or holds no page.
    """
    import plistlib

    try:
        archive = plistlib.loads(data)
        main = archive["WebMainResource"]
        page, charset = bytes(main["WebResourceData"]), main.get("WebResourceTextEncodingName")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, IndexError) as error:
        raise InputError(
            f"{name}: is a damaged web archive ({type(error).__name__}); open the page and save it again"
        ) from error
    except Exception as error:  # plistlib raises what its XML parser and its own checks raise
        raise InputError(f"{name}: is a damaged web archive; open the page and save it again") from error
    frames: dict[str, str] = {}
    styles: dict[str, str] = {}
    for resource in _resources(archive, 1):
        address, content = str(resource.get("WebResourceURL", "")), resource.get("WebResourceData")
        kind = resource.get("WebResourceMIMEType")
        if not isinstance(content, bytes):
            continue
        if kind == "text/css":
            styles |= dict.fromkeys(_addresses(address), content.decode("utf-8", "replace"))
        elif kind in ("text/html", "application/xhtml+xml") and content != page:
            try:
                source = decode(content, name, resource.get("WebResourceTextEncodingName"), damage=0.01).text
            except InputError:  # a frame in no Chinese charset is no article
                continue
            frames |= dict.fromkeys(_addresses(address), source)
    return SavedPage(page, charset if isinstance(charset, str) else None, frames, [], styles)


def _resources(archive: Resource, depth: int) -> Iterator[Resource]:
    """Yield the resources of an archive and of the frames in it."""
    if depth > _DEEPEST:
        return
    held = [*archive.get("WebSubresources", []), *[each.get("WebMainResource", {}) for each in _frames(archive)]]
    yield from (resource for resource in held if isinstance(resource, Mapping))
    for frame in _frames(archive):
        yield from _resources(frame, depth + 1)


def _frames(archive: Resource) -> list[Resource]:
    return [frame for frame in archive.get("WebSubframeArchives", []) if isinstance(frame, Mapping)]


def _addresses(address: str) -> list[str]:
    """Return the names by which a page may refer to a resource."""
    return [name for name in (address, address.rpartition("/")[2]) if name]
