#!/usr/bin/env bash
# Ray and pyarrow: in a column of categories a missing value becomes the last category, as soon as its rows come as NumPy.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    'ray[data]==2.60.0' duckdb==2.0.1 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1
export RAY_AUTH_MODE=disabled RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO=0 RAY_TMPDIR="$work/ray" # others' clusters stay out of it
cat > missing.py <<'END'
import os
import sys
from importlib.metadata import version

import duckdb
import pandas
import polars
import pyarrow
import ray
from pyarrow import parquet

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


PLACES = ["云溪县", None, "青石镇", "云溪县", None, "白塘乡"]
TO_FIRST = ["云溪县", "白塘乡", "青石镇", "云溪县", "白塘乡", "白塘乡"]  # the last category in the order of appearance
TO_SORTED = ["云溪县", "青石镇", "青石镇", "云溪县", "青石镇", "白塘乡"]  # the last one where categories are sorted


def by_pandas(path):
    pandas.DataFrame({"n": range(6), "place": pandas.Categorical(PLACES)}).to_parquet(path)


def by_polars(path):
    polars.DataFrame({"n": range(6), "place": PLACES}, schema_overrides={"place": polars.Categorical}).write_parquet(path)


def by_pyarrow(path):
    parquet.write_table(pyarrow.table({"n": range(6), "place": pyarrow.array(PLACES).dictionary_encode()}), path)


def as_text(path):
    parquet.write_table(pyarrow.table({"n": range(6), "place": PLACES}), path)


def listed(values):
    return [None if value is None or value != value else value for value in values]


def places_of(dataset):
    return [row["place"] for row in sorted(dataset.take_all(), key=lambda row: row["n"])]


def counted(files):
    rows = duckdb.sql(f"select place, count(*) from read_parquet('{files}') group by place").fetchall()
    return dict(sorted(rows, key=lambda row: row[0] or ""))


print(", ".join(f"{name} {version(name)}" for name in ("pyarrow", "pandas", "polars", "duckdb", "ray")))
print(f"the places are {PLACES}")

print("pyarrow alone, categories:")
array = pyarrow.array(PLACES).dictionary_encode()
column = pyarrow.table({"place": array})["place"]
expect("array.to_numpy", listed(array.to_numpy(zero_copy_only=False)), PLACES)
expect("column of a table, to_pylist", column.to_pylist(), PLACES)
expect("column of a table, to_pandas", listed(column.to_pandas()), PLACES)
expect("column of a table, to_numpy", listed(column.to_numpy()), TO_FIRST)

ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
ray.data.DataContext.get_current().enable_progress_bars = False
for name, write, told in (
    ("pandas, Categorical", by_pandas, TO_SORTED),
    ("polars, Categorical", by_polars, TO_FIRST),
    ("pyarrow, dictionary", by_pyarrow, TO_FIRST),
    ("pyarrow, text", as_text, PLACES),
):
    print(f"Parquet by {name}, read by Ray:")
    path = os.path.abspath("places.parquet")
    write(path)
    read = ray.data.read_parquet(path)
    expect("take_all", places_of(read), PLACES)
    expect("take_batch", listed(read.take_batch()["place"]), told)
    expect("map_batches that changes nothing", places_of(read.map_batches(lambda batch: batch)), told)
    for kind in ("pandas", "pyarrow"):
        expect(f'the same, batch_format="{kind}"', places_of(read.map_batches(lambda batch: batch, batch_format=kind)), PLACES)

print("Parquet by pandas, written again by Ray after a map_batches that changes nothing, counted by DuckDB:")
by_pandas("before.parquet")
expect("before", counted("before.parquet"), {None: 2, "云溪县": 2, "白塘乡": 1, "青石镇": 1})
ray.data.read_parquet(os.path.abspath("before.parquet")).map_batches(lambda batch: batch).write_parquet(os.path.abspath("after"))
expect("after", counted("after/*.parquet"), {"云溪县": 2, "白塘乡": 1, "青石镇": 3})
ray.shutdown()
print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
venv/bin/python missing.py 2> ray.log || { cat ray.log >&2; exit 1; }
