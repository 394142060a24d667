"""Paths with backslashes, as Windows writes them: in archives made there, in names, and in messages."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest
from cli_examples import NOTICE, command

from extractor.disk import names
from extractor.files.notice_ids import slug


def test_an_archive_that_was_packed_on_windows_is_read(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "packed.zip", "w") as archive:
        member = ZipInfo("x")
        member.filename = r"通报\二〇二四\某镇.txt"
        archive.writestr(member, NOTICE)
    assert command("run", "packed.zip", cwd=tmp_path).status == 0
    (told,) = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["inputs"]
    assert told["outcome"] == "done"
    assert names.flaw(told["notice_id"]) is None
    assert told["notice_id"].endswith("某镇")


@pytest.mark.skipif(os.name != "posix", reason="a backslash parts folders there")
def test_a_name_with_a_backslash_comes_through_a_message(tmp_path: Path) -> None:
    (tmp_path / r"甲\n乙.txt").write_bytes(b"")
    said = command("run", r"甲\n乙.txt", "--lang", "zh", cwd=tmp_path).err
    assert r"甲\n乙.txt：是空的" in said


def test_a_path_of_windows_gives_an_id_that_is_a_file_name_everywhere() -> None:
    assert names.flaw(slug(r"D:\通报\某镇")) is None
