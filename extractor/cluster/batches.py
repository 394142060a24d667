"""Batches: which inputs are written together, the same in every job on a target, and how one is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
from pyarrow import parquet as pq

from extractor.cluster.confined_reading import JobRow
from extractor.cluster.dataset import BatchEntry, JobDataset, KeptRow
from extractor.cluster.job_rows import JobReading, Numbered, Taken, read_rows, taken
from extractor.cluster.remote_files import read_if_there, write_whole

_FEWEST, _MOST, _BATCHES = 50, 1000, 100
_PLACES = ".inputs.parquet"


class RowPlace(NamedTuple):
    """An input's place in a dataset: its name, its batch and its notice's id."""

    name: str
    batch: int
    notice_id: str


class Batch(NamedTuple):
    """A batch: its number, its rows' places in order, and those of its inputs that this job was given, in order."""

    number: int
    places: tuple[RowPlace, ...]
    inputs: tuple[Numbered, ...]


class BatchEnd(NamedTuple):
    """The end of a batch: how many inputs were read now, were finished before, failed; what its notices hold."""

    number: int
    done: int
    unchanged: int
    failed: list[tuple[str, str]]
    counts: dict[str, int]


def places_in(dataset: JobDataset) -> list[RowPlace]:
    """Return the places that earlier jobs gave their inputs, in order."""
    raw = read_if_there(dataset.place.inner(_PLACES))
    if raw is None:
        return []
    try:
        rows = pq.read_table(pa.BufferReader(raw)).to_pylist()
        return [RowPlace(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return []


def batches_of(inputs: Sequence[Numbered], before: Sequence[RowPlace]) -> list[Batch]:
    """Return all batches of a dataset: the inputs of earlier jobs stay in theirs, new ones follow in their own.

    A batch has 50 to 1,000 inputs, a hundredth of them all: its size follows from the inputs alone, not from machines.
    """
    known = {place.name for place in before}
    size = max(_FEWEST, min(_MOST, len(inputs) // _BATCHES))
    first = max((place.batch for place in before), default=-1) + 1
    new = [each for each in inputs if each.input.source.name not in known]
    places = [*before]
    places += [RowPlace(each.input.source.name, first + i // size, each.notice_id) for i, each in enumerate(new)]
    given = {each.input.source.name: each for each in inputs}
    grouped: dict[int, list[RowPlace]] = {}
    for place in places:
        grouped.setdefault(place.batch, []).append(place)
    return [
        Batch(number, tuple(of), tuple(given[each.name] for each in of if each.name in given))
        for number, of in sorted(grouped.items())
    ]


def keep(batches: Sequence[Batch], before: Sequence[RowPlace], dataset: JobDataset) -> None:
    """Write down the places of all inputs, and delete the batches of ``before`` that have none any more.

    Raises:
        OutputError: the storage cannot be written.
    """
    places = [place for batch in batches for place in batch.places]
    table = pa.table({name: [getattr(place, name) for place in places] for name in RowPlace._fields})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(dataset.place.inner(_PLACES), sink.getvalue().to_pybytes())
    for number in {place.batch for place in before} - {batch.number for batch in batches}:
        dataset.delete(number)


def do(batch: Batch, reading: JobReading, dataset: JobDataset, *, force: bool) -> BatchEnd:
    """Read what is missing of a batch, and write it where anything changed; rows of earlier jobs' inputs stay.

    Raises:
        OutputError: the storage cannot be written.
    """
    entry = dataset.entry(batch.number)
    if entry is None:
        given = [each.input.source.name for each in batch.inputs]
        return _written(batch, dataset, _Reading(given, given, read_rows(reading, taken(reading, batch.inputs)), {}))
    waiting = {each.row.name: each for each in taken(reading, batch.inputs)}
    if not force and _is_finished(entry, batch, waiting):
        return BatchEnd(batch.number, 0, len(waiting), [], entry.counts)
    kept = dataset.kept_rows(batch.number)
    missing = [each for each in waiting.values() if force or not _is_kept(each, kept)]
    again = [each.row.name for each in missing]
    return _written(batch, dataset, _Reading([*waiting], again, read_rows(reading, missing), kept))


class _Reading(NamedTuple):
    """A batch's inputs of this job by name, those that are read now, their rows as they come, and those that stay."""

    given: Sequence[str]
    again: Sequence[str]
    rows: Iterator[JobRow]
    kept: Mapping[str, KeptRow]


def _written(batch: Batch, dataset: JobDataset, reading: _Reading) -> BatchEnd:
    given, again = frozenset(reading.given), frozenset(reading.again)
    rows = (
        next(reading.rows) if place.name in again else reading.kept.get(place.name) or _lost(place)
        for place in batch.places
    )
    entry = dataset.write(batch.number, rows)
    failed = [(name, error) for name, error in entry.failed if name in given]
    done = len(again) - sum(name in again for name, _ in failed)
    return BatchEnd(batch.number, done, len(given) - len(again), failed, entry.counts)


def _is_finished(entry: BatchEntry, batch: Batch, waiting: Mapping[str, Taken]) -> bool:
    """Say whether a batch is as this job would write it; what failed, and calls without an answer, are tried again."""
    if entry.failed or entry.counts["unanswered"] or len(entry.keys) != len(batch.places):
        return False
    keys = zip(batch.places, entry.keys, strict=True)
    return all(place.name not in waiting or waiting[place.name].row.key == key for place, key in keys)


def _is_kept(waiting: Taken, kept: Mapping[str, KeptRow]) -> bool:
    row = kept.get(waiting.row.name)
    return row is not None and row.is_final and row.key == waiting.row.key


def _lost(place: RowPlace) -> JobRow:
    """Return the row of an earlier job's input whose batch was damaged since."""
    why = "the batch that it was read into is damaged, and this run was not given it; give it again"
    return JobRow(place.name, place.notice_id, "", "", error=f"{place.name}: {why}")
