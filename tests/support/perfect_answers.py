"""The answers a model would give that knew the gold labels: for a scripted endpoint, for tests, and as an upper bound.

What perfect answers do not reach, no model can: the prompts do not ask for it, or merging loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import FieldsPack
from extractor.assist.fields.field_proposals import CONTRACT_FIELDS
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_pieces import IssuePiece, MeasurePiece
from extractor.assist.labels.label_words import NOT_HELD, NOTHING
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import LayoutPack
from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.display import same_words
from extractor.assist.packs.material import Material, place_of
from extractor.assist.packs.pack import Pack
from extractor.record.contract import Measure, Notice, Span
from extractor.text.places import Place

_QUOTE = 10
"""Code points of a measure that are quoted as the words about its status, which gold does not hold."""

Thing = TypeVar("Thing")


def answer_from(gold: Notice, material: Material, pack: Pack) -> Response:
    """Return the answer to ``pack``, made from ``material``, that makes the merged record become ``gold``.

    The places of ``gold`` are of the folded text (see ``extractor.notice.assemble.in_folded``).
    """
    match pack:
        case LabelsPack():
            return labels_from(gold, material, pack)
        case FieldsPack():
            return fields_from(gold, pack)
        case LayoutPack():
            return layout_from(gold, pack)
    raise AssertionError(pack)


def dump(answer: Response) -> str:
    """Return an answer as a terse model writes it: without blanks and without what was left at its default."""
    return answer.model_dump_json(exclude_defaults=True)


def labels_from(gold: Notice, material: Material, pack: LabelsPack) -> LabelsAnswer:
    """Return the labels of the gold issues and measures that overlap the pack's most."""
    known = {piece.number: _gold_measure(gold, material, piece) for piece in pack.measures}
    return LabelsAnswer.model_validate(
        {
            "issues": [_issue(gold, material, piece) for piece in pack.issues],
            "measures": [_measure(known[piece.number], material, piece) for piece in pack.measures],
            "h": [piece.number for piece in pack.measures if piece.heading and known[piece.number].heading],
        }
    )


def _issue(gold: Notice, material: Material, piece: IssuePiece) -> dict[str, Any]:
    read = material.notice.issues[piece.issue]
    found = _most_overlapped(gold.issues, lambda issue: issue.text, read.text) or read
    answer = {"i": piece.number, "c": found.category}
    if piece.marked:
        return {**answer, "s": found.status}
    if found.status == "unspecified":
        return answer
    return {**answer, "s": found.status, "w": read.title[:_QUOTE]}


def _gold_measure(gold: Notice, material: Material, piece: MeasurePiece) -> Measure:
    read = material.notice.issues[piece.issue].measures[piece.measure]
    measures = [measure for issue in gold.issues for measure in issue.measures]
    return _most_overlapped(measures, lambda measure: measure.text, read.text) or read


def _measure(found: Measure, material: Material, piece: MeasurePiece) -> dict[str, Any]:
    text = material.text
    read = material.notice.issues[piece.issue].measures[piece.measure]
    answer: dict[str, Any] = {"m": piece.number, "t": found.types or ["other"]}
    if piece.marked:
        answer["s"] = found.status
    elif found.status != "completed":
        answer |= {"s": found.status, "w": text[piece.text.start : piece.text.end][:_QUOTE]}
    answer |= _figures(found, read, piece, text)
    answer |= _others(found, read, piece, text)
    return {key: value for key, value in answer.items() if value not in ([], "")}


def _figures(found: Measure, read: Measure, piece: MeasurePiece, text: str) -> dict[str, list[Any]]:
    numbers = {index: number for number, index in piece.of_kind("q").items()}
    pairs = _paired(found.quantities, read.quantities, lambda each: (float(each.value), each.unit))
    subjects, denied, missed = [], [], []
    for index in range(len(read.quantities)):
        quantity = pairs.get(index)
        if quantity is None:
            denied.append(f"q{numbers[index]}")
        else:
            subject = quantity.subject or NOTHING
            subjects.append(f"{numbers[index]}{' ' if subject[0].isdigit() else ''}{subject}")
    new = [each for each in found.quantities if not any(each is known for known in pairs.values())]
    denied += [f"q{number}" for number in piece.unread]
    missed = [{"k": "q", "w": _cut(text, each.text), "v": each.subject or ""} for each in new]
    held = []
    entries = list(found.accountability)
    for index, quantity in enumerate(read.quantities):
        here = [entry for entry in entries if entry.text.start == quantity.text.start]
        entries = [entry for entry in entries if entry not in here]
        known = any(entry.text == quantity.text for entry in read.accountability)
        held += [{"q": numbers[index], "a": entry.action} for entry in here]
        if known and not here:
            held.append({"q": numbers[index], "a": NOT_HELD})
    missed += [{"k": "a", "w": _cut(text, entry.text), "v": entry.action} for entry in entries]
    return {"q": subjects, "a": held, "x": denied, "z": missed}


