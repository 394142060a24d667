"""A notice read with a model, top to bottom: its packs asked, all at once, and the answers merged with the rules'.

Who is asked, and how often a failed request is repeated, is not decided here (``Model``). What is decided here: an
answer that was cut off, or a prompt that was too long, is asked again in two halves; a pack that fails for good is left
to the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from extractor.assist.layout.layout_pack import LayoutPack, layout_packs
from extractor.assist.layout.model_outline import Answered, lay_out, poorly_laid_out
from extractor.assist.merge import FieldsAnswered, LabelsAnswered, merge
from extractor.assist.packs import (
    FieldsPack,
    LabelsPack,
    Material,
    Pack,
    fields_packs,
    halves,
    labels_packs,
    material_of,
)
from extractor.assist.prompts import call_for
from extractor.assist.responses import FieldsAnswer, LabelsAnswer, LayoutAnswer, Response
from extractor.endpoint.calls import Call
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure
from extractor.notice.reading import Reading
from extractor.record.checks import Doubt
from extractor.record.contract import Notice


class Model(Protocol):
    """Somebody who answers calls."""

    async def ask(self, call: Call[Response]) -> Response:
        """Return a valid answer.

        Raises:
            EndpointFailure: the endpoint failed for good.
            AnswerFailure: what the model says cannot be used.
        """

    def has_answer(self, call: Call[Response]) -> bool:
        """Whether an answer is at hand, so that nothing needs to be asked."""


@dataclass(frozen=True)
class ReadWithModel:
    """A notice as both read it. ``reading`` is what the rules made of the outline that stands; ``failures`` are the
    calls that failed for good."""

    notice: Notice
    reading: Reading
    doubts: list[Doubt]
    failures: list[CallFailure] = field(default_factory=list)


async def read_with_model(material: Material, model: Model, *, finds_issues: bool) -> ReadWithModel:
    """Read a notice with a model. ``finds_issues``: it says first where issues and measures stand; it does so anyway
    where the rules' outline is poor."""
    failures: list[CallFailure] = []
    doubts: list[Doubt] = []
    by_model = False
    if finds_issues or poorly_laid_out(material.reading):
        asked = await _ask(material, layout_of(material), model, failures)
        reading, doubts = laid_out(material, asked)
        by_model = reading is not material.reading
        if by_model:
            material = with_outline(material, reading)
    asked = await _ask(material, labels_of(material), model, failures)
    labels, fields = _sorted(asked)
    merged = merge(material, labels, fields, by_model=by_model)
    return ReadWithModel(merged.notice, material.reading, doubts + merged.doubts, failures)


def layout_of(material: Material) -> list[Pack]:
    """The packs of the first round: where issues and measures stand."""
    return list(layout_packs(material.text, material.reading.text, material.reading.outline.ending.start))


def labels_of(material: Material) -> list[Pack]:
    """The packs of the last round: what the notice says of itself, its issues and its measures."""
    return [*fields_packs(material), *labels_packs(material)]


def laid_out(material: Material, asked: Sequence[Asked]) -> tuple[Reading, list[Doubt]]:
    """The reading over the outline that a model told, the rules' own where it told none; and what to doubt of it."""
    answered = [
        Answered(each.pack, each.answer if isinstance(each.answer, LayoutAnswer) else None)
        for each in asked
        if isinstance(each.pack, LayoutPack)
    ]
    return lay_out(material.reading, answered)


def with_outline(material: Material, reading: Reading) -> Material:
    """A notice's material over another outline."""
    return material_of(reading, material.notice.notice_id)


@dataclass(frozen=True)
class Asked:
    """A pack, and what the model said of it; None where the call failed for good."""

    pack: Pack
    answer: Response | None


_MOST_CUTS = 3
"""How often a pack is halved. Each part costs the instructions anew, and where an eighth of a pack is still too much,
less of it is no cure."""


async def _ask(
    material: Material, packs: Sequence[Pack], model: Model, failures: list[CallFailure], cuts: int = _MOST_CUTS
) -> list[Asked]:
    answered = await asyncio.gather(*(_ask_pack(material, pack, model, failures, cuts) for pack in packs))
    return [each for group in answered for each in group]


async def _ask_pack(
    material: Material, pack: Pack, model: Model, failures: list[CallFailure], cuts: int
) -> list[Asked]:
    """Ask about a pack, or, where that is too much at once, about its halves; they may be cut ``cuts`` times."""
    call = call_for(pack)
    parts = None
    if cuts and not model.has_answer(call):
        parts = halves(material, pack)
        # It was cut in two before: what is known of its halves is not asked anew, and not in vain.
        if parts and _is_answered(material, parts[0], model, cuts - 1):
            return await _ask(material, parts, model, failures, cuts - 1)
    try:
        return [Asked(pack, await model.ask(call))]
    except (EndpointFailure, AnswerFailure) as failure:
        if failure.reason.wants_less and parts:
            return await _ask(material, parts, model, failures, cuts - 1)
        failures.append(failure)
        return [Asked(pack, None)]


def _is_answered(material: Material, pack: Pack, model: Model, cuts: int) -> bool:
    """Whether an answer to a pack is at hand, or to what it was cut into."""
    if model.has_answer(call_for(pack)):
        return True
    parts = halves(material, pack) if cuts else None
    return parts is not None and _is_answered(material, parts[0], model, cuts - 1)


def _sorted(asked: Sequence[Asked]) -> tuple[list[LabelsAnswered], list[FieldsAnswered]]:
    labels = [
        LabelsAnswered(each.pack, each.answer if isinstance(each.answer, LabelsAnswer) else None)
        for each in asked
        if isinstance(each.pack, LabelsPack)
    ]
    fields = [
        FieldsAnswered(each.pack, each.answer if isinstance(each.answer, FieldsAnswer) else None)
        for each in asked
        if isinstance(each.pack, FieldsPack)
    ]
    return labels, fields
