"""A job on Ray: each batch of notices is a task, on this machine or on a cluster."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from extractor.cluster.batches import Batch, BatchEnd, RowPlace, batches_of, do, keep, places_in
from extractor.cluster.dataset import JobDataset
from extractor.cluster.dataset_kinship import BatchKin, kin_of, kinships_in, place
from extractor.cluster.dataset_views import VIEWS, views_sql
from extractor.cluster.job_inputs import JobInput, contents, listed
from extractor.cluster.job_rows import JobReading, Numbered, prepare
from extractor.cluster.ray_cluster import joined
from extractor.cluster.remote_files import is_storage_address, place_of, read_if_there, write_whole
from extractor.cluster.storage_hold import held_storage
from extractor.collection.kinship import Kinship
from extractor.disk.held import FolderOwner, held
from extractor.disk.marker import MARKER
from extractor.errors import InputError, OutputError, SettingsError
from extractor.files.notice_ids import notice_ids
from extractor.files.sources.source import Source
from extractor.logs import LOGGER
from extractor.readers import ModelReader, Reader
from extractor.runs.fingerprint import code_fingerprint
from extractor.runs.last_results import Origin, with_free_ids
from extractor.version import __version__

_MOST_NAMED = 1000


@dataclass
class JobReport:
    """The account of a job; counts are of inputs, ``found`` of what its notices hold."""

    out: str
    inputs: int = 0
    done: int = 0
    unchanged: int = 0
    pending: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    ending: str = "complete"
    asked: Mapping[str, Any] | None = None
    seconds: float = 0.0

    def add(self, end: BatchEnd) -> None:
        """Count a batch that ended."""
        self.done += end.done
        self.unchanged += end.unchanged
        self.failed += end.failed
        self.pending -= end.done + end.unchanged + len(end.failed)
        for name, count in end.counts.items():
            self.found[name] = self.found.get(name, 0) + count


def run_on_ray(  # noqa: PLR0913
    paths: Sequence[str],
    out: str,
    reading: JobReading,
    *,
    address: str | None = None,
    jobs: int | None = None,
    force: bool = False,
    replaces: bool = False,
    begun: Callable[[int], None] = lambda _: None,
    watch: Callable[[BatchEnd], None] = lambda _: None,
) -> JobReport:
    """Extract the notices that paths and addresses name into the datasets at ``out``.

    ``address`` is that of the head of a cluster that this machine is part of (``auto``, ``host:6379``); None starts one
    on this machine, with ``jobs`` processors. ``begun`` receives the number of inputs, ``watch`` the end of each batch,
    in no certain order. Batches that an earlier job finished are left as they are while inputs, settings and this
    program are the same, unless ``force``. Notices of earlier jobs that are not among the inputs stay unless this job
    ``replaces`` them; where there are no inputs all stay as they are.

    Raises:
        SettingsError: ``out`` cannot be used, another job writes there, or the cluster cannot be reached.
        OutputError: the datasets cannot be written any more; finished batches are kept.
    """
    started = datetime.now(UTC)
    with _claimed(out) as (dataset, see_that_it_is_ours), joined(address, jobs):
        found = listed(paths)
        report = JobReport(out, len(found.inputs) + len(found.problems))
        lang = reading.reader.settings.lang
        report.failed = [(each.name, each.error.in_words(lang)) for each in found.problems]
        report.passed_over = [(each.name, each.kind) for each in found.passed_over]
        report.pending = len(found.inputs)
        begun(report.inputs)
        batches = _batches(found.inputs, dataset, replaces=replaces)
        if how := reading.reader.expect(report.inputs):
            LOGGER.info("%s", how)
        try:
            with _shared(reading, report) as to_do:
                report.found = _staying(batches, dataset)
                for end in _ends([batch for batch in batches if batch.inputs], to_do, dataset, force=force):
                    see_that_it_is_ours()
                    report.add(end)
                    watch(end)
                _compare([batch.number for batch in batches], to_do, dataset)
            report.found = _held(batches, dataset)
        except KeyboardInterrupt:
            report.ending = "interrupted"
        report.seconds = (datetime.now(UTC) - started).total_seconds()
        write_whole(dataset.place.inner(VIEWS), views_sql().encode())
        write_whole(dataset.place.inner("manifest.json"), _manifest(report, reading, started, len(batches)))
    return report


@contextmanager
def _shared(reading: JobReading, report: JobReport) -> Iterator[JobReading]:
    """Give what batches share; the calls of a reader that asks a model are made by one account, and reported.

    Raises:
        SettingsError: the model cannot be asked.
    """
    if not isinstance(reading.reader, ModelReader):
        yield reading
        return
    import ray

    from extractor.cluster.call_account import shared

    with shared(reading.reader) as (reader, account):
        try:
            yield replace(reading, reader=reader)
        finally:
            with suppress(ray.exceptions.RayError):  # it is lost: so are batches, and that is what is said
                report.asked = ray.get(account.end.remote())


def _batches(inputs: Sequence[JobInput], dataset: JobDataset, *, replaces: bool) -> list[Batch]:
    """Return all batches of a job's dataset, and write down which input belongs to which.

    Raises:
        OutputError: the storage cannot be written.
    """
    before = places_in(dataset)
    if not inputs:
        return batches_of([], before)
    staying = before
    if replaces:
        names = {each.source.name for each in inputs}
        staying = [place for place in before if place.name in names]
    batches = batches_of(_numbered(inputs, staying), staying)
    keep(batches, before, dataset)
    return batches


def _staying(batches: Sequence[Batch], dataset: JobDataset) -> dict[str, int]:
    """Return what the batches hold of which this job was given nothing."""
    found: Counter[str] = Counter()
    for batch in batches:
        entry = None if batch.inputs else dataset.entry(batch.number)
        found.update(entry.counts if entry else {})
    return dict(found)


def _held(batches: Sequence[Batch], dataset: JobDataset) -> dict[str, int]:
    """Return what all batches hold."""
    entries = (dataset.entry(batch.number) for batch in batches)
    return dict(sum((Counter(entry.counts) for entry in entries if entry), Counter[str]()))


def _compare(batches: Sequence[int], reading: JobReading, dataset: JobDataset) -> None:
    """Write into all batches what their notices are to each other.

    Raises:
        OutputError: the storage cannot be written.
    """
    import ray

    target, lang, shared = _Target.of(dataset), reading.reader.settings.lang, ray.put(reading)

    @ray.remote(num_cpus=1, max_retries=5, retry_exceptions=False)  # type: ignore[untyped-decorator]
    def compared(part: bytes, shared: JobReading) -> dict[str, Kinship]:
        prepare(shared)
        return kinships_in(part)

    @ray.remote(num_cpus=1, max_retries=5, retry_exceptions=False)  # type: ignore[untyped-decorator]
    def placed(batch: BatchKin, shared: JobReading) -> None:
        prepare(shared)
        place(batch, target.here(reads_local=False), lang)

    kin = kin_of(batches, dataset, lang, lambda parts: _done(compared.remote(part, shared) for part in parts))
    deque(_done(placed.remote(batch, shared) for batch in kin), maxlen=0)


def _numbered(inputs: Sequence[JobInput], before: Sequence[RowPlace]) -> list[Numbered]:
    """Return the inputs with their ids; those whose names clash are told apart by their contents, as in a run."""
    by_source = {each.source: each for each in inputs}

    def content_hash(source: Source) -> str:
        (data,) = contents([by_source[source]])
        return sha256(data if isinstance(data, bytes) else str(data).encode(errors="surrogatepass")).hexdigest()

    sources = [each.source for each in inputs]
    origins = [Origin(place.notice_id, place.name, "") for place in before]
    ids = with_free_ids(notice_ids(sources, content_hash), sources, origins, content_hash)
    return [Numbered(each, notice_id) for each, notice_id in zip(inputs, ids, strict=True)]


class _Target(NamedTuple):
    """The place of a job's datasets, and the folder of the driver, in which its local paths are meant."""

    out: str
    folder: str

    @classmethod
    def of(cls, dataset: JobDataset) -> _Target:
        """Return the place of datasets, as other machines find it."""
        return cls(dataset.place.path if dataset.place.is_local else dataset.place.name, str(Path.cwd()))

    def here(self, *, reads_local: bool) -> JobDataset:
        """Return the datasets as this machine of the cluster sees them, and work in the driver's folder.

        ``reads_local`` says whether inputs are local paths.

        Raises:
            SettingsError: this machine does not see the driver's folders.
        """
        place = place_of(self.out, OutputError)
        if not (place.is_local or reads_local):
            return JobDataset(place)
        try:
            os.chdir(self.folder)
        except OSError as error:
            raise SettingsError(_not_shared(self.folder)) from error
        if place.is_local and read_if_there(place.inner(MARKER)) is None:
            raise SettingsError(_not_shared(self.out))
        return JobDataset(place)


