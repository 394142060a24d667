"""The notices' plain texts as stored beside labels and output."""

from __future__ import annotations

from pathlib import Path

from extractor.errors import InputError


def read_text(path: Path) -> str:
    """Read a notice's stored text: UTF-8, byte-order mark removed, line ends LF, nothing else changed."""
    try:
        raw = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such text file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as UTF-8 text ({error})") from error
    return raw.replace("\r\n", "\n").replace("\r", "\n")
