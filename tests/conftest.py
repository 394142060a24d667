"""What holds for all tests: nothing of whoever runs them is used, and files are run by how long they take."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest

from extractor.endpoint.model_capacity import FILE_NAME

pytest_plugins = ["shared_fixtures"]

TESTS = Path(__file__).parent
SECONDS: dict[str, float] = tomllib.loads((TESTS / "seconds.toml").read_text(encoding="utf-8"))
"""How long files of tests take; those that are not named take less than a second."""
SLOW_SECONDS = 3.0
"""Beyond which files of ``process/`` are slow; those of ``unit/`` never are, those of ``browser/`` always."""

# What is compiled is kept, whatever the caller has set: hundreds of processes import the same modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Tests quote the English sentences of the code, those of services that are started once a file, too.
os.environ["EXTRACTOR_LANG"] = "en"

pytest.register_assert_rewrite("browsing")


def pytest_configure(config: pytest.Config) -> None:
    """Have ``--dist loadfile`` take files in the order of the tests, not by how many tests they hold."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of long files as slow, and put the longest files first, so that no processor is left idle."""
    for item in items:
        if item.path.parent.name == "browser" or (item.path.parent.name == "process" and _seconds(item) > SLOW_SECONDS):
            item.add_marker("slow")
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> float:
    """Return how long the file of a test takes."""
    return SECONDS.get(item.path.stem, 0.0)


@pytest.fixture(autouse=True)
def _settings_of_nobody(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("OPENAI_", "EXTRACTOR_")):
            monkeypatch.delenv(name)
    # Tests count calls, so packs have the one size that they have where nothing is known; some tests take this away.
    monkeypatch.setenv("EXTRACTOR_PACK_TOKENS", "5500")
    monkeypatch.setenv("EXTRACTOR_LANG", "en")
    folder: Path = tmp_path_factory.getbasetemp() / "nobody"
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder / name))
    # What one test's model was seen to do is nothing to the next test.
    for kept in (folder / "XDG_CACHE_HOME").rglob(FILE_NAME):
        kept.unlink()
