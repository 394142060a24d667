"""Write the list of parts (SBOM) of the program with its default extras, as CycloneDX JSON.

    python scripts/sbom.py --out sbom.cdx.json

Installs the locked versions into an environment of its own, with their hashes, and has cyclonedx-py describe what is
there: each package with version, licence, and what needs it. The same versions give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
DESCRIBED = ROOT / "requirements" / "default.txt"
TOOLS = ROOT / "requirements" / "audit.txt"


def main() -> int:
    """Write the file, and return 1 where it does not list exactly what is locked for this system."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write")
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        described = _environment(Path(folder) / "described", DESCRIBED)
        tools = _environment(Path(folder) / "tools", TOOLS)
        command = [os.fspath(tools), "-m", "cyclonedx_py", "environment", os.fspath(described)]
        project = ["--pyproject", os.fspath(ROOT / "pyproject.toml"), "--mc-type", "application"]
        form = ["--output-reproducible", "--spec-version", "1.6", "--output-format", "JSON", "--output-file"]
        subprocess.run([*command, *project, *form, os.fspath(out)], check=True)
    listed = {
        (canonicalize_name(part["name"]), part["version"])
        for part in json.loads(out.read_text(encoding="utf-8"))["components"]
    }
    for name, version in sorted(listed ^ _locked()):
        print(f"{name} {version} is {'listed, not locked' if (name, version) in listed else 'locked, not listed'}")
    print(f"wrote {out}: {len(listed)} packages")
    return 1 if listed != _locked() else 0


def _environment(folder: Path, locked: Path) -> Path:
    """Make an environment with the locked packages and nothing else, not even pip, and return its Python."""
    venv.create(folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", os.fspath(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", os.fspath(locked)], check=True)
    return python


def _locked() -> set[tuple[str, str]]:
    """Return the names and versions that are locked for this system."""
    found: set[tuple[str, str]] = set()
    for line in DESCRIBED.read_text(encoding="utf-8").splitlines():
        if line[:1] not in {"", "#", " "}:
            pin = Requirement(line.partition(" \\")[0])
            (specifier,) = pin.specifier
            if pin.marker is None or pin.marker.evaluate():
                found.add((canonicalize_name(pin.name), specifier.version))
    return found


if __name__ == "__main__":
    sys.exit(main())
