"""docs/questions.md: SQLite, DuckDB, pandas and the workbook give the same answers over an invented run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
from checkout import ROOT
from cli_examples import NOTICE, command, write

from extractor.record.enumerations import VOCABULARIES

_PAGE = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
_QUESTIONS = {part.partition("\n")[0]: part for part in _PAGE.split("\n## ")[1:]}
_BLOCK = re.compile(r"^```(sql|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANOTHER_YEAR = NOTICE.replace("2024年", "2021年").replace(
    "追缴违规资金1.5万元,约谈5人。",
    "追缴违规资金35万元,给予党纪政务处分12人。涉及违规资金100万元,退还12.3.45万元。正在整改。印发《青禾县采购管理办法》。",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports of two years of one body, and a copy of one."""
    path = tmp_path_factory.mktemp("questions")
    texts = {"甲": NOTICE, "乙": _ANOTHER_YEAR, "丙": NOTICE}
    for name, text in texts.items():
        write(path, **{name: text.replace("某县某镇", "青禾县松林镇").replace("某镇", "松林镇")})
    assert command("run", "甲.txt", "乙.txt", "丙.txt", "--backend", "rules", cwd=path).status == 0
    for ending in ("sqlite", "duckdb", "parquet", "xlsx"):
        assert command("export", "out", "--to", f"all.{ending}", cwd=path).status == 0
    return path


@pytest.mark.parametrize("question", _QUESTIONS)
def test_all_ways_give_the_same_answer(question: str, folder: Path) -> None:
    answers = {f"{kind}: {block.splitlines()[0]}": rows for kind, block, rows in _answered(question, folder)}
    first, *others = answers.values()
    assert first, "the invented run has no answer"
    assert len(others) >= 2
    assert all(other == first for other in others), answers


def test_there_are_ten_questions() -> None:
    assert [question.partition(".")[0] for question in _QUESTIONS] == [str(number) for number in range(1, 11)]


def _answered(question: str, folder: Path) -> Iterable[tuple[str, str, list[tuple[str, ...]]]]:
    for kind, block in _BLOCK.findall(_QUESTIONS[question]):
        if kind == "python":
            yield "pandas", block, _in_pandas(block, folder)
            continue
        if not block.startswith("-- DuckDB"):
            with closing(sqlite3.connect(folder / "all.sqlite")) as database:
                yield "SQLite", block, _sorted(database.execute(block).fetchall())
        if not block.startswith("-- SQLite"):
            with closing(duckdb.connect(str(folder / "all.duckdb"), read_only=True)) as duck:
                yield "DuckDB", block, _sorted(duck.execute(block).fetchall())


def _in_pandas(block: str, folder: Path) -> list[tuple[str, ...]]:
    known: dict[str, Any] = {
        "table": lambda name: pd.read_parquet(folder / f"all-{name}.parquet"),
        "sheet": lambda name: pd.read_excel(folder / "all.xlsx", sheet_name=name),
        "names": lambda name: {key: term.zh for key, term in VOCABULARIES[name].items()},
    }
    exec(block, known)
    answer = known["answer"]
    return _sorted(answer if isinstance(answer, list) else answer.itertuples(index=False))


def _sorted(rows: Iterable[Iterable[object]]) -> list[tuple[str, ...]]:
    return sorted(tuple(_told(cell) for cell in row) for row in rows)


def _told(cell: Any) -> str:
    """A cell as text: numbers alike, whatever their type; no value is an empty text."""
    if cell is None:
        return ""
    try:
        return f"{float(cell):.12g}"
    except ValueError:
        return str(cell)


@pytest.mark.parametrize("view", ["问题", "整改措施", "通报", "合计明细"])
def test_views_have_the_same_chinese_rows(view: str, folder: Path) -> None:
    query = f'SELECT * FROM "{view}"'
    with closing(sqlite3.connect(folder / "all.sqlite")) as database:
        light = database.execute(query)
        columns, rows = [each[0] for each in light.description], light.fetchall()
    with closing(duckdb.connect(str(folder / "all.duckdb"), read_only=True)) as duck:
        assert [each[0] for each in duck.execute(query).description or ()] == columns
        assert _sorted(duck.execute(query).fetchall()) == _sorted(rows)
    assert all(re.search(r"[\u4e00-\u9fff]", column) for column in columns if "SHA" not in column)
