"""The base of the model's answers: numbers of pieces and values of closed lists; words only where nothing else points.

On the wire keys are one letter (aliases of the Python names), what goes without saying is left out, and nothing nests
deeper than it must. An answer is checked against its pack, given as ``context={"pack": …}`` (Pydantic's validation
context); mistakes are reported to the model in its own prompt's words. Without a context only shapes are checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

_MOST_REPORTED = 6
"""The most mistakes that one message names: more would only lengthen the next prompt."""
_MOST_COUNTED = 100
"""The most mistakes that are looked for: a larger number need not be exact."""


def _bare_number(value: object) -> object:
    """Return 12 for ``"m12"`` and ``"[m12]"``: models copy marks."""
    found = re.fullmatch(r"\[?[a-z]?(\d{1,9})\]?", value.strip()) if isinstance(value, str) else None
    return int(found[1]) if found else value


Number = Annotated[int, BeforeValidator(_bare_number)]


def _slim(schema: dict[str, Any]) -> None:
    """Leave titles, descriptions and defaults out of a schema: it is sent with every call."""
    schema.pop("description", None)
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
        field.pop("default", None)


def _slimmer(schema: dict[str, Any]) -> None:
    """Leave out the title, too, which only a whole answer needs."""
    _slim(schema)
    schema.pop("title", None)


class Response(BaseModel):
    """The base of all shapes: frozen; unknown keys are ignored.

    The schema is part of the prompt, and so are its names: those of the classes, the aliases, and, in tools mode, the
    first line of a whole answer's docstring. Changing one changes what is sent.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", serialize_by_alias=True, json_schema_extra=_slim)
    longest_lists: ClassVar[Mapping[str, int]] = {}
    """The most entries, by key, that the lists of a request's schema are bounded to; no part of the schema itself."""


class AnswerPart(Response):
    """The base of the objects inside an answer."""

    model_config = ConfigDict(json_schema_extra=_slimmer)


AnsweredT = TypeVar("AnsweredT")


class PackResponse(Response, Generic[AnsweredT]):
    """The base of a whole answer to a pack."""

    def mistakes(self, pack: AnsweredT) -> Iterator[str]:
        """Yield what does not fit ``pack``, in the prompt's words."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _fits_the_pack(self, info: ValidationInfo) -> Self:
        pack = (info.context or {}).get("pack")
        if pack is not None:
            _reject(self.mistakes(pack))
        return self


def _reject(mistakes: Iterable[str]) -> None:
    found = list(islice(mistakes, _MOST_COUNTED))
    if found:
        more = f";另有{len(found) - _MOST_REPORTED}处类似错误" if len(found) > _MOST_REPORTED else ""
        raise ValueError(";".join(found[:_MOST_REPORTED]) + more + "。请改正后重新给出完整的JSON")


Item = TypeVar("Item")


def number_mistakes(
    mark: str, items: Iterable[Item], number: Callable[[Item], int], known: Iterable[int]
) -> Iterator[str]:
    """Yield what is wrong with the numbers of a list that must hold each known one once."""
    expected = list(known)
    numbers = set(expected)
    seen: set[int] = set()
    allowed = f"{mark}{expected[0]}至{mark}{expected[-1]}" if expected else "无"
    for item in items:
        here = number(item)
        if here not in numbers:
            yield f"没有编号{mark}{here},本批的编号是{allowed}"
        elif here in seen:
            yield f"{mark}{here}重复了"
        seen.add(here)
    missing = [f"{mark}{each}" for each in expected if each not in seen]
    if missing:
        yield "缺少" + "、".join(missing[:12])
