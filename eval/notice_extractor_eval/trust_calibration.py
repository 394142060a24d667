"""The calibration of a model: the tuned gold notices read by it and by the rules, and who is right, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from extractor.assist.proposals.trust_counts import FieldCounts, Share, trust_table
from extractor.assist.proposals.witnesses import QUESTIONS, Witness, eager, witness_rows
from extractor.errors import InputError
from extractor.files.parts.left_out import ReadText
from extractor.pipeline import extract
from extractor.readers import ModelReader, reading
from extractor.record.fields import SHAPES
from extractor.terminal import printable
from extractor.trust_tables import MeasuredTrust
from notice_extractor_eval.gold_folder import read_folder, read_split, reviewed
from notice_extractor_eval.markdown import cell, table
from notice_extractor_eval.score_fields import ROWS, Lang
from notice_extractor_eval.trust_measure import measured

_HEADS = {
    "en": [
        "field",
        "rules alone",
        "model alone",
        "both agree",
        "differs: model ahead",
        "adds",
        "denies",
        "who decides",
    ],
    "zh": ["字段", "规则", "模型", "二者一致", "不同:模型更准", "补充", "否认", "采用"],
}
_OTHER_NAMES = {
    "fields": {"en": "the notice's own names", "zh": "通报名称类字段"},
    "fields.dates": {"en": "the notice's own dates", "zh": "通报日期类字段"},
}
_WINNERS = {
    "en": {"rules": "rules", "model": "model", "pointed": "model", "unread": "model, where nothing was read"},
    "zh": {"rules": "规则", "model": "模型", "pointed": "模型", "unread": "模型(规则未读处)"},
}


class TrialOfModel(NamedTuple):
    """The outcome of a calibration: the counts, and by notice a sentence for each call that failed for good."""

    found: MeasuredTrust
    failures: Mapping[str, Sequence[str]]


Told = Callable[[str, int, int], None]
"""Receives a notice's id before it is read, how many were read before, and how many there are."""


def calibrate(gold: Path, reader: ModelReader, told: Told = lambda _name, _before, _of: None) -> TrialOfModel:
    """Read the tuned notices of a gold folder with a model and by the rules, and count who is right.

    ``told`` is called before each notice. Values of packs whose calls failed are not counted.

    Raises:
        InputError: there is no gold to measure against.
        SettingsError: no model is named, or its cache cannot be used.
    """
    counts: dict[str, FieldCounts] = {}
    notices: dict[str, bool] = {}  # whether the model said anything of each
    failures: dict[str, Sequence[str]] = {}
    examples = list(reviewed(read_folder(gold, only=read_split(gold, "tuned"))))
    with reading(replace(reader, trust=eager())) as read:
        for number, example in enumerate(examples):
            name = example.gold.notice_id
            told(name, number, len(examples))
            said = read(ReadText(example.text), name)
            rules = extract(example.text, notice_id=name)
            found = measured(example.gold, rules, said.notice)
            for field, each in found.items():
                counts[field] = counts.get(field, FieldCounts()) + each
            notices[name] = bool(found)
            failures |= {name: said.failures} if said.failures else {}
    if not notices:
        raise InputError(f"{gold}: there are no reviewed labels among the tuned notices of split.toml")
    settings = reader.source.settings
    told_of = tuple(name for name, has_values in notices.items() if has_values)
    trust = MeasuredTrust(settings.model or "", counts, told_of, reader.source.sizes.editions[0])
    return TrialOfModel(trust, failures)


def trust_markdown(found: MeasuredTrust, lang: Lang = "en") -> str:
    """Return a calibration as Markdown: shares with their 95% intervals, the number of values, and who decides."""
    decided = trust_table(found.model, found.counts)
    rows = [
        [
            _name(field, lang),
            *(_share(share, lang) for share in (counts.rules_alone, counts.model_alone, counts.both)),
            *(_share(counts.against(question).won, lang) for question in QUESTIONS),
            _who(decided.witness(field), field, lang),
        ]
        for field in witness_rows()
        if (counts := found.counts.get(field)) is not None
    ]
    of = {"en": "How far {} can be trusted beside the rules", "zh": "{} 与规则对照的可信程度"}[lang]
    return f"# {of.format(cell(printable(found.model)))}\n\n{table(_HEADS[lang], rows, right=range(1, 7))}\n"


def _name(field: str, lang: Lang) -> str:
    if field in _OTHER_NAMES:
        return _OTHER_NAMES[field][lang]
    return ROWS[field].called(lang) if field in ROWS else SHAPES["document"].full_name(field.rpartition(".")[2], lang)


def _share(share: Share, lang: Lang) -> str:
    if share.ratio is None:
        return "-"
    low, high = share.interval
    if lang == "zh":
        return f"{share.ratio:.2f}({low:.2f} 至 {high:.2f}),共 {share.size:.4g}"
    return f"{share.ratio:.2f} ({low:.2f} to {high:.2f}) of {share.size:.4g}"


def _who(row: Witness, field: str, lang: Lang) -> str:
    """Return who decides the questions that can come up in a field; one word where it is the same for all."""
    asked = [question for question in QUESTIONS if getattr(eager().witness(field), question) != "rules"]
    words: Mapping[str, str] = _WINNERS[lang]
    winners = list(dict.fromkeys(words[getattr(row, question)] for question in asked))
    return winners[0] if len(winners) == 1 else " / ".join(words[getattr(row, question)] for question in asked)