def _others(found: Measure, read: Measure, piece: MeasurePiece, text: str) -> dict[str, list[Any]]:
    documents = {index: number for number, index in piece.of_kind("f").items()}
    titles = _paired(found.documents, read.documents, lambda each: each.title)
    # A title that gold does not hold is denied below; its place in the list is kept.
    acts = [titles[index].action if index in titles else each.action for index, each in enumerate(read.documents)]
    denied = [f"f{documents[index]}" for index in range(len(read.documents)) if index not in titles]
    new = [each for each in found.documents if not any(each is known for known in titles.values())]
    missed = [{"k": "f", "w": _cut(text, each.text), "v": each.action} for each in new]
    values = {date.value for date in found.dates}
    missed += [{"k": "d", "w": _cut(text, each.text), "v": NOTHING} for each in read.dates if each.value not in values]
    known_values = {date.value for date in read.dates}
    missed += [
        {"k": "d", "w": _cut(text, each.text), "v": each.value}
        for each in found.dates
        if each.value not in known_values
    ]
    names = {index: number for number, index in piece.of_kind("o").items()}
    acting = [
        index for index, name in enumerate(read.organizations) if any(same_words(name, o) for o in found.organizations)
    ]
    quoted = [name for name in found.organizations if not any(same_words(name, each) for each in read.organizations)]
    answer: dict[str, list[Any]] = {"f": acts, "o": [names[index] for index in acting], "n": quoted}
    return {**answer, **({"x": denied} if denied else {}), **({"z": missed} if missed else {})}


def fields_from(gold: Notice, pack: FieldsPack) -> FieldsAnswer:
    """Return the gold fields and totals that the pack shows."""
    answer: dict[str, Any] = {}
    for key, name in CONTRACT_FIELDS.items():
        inner = name.removeprefix("contact.")
        value = getattr(gold.contact if inner != name else gold, inner)
        places = [place_of(span) for span in gold.spans.get(name, [])]
        here = not places or any(line.start <= place.start < line.end for place in places for line in pack.lines)
        if value is not None and here:
            answer[key] = value
    totals = list(gold.totals)
    answer["totals"] = []
    for figure in pack.figures:
        same = [total for total in totals if total.text.start == figure.found.text.start]
        answer["totals"] += [{"q": figure.number, "n": total.name} for total in same[:1]]
    return FieldsAnswer.model_validate(answer)


def layout_from(gold: Notice, pack: LayoutPack) -> LayoutAnswer:
    """Return the lines of the gold issues, headings and measures."""
    units, first = pack.units, pack.first

    def line(offset: int) -> int:
        return first + max((n for n, unit in enumerate(units) if unit.start <= offset), default=0)

    inside = Place(units[0].start, units[-1].end)
    groups: dict[int, int] = {}
    found: list[tuple[int, int, list[tuple[int, int]]]] = []
    opened: set[int] = set()
    deepest = 0
    for issue in gold.issues:
        for level, span in enumerate(issue.spans.get("section", []), start=1):
            deepest = deepest if span.start in opened else level
            opened.add(span.start)
            if inside.start <= span.start < inside.end:
                groups.setdefault(line(span.start), level)
        starts_here = inside.start <= issue.text.start < inside.end
        measures: list[tuple[int, int]] = []
        for measure in issue.measures:
            begin, end = _begin(measure), min(measure.text.end, inside.end)
            if max(begin, inside.start) < end:
                measures.append((line(begin) if begin >= inside.start else 0, line(end - 1)))
        if starts_here or measures:
            level = len(issue.section) if starts_here and 0 < len(issue.section) < deepest else 0
            found.append((line(issue.text.start) if starts_here else 0, level, measures))
    borders = sorted([*groups, *(heading for heading, _, _ in found if heading)])
    issues = []
    for heading, level, measures in found:
        border = next((each for each in borders if each > heading), None)
        issues.append({"h": heading, "l": level, "m": [each for each, _ in measures], "e": _ends(measures, border)})
    told = [{"u": unit, "l": level} for unit, level in groups.items()]
    return LayoutAnswer.model_validate({"groups": told, "issues": issues})


def _ends(measures: list[tuple[int, int]], border: int | None) -> list[str]:
    """Return the measures that do not reach to the next one, or to the next heading."""
    following = [*(first for first, _ in measures[1:]), border]
    return [
        f"{first}-{end}"
        for (first, end), after in zip(measures, following, strict=False)
        if not first or end + 1 != after
    ]


def _begin(measure: Measure) -> int:
    label = measure.spans.get("label")
    return label[0].start if label else measure.text.start


def _most_overlapped(things: Iterable[Thing], span: Callable[[Thing], Span], place: Span) -> Thing | None:
    def shared(thing: Thing) -> int:
        return min(span(thing).end, place.end) - max(span(thing).start, place.start)

    best = max(things, key=shared, default=None)
    return best if best is not None and shared(best) > 0 else None


def _paired(gold: Sequence[Any], read: Sequence[Any], key: Callable[[Any], object]) -> dict[int, Any]:
    """For each index of what was read the gold value it is: at the same place, else of the same key."""
    pairs: dict[int, Any] = {}
    left = list(gold)
    for same in (lambda one, other: one.text.start == other.text.start, lambda one, other: key(one) == key(other)):
        for index, each in enumerate(read):
            match = next((other for other in left if index not in pairs and same(other, each)), None)
            if match is not None:
                pairs[index] = match
                left = [other for other in left if other is not match]
    return pairs


def _cut(text: str, span: Span) -> str:
    return text[span.start : span.end]
