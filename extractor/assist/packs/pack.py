"""A pack, the subject of one call, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, Protocol, TypeVar

from extractor.assist.packs.answer_shapes import Response

TaskName = Literal["fields", "labels", "layout"]


class Pack(Protocol):
    """The subject of one call: some of a notice's pieces, numbered, and the lines that show them (``body``)."""

    task: ClassVar[TaskName]

    @property
    def body(self) -> str:
        """The pieces as a model is shown them, one a line."""

    @property
    def expected_tokens(self) -> int:
        """The estimated length of the answer, in tokens (see ``extractor.endpoint.tokens``)."""


PackT = TypeVar("PackT", bound=Pack)
AnswerT = TypeVar("AnswerT", bound=Response)


@dataclass(frozen=True)
class AnsweredPack(Generic[PackT, AnswerT]):
    """A pack and the model's answer; None where the call failed for good.

    ``withheld`` are the keys that were not asked for: what is missing there is no opinion.
    """

    pack: PackT
    answer: AnswerT | None
    withheld: frozenset[str] = frozenset()
