"""Each command with the base install alone: it works, or names the extra that it needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer
from checkout import ROOT, SUPPORT

from extractor.cli import app

SHORT = SUPPORT / "recordings" / "short.txt"
MODEL = ("--model", "m", "--base-url", "http://127.0.0.1:9/v1")
# Modules of packages that are no part of the base install cannot be imported; ``sitecustomize`` is read at the start.
HOOK = """
from importlib.machinery import PathFinder

found = PathFinder.find_spec

def find_spec(name, path=None, target=None):
    return None if name.partition(".")[0] in {absent} else found(name, path, target)

PathFinder.find_spec = find_spec
"""
COMMANDS = {
    "run": (("run", str(SHORT), "--out", "again"), None),
    "run with a model": (("run", str(SHORT), *MODEL, "--out", "again"), "model"),
    "run on pictures": (("run", str(SHORT), "--ocr", "always", "--out", "again"), "ocr"),
    "run on Ray": (("run", str(SHORT), "--engine", "ray", "--out", "again"), "ray"),
    "show": (("show", "out", "short"), None),
    "report": (("report", "out"), None),
    **{f"export {kind}": (("export", "out", "--to", f"tables.{kind}"), None) for kind in ("csv", "sqlite")},
    **{
        f"export {kind}": (("export", "out", "--to", f"tables.{kind}"), "export")
        for kind in ("xlsx", "duckdb", "parquet")
    },
    "serve": (("serve", "--port", "0"), "serve"),
    "serve-model": (("serve-model",), "local"),
    "schema": (("schema",), None),
    "prompts": (("prompts", str(SHORT)), "model"),
    "doctor": (("doctor", *MODEL), "model"),
    "batch": (("batch", "export", str(SHORT), "--to", "calls.jsonl"), "model"),
    "cache": (("cache", "export", "answers.jsonl"), "model"),
    "eval": (("eval", "--gold", str(ROOT / "gold"), "--out", "measured"), "eval"),
    "gold": (("gold", "check", str(ROOT / "gold")), None),
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run, to work in as if no extra were installed."""
    folder = tmp_path_factory.mktemp("bare")
    base = set(re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements" / "base.txt").read_text(), re.MULTILINE))
    known = {_plain(name) for name in base} | {"notice-extractor"}
    absent = {module for module, names in packages_distributions().items() if not known & set(map(_plain, names))}
    (folder / "sitecustomize.py").write_text(HOOK.format(absent=sorted(absent)), encoding="utf-8")
    assert command(folder, "run", str(SHORT), "--out", "out").returncode == 0
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_or_names_the_extra_that_it_needs(name: str, bare: Path) -> None:
    arguments, extra = COMMANDS[name]
    done = command(bare, *arguments)
    if extra is None:
        assert done.returncode == 0, done.stderr
    else:
        assert done.returncode == 2
        assert f"pip install 'notice-extractor[{extra}]'" in done.stderr


def test_every_command_is_tried() -> None:
    known = typer.main.get_command(app)
    assert isinstance(known, typer.core.TyperGroup)
    assert {arguments[0] for arguments, _ in COMMANDS.values()} == set(known.commands)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(map(str, (folder, ROOT, ROOT / "eval")))
    return subprocess.run(
        [sys.executable, "-m", "extractor", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
