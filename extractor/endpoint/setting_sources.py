"""Where settings come from, first to last: flags, environment, ``.env``, TOML profile.

A setting ``name`` is read from the environment, and from ``.env`` in the working folder, as ``EXTRACTOR_NAME``, else as
``OPENAI_NAME``: so ``OPENAI_BASE_URL`` does what it does elsewhere. The key is read from the variable that
``api_key_env`` names, ``OPENAI_API_KEY`` by default, and from nowhere else.

Where texts go, and which variable holds the key, no file of the working folder chooses unasked: the folder may have
come with the notices. There it takes a flag, the environment, or a profile that is named.
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

from extractor.endpoint.setting_profiles import FILE_NAME, own_profile, read_profile
from extractor.endpoint.settings import EndpointSettings
from extractor.errors import SettingsError

_PREFIXES = ("EXTRACTOR_", "OPENAI_")
_OF_THE_PLACE = ("base_url", "api_key_env")
"""The settings that say where texts and keys go."""


def load(
    flags: Mapping[str, object] | None = None, profile: str | None = None, folder: Path | None = None
) -> EndpointSettings:
    """Return the settings from all the places they may stand in. ``flags`` are by setting (None: not given); ``folder``
    is where ``.env`` and ``extractor.toml`` are looked for (the working folder).

    Raises:
        SettingsError: a value is wrong, a setting does not exist, or the profile does not; a file in ``folder`` says
            unasked where the texts of a model's calls are to go.
    """
    folder = folder or Path.cwd()
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    unknown = sorted(set(given) - set(EndpointSettings.model_fields))
    if unknown:
        raise SettingsError(f"{unknown[0]}: there is no such setting")
    env_file = folder / ".env"
    try:
        gathered = _gathered(given, read_profile(profile, folder), env_file)
        trusted = _gathered(given, read_profile(profile, folder) if profile else own_profile(), None)
    except ValidationError as error:
        sentence = _sentence(error)
    else:
        unasked = [name for name in _OF_THE_PLACE if _is_unasked(name, gathered, trusted)]
        if unasked and gathered.model is not None:
            raise SettingsError(_refusal(unasked[0], folder, env_file))
        # A key in .env is for the server that .env names: where that is left out, so is the key.
        key = given.get("api_key") or _key(trusted.api_key_env, None if "base_url" in unasked else env_file)
        values = {name: getattr(gathered, name) for name in EndpointSettings.model_fields}
        place = {name: getattr(trusted, name) for name in _OF_THE_PLACE}
        return EndpointSettings.model_validate(values | place | {"api_key": key})
    raise SettingsError(sentence)  # outside of the block, so that no context with the values travels along


def _is_unasked(name: str, gathered: EndpointSettings, trusted: EndpointSettings) -> bool:
    """Whether a setting is what it is by a file of the working folder alone."""
    return name not in trusted.model_fields_set and bool(getattr(gathered, name) != getattr(trusted, name))


def _refusal(name: str, folder: Path, env_file: Path) -> str:
    variables = [f"{prefix}{name.upper()}" for prefix in _PREFIXES]
    found = dotenv_values(env_file) if env_file.is_file() else {}
    in_env = next((variable for variable in variables if found.get(variable)), None)
    flag = f"--{name.replace('_', '-')}"
    if in_env:
        return (
            f"{env_file}: sets {in_env}, but where texts and keys go is not for a file of the working folder to say; "
            f"give {flag}, set {in_env} in the environment, or name a profile with --profile"
        )
    return (
        f"{folder / FILE_NAME}: its default profile sets {name}, but where texts and keys go is not for a file of the "
        f"working folder to say unasked; name the profile with --profile, or give {flag}"
    )


def _gathered(flags: Mapping[str, Any], profile: Mapping[str, object], env_file: Path | None) -> EndpointSettings:
    class SourcedSettings(EndpointSettings, BaseSettings):
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

    return SourcedSettings(**flags)


def _key(variable: str, env_file: Path | None) -> SecretStr | None:
    """Return what the variable holds, in the environment or in ``.env``."""
    in_file = dotenv_values(env_file) if env_file is not None and env_file.is_file() else {}
    value = os.environ.get(variable) or in_file.get(variable)
    return SecretStr(value.strip()) if value and value.strip() else None


def _sentence(error: ValidationError) -> str:
    """Say what is wrong without quoting any value: it may be a key in the wrong place."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{name} (--{name.replace('_', '-')}): {message[:1].lower()}{message[1:]}"
