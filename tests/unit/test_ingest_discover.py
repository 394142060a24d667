"""From the paths of a command line to notices."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from extractor.files.discover import discover
from extractor.files.sources.source import Source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.txt", "a.html", "sub/c.pdf", "sub/deep/d.docx", "sub/old.doc", "sub/e.MD"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("整改", encoding="utf-8")
    for name in (".hidden.txt", ".git/x.txt", "~$d.docx", "icon.gif", "sub/data.json", "x.log"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("整改", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(paths: list[str]) -> list[str]:
    found = discover(paths)
    assert found.problems == []
    return [source.name.replace(os.sep, "/") for source in found.sources]


def complaints(paths: list[str]) -> list[str]:
    found = discover(paths)
    assert all(str(problem.error).startswith(f"{problem.name}: ") for problem in found.problems)
    return [str(problem.error) for problem in found.problems]


@pytest.mark.usefixtures("folder")
class TestPaths:
    def test_a_file_of_any_ending_stands_for_itself(self) -> None:
        assert names(["in/b.txt", "in/icon.gif"]) == ["in/b.txt", "in/icon.gif"]

    def test_a_folder_is_searched_to_its_depths_in_order(self) -> None:
        assert names(["in"]) == [
            "in/a.html",
            "in/b.txt",
            "in/sub/c.pdf",
            "in/sub/e.MD",
            "in/sub/old.doc",
            "in/sub/deep/d.docx",
        ]

    def test_a_pattern_is_expanded(self) -> None:
        assert names(["in/*.txt"]) == ["in/b.txt"]
        assert names(["in/s*"]) == ["in/sub/c.pdf", "in/sub/e.MD", "in/sub/old.doc", "in/sub/deep/d.docx"]
        assert names(["in/**/*.[dp]*"]) == ["in/sub/c.pdf", "in/sub/deep/d.docx", "in/sub/old.doc"]

    def test_a_file_whose_name_looks_like_a_pattern_is_a_file(self) -> None:
        Path("in/[1].txt").write_text("整改", encoding="utf-8")
        assert names(["in/[1].txt"]) == ["in/[1].txt"]

    def test_a_dash_is_standard_input(self) -> None:
        assert discover(["-"]).sources == [Source(None)]

    def test_a_notice_asked_for_twice_is_read_once(self) -> None:
        assert names(["in/b.txt", "in", "./in/*.txt", "-", "-"])[:2] == ["in/b.txt", "in/a.html"]
        assert len(names(["in/b.txt", "in", "./in/*.txt"])) == 6

    def test_what_cannot_be_used_is_named_and_stops_nothing(self) -> None:
        Path("in/broken.zip").write_bytes(b"PK\x03\x04 cut off")
        found = discover(["gone.txt", "empty", "in/*.exe", "", "in", "in/a.html"])
        assert len(found.sources) == 6
        assert [problem.name for problem in found.problems] == ["gone.txt", "empty", "in/*.exe", "", "in/broken.zip"]

    def test_each_complaint_says_what_was_expected(self) -> None:
        assert "no such file or folder" in complaints(["gone.txt"])[0]
        assert "this folder holds no notices" in complaints(["empty"])[0]
        assert "this pattern matches no notices" in complaints(["in/*.exe"])[0]
        assert "no such file" in complaints(["in/a\0b"])[0] or "cannot be read" in complaints(["in/a\0b"])[0]

    def test_archives_in_folders_are_opened(self) -> None:
        with zipfile.ZipFile("in/z.zip", "w") as archive:
            archive.writestr("n.txt", "整改")
        assert "in/z.zip!n.txt" in names(["in"])

    def test_links_to_folders_are_not_followed_in_circles(self) -> None:
        Path("in/loop").symlink_to(Path("in").resolve(), target_is_directory=True)
        assert len(names(["in"])) == 6
