"""The parts of this program that can change a record, as a hash; finished work counts while it stays the same."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.readers import Backend, ReaderSettings

_PARSERS = ("lxml", "ahocorasick_rs", "pydantic", "pypdfium2", "python-docx", "rapidocr", "onnxruntime")
OF_RULES = ("files", "text", "notice", "record", "data", "pipeline.py", "omissions.py", "recognition.py", "readers.py")
"""The parts on the way of a notice that rules read."""
OF_MODELS = ("assist", "endpoint", "model_source.py", "trust_tables.py")
"""The parts that a model's reading has besides."""
_WITHOUT = frozenset(
    ("data/prices.toml", "data/tables.toml", "data/messages.toml", "data/sheets.toml", "data/field_trust.toml")
)  # read by what shows records
_TRUST = "data/trust/"  # a model's table counts by its own key, in the reader's settings
_HELD = frozenset((".py", ".toml", ".json"))


def code_fingerprint(backend: Backend, package: Path = Path(__file__).parents[1]) -> str:
    """Return a short hash (12 hex digits) of all in this program that can change a record.

    That is the code and data on the way of a notice, by rules or with a model; Python; the libraries that parse. Pages,
    exports, the service and the commands are no part of it.
    """
    digest = hashlib.sha256(f"python {sys.version_info[0]}.{sys.version_info[1]}".encode())
    for name in _PARSERS:
        digest.update(f"\0{name} {_version(name)}".encode())
    for path in sorted(_parts(package, OF_RULES if backend == "rules" else (*OF_RULES, *OF_MODELS))):
        digest.update(f"\0{path.relative_to(package).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def record_key(settings: ReaderSettings, fingerprint: str, *of_source: str) -> str:
    """Return a hash of all that can change a notice's record.

    ``of_source`` says what is read: the hash of its bytes, and its ending, which decides how they are read.
    """
    parts = (*of_source, fingerprint, *settings)
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def _parts(package: Path, rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        place = package / room
        for path in place.rglob("*") if place.is_dir() else (place,):
            name = path.relative_to(package).as_posix()
            if path.suffix in _HELD and name not in _WITHOUT and not name.startswith(_TRUST):
                yield path


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
