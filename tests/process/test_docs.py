"""README and docs: links lead somewhere, examples run, and nothing in them is true on one machine only."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from checkout import ROOT, TESTS

READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = (*READMES, *sorted(ROOT.glob("docs/*.md")))
TESTED_ELSEWHERE = ROOT / "docs" / "evaluation.md"

_CODE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SCHEME = re.compile(r"[a-z]+:")
_HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
_SHELL = re.compile(r"^(<!-- runs -->\n)?```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INSTALLED = ".venv/bin/python"
# Where somebody's machine or network would show. Written in pieces, so that this file does not hold what it looks for.
_ELSEWHERE = re.compile(r"/" r"(?:work|home|root|tmp|opt|Users)/|index-url|simple/|artifactory|nexus", re.I)


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _prose(page: Path) -> str:
    return _COMMENT.sub("", _CODE.sub("", page.read_text(encoding="utf-8")))


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    headings = (words for _, words in _HEADING.findall(_prose(page)))
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in headings}


class Shell(NamedTuple):
    """A block of commands, and whether it is marked to be run."""

    runs: bool
    commands: str


def _shell_blocks(page: Path) -> list[Shell]:
    return [Shell(bool(mark), commands) for mark, commands in _SHELL.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_internal_links_resolve(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_prose(page)):
        if _SCHEME.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not (target.exists() and target.is_relative_to(ROOT)) or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_is_linked_from_both_readmes() -> None:
    for readme in READMES:
        linked = {(readme.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(_prose(readme))}
        assert {page for page in PAGES if page != readme} <= linked


def test_both_readmes_have_the_same_parts() -> None:
    outlines = [[len(marks) for marks, _ in _HEADING.findall(_prose(readme))] for readme in READMES]
    assert outlines[0] == outlines[1]
    blocks = [re.findall(r"\[\[\[cog print\((\w+)\(", readme.read_text(encoding="utf-8")) for readme in READMES]
    assert blocks[0] == blocks[1]


def test_each_promise_names_its_tests() -> None:
    """docs/security.md: every row of a table that promises names a test, and each test named is there."""
    rows = re.findall(
        r"^\| (?!promise|---)(.+) \| (.+) \|$", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.M
    )
    named = {promise: re.findall(r"`(test_\w+\.py)`", tests) for promise, tests in rows}
    assert rows
    assert [promise for promise, tests in named.items() if not tests] == []
    assert [name for tests in named.values() for name in tests if not any(TESTS.rglob(name))] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_page_names_a_machine(page: Path) -> None:
    assert _ELSEWHERE.findall(page.read_text(encoding="utf-8")) == []


def _with_examples() -> list[Path]:
    return [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8") and page != TESTED_ELSEWHERE]


@pytest.mark.parametrize("page", _with_examples(), ids=_name)
def test_python_examples_are_true(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(
        str(page), module_relative=False, encoding="utf-8", optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_marked_commands_run(page: Path, tmp_path: Path) -> None:
    """Blocks of commands with the comment ``runs`` before them."""
    for number, block in enumerate(block for block in _shell_blocks(page) if block.runs):
        folder = tmp_path / str(number)
        folder.mkdir()
        _run(block.commands, folder)


@pytest.mark.parametrize("readme", READMES, ids=_name)
def test_the_readmes_two_commands(readme: Path, tmp_path: Path) -> None:
    """Installing is left to CI; what the first command runs then is run here; the second is the tests themselves."""
    first, second = (block.commands.strip() for block in _shell_blocks(readme))
    setup, install, *rest = first.split(" && ")
    assert setup == "python3 -m venv .venv"
    assert install == f"{_INSTALLED} -m pip install -c constraints.txt -e '.[test]'"
    assert second == f"{_INSTALLED} -m pytest -n auto --dist loadfile"
    shown = _run(" && ".join(rest).replace(_INSTALLED, "python"), tmp_path)
    table = shown.splitlines()
    assert len(table) == 1 + len(list((ROOT / "gold" / "notices").glob("*.txt")))
    assert all(line.rstrip() in readme.read_text(encoding="utf-8") for line in table)


def _run(commands: str, folder: Path) -> str:
    """Run commands in a folder that holds ``gold/`` and nothing else, with this Python, and return what they print."""
    (folder / "gold").symlink_to(ROOT / "gold", target_is_directory=True)
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
