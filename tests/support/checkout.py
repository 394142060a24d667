"""Where the parts of the checkout are, for tests and their helpers."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
SUPPORT = TESTS / "support"
"""Helpers and files that several tests use."""
GOLD = ROOT / "gold"
GOLD_NOTICES = GOLD / "notices"


def module_path(*first: Path) -> str:
    """Return a ``PYTHONPATH``: the folders ``first``, this checkout's packages, the helpers, then our own."""
    ours = filter(None, [os.environ.get("PYTHONPATH")])
    return os.pathsep.join([*map(str, (*first, ROOT, ROOT / "eval", SUPPORT)), *ours])
