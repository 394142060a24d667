"""The three tasks a model is given, each described by one value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import FieldsPack, fields_packs, split_fields
from extractor.assist.fields.field_schema import fields_schema
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack, labels_packs, split_labels
from extractor.assist.labels.label_schema import labels_schema
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import LayoutPack, layout_packs, split_layout
from extractor.assist.layout.layout_schema import layout_schema
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import AnswerT, PackT, TaskName
from extractor.assist.packs.schema_parts import Schema


@dataclass(frozen=True)
class Task(Generic[PackT, AnswerT]):
    """A task: its name, the shape of its answers, and what is made of a notice for it.

    ``packs`` cuts a notice into packs and ``halves`` one pack in two (None where it cannot be smaller); ``question``
    names the ranges that its prompt's last sentence asks about; ``schema`` is that of a pack's answer, without the keys
    that are withheld.
    """

    name: TaskName
    response: type[AnswerT]
    packs: Callable[[Material], list[PackT]]
    halves: Callable[[Material, PackT], tuple[PackT, PackT] | None]
    question: Callable[[PackT], Mapping[str, object]]
    schema: Callable[[PackT, Collection[str]], Schema]


def _labels_question(pack: LabelsPack) -> Mapping[str, object]:
    return {
        "issues": _range("i", [piece.number for piece in pack.issues]),
        "measures": _range("m", [piece.number for piece in pack.measures]),
    }


def _range(mark: str, numbers: list[int]) -> str:
    if not numbers:
        return "无"
    return f"{mark}{numbers[0]}" if len(numbers) == 1 else f"{mark}{numbers[0]}至{mark}{numbers[-1]}"


FIELDS: Task[FieldsPack, FieldsAnswer] = Task(
    "fields", FieldsAnswer, fields_packs, split_fields, lambda pack: {"figures": len(pack.figures)}, fields_schema
)
LABELS: Task[LabelsPack, LabelsAnswer] = Task(
    "labels", LabelsAnswer, labels_packs, split_labels, _labels_question, labels_schema
)
LAYOUT: Task[LayoutPack, LayoutAnswer] = Task(
    "layout",
    LayoutAnswer,
    layout_packs,
    split_layout,
    lambda pack: {"first": pack.first, "last": pack.first + len(pack.units) - 1},
    layout_schema,
)
TASKS: Mapping[TaskName, Task[Any, Any]] = {task.name: task for task in (FIELDS, LABELS, LAYOUT)}
"""The tasks by name."""
