"""Measures the rules' judgement on findings that nothing was learnt from.

python scripts/judgement/measure.py                            # those kept aside, in eval/aside
python scripts/judgement/measure.py --tuned                    # the tuned gold notices
python scripts/judgement/measure.py FILE.jsonl --show types    # and what is wrong, a line each
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from learn_rates import entries
from learn_subjects import figures, same_words
from training_set import TRAINING, TrainingFinding, TrainingMeasure, findings_in, real_findings

from extractor.notice.facts.judgement import heading_end, judged_category, judged_types, measure_status, measure_words
from extractor.notice.facts.organizations import NameEnds, judged_organizations
from extractor.notice.facts.subjects import find_subjects

ASIDE = TRAINING.parent / "aside"


class Compared(NamedTuple):
    """A field of one text: what the rules say with how sure they are, and what the label says."""

    field: str
    text: str
    found: Mapping[Hashable, float]
    labelled: frozenset[Hashable]


def main() -> None:
    """Print a line for each field: values labelled, precision, recall, F1 and expected calibration error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--tuned", action="store_true", help="the tuned gold notices in place of files")
    parser.add_argument("--show", default="", metavar="FIELD", help="print what is wrong in this field")
    options = parser.parse_args()
    files = options.files or sorted(ASIDE.glob("*.jsonl"))
    found = real_findings() if options.tuned else [each for path in files for each in findings_in(path)]
    compared = [each for finding in found for each in of_finding(finding)]
    for field in dict.fromkeys(each.field for each in compared):
        print(summary(field, [each for each in compared if each.field == field]))
    for each in compared:
        if each.field == options.show and each.labelled != each.found.keys():
            print(f"- {sorted(map(str, each.labelled - each.found.keys()))} missed,", end=" ")
            print(f"{sorted(map(str, each.found.keys() - each.labelled))} wrong: {each.text}")


def of_finding(finding: TrainingFinding) -> Iterator[Compared]:
    """Yield the compared fields of a finding and of its measures."""
    words = [measure_words(each.without_titles) for each in finding.measures]
    category = judged_category(finding.folded_title, words)
    yield Compared("category", finding.title, {category.value: category.confidence}, frozenset({finding.category}))
    for measure in finding.measures:
        yield from of_measure(measure)


def of_measure(measure: TrainingMeasure) -> Iterator[Compared]:
    """Yield the compared fields of a measure."""
    text, (start, end), labels = measure.folded, measure.body, measure.labels
    types = judged_types(measure_words(measure.without_titles))
    yield Compared("types", text, dict.fromkeys(types.types, types.confidence), labels.types)
    status = measure_status(text[heading_end(text, start, end) : end])
    yield Compared("status", text, {status: 1.0}, frozenset({labels.status}))
    bodies = judged_organizations(text, measure.clauses, NameEnds(text), measure.body, measure.dates)
    found: dict[Hashable, float] = {text[slice(*each.place)]: each.confidence for each in bodies}
    yield Compared("organizations", text, found, labels.organizations)
    if labels.accountability is not None:
        held: dict[Hashable, float] = {(each.action, float(each.figure), each.unit): 1.0 for each in entries(measure)}
        said = frozenset((action, float(count), unit) for action, count, unit in labels.accountability)
        yield Compared("accountability", text, held, said)
    yield from _subjects(measure)


def _subjects(measure: TrainingMeasure) -> Iterator[Compared]:
    text = measure.folded
    finding = TrainingFinding((), "", "", (measure,))
    read = find_subjects(text, [each.text for each in measure.figures])
    by_place = {figure.text: subject for figure, subject in zip(measure.figures, read, strict=True)}
    for each in figures([finding]):
        subject = by_place[each.figure.text]
        said = text[slice(*subject.place)] if subject.place else None
        shown = f"{text[max(0, each.figure.text.start - 20) : each.figure.text.end + 10]} = {each.subject}"
        right = each.subject if same_words(said, each.subject) else said
        yield Compared("subject, exact", shown, {right: subject.confidence}, frozenset({each.subject}))
        common = each.subject if set(said or "–") & set(each.subject or "–") else said
        yield Compared("subject, in common", shown, {common: subject.confidence}, frozenset({each.subject}))


def summary(field: str, compared: Sequence[Compared]) -> str:
    """Return the line of a field."""
    right = sum(len(each.labelled & each.found.keys()) for each in compared)
    found, labelled = sum(len(each.found) for each in compared), sum(len(each.labelled) for each in compared)
    precision, recall = right / max(1, found), right / max(1, labelled)
    f1 = 2 * right / max(1, found + labelled)
    shares = f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"
    return f"{field:<20} {labelled:>5}  {shares}  ECE {calibration_error(compared):.3f}"


def calibration_error(compared: Sequence[Compared]) -> float:
    """Return the expected calibration error over ten bins of confidence."""
    counts: Counter[int] = Counter()
    off: dict[int, float] = {}
    for each in compared:
        for value, confidence in each.found.items():
            tenth = min(9, int(confidence * 10))
            counts[tenth] += 1
            off[tenth] = off.get(tenth, 0.0) + (value in each.labelled) - confidence
    return sum(abs(each) for each in off.values()) / max(1, sum(counts.values()))


if __name__ == "__main__":
    main()
