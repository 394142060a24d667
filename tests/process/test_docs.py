"""README and docs: links and named code exist, examples run, and nothing in them is true on one machine only."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from pkgutil import resolve_name
from types import FrameType
from typing import NamedTuple

import pytest
from checkout import ROOT, TESTS

from extractor.files.sources.source import Source
from extractor.pipeline import extract_file

READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
ENGLISH = (*READMES, ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")))
CHINESE = tuple(sorted(ROOT.glob("docs/zh/*.md")))
PAGES = (*ENGLISH, *CHINESE)
TRANSLATED = ("export", "quickstart", "report", "review", "running", "service")
TESTED_ELSEWHERE = ROOT / "docs" / "evaluation.md"

_CODE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SCHEME = re.compile(r"[a-z]+:")
_HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
_SHELL = re.compile(r"^(?:<!-- (runs|runs in the checkout) -->\n)?```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INSTALLED = ".venv/bin/python"
_FUNCTION = re.compile(r"`((?:extractor|notice_extractor_eval)\.(?!toml`)[\w.]+)`")
_FILE = re.compile(r"`((?:extractor|eval|scripts|tests|prompts|requirements|findings)/[\w./-]*)`")
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
    """A block of commands; ``mark`` is ``runs``, ``runs in the checkout`` or empty."""

    mark: str
    commands: str


def _shell_blocks(page: Path) -> list[Shell]:
    return [Shell(mark, commands) for mark, commands in _SHELL.findall(page.read_text(encoding="utf-8"))]


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
        assert {page for page in ENGLISH if page != readme} <= linked


def test_pages_for_users_are_there_in_chinese_and_link_each_other() -> None:
    assert tuple(page.stem for page in CHINESE) == TRANSLATED
    for name in TRANSLATED:
        english, chinese = (ROOT / "docs" / f"{name}.md", ROOT / "docs" / "zh" / f"{name}.md")
        assert f"](zh/{name}.md)" in english.read_text(encoding="utf-8")
        assert f"](../{name}.md)" in chinese.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_chinese_page_has_the_commands_of_its_twin(name: str) -> None:
    """The subcommands that the English page's marked blocks run are run by the Chinese one, too."""
    run = [
        {line.split()[-1] for block in _shell_blocks(page) if block.mark for line in _commands(block)}
        for page in (ROOT / "docs" / f"{name}.md", ROOT / "docs" / "zh" / f"{name}.md")
    ]
    assert run[0] - {"schema"} <= run[1]


def _commands(block: Shell) -> list[str]:
    return re.findall(r"python -m extractor \w+", block.commands)


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
def test_named_code_is_there(page: Path) -> None:
    """Files by their path, functions by their dotted name."""
    text = _COMMENT.sub("", page.read_text(encoding="utf-8"))
    assert [name for name in _FILE.findall(text) if not (ROOT / name).exists()] == []
    assert [name for name in _FUNCTION.findall(text) if not _is_there(name)] == []


def _is_there(name: str) -> bool:
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_a_notice_goes_the_way_that_the_page_tells() -> None:
    """docs/way.md: the functions of the marked table are called in its order."""
    text = (ROOT / "docs" / "way.md").read_text(encoding="utf-8")
    told = _FUNCTION.findall(text.partition("<!-- in this order -->")[2].partition("\n\n")[0])
    notice = (ROOT / "gold" / "notices" / "nanjing-jiangbei-2024.txt").read_bytes()
    calls = iter(_calls(Source("notice.txt"), notice, told))
    assert len(told) > 10
    assert [name for name in told if name not in calls] == []


def _calls(source: Source, data: bytes, names: Sequence[str]) -> list[str]:
    """Return the calls of the functions ``names`` while a notice is read, in their order."""
    calls = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
        if event == "call" and name in names:
            calls.append(name)

    sys.setprofile(note)
    try:
        extract_file(source, data, notice_id="notice")
    finally:
        sys.setprofile(None)
    return calls


def test_a_word_of_the_glossary_is_explained_once() -> None:
    words = list(_glossary())
    assert len(words) > 50
    assert sorted(words) == sorted(set(words))


def _glossary() -> Iterator[str]:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.M)
    yield from (word for word, _ in rows if word not in ("word", "---"))


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
    """Blocks of commands with the comment ``runs`` or ``runs in the checkout`` before them."""
    for number, block in enumerate(block for block in _shell_blocks(page) if block.mark):
        folder = tmp_path / str(number)
        folder.mkdir()
        _run(block.commands, folder, ROOT if block.mark == "runs in the checkout" else folder)


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


def _run(commands: str, folder: Path, where: Path | None = None) -> str:
    """Run commands with this Python and return what they print.

    They run in ``folder``, which gets ``gold/`` and nothing else, or in the folder ``where``.
    """
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
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=where or folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
