"""A run: every notice that the given paths stand for, done or named as failed, in one folder.

The folder's results are the notices of all its runs, or, where one replaces them, of the last. Work finished for other
inputs stays in its ``.work/`` and ``texts/`` and is taken up when they are given again; nothing is ever deleted.
"""

from __future__ import annotations

import asyncio
import hashlib
import stat
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.collection.kinship import kinships
from extractor.errors import ExtractorError, InputError, OutputError, SettingsError, unforeseen
from extractor.files.discover import discover
from extractor.files.notice_ids import notice_ids
from extractor.files.parts.left_out import ReadText
from extractor.files.parts.page_places import OcrMode
from extractor.files.scan.page_progress import PageProgress
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.raw import read_bytes
from extractor.files.sources.source import Source
from extractor.processes.confinement import Allowance, LostError, confined
from extractor.processes.workers import await_in_order, map_in_order, processors
from extractor.readers import NOTICES_AT_ONCE, Reader, Reads, RulesReader
from extractor.runs.fingerprint import code_fingerprint, record_key
from extractor.runs.last_results import Origin, last_results, signatures, with_free_ids
from extractor.runs.run_folder import RunFolder, opened
from extractor.runs.run_report import Ending, Outcome, Report, Status, as_json, how_to_go_on

if TYPE_CHECKING:
    from extractor.pipeline import ReadNotice

_ALLOWANCE = Allowance()
_NOTICES_WORTH_A_WORKER = 10  # starting one costs about as much as reading that many notices
_MOST_WORKERS = 61  # that Windows can wait for


class _Task(NamedTuple):
    """A notice to do. ``given`` holds what can be read once only, and by this process only: standard input, pipes."""

    notice_id: str
    source: Source
    given: bytes | InputError | None


Paged = Callable[[str, PageProgress], None]
"""Receives the name of an input and a page of it that is being recognised."""


class _ProcessPlan(NamedTuple):
    """The limits of the processes in which documents are parsed, and who hears of their pages."""

    allowance: Allowance
    paged: Paged


class _Job(NamedTuple):
    """The settings that all tasks of a run share."""

    folder: RunFolder
    reader: Reader
    fingerprint: str
    force: bool


