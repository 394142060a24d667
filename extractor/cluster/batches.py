"""Batches: which inputs are written together, the same in every job on a target, and how one is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa
from pyarrow import parquet as pq

from extractor.cluster.confined_reading import JobRow
from extractor.cluster.dataset import JobDataset
from extractor.cluster.job_rows import JobReading, Numbered, read_rows, taken
from extractor.cluster.remote_files import read_if_there, write_whole

_FEWEST, _MOST, _BATCHES = 50, 1000, 100


class Batch(NamedTuple):
    """A batch: its number and its inputs in order."""

    number: int
    inputs: tuple[Numbered, ...]


class BatchEnd(NamedTuple):
    """The end of a batch: how many inputs were read now, were finished before, failed; what its notices hold."""

    number: int
    done: int
    unchanged: int
    failed: list[tuple[str, str]]
    counts: dict[str, int]


def batches_of(inputs: Sequence[Numbered], dataset: JobDataset) -> list[Batch]:
    """Return the inputs in batches: those of an earlier job stay in theirs, new ones follow in batches of their own.

    A batch has 50 to 1,000 inputs, a hundredth of them all: its size follows from the inputs alone, not from machines.
    """
    before = _kept(dataset)
    size = max(_FEWEST, min(_MOST, len(inputs) // _BATCHES))
    first = max(before.values(), default=-1) + 1
    grouped: dict[int, list[Numbered]] = {}
    new = 0
    for each in inputs:
        number = before.get(each.input.source.name)
        if number is None:
            number = first + new // size
            new += 1
        grouped.setdefault(number, []).append(each)
    return [Batch(number, tuple(grouped[number])) for number in sorted(grouped)]


def keep(batches: Iterable[Batch], dataset: JobDataset) -> None:
    """Write down which input belongs to which batch, and delete the batches of earlier jobs that have none any more.

    Raises:
        OutputError: the storage cannot be written.
    """
    before = set(_kept(dataset).values())
    names = [(each.input.source.name, batch.number) for batch in batches for each in batch.inputs]
    table = pa.table({"input": [name for name, _ in names], "batch": [number for _, number in names]})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(dataset.place.inner(".inputs.parquet"), sink.getvalue().to_pybytes())
    for number in before - {number for _, number in names}:
        dataset.delete(number)


def do(batch: Batch, reading: JobReading, dataset: JobDataset, *, force: bool) -> BatchEnd:
    """Read what is missing of a batch, and write it where anything changed.

    Raises:
        OutputError: the storage cannot be written.
    """
    waiting = list(taken(reading, batch.inputs))
    entry = None if force else dataset.entry(batch.number)
    if entry is not None and entry.keys == [each.row.key for each in waiting] and _is_final(entry.failed, entry.counts):
        return BatchEnd(batch.number, 0, len(waiting), [], entry.counts)
    kept = {} if force else dataset.kept_rows(batch.number)
    finished = {place: row for place, row in kept.items() if row.is_final}
    missing = [each for each in waiting if (each.row.name, each.row.key) not in finished]
    read = iter(read_rows(reading, missing))
    again = {id(each) for each in missing}
    rows = [next(read) if id(each) in again else finished[each.row.name, each.row.key] for each in waiting]
    entry = dataset.write(batch.number, rows)
    done = sum(isinstance(row, JobRow) and not row.error for row in rows)
    return BatchEnd(batch.number, done, len(rows) - len(missing), entry.failed, entry.counts)


def _is_final(failed: Sequence[object], counts: dict[str, int]) -> bool:
    """Say whether nothing of a batch is to be tried again: failed inputs are, and calls that got no answer."""
    return not failed and not counts["unanswered"]


def _kept(dataset: JobDataset) -> dict[str, int]:
    raw = read_if_there(dataset.place.inner(".inputs.parquet"))
    if raw is None:
        return {}
    try:
        table = pq.read_table(pa.BufferReader(raw))
    except (OSError, ValueError):
        return {}
    return dict(zip(table.column("input").to_pylist(), table.column("batch").to_pylist(), strict=True))
