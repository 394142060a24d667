"""The datasets of a job: Parquet files partitioned by batch, whole batches only, and a manifest.

``notices/batch=00000/notices.parquet`` one row a notice: its input, its record as JSON and the columns of the table
``notices`` · ``texts/…`` what the offsets index · one dataset for each further table · ``.batches/00000.json`` the
entry of a batch, written last: a batch without one, or whose files are not those that it names, is done again ·
``.signatures/…`` what notices are compared by ·
``.inputs.parquet`` which input belongs to which batch · ``manifest.json`` what the job did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import fs
from pyarrow import parquet as pq

from extractor.cluster.confined_reading import JobRow
from extractor.cluster.remote_files import StoragePlace, opened, read_if_there, remove, write_whole
from extractor.exports.arrow import schema
from extractor.tables.columns import TABLES

NOTICES, TEXTS, SIGNATURES = "notices", "texts", ".signatures"
_ROW = pa.schema(
    [
        pa.field("input", pa.string(), metadata={"about": "The notice's file, or its place in an archive."}),
        pa.field("status", pa.string(), metadata={"about": "done or failed."}),
        pa.field("error", pa.string(), metadata={"about": "Why it could not be read; null where it was."}),
        pa.field("sha256", pa.string(), metadata={"about": "SHA-256 of the input's bytes."}),
        pa.field("key", pa.string(), metadata={"about": "A hash of all that can change the record."}),
        pa.field("left_out", pa.string(), metadata={"about": "What the text lacks of its file, as JSON."}),
        pa.field("failures", pa.string(), metadata={"about": "Why calls to a model failed for good, as JSON."}),
        pa.field("record", pa.large_string(), metadata={"about": "The record as JSON, as in notices.jsonl."}),
    ]
)
_TEXT = pa.schema([("notice_id", pa.string()), ("text", pa.large_string()), ("places", pa.large_binary())])
_SIGNATURE = pa.schema([("notice_id", pa.string()), ("keys", pa.list_(pa.int64())), ("signature", pa.string())])
_OTHERS = tuple(name for name in TABLES if name != NOTICES)


def schemas() -> dict[str, pa.Schema]:
    """Return the columns of each dataset, by its name."""
    own = schema(TABLES[NOTICES])
    notices = pa.schema([own.field(0), *_ROW, *list(own)[1:]], metadata=own.metadata)
    return {NOTICES: notices, TEXTS: _TEXT, SIGNATURES: _SIGNATURE, **{name: schema(TABLES[name]) for name in _OTHERS}}


class BatchEntry(NamedTuple):
    """The account of a finished batch.

    ``keys`` are the inputs' keys in order; ``files`` the size in bytes and the SHA-256 of each file, by its dataset.
    ``kin`` is a hash of the places among others that the notices have; "" where they were not compared yet.
    """

    keys: list[str]
    files: dict[str, tuple[int, str]]
    counts: dict[str, int]
    failed: list[tuple[str, str]]
    kin: str = ""


class JobDataset(NamedTuple):
    """The datasets of a job below one place."""

    place: StoragePlace

    def file(self, name: str, batch: int) -> StoragePlace:
        """Return the file of a dataset that holds a batch."""
        return self.place.inner(name, f"batch={batch:05d}", f"{name.removeprefix('.')}.parquet")

    def entry(self, batch: int) -> BatchEntry | None:
        """Return the entry of a batch that is whole, None where the batch is to be done."""
        raw = read_if_there(self._entry(batch))
        try:
            entry = BatchEntry(**json.loads(raw)) if raw else None
        except (ValueError, TypeError):
            return None
        if entry is None or set(entry.files) != set(schemas()):
            return None
        infos = self.place.system.get_file_info([self.file(name, batch).path for name in entry.files])
        whole = all(info.size == size for info, (size, _) in zip(infos, entry.files.values(), strict=True))
        return entry if whole else None

    @property
    def keeps_entries(self) -> bool:
        """True if there are entries of batches: what was copied elsewhere may have come without them."""
        return bool(self.place.system.get_file_info(self.place.inner(".batches").path).type == fs.FileType.Directory)

    def kept_rows(self, batch: int) -> dict[str, KeptRow]:
        """Return the rows of a batch by their inputs' names; none where the batch is not whole."""
        if self.entry(batch) is None:
            return {}
        tables = {name: self.table(name, batch) for name in schemas()}
        return {row.name: row for row in _split(tables)}

    def table(self, name: str, batch: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows of a batch in a dataset.

        Raises:
            InputError: the file cannot be read.
        """
        return pq.read_table(opened(self.file(name, batch)), columns=columns and list(columns))

    def write(self, batch: int, rows: Sequence[JobRow | KeptRow], kin: str = "") -> BatchEntry:
        """Write a batch and its entry.

        Raises:
            OutputError: the storage cannot be written.
        """
        remove(iter([self._entry(batch)]))
        files = {name: self._write(name, batch, table) for name, table in _joined(rows).items()}
        failed = [(row.name, row.error) for row in rows if row.error]
        entry = BatchEntry([row.key for row in rows], files, _counted(rows), failed, kin)
        self._write_entry(batch, entry)
        return entry

    def write_notices(self, batch: int, entry: BatchEntry, notices: pa.Table, kin: str) -> BatchEntry:
        """Write the rows of a batch in the dataset of notices anew; ``entry`` is the batch's, whose other files stay.

        Raises:
            OutputError: the storage cannot be written.
        """
        remove(iter([self._entry(batch)]))
        written = {**entry.files, NOTICES: self._write(NOTICES, batch, notices)}
        entry = entry._replace(files=written, kin=kin)
        self._write_entry(batch, entry)
        return entry

    def _write(self, name: str, batch: int, table: pa.Table) -> tuple[int, str]:
        """Write a file of a batch; return its size in bytes and its SHA-256."""
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", row_group_size=100_000)
        data = sink.getvalue().to_pybytes()
        write_whole(self.file(name, batch), data)
        return len(data), hashlib.sha256(data).hexdigest()

    def _write_entry(self, batch: int, entry: BatchEntry) -> None:
        write_whole(self._entry(batch), json.dumps(entry._asdict(), ensure_ascii=False).encode())

    def delete(self, batch: int) -> None:
        """Delete the files of a batch and its entry."""
        remove(iter([self._entry(batch), *(self.file(name, batch) for name in schemas())]))

    def _entry(self, batch: int) -> StoragePlace:
        return self.place.inner(".batches", f"{batch:05d}.json")


class KeptRow(NamedTuple):
    """A notice's row as an earlier job wrote it, with its part of each dataset.

    ``is_final`` is false where it is to be read again: it failed, or calls to a model did.
    """

    name: str
    key: str
    error: str
    is_final: bool
    parts: Mapping[str, pa.Table]


def _split(tables: Mapping[str, pa.Table]) -> Iterator[KeptRow]:
    """Yield the rows of a batch, each with its part of every dataset."""
    notices = tables[NOTICES]
    ids = notices.column("notice_id").to_pylist()
    parts = {name: _runs(table) for name, table in tables.items() if name != NOTICES}
    columns = (notices.column(each).to_pylist() for each in ("input", "key", "error", "failures"))
    for index, (name, key, error, failures) in enumerate(zip(*columns, strict=True)):
        own = {other: runs.get(ids[index], tables[other].slice(0, 0)) for other, runs in parts.items()}
        is_final = not error and failures == "[]"
        yield KeptRow(name, key, error or "", is_final, {NOTICES: notices.slice(index, 1), **own})


def _runs(table: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of each notice; those of one stand together."""
    found = pc.run_end_encode(table.column("notice_id").combine_chunks()) if table.num_rows else None
    if found is None:
        return {}
    start, runs = 0, {}
    for notice_id, end in zip(found.values.to_pylist(), found.run_ends.to_pylist(), strict=True):
        runs[notice_id] = table.slice(start, end - start)
        start = end
    return runs


def _joined(rows: Sequence[JobRow | KeptRow]) -> dict[str, pa.Table]:
    """Return the tables of a batch, with the rows of each notice in the order of ``rows``."""
    shapes = schemas()
    pieces: dict[str, list[pa.Table]] = {name: [] for name in shapes}
    waiting: list[JobRow] = []
    for row in rows:
        if isinstance(row, JobRow):
            waiting.append(row)
            continue
        _add(pieces, waiting, shapes)
        for name, part in row.parts.items():
            pieces[name].append(part)
    _add(pieces, waiting, shapes)
    return {
        name: pa.concat_tables(parts).combine_chunks() if parts else shapes[name].empty_table()
        for name, parts in pieces.items()
    }


def _add(pieces: dict[str, list[pa.Table]], waiting: list[JobRow], shapes: Mapping[str, pa.Schema]) -> None:
    """Add the rows that wait as tables, and empty ``waiting``."""
    if not waiting:
        return
    for name, shape in shapes.items():
        if name == NOTICES:
            found: list[Mapping[str, Any]] = [_notice(row) for row in waiting]
        elif name == TEXTS:
            found = [
                {"notice_id": row.notice_id, "text": row.text, "places": row.places or None}
                for row in waiting
                if row.record
            ]
        elif name == SIGNATURES:
            found = [
                {"notice_id": row.notice_id, "keys": row.keys, "signature": row.signature}
                for row in waiting
                if row.record
            ]
        else:
            found = [each for row in waiting if row.tables for each in row.tables[name]]
        pieces[name].append(pa.Table.from_pylist(found, schema=shape))
    waiting.clear()


def _notice(row: JobRow) -> Mapping[str, Any]:
    own = {
        "input": row.name,
        "status": "failed" if row.error else "done",
        "error": row.error or None,
        "sha256": row.sha256 or None,
        "key": row.key,
        "left_out": row.left_out,
        "failures": row.failures,
        "record": row.record or None,
    }
    values = row.tables[NOTICES][0] if row.tables else {}
    return {**values, "notice_id": row.notice_id, **own}


def _counted(rows: Sequence[JobRow | KeptRow]) -> dict[str, int]:
    """Return how many notices, copies, issues, measures, checks and unread digits a batch holds."""
    counts = {
        "notices": 0,
        "issues": 0,
        "measures": 0,
        "checks": 0,
        "digits_unread": 0,
        "unanswered": 0,
        "duplicates": 0,
    }
    for row in rows:
        if row.error:
            continue
        if isinstance(row, KeptRow):
            (values,) = row.parts[NOTICES].drop_columns(["record"]).to_pylist()
            failures = values["failures"]
        else:
            values, failures = (row.tables or {})[NOTICES][0], row.failures
        counts["notices"] += 1
        for name in ("issue", "measure", "check"):
            counts[f"{name}s"] += int(values[f"{name}_count"] or 0)
        counts["digits_unread"] += int(values["digits_unread"] or 0)
        counts["duplicates"] += values["duplicate_of"] is not None
        counts["unanswered"] += len(json.loads(failures))
    return counts
