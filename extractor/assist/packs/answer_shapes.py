"""The base of the model's answers: numbers of pieces and values of closed lists; words only where nothing else points.

On the wire keys are one letter (aliases of the Python names), what goes without saying is left out, and nothing nests
deeper than it must. An answer is made to fit its pack, given as ``context={"pack": …}`` (Pydantic's validation
context): slips are mended or left out, and counted. Without a context only shapes are checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from extractor.assist.packs.mending import Mends


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

    @property
    def slips(self) -> Mapping[str, int]:
        """The slips that were mended or dropped, counted by kind (``extractor.assist.packs.mending.Slip``)."""
        return {}


class AnswerPart(Response):
    """The base of the objects inside an answer."""

    model_config = ConfigDict(json_schema_extra=_slimmer)


AnsweredT = TypeVar("AnsweredT")


class PackResponse(Response, Generic[AnsweredT]):
    """The base of a whole answer to a pack."""

    _slips: Mapping[str, int] = PrivateAttr(default_factory=dict)

    @property
    def slips(self) -> Mapping[str, int]:
        """The slips that were mended or dropped, counted by kind (``extractor.assist.packs.mending.Slip``)."""
        return self._slips

    @classmethod
    def mended(cls, said: Mapping[str, Any], pack: AnsweredT, mends: Mends) -> dict[str, Any]:
        """Return what is right of an answer to ``pack``, in this class's shape.

        Raises:
            PydanticCustomError: the model did not see the marks.
        """
        raise NotImplementedError

    @model_validator(mode="wrap")
    @classmethod
    def _made_to_fit(cls, said: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        pack = (info.context or {}).get("pack")
        if pack is None or not isinstance(said, Mapping):
            return handler(said)
        mends = Mends()
        answer = handler(cls.mended(said, pack, mends))
        answer._slips = dict(mends.counts)
        return answer
