"""The hash that ties a record to the text its offsets index."""

from __future__ import annotations

from hashlib import sha256


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hex, as ``Notice.text_sha256`` holds it; lone surrogates count too."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