def _not_shared(folder: str) -> str:
    return (
        f"{folder}: the machine {platform.node()} of the cluster does not see this folder; put inputs and --out where "
        "all machines see them under the same path, or into a storage (s3://…)"
    )


def _ends(batches: Sequence[Batch], reading: JobReading, dataset: JobDataset, *, force: bool) -> Iterator[BatchEnd]:
    """Yield the end of each batch as it comes. A task whose worker dies is done again by Ray."""
    import ray

    target = _Target.of(dataset)

    @ray.remote(num_cpus=1, max_retries=5, retry_exceptions=False)  # type: ignore[untyped-decorator]
    def task(batch: Batch, shared: JobReading) -> BatchEnd:
        prepare(shared)
        reads_local = any(not is_storage_address(each.input.source.path or "") for each in batch.inputs)
        return do(batch, shared, target.here(reads_local=reads_local), force=force)

    shared = ray.put(reading)
    yield from _done(task.remote(batch, shared) for batch in batches)


def _done(tasks: Iterable[Any]) -> Iterator[Any]:
    """Yield the results of tasks as they come; twice as many as the cluster has processors are begun at a time."""
    import ray

    waiting = iter(tasks)
    try:
        ahead = 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        under_way = set(islice(waiting, ahead))
        while under_way:
            (ready,), rest = ray.wait(list(under_way), num_returns=1)
            yield _result(ready)
            under_way = {*rest, *islice(waiting, ahead - len(rest))}
    except ray.exceptions.RayError as error:
        raise OutputError(f"the engine lost a batch ({type(error).__name__}); the same command goes on") from error


