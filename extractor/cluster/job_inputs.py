"""The inputs of a job: local paths as in a run, storages that Arrow knows, zip archives, and Parquet files of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from pyarrow.parquet import ParquetFile

from extractor.cluster.remote_files import (
    files_below,
    is_storage_address,
    local_copy,
    opened,
    place_of,
    read_whole,
    without_key,
)
from extractor.errors import InputError
from extractor.files.discover import discover
from extractor.files.sources.archive import list_archive
from extractor.files.sources.file_kinds import kind_by_ending, lies_aside
from extractor.files.sources.file_limits import DEFAULT_LIMITS, size_in_mb
from extractor.files.sources.raw import read_bytes
from extractor.files.sources.source import ARCHIVE_ENDING, PassedOver, Source, UnreadInput, is_side_file

PARQUET = ".parquet"
_NAMES = ("path", "name", "file")
_BYTES = ("bytes", "content", "data")


class JobInput(NamedTuple):
    """A notice to read. ``row`` is its number in a Parquet file of bytes, -1 for a file or a member of an archive."""

    source: Source
    row: int = -1


class JobInputs(NamedTuple):
    """The notices of a job in the order of the paths, the inputs that are none, and what was passed over."""

    inputs: list[JobInput]
    problems: list[UnreadInput]
    passed_over: list[PassedOver]


def listed(paths: Sequence[str]) -> JobInputs:
    """Return the notices that paths and addresses name; an input that cannot be used is listed in ``problems``.

    A Parquet file holds one notice a row, in a column ``bytes`` (or ``content``, ``data``) beside ``path`` (``name``,
    ``file``), as Ray Data writes files that it read.
    """
    found = JobInputs([], [], [])
    for path in paths:
        try:
            _add(path, found)
        except InputError as error:
            found.problems.append(UnreadInput(without_key(path), error))
    return found._replace(inputs=list({(each.source, each.row): each for each in found.inputs}.values()))


def contents(inputs: Sequence[JobInput]) -> Iterator[bytes | InputError]:
    """Yield the bytes of each input, or why it cannot be read."""
    for each in inputs:
        try:
            yield _bytes_of(each)
        except InputError as error:
            yield error


def _add(path: str, found: JobInputs) -> None:
    if not is_storage_address(path) and not _holds_parquet(Path(path)):
        local = discover([path])
        found.inputs.extend(JobInput(source) for source in local.sources)
        found.problems.extend(local.problems)
        found.passed_over.extend(local.passed_over)
        return
    for address in files_below(place_of(path)):
        ending = PurePosixPath(address).suffix.lower()
        kind = "side_file" if any(map(is_side_file, address[len(path) :].split("/"))) else kind_by_ending(ending)
        try:
            if ending == PARQUET:
                found.inputs.extend(_rows(address))
            elif ending == ARCHIVE_ENDING:
                _add_archive(address, found)
            elif kind is None or lies_aside(kind):
                found.passed_over.append(PassedOver(address, kind or "unknown"))
            else:
                found.inputs.append(JobInput(Source(address)))
        except InputError as error:
            found.problems.append(UnreadInput(address, error))


def _holds_parquet(path: Path) -> bool:
    return path.suffix.lower() == PARQUET or (path.is_dir() and next(path.glob(f"*{PARQUET}"), None) is not None)


def _add_archive(address: str, found: JobInputs) -> None:
    copy = str(local_copy(address, DEFAULT_LIMITS.archive_unpacked_bytes))
    listing = list_archive(copy, DEFAULT_LIMITS)
    found.inputs.extend(JobInput(Source(address, each.members, each.series)) for each in listing.sources)
    found.problems.extend(UnreadInput(each.name.replace(copy, address), each.error) for each in listing.problems)
    found.passed_over.extend(PassedOver(each.name.replace(copy, address), each.kind) for each in listing.passed_over)


def _rows(address: str) -> Iterator[JobInput]:
    file = _parquet(address)
    names = _column(file, _NAMES, address)
    _column(file, _BYTES, address)
    row = 0
    for batch in file.iter_batches(columns=[names]):
        for name in batch.column(0).to_pylist():
            yield JobInput(Source(address, (str(name),)), row)
            row += 1


def _bytes_of(wanted: JobInput) -> bytes:
    source, most = wanted.source, DEFAULT_LIMITS.file_bytes
    if wanted.row >= 0:
        data = _row(source.path or "", wanted.row)
    elif source.path is None or not is_storage_address(source.path):
        return read_bytes(source, DEFAULT_LIMITS)
    elif source.members:
        copy = local_copy(source.path, DEFAULT_LIMITS.archive_unpacked_bytes)
        return read_bytes(Source(str(copy), source.members, source.series), DEFAULT_LIMITS)
    else:
        data = read_whole(source.path, most)
    if len(data) > most:
        raise InputError(f"{source.name}: holds more than the {size_in_mb(most)} a notice may have")
    return data


@lru_cache(maxsize=4)
def _parquet(address: str) -> ParquetFile:
    try:
        return ParquetFile(opened(place_of(address)))
    except (OSError, ValueError) as error:
        raise InputError(f"{address}: is no readable Parquet file ({str(error).splitlines()[0][:100]})") from error


def _row(address: str, row: int) -> bytes:
    file, first = _parquet(address), 0
    column = _column(file, _BYTES, address)
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        if row < first + count:
            return bytes(_group(address, group, column)[row - first].as_py() or b"")
        first += count
    raise InputError(f"{address}: has no row {row} any more; start the job again")


@lru_cache(maxsize=2)
def _group(address: str, group: int, column: str) -> Any:
    return _parquet(address).read_row_group(group, columns=[column]).column(0)


def _column(file: ParquetFile, names: Sequence[str], address: str) -> str:
    for name in names:
        if name in file.schema_arrow.names:
            return name
    known = ", ".join(file.schema_arrow.names)
    raise InputError(f"{address}: has no column {names[0]} (or {', '.join(names[1:])}), but {known}")
