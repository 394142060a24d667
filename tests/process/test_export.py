"""``python -m extractor export``: from a run's folder to files that other programs read."""

from __future__ import annotations

import csv
import json
import re
import resource
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pyarrow.parquet as pq
import pytest
from checkout import GOLD_NOTICES
from cli_examples import NOTICE, command, command_apart, write
from openpyxl import load_workbook

from extractor import extract
from extractor.cli import main
from extractor.errors import InputError, SettingsError
from extractor.exports import written_notices
from extractor.exports.exporter import ENDINGS, export, files_of
from extractor.exports.written_notices import WrittenNotice, run_in
from extractor.processes import groups
from extractor.record.contract import Notice
from extractor.tables.columns import TABLES
from extractor.tables.rows import notice_rows
from extractor.tables.sheets import SHEETS_OF_NOTICES

LONG = (GOLD_NOTICES / "lianyungang-haizhou-2024.txt").read_text(encoding="utf-8")


def _notices() -> list[WrittenNotice]:
    return [_written(extract(text, notice_id=name), text) for name, text in (("长", LONG), ("short", NOTICE))]


def _written(notice: Notice, text: str) -> WrittenNotice:
    return WrittenNotice(notice.notice_id, notice.model_dump_json().encode(), text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with two notices."""
    path = tmp_path_factory.mktemp("run")
    write(path, 长=LONG, short=NOTICE)
    assert command("run", "长.txt", "short.txt", "--backend", "rules", cwd=path).status == 0
    return path / "out"


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_command_writes_every_format(folder: Path, ending: str, tmp_path: Path) -> None:
    done = command("export", folder, "--to", f"new/all{ending}", cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    counts = dict.fromkeys(SHEETS_OF_NOTICES if ending == ".xlsx" else TABLES, 0)
    for written in run_in(folder).notices():
        tables = notice_rows(written.parsed(), written.text)
        for name in counts:
            counts[name] += len(tables["measures" if name == "ledger" else name])  # each finding there has a measure
    assert done.out.strip().endswith(": " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))
    assert _count(tmp_path / "new" / f"all{ending}") == counts
    assert sorted((tmp_path / "new").iterdir()) == sorted(files_of(tmp_path / "new" / f"all{ending}"))


def _count(to: Path) -> dict[str, int]:
    """The number of rows of each table, as other programs find them."""
    match to.suffix:
        case ".xlsx":
            with closing(load_workbook(to)) as book:
                return {name: book[table.zh].max_row - 1 for name, table in SHEETS_OF_NOTICES.items()}
        case ".csv":
            return {name: len(_lines(path)) - 1 for name, path in zip(TABLES, files_of(to), strict=True)}
        case ".parquet":
            return {name: pq.read_metadata(path).num_rows for name, path in zip(TABLES, files_of(to), strict=True)}
        case ".sqlite":
            with closing(sqlite3.connect(to)) as database:
                return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}
    with closing(duckdb.connect(str(to), read_only=True)) as database:
        return {name: (database.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,))[0] for name in TABLES}


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_sheets_speak_chinese_or_english(folder: Path, tmp_path: Path) -> None:
    for lang, status in (("zh", "整改中"), ("en", "in progress")):
        assert command("export", folder, "--to", "a.csv", "--lang", lang, cwd=tmp_path).status == 0
        heading, *rows = _lines(tmp_path / "a-issues.csv")
        assert heading == [column.called("zh" if lang == "zh" else "en") for column in TABLES["issues"].columns]
        assert status in {row[heading.index("整改状态" if lang == "zh" else "status")] for row in rows}


def test_databases_hold_keys_links_and_lists(tmp_path: Path) -> None:
    export(_notices(), tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kinds = database.execute("SELECT DISTINCT value FROM measures, json_each(types)").fetchall()
        assert ("recovery",) in kinds
    export(_notices(), tmp_path / "a.duckdb")
    with closing(duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True)) as database:
        query = """SELECT sum(base_value) FROM quantities JOIN measures USING (measure_id)
            WHERE list_contains(types, 'recovery') AND base_unit = '元' AND measures.notice_id = 'short'"""
        assert database.execute(query).fetchone() == (15_000,)
        said = database.execute(
            "SELECT comment FROM duckdb_columns() WHERE column_name = 'base_value' LIMIT 1"
        ).fetchone()
        assert said is not None and said[0].startswith("折算数值, in base units")


def test_parquet_names_its_columns_for_people(tmp_path: Path) -> None:
    export(_notices(), tmp_path / "a.parquet")
    field = pq.read_schema(tmp_path / "a-notices.parquet").field("signed_on")
    assert field.metadata[b"zh"].decode() == "落款日期"


def test_rows_of_many_notices_are_all_written(tmp_path: Path) -> None:
    """More than are held at a time."""
    notice = extract(LONG)
    many = [_written(notice.model_copy(update={"notice_id": f"n{number}"}), LONG) for number in range(40)]
    watched: list[None] = []
    done = export(many, tmp_path / "a.parquet", watch=lambda: watched.append(None))
    assert len(watched) == 40
    assert done.rows["measures"] == 40 * 117
    found = pq.read_table(tmp_path / "a-measures.parquet", columns=["notice_id"]).column(0).to_pylist()
    assert found == [f"n{number}" for number in range(40) for _ in range(117)]


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".parquet", ".sqlite"])
def test_the_same_notices_make_the_same_bytes(ending: str, tmp_path: Path) -> None:
    """Under whatever name they are written."""
    made = []
    for name in ("a", "b"):
        export(_notices(), tmp_path / name / f"{name}{ending}")
        made.append([path.read_bytes() for path in files_of(tmp_path / name / f"{name}{ending}")])
    assert made[0] == made[1]


def test_a_workbook_does_not_say_when_it_was_made(tmp_path: Path) -> None:
    export(_notices(), tmp_path / "a.xlsx")
    with ZipFile(tmp_path / "a.xlsx") as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        days = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", book.read("docProps/core.xml").decode())
        assert set(days) == {"2000-01-01T00:00:00Z"}


def test_duckdb_files_differ_but_what_they_hold_does_not(tmp_path: Path) -> None:
    """Rows, their order, columns and comments: all that it writes of itself as text. See docs/export.md."""
    dumps = []
    for name in ("a", "b"):
        export(_notices(), tmp_path / f"{name}.duckdb")
        with closing(duckdb.connect(str(tmp_path / f"{name}.duckdb"), read_only=True)) as database:
            database.execute(f"EXPORT DATABASE '{tmp_path / name}' (FORMAT csv)")
            comments = database.execute("SELECT table_name, column_name, comment FROM duckdb_columns() ORDER BY ALL")
            held = comments.fetchall()
        written = (tmp_path / name).iterdir()
        files = {path.name: path.read_bytes().replace(bytes(tmp_path / name), b"") for path in written}
        dumps.append((held, files))
    assert dumps[0] == dumps[1]
    assert len(dumps[0][1]) == len(TABLES) + 3  # the names of keys, the schema, and how to load it


def test_older_programs_can_read_a_duckdb_file(tmp_path: Path) -> None:
    """The number of the form it is written in stands in its head; 64 is that of version 1.0 to 1.1."""
    export(_notices(), tmp_path / "a.duckdb")
    head = (tmp_path / "a.duckdb").read_bytes()[:20]
    assert (head[8:12], int.from_bytes(head[12:20], "little")) == (b"DUCK", 64)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failure_leaves_what_stood_there(ending: str, tmp_path: Path) -> None:
    """Whoever reads an export never meets half of one."""
    files = files_of(tmp_path / f"a{ending}")
    for path in files:
        path.write_text("before")

    def failing() -> Iterator[WrittenNotice]:
        yield from _notices()
        raise InputError("the third cannot be read")

    with pytest.raises(InputError, match="the third"):
        export(failing(), tmp_path / f"a{ending}")
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert {path.read_text() for path in files} == {"before"}
    export(_notices(), tmp_path / f"a{ending}")
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert _count(tmp_path / f"a{ending}")["notices"] == 2


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_said_in_a_sentence(folder: Path, ending: str, tmp_path: Path) -> None:
    def no_large_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = command_apart("export", folder, "--to", f"a{ending}", cwd=tmp_path, before=no_large_files)
    assert done.status == 1, done.err
    assert len(done.err.splitlines()) == 1 and "--to" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("to", ["a.xls", "a", "a.db", ".xlsx", "a.json"])
def test_an_unknown_ending_is_wrong_usage(to: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"use \.xlsx, \.csv, \.parquet, \.sqlite or \.duckdb"):
        export([], tmp_path / to)


def test_the_ending_may_be_in_capitals(tmp_path: Path) -> None:
    assert export([], tmp_path / "A.XLSX").files == [tmp_path / "A.XLSX"]
    assert (tmp_path / "A.XLSX").is_file()


def test_a_folder_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(SettingsError, match="is a folder"):
        export([], tmp_path / "a.xlsx")
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        export([], tmp_path / "file" / "a.xlsx")


def test_several_processes_make_the_same_workbook_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_notices, "_GROUP", 1)
    notice = extract(NOTICE)
    many = [_written(notice.model_copy(update={"notice_id": f"n{number}"}), NOTICE) for number in range(7)]
    for processors in (1, 2):
        monkeypatch.setattr(groups, "processors", lambda: processors)  # noqa: B023
        done = export(many, tmp_path / f"{processors}.xlsx", report="report.html")
        assert (done.rows["ledger"], done.remarks) == (7 * 3, [])
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
    broken = many[5]._replace(record=b"{}", run="out")
    with pytest.raises(InputError, match="out: the stored notice n5 breaks the contract"):
        export([*many[:5], broken, many[6]], tmp_path / "2.xlsx")


def test_two_notices_of_one_id_cannot_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="short: two notices"):
        export([_notices()[1]] * 2, tmp_path / "a.csv")


def test_a_run_without_notices_makes_empty_tables(tmp_path: Path) -> None:
    for ending in ENDINGS:
        done = export([], tmp_path / f"a{ending}")
        assert set(done.rows.values()) == {0}
        assert list(done.rows) == list(SHEETS_OF_NOTICES if ending == ".xlsx" else TABLES)
        assert set(_count(tmp_path / f"a{ending}").values()) == {0}


def test_what_is_no_runs_folder_is_named(tmp_path: Path) -> None:
    done = command("export", tmp_path, "--to", "a.csv", cwd=tmp_path)
    assert (done.status, "holds no notices.jsonl" in done.err) == (1, True)
    write(tmp_path, a=NOTICE)
    command("run", "a.txt", "--backend", "rules", cwd=tmp_path)
    line = tmp_path / "out" / "notices.jsonl"
    line.write_text(json.dumps({**json.loads(line.read_text()), "issues": 3}).replace(": ", ":"))
    done = command("export", "out", "--to", "a.csv", cwd=tmp_path)
    assert (done.status, "a breaks the contract" in done.err) == (1, True)
    assert list(tmp_path.glob("*.csv")) == []


def test_a_format_whose_library_is_missing_names_the_extra(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("xlsxwriter", "pyarrow", "duckdb"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in [name for name in sys.modules if name.startswith(("extractor.exports.", "pyarrow.", "xlsxwriter."))]:
        monkeypatch.delitem(sys.modules, name)
    for ending, status in {".csv": 0, ".sqlite": 0, ".xlsx": 2, ".parquet": 2, ".duckdb": 2}.items():
        assert main(["export", str(folder), "--to", str(tmp_path / f"a{ending}")]) == status
        assert ("pip install 'notice-extractor[export]'" in capsys.readouterr().err) == bool(status)
