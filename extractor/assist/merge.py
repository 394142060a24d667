"""The rules' record and a model's answers made one record; a table of trust says whose value is kept.

Nothing of a model's gets into a record but values of closed lists and stretches of the notice's own text. Words that
are not printed where they point are dropped and reported; a pack without an answer leaves the rules' reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.assist.fields.field_proposals import AnsweredFields, field_proposals, printed_of
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_proposals import label_proposals, subjects_beside
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.matters import Proposal
from extractor.assist.proposals.reading_signs import (
    OWN_FIELDS,
    ReadingSigns,
    Signs,
    count_differing,
    doubts_of,
    signs_of,
    without_support,
)
from extractor.assist.proposals.record_draft import MergedRecord, RecordDraft
from extractor.assist.proposals.witnesses import TrustTable, unmeasured
from extractor.record.checks import Doubt

_INDEX = re.compile(r"\b(?:issues|measures)\[(\d+)\]")
_MOST_GUESSES = 20
"""The most differences of a model that guesses that are listed one by one."""

AnsweredLabels = AnsweredPack[LabelsPack, LabelsAnswer]


def merge(
    material: Material,
    labels: Sequence[AnsweredLabels],
    fields: Sequence[AnsweredFields] = (),
    *,
    trust: TrustTable | None = None,
    by_model: bool = False,
) -> MergedRecord:
    """Merge the answers about a notice into the rules' record of it.

    ``trust`` decides where the two differ; None is the table for models that were not measured. ``by_model`` says that
    the outline in ``material`` was made by a model (see ``assist.layout.model_outline``).
    """
    table = trust or unmeasured()
    of_notice = list(field_proposals(material, fields))
    said = [
        list(label_proposals(material, each.pack, each.answer, each.withheld)) if each.answer is not None else None
        for each in labels
    ]
    of_pieces = [proposal for found in said for proposal in found or ()]
    signs = signs_of([*of_notice, *of_pieces], _beside(material, labels), printed_of(of_notice))
    # A model is measured by what it says, however it reads.
    doubted = signs.doubted if table.origin != "eager" else frozenset()
    unlisted = _unlisted(signs, of_pieces) if doubted else 0
    draft = RecordDraft(material, table.doubting(doubted), outline_by_model=by_model)
    draft.doubts += doubts_of(signs, unlisted) if doubted else []
    if by_model:
        draft.doubts.append(Doubt("layout_by_model", "issues", {}))
    if any(each.answer is None for each in fields):
        draft.doubts.append(Doubt("model_failed", "", {"what": "-"}))
    draft.take(without_support(of_notice, doubted & OWN_FIELDS))
    for each, proposals in zip(labels, said, strict=True):
        if proposals is None:
            first, last = each.pack.slices[0].issue, each.pack.slices[-1].issue
            draft.doubts.append(Doubt("model_failed", f"issues[{first}]", {"what": f"{first + 1}-{last + 1}"}))
        elif not unlisted:
            draft.take(without_support(proposals, doubted))
    merged = draft.merged()
    # In the order of the record, however it was cut into packs.
    ordered = sorted(merged.doubts, key=lambda doubt: tuple(map(int, _INDEX.findall(doubt.path))))
    return MergedRecord(merged.notice, ordered, signs)


def are_guessed(material: Material, labels: Sequence[AnsweredLabels]) -> bool:
    """Return whether the labels so far show that a model guesses, so surely that asking on is of no use."""
    answered = [each for each in labels if each.answer is not None]
    said = [
        p for each in answered if each.answer for p in label_proposals(material, each.pack, each.answer, each.withheld)
    ]
    return signs_of(said, _beside(material, answered)).are_hopeless


def _unlisted(signs: ReadingSigns, said: Sequence[Proposal]) -> int:
    """Return how many differences are not listed: all of a model that guesses, where they would hide other doubts."""
    count = count_differing(said) if signs.are_of_a_guesser else 0
    return count if count > _MOST_GUESSES else 0


def _beside(material: Material, labels: Sequence[AnsweredLabels]) -> Signs:
    """Return of how many figures the model quotes a subject that is printed beside it, where it was asked for them."""
    asked = [each for each in labels if "q" not in each.withheld]
    beside = (subjects_beside(material, each.pack, each.answer) for each in asked if each.answer is not None)
    return sum(beside, Signs())
