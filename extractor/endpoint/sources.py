"""Where settings come from, first to last: flags, environment, ``.env``, TOML profile.

A setting ``name`` is read from the environment, and from ``.env`` in the working folder, as ``EXTRACTOR_NAME``, else as
``OPENAI_NAME``: so ``OPENAI_BASE_URL`` does what it does elsewhere. The key is read from the variable that
``api_key_env`` names, ``OPENAI_API_KEY`` by default, and from nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from extractor.endpoint.profiles import read_profile
from extractor.endpoint.settings import Settings
from extractor.errors import SettingsError

_PREFIXES = ("EXTRACTOR_", "OPENAI_")


def load(flags: Mapping[str, object] | None = None, profile: str | None = None, folder: Path | None = None) -> Settings:
    """Return the settings from all the places they may stand in. ``flags`` are by setting (None: not given); ``folder``
    is where ``.env`` and ``extractor.toml`` are looked for (the working folder).

    Raises:
        SettingsError: a value is wrong, a setting does not exist, or the profile does not.
    """
    folder = folder or Path.cwd()
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    unknown = sorted(set(given) - set(Settings.model_fields))
    if unknown:
        raise SettingsError(f"{unknown[0]}: there is no such setting")
    try:
        gathered = _gathered(given, read_profile(profile, folder), folder / ".env")
    except ValidationError as error:
        sentence = _sentence(error)
    else:
        key = given.get("api_key") or _key(gathered.api_key_env, folder / ".env")
        values = {name: getattr(gathered, name) for name in Settings.model_fields}
        return Settings.model_validate(values | {"api_key": key})
    raise SettingsError(sentence)  # outside of the block, so that no context with the values travels along


def _gathered(flags: Mapping[str, Any], profile: Mapping[str, object], env_file: Path) -> Settings:
    class Gathered(Settings, BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", enable_decoding=False)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            environment = (
                EnvSettingsSource(settings_cls, env_prefix=prefix, env_ignore_empty=True) for prefix in _PREFIXES
            )
            file = (
                DotEnvSettingsSource(settings_cls, env_file=env_file, env_prefix=prefix, env_ignore_empty=True)
                for prefix in _PREFIXES
            )
            return init_settings, *environment, *file, InitSettingsSource(settings_cls, dict(profile))

    return Gathered(**flags)


def _key(variable: str, env_file: Path) -> SecretStr | None:
    """Return what the variable holds, in the environment or in ``.env``."""
    value = os.environ.get(variable) or (dotenv_values(env_file).get(variable) if env_file.is_file() else None)
    return SecretStr(value.strip()) if value and value.strip() else None


def _sentence(error: ValidationError) -> str:
    """Say what is wrong without quoting any value: it may be a key in the wrong place."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{name} (--{name.replace('_', '-')}): {message[:1].lower()}{message[1:]}"
