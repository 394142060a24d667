"""Single errors for people: what was missed, invented, given a wrong value or a wrong span, each in its sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import NamedTuple

from extractor.record.contract import Span
from notice_extractor_eval.outcomes import ComparedValue, OutcomeKind, ValueOutcome

REACH = 160  # characters shown on either side at most
LONGEST = 400  # a longer stretch is shown by its beginning, or by the boundary that differs
_SENTENCE_END = re.compile(r"[。;;!!??\n]")


class Sentence(NamedTuple):
    """The text around an error: ``text`` is ``source[start:start + len(text)]``; marks are offsets into the source."""

    text: str
    start: int
    gold: tuple[int, int] | None
    pred: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One error. ``key`` stays the same from run to run as long as text, labels and answer do."""

    key: str
    field: str
    kind: OutcomeKind
    notice_id: str
    gold_path: str | None
    pred_path: str | None
    gold: object
    pred: object
    sentence: Sentence | None

    def __str__(self) -> str:
        shown = {"gold": self.gold, "predicted": self.pred}
        said = ", ".join(f"{side} {_brief(value)}" for side, value in shown.items() if value is not None)
        where = self.gold_path or self.pred_path
        return f"{self.notice_id} {where}: {self.kind.replace('_', ' ')}: {said}{self._quoted()}"

    def _quoted(self, reach: int = 24) -> str:
        if self.sentence is None:
            return ""
        marks = [mark for mark in (self.sentence.gold, self.sentence.pred) if mark is not None]
        first = min(mark[0] for mark in marks) - self.sentence.start
        start = max(0, first - reach)
        quoted = self.sentence.text[start : first + 2 * reach]
        dots = ["…" if cut else "" for cut in (start > 0, first + 2 * reach < len(self.sentence.text))]
        return f" in “{dots[0]}{' '.join(quoted.split())}{dots[1]}”"


def findings(notice_id: str, text: str, results: Iterable[ValueOutcome]) -> Iterator[Finding]:
    """Yield the errors among a notice's outcomes, each with its sentence."""
    for outcome in results:
        if outcome.listed and outcome.kind != "hit":
            yield _finding(notice_id, text, outcome)


def differences(gold: object, pred: object) -> list[str]:
    """Return which parts of two records differ, by DeepDiff; nothing for single values."""
    if not (isinstance(gold, dict) and isinstance(pred, dict)):
        return []
    from deepdiff import DeepDiff

    tree = DeepDiff(gold, pred, view="tree", ignore_numeric_type_changes=True)
    changed = [change for changes in tree.values() for change in changes]
    return sorted(
        f"{change.path(output_format='list')[-1]}: {_brief(change.t1)} → {_brief(change.t2)}" for change in changed
    )


def as_dict(finding: Finding) -> dict[str, object]:
    """Return a finding as plain values, with the differing parts of its record."""
    plain: dict[str, object] = {part.name: getattr(finding, part.name) for part in fields(finding)}
    plain["sentence"] = finding.sentence._asdict() if finding.sentence else None
    plain["differences"] = differences(finding.gold, finding.pred)
    return plain


def _finding(notice_id: str, text: str, outcome: ValueOutcome) -> Finding:
    gold, pred = outcome.gold, outcome.pred
    sides = [[side.value, side.span and (side.span.start, side.span.end)] if side else None for side in (gold, pred)]
    identity = json.dumps([outcome.field, outcome.kind, notice_id, *sides], ensure_ascii=False, sort_keys=True)
    return Finding(
        key=sha256(identity.encode("utf-8")).hexdigest()[:12],
        field=outcome.field,
        kind=outcome.kind,
        notice_id=notice_id,
        gold_path=gold.path if gold else None,
        pred_path=pred.path if pred else None,
        gold=_value(text, gold, outcome.kind),
        pred=_value(text, pred, outcome.kind),
        sentence=_sentence(text, gold, pred),
    )


def _value(text: str, item: ComparedValue | None, kind: OutcomeKind) -> object:
    """Return what is shown of one side: its value, or for a stretch its words and its bounds."""
    if item is None:
        return None
    if item.span is not None and (item.value is None or kind == "wrong_span"):
        return f"{item.span.start}–{item.span.end} {_squeeze(text[item.span.start : item.span.end], 48)}"
    return item.value


def _sentence(text: str, gold: ComparedValue | None, pred: ComparedValue | None) -> Sentence | None:
    spans = [_inside(side.span, len(text)) if side and side.span else None for side in (gold, pred)]
    known = [span for span in spans if span is not None]
    if not known:
        return None
    low, high = _focus(known)
    start = max((m.end() for m in _SENTENCE_END.finditer(text, max(0, low - REACH), low)), default=max(0, low - REACH))
    end_mark = _SENTENCE_END.search(text, max(low, high - 1), high + REACH)
    end = end_mark.end() if end_mark else min(len(text), high + REACH)
    marks = [(span.start, span.end) if span else None for span in spans]
    return Sentence(text[start:end], start, *marks)


def _focus(spans: list[Span]) -> tuple[int, int]:
    """Return the stretch to show: all of it where it is short, else the boundary that differs, else its beginning."""
    low, high = min(span.start for span in spans), max(span.end for span in spans)
    if high - low <= LONGEST:
        return low, high
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    if len(starts) == 1 and len(ends) > 1:
        low = max(low, min(ends) - 1)
    return low, min(high, low + LONGEST // 2)


def _inside(span: Span, size: int) -> Span:
    return Span(start=min(span.start, size), end=max(min(span.start, size), min(span.end, size)))


def _brief(value: object) -> str:
    if isinstance(value, dict):
        return " | ".join(str(part) for part in value.values() if part is not None)
    return "null" if value is None else _squeeze(str(value), 80)


def _squeeze(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
