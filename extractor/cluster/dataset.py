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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
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
_TOGETHER = 32  # rows that are made tables at once: while others are read, and before they take much memory
_OTHERS = tuple(name for name in TABLES if name != NOTICES)


@cache
def schemas() -> Mapping[str, pa.Schema]:
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

    def write(self, batch: int, rows: Iterable[JobRow | KeptRow]) -> BatchEntry:
        """Write a batch and its entry, when all rows have come.

        Raises:
            OutputError: the storage cannot be written.
        """
        tables = joined(rows)
        remove(iter([self._entry(batch)]))
        files = {name: self._write(name, batch, table) for name, table in tables.items()}
        inputs, keys, errors = (tables[NOTICES].column(name).to_pylist() for name in ("input", "key", "error"))
        failed = [(name, error) for name, error in zip(inputs, errors, strict=True) if error]
        entry = BatchEntry(keys, files, _counted(tables[NOTICES]), failed)
        self._write_entry(batch, entry)
        return entry

    def write_tables(self, batch: int, entry: BatchEntry, tables: Mapping[str, pa.Table], kin: str) -> None:
        """Write some datasets of a batch anew, that of notices among them; ``entry`` is the batch's, whose others stay.

        Raises:
            OutputError: the storage cannot be written.
        """
        remove(iter([self._entry(batch)]))
        files = {**entry.files, **{name: self._write(name, batch, table) for name, table in tables.items()}}
        self._write_entry(batch, entry._replace(files=files, counts=_counted(tables[NOTICES]), kin=kin))

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
    parts = {name: parts_by_notice(table) for name, table in tables.items() if name != NOTICES}
    columns = (notices.column(each).to_pylist() for each in ("input", "key", "error", "failures"))
    for index, (name, key, error, failures) in enumerate(zip(*columns, strict=True)):
        own = {other: runs.get(ids[index], tables[other].slice(0, 0)) for other, runs in parts.items()}
        is_final = not error and failures == "[]"
        yield KeptRow(name, key, error or "", is_final, {NOTICES: notices.slice(index, 1), **own})


def parts_by_notice(table: pa.Table) -> dict[str, pa.Table]:
    """Return the rows of each notice by its id; those of one stand together."""
    return {notice_id: table.slice(start, end - start) for notice_id, start, end in _runs(table)}


def _runs(table: pa.Table) -> Iterator[tuple[str, int, int]]:
    """Yield the id of each notice that has rows, and where they begin and end."""
    start = 0
    if table.num_rows:
        found = pc.run_end_encode(table.column("notice_id").combine_chunks())
        for notice_id, end in zip(found.values.to_pylist(), found.run_ends.to_pylist(), strict=True):
            yield notice_id, start, end
            start = end


def exchanged(table: pa.Table, ids: Sequence[str], parts: Mapping[str, pa.Table]) -> pa.Table:
    """Return a table with the rows of some notices in place of theirs; ``ids`` are those of all notices, in order."""
    runs = {notice_id: (start, end) for notice_id, start, end in _runs(table)}
    pieces, begin, at = [], 0, 0
    for notice_id in ids:
        start, at = runs.get(notice_id, (at, at))
        if notice_id in parts:
            pieces += [table.slice(begin, start - begin), parts[notice_id]]
            begin = at
    return pa.concat_tables([*pieces, table.slice(begin)]).combine_chunks()


def joined(rows: Iterable[JobRow | KeptRow]) -> dict[str, pa.Table]:
    """Return the tables of a batch, with the rows of each notice in the order of ``rows``, some as they come."""
    shapes = schemas()
    pieces: dict[str, list[pa.Table]] = {name: [] for name in shapes}
    waiting: list[JobRow] = []
    for row in rows:
        if isinstance(row, JobRow):
            waiting.append(row)
            if len(waiting) == _TOGETHER:
                _add(pieces, waiting, shapes)
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


def _counted(notices: pa.Table) -> dict[str, int]:
    """Return how many notices, copies, issues, measures, checks and unread digits a batch holds."""
    whole = notices.filter(pc.is_null(notices.column("error")))

    def total(name: str) -> int:
        return int(pc.sum(whole.column(name)).as_py() or 0)

    return {
        "notices": whole.num_rows,
        "issues": total("issue_count"),
        "measures": total("measure_count"),
        "checks": total("check_count"),
        "digits_unread": total("digits_unread"),
        "unanswered": sum(len(json.loads(failures)) for failures in whole.column("failures").to_pylist()),
        "duplicates": whole.num_rows - whole.column("duplicate_of").null_count,
    }
