"""Reports and exports of a service's folder: the corrected notices, by the same code as those of a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_examples import command
from openpyxl import load_workbook
from report_examples import data_of
from service_example import Client, serving

TEXT = """青禾县松林镇党委关于巡察整改进展情况的通报
{year}年3月1日至4月30日,县委第一巡察组对青禾县松林镇党委开展了巡察。{year}年6月5日,巡察组反馈了意见。
一、整改进展情况
1.关于“违规发放津贴补贴”问题的整改。
一是区纪委给予党纪处分3人。二是清退补贴{money}元。
"""


def notice(year: int = 2024, money: int = 800) -> bytes:
    return TEXT.format(year=year, money=money).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A service's folder while the service runs; a category is corrected and a figure deleted in it."""
    data = tmp_path_factory.mktemp("served") / "data"
    with serving(data, "--workers", "1") as running:
        with Client(running.port) as client:
            client.done({"a.txt": notice(), "a-copy.txt": b"\n" + notice(), "b.txt": notice(2022, 700)})
            for seen, change in enumerate(
                (
                    {"op": "correct", "item": "issues[0]", "values": {"category": "rural"}},
                    {"op": "delete", "item": "issues[0].measures[1].quantities[0]"},
                )
            ):
                assert client.post("/v1/notices/b/changes", {"by": "甲", "seen": seen, "change": change}).status == 201
        yield data


def test_a_report_shows_what_people_corrected_and_each_notice_once(folder: Path, tmp_path: Path) -> None:
    done = command("report", folder, "--to", "report.html", cwd=tmp_path)
    assert (done.status, done.out.splitlines()[0][:22]) == (0, "report.html: 3 notices")
    told = {str(each["id"]): each for each in data_of(tmp_path / "report.html")}
    (issue,) = [value for value in told["b"]["values"] if value["kind"] == "issue"]  # type: ignore[attr-defined]
    assert (issue["category"], issue["by"]["category"]) == ("rural", "person")
    assert sorted((each["duplicate_of"] is None, each["edition"]) for each in told.values()) == [
        (False, "2024"),
        (True, "2022"),
        (True, "2024"),
    ]


def test_an_export_has_the_corrected_rows_and_names_the_files(folder: Path, tmp_path: Path) -> None:
    done = command("export", folder, "--to", "tables.sqlite", cwd=tmp_path)
    assert done.status == 0
    with closing(sqlite3.connect(tmp_path / "tables.sqlite")) as tables:
        assert tables.execute("SELECT category FROM issues WHERE notice_id = 'b'").fetchall() == [("rural",)]
        money = tables.execute("SELECT notice_id FROM quantities WHERE unit = '元'").fetchall()
    assert sorted(money) == [("a",), ("a-copy",)]


def test_a_workbook_names_the_files_that_were_sent(folder: Path, tmp_path: Path) -> None:
    assert command("export", folder, "--to", "tables.xlsx", cwd=tmp_path).status == 0
    sheet = load_workbook(tmp_path / "tables.xlsx", read_only=True)["整改台账"]
    assert {"a.txt", "a-copy.txt", "b.txt"} <= {cell.value for row in sheet.iter_rows() for cell in row}


def test_a_service_that_stopped_leaves_a_folder_to_report_on_and_nothing_in_it_changes(
    folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "copy"
    data.mkdir()
    with sqlite3.connect(folder / "notices.sqlite") as database, sqlite3.connect(data / "notices.sqlite") as copy:
        database.backup(copy)
    copy.close()
    before = (data / "notices.sqlite").read_bytes()
    done = command("report", data, "--to", tmp_path / "report.html", cwd=tmp_path)
    assert (done.status, len(data_of(tmp_path / "report.html"))) == (0, 3)
    assert [path.name for path in data.iterdir()] == ["notices.sqlite"]
    assert (data / "notices.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("PRAGMA user_version = 4", "start its service once with this program"),
        ("PRAGMA user_version = 99", "use the program that wrote it"),
        ("PRAGMA application_id = 1", "is not a file of this service"),
        ("DELETE FROM notices", "holds no notices"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, statement: str, says: str
) -> None:
    with sqlite3.connect(folder / "notices.sqlite") as database, sqlite3.connect(tmp_path / "notices.sqlite") as copy:
        database.backup(copy)
    copy.execute(statement)
    copy.commit()
    copy.close()
    done = command("report", ".", cwd=tmp_path)
    assert done.status in {1, 2}
    assert says in done.err
    assert not (tmp_path / "report.html").exists()


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notices.sqlite").write_bytes(b"x" * 9_000)
    done = command("report", ".", cwd=tmp_path)
    assert (done.status, "notices.sqlite: cannot be read" in done.err) == (2, True)
