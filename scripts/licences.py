"""Write docs/licences.md: every package that a set-up installs, with its licence, or check that it is current.

    python scripts/licences.py            write the page anew; asks the package index about what is not installed here
    python scripts/licences.py --check    change nothing, ask nobody; exit 1 with the reasons where something is wrong

The packages and versions are those of ``requirements/*.txt``. Their licences come from the metadata of what is
installed, and from ``requirements/licences.toml`` where that says too little. What is not installed is asked for by
pip, which has to be version 25 or newer: older ones pass over SPDX expressions. Wrong is a page that is out of date, a
licence nobody knows, and the GPL or AGPL as the licence of a package that people install to use the program.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
SETS = ("base", "default", "ocr", "local", "dev", "audit")
# What people install to use the program; the others are for those who develop.
GUARDED = ("base", "default", "ocr", "local")
FACTS = "requirements/licences.toml"
UNKNOWN = "unknown"

_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
_ROW = re.compile(r"^\| ([\w.-]+) \| ([^|]+?) \| ([^|]+?) \| (\w+) \|", re.MULTILINE)
_WITHOUT_EXCEPTION = re.compile(r"\bA?GPL-\d[\w.+-]*(?!\s+WITH\b)(?![\w.+-])")
_LICENCE_FILE = re.compile(r"\.dist-info/.*(?:licen[cs]e|copying|notice)", re.IGNORECASE)
_GNU_TERMS = re.compile(r"terms of the\s+GNU\s|\b[AL]?GPL-\d|GNU\s+[AL]?GPL\s?v?\d|\bis GPL\b|\bLGPL \d", re.IGNORECASE)
_INTRODUCTION = """\
# Licences

<!-- Made by `python scripts/licences.py`; edit requirements/licences.toml, not this page. -->

Each package that a set-up installs, at the version that [requirements](../requirements) names, with its licence as an
SPDX expression. `base` is the program without extras; `default` adds the extras eval, export, ledger, model and serve;
`ocr` is the extra of that name; `local` is another with model; `dev` and `audit` are for those who develop. Neither
the GPL nor the AGPL is the licence of a package in `base`, `default`, `ocr` or `local`: CI runs
`python scripts/licences.py --check`.
What a wheel carries besides the package's own code is listed under [Carried along](#carried-along); some of that is
under the LGPL, or under the GPL with an exception for programs that use it.

*Read in* says where the licence was read: `expression`, `field` and `classifier` are parts of the package's metadata;
`file` means that a person read the licence file, or the description where there is no such file.
"""


class Facts(NamedTuple):
    """A package's licence as an SPDX expression, or ``unknown``, and where it was read."""

    licence: str
    read_in: str


class Package(NamedTuple):
    """A package at a version, with the set-ups that install it."""

    name: str
    version: str
    sets: tuple[str, ...]


class Words(NamedTuple):
    """``requirements/licences.toml``."""

    spdx: dict[str, str]
    read: dict[str, str]
    notes: dict[str, str]
    vendored: list[dict[str, str]]


def main() -> int:
    """Write or check the page, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing, ask nobody; exit 1 where something is wrong"
    )
    options = parser.parse_args()
    words = Words(**tomllib.loads((ROOT / FACTS).read_text(encoding="utf-8")))
    packages = _packages()
    known = {package: facts for package in packages if (facts := _installed(package, words))}
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = {(name, version): Facts(licence, read_in) for name, version, licence, read_in in _ROW.findall(before)}
    for package in packages:
        kept = rows.get(package[:2])
        if package.name in words.read:
            known[package] = Facts(words.read[package.name], "file")
        elif package not in known and kept and kept.licence != UNKNOWN:
            known[package] = kept
    missing = [package for package in packages if package not in known]
    if missing and not options.check:
        known.update(_asked(missing, words))
    page = _page(packages, known, words)
    wrong = [*_wrong(packages, known), *_unexplained(packages, words)]
    if options.check and page != before:
        wrong.append("docs/licences.md is out of date; do: python scripts/licences.py")
    if not options.check:
        PAGE.write_text(page, encoding="utf-8", newline="\n")
        print(f"wrote docs/licences.md: {len(packages)} packages")
    for reason in wrong:
        print(reason, file=sys.stderr)
    return 1 if wrong else 0


def _packages() -> list[Package]:
    """Return what the locked set-ups install, by name."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in SETS:
        text = (ROOT / "requirements" / f"{each}.txt").read_text(encoding="utf-8")
        for name, version in _PIN.findall(text):
            found.setdefault((canonicalize_name(name), version), []).append(each)
    return [Package(name, version, tuple(sets)) for (name, version), sets in sorted(found.items())]


