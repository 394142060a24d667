"""The options that say which endpoint is asked, and how: the same for all commands that ask one."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from extractor.endpoint.settings import EndpointSettings

_PANEL = "Endpoint"


def _option(help_: str, **how: Any) -> Any:
    return typer.Option(help=help_, rich_help_panel=_PANEL, **how)


class EndpointFlags(NamedTuple):
    """The settings of an endpoint as flags, None where not given; all but ``profile`` are named as there.

    Defaults are told here and set there: pydantic must not be imported for ``--help``; a test compares them.
    """

    profile: Annotated[str | None, _option("Settings of this name in extractor.toml.")] = None
    base_url: Annotated[str | None, _option("The endpoint's address, up to and with /v1. [env: OPENAI_BASE_URL]")] = (
        None
    )
    model: Annotated[str | None, _option("The model's name, as the endpoint calls it. [env: OPENAI_MODEL]")] = None
    api_key_env: Annotated[
        str | None, _option("The environment variable that holds the key. [default: OPENAI_API_KEY]")
    ] = None
    mode: Annotated[
        str | None, _option("How typed answers are asked for: tools, json_schema, json, md_json, auto. [default: auto]")
    ] = None
    temperature: Annotated[float | None, _option("0 is as repeatable as the endpoint gets. [default: 0]")] = None
    seed: Annotated[int | None, _option("For endpoints that take one.")] = None
    max_tokens: Annotated[int | None, _option("The most tokens an answer may take. [default: by what is asked]")] = None
    timeout: Annotated[float | None, _option("Seconds that one request may take. [default: 120]")] = None
    call_deadline: Annotated[
        float | None, _option("Seconds for a call, repetitions included. [default: 5 x timeout]")
    ] = None
    notice_deadline: Annotated[float | None, _option("Seconds for all calls of one notice.")] = None
    concurrency: Annotated[int | None, _option("Requests at once. [default: found by trying, up to 64]")] = None
    rpm: Annotated[int | None, _option("Requests a minute, at most.")] = None
    tpm: Annotated[int | None, _option("Tokens a minute, in and out, at most.")] = None
    budget_tokens: Annotated[int | None, _option("Tokens, in and out, that this run may use.")] = None
    budget_usd: Annotated[float | None, _option("US dollars that this run may cost; needs a known price.")] = None
    extra_body: Annotated[str | None, _option('Further fields of each request, as JSON: {"top_k": 1}.')] = None
    prices: Annotated[Path | None, _option("A price table of one's own, TOML.")] = None
    retries: Annotated[int | None, _option("How often a failed request is repeated. [default: 5]")] = None
    answer_retries: Annotated[int | None, _option("How often a wrong answer is asked for again. [default: 2]")] = None
    backoff: Annotated[
        float | None, _option("Seconds before the first repetition, then twice as long each. [default: 0.5]")
    ] = None
    cache_by_address: Annotated[bool | None, _option("Keep the answers of each address apart.")] = None

    def load(self) -> EndpointSettings:
        """Return the settings: these flags over the environment over .env over the profile.

        Raises:
            SettingsError: a value is wrong, or the profile does not exist.
        """
        from extractor.endpoint.setting_sources import load

        values = self._asdict()
        return load({name: value for name, value in values.items() if name != "profile"}, self.profile)

    @property
    def are_given(self) -> bool:
        """Whether any of them was."""
        return any(value is not None for value in self)


Command = Callable[..., None]


def with_endpoint_options(command: Command) -> Command:
    """Give ``command``, which takes ``endpoint: EndpointFlags``, an option for each flag instead."""

    @wraps(command)
    def wrapped(**arguments: Any) -> None:
        flags = EndpointFlags(**{name: arguments.pop(name) for name in EndpointFlags._fields})
        command(**arguments, endpoint=flags)

    own = inspect.signature(command)
    kinds = typing.get_type_hints(command, include_extras=True)
    parameters = [each.replace(annotation=kinds[name]) for name, each in own.parameters.items() if name != "endpoint"]
    hints = typing.get_type_hints(EndpointFlags, include_extras=True)
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hints[name])
        for name in EndpointFlags._fields
    ]
    wrapped.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": None}
    return wrapped
