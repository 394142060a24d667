"""Write constraints.txt and requirements/: the exact version, and the hashes, of every package that each set-up needs.

    python scripts/lock.py              take up changes of pyproject.toml; what is pinned keeps its version
    python scripts/lock.py --upgrade    take up newer versions, too

Resolves for every Python that pyproject.toml allows and for Linux, macOS and Windows at once. It asks the package index
and installs nothing. Needs uv, which ``requirements/audit.txt`` brings. ``test_lock.py`` checks the files without
a network.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST = "3.11"
# One file a set-up: its name, and the extras that it covers. Together they cover every extra.
SETS = {
    "base": (),
    "default": ("eval", "export", "ledger", "model", "serve"),
    "dev": ("dev",),
    "local": ("model", "local"),
    "ocr": ("ocr",),
    "learn": ("learn",),
    "ray": ("ray",),
    "audit": ("audit",),
}
# It is for Python inside a browser, where nothing of this project runs.
LEFT_OUT = ("--no-emit-package", "httpx2-jsfetch")
MADE = "# Made by `python scripts/lock.py`; do that again after a change of the dependencies in pyproject.toml.\n"
HEADER = (
    "# The versions that the tests are run with; they bound nothing by themselves: "
    "pip install -c constraints.txt -e '.[dev]'\n" + MADE
)


def main() -> None:
    """Resolve all extras together, then write the part of each set-up with its hashes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--upgrade", action="store_true", help="take up newer versions of what is pinned")
    options = parser.parse_args()
    if find_spec("uv") is None:
        sys.exit("uv is not installed; do: python -m pip install --require-hashes -r requirements/audit.txt")
    newer = ("--upgrade",) if options.upgrade else ()
    _compile(CONSTRAINTS, HEADER, ("--all-extras", *newer))
    for name, extras in SETS.items():
        path = ROOT / "requirements" / f"{name}.txt"
        chosen = [argument for extra in extras for argument in ("--extra", extra)]
        _compile(path, _header(name, extras), (*chosen, "--generate-hashes", "-c", CONSTRAINTS.name, "--upgrade"))


def _header(name: str, extras: tuple[str, ...]) -> str:
    covered = f"extras {', '.join(extras)}" if extras else "no extras"
    command = f"pip install --require-hashes -r requirements/{name}.txt"
    return f"# All that notice-extractor needs with {covered}: {command}\n{MADE}"


def _compile(path: Path, header: str, arguments: tuple[str, ...]) -> None:
    """Have uv write the file, then put the header before it.

    Raises:
        SystemExit: uv found no versions that go together, or could not reach the index.

    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST]
    plain = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", *LEFT_OUT)
    done = subprocess.run(
        [*command, *plain, *arguments, "-o", os.fspath(path.relative_to(ROOT)), "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    pins = path.read_text(encoding="utf-8")
    path.write_text(header + pins, encoding="utf-8", newline="\n")
    count = sum(line[:1] not in {"", "#", " "} for line in pins.splitlines())
    print(f"wrote {path.relative_to(ROOT).as_posix()}: {count} packages")


if __name__ == "__main__":
    main()
