"""Values from outside: validation stops at the first mistake, however many there are."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

_SHOWN = 40  # code points of a name
_LONGEST = 300  # code points of a sentence


class Strict(BaseModel):
    """A model that refuses unknown fields, and reports the first of them alone, where Pydantic reports all."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _know_names(cls, given: Any) -> Any:
        if isinstance(given, dict):
            unknown = next((name for name in given if name not in cls.model_fields), None)
            if unknown is not None:
                shown = ascii(str(unknown)[:_SHOWN])
                raise PydanticCustomError("extra_forbidden", "there is no field called {name}", {"name": shown})
        return given


def first_mistake(error: ValidationError) -> str:
    """Return the place and the message of the first mistake, at most 300 code points."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"])) or "the body"
    return f"{place}: {first['msg']}"[:_LONGEST]