def run(  # noqa: PLR0913
    paths: Sequence[str],
    out: Path,
    reader: Reader | None = None,
    *,
    jobs: int | None = None,
    force: bool = False,
    replace: bool = False,
    allowance: Allowance = _ALLOWANCE,
    begun: Callable[[int], None] = lambda _: None,
    watch: Callable[[Outcome], None] = lambda _: None,
    paged: Paged = lambda _name, _page: None,
) -> Report:
    """Extract the notices that ``paths`` stand for (see ``discover``) into the folder ``out``.

    ``reader`` is the rules' by default. Notices that an earlier run finished there are left as they are while input,
    settings and this program are the same; ``force`` reads all. Those of earlier runs that are not among the inputs
    stay in the results unless ``replace``; where no input could be read the results are left as they are. ``begun``
    receives the number of inputs, ``watch`` each outcome as it comes, in the inputs' order, ``paged`` an input's name
    and each of its pages whose recognition begins (from any thread). Documents are parsed in ``jobs`` processes; one
    that takes more than ``allowance`` there is a failed input. A keyboard interrupt ends the run early; finished work
    is written, and the report's ``ending`` is ``interrupted``.

    Raises:
        SettingsError: ``out`` cannot be used as output folder.
        OutputError: ``out`` cannot be written any more, as on a full disk; what is finished is kept.
    """
    started, outcomes = datetime.now(UTC), list[Outcome]()
    reader = reader or RulesReader()
    fingerprint = code_fingerprint(reader.settings.backend)
    found = discover(paths)
    lang = reader.settings.lang
    problems = [Outcome(name, "failed", error=_sentence(name, error, lang)) for name, error in found.problems]
    with opened(out) as folder:
        sources = _without_own_texts(found.sources, folder)
        own_texts = len(found.sources) - len(sources)
        if own_texts == len(found.sources) > 0:
            raise SettingsError(f"{out}: is both input and output; choose another folder with --out")
        once = _ReadOnce()
        last = last_results(folder) if not replace else _last_or_none(folder)
        ids = notice_ids(sources, once.content_hash)
        ids = ids if replace else with_free_ids(ids, sources, last, once.content_hash)
        jobs = 1 if reader.waits else _workers(jobs, len(sources))
        begun(len(sources) + len(problems))
        job = _Job(folder, reader, fingerprint, force)
        tasks = _tasks(sources, ids, once)
        ending: Ending = "complete"
        failure: OutputError | None = None
        try:
            with closing(_results(job, tasks, jobs, _ProcessPlan(allowance, paged))) as results:
                for outcome in results:
                    outcomes.append(outcome)
                    watch(outcome)
        except KeyboardInterrupt:
            ending = "interrupted"
        except OutputError as error:
            ending, failure = "stopped", error
        for problem in problems:
            watch(problem)
        # An interrupt leaves out what it found under way, which need not be the last inputs.
        ended = {outcome.notice_id: outcome for outcome in outcomes}
        pending = (Outcome(source.name, "pending", each) for source, each in zip(sources, ids, strict=True))
        outcomes = [ended.get(outcome.notice_id, outcome) for outcome in pending] + problems
        asked, finished = reader.reported(), datetime.now(UTC)
        report = Report(
            folder,
            reader.settings,
            fingerprint,
            jobs,
            ending,
            started,
            finished,
            outcomes,
            own_texts,
            found.passed_over,
            asked,
            last=last,
            replaces=replace,
        )
        if failure is None:
            _write(report)
        else:
            with suppress(OutputError):
                _write(report)
            raise OutputError(f"{failure}; {how_to_go_on(report)}") from failure
    return report


def _results(job: _Job, tasks: Iterator[_Task], jobs: int, process: _ProcessPlan) -> Generator[Outcome, None, None]:
    if job.reader.waits:
        return await_in_order(partial(_waiting, job, process), tasks, NOTICES_AT_ONCE)

    def told(task: _Task, page: PageProgress) -> None:
        process.paged(task.source.name, page)

    return map_in_order(partial(_do, job), tasks, jobs, _lost, process.allowance, told)


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


