"""The options of an endpoint, the same for all commands that ask one."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from extractor.commands.help_text import MODEL

if TYPE_CHECKING:
    from extractor.endpoint.settings import EndpointSettings


def _option(help_: str, **how: Any) -> Any:
    return typer.Option(help=help_, rich_help_panel=MODEL, **how)


class EndpointFlags(NamedTuple):
    """The settings of an endpoint as flags, None where not given; all but ``profile`` are named as there.

    The help texts repeat the defaults set there: ``--help`` must not import Pydantic. A test compares them.
    """

    profile: Annotated[str | None, _option("Profile of settings in extractor.toml.")] = None
    base_url: Annotated[str | None, _option("The endpoint's address, with /v1 at its end. [env: OPENAI_BASE_URL]")] = (
        None
    )
    model: Annotated[str | None, _option("The model's name, as the endpoint calls it. [env: OPENAI_MODEL]")] = None
    api_key_env: Annotated[
        str | None, _option("The environment variable that holds the key. [default: OPENAI_API_KEY]")
    ] = None
    mode: Annotated[
        str | None,
        _option("Form of requests: tools, json_schema, json, md_json, auto. [default: auto]"),
    ] = None
    prompts: Annotated[
        str | None,
        _option("Edition of the prompts: 2, short (for small models), 1 (the first), auto. [default: auto]"),
    ] = None
    tasks: Annotated[
        str | None,
        _option("What is asked: all, or fields (the notice itself, no labels). [default: all]"),
    ] = None
    temperature: Annotated[float | None, _option("Sampling temperature; 0 is the most repeatable. [default: 0]")] = None
    seed: Annotated[int | None, _option("Sampling seed, for endpoints that take one.")] = None
    max_tokens: Annotated[int | None, _option("Most tokens an answer may take. [default: by task]")] = None
    timeout: Annotated[float | None, _option("Seconds that one request may take. [default: 120]")] = None
    call_deadline: Annotated[float | None, _option("Seconds for a call with its retries. [default: 5 x timeout]")] = (
        None
    )
    notice_deadline: Annotated[float | None, _option("Seconds for all calls of one notice.")] = None
    concurrency: Annotated[int | None, _option("Most requests at once. [default: found by trying, up to 64]")] = None
    prefer: Annotated[
        str | None,
        _option("Many calls at once (fast), few large ones (cheap), or by the number of notices. [default: auto]"),
    ] = None
    pack_tokens: Annotated[
        int | None, _option("Most tokens of a notice's issues in one call. [default: found by trying, up to 5500]")
    ] = None
    rpm: Annotated[int | None, _option("Most requests a minute.")] = None
    tpm: Annotated[int | None, _option("Most tokens a minute, in and out.")] = None
    budget_tokens: Annotated[int | None, _option("Most tokens, in and out, that this run may use.")] = None
    budget_usd: Annotated[float | None, _option("Most US dollars that this run may cost; needs a known price.")] = None
    extra_body: Annotated[str | None, _option('Further fields of each request, as JSON: {"top_k": 1}.')] = None
    prices: Annotated[Path | None, _option("Your own price table, TOML.")] = None
    retries: Annotated[int | None, _option("Repetitions of a failed request. [default: 5]")] = None
    answer_retries: Annotated[int | None, _option("Further requests after a wrong answer. [default: 2]")] = None
    backoff: Annotated[
        float | None, _option("Seconds before the first retry, doubled for each further one. [default: 0.5]")
    ] = None
    cache_by_address: Annotated[bool | None, _option("Cache the answers of each address apart.")] = None
    pack_schema: Annotated[
        str | None,
        _option("A schema made for each call, in mode json_schema: auto (not at OpenAI), on, off. [default: auto]"),
    ] = None

    def load(self) -> EndpointSettings:
        """Return the settings: these flags over the environment over .env over the profile.

        Raises:
            SettingsError: a value is wrong, or the profile does not exist.
        """
        from extractor.endpoint.setting_sources import load

        values = self._asdict()
        return load({name: value for name, value in values.items() if name != "profile"}, self.profile)

    def as_words(self, **others: object) -> list[str]:
        """Return the flags that are given, ``others`` in their place, as words of a command.

        Further fields of requests may be secret and are left out as “…”.
        """
        given = {name: value for name, value in {**self._asdict(), **others}.items() if value is not None}
        words = []
        for name, value in given.items():
            flag = f"--{name.replace('_', '-')}"
            if isinstance(value, bool):
                words.append(flag if value else flag.replace("--", "--no-", 1))
            else:
                written = f"{value:g}" if isinstance(value, float) else str(value)
                words += [flag, "…" if name == "extra_body" else written]
        return words

    @property
    def are_given(self) -> bool:
        """True if any flag was given."""
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
