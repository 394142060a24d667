"""The notices' plain texts as stored beside labels and output, and the hash that tells their versions apart."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from extractor.errors import InputError


def text_hash(text: str) -> str:
    """Return the SHA-256 of a notice's plain text in UTF-8, as ``Notice.text_sha256`` holds it."""
    return sha256(text.encode("utf-8")).hexdigest()


def read_text(path: Path) -> str:
    """Read a notice's stored text: UTF-8, byte-order mark removed, line ends ``\\n``, nothing else changed."""
    try:
        raw = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such text file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as UTF-8 text ({error})") from error
    return raw.replace("\r\n", "\n").replace("\r", "\n")
