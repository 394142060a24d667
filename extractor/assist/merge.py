"""The rules' record and a model's answers made one record: who wins a field stands in ``data/witnesses.toml``.

Nothing a model says gets into a record but values of closed lists and stretches of the notice's own text. Whatever
points nowhere is dropped and reported; a pack without an answer leaves the rules' reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import FieldsPack
from extractor.assist.fields_merge import merge_fields
from extractor.assist.labels.label_answer import IssueAnswer, LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_pieces import IssuePiece, MeasurePiece
from extractor.assist.measure_merge import merge_measure
from extractor.assist.packs.display import find_words
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.settling import NOT_SAID, Settling, Values, span_of
from extractor.record.checks import Doubt
from extractor.record.contract import Notice
from extractor.text.places import Place

_PLACE = re.compile(r"\b(?:issues|measures)\[(\d+)\]")


LabelsAnswered = AnsweredPack[LabelsPack, LabelsAnswer]
FieldsAnswered = AnsweredPack[FieldsPack, FieldsAnswer]


class Merged(NamedTuple):
    """The record of both readers, without the rules' checks, and what merging found to doubt."""

    notice: Notice
    doubts: list[Doubt]


def merge(
    material: Material,
    labels: Iterable[LabelsAnswered],
    fields: Sequence[FieldsAnswered] = (),
    *,
    by_model: bool = False,
) -> Merged:
    """Merge the answers about a notice into the rules' record of it.

    ``by_model`` says that the outline in ``material`` was made by a model (see ``assist.layout.model_outline``).
    """
    doubts: list[Doubt] = []
    values = material.notice.model_dump()
    whole = Settling(values, "", doubts)
    if by_model:
        _outline_by_model(values)
        doubts.append(Doubt("layout_by_model", "issues", {}))
    answered = [each for each in fields if each.answer is not None]
    if len(answered) < len(fields):
        doubts.append(Doubt("model_failed", "", {"what": "-"}))
    if answered:
        merge_fields(material, [(each.pack, each.answer) for each in answered if each.answer is not None], whole)
    for each in labels:
        pack, answer = each.pack, each.answer
        if answer is None:
            first, last = pack.slices[0].issue, pack.slices[-1].issue
            doubts.append(Doubt("model_failed", f"issues[{first}]", {"what": f"{first + 1}-{last + 1}"}))
        else:
            _merge_labels(material, pack, answer, values, doubts)
    _note_readers(values, whole)
    # In the order of the record, however it was cut into packs.
    doubts.sort(key=lambda doubt: tuple(map(int, _PLACE.findall(doubt.path))))
    return Merged(Notice.model_validate(values), doubts)


def _merge_labels(
    material: Material, pack: LabelsPack, answer: LabelsAnswer, values: Values, doubts: list[Doubt]
) -> None:
    issues = {piece.number: piece for piece in pack.issues}
    for said in answer.issues:
        if said.number in issues:
            piece = issues.pop(said.number)
            record = Settling(values["issues"][piece.issue], f"issues[{piece.issue}]", doubts)
            _merge_issue(material, piece, said, record)
            _note_readers(record.values, record)
    measures = {piece.number: piece for piece in pack.measures}
    for told in answer.measures:
        if told.number in measures:
            place = measures.pop(told.number)
            issue = values["issues"][place.issue]
            path = f"issues[{place.issue}].measures[{place.measure}]"
            record = Settling(issue["measures"][place.measure], path, doubts)
            around = Place(issue["text"]["start"], issue["text"]["end"])
            _merge_heading(material.text, place, told.number in answer.headings, record)
            merge_measure(material.text, around, place, told, record)
            _account(material.text, values["outline"]["digits"], record, place)
            _note_readers(record.values, record)


def _account(text: str, digits: Values, record: Settling, piece: MeasurePiece) -> None:
    """Take out of the unread digits of a measure those that the model read as a figure or says are a name."""
    figures = [(figure["text"]["start"], figure["text"]["end"]) for figure in record.values["quantities"]]
    for place in piece.unread.values():
        read = any(start <= place.start and place.end <= end for start, end in figures)
        if read or place in record.explained:
            digits["unread"].remove(span_of(place))
            size = sum(character.isdecimal() for character in text[place.start : place.end])
            kind = "figure" if read else "name"
            classes = digits["classes"]
            classes[kind] = classes.get(kind, 0) + size
            classes["unread"] -= size
            if not classes["unread"]:
                del classes["unread"]


def _merge_issue(material: Material, piece: IssuePiece, answer: IssueAnswer, record: Settling) -> None:
    record.settle("issues.category", "category", answer.category)
    spans = [*record.values["spans"].get("section", []), record.values["text"]]
    found = find_words(material.text, [Place(span["start"], span["end"]) for span in spans], answer.words)
    if answer.words and found is None:
        record.not_found("status", answer.words)
    said = answer.status or (NOT_SAID if piece.marked else "unspecified")
    record.settle("issues.status", "status", said, pointed=piece.marked or found is not None)


def _merge_heading(text: str, piece: MeasurePiece, said_so: bool, record: Settling) -> None:
    if piece.heading is None:
        return
    said = text[piece.heading.start : piece.heading.end] if said_so else None
    if record.settle("measures.heading", "heading", said):
        spans = record.values["spans"]
        spans.pop("heading", None)
        if said is not None:
            spans["heading"] = [span_of(piece.heading)]


def _note_readers(values: Values, record: Settling) -> None:
    values["read_by"] = {**values.get("read_by", {}), **record.read_by}


def _outline_by_model(values: Values) -> None:
    for issue in values["issues"]:
        issue["read_by"] = {"text": "model", "title": "model", "section": "model"}
        for measure in issue["measures"]:
            measure["read_by"] = {"text": "model"}
