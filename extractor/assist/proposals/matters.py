"""The proposals of a model: matters on which it agrees or differs with the rules, each made of edits of items.

Items are those of the rules' record, named by their paths (see ``extractor.record.items``). An edit has the words of
the rules (``read``) and of the model (``said``) for a doubt, '' where one of them has nothing, and says whether it
``wins`` by a row of the table of witnesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from extractor.assist.packs.display import same_words
from extractor.assist.proposals.witnesses import Question, Witness
from extractor.record.contract import Span
from extractor.record.items import Item
from extractor.text.places import Place


@dataclass(frozen=True)
class Confirmation:
    """A value that both readers have; the item itself where ``name`` is empty."""

    item: str
    name: str = ""
    words: str = ""

    @property
    def read(self) -> str:
        """The words of both."""
        return self.words

    @property
    def said(self) -> str:
        """The words of both."""
        return self.words

    def wins(self, row: Witness) -> bool:  # noqa: ARG002 - there is nothing to decide
        """Return True."""
        return True


@dataclass(frozen=True)
class Replacement:
    """Another value of an item than the rules'.

    ``question`` is what the table of trust is asked.

    ``at`` are its places, None where it has none of its own; ``pointed``: the model points to printed words.
    """

    question: ClassVar[Question] = "value"

    item: str
    name: str
    value: object
    read: str
    said: str
    at: tuple[Span, ...] | None = None
    pointed: bool = True

    def wins(self, row: Witness) -> bool:
        """Say whether the model's differing value is kept."""
        return row.value == "model" or (row.value == "pointed" and self.pointed)


@dataclass(frozen=True)
class NewValue(Replacement):
    """A value of an item for which the rules have none; the record may lack it."""

    question: ClassVar[Question] = "added"

    def wins(self, row: Witness) -> bool:
        """Say whether what only the model found is taken in."""
        return row.added in ("model", "unread")


@dataclass(frozen=True)
class Erasure(Replacement):
    """A value of an item that the model says it does not have; the item stays."""

    question: ClassVar[Question] = "dropped"

    def wins(self, row: Witness) -> bool:
        """Say whether the item is left without the value."""
        return row.dropped != "rules"


@dataclass(frozen=True)
class Addition:
    """An item that the rules do not have; its id is given when it is taken in.

    ``unread``: the rules read nothing in its place.
    """

    question: ClassVar[Question] = "added"

    new: Item
    said: str
    read: str = ""
    unread: bool = False

    def wins(self, row: Witness) -> bool:
        """Say whether what only the model found is taken in."""
        return row.added == "model" or (row.added == "unread" and self.unread)


@dataclass(frozen=True)
class Discovery(Addition):
    """An addition where the rules have nothing: ignored where an item of its kind already is."""


@dataclass(frozen=True)
class Denial:
    """An item that the model says is none."""

    question: ClassVar[Question] = "dropped"

    item: str
    read: str
    said: str = ""

    def wins(self, row: Witness) -> bool:
        """Say whether what the model denies is dropped."""
        return row.dropped != "rules"


Edit = Confirmation | Replacement | Addition | Denial


@dataclass(frozen=True)
class Matter:
    """Edits that are decided by one row of the table, and noted in one doubt about ``path`` where they differ.

    ``read`` and ``said`` are the readers' words for the doubt, None where they are those of the edits.
    """

    field: str
    path: str
    edits: Sequence[Edit]
    read: Sequence[str] | None = None
    said: Sequence[str] | None = None


@dataclass(frozen=True)
class LostQuote:
    """Words that a model quoted for ``path`` and that are not printed there; their value is dropped."""

    path: str
    words: str


@dataclass(frozen=True)
class NamedDigits:
    """Digits that the rules could not read and that the model says are part of a name."""

    place: Place


Proposal = Matter | LostQuote | NamedDigits


def compared(
    item: str, name: str, read: object, said: object, *, at: tuple[Span, ...] | None = None, pointed: bool = True
) -> Confirmation | Replacement:
    """Return the edit that a model's value of an item is, given the rules' value."""
    if alike(read, said):
        return Confirmation(item, name)
    return Replacement(item, name, said, in_words(read), in_words(said), at, pointed)


def alike(one: object, other: object) -> bool:
    """Say whether two values are the same but for widths, quotes and blanks; lists are compared as sets."""
    if isinstance(one, str) and isinstance(other, str):
        return same_words(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return one == other


def in_words(value: object) -> str:
    """Return a value as a doubt names it, '' for none."""
    return "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
