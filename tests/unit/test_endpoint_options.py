"""The flags of an endpoint say what its settings are."""

from __future__ import annotations

import typing
from typing import Any

import pytest

from extractor.commands.endpoint_options import EndpointFlags
from extractor.endpoint.settings import OPENAI_URL, EndpointSettings

HINTS = typing.get_type_hints(EndpointFlags, include_extras=True)


def help_of(name: str) -> str:
    """What ``--help`` says of a flag."""
    option: Any = HINTS[name].__metadata__[0]
    return str(option.help)


def test_every_setting_but_the_key_itself_has_a_flag() -> None:
    assert {*EndpointFlags._fields} - {"profile"} == {*EndpointSettings.model_fields} - {"api_key"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, field.default)
        for name, field in EndpointSettings.model_fields.items()
        if field.default not in (None, False, OPENAI_URL) and name in EndpointFlags._fields and name != "extra_body"
    ],
)
def test_a_default_that_is_told_is_the_one_that_is_set(name: str, value: object) -> None:
    told = f"{value:g}" if isinstance(value, float) else str(value)
    assert help_of(name).endswith(f"[default: {told}]")