def _result(future: Any) -> Any:
    import ray

    try:
        end = ray.get(future)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, OutputError | InputError | SettingsError):
            raise error.cause from error
        name = type(error.cause).__name__
        raise OutputError(f"a batch failed on the engine ({name}); the same command goes on") from error
    return end


@contextmanager
def _claimed(out: str) -> Iterator[tuple[JobDataset, Callable[[], None]]]:
    """Give the datasets at ``out``, which no other job writes until the block ends, and what sees that it is so.

    Raises:
        SettingsError: the place cannot be used, or another job writes there.
        OutputError: the disk is full.
    """
    place = place_of(out, SettingsError)
    if not place.is_local:
        with held_storage(place) as is_ours:
            yield JobDataset(place), is_ours
        return
    busy = SettingsError(f"{out}: another job is writing there; wait for it, or choose another with --out")
    with held(Path(out), FolderOwner("dataset", ".lock", busy)):
        yield JobDataset(place), lambda: None


def _manifest(report: JobReport, reading: JobReading, started: datetime, batches: int) -> bytes:
    from extractor.record.contract import CONTRACT_VERSION

    settings = reading.reader.settings
    return json.dumps(
        {
            "contract_version": CONTRACT_VERSION,
            "version": __version__,
            "fingerprint": reading.fingerprint,
            "settings": {"backend": settings.backend, "lang": settings.lang, "ocr": settings.ocr},
            "ending": report.ending,
            "started": started.isoformat(timespec="milliseconds"),
            "seconds": round(report.seconds, 3),
            "batches": batches,
            **({} if report.asked is None else {"model": dict(report.asked)}),
            "totals": {
                "inputs": report.inputs,
                "done": report.done,
                "unchanged": report.unchanged,
                "failed": len(report.failed),
                "pending": report.pending,
                **report.found,
            },
            "failed": [{"name": name, "error": error} for name, error in report.failed[:_MOST_NAMED]],
            "passed_over": [{"name": name, "kind": kind} for name, kind in report.passed_over[:_MOST_NAMED]],
        },
        ensure_ascii=False,
        indent=2,
    ).encode(errors="backslashreplace")


def reading_of(reader: Reader, allowance: Any) -> JobReading:
    """Return what all batches of a job share."""
    return JobReading(reader, code_fingerprint(reader.settings.backend), allowance)
