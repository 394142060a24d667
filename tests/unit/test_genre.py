"""Whose findings a notice answers; each genre is read in several layouts, with checks that are true of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from checkout import SUPPORT
from planted import notice

from extractor import extract
from extractor.record.enumerations import VOCABULARIES

NOTICES = sorted(SUPPORT.joinpath("layouts", "genres").glob("*.yaml"))


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a_notice_of_another_genre_has_its_genre_and_fields(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = extract(case["text"])
    wanted = {"genre": case["genre"], **case.get("fields", {})}
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert (found.inspection_kind is None) == (case["genre"] != "inspection")


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_no_check_says_of_a_notice_what_is_true_of_another_genre(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    checks = extract(case["text"]).checks
    assert "not_a_notice" not in [check.code for check in checks]
    if case["genre"] != "inspection":
        assert not [check.message for check in checks if "巡视" in check.message or "巡察" in check.message]


def test_each_genre_is_tried() -> None:
    named = [yaml.safe_load(path.read_text(encoding="utf-8"))["genre"] for path in NOTICES]
    assert all(named.count(genre) >= 3 for genre in VOCABULARIES["genre"] if genre != "inspection")


BODY = "一、关于“台账不全”的问题\n整改情况:补登台账12本。\n二、关于“采购不规范”的问题\n整改情况:退回货款3万元。\n"


@pytest.mark.parametrize(
    ("head", "genre"),
    [
        ("某县水务局巡察整改情况通报", "inspection"),
        ("某县审计局党组关于巡察整改进展情况的通报", "inspection"),
        ("某县委巡察办关于审计发现问题整改情况的公告", "audit"),
        ("某县生态环境局关于审计整改情况的公示", "audit"),
        ("某县关于中央环保督察“回头看”反馈问题整改情况的公示", "environmental"),
        ("某省长江经济带生态环境警示片披露问题整改情况", "environmental"),
        ("某县审计局关于主题教育检视问题整改情况的通报", "other"),
        ("某局意识形态专项检查反馈问题整改情况报告\n市委第一巡察组对我局开展了专项检查。", "inspection"),
        ("关于整改情况的通报\n2023年5月,县审计局派出审计组进行了审计。", "audit"),
        ("关于整改情况的通报\n现将整改情况公布如下。", "other"),
    ],
)
def test_the_genre_is_named_by_the_title_then_by_the_opening(head: str, genre: str) -> None:
    assert extract(f"{head}\n{BODY}").genre == genre


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("今天天气很好。", ["“整改”", "反馈问题"]),
        ("县委第一巡察组将对某局开展巡察,欢迎反映问题。联系电话:0999-7654321。", ["“整改”"]),
        ("请各商铺及时整改。", ["反馈问题"]),
    ],
)
def test_what_a_text_lacks_that_is_no_notice_is_said(text: str, missing: list[str]) -> None:
    found = extract(text)
    assert found.genre is None
    [check] = [check for check in found.checks if check.code == "not_a_notice"]
    assert [words for words in ["“整改”", "反馈问题"] if words in check.message] == missing


def test_of_another_genre_no_period_is_taken_for_that_of_the_inspection() -> None:
    head = "某局主题教育检视问题整改情况通报\n2023年4月至8月,全局党员认真学习。现将整改情况通报如下。\n"
    assert extract(head + BODY).inspection_start is None


def test_the_words_that_name_the_genre_are_its_place() -> None:
    text = notice("1.关于“库房失管”问题的整改", "(1)清点库房。")
    found = extract(text)
    [place] = found.spans["genre"]
    assert (found.genre, text[place.start : place.end]) == ("inspection", "巡察")
