"""Parquet files, one for each table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from pyarrow.parquet import ParquetWriter

from extractor.disk.whole import writing
from extractor.exports.arrow import pieces, schema
from extractor.tables.columns import TABLES, Row, Table


def write_parquet(batches: Iterable[tuple[Table, Sequence[Row]]], paths: Mapping[str, Path]) -> None:
    """Write rows, in batches, to the file of their table, which ``paths`` has by name.

    Raises:
        OSError: A file cannot be written.
    """
    with ExitStack() as files:
        writers = {}
        for name, table in TABLES.items():
            files.enter_context(writing(paths[name]))  # the last bytes are written when the file is closed
            writers[name] = files.enter_context(ParquetWriter(paths[name], schema(table), compression="zstd"))
        for table, piece in pieces(batches):
            with writing(paths[table.name]):
                writers[table.name].write_table(piece)
