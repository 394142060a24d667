"""The commands about the cache, as a user types them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cli_examples
import pytest
from answer_examples import key, record
from cli_examples import Finished

from extractor.endpoint.cache import AnswerCache


def command(*arguments: str | Path, folder: Path, given: str = "") -> Finished:
    """Run ``cache`` with the folder that the environment names."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXTRACTOR_CACHE_DIR", str(folder))
        return cli_examples.command("cache", *arguments, cwd=folder.parent, given=given.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with AnswerCache(tmp_path / "cache") as cache:
        for name in range(3):
            cache.put(key(name), record())
        cache.put(key("other"), record(task="fields", prompt_version="fields.2", mode="tools"))
    return tmp_path / "cache"


def kept(folder: Path) -> int:
    with AnswerCache(folder) as cache:
        return len(list(cache))


def test_stats(folder: Path) -> None:
    said = command("stats", folder=folder)
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[:2] == [f"folder   {folder}", "answers  4"]
    assert lines[2].startswith("size     ")
    assert lines[3:] == [
        "fields fields.2 some/model-7b tools: 1 answers, 1500 tokens in, 12 out",
        "labels labels.1 some/model-7b json: 3 answers, 4500 tokens in, 36 out",
    ]


def test_the_folder_is_an_option_too(folder: Path, tmp_path: Path) -> None:
    assert "answers  4" in command("stats", "--cache-dir", folder, folder=tmp_path / "another").out


@pytest.mark.parametrize("arguments", [["stats"], ["export", "answers.jsonl"], ["clear", "--yes"]])
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, arguments: list[str]) -> None:
    said = command(*arguments, folder=tmp_path / "none")
    assert (said.status, said.out) == (1, "")
    assert said.err == f"error: {tmp_path / 'none'}: holds no answers yet; another folder is named with --cache-dir\n"
    assert list(tmp_path.iterdir()) == []


def test_export_and_import(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    assert command("export", file, folder=folder) == (0, f"{file}: 4 answers\n", "")
    said = command("import", file, folder=tmp_path / "another")
    assert said == (0, "4 new, 0 replaced, 0 unchanged, 0 bad lines\n", "")
    assert kept(tmp_path / "another") == 4
    assert command("export", file, "--task", "fields", folder=folder).out == f"{file}: 1 answers\n"
    assert len(file.read_bytes().splitlines()) == 1


def test_an_import_with_bad_lines_says_which_and_fails(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    command("export", file, folder=folder)
    with file.open("a") as opened:
        opened.write("<<<<<<<\n")
    said = command("import", file, folder=folder)
    assert said.status == 1
    assert said.out == "0 new, 0 replaced, 4 unchanged, 1 bad lines\n"
    assert said.err == f"{file}:5: is no JSON; was the line cut or merged by hand?\n"


def test_clear_asks_first(folder: Path) -> None:
    for given in ("", "n\n"):
        assert command("clear", folder=folder, given=given).status == 1
        assert kept(folder) == 4
    said = command("clear", folder=folder, given="y\n")
    assert (said.status, said.out.splitlines()[-1].rpartition(": ")[2]) == (0, "removed 4 answers")
    assert kept(folder) == 0


def test_clear_of_one_task(folder: Path) -> None:
    assert command("clear", "--task", "labels", "--yes", folder=folder) == (0, "removed 3 answers\n", "")
    assert kept(folder) == 1
    said = command("clear", "--task", "label", "--yes", folder=folder)
    assert (said.status, said.err) == (1, f"error: {folder}: holds no answers of a task label; see: cache stats\n")


def test_a_damaged_cache_is_told_and_cleared(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"no database " * 1000)
    said = command("stats", folder=folder)
    assert said == (2, "", f"error: {folder}: the answer cache is damaged; remove it with: cache clear\n")
    assert command("clear", "--yes", folder=folder) == (0, "removed a damaged cache\n", "")
    assert kept(folder) == 0


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; import extractor.commands.cache_command;"
        "print([name for name in ('pydantic', 'diskcache', 'openai', 'sqlite3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
