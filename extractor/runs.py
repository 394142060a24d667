"""A run: every notice that the given paths stand for, done or named as failed, in one folder.

The folder describes the inputs of its last run. Work finished for other inputs stays in its ``.work/`` and ``texts/``
and is taken up when they are given again; nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
import platform
import stat
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

from extractor import __version__
from extractor.errors import ExtractorError, InputError, OutputError, SettingsError
from extractor.files.discover import discover
from extractor.files.limits import DEFAULT_LIMITS
from extractor.files.naming import notice_ids
from extractor.files.raw import read_bytes
from extractor.files.source import Source
from extractor.files.store import Counts, RunFolder, opened
from extractor.fingerprint import code_fingerprint
from extractor.workers import map_in_order, processors

Status = Literal["done", "unchanged", "failed", "pending"]
Ending = Literal["complete", "interrupted", "stopped"]

_NOTICES_WORTH_A_WORKER = 10  # starting one costs about as much as reading that many notices
_MOST_WORKERS = 61  # that Windows can wait for


@dataclass(frozen=True)
class Settings:
    """What of a run's settings can change a notice's record."""

    backend: Literal["rules"] = "rules"
    lang: Literal["zh", "en"] = "zh"


@dataclass(frozen=True)
class Outcome:
    """What became of one input: ``unchanged`` was done by an earlier run, ``pending`` was not reached by this one.

    ``error`` is a sentence, ``trace`` a Python traceback where the fault is ours; ``seconds`` are of one processor.
    """

    name: str
    status: Status
    notice_id: str | None = None
    sha256: str | None = None
    counts: Counts | None = None
    error: str | None = None
    trace: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """What a run did. ``outcomes`` are in the order of the inputs; those that stand for no notice come last."""

    folder: RunFolder
    settings: Settings
    fingerprint: str
    jobs: int
    ending: Ending
    started: datetime
    finished: datetime
    outcomes: list[Outcome]
    passed_over: int
    """Texts of this very folder that the paths stood for too."""

    @property
    def notices(self) -> list[Outcome]:
        """The outcomes that stand in ``notices.jsonl``."""
        return [outcome for outcome in self.outcomes if outcome.status in ("done", "unchanged")]

    def count(self, status: Status) -> int:
        """Return how many inputs ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)

    def total(self, name: str) -> int:
        """Return the sum of ``issues``, ``measures`` or ``checks`` over the notices."""
        return sum(int((outcome.counts or {}).get(name) or 0) for outcome in self.notices)

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.finished - self.started).total_seconds()


class _Task(NamedTuple):
    """A notice to do. ``given`` holds what can be read once only, and by this process only: standard input, pipes."""

    notice_id: str
    source: Source
    given: bytes | InputError | None


class _Job(NamedTuple):
    """What all tasks of a run share."""

    folder: RunFolder
    settings: Settings
    fingerprint: str
    force: bool