def _installed(package: Package, words: Words) -> Facts | None:
    """Return what the metadata here say; None where the package is not installed at this version."""
    found = _distribution(package)
    return None if found is None else _facts(found.metadata.json, words)


def _distribution(package: Package) -> Distribution | None:
    try:
        found = distribution(package.name)
    except PackageNotFoundError:
        return None
    return found if found.version == package.version else None


def _asked(packages: Iterable[Package], words: Words) -> dict[Package, Facts]:
    """Ask pip for the metadata of packages without installing them.

    Raises:
        SystemExit: pip could not find one of them.

    """
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
    wanted = {(package.name, package.version): package for package in packages}
    done = subprocess.run(
        [*command, "--report", "-", *(f"{name}=={version}" for name, version in wanted)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    found = {}
    for each in json.loads(done.stdout)["install"]:
        metadata: dict[str, Any] = each["metadata"]
        found[wanted[canonicalize_name(metadata["name"]), metadata["version"]]] = _facts(metadata, words)
    return found


def _facts(metadata: dict[str, Any], words: Words) -> Facts:
    """Return what a package's metadata say, as importlib.metadata and pip's reports write them in JSON."""
    if expression := metadata.get("license_expression"):
        return Facts(expression, "expression")
    if spdx := _spdx(metadata.get("license", ""), words):
        return Facts(spdx, "field")
    licences = [each.rpartition(" :: ")[2] for each in metadata.get("classifier", []) if each.startswith("License ::")]
    if len(licences) == 1 and (spdx := _spdx(licences[0], words)):
        return Facts(spdx, "classifier")
    return Facts(UNKNOWN, "nowhere")


def _spdx(named: str, words: Words) -> str | None:
    """Return the SPDX expression for how a package names its licence; None where it is not clear."""
    if named in words.spdx:
        return words.spdx[named]
    try:
        return canonicalize_license_expression(named)
    except InvalidLicenseExpression:
        return None


def _wrong(packages: Iterable[Package], known: dict[Package, Facts]) -> list[str]:
    wrong = []
    for package in packages:
        licence = known[package].licence if package in known else UNKNOWN
        if licence == UNKNOWN:
            wrong.append(f"{_named(package)}: licence unknown; read its licence file, then add a line to {FACTS}")
        elif _is_copyleft(licence) and set(GUARDED) & set(package.sets):
            wrong.append(f"{_named(package)}: {licence} may not be in a set-up for users")
    return wrong


def _named(package: Package) -> str:
    return f"{package.name} {package.version}"


def _is_copyleft(licence: str) -> bool:
    """Whether the GPL or AGPL holds however one chooses among the licences offered."""
    return all(_WITHOUT_EXCEPTION.search(choice) for choice in licence.split(" OR "))


def _unexplained(packages: Iterable[Package], words: Words) -> list[str]:
    """Return the packages whose licence files name a GNU licence as the terms of something, and that have no note."""
    wrong = []
    for package in packages:
        found = _distribution(package)
        if found is None or package.name in words.notes:
            continue
        files = [file for file in found.files or [] if _LICENCE_FILE.search(file.as_posix())]
        texts = (Path(str(file.locate())).read_text(encoding="utf-8", errors="replace") for file in files)
        if any(_GNU_TERMS.search(text) for text in texts):
            wrong.append(f"{_named(package)}: a licence file names a GNU licence; say of what, in {FACTS}")
    return wrong


def _page(packages: list[Package], known: dict[Package, Facts], words: Words) -> str:
    lines = ["| package | version | licence | read in | installed by |", "| --- | --- | --- | --- | --- |"]
    for package in packages:
        facts = known.get(package, Facts(UNKNOWN, "nowhere"))
        lines.append(f"| {' | '.join((*package[:2], *facts, ', '.join(package.sets)))} |")
    carried = [f"- **{name}**: {note}" for name, note in sorted(words.notes.items())]
    vendored = ["| file | version | licence | text |", "| --- | --- | --- | --- |"]
    for each in words.vendored:
        link = f"[{Path(each['file']).name}](../{each['file']})"
        vendored.append(f"| `{each['path']}` | {each['version']} | {each['licence']} | {link} |")
    parts = {"Packages": lines, "Carried along": carried, "Code of others in this repository": vendored}
    return _INTRODUCTION + "".join(f"\n## {title}\n\n" + "\n".join(part) + "\n" for title, part in parts.items())


if __name__ == "__main__":
    sys.exit(main())
