"""Measure what the package's dependencies take on disk here: alone, and what each extra adds to them.

    python scripts/extra_sizes.py

Only what is installed is counted, in the versions that are; an extra that is not installed whole is left out.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
_FOR_USERS = ("eval", "export", "ledger", "model", "ocr", "ray", "serve", "learn")


def main() -> None:
    """Print a table of sizes in MB (a million bytes)."""
    project = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]
    base = _closure(project["dependencies"])
    print("| | packages | MB |")
    print("| --- | ---: | ---: |")
    print(f"| without extras | {len(base)} | {_megabytes(base):,.0f} |")
    for extra in _FOR_USERS:
        try:
            added = _closure(project["optional-dependencies"][extra]) - base
        except PackageNotFoundError:
            continue
        print(f"| `[{extra}]` adds | {len(added)} | {_megabytes(added):,.1f} |")


def _closure(requirements: list[str]) -> set[str]:
    """Return the names of all packages that requirements bring.

    Raises:
        PackageNotFoundError: one of them is not installed.
    """
    found: set[str] = set()
    waiting = [(Requirement(each), "") for each in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name in found and not requirement.extras:
            continue
        found.add(name)
        needed = [Requirement(each) for each in distribution(name).requires or ()]
        waiting += [(each, own) for own in ("", *requirement.extras) for each in needed]
    return found


def _megabytes(names: set[str]) -> float:
    files = [distribution(name).locate_file(file) for name in names for file in distribution(name).files or ()]
    return sum(path.stat().st_size for each in files if (path := Path(str(each))).is_file()) / 1e6


if __name__ == "__main__":
    main()
