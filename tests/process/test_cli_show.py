"""``python -m extractor show``: notices for people."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_examples import NOTICE, UNREAD, command, command_apart, write

from extractor.cli import main


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write(tmp_path, town=NOTICE, village=NOTICE.replace("某镇", "某村"))
    assert main(["run", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def shown(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    capsys.readouterr()
    assert main(["show", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_a_notice_is_a_tree(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, out, "town").splitlines()
    assert lines[0] == "某县某镇党委关于巡察整改进展情况的通报"
    assert "│   ├── 被巡单位: 某镇党委" in lines
    assert any("1 理论学习不够  (" in line for line in lines)
    assert any("一是 召开党委会议3次。  (会议研究 · 已完成)" in line for line in lines)
    assert any("文件: 《学习计划》 印发" in line for line in lines)
    assert any("违规资金 1.5万元" in line for line in lines)


def test_names_can_be_english(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = shown(capsys, out, "town", "--lang", "en")
    assert "inspected body: 某镇党委" in tree
    assert "《学习计划》 issued" in tree


def test_without_an_id_several_notices_are_a_table(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head, *rows = shown(capsys, out).splitlines()
    assert head.split() == ["通报编号", "被巡单位", "巡视或巡察", "问题数", "措施数", "覆盖率", "未读数字", "核查数"]
    assert [row.split()[:5] for row in rows] == [
        ["town", "某镇党委", "巡察", "2", "3"],
        ["village", "某村党委", "巡察", "2", "3"],
    ]


def test_digits_that_were_not_read_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, town=NOTICE, village=UNREAD)
    out = tmp_path / "out"
    assert main(["run", str(tmp_path), "--out", str(out)]) == 0
    head, *rows = (row.split() for row in shown(capsys, out).splitlines())
    assert [row[head.index("未读数字")] for row in rows] == ["0", "5"]
    tree = shown(capsys, out, "village", "--lang", "en")
    assert ", unread digits 5\n" in tree
    assert "退还12.3.45万元" in tree.rpartition("checks: ")[2]


def test_without_an_id_the_only_notice_is_a_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, town=NOTICE)
    assert main(["run", str(tmp_path / "town.txt"), "--out", str(tmp_path / "out")]) == 0
    assert "理论学习不够" in shown(capsys, tmp_path / "out")


def test_an_unknown_id_is_answered_with_near_ones(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(out), "twon"]) == 1
    assert capsys.readouterr().err == f"error: {out}: holds no notice twon; did you mean town?\n"


def test_a_folder_of_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: holds no notices.jsonl")


def test_text_is_neither_markup_nor_steers_the_terminal(tmp_path: Path) -> None:
    text = NOTICE.replace("理论学习不够", "[bold]不够[/bold]").replace("召开", "\x1b[31m[red]召\u202e开")
    write(tmp_path, a=text)
    assert command("run", "a.txt", cwd=tmp_path).status == 0
    done = command_apart("show", "out", "a", cwd=tmp_path)
    assert done.status == 0
    assert "[bold]不够[/bold]" in done.out
    assert "[31m[red]召开" in done.out
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


def test_lines_are_not_wrapped_in_a_pipe(tmp_path: Path) -> None:
    title = "学" * 100
    write(tmp_path, a=NOTICE.replace("理论学习不够", title))
    assert command("run", "a.txt", cwd=tmp_path).status == 0
    lines = command_apart("show", "out", cwd=tmp_path).out.splitlines()
    assert any(title in line for line in lines)
    assert all(line == line.rstrip() for line in lines)
