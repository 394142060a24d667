"""Word lists and tables that travel inside the package, one TOML file each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_table(name: str) -> dict[str, Any]:
    """Return the parsed contents of ``extractor/data/<name>.toml``. The result is shared: do not change it."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
