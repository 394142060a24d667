"""The changes that a person can make to a record; they are only ever added, with author and time."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from extractor.record.contract import Span
from extractor.record.fields import ItemKind
from extractor.record.items import Item
from extractor.strict import Strict

_LONGEST_ID = 200
_LONGEST_NOTE = 2000
_LARGEST = 2**53


def _is_text(values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("a lone surrogate is not text") from None
    return values


def _is_unicode(words: str) -> str:
    _is_text({"words": words})
    return words


NoteWords = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST_NOTE),
    AfterValidator(_is_unicode),
]
ItemId = Annotated[str, Field(max_length=_LONGEST_ID, description="As in `items` of the notice's changes.")]
ItemValues = Annotated[
    dict[str, JsonValue],
    Field(max_length=10, description="By their names in the contract."),
    AfterValidator(_is_text),
]


class _Change(Strict):
    model_config = ConfigDict(frozen=True)


class Accept(_Change):
    """An item is right with all it contains, or a check (`checks[3]`) was dealt with; `alone`: the item itself."""

    op: Literal["accept"] = "accept"
    item: ItemId
    alone: bool = Field(default=False, description="True: what the item contains was not looked at.")


class Correct(_Change):
    """An item has other values, or another place (`at`, in code points); values that are not named stay."""

    op: Literal["correct"] = "correct"
    item: ItemId
    values: ItemValues = Field(default_factory=dict)
    at: Span | None = None


class Add(_Change):
    """An item was missed: in the item `of`, or in the notice where that is empty."""

    op: Literal["add"] = "add"
    kind: ItemKind
    of: ItemId = ""
    values: ItemValues = Field(default_factory=dict)
    at: Span


class Delete(_Change):
    """An item is not in the notice; everything it contains is deleted with it."""

    op: Literal["delete"] = "delete"
    item: ItemId


class Note(_Change):
    """Words beside an item or a check (`checks[3]`); they change no value, and a finished review stays finished."""

    op: Literal["note"] = "note"
    item: ItemId
    words: NoteWords


class Finish(_Change):
    """The review is finished. Any later change but a note opens it again."""

    op: Literal["finish"] = "finish"


class Undo(_Change):
    """An earlier change, by its number, no longer counts."""

    op: Literal["undo"] = "undo"
    change: int = Field(ge=0, le=_LARGEST)


Change = Annotated[Accept | Correct | Add | Delete | Note | Finish | Undo, Field(discriminator="op")]


class MadeChange(BaseModel):
    """A change that was made: its number in the notice, who made it, when (ISO 8601, UTC), and the item that results.

    ``result`` is the item as it was corrected or added; it is stored, so that later programs do not read it otherwise.
    """

    __qualname__ = "Made"  # its name in the OpenAPI description, from which clients are generated
    model_config = ConfigDict(frozen=True, title="Made")

    number: int
    by: str
    made: str
    change: Change
    result: Item | None = None
