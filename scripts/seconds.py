"""Write how long each file of tests takes, by which they are put in order and marked as slow, into tests/seconds.toml.

python -m pytest -n auto --dist loadfile --junitxml report.xml
python scripts/seconds.py report.xml
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

TARGET = Path(__file__).resolve().parents[1] / "tests" / "seconds.toml"
LEAST = 1.0  # seconds; shorter files need no place
HEAD = """\
# Seconds that files of tests take, of at least one; measured on two processors. `python scripts/seconds.py` writes
# this file from a report of pytest; do so when a file has become much slower or faster. tests/conftest.py reads it.
"""
_MODULE = re.compile(r"\btest_\w+")


def seconds_of(report: Path) -> Counter[str]:
    """Add up the seconds of each file's tests in a JUnit report, by the file's name."""
    found: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):
        if module := _MODULE.search(case.get("classname", "")):
            found[module[0]] += float(case.get("time", 0))  # type: ignore[assignment]
    return found


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path, help="what pytest wrote with --junitxml")
    options = parser.parse_args()
    lines = [
        f"{name} = {seconds:.1f}\n" for name, seconds in seconds_of(options.report).most_common() if seconds >= LEAST
    ]
    TARGET.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
