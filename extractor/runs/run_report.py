"""The report of a run: the outcome of each input, and all of them as run.json and as a sentence."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from extractor.collection.kinship import Kinship
from extractor.data import read_table
from extractor.files.discover import in_kinds
from extractor.files.sources.source import PassedOver
from extractor.messages import said
from extractor.runs.last_results import Origin, staying
from extractor.runs.run_folder import RunFolder
from extractor.version import __version__

if TYPE_CHECKING:
    from extractor.pipeline import Counts, LeftOutRows
    from extractor.readers import ReaderSettings

Status = Literal["done", "unchanged", "failed", "pending"]
Ending = Literal["complete", "interrupted", "stopped"]

COUNTED = ("issues", "measures", "checks")
_SUMMED = (*COUNTED, "digits_unread", "unanswered")


@dataclass(frozen=True)
class Outcome:
    """The outcome of one input: ``unchanged`` was done by an earlier run, ``pending`` was not reached by this one.

    ``error`` is a sentence, ``trace`` a Python traceback where the fault is ours; ``seconds`` are from its begin to its
    end. ``asked`` says what the model took (see ``Tally.reported``), ``unanswered`` why calls to it failed for good.
    """

    name: str
    status: Status
    notice_id: str | None = None
    sha256: str | None = None
    counts: Counts | None = None
    left_out: LeftOutRows = field(default_factory=list)
    error: str | None = None
    trace: str | None = None
    seconds: float = 0.0
    asked: Mapping[str, Any] | None = None
    unanswered: Sequence[str] = ()


@dataclass
class Report:
    """The account of a run.

    ``outcomes`` are in the order of the inputs; inputs that hold no notice come last. ``asked`` is what the model took
    in all, with its endpoint's settings under ``settings``; None where none was asked.
    """

    folder: RunFolder
    settings: ReaderSettings
    fingerprint: str
    jobs: int
    ending: Ending
    started: datetime
    finished: datetime
    outcomes: list[Outcome]
    own_texts: int
    """Texts of this very folder that the paths stood for too."""
    passed_over: list[PassedOver] = field(default_factory=list)
    """Files of folders and archives that are no notices."""
    asked: Mapping[str, Any] | None = None
    kin: Mapping[str, Kinship] = field(default_factory=dict)
    """The kinship of the notices, by their ids; empty until they are written."""
    last: Sequence[Origin] = ()
    """The notices of the results before this run."""
    replaces: bool = False
    """True if the results are to hold the notices of this run alone."""

    @property
    def is_left_alone(self) -> bool:
        """True if nothing was read, so that the results before stay as they are."""
        return bool(self.last) and not self.notices

    @property
    def others(self) -> list[Origin]:
        """The notices of the results before that this run has not read anew."""
        return staying(self.last, {outcome.notice_id or "": outcome.name for outcome in self.notices})

    @property
    def staying(self) -> list[Origin]:
        """Those of them that stay in the results."""
        return [] if self.replaces else self.others

    @property
    def duplicates(self) -> int:
        """The number of notices that are the same as another one of the run."""
        return sum(kinship.duplicate_of is not None for kinship in self.kin.values())

    @property
    def unsure_duplicates(self) -> int:
        """The number of notices that may be the same as another one, and count all the same."""
        return sum(kinship.may_be is not None for kinship in self.kin.values())

    @property
    def notices(self) -> list[Outcome]:
        """The outcomes that stand in ``notices.jsonl``."""
        return [outcome for outcome in self.outcomes if outcome.status in ("done", "unchanged")]

    def count(self, status: Status) -> int:
        """Return how many inputs ended so."""
        return sum(outcome.status == status for outcome in self.outcomes)

    def total(self, name: str) -> int:
        """Return the sum over the notices of what is counted by a whole number, e.g. ``issues``, ``digits_unread``."""
        told = self.duplicates + self.unsure_duplicates if name == "checks" else 0
        return sum(int((outcome.counts or {}).get(name) or 0) for outcome in self.notices) + told

    def left_out(self) -> dict[str, int]:
        """Return the code points that ingest left out of the notices' texts, by kind."""
        sums: Counter[str] = Counter()
        for outcome in self.notices:
            for entry in outcome.left_out:
                sums[str(entry["kind"])] += int(entry["characters"])
        return dict(sums)

    @property
    def seconds(self) -> float:
        """The duration of the run in seconds."""
        return (self.finished - self.started).total_seconds()


def how_it_went(report: Report) -> str:
    """Return a run's summary as one sentence."""
    parts = [f"{report.count('done')} done"]
    parts += [f"{count} {status}" for status in ("unchanged", "failed", "pending") if (count := report.count(status))]
    found = ", ".join(f"{report.total(name)} {name}" for name in COUNTED)
    where = f"{len(report.notices) + len(report.staying)} in {report.folder.notices}"
    where += _what_is_the_same(report) + _what_stays(report)
    if report.is_left_alone:
        where = f"nothing could be read, so {report.folder.notices} stays as it is, with {len(report.last)} notices"
    asked = f"; {what_was_asked(report.asked)}" if report.asked is not None else ""
    asked += f"; {count} unanswered, there the rules' reading stands" if (count := report.total("unanswered")) else ""
    asked += f"; {report.asked['trust']['told']}" if report.asked and "trust" in report.asked else ""
    lacking = _what_was_unread(report) + _what_was_left_out(report)
    sentence = f"{', '.join(parts)}; {where}: {found}{lacking}{asked}; {report.seconds:.1f} s"
    sentence += f"; passed over: {kinds} (listed in run.json)" if (kinds := in_kinds(report.passed_over, "en")) else ""
    return f"interrupted: {sentence}; {how_to_go_on(report)}" if report.ending == "interrupted" else sentence


