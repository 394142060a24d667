"""Records by readers of every quality, without a server: what a table of trust makes of them, beside the rules.

A reader is measured on one tuned gold notice and tried on the other; a seed changes what it draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from math import comb
from typing import NamedTuple

from assist_examples import material, tuned
from graded_readers import said_by
from notice_extractor_eval.evaluation import COLUMN, NoticeResult, evaluate_notice
from notice_extractor_eval.trust_measure import measured
from perfect_answers import answer_from, dump
from pydantic import ValidationError

from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack, labels_packs
from extractor.assist.merge import AnsweredLabels, merge
from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import AnsweredPack, Pack
from extractor.assist.prompts import call_for
from extractor.assist.proposals.trust_counts import trust_table
from extractor.assist.proposals.witnesses import TrustTable, eager
from extractor.notice.assemble import in_folded, in_source
from extractor.pipeline import extract
from extractor.record.contract import Notice

_BUDGET = 1500


class PerfectPack(NamedTuple):
    """A pack and what gold says of it."""

    pack: Pack
    answer: str


@cache
def read_by_rules(number: int) -> Material:
    return material(tuned()[number].text)


@cache
def perfect_packs(number: int) -> tuple[PerfectPack, ...]:
    """The packs of a tuned notice with perfect answers."""
    made = read_by_rules(number)
    gold = in_folded(tuned()[number].gold, made.reading.folded)
    packs: list[Pack] = [*labels_packs(made, _BUDGET), *fields_packs(made)]
    return tuple(PerfectPack(pack, dump(answer_from(gold, made, pack))) for pack in packs)


@cache
def rules_result(number: int) -> NoticeResult:
    gold, text = tuned()[number]
    return evaluate_notice(gold, extract(text, notice_id=gold.notice_id), text)


def graded_result(name: str, number: int, seed: int, trust: TrustTable) -> NoticeResult:
    """The errors of a notice that a reader read, under a table of trust."""
    gold, text = tuned()[number]
    return evaluate_notice(gold, _record(name, number, seed, trust), text)


def measured_table(name: str, number: int, seed: int) -> TrustTable:
    """The table that follows from what a reader says of a notice."""
    gold, text = tuned()[number]
    rules = extract(text, notice_id=gold.notice_id)
    return trust_table(name, measured(gold, rules, _record(name, number, seed, eager())))


def _record(name: str, number: int, seed: int, trust: TrustTable) -> Notice:
    made = read_by_rules(number)
    labels: list[AnsweredLabels] = []
    fields = []
    for pack, perfect in perfect_packs(number):
        answer = _said(name, pack, perfect, seed)
        if isinstance(pack, LabelsPack):
            assert answer is None or isinstance(answer, LabelsAnswer)
            labels.append(AnsweredPack(pack, answer))
        else:
            fields.append(AnsweredPack(pack, answer))
    return in_source(merge(made, labels, fields, trust=trust).notice, made.reading.folded)  # type: ignore[arg-type]


def _said(name: str, pack: Pack, perfect: str, seed: int) -> Response | None:
    """Return a reader's answer as a run takes it; None where it cannot be used."""
    told = json.dumps(said_by(name, perfect, seed), ensure_ascii=False)
    if name == "truncating":
        told = told[: len(told) * 2 // 3]
    call = call_for(pack)
    try:
        return call.response.model_validate_json(told, context=dict(call.context))
    except ValidationError:
        return None


def unit_changes(rules: NoticeResult, found: NoticeResult) -> Mapping[str, tuple[int, int]]:
    """Return, by field, in how many issues a record has fewer errors than the rules' and in how many it has more."""
    change = found.counts[..., 1:].sum(axis=-1) - rules.counts[..., 1:].sum(axis=-1)
    return {name: (int((change < 0)[:, at].sum()), int((change > 0)[:, at].sum())) for name, at in COLUMN.items()}


def chance_of(wins: int, losses: int) -> float:
    """Return how likely a reader as good as the rules loses so often or more (exact sign test, one side)."""
    cases = wins + losses
    return float(sum(comb(cases, n) for n in range(losses, cases + 1)) / 2**cases)


def worse_fields(changes: Iterable[Mapping[str, tuple[int, int]]], level: float = 0.001) -> dict[str, tuple[int, int]]:
    """Return the fields that lost more over all ``changes`` than chance explains, with the issues won and lost."""
    sums: dict[str, tuple[int, int]] = {}
    for change in changes:
        for name, (wins, losses) in change.items():
            before = sums.get(name, (0, 0))
            sums[name] = before[0] + wins, before[1] + losses
    return {name: found for name, found in sums.items() if chance_of(*found) < level}
