"""Files that somebody chooses in a browser: those are sent that a run over the same folder reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from kind_examples import PNG, write_folder

from extractor.files.chosen_files import ChosenFile, FileFate, sorted_out
from extractor.files.discover import discover

THUMBNAILS = "Thumbs.db"
HEAD = 8192


def chosen(folder: Path) -> list[FileFate]:
    """Choose a folder as the page does: by names first, then by the first bytes of those whose names say nothing."""
    paths = sorted(path.relative_to(folder.parent).as_posix() for path in folder.rglob("*") if path.is_file())
    first = {each.path: each for each in sorted_out([ChosenFile(path) for path in paths])}
    unsure = [path for path, fate in first.items() if fate.fate == "look"]
    looked = sorted_out([ChosenFile(path, (folder.parent / path).read_bytes()[:HEAD]) for path in unsure])
    return list((first | {each.path: each for each in looked}).values())


def of(fates: Iterable[FileFate], fate: str) -> set[str]:
    return {each.path for each in fates if each.fate == fate}


def test_of_a_folder_the_files_are_read_that_a_run_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_folder(folder)
    (folder / ".git").mkdir()
    (folder / ".git" / "a.txt").write_text("整改", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found, fates = discover(["in"]), chosen(folder)
    assert of(fates, "look") == set()
    read = {path for source in found.sources for path in (source.path, *source.series)}
    whole = {each.name.partition("!")[0] for each in found.sources} | {each.name for each in found.problems}
    assert of(fates, "read") == {path for path in read if path} | whole
    kinds = {each.path: each.kind for each in fates if each.fate == "passed_over"}
    assert {name: kind for name, kind in found.passed_over if name in kinds} == {
        path: kind for path, kind in kinds.items() if not path.startswith(("in/c_files/", "in/.git/"))
    }
    assert {kind for path, kind in kinds.items() if path.startswith("in/c_files/")} == {"page_part"}


def test_what_is_chosen_by_itself_is_read_but_for_side_files() -> None:
    fates = sorted_out([ChosenFile(path) for path in ("a.log", "data", THUMBNAILS, "a.html", "a_files/b.html")])
    assert of(fates, "read") == {"a.log", "data", "a.html"}


def test_pictures_of_one_notice_are_told() -> None:
    paths = ("x/2.png", "x/1.png", "x/3.png", "y/1.png")
    fates = sorted_out([ChosenFile(path, PNG) for path in paths])
    assert [(each.series, each.page) for each in fates] == [("x/1.png", 1), ("x/1.png", 0), ("x/1.png", 2), ("", 0)]
