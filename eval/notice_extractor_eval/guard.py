"""The guard: each field's F1 must not fall below its recorded minimum by more than its tolerance.

A thresholds file says which backend and which split it is for::

    backend = "rules"
    split = "all"
    tolerance = 0.01        # for every field that names none of its own
    known_errors = "known_errors.txt"   # optional: beside this file

    [invented]
    maximum = 0

    [fields]
    issues = 0.98
    "measures.dates" = { minimum = 0.91, tolerance = 0.02 }

``known_errors`` lists the keys of the errors that were there when the minimums were set; what is not in it is new.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.errors import InputError
from extractor.record.fields import SCALARS
from extractor.record.grounding import Ungrounded
from notice_extractor_eval.evaluation import Evaluation
from notice_extractor_eval.item_errors import Finding
from notice_extractor_eval.outcomes import Score
from notice_extractor_eval.score_fields import ROWS

SHOWN = 5
INVENTED = "invented"
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Minimum:
    """A field's lowest accepted F1 is ``minimum - tolerance``."""

    minimum: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a run must reach."""

    path: Path
    backend: str
    split: str
    fields: Mapping[str, Minimum]
    invented: int
    tolerance: float
    known_errors: Path | None


@dataclass(frozen=True, slots=True)
class Breach:
    """A field below its minimum, or invented values, with the first errors to look at."""

    field: str
    minimum: float
    tolerance: float
    score: Score | None
    count: int
    evidence: tuple[Finding | Ungrounded, ...]
    new: bool

    def __str__(self) -> str:
        if self.score is None:
            head = f"{self.field}: {self.count} invented values, at most {self.minimum:.0f} accepted"
        else:
            head = (
                f"{self.field}: F1 {self.score.f1:.4f} is below {self.minimum:.4f} − {self.tolerance:.4f} (precision "
                f"{self.score.precision:.4f}, recall {self.score.recall:.4f}, support {self.score.support:g})"
            )
        which = "new" if self.new else "first"
        shown = [f"  {which} error: {_said(each)}" for each in self.evidence]
        return "\n".join([head, *shown])


def read_thresholds(path: Path) -> Thresholds:
    """Read a thresholds file; anything unknown in it is an ``InputError``."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: not readable as TOML ({error})") from error
    unknown = set(table) - {"backend", "split", "tolerance", "known_errors", "invented", "fields"}
    unknown |= {f"fields.{name}" for name in table.get("fields", {}) if name not in ROWS}
    if unknown:
        raise InputError(f"{path}: unknown: {', '.join(sorted(unknown))}")
    tolerance = float(table.get("tolerance", 0.0))
    known = table.get("known_errors")
    return Thresholds(
        path=path,
        backend=str(table.get("backend", "rules")),
        split=str(table.get("split", "all")),
        fields={name: _minimum(row, tolerance, f"{path}: {name}") for name, row in table.get("fields", {}).items()},
        invented=int(table.get("invented", {}).get("maximum", 0)),
        tolerance=tolerance,
        known_errors=path.parent / known if known else None,
    )


def breaches(thresholds: Thresholds, evaluation: Evaluation) -> list[Breach]:
    """Return every field below its minimum, and the invented values if there are too many."""
    known = _known_keys(thresholds.known_errors)
    found = [
        _breach(name, minimum, evaluation, known)
        for name, minimum in thresholds.fields.items()
        if evaluation.micro[name].f1 < minimum.minimum - minimum.tolerance - _EPSILON
    ]
    invented = evaluation.invented
    if len(invented) > thresholds.invented:
        shown = tuple(each for _, each in invented[:SHOWN])
        found.append(Breach(INVENTED, thresholds.invented, 0, None, len(invented), shown, new=False))
    return found


def write_thresholds(evaluation: Evaluation, path: Path, *, backend: str, split: str, tolerance: float) -> None:
    """Record a run's scores as the minimums from now on, and its errors as the known ones. Counts rows that occur."""
    keys = path.with_name(f"{path.stem}.known_errors.txt")
    rows = [f"{_key(name)} = {_floor(score.f1):.4f}" for name, score in evaluation.micro.items() if score.counted]
    lines = [
        "# What a run must reach: a field's F1 may fall below its minimum by the tolerance, not more.",
        f"# Written by `python -m extractor eval --backend {backend} --split {split} --accept {path.name}`.",
        f'backend = "{backend}"',
        f'split = "{split}"',
        f"tolerance = {tolerance}",
        f'known_errors = "{keys.name}"',
        "",
        "[invented]",
        "maximum = 0",
        "",
        "[fields]",
        *rows,
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    known = sorted({finding.key for finding in evaluation.findings})
    keys.write_text("".join(f"{key}\n" for key in known), encoding="utf-8")


def _breach(name: str, minimum: Minimum, evaluation: Evaluation, known: frozenset[str] | None) -> Breach:
    sources = _sources(name)
    errors = [finding for finding in evaluation.findings if finding.field in sources]
    fresh = [finding for finding in errors if known is not None and finding.key not in known]
    shown = tuple((fresh or errors)[:SHOWN])
    return Breach(name, minimum.minimum, minimum.tolerance, evaluation.micro[name], len(errors), shown, bool(fresh))


def _sources(name: str) -> frozenset[str]:
    """Return the fields whose errors explain a row: groups and details list none of their own."""
    if name == "notice_fields":
        return frozenset(SCALARS)
    if name == "contact":
        return frozenset(field for field in ROWS if field.startswith("contact."))
    home = name.rpartition(".")[0]
    if ROWS[name].kind == "detail":
        return frozenset((name, home))
    if ROWS[name].kind == "span" and not name.endswith(".exact"):
        return frozenset((home, f"{home}.exact"))
    return frozenset((name,))


def _minimum(row: Any, tolerance: float, where: str) -> Minimum:
    values = row if isinstance(row, dict) else {"minimum": row}
    if not set(values) <= {"minimum", "tolerance"} or not isinstance(values.get("minimum"), int | float):
        raise InputError(f"{where}: a field has a number or {{ minimum, tolerance }}")
    return Minimum(float(values["minimum"]), float(values.get("tolerance", tolerance)))


def _known_keys(path: Path | None) -> frozenset[str] | None:
    if path is None:
        return None
    try:
        return frozenset(path.read_text(encoding="utf-8").split())
    except OSError as error:
        raise InputError(f"{path}: the known errors cannot be read ({error})") from error


def _floor(f1: float) -> float:
    return int(f1 * 10_000) / 10_000


def _key(name: str) -> str:
    return f'"{name}"' if "." in name else name


def _said(each: Finding | Ungrounded) -> str:
    return str(each) if isinstance(each, Finding) else f"{each.path}: “{each.value}”: {each.reason}"
