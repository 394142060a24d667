"""The pinned versions: they cover every extra, satisfy pyproject.toml, and each names the hashes of its files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

import pytest
from checkout import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = canonicalize_name(PROJECT["name"])
FILES = sorted((ROOT / "requirements").glob("*.txt"))
SYSTEMS = ("linux", "darwin", "win32")

_HEADER = re.compile(r"^# All that .* needs with (?:no extras|extras ([\w, ]+)):")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"://|file:|\.(?:org|com|net|io|cn)\b|index-url|find-links", re.IGNORECASE)


class Pin(NamedTuple):
    """A package at one version, and the hashes of the files that may be installed for it."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def version(self) -> Version:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return Version(specifier.version)


def _pins(path: Path) -> dict[str, Pin]:
    joined = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, Pin] = {}
    for line in joined.splitlines():
        if not line or line.startswith("#"):
            continue
        words, *options = line.split(" --hash=")
        pin = Pin(Requirement(words), frozenset(option.strip() for option in options))
        name = canonicalize_name(pin.requirement.name)
        assert name not in found, f"{name} is pinned twice in {path.name}"
        found[name] = pin
    return found


def _extras(path: Path) -> tuple[str, ...]:
    named = _HEADER.match(path.read_text(encoding="utf-8"))
    assert named is not None
    return tuple((named[1] or "").replace(",", " ").split())


def _declared(extras: tuple[str, ...]) -> Iterator[Requirement]:
    """Yield what pyproject.toml asks for, with its own extras unfolded."""
    for line in PROJECT["dependencies"]:
        yield Requirement(line)
    waiting = list(extras)
    while waiting:
        for line in PROJECT["optional-dependencies"][waiting.pop()]:
            requirement = Requirement(line)
            if canonicalize_name(requirement.name) == OWN:
                waiting.extend(requirement.extras)
            else:
                yield requirement


def _unmet(wanted: Requirement, pins: dict[str, Pin]) -> str | None:
    pin = pins.get(canonicalize_name(wanted.name))
    if pin is None:
        return f"{wanted} is not pinned"
    if not wanted.specifier.contains(pin.version, prereleases=True):
        return f"{wanted}, pinned {pin.version}"
    return None


def test_every_extra_has_its_hashes() -> None:
    covered = {extra for path in FILES for extra in _extras(path)}
    assert {"test"} | covered == set(PROJECT["optional-dependencies"])
    assert OWN in {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["dev"]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pins_satisfy_the_project(path: Path) -> None:
    pins = _pins(path)
    assert [unmet for wanted in _declared(_extras(path)) if (unmet := _unmet(wanted, pins))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pins_satisfy_each_other(path: Path) -> None:
    """What a pinned package asks for is pinned, too: asked of those that are installed here at the pinned version."""
    pins = _pins(path)
    unmet: list[str] = []
    waiting = [need for wanted in _declared(_extras(path)) for need in _needs(wanted)]
    seen: set[Need] = set()
    while waiting:
        need = waiting.pop()
        if need in seen or not _installed(pins[need.name]):
            continue
        seen.add(need)
        for wanted in map(Requirement, requires(need.name) or []):
            if wanted.marker is None or wanted.marker.evaluate({"extra": need.extra}):
                if problem := _unmet(wanted, pins):
                    unmet.append(f"{need.name}: {problem}")
                else:
                    waiting.extend(_needs(wanted))
    assert unmet == []
    assert seen


class Need(NamedTuple):
    """A package with one of its extras, or with none where the extra is empty."""

    name: str
    extra: str


def _needs(wanted: Requirement) -> list[Need]:
    return [Need(canonicalize_name(wanted.name), extra) for extra in ("", *wanted.extras)]


def _installed(pin: Pin) -> bool:
    try:
        return Version(version(pin.requirement.name)) == pin.version
    except PackageNotFoundError:
        return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_pin_has_hashes_and_no_host(path: Path) -> None:
    pins = _pins(path)
    assert [name for name, pin in pins.items() if not pin.hashes or not all(map(_HASH.fullmatch, pin.hashes))] == []
    assert _HOST.findall(path.read_text(encoding="utf-8")) == []


def test_constraints_name_the_same_versions() -> None:
    pins = _pins(ROOT / "constraints.txt")
    locked = {(name, pin.version) for path in FILES for name, pin in _pins(path).items()}
    assert locked == {(name, pin.version) for name, pin in pins.items()}
    assert _HOST.findall((ROOT / "constraints.txt").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_pins_are_for_every_system(system: str) -> None:
    """A pin with a marker would be left out where the marker is false: then nothing may need it there."""
    marked = {
        name
        for path in FILES
        for name, pin in _pins(path).items()
        if pin.requirement.marker and not pin.requirement.marker.evaluate(_environment(system))
    }
    assert marked <= ({"colorama"} if system != "win32" else set())


def _environment(system: str) -> dict[str, str]:
    names = {"linux": "posix", "darwin": "posix", "win32": "nt"}
    return {"sys_platform": system, "os_name": names[system]}