def _what_is_the_same(report: Report) -> str:
    """Return in words how many notices are the same as others, or may be; empty where none is."""
    same, unsure = report.duplicates, report.unsure_duplicates
    words = f" ({same} the same as others, counted once in sums)" if same else ""
    return words + (f" ({unsure} may be the same as others, counted, see the checks)" if unsure else "")


def _what_stays(report: Report) -> str:
    """Return in words how many notices of earlier runs stay in the results, or no longer do; empty for none."""
    if not report.others:
        return ""
    count = _several(len(report.others), "notice")
    if report.replaces:
        return f" ({count} of earlier runs left out, their work stays in {report.folder.work})"
    return f" ({count} of earlier runs kept, --replace leaves them out)"


def _what_was_unread(report: Report) -> str:
    """Return in words how many digits could not be read, and in how many notices; empty where there is none."""
    counts = [int(count) for outcome in report.notices if (count := (outcome.counts or {}).get("digits_unread"))]
    return f"; {_several(sum(counts), 'digit')} unread in {_several(len(counts), 'notice')}" if counts else ""


def _several(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _what_was_left_out(report: Report) -> str:
    """Return in words what ingest left out, the furniture of pages aside; empty where that is nothing."""
    table = read_table("left_out")
    kinds = {kind: size for kind, size in report.left_out().items() if not table[kind].get("furniture")}
    named = [f"{table[kind]['en']}{f' ({size:,} characters)' if size else ''}" for kind, size in kinds.items()]
    return f"; left out: {', '.join(named)}" if named else ""


def what_was_asked(asked: Mapping[str, Any]) -> str:
    """Return in words what a model took, from a report of it."""
    words = f"{asked['calls']} calls, {asked['cache_hits']} answered from the cache"
    words += f", {asked['retries']} retries" if asked["retries"] else ""
    if asked["requests"]:
        cached = f" ({asked['tokens_cached']:,} of them cached)" if asked["tokens_cached"] else ""
        counted = f"{asked['tokens_in']:,} tokens in{cached}, {asked['tokens_out']:,} out"
        words += f", {counted if asked['tokens_known'] else 'at least ' + counted}"
        words += ", cost unknown" if asked["usd"] is None else f", ${asked['usd']:.4f}"
    words += f", {asked['failures']} failed" if asked["failures"] else ""
    reading = asked.get("reading") or {}
    return words + (f"; {reading['told']}" if reading.get("only_doubts") or reading.get("not_asked") else "")


def how_to_go_on(report: Report) -> str:
    """Return in words what is kept of a run that did not end."""
    return f"{len(report.notices)} of {len(report.outcomes)} are finished and kept, the same command goes on from there"


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as it goes into run.json."""
    from extractor.record.contract import CONTRACT_VERSION

    statuses = Counter(outcome.status for outcome in report.outcomes)
    return {
        "contract_version": CONTRACT_VERSION,
        "version": __version__,
        "fingerprint": report.fingerprint,
        "python": platform.python_version(),
        "settings": {
            "backend": report.settings.backend,
            "lang": report.settings.lang,
            "ocr": report.settings.ocr,
            "jobs": report.jobs,
        },
        "ending": report.ending,
        "started": report.started.isoformat(timespec="milliseconds"),
        "finished": report.finished.isoformat(timespec="milliseconds"),
        "seconds": round(report.seconds, 3),
        "totals": {
            "inputs": len(report.outcomes),
            **{status: statuses[status] for status in ("done", "unchanged", "failed", "pending")},
            **{name: report.total(name) for name in _SUMMED},
            "duplicates": report.duplicates,
            "may_be_duplicates": report.unsure_duplicates,
            "kept": len(report.staying),
            "left_out": report.left_out(),
            "passed_over": dict(Counter(each.kind for each in report.passed_over)),
        },
        **({} if report.asked is None else {"model": dict(report.asked)}),
        "inputs": [
            _input_as_json(outcome, report.kin.get(outcome.notice_id or "", Kinship())) for outcome in report.outcomes
        ],
        "kept": [_kept_as_json(origin, report.kin.get(origin.notice_id, Kinship())) for origin in report.staying],
        "passed_over": [{"name": each.name, "kind": each.kind} for each in report.passed_over],
    }


def _kept_as_json(origin: Origin, kinship: Kinship) -> dict[str, Any]:
    return {**origin._asdict(), "duplicate_of": kinship.duplicate_of, "may_be": kinship.may_be}


def _input_as_json(outcome: Outcome, kinship: Kinship) -> dict[str, Any]:
    counts: Counts = outcome.counts or dict.fromkeys((*COUNTED, "coverage", "digits_unread", "unanswered"))
    told = (kinship.duplicate_of is not None) + (kinship.may_be is not None)
    return {
        "name": outcome.name,
        "notice_id": outcome.notice_id,
        "sha256": outcome.sha256,
        "outcome": outcome.status,
        "error": outcome.error and said(outcome.error),
        "duplicate_of": kinship.duplicate_of,
        "may_be": kinship.may_be,
        **({**counts, "checks": (counts["checks"] or 0) + told} if told else counts),
        "left_out": outcome.left_out,
        "seconds": round(outcome.seconds, 3),
        **({} if outcome.asked is None else {"model": dict(outcome.asked)}),
        **({"failures": [said(why) for why in outcome.unanswered]} if outcome.unanswered else {}),
    }
