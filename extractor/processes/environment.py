"""What a process that parses documents is told of our environment: where things are, and no key, token or password."""

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
    """Return what of an environment a child may know. Names are let through, not kept out: nobody can list all names
    that keys go by."""
    return {name: value for name, value in environment.items() if _is_harmless(name.upper())}


def _is_harmless(name: str) -> bool:
    return name in _NAMES or name.startswith(_BEGINNINGS)
