#!/usr/bin/env bash
# Parquet: the largest value that a file states is one that it does not hold, and nothing says so.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1
venv/bin/python - <<'END'
import sys
from importlib.metadata import version

import duckdb
import polars
import pyarrow
from pyarrow import parquet

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


FLAGS = "select stats_max_value, max_is_exact from parquet_metadata('file.parquet')"

print(", ".join(f"{name} {version(name)}" for name in ("polars", "pyarrow", "duckdb")))
for value, largest in {
    "整改" * 20: "整改" * 10 + "敵",
    "２" * 40: "２" * 20 + "３",
}.items():
    print(f"{len(value)} characters, written by polars: {value}")
    polars.DataFrame({"t": [value]}).write_parquet("file.parquet")
    stated = parquet.ParquetFile("file.parquet").metadata.row_group(0).column(0).statistics
    expect("largest value, pyarrow", stated.max, largest)
    expect("smallest value, pyarrow", stated.min, value[:21])
    flags = duckdb.sql(FLAGS).fetchall()[0]
    expect("largest value and whether it is exact, DuckDB", flags, (largest, None))
    expect("largest value by a query, DuckDB", duckdb.sql("select max(t) from 'file.parquet'").fetchall()[0][0], value)

print("the same value, written by pyarrow:")
parquet.write_table(pyarrow.table({"t": [value]}), "file.parquet")
flags = duckdb.sql(FLAGS).fetchall()[0]
expect("largest value and whether it is exact, DuckDB", flags, (value, True))

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
