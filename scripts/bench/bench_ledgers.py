"""How long ledgers take: from a workbook's bytes to a record, and which part of that is reading the workbook.

    python scripts/bench/bench_ledgers.py
    python scripts/bench/bench_ledgers.py --rows 500 5000 --formats xlsx ods --rounds 3

Makes invented ledgers, in the other formats by LibreOffice; takes the best of the rounds, and prints the growth of the
time for each row against the first number of rows. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from ledger_examples import numbered
from workbook_conversion import OFFICE, converted

from extractor.files.ingest import ingest
from extractor.files.sources.source import Source
from extractor.pipeline import extract_file
from extractor.processes.workers import spare_the_collector

FORMATS = ("xlsx", "xls", "ods")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", nargs="+", type=int, default=(500, 5000))
    parser.add_argument("--formats", nargs="+", default=FORMATS if OFFICE else FORMATS[:1], choices=FORMATS)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    print("| format | rows | issues | read, s | read and extract, s | time a row against the first |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    spare_the_collector()  # as a run's workers do
    for form in options.formats:
        measured = [_measured(form, rows, options.rounds) for rows in options.rows]
        for took in measured:
            growth = took.whole / took.rows / (measured[0].whole / measured[0].rows)
            print(
                f"| {form} | {took.rows:,} | {took.issues:,} | {took.reading:.2f} | {took.whole:.2f} | {growth:.2f} |"
            )


class Measured(NamedTuple):
    """A ledger's rows, the issues found, and the seconds of reading the workbook and of the whole way."""

    rows: int
    issues: int
    reading: float
    whole: float


def _measured(form: str, rows: int, rounds: int) -> Measured:
    source, data = Source(f"ledger.{form}"), _made(rows, form)
    extract = partial(extract_file, source, data, notice_id="ledger")
    reading = min(_seconds(partial(ingest, source, data)) for _ in range(rounds))
    whole = min(_seconds(extract) for _ in range(rounds))
    return Measured(rows, len(extract().notice.issues), reading, whole)


def _made(rows: int, form: str) -> bytes:
    data = numbered(rows)
    if form == "xlsx":
        return data
    with tempfile.TemporaryDirectory() as folder:
        return converted(data, form, Path(folder))


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