class _Doing:
    """A task under way: everything but an unwritable folder becomes its ``outcome``."""

    def __init__(self, job: _Job, task: _Task) -> None:
        self._job = job
        self._task = task
        self._started = time.perf_counter()
        self._sha256: str | None = None
        self._key = ""
        self.outcome = self._ended("pending")

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Make what is raised inside the block the outcome."""
        try:
            yield
        except OutputError:
            raise
        except Exception as error:
            trace = None if isinstance(error, InputError | LostError) else traceback.format_exc()
            sentence = _sentence(self._task.source.name, error, self._job.reader.settings.lang)
            self.outcome = self._ended("failed", error=sentence, trace=trace)

    def begin(self) -> bytes | None:
        """Return the contents of the notice; None where it is finished already."""
        data = _content(self._task)
        self._sha256 = _sha256(data)
        self._key = _key(self._job, self._task.source, self._sha256)
        entry = None if self._job.force else self._job.folder.finished(self._task.notice_id, self._key)
        # Where calls to a model failed they are made again, the others are answered from the cache.
        if entry is None or entry.counts.get("unanswered"):
            return data
        self.outcome = self._ended("unchanged", counts=entry.counts, left_out=entry.left_out)
        return None

    def end(self, read: ReadNotice) -> None:
        """Keep a notice."""
        from extractor.pipeline import store

        kept = store(read, self._job.folder, self._key)
        self.outcome = self._ended(
            "done", counts=kept.counts, left_out=kept.left_out, asked=read.asked, unanswered=read.failures
        )

    def _ended(self, status: Status, **what: Any) -> Outcome:
        seconds = time.perf_counter() - self._started
        source, notice_id = self._task.source, self._task.notice_id
        return Outcome(source.name, status, notice_id, sha256=self._sha256, seconds=seconds, **what)


def _do(job: _Job, task: _Task) -> Outcome:
    """Read one notice from its file, in whichever process."""
    doing = _Doing(job, task)
    with doing.caught():
        data = doing.begin()
        if data is not None:
            file = _File(task.source, data, job.reader.settings.ocr)
            doing.end(job.reader.read(_text_of(file), task.notice_id))
    return doing.outcome


class _File(NamedTuple):
    """A file whose text is to be taken out of it; ``ocr`` says which of its pages are recognised."""

    source: Source
    data: bytes
    ocr: OcrMode


TakesText = Callable[[_File], Future[ReadText]]


async def _do_waiting(job: _Job, reads: Reads, take_text: TakesText, task: _Task) -> Outcome:
    """Read one notice by a reader that waits; ``take_text`` parses documents elsewhere."""
    doing = _Doing(job, task)
    with doing.caught():
        data = doing.begin()
        if data is not None:
            text = await asyncio.wrap_future(take_text(_File(task.source, data, job.reader.settings.ocr)))
            doing.end(await reads(text, task.notice_id))
    return doing.outcome


def _text_of(file: _File) -> ReadText:
    from extractor.files.ingest import ingest

    return ingest(file.source, file.data, ocr=file.ocr).read


@asynccontextmanager
async def _waiting(job: _Job, process: _ProcessPlan) -> AsyncIterator[Callable[[_Task], Awaitable[Outcome]]]:
    """Give what reads a notice while the reader is open."""

    def told(file: _File, page: PageProgress) -> None:
        process.paged(file.source.name, page)

    with confined(_text_of, 1, process.allowance, told) as take_text:
        async with job.reader.opened() as reads:
            yield partial(_do_waiting, job, reads, take_text)


def _content(task: _Task) -> bytes:
    if isinstance(task.given, InputError):
        raise task.given
    return read_bytes(task.source, DEFAULT_LIMITS) if task.given is None else task.given


def _lost(task: _Task, why: str) -> Outcome:
    return Outcome(task.source.name, "failed", task.notice_id, error=lost_sentence(task.source.name, why))


def lost_sentence(name: str, why: str) -> str:
    """Return the sentence about an input whose process was lost; ``why`` is the rest of one about it."""
    return f"{name}: {why}; convert it to txt, cut it, or give it more with --seconds or --memory"


def _sentence(name: str, error: Exception, lang: str) -> str:
    if isinstance(error, InputError):
        return error.in_words(lang)
    if isinstance(error, ExtractorError):
        return str(error)
    if isinstance(error, LostError | MemoryError):
        return lost_sentence(name, str(error) or "needs more memory than a document may take")
    return f"{unforeseen(name, error)}, with --log-level debug"


def _key(job: _Job, source: Source, sha256: str) -> str:
    """Return a hash of all that can change a notice's record. The ending counts: it decides how bytes are read."""
    return record_key(job.reader.settings, job.fingerprint, sha256, source.ending)


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
    """Write ``notices.jsonl`` and ``run.json``; what the notices are to each other goes into both.

    A run that has read nothing leaves both as they are where they hold notices.
    """
    ids = [outcome.notice_id for outcome in report.notices if outcome.notice_id is not None]
    if report.is_left_alone:
        return
    staying = [origin.notice_id for origin in report.staying]
    report.kin = kinships(chain(map(report.folder.signature, ids), signatures(report.folder, staying)))
    report.folder.compose(ids, report.kin, report.settings.lang, frozenset(staying))
    report.folder.write_report(as_json(report))


def _last_or_none(folder: RunFolder) -> list[Origin]:
    """Return the last results, none where they cannot be read: they are to be replaced."""
    try:
        return last_results(folder)
    except SettingsError:
        return []


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
