"""Named settings in ``extractor.toml``: in the working folder, else in the user's own folder of settings.

default_profile = "local"

[profiles.local]
base_url = "http://127.0.0.1:8080/v1"
model = "qwen3"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractor.endpoint.settings import EndpointSettings
from extractor.errors import SettingsError

FILE_NAME = "extractor.toml"


def user_folder() -> Path:
    """Return where this user's own settings and prices lie; the folder need not exist."""
    from platformdirs import user_config_path

    return user_config_path("notice-extractor", appauthor=False)


def read_profile(name: str | None, folder: Path) -> Mapping[str, Any]:
    """Return the settings of the profile ``name``, else of the default profile, else none. A profile in ``folder``
    stands in the place of the user's profile of the same name.

    Raises:
        SettingsError: a file is no TOML, the profile does not exist, or it sets what is no setting.
    """
    profiles: dict[str, tuple[Path, Any]] = {}
    default: str | None = None
    for path in (user_folder() / FILE_NAME, folder / FILE_NAME):
        document = _document(path)
        own = document.get("profiles", {})
        if not isinstance(own, dict):
            raise SettingsError(f"{path}: profiles must be tables, each under [profiles.NAME]")
        profiles |= {key: (path, table) for key, table in own.items()}
        default = document.get("default_profile", default)
    name = name or default
    if name is None:
        return {}
    if name not in profiles:
        known = ", ".join(sorted(profiles)) or f"none; write one under [profiles.{name}] in {folder / FILE_NAME}"
        raise SettingsError(f"there is no profile {name} (there is: {known})")
    path, table = profiles[name]
    return _checked(path, name, table)


def own_profile() -> Mapping[str, Any]:
    """Return the settings of the default profile in the user's own folder, as it stands there, else none.

    Raises:
        SettingsError: the file is no TOML, or the profile sets what is no setting.
    """
    path = user_folder() / FILE_NAME
    document = _document(path)
    name, profiles = document.get("default_profile"), document.get("profiles", {})
    if not isinstance(name, str) or not isinstance(profiles, dict) or name not in profiles:
        return {}
    return _checked(path, name, profiles[name])


def _checked(path: Path, name: str, table: object) -> Mapping[str, Any]:
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: [profiles.{name}] must be a table")
    for setting in table:
        if setting == "api_key":
            raise SettingsError(
                f"{path}: [profiles.{name}] holds a key; put it into an environment variable, or into .env, "
                "and the variable's name under api_key_env"
            )
        if setting not in EndpointSettings.model_fields:
            raise SettingsError(f"{path}: [profiles.{name}] sets {setting}, which is no setting")
    return table


def _document(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is no TOML ({error})") from None  # its document may hold a key
