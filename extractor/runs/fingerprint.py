"""What an extraction depends on besides the notice: this package's code and tables, and the libraries that parse."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PARSERS = ("lxml", "ahocorasick_rs", "pydantic", "pypdfium2", "python-docx")
_HELD = frozenset((".py", ".toml"))


def code_fingerprint(package: Path = Path(__file__).parents[1]) -> str:
    """Return a short hash (12 hex digits) that changes when code, data files, Python or a parsing library change."""
    digest = hashlib.sha256(f"python {sys.version_info[0]}.{sys.version_info[1]}".encode())
    for name in _PARSERS:
        digest.update(f"\0{name} {_version(name)}".encode())
    for path in sorted(path for path in package.rglob("*") if path.suffix in _HELD):
        digest.update(f"\0{path.relative_to(package).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
