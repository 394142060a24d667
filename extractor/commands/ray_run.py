"""``python -m extractor run --engine ray``: from files anywhere to datasets, on many machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from extractor.commands.line_output import say
from extractor.commands.run_progress import RunProgress, by_the_minute
from extractor.logs import LOGGER, logged_line
from extractor.processes.last_words import last_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.cluster.batches import BatchEnd
    from extractor.cluster.ray_job import JobReport
    from extractor.processes.confinement import Allowance
    from extractor.readers import Reader

_INTERRUPTED = 130
_UNANSWERED = 3
_NAMED = 20


class RayOptions(NamedTuple):
    """The options of a job on Ray.

    They are whether Ray is asked for, the cluster's address, the processors of one started here, whether all is read
    anew, whether this job's notices replace those of earlier ones, a document's limits.
    """

    is_asked: bool
    address: str | None
    jobs: int | None
    force: bool
    replace: bool
    allowance: Allowance


def run_on_engine(paths: Sequence[str], out: str, reader: Reader, options: RayOptions) -> int:
    """Run a job and return the command's exit status, as ``run`` has it.

    Raises:
        SettingsError: the place for the datasets cannot be used, or the cluster cannot be reached.
        OutputError: the datasets cannot be written any more.
        ModuleNotFoundError: the extra ray is not installed.
    """
    if find_spec("ray") is None:
        raise ModuleNotFoundError(name="ray")
    from extractor.cluster.ray_job import reading_of, run_on_ray

    cut_off = (
        f"{out}: the job was cut off, since its process or Ray's on this machine was ended, as for want of memory; "
        "finished batches are kept; the same command goes on from there"
    )
    shown = _progress() if sys.stderr.isatty() else by_the_minute(lambda: "", out)
    with last_words(logged_line(cut_off)), shown as progress:

        def watch(end: BatchEnd) -> None:
            for _ in range(end.done + end.unchanged + len(end.failed)):
                progress.advance()

        report = run_on_ray(
            paths,
            out,
            reading_of(reader, options.allowance),
            address=options.address,
            jobs=options.jobs,
            force=options.force,
            replaces=options.replace,
            begun=progress.begin,
            watch=watch,
        )
    for name, error in report.failed[:_NAMED]:
        LOGGER.error("%s", error, extra={"input": name, "outcome": "failed"})
    if len(report.failed) > _NAMED:
        LOGGER.error("%d more failed; the dataset notices names them (status = 'failed')", len(report.failed) - _NAMED)
    if sys.stderr.isatty():
        say(how_it_went(report), err=True)
    else:
        LOGGER.log(logging.ERROR if report.ending == "interrupted" else logging.INFO, "%s", how_it_went(report))
    if report.ending == "interrupted":
        return _INTERRUPTED
    if not report.done + report.unchanged + len(report.failed):
        LOGGER.error("%s: nothing could be read; the results of the last run stay as they are", out)
        return 1
    if report.failed:
        return 1
    return _UNANSWERED if report.found.get("unanswered") else 0


def how_it_went(report: JobReport) -> str:
    """Return a job's summary as one sentence."""
    counts = {
        "done": report.done,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
        "pending": report.pending,
    }
    from extractor.runs.run_report import what_was_asked

    parts = [f"{count} {name}" for name, count in counts.items() if count or name == "done"]
    found = ", ".join(f"{report.found.get(name, 0)} {name}" for name in ("notices", "issues", "measures", "checks"))
    if copies := report.found.get("duplicates"):
        found += f" ({copies} the same as others, counted once in sums)"
    sentence = f"{', '.join(parts)}; in {report.out}: {found}; {report.seconds:.1f} s"
    if report.asked is not None:
        sentence += f"; {what_was_asked(report.asked)}"
    if report.passed_over:
        sentence += f"; {len(report.passed_over)} passed over (listed in manifest.json)"
    if report.ending == "interrupted":
        return f"interrupted: {sentence}; finished batches are kept, the same command goes on from there"
    return sentence


@contextmanager
def _progress() -> Iterator[RunProgress]:
    """Show a bar."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("reading notices on Ray", total=None)
        yield RunProgress(lambda total: bar.update(row, total=total), lambda: bar.advance(row))
