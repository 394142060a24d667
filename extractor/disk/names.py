"""Rules for file names: a name that passes is safe on every file system and in every terminal."""

from __future__ import annotations

import re
import unicodedata

FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
"""Characters that separate folders, or that Windows allows in no name."""

_CONTROLS = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))  # with direction and zero-width marks, halves of pairs, line ends
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:$|\.))")
_MOST_BYTES = 200  # of UTF-8; file systems allow 255, and endings are appended


def is_control(character: str) -> bool:
    """Return whether a character is invisible and acts on others.

    These are controls, direction marks, line separators and halves of surrogate pairs.
    """
    return unicodedata.category(character) in _CONTROLS


def is_reserved(name: str) -> bool:
    """Return whether ``name``, whatever its ending, is the name of a device on Windows.

    >>> is_reserved("Con.txt"), is_reserved("console")
    (True, False)
    """
    return _RESERVED.match(name) is not None


def flaw(name: str) -> str | None:
    """Return why ``name`` is no file name on some system, as the rest of a sentence, or None.

    >>> flaw("通报"), flaw("../a"), flaw("a\u202eb"), flaw("NUL")
    (None, 'holds a character that no file name may hold', 'holds control characters', 'is reserved on Windows')
    """
    if any(map(is_control, name)):
        return "holds control characters"
    if FORBIDDEN.search(name):
        return "holds a character that no file name may hold"
    if not name or name != name.strip(" ") or name.startswith(".") or name.endswith("."):
        return "is empty, hidden, or ends in a dot or blank"
    if is_reserved(name):
        return "is reserved on Windows"
    return "is too long" if len(name.encode()) > _MOST_BYTES else None


def folded(name: str) -> str:
    """Return a name in the form that file systems compare which ignore case and composition (Windows, macOS)."""
    return unicodedata.normalize("NFC", name.casefold())
