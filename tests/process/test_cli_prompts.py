"""``python -m extractor prompts``: what would be asked, without asking."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_examples import NOTICE, write

from extractor.cli import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(tmp_path, town=NOTICE)
    return tmp_path / "town.txt"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["prompts", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_without_a_file_prompts_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys).splitlines()
    assert [line.split()[0] for line in lines] == ["fields", "labels", "layout"]
    assert "LabelsAnswer" in lines[1]


def test_calls_about_a_notice_are_rendered(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, file)
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("===")] == [
        "=== 1/2 fields version 2",
        "=== 2/2 labels version 2",
    ]
    assert "[m1] 一是召开党委会议[q1]3次。" in out


def test_one_task_one_call_and_the_schema(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "[1] 某县某镇党委关于巡察整改进展情况的通报" in printed(capsys, file, "--task", "layout")
    out = printed(capsys, file, "--call", "2", "--schema")
    assert out.startswith("=== 2/2 labels")
    assert '"MeasureAnswer"' in out


def test_a_call_that_is_not_there_is_wrong_usage(file: Path) -> None:
    assert main(["prompts", str(file), "--call", "9"]) == 2
    assert main(["prompts", str(file.parent / "missing.txt")]) == 1
