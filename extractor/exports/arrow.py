"""Rows as Arrow tables, in pieces that are large enough to write at once and small enough for memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from extractor.tables.columns import TABLES, Kind, Row, Table

_PIECE = 8_000_000  # bytes of a table that are held in memory
_TYPES: dict[Kind, pa.DataType] = {
    "list": pa.list_(pa.string()),
    "terms": pa.list_(pa.string()),
    "integer": pa.int64(),
    "number": pa.float64(),
    "share": pa.float64(),
    "day": pa.date32(),
}


def schema(table: Table) -> pa.Schema:
    """Return a table's columns, with their headings and descriptions as metadata."""
    return pa.schema(
        [
            pa.field(
                each.name,
                _TYPES.get(each.kind, pa.string()),
                metadata={"zh": each.zh, "en": each.en, "about": each.about},
            )
            for each in table.columns
        ],
        metadata={"zh": table.zh, "en": table.en, "about": table.about},
    )


def pieces(batches: Iterable[tuple[Table, Sequence[Row]]]) -> Iterator[tuple[Table, pa.Table]]:
    """Yield the rows as Arrow tables; the rows of each table keep their order."""
    schemas = {name: schema(table) for name, table in TABLES.items()}
    held: dict[str, list[pa.RecordBatch]] = {name: [] for name in TABLES}
    for table, rows in batches:
        waiting = held[table.name]
        waiting.append(pa.RecordBatch.from_pylist(rows, schema=schemas[table.name]))
        if sum(batch.nbytes for batch in waiting) >= _PIECE:
            yield table, pa.Table.from_batches(waiting)
            waiting.clear()
    for name, waiting in held.items():
        if waiting:
            yield TABLES[name], pa.Table.from_batches(waiting)
