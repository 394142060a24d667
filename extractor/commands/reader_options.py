"""The reader that a command uses, by its options: the rules alone, or with an endpoint's model."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from extractor.errors import SettingsError

if TYPE_CHECKING:
    from extractor.commands.endpoint_options import EndpointFlags
    from extractor.files.parts.page_places import OcrMode
    from extractor.readers import Reader
    from extractor.record.checks import Lang


class Backend(StrEnum):
    """The names of the readers."""

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


class OcrChoice(StrEnum):
    """The names of the modes of recognition."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


OcrOption = Annotated[
    OcrChoice,
    typer.Option(
        help="Pages whose text is recognised: auto (pictures, and scans with a text layer of another program), never, "
        "always (all pages). Needs the extra ocr."
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


class ReaderChoice(NamedTuple):
    """The reader that a command's options choose, and in words why.

    ``surprises`` marks a choice that is logged even in a pipe, since nobody asked for it.
    """

    reader: Reader
    why: str
    surprises: bool = False

    @property
    def sentence(self) -> str:
        """The choice for people: ``rules: no endpoint is set``."""
        return f"{self.reader.settings.backend}: {self.why}"


class ReadingOptions(NamedTuple):
    """The options that hold for every reader: the language of checks, and which pages are recognised."""

    lang: Lang = "zh"
    ocr: OcrMode = "auto"


class AnswerOptions(NamedTuple):
    """The options about a model's answers: the folder they are kept in, and whether they are all there are."""

    cache: Path | None = None
    offline: bool = False
    replay: Path | None = None


_PLAIN = ReadingOptions()


def chosen_reader(
    backend: Backend | None, endpoint: EndpointFlags, answers: AnswerOptions, reading: ReadingOptions = _PLAIN
) -> ReaderChoice:
    """Return the reader that ``backend`` names, else a model where an endpoint is set, else the rules.

    Raises:
        SettingsError: a setting is wrong, or a model is wanted and none is named.
    """
    from extractor.files.scan.recognised_pages import recognition
    from extractor.readers import ModelReader, RulesReader

    if reading.ocr == "always":
        recognition(reading.ocr)  # complains before the first notice
    rules = RulesReader(*reading)
    if backend is Backend.RULES:
        return ReaderChoice(rules, "--backend rules")
    try:
        from extractor.endpoint.settings import OPENAI_URL
        from extractor.model_source import ModelSource

        settings = endpoint.load()
    except ModuleNotFoundError:
        if backend is None and not endpoint.are_given:
            return ReaderChoice(rules, "the packages that ask a model are not installed")
        raise  # the command says how they are
    kept = answers.offline or answers.replay is not None
    if backend is None and not (settings.is_configured or (kept and settings.model)):
        missing = "no model is named" if settings.model is None else "no endpoint is set"
        if endpoint.are_given or kept:
            raise SettingsError(f"{missing}; a model needs --model, and --base-url or a key in {settings.api_key_env}")
        half_set = settings.base_url != OPENAI_URL
        why = f"an endpoint is set ({settings.address}), but {missing}" if half_set else "no endpoint is set"
        return ReaderChoice(rules, why, surprises=half_set)
    if settings.model is None:
        raise SettingsError("no model is named; say which with --model (doctor lists what the endpoint has)")
    if not kept and not settings.is_configured:
        raise SettingsError(f"no endpoint is set; give --base-url, or put a key into {settings.api_key_env}")
    source = ModelSource(settings, _cache_folder(answers.cache), answers.offline, answers.replay)
    reader = ModelReader(source, backend is Backend.MODEL, *reading)
    reason = "--replay" if answers.replay is not None else "--offline" if answers.offline else "an endpoint is set"
    what = f"kept answers of {settings.model}" if kept else f"{settings.model} at {settings.address}"
    surprises = not (backend or kept or endpoint.are_given)  # text leaves the machine although nobody asked for it here
    return ReaderChoice(reader, f"{f'--backend {backend}' if backend else reason}: {what}", surprises)


def _cache_folder(given: Path | None) -> Path:
    from extractor.endpoint.cache import default_folder

    return given or default_folder()
