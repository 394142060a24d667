"""Write constraints.txt: the exact version of every package that the development set-up pulls in.

    python -m venv fresh && fresh/bin/python scripts/constraints.py

Asks pip what it would install for ``.[dev]`` on an empty machine; installs nothing. Use the oldest Python that
pyproject.toml allows, since newer ones need a part of the same packages.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = """\
# The versions that the tests are run with; they bound nothing by themselves: pip install -c constraints.txt -e '.[dev]'
# Made by `python scripts/constraints.py`, run in a fresh virtual environment of the oldest Python that is supported.
# Do that again after a change of the dependencies in pyproject.toml, or to take up newer versions.
"""


def main() -> None:
    """Resolve, and write the file."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    done = subprocess.run([*command, f"{ROOT}[dev]"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found = [package["metadata"] for package in json.loads(done.stdout)["install"] if not _is_this(package)]
    lines = sorted(f"{_normal(each['name'])}=={each['version']}\n" for each in found)
    (ROOT / "constraints.txt").write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"wrote constraints.txt: {len(lines)} packages")


def _is_this(package: dict[str, dict[str, object]]) -> bool:
    return "dir_info" in package["download_info"]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
