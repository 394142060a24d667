"""What a person can do to a record: each a change that is only ever added, with who made it and when."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from extractor.record.contract import Span
from extractor.record.fields import ItemKind
from extractor.record.items import Item
from extractor.strict import Strict

_LONGEST_ID = 200
_LARGEST = 2**53


def _is_text(values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half of a character is no text") from None
    return values


ItemId = Annotated[str, Field(max_length=_LONGEST_ID, description="As in `items` of the notice's changes.")]
Values = Annotated[
    dict[str, JsonValue],
    Field(max_length=10, description="By their names in the contract."),
    AfterValidator(_is_text),
]


class _Change(Strict):
    model_config = ConfigDict(frozen=True)


class Accept(_Change):
    """An item is right, and so is what it holds; or a check (`checks[3]`) was looked into."""

    op: Literal["accept"] = "accept"
    item: ItemId


class Correct(_Change):
    """An item says something else, or stands elsewhere (`at`, in code points); what is not named stays as it was."""

    op: Literal["correct"] = "correct"
    item: ItemId
    values: Values = Field(default_factory=dict)
    at: Span | None = None


class Add(_Change):
    """Something was missed: in the item `of`, or in the notice where that is empty."""

    op: Literal["add"] = "add"
    kind: ItemKind
    of: ItemId = ""
    values: Values = Field(default_factory=dict)
    at: Span


class Delete(_Change):
    """An item is not in the notice; what it holds goes with it."""

    op: Literal["delete"] = "delete"
    item: ItemId


class Finish(_Change):
    """The notice is reviewed. Any later change opens it again."""

    op: Literal["finish"] = "finish"


class Undo(_Change):
    """An earlier change, by its number, shall not count."""

    op: Literal["undo"] = "undo"
    change: int = Field(ge=0, le=_LARGEST)


Change = Annotated[Accept | Correct | Add | Delete | Finish | Undo, Field(discriminator="op")]


class Made(BaseModel):
    """A change that was made: its number in the notice, who made it, when (ISO 8601, UTC), and what became of the item
    that it corrected or added: kept with it, so that no later program reads it in another way."""

    model_config = ConfigDict(frozen=True)

    number: int
    by: str
    made: str
    change: Change
    result: Item | None = None
