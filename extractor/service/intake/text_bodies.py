"""Notices sent as texts, in a JSON body."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, FailFast, Field, ValidationError

from extractor.errors import InputError
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.service.http.service_limits import NAME_CHARACTERS, TEXTS
from extractor.strict import Strict, first_mistake


class PostedText(Strict):
    """A notice sent as text."""

    model_config = ConfigDict(title="Text")

    name: str = Field(
        min_length=1,
        max_length=NAME_CHARACTERS,
        description="Its file name. `.html` and `.md` say what the text is; any other is plain text.",
    )
    text: str = Field(min_length=1, max_length=10 * DEFAULT_LIMITS.text_characters)


class PostedTexts(Strict):
    """The JSON body with notices sent as text."""

    notices: Annotated[list[PostedText], FailFast()] = Field(min_length=1, max_length=TEXTS)


def texts_in(body: bytes) -> list[PostedText]:
    """Return the texts of a body.

    Raises:
        InputError: The body is invalid; the sentence names the first mistake.
    """
    try:
        return PostedTexts.model_validate_json(body).notices
    except ValidationError as error:
        raise InputError(first_mistake(error)) from None
