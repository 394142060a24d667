"""Parquet files, one a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from pyarrow.parquet import ParquetWriter

from extractor.exports.arrow import pieces, schema
from extractor.tables.columns import TABLES, Row, Table


def write_parquet(batches: Iterable[tuple[Table, Sequence[Row]]], paths: Mapping[str, Path]) -> None:
    """Write rows, in batches, to the file of their table, which ``paths`` has by name.

    Raises:
        OSError: a file cannot be written.
    """
    with ExitStack() as files:
        writers = {
            name: files.enter_context(ParquetWriter(paths[name], schema(table), compression="zstd"))
            for name, table in TABLES.items()
        }
        for table, piece in pieces(batches):
            writers[table.name].write_table(piece)
