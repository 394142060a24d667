"""Two annotators over the same texts: how far they agree, field by field, and where they differ.

F1 does not change when the two change places. For enumerations, Cohen's kappa and Krippendorff's alpha say what is left
when agreement by chance is taken off (module ``chance``). These numbers are the ceiling that scores are read against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.labels.label_file import LabelFile
from extractor.labels.label_nodes import LabelError
from extractor.record.contract import Notice
from notice_extractor_eval.evaluation import Evaluation, evaluate
from notice_extractor_eval.gold_folder import Example, read_folder
from notice_extractor_eval.markdown import cell, table
from notice_extractor_eval.score_fields import ROWS, Lang


@dataclass(frozen=True)
class TwoReadings:
    """The measured agreement, the notices that one alone labelled, and the mistakes of unusable files."""

    evaluation: Evaluation
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]
    faults: tuple[LabelError, ...]


def compare_annotators(one: Path, other: Path, texts: Path) -> TwoReadings:
    """Measure the second annotator's label files against the first's; drafts count too."""
    first, second = ({file.notice_id: file for file in read_folder(folder, texts)} for folder in (one, other))
    faults = tuple(fault for files in (first, second) for file in files.values() for fault in file.faults)
    return measure(first, second, faults)


def measure(
    first: Mapping[str, LabelFile], second: Mapping[str, LabelFile], faults: Iterable[LabelError] = ()
) -> TwoReadings:
    """Measure two readings given by notice."""
    examples = [
        Example(file.notice, file.text)
        for name, file in sorted(first.items())
        if name in second and file.notice is not None and second[name].notice is not None
    ]

    def other(notice_id: str, _text: str) -> Notice | None:
        return second[notice_id].notice

    return TwoReadings(
        evaluation=evaluate(examples, other),
        only_one=tuple(sorted(set(first) - set(second))),
        only_other=tuple(sorted(set(second) - set(first))),
        faults=tuple(faults),
    )


def agreement_markdown(readings: TwoReadings, names: tuple[str, str], lang: Lang = "en") -> str:
    """Return the agreement as Markdown: the table, then every difference for adjudication."""
    zh = lang == "zh"
    evaluation = readings.evaluation
    one, other = map(cell, names)
    heads = (
        ["字段", "F1", "95% 区间", one, other, "科恩 κ", "克里彭多夫 α", "对数"]
        if zh
        else ["field", "F1", "95% interval", one, other, "Cohen's κ", "Krippendorff's α", "pairs"]
    )
    rows = []
    for name, field in ROWS.items():
        score = evaluation.micro[name]
        if not score.counted:
            continue
        found, chance = evaluation.intervals[name].f1, evaluation.agreement.get(name)
        rows.append([
            field.called(lang), f"{score.f1:.3f}", f"{found.low:.3f} … {found.high:.3f}",
            f"{score.tp + score.fn:g}", f"{score.tp + score.fp:g}",
            _ratio(chance.kappa if chance else None), _ratio(chance.alpha if chance else None),
            str(chance.pairs) if chance else "",
        ])  # fmt: skip
    parts = [f"# {'标注一致性' if zh else 'Agreement'}: {one}, {other}", table(heads, rows, right=range(1, 8))]
    for name, notices in ((one, readings.only_one), (other, readings.only_other)):
        if notices:
            parts.append(f"{'仅有' if zh else 'Labelled only by'} {name}: {', '.join(map(cell, notices))}")
    parts.append(f"## {'分歧' if zh else 'Differences'}: {len(evaluation.findings)}")
    parts.append("\n".join(f"- `{each.field}` {cell(str(each))}" for each in evaluation.findings))
    return "\n\n".join(part for part in parts if part) + "\n"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