def run(  # noqa: PLR0913
    paths: Sequence[str],
    out: Path,
    settings: Settings | None = None,
    *,
    jobs: int | None = None,
    force: bool = False,
    begun: Callable[[int], None] = lambda _: None,
    watch: Callable[[Outcome], None] = lambda _: None,
) -> Report:
    """Extract the notices that ``paths`` stand for (see ``discover``) into the folder ``out``.

    What an earlier run finished there is left as it is while input, settings and this program are the same; ``force``
    does all. ``begun`` is told the number of inputs, ``watch`` each outcome as it comes, in the inputs' order.
    With several ``jobs`` processes are spawned, so a script that calls this needs ``if __name__ == "__main__":``.
    A keyboard interrupt ends the run early, with what is done written and the report's ``ending`` saying so.

    Raises:
        SettingsError: ``out`` cannot be used as output folder.
        OutputError: ``out`` cannot be written any more, as on a full disk; what is finished is kept.
    """
    started, outcomes = datetime.now(UTC), list[Outcome]()
    settings, fingerprint = settings or Settings(), code_fingerprint()
    found = discover(paths)
    problems = [Outcome(name, "failed", error=_sentence(name, error)) for name, error in found.problems]
    with opened(out) as folder:
        sources = _without_own_texts(found.sources, folder)
        passed_over = len(found.sources) - len(sources)
        if passed_over == len(found.sources) > 0:
            raise SettingsError(f"{out}: is both input and output; choose another folder with --out")
        once = _ReadOnce()
        ids = notice_ids(sources, once.content_hash)
        jobs = _workers(jobs, len(sources))
        begun(len(sources) + len(problems))
        work = partial(_do, _Job(folder, settings, fingerprint, force))
        ending: Ending = "complete"
        failure: OutputError | None = None
        try:
            with closing(map_in_order(work, _tasks(sources, ids, once), jobs, _crashed)) as results:
                for outcome in results:
                    outcomes.append(outcome)
                    watch(outcome)
        except KeyboardInterrupt:
            ending = "interrupted"
        except OutputError as error:
            ending, failure = "stopped", error
        for problem in problems:
            watch(problem)
        rest = range(len(outcomes), len(sources))
        outcomes += [Outcome(sources[i].name, "pending", ids[i]) for i in rest] + problems
        report = Report(folder, settings, fingerprint, jobs, ending, started, datetime.now(UTC), outcomes, passed_over)
        if failure is None:
            _write(report)
        else:
            with suppress(OutputError):
                _write(report)
            raise OutputError(f"{failure}; {_how_to_go_on(report)}") from failure
    return report


def how_it_went(report: Report) -> str:
    """Return a run's summary as one sentence."""
    parts = [f"{report.count('done')} done"]
    parts += [f"{count} {status}" for status in ("unchanged", "failed", "pending") if (count := report.count(status))]
    found = ", ".join(f"{report.total(name)} {name}" for name in ("issues", "measures", "checks"))
    where = f"{len(report.notices)} in {report.folder.notices}"
    sentence = f"{', '.join(parts)}; {where}: {found}; {report.seconds:.1f} s"
    return f"interrupted: {sentence}; {_how_to_go_on(report)}" if report.ending == "interrupted" else sentence


def _how_to_go_on(report: Report) -> str:
    return f"{len(report.notices)} of {len(report.outcomes)} are finished and kept, the same command goes on from there"


class _ReadOnce:
    """Contents that had to be read before their turn, of sources that cannot be read again."""

    def __init__(self) -> None:
        self._held: dict[Source, bytes | InputError] = {}

    def content_hash(self, source: Source) -> str:
        """Return the hex SHA-256 of a source's bytes; of its complaint where it cannot be read, which then fails."""
        content = self.take(source)
        if content is None:
            content = _read(source)
        else:
            self._held[source] = content
        return _sha256(content if isinstance(content, bytes) else str(content).encode(errors="surrogatepass"))

    def take(self, source: Source) -> bytes | InputError | None:
        """Return the contents of a source that can be read once only, None for all others."""
        if source in self._held:
            return self._held.pop(source)
        return None if _is_readable_again(source) else _read(source)


def _tasks(sources: Sequence[Source], ids: Sequence[str], once: _ReadOnce) -> Iterator[_Task]:
    for source, notice_id in zip(sources, ids, strict=True):
        yield _Task(notice_id, source, once.take(source))


def _do(job: _Job, task: _Task) -> Outcome:
    """Do one notice, in whichever process; everything but an unwritable folder becomes an outcome."""
    started = time.perf_counter()
    outcome = partial(Outcome, task.source.name, notice_id=task.notice_id)
    sha256 = None
    try:
        data = _content(task)
        sha256 = _sha256(data)
        key = _key(job, task.source, sha256)
        if not job.force and (entry := job.folder.finished(task.notice_id, key)):
            return outcome("unchanged", sha256=sha256, counts=entry.counts, seconds=_since(started))
        from extractor.pipeline import extract_file, store

        extracted = extract_file(task.source, data, notice_id=task.notice_id, lang=job.settings.lang)
        counts = store(extracted, job.folder, key)
        return outcome("done", sha256=sha256, counts=counts, seconds=_since(started))
    except OutputError:
        raise
    except Exception as error:
        return outcome(
            "failed",
            sha256=sha256,
            error=_sentence(task.source.name, error),
            trace=None if isinstance(error, InputError) else traceback.format_exc(),
            seconds=_since(started),
        )


