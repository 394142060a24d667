"""A further run in a folder loses nothing of what earlier ones read, unless it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_examples import NOTICE, Finished, command, ids, notices, report, write

OTHER = NOTICE.replace("某镇", "柏林镇").replace("1.5万元", "7万元")


@pytest.fixture
def done(tmp_path: Path) -> Path:
    """A folder with a run's results over two files."""
    write(tmp_path, a=NOTICE, b=OTHER)
    assert run(tmp_path, "a.txt", "b.txt").status == 0
    return tmp_path


def run(folder: Path, *arguments: str) -> Finished:
    return command("run", *arguments, "--backend", "rules", "--jobs", "1", cwd=folder)


def results(folder: Path) -> list[bytes]:
    return [(folder / "out" / name).read_bytes() for name in ("notices.jsonl", "run.json")]


@pytest.mark.parametrize("arguments", [("nowhere.txt",), ("nowhere.txt", "--replace"), ("empty",), ("broken.pdf",)])
def test_a_run_that_reads_nothing_leaves_the_results_alone(done: Path, arguments: tuple[str, ...]) -> None:
    (done / "empty").mkdir()
    (done / "broken.pdf").write_bytes(b"%PDF-1.7\nbroken")
    before = results(done)
    ended = run(done, *arguments)
    assert ended.status == 1
    assert "stay as they are" in ended.err
    assert results(done) == before


def test_what_a_run_does_not_read_is_kept_and_said(done: Path) -> None:
    write(done, c=NOTICE.replace("某镇", "松林镇"))
    ended = run(done, "c.txt")
    assert ended.status == 0
    assert "2 notices of earlier runs kept" in ended.err
    assert ids(done / "out") == ["c", "a", "b"]
    assert [entry["notice_id"] for entry in report(done / "out")["kept"]] == ["a", "b"]
    assert run(done, "a.txt").status == 0
    assert sorted(ids(done / "out")) == ["a", "b", "c"]


def test_replacing_leaves_the_others_out_and_says_so(done: Path) -> None:
    ended = run(done, "b.txt", "--replace")
    assert "1 notice of earlier runs left out" in ended.err
    assert ids(done / "out") == ["b"]


def test_another_notice_of_the_same_file_name_gets_an_id_of_its_own(done: Path) -> None:
    (done / "more").mkdir()
    write(done / "more", a=NOTICE.replace("某镇", "松林镇"))
    assert run(done, "more/a.txt").status == 0
    first = ids(done / "out")
    assert len(set(first)) == 3
    assert run(done, "more/a.txt", "a.txt", "b.txt").status == 0
    assert run(done, "more/a.txt").status == 0
    bodies = [notice["inspected_body"] for notice in notices(done / "out")]
    assert sorted(bodies) == sorted({"松林镇党委", "某镇党委", "柏林镇党委"})
    assert set(first) == set(ids(done / "out"))


def test_a_file_that_changed_is_the_same_input(done: Path) -> None:
    write(done, a=NOTICE.replace("约谈5人", "约谈6人"))
    assert run(done, "a.txt").status == 0
    assert sorted(ids(done / "out")) == ["a", "b"]


def test_standard_input_is_another_notice_each_time(done: Path) -> None:
    for text in (NOTICE.replace("某镇", "松林镇"), NOTICE.replace("某镇", "杨林镇")):
        assert command("run", "-", "--backend", "rules", cwd=done, given=text.encode()).status == 0
    assert len(ids(done / "out")) == 4


def test_a_copy_that_is_added_later_is_known(done: Path) -> None:
    write(done, copy=NOTICE)
    assert run(done, "copy.txt").status == 0
    of = {notice["notice_id"]: notice["duplicate_of"] for notice in notices(done / "out")}
    assert of == {"a": None, "b": None, "copy": "a"}
    (done / "out" / ".work" / "a.json").unlink()
    write(done, again=NOTICE)
    assert run(done, "again.txt").status == 0
    assert [notice["duplicate_of"] for notice in notices(done / "out")].count("a") == 2


def test_results_that_somebody_damaged_are_not_written_over(done: Path) -> None:
    damaged = b"not json\n"
    (done / "out" / "notices.jsonl").write_bytes(damaged)
    assert run(done, "a.txt").status == 2
    assert (done / "out" / "notices.jsonl").read_bytes() == damaged
    assert run(done, "a.txt", "--replace").status == 0
    assert ids(done / "out") == ["a"]


@pytest.mark.parametrize("arguments", [("report", "out"), ("export", "out", "--to", "t.xlsx")])
def test_a_report_or_an_export_of_nothing_refuses(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nbroken")
    assert run(tmp_path, "broken.pdf").status == 1
    ended = command(*arguments, cwd=tmp_path)
    assert ended.status == 1
    assert "holds no notices" in ended.err
    assert not list(tmp_path.glob("t.*")) + list(tmp_path.rglob("report.html"))
