"""``python -m extractor export``: a run's notices as a workbook, tables or a database."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.line_output import say
from extractor.commands.run_argument import RunArgument, is_address, written_run
from extractor.commands.shared_options import Language
from extractor.logs import LOGGER
from extractor.messages import said


def export(
    folder: RunArgument,
    *,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="The file to write; .xlsx, .csv, .parquet, .sqlite or .duckdb.")
    ],
    report: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Report that a workbook's rows lead into. [default: report.html beside FILE, else in DIR]",
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of names in .xlsx and .csv; the others hold keys.")] = (
        Language.ZH
    ),
) -> None:
    """Write a run's notices as tables; of a service's folder all notices as people corrected them.

    The tables are notices, issues, measures, documents, quantities, dates, accountability, totals, sums, checks and
    places. A database holds them all; .csv and .parquet give a file for each, FILE-notices.csv and so on. A workbook
    begins with a ledger, one row a measure, and its rows lead into the report. Existing files are replaced, all or
    none.
    """
    from extractor.exports.exporter import export as export_all
    from extractor.exports.exporter import report_beside

    leads = report_beside(None if is_address(folder) else Path(folder), to) if report is None else report
    counting = _counting() if sys.stderr.isatty() else nullcontext(lambda: None)
    with written_run(folder, lang.value) as run, counting as watch, _few_collections():
        done = export_all(run.notices(), to, lang.value, watch, leads)
    for remark in done.remarks:
        LOGGER.warning("%s: %s", to, remark)
    files = str(done.files[0]) if len(done.files) == 1 else f"{done.files[0]} … {done.files[-1].name}"
    say(f"wrote {files}: " + ", ".join(f"{count:,} {name}" for name, count in done.rows.items()))


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for unreachable cycles seldom: records have none, and looking takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(500_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _counting() -> Iterator[Callable[[], None]]:
    """Show the number of notices written so far; their total is known only at the end."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(said("writing notices: {task.completed:,.0f}")), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("", total=None)
        yield lambda: bar.advance(row)
