"""Records of contract 1.0, which have neither who is responsible nor a deadline, are read as those of today."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_examples import command, write
from service_example import Client, serving

NOTICE = """某县某镇党委关于巡察整改进展情况的通报
根据统一部署,2024年3月1日至4月30日,县委第一巡察组对某镇党委开展了巡察,6月5日反馈了意见。
一、整改进展情况
1.关于“理论学习不够”问题的整改。
责任单位:镇组织办、镇宣传办
整改时限:2024年9月底前
一是召开党委会议3次。二是制定《学习计划》,开展培训2期。
2.关于“资金管理不严”问题的整改。
追缴违规资金1.5万元。(责任单位:镇财政所;完成时限:长期坚持)
约谈5人。
中共某镇委员会
2024年12月1日
"""
ADDED = ("responsible", "deadline")


def as_of_1_0(record: dict[str, Any]) -> dict[str, Any]:
    """A record of today as contract 1.0 had it."""
    for issue in record["issues"]:
        for holder in (issue, *issue["measures"]):
            for name in ADDED:
                del holder[name]
            holder["spans"].pop("responsible", None)
    return record | {"contract_version": "1.0"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder."""
    path = tmp_path_factory.mktemp("run")
    write(path, n=NOTICE)
    assert command("run", "n.txt", "--backend", "rules", cwd=path).status == 0
    return path / "out"


@pytest.fixture(scope="module")
def old_run(run: Path) -> Path:
    """The same folder as a program of contract 1.0 left it."""
    old = run.parent / "old"
    (old / "texts").mkdir(parents=True)
    (old / ".notice-extractor").write_bytes((run / ".notice-extractor").read_bytes())
    (old / "texts" / "n.txt").write_bytes((run / "texts" / "n.txt").read_bytes())
    record = as_of_1_0(json.loads((run / "notices.jsonl").read_text(encoding="utf-8")))
    (old / "notices.jsonl").write_text(
        json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    report = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (old / "run.json").write_text(json.dumps(report | {"contract_version": "1.0"}), encoding="utf-8")
    return old


def test_a_run_says_the_version_of_the_contract(run: Path) -> None:
    record = json.loads((run / "notices.jsonl").read_text(encoding="utf-8"))
    report = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert record["contract_version"] == report["contract_version"] == "1.1"
    assert record["issues"][0]["responsible"] == ["镇组织办", "镇宣传办"]
    assert record["issues"][1]["measures"][0]["deadline"]["value"] == "长期坚持"


def test_a_tree_shows_what_is_printed(run: Path, old_run: Path, tmp_path: Path) -> None:
    new, old = (command("show", folder, "n", "--lang", "zh", cwd=tmp_path).out for folder in (run, old_run))
    lines = [line.strip(" │├└─") for line in new.splitlines()]
    assert [line for line in lines if line.startswith(("责任单位", "整改时限"))] == [
        "责任单位: 镇组织办; 镇宣传办",
        "整改时限: ../2024-09",
        "责任单位: 镇财政所",
        "整改时限: 长期坚持",
    ]
    assert "资金管理不严" in old
    assert "责任单位" not in old


def test_tables_of_old_records_have_empty_cells(run: Path, old_run: Path, tmp_path: Path) -> None:
    for folder in (run, old_run):
        assert command("export", folder, "--to", f"{folder.name}.sqlite", cwd=tmp_path).status == 0
    cells = {}
    for name in ("out", "old"):
        with closing(sqlite3.connect(tmp_path / f"{name}.sqlite")) as tables:
            cells[name] = tables.execute("SELECT responsible, deadline FROM issues").fetchall()
    assert cells["out"] == [('["镇组织办", "镇宣传办"]', "../2024-09"), ("[]", None)]
    assert cells["old"] == [("[]", None), ("[]", None)]


def test_old_records_have_a_page_and_scores(old_run: Path, tmp_path: Path) -> None:
    assert command("report", old_run, "--to", "page.html", cwd=tmp_path).status == 0
    assert "资金管理不严" in (tmp_path / "page.html").read_text(encoding="utf-8")
    gold = tmp_path / "gold"
    (gold / "labels").mkdir(parents=True)
    (gold / "notices").mkdir()
    (gold / "notices" / "n.txt").write_text(NOTICE, encoding="utf-8")
    (gold / "split.toml").write_text('tuned = ["n"]\nheld_back = []\n', encoding="utf-8")
    (gold / "labels" / "n.yaml").write_text(LABELS, encoding="utf-8")
    done = command("eval", "--gold", "gold", "--split", "all", "--pred", old_run, "--out", "ev", cwd=tmp_path)
    assert done.status == 0, done.err
    fields = json.loads((tmp_path / "ev" / "metrics.json").read_text(encoding="utf-8"))["fields"]
    assert (fields["issues.responsible"]["recall"], fields["measures.deadline"]["recall"]) == (0, 0)


LABELS = """notice: n
status: reviewed
issues:
  - label: '1'
    title: 理论学习不够
    category: political_leadership
    status: unspecified
    responsible: [镇组织办, 镇宣传办]
    deadline: ../2024-09 | 2024年9月底前
    text: 1.关于“理论 … 培训2期。
  - label: '2'
    title: 资金管理不严
    category: public_finance
    status: unspecified
    text: 2.关于“资金 … 约谈5人。
    measures:
      - text: 追缴违规资金1.5万元。
        types: [recovery]
        status: completed
        responsible: [镇财政所]
        deadline: 长期坚持
"""


def test_a_service_goes_on_with_records_of_before(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as first, Client(first.port) as client:
        assert client.done({"n.txt": NOTICE.encode()})["done"] == 1
        first.stop()
    (stored,) = [path for path in tmp_path.iterdir() if path.suffix in (".sqlite", ".db", ".sqlite3")]
    with closing(sqlite3.connect(stored)) as tables, tables:
        ((number, record),) = tables.execute("SELECT number, record FROM readings").fetchall()
        old = json.dumps(as_of_1_0(json.loads(record)), ensure_ascii=False).encode()
        tables.execute("UPDATE readings SET record = ? WHERE number = ?", (old, number))
    with serving(tmp_path, "--workers", "1") as again, Client(again.port) as client:
        assert client.ask("/v1/notices/n").json()["contract_version"] == "1.0"
        assert client.ask("/review/n/state").status == 200
        change = {
            "op": "correct",
            "item": "issues[0]",
            "values": {"responsible": ["镇组织办"], "deadline": "../2024-09"},
        }
        assert client.post("/v1/notices/n/changes", {"by": "甲", "seen": 0, "change": change}).status == 201
        record = client.ask("/v1/notices/n").json()
    assert record["contract_version"] == "1.1"
    issue = record["issues"][0]
    assert issue["responsible"] == ["镇组织办"]
    assert NOTICE[issue["deadline"]["text"]["start"] : issue["deadline"]["text"]["end"]] == "2024年9月"