def _content(task: _Task) -> bytes:
    if isinstance(task.given, InputError):
        raise task.given
    return read_bytes(task.source, DEFAULT_LIMITS) if task.given is None else task.given


def _crashed(task: _Task) -> Outcome:
    sentence = "brought its worker process down, by a crash or for want of memory; convert it to txt, or leave it out"
    return Outcome(task.source.name, "failed", task.notice_id, error=f"{task.source.name}: {sentence}")


def _sentence(name: str, error: Exception) -> str:
    """Return what to tell of an error. Of those nobody foresaw the kind only: their words may quote the notice."""
    if isinstance(error, ExtractorError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"{name}: needs more memory than there is; leave it out, or use fewer --jobs"
    return f"{name}: the extractor failed on it ({type(error).__name__}); please report this, with --log-level debug"


def _key(job: _Job, source: Source, sha256: str) -> str:
    """Return a hash of all that can change a notice's record. The ending counts: it decides how bytes are read."""
    parts = (sha256, source.ending, job.fingerprint, *asdict(job.settings).values())
    return _sha256("\0".join(parts).encode(errors="surrogatepass"))


def _workers(asked: int | None, notices: int) -> int:
    if asked is None:
        return max(1, min(processors(), notices // _NOTICES_WORTH_A_WORKER))
    return max(1, min(asked, notices, _MOST_WORKERS))


def _without_own_texts(sources: Sequence[Source], folder: RunFolder) -> list[Source]:
    """Leave out this folder's own output: ``run . --out out`` walks over what it wrote last time."""
    texts = folder.texts.resolve()
    return [source for source in sources if source.path is None or texts not in Path(source.path).resolve().parents]


def _is_readable_again(source: Source) -> bool:
    if source.path is None:
        return False
    try:
        return stat.S_ISREG(Path(source.path).stat().st_mode)
    except OSError:
        return True  # gone: whoever reads it says so


def _read(source: Source) -> bytes | InputError:
    try:
        return read_bytes(source, DEFAULT_LIMITS)
    except InputError as error:
        return error


def _write(report: Report) -> None:
    report.folder.compose(outcome.notice_id for outcome in report.notices if outcome.notice_id is not None)
    report.folder.write_report(_as_json(report))


def _as_json(report: Report) -> dict[str, Any]:
    from extractor.contract import CONTRACT_VERSION

    statuses = Counter(outcome.status for outcome in report.outcomes)
    return {
        "contract_version": CONTRACT_VERSION,
        "version": __version__,
        "fingerprint": report.fingerprint,
        "python": platform.python_version(),
        "settings": {**asdict(report.settings), "jobs": report.jobs},
        "ending": report.ending,
        "started": report.started.isoformat(timespec="milliseconds"),
        "finished": report.finished.isoformat(timespec="milliseconds"),
        "seconds": round(report.seconds, 3),
        "totals": {
            "inputs": len(report.outcomes),
            **{status: statuses[status] for status in ("done", "unchanged", "failed", "pending")},
            **{name: report.total(name) for name in ("issues", "measures", "checks")},
        },
        "inputs": [_input_as_json(outcome) for outcome in report.outcomes],
    }


def _input_as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "notice_id": outcome.notice_id,
        "sha256": outcome.sha256,
        "outcome": outcome.status,
        "error": outcome.error,
        **(outcome.counts or dict.fromkeys(("issues", "measures", "checks", "coverage"))),
        "seconds": round(outcome.seconds, 3),
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _since(started: float) -> float:
    return time.perf_counter() - started
