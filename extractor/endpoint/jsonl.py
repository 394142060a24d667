"""Files of one JSON value a line: written whole or not at all, read with their line numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from extractor.disk.whole import written_whole
from extractor.errors import InputError, OutputError, SettingsError

_LARGEST_COUNT = 10**12
_LONGEST_LINE = 64 * 2**20  # bytes; a longer one is read as far as that, and the rest of it left out


class LineProblem(NamedTuple):
    """What is wrong with a line of a file; ``where`` names the file and the line, neither part quotes the line."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


def json_line(value: object) -> bytes:
    """Return ``value`` as a line that people can read: text as it is, fields in their order.

    Raises:
        ValueError: it holds what JSON has no word for (NaN).
        TypeError: it holds something other than JSON values.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text.encode(errors="backslashreplace") + b"\n"  # half a surrogate pair becomes JSON's own \udcff


def parsed(line: bytes | str) -> object:
    """Return the value of a line.

    Raises:
        ValueError: it is no JSON, nests too deep, or has a number of too many digits.
    """
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError from error


def mapping(value: object) -> Mapping[str, Any]:
    """Return ``value`` where it is an object, else an empty one: others' JSON holds what it likes."""
    return value if isinstance(value, Mapping) else {}


def count_of(counts: Mapping[str, Any], name: str) -> int:
    """Return the count called ``name``, 0 where there is none."""
    count = counts.get(name)
    return count if isinstance(count, int) and 0 <= count <= _LARGEST_COUNT else 0


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, counted from 1.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file), start=1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        yield line
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(_LONGEST_LINE)):
            pass


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file under its final name all or not at all; the folder is made where it is missing.

    Raises:
        OutputError: it cannot be written.
    """
    with ExitStack() as stack:
        try:
            (made,) = stack.enter_context(written_whole([path], advice="choose another place"))
        except SettingsError as error:  # what ``pieces`` raises is another matter
            raise OutputError(str(error)) from error
        with made.open("wb") as file:
            file.writelines(pieces)
