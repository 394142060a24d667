"""No test asks an endpoint, reads settings or keeps answers that are those of whoever runs the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# What is compiled is kept, whatever the caller has set: hundreds of processes import the same modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest.register_assert_rewrite("browsing")


@pytest.fixture(autouse=True)
def _settings_of_nobody(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("OPENAI_", "EXTRACTOR_")):
            monkeypatch.delenv(name)
    folder: Path = tmp_path_factory.getbasetemp() / "nobody"
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder / name))
