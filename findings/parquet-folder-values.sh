#!/usr/bin/env bash
# Parquet in folders: the value in a folder's name is another one for each reader, and no value becomes words.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    'ray[data]==2.60.0' duckdb==2.0.1 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1
export RAY_AUTH_MODE=disabled RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO=0 RAY_TMPDIR="$work/ray" # others' clusters stay out of it
cat > folders.py <<'END'
import os
import shutil
import sys
from importlib.metadata import version

import duckdb
import pandas
import polars
import pyarrow
import ray
from pyarrow import dataset

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


def by_ray(folder):
    return ray.data.read_parquet(folder).to_pandas()[["n", "code"]].to_numpy().tolist()


READERS = {
    "pyarrow": lambda folder: [(row["n"], row["code"]) for row in dataset.dataset(folder, partitioning="hive").to_table().to_pylist()],
    "pandas": lambda folder: pandas.read_parquet(folder)[["n", "code"]].to_numpy().tolist(),
    "polars": lambda folder: polars.scan_parquet(folder, hive_partitioning=True).select("n", "code").collect().rows(),
    "duckdb": lambda folder: duckdb.sql(f"select n, code from read_parquet('{folder}/*/*.parquet', hive_partitioning=true)").fetchall(),
    "ray": by_ray,
}


def values(reader, folder):
    try:
        return [value for _, value in sorted((tuple(row) for row in reader(folder)), key=lambda row: row[0])]
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"


print(", ".join(f"{name} {version(name)}" for name in ("pyarrow", "pandas", "polars", "duckdb", "ray")))
ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
ray.data.DataContext.get_current().enable_progress_bars = False
LOST = "__HIVE_DEFAULT_PARTITION__"
for codes, told in (
    (["007", "012"], {"pyarrow": [7, 12], "pandas": [7, 12], "polars": [7, 12], "duckdb": ["007", "012"], "ray": ["007", "012"]}),
    (["2024-03-01"], {"pyarrow": ["2024-03-01"], "pandas": ["2024-03-01"], "polars": ["date 2024-03-01"], "duckdb": ["date 2024-03-01"], "ray": ["2024-03-01"]}),
    (
        ["007", None],
        {
            "pyarrow": [7, None],
            "pandas": "ArrowInvalid: Cannot yet unify dictionaries with nulls",
            "polars": [7, None],
            "duckdb": ["007", None],
            "ray": ["007", LOST],
        },
    ),
):
    print(f"{codes}, one folder each (code=…), written by pyarrow as text:")
    shutil.rmtree("written", ignore_errors=True)
    layout = dataset.partitioning(pyarrow.schema([("code", pyarrow.string())]), flavor="hive")
    dataset.write_dataset(pyarrow.table({"n": range(len(codes)), "code": codes}), "written", format="parquet", partitioning=layout)
    for name, reader in READERS.items():
        seen = values(reader, os.path.abspath("written"))
        if isinstance(seen, list):
            seen = [f"date {each}" if type(each).__name__ == "date" else each for each in seen]
        expect(name, seen, told[name])

print("['云溪县', None], written by Ray and read by Ray:")
rows = ray.data.from_arrow(pyarrow.table({"n": [0, 1], "code": ["云溪县", None]}))
rows.write_parquet(os.path.abspath("by-ray"), partition_cols=["code"])
expect("ray", values(by_ray, os.path.abspath("by-ray")), ["云溪县", LOST])
ray.shutdown()
print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
venv/bin/python folders.py 2> ray.log || { cat ray.log >&2; exit 1; }
