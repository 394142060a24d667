"""One notice in many files counts once; two that only look alike never become one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cli_examples import command, report
from page_examples import ARTICLE, BODY, TITLE, page
from pdf_examples import laid, register
from word_examples import paragraph, run, word

TEXT = "\n".join([TITLE, *BODY]) + "\n"
YEARS = ("2019", "2020", "2021", "2022", "2023")


def of_year(year: str, text: str = TEXT) -> str:
    """The notice as the body would publish it in another year, word for word the same."""
    later = str(int(year) + 1)
    return text.replace("2024", later).replace("2023", year).replace(f"{later}年9月", f"{year}年9月")


def read(folder: Path, *options: str) -> dict[str, dict[str, Any]]:
    """Run over a folder; return the records by id."""
    done = command("run", *(options or ("in",)), "--backend", "rules", "--jobs", "1", cwd=folder)
    assert done.status == 0, done.err
    lines = (folder / "out" / "notices.jsonl").read_text(encoding="utf-8").splitlines()
    return {record["notice_id"]: record for record in map(json.loads, lines)}


def written(folder: Path, **texts: str) -> Path:
    (folder / "in").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def counted(records: dict[str, dict[str, Any]]) -> list[str]:
    return [key for key, record in records.items() if record["duplicate_of"] is None]


def told(records: dict[str, dict[str, Any]], code: str) -> list[str]:
    return [key for key, record in records.items() if code in [check["code"] for check in record["checks"]]]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one notice in eight files, read."""
    folder = written(tmp_path_factory.mktemp("forms"), a=TEXT, copy=TEXT)
    place = folder / "in"
    (place / "gbk.txt").write_bytes(TEXT.encode("gb18030"))
    (place / "title.txt").write_text(TEXT.replace(TITLE, "松林镇党委巡察整改情况公开"), encoding="utf-8")
    (place / "page.html").write_text(page(ARTICLE), encoding="utf-8")
    (place / "word.docx").write_bytes(word("".join(paragraph(run(line)) for line in [TITLE, *BODY])))
    register()
    (place / "printed.pdf").write_bytes(laid(paragraphs=[TITLE, *BODY]))
    with zipfile.ZipFile(place / "archive.zip", "w") as archive:
        archive.writestr("inside.txt", TEXT)
    read(folder)
    return folder


def test_one_notice_in_eight_files_counts_once(forms: Path) -> None:
    records = read(forms)
    assert len(records) == 8
    (original,) = counted(records)
    assert {record["duplicate_of"] for key, record in records.items() if key != original} == {original}
    assert len(told(records, "duplicate")) == 7
    assert {record["series"] for record in records.values()} == {"青禾县松林镇"}
    assert report(forms / "out")["totals"]["duplicates"] == 7


def test_the_summary_and_the_tables_say_it(forms: Path) -> None:
    done = command("run", "in", "--backend", "rules", "--log-level", "info", cwd=forms)
    assert "7 the same as others" in done.err
    assert command("export", "out", "--to", "t.csv", cwd=forms).status == 0
    heading, *rows = (forms / "t-notices.csv").read_text(encoding="utf-8-sig").splitlines()
    column = heading.split(",").index("与此篇相同")
    assert sorted(row.split(",")[column] for row in rows)[0] == ""
    assert len([row for row in rows if row.split(",")[column]]) == 7


def test_five_years_of_one_body_are_five_notices_of_one_series(tmp_path: Path) -> None:
    records = read(written(tmp_path, **{f"y{year}": of_year(year) for year in YEARS}))
    assert counted(records) == list(records)
    assert told(records, "maybe_duplicate") == []
    assert {record["series"] for record in records.values()} == {"青禾县松林镇"}
    assert [record["edition"] for record in records.values()] == list(YEARS)


def test_rounds_of_one_year_are_told_apart(tmp_path: Path) -> None:
    rounds = {
        "b": TEXT.replace("县委第二巡察组", "第三轮巡察中,县委第二巡察组"),
        "c": TEXT.replace("县委第二巡察组", "第四轮巡察中,县委第五巡察组").replace("12月8日", "12月20日"),
    }
    records = read(written(tmp_path, **rounds))
    assert [record["edition"] for record in records.values()] == ["2023 · 第三轮", "2023 · 第四轮"]


def test_two_bodies_with_the_same_words_are_two(tmp_path: Path) -> None:
    records = read(written(tmp_path, a=TEXT, b=TEXT.replace("松林镇", "柏林镇")))
    assert counted(records) == ["a", "b"]
    assert [record["series"] for record in records.values()] == ["青禾县松林镇", "青禾县柏林镇"]


def test_a_body_of_which_only_the_kind_is_named_is_told_by_its_signature(tmp_path: Path) -> None:
    text = TEXT.replace("对松林镇党委", "对镇党委").replace(TITLE, "关于巡察整改进展情况的通报")
    records = read(written(tmp_path, a=text, b=text.replace("松林镇", "柏林镇")))
    assert counted(records) == ["a", "b"]
    assert len({record["series"] for record in records.values()}) == 2


def test_where_it_is_unsure_both_count_and_a_check_says_so(tmp_path: Path) -> None:
    later = TEXT.replace("2024年5月18日", "2024年11月20日").replace("35.6万元", "41万元").replace("处分5人", "处分7人")
    records = read(written(tmp_path, a=TEXT, b=later))
    assert counted(records) == ["a", "b"]
    assert len(told(records, "maybe_duplicate")) == 1
    assert len({record["edition"] for record in records.values()}) == 2


def test_neither_order_nor_earlier_runs_change_the_outcome(tmp_path: Path) -> None:
    renamed, other = TEXT.replace(TITLE, "整改情况公开"), TEXT.replace("松林镇", "柏林镇")
    texts = {"z": TEXT, "m": renamed, "y": of_year("2021"), "o": other}
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    at_once = read(written(tmp_path / "one", **texts))
    folder = written(tmp_path / "other", **texts)
    read(folder, "in/o.txt", "in/m.txt")
    step_by_step = read(folder, "in/z.txt", "in/y.txt", "in/m.txt", "in/o.txt")
    assert {key: record["duplicate_of"] for key, record in at_once.items()} == {
        key: record["duplicate_of"] for key, record in step_by_step.items()
    }
    assert sorted(map(str, at_once.values())) == sorted(map(str, step_by_step.values()))
