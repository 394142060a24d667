"""Notices sent as texts, in a JSON body."""

from __future__ import annotations

from typing import Annotated

from pydantic import FailFast, Field, ValidationError

from extractor.errors import InputError
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.service.http.service_limits import NAME_CHARACTERS, TEXTS
from extractor.strict import Strict, first_mistake


class Text(Strict):
    """A notice sent as text."""

    name: str = Field(
        min_length=1,
        max_length=NAME_CHARACTERS,
        description="Its file name. `.html` and `.md` say what the text is; any other is plain text.",
    )
    text: str = Field(min_length=1, max_length=10 * DEFAULT_LIMITS.text_characters)


class Texts(Strict):
    """Notices sent as text."""

    notices: Annotated[list[Text], FailFast()] = Field(min_length=1, max_length=TEXTS)


def texts_in(body: bytes) -> list[Text]:
    """Return the texts of a body.

    Raises:
        InputError: it is not as it should be; the sentence names the first mistake.
    """
    try:
        return Texts.model_validate_json(body).notices
    except ValidationError as error:
        raise InputError(first_mistake(error)) from None
