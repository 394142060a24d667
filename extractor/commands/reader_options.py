"""Who reads the notices, by the options of a command: the rules alone, or an endpoint's model with them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from extractor.errors import SettingsError

if TYPE_CHECKING:
    from extractor.commands.endpoint_options import EndpointFlags
    from extractor.model_source import Asking


class Backend(StrEnum):
    """Who reads the notices."""

    RULES = "rules"
    ASSISTED = "assisted"
    MODEL = "model"


BackendOption = Annotated[
    Backend | None,
    typer.Option(
        help="Who reads: rules; assisted (a model labels what rules found); model (it finds issues and measures, too). "
        "[default: assisted where an endpoint is set, else rules]"
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir",
        envvar="EXTRACTOR_CACHE_DIR",
        show_envvar=False,
        metavar="DIR",
        help="Folder of the model's answers. [default: EXTRACTOR_CACHE_DIR, else one among the user's caches]",
    ),
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Ask nobody: answers from the cache alone.")]
ReplayOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Ask nobody: answers from this file alone, which cache export wrote."),
]


class Reader(NamedTuple):
    """Who reads, in words why, and whom to ask (None: nobody). What ``surprises`` is to be told even in a pipe."""

    backend: Backend
    why: str
    asking: Asking | None = None
    surprises: bool = False


class Answers(NamedTuple):
    """Where a model's answers are kept, and whether they are all there are."""

    cache: Path | None = None
    offline: bool = False
    replay: Path | None = None


def chosen_reader(backend: Backend | None, endpoint: EndpointFlags, answers: Answers) -> Reader:
    """Return who reads: what ``backend`` says, else a model where an endpoint is set, else the rules.

    Raises:
        SettingsError: a setting is wrong, or a model is wanted and none is named.
    """
    if backend is Backend.RULES:
        return Reader(Backend.RULES, "--backend rules")
    try:
        from extractor.endpoint.settings import OPENAI_URL
        from extractor.model_source import Asking

        settings = endpoint.load()
    except ModuleNotFoundError:
        if backend is None and not endpoint.are_given:
            return Reader(Backend.RULES, "the packages that ask a model are not installed")
        raise  # the command says how they are
    told = answers.offline or answers.replay is not None
    if backend is None and not (settings.is_configured or (told and settings.model)):
        missing = "no model is named" if settings.model is None else "no endpoint is set"
        if endpoint.are_given or told:
            raise SettingsError(f"{missing}; a model needs --model, and --base-url or a key in {settings.api_key_env}")
        half_set = settings.base_url != OPENAI_URL
        why = f"an endpoint is set ({settings.address}), but {missing}" if half_set else "no endpoint is set"
        return Reader(Backend.RULES, why, surprises=half_set)
    if settings.model is None:
        raise SettingsError("no model is named; say which with --model (doctor lists what the endpoint has)")
    if not told and not settings.is_configured:
        raise SettingsError(f"no endpoint is set; give --base-url, or put a key into {settings.api_key_env}")
    asking = Asking(settings, _cache_folder(answers.cache), answers.offline, answers.replay)
    told_by = "--replay" if answers.replay is not None else "--offline" if answers.offline else "an endpoint is set"
    why = f"--backend {backend}" if backend else told_by
    whom = f"kept answers of {settings.model}" if told else f"{settings.model} at {settings.address}"
    surprises = not (backend or told or endpoint.are_given)  # text leaves the machine although nobody asked for it here
    return Reader(backend or Backend.ASSISTED, f"{why}: {whom}", asking, surprises)


def _cache_folder(given: Path | None) -> Path:
    from extractor.endpoint.cache import default_folder

    return given or default_folder()
