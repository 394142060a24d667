"""Notices read by the rules and made ready for a model, and short ways to say what a model answers."""

from __future__ import annotations

from functools import cache
from typing import Any

from checkout import GOLD
from notice_extractor_eval.gold_folder import Example, read_folder, reviewed
from planted import notice

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.merge import merge
from extractor.assist.packs.material import Material, read_first
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.record_draft import MergedRecord
from extractor.assist.proposals.witnesses import TrustTable, eager
from extractor.record.contract import Issue, Measure

TUNED = ("lianyungang-haizhou-2024", "nanjing-jiangbei-2024")

TEXT = notice(
    "(一)集中整改期内已完成的事项",
    "1.关于“资金管理不严”问题的整改。",
    "一是强化制度建设。印发《资金管理办法》,举办培训班3期,培训120余人。",
    "二是镇财政所牵头清理账目,请来乡贤会见证,追缴违规资金1.5万元,给予党纪处分2人。",
    "(二)其他事项",
    "2.关于“河道保洁不力”问题的整改。",
    "2023年9月组织巡河40次,河长办正在编制治理方案。",
)


def material(text: str = TEXT) -> Material:
    """A notice's text as the rules read it."""
    return read_first(text, "example")


def labelled(
    text: str = TEXT,
    issues: dict[int, dict[str, Any]] | None = None,
    h: tuple[int, ...] = (1,),
    *,
    trust: TrustTable | None = None,
    **measures: dict[str, Any],
) -> MergedRecord:
    """The record after a model answered its one labels pack: ``m1={"t": […]}``; what is not given is answered dully.

    By default it wins wherever a model may.
    """
    made = material(text)
    (pack,) = labels_packs(made, 100_000)
    answer = {
        "issues": [
            {"i": piece.number, "c": made.notice.issues[piece.issue].category, **(issues or {}).get(piece.number, {})}
            for piece in pack.issues
        ],
        "measures": [
            {"m": piece.number, "t": ["other"], **measures.get(f"m{piece.number}", {})} for piece in pack.measures
        ],
        "h": list(h),
    }
    answered = AnsweredPack(pack, LabelsAnswer.model_validate(answer, context={"pack": pack}))
    return merge(made, [answered], trust=trust or eager())


def with_fields(text: str = TEXT, **fields: object) -> MergedRecord:
    """The record after a model answered its one fields pack."""
    made = material(text)
    (pack,) = fields_packs(made, 100_000)
    return merge(made, [], [AnsweredPack(pack, FieldsAnswer.model_validate(fields, context={"pack": pack}))])


def measures(merged: MergedRecord) -> list[Measure]:
    """All measures of a record."""
    return [measure for issue in merged.notice.issues for measure in issue.measures]


def issues(merged: MergedRecord) -> list[Issue]:
    """All issues of a record."""
    return merged.notice.issues


def codes(merged: MergedRecord, path: str) -> list[str]:
    """The codes of the doubts about ``path``."""
    return [doubt.code for doubt in merged.doubts if doubt.path == path]


@cache
def tuned() -> list[Example]:
    """The two gold notices that may be looked at."""
    return list(reviewed(read_folder(GOLD, only=frozenset(TUNED))))
