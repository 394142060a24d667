"""The proposals in a model's answer to a labels pack: labels of issues and measures, and the values inside these."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from extractor.assist.labels.label_answer import IssueAnswer, LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_pieces import IssuePiece
from extractor.assist.labels.label_words import LABEL_KEYS
from extractor.assist.labels.measure_proposals import MeasureView, measure_proposals
from extractor.assist.packs.answer_shapes import AnswerPart
from extractor.assist.packs.display import find_words
from extractor.assist.packs.material import Material, place_of
from extractor.assist.proposals.matters import LostQuote, Matter, Proposal, compared
from extractor.assist.proposals.reading_signs import Signs

PartT = TypeVar("PartT", bound=AnswerPart)


_OPINIONS = frozenset("shqfao")
"""The keys of which an answer says something where it leaves them out."""


def label_proposals(
    material: Material, pack: LabelsPack, answer: LabelsAnswer, withheld: Collection[str] = ()
) -> Iterator[Proposal]:
    """Yield the proposals of an answer; numbers of no piece are ignored, and so is a second answer about one piece.

    Of the keys ``withheld``, which were not asked for, nothing is taken: neither what is said nor what is not.
    """
    unasked = {field for key in _OPINIONS.intersection(withheld) for field in LABEL_KEYS[key]}
    for proposal in _proposals(material, pack, _as_asked(answer, withheld)):
        if not (isinstance(proposal, Matter) and proposal.field in unasked):
            yield proposal


def _proposals(material: Material, pack: LabelsPack, answer: LabelsAnswer) -> Iterator[Proposal]:
    issues = {piece.number: piece for piece in pack.issues}
    for issue in answer.issues:
        if issue.number in issues:
            yield from _issue(material, issues.pop(issue.number), issue)
    headings = frozenset(answer.headings)
    for view in _views(material, pack, answer):
        yield from measure_proposals(view, has_heading=view.piece.number in headings)


def subjects_beside(material: Material, pack: LabelsPack, answer: LabelsAnswer) -> Signs:
    """Return of how many figures of a pack the model quotes a subject that is printed beside it."""
    return sum((view.subjects_beside() for view in _views(material, pack, answer)), Signs())


def _as_asked(answer: LabelsAnswer, withheld: Collection[str]) -> LabelsAnswer:
    """Return an answer without what it says of keys that were not asked for."""
    if not withheld:
        return answer
    issues = [_without(issue, withheld) for issue in answer.issues]
    return answer.model_copy(
        update={"issues": issues, "measures": [_without(measure, withheld) for measure in answer.measures]}
    )


def _without(part: PartT, withheld: Collection[str]) -> PartT:
    unasked = [name for name, field in type(part).model_fields.items() if field.alias in withheld]
    fields = type(part).model_fields
    return part.model_copy(update={name: fields[name].get_default(call_default_factory=True) for name in unasked})


def _views(material: Material, pack: LabelsPack, answer: LabelsAnswer) -> Iterator[MeasureView]:
    """Yield the pack's measures that are answered, each with the first answer about it."""
    measures = {piece.number: piece for piece in pack.measures}
    for measure in answer.measures:
        if measure.number in measures:
            piece = measures.pop(measure.number)
            holder = material.notice.issues[piece.issue]
            path = f"issues[{piece.issue}].measures[{piece.measure}]"
            read = holder.measures[piece.measure]
            yield MeasureView(material.text, path, place_of(holder.text), piece, read, measure)


def _issue(material: Material, piece: IssuePiece, answer: IssueAnswer) -> Iterator[Proposal]:
    path = f"issues[{piece.issue}]"
    read = material.notice.issues[piece.issue]
    yield Matter("issues.category", f"{path}.category", [compared(path, "category", read.category, answer.category)])
    places = [place_of(span) for span in (*read.spans.get("section", ()), read.text)]
    found = find_words(material.text, places, answer.words)
    if answer.words and found is None:
        yield LostQuote(f"{path}.status", answer.words)
    # Unmarked and not given is the ordinary case; marked and not given is no opinion.
    said = answer.status or ("" if piece.marked else "unspecified")
    if said:
        pointed = piece.marked or found is not None
        edit = compared(path, "status", read.status, said, pointed=pointed)
        yield Matter("issues.status", f"{path}.status", [edit])
