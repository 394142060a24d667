"""The three tasks a model is given, each described by one value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, NamedTuple

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_mending import FIELD_KEYS
from extractor.assist.fields.field_pack import FieldsPack, fields_packs, split_fields
from extractor.assist.fields.field_schema import fields_schema
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_mending import has_some_label
from extractor.assist.labels.label_pack import LabelsPack, labels_packs, labels_tokens, rest_of_labels, split_labels
from extractor.assist.labels.label_schema import labels_schema
from extractor.assist.labels.label_words import LABEL_KEYS, NEEDED_KEYS
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import LayoutPack, layout_packs, split_layout
from extractor.assist.layout.layout_schema import layout_schema
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import AnswerT, PackT, TaskName
from extractor.assist.packs.schema_parts import Schema


class PackSizing(NamedTuple, Generic[PackT]):
    """The sizing of a task's packs by the model: the ``tokens`` of a notice's pieces, and packs of so many tokens."""

    tokens: Callable[[Material], int]
    packs: Callable[[Material, int], list[PackT]]


@dataclass(frozen=True)
class Task(Generic[PackT, AnswerT]):
    """A task: its name, the shape of its answers, and what is made of a notice for it.

    ``packs`` cuts a notice into packs and ``halves`` one pack in two (None where it cannot be smaller); ``question``
    names the ranges that its prompt's last sentence asks about; ``schema`` is that of a pack's answer, without the keys
    that are withheld; ``is_mendable`` is whether an answer, to whatever pack, has something that can be taken though
    not all of it has the right form; ``rest`` is a pack of what an answer left out, None where it left out nothing;
    ``sizing`` is None where packs have one size. ``about`` are the fields of the contract that each key of an answer is
    about, ``needed`` those keys without which an answer says nothing.
    """

    name: TaskName
    response: type[AnswerT]
    packs: Callable[[Material], list[PackT]]
    halves: Callable[[Material, PackT], tuple[PackT, PackT] | None]
    question: Callable[[PackT], Mapping[str, object]]
    schema: Callable[[PackT, Collection[str]], Schema]
    is_mendable: Callable[[Mapping[str, Any]], bool] = lambda _said: False
    rest: Callable[[Material, PackT, AnswerT], PackT | None] = lambda _material, _pack, _answer: None
    sizing: PackSizing[PackT] | None = None
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()

    def withheld(self, unasked: Collection[str]) -> frozenset[str]:
        """Return the keys that are not asked for where nothing is asked about the fields ``unasked``."""
        return self._of_these_alone(unasked) - self.needed

    @property
    def keys_of_one_field(self) -> Iterator[frozenset[str]]:
        """The keys that are withheld where nothing is asked about one field."""
        for about in dict.fromkeys(self.about.values()):
            yield self.withheld(about)

    def is_needless(self, unasked: Collection[str]) -> bool:
        """Return whether nothing is left to ask where nothing is asked about the fields ``unasked``."""
        return bool(self.about) and self._of_these_alone(unasked) == self.about.keys()

    def keys_about(self, field: str) -> frozenset[str]:
        """Return the keys of an answer that are about a field, whatever else they are about."""
        return frozenset(key for key, about in self.about.items() if field in about)

    def _of_these_alone(self, fields: Collection[str]) -> frozenset[str]:
        return frozenset(key for key, about in self.about.items() if set(about) <= set(fields))


def _labels_question(pack: LabelsPack) -> Mapping[str, object]:
    return {
        "issues": _range("i", [piece.number for piece in pack.issues]),
        "measures": _range("m", [piece.number for piece in pack.measures]),
    }


def _labels_rest(material: Material, pack: LabelsPack, answer: LabelsAnswer) -> LabelsPack | None:
    """Return a pack of the pieces that have no entry; None where each has one."""
    issues = {piece.number for piece in pack.issues} - {issue.number for issue in answer.issues}
    measures = {piece.number for piece in pack.measures} - {measure.number for measure in answer.measures}
    return rest_of_labels(material, pack, issues, measures) if issues or measures else None


def _range(mark: str, numbers: list[int]) -> str:
    if not numbers:
        return "无"
    return f"{mark}{numbers[0]}" if len(numbers) == 1 else f"{mark}{numbers[0]}至{mark}{numbers[-1]}"


FIELDS: Task[FieldsPack, FieldsAnswer] = Task(
    "fields",
    FieldsAnswer,
    fields_packs,
    split_fields,
    lambda pack: {"figures": len(pack.figures)},
    fields_schema,
    lambda said: any(isinstance(said.get(key), str) for key in FieldsAnswer.model_fields),
    about=FIELD_KEYS,
)
LABELS: Task[LabelsPack, LabelsAnswer] = Task(
    "labels",
    LabelsAnswer,
    labels_packs,
    split_labels,
    _labels_question,
    labels_schema,
    has_some_label,
    _labels_rest,
    PackSizing(labels_tokens, labels_packs),
    about=LABEL_KEYS,
    needed=NEEDED_KEYS,
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


def left_out(unasked: Collection[str], *, by_schema: bool) -> frozenset[str]:
    """Return those of the fields ``unasked`` that no call asks about: a task is asked while one of its fields is.

    ``by_schema`` is whether calls have a schema of their own, which leaves out the keys about single fields.
    """
    own = set(chain(*FIELDS.about.values()))
    found: set[str] = set()
    for task, fields in ((FIELDS, own.intersection(unasked)), (LABELS, set(unasked) - own)):
        if task.is_needless(unasked):
            found |= fields
        elif by_schema:
            keys = task.withheld(unasked)
            found |= {field for field in fields if (asking := task.keys_about(field)) and asking <= keys}
    return frozenset(found)
