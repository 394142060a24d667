"""The environment of a process that parses documents: places, and no key, token or password."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP"),
        *("VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TESSDATA_PREFIX", "COVERAGE_PROCESS_START"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
    }
)
_BEGINNINGS = ("PYTHON", "LC_", "XDG_", "OMP_", "FONTCONFIG_")


def harmless(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a child process may see.

    A list of allowed names: the names under which people keep keys cannot be listed.
    """
    return {name: value for name, value in environment.items() if _is_harmless(name.upper())}


def _is_harmless(name: str) -> bool:
    return name in _NAMES or name.startswith(_BEGINNINGS)
