"""The library: text in, a typed and grounded record out; and the closed vocabularies and word lists behind it."""

from __future__ import annotations

import doctest
import gc
import importlib
import json
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from planted import full
from pydantic import ValidationError

import extractor
from extractor import Notice, extract
from extractor.data import read_table
from extractor.files.sources.source import Source
from extractor.notice.facts.documents import find_documents
from extractor.notice.facts.lexical import lexical_scores
from extractor.notice.facts.quantities import find_figures
from extractor.pipeline import extract_file
from extractor.record import enumerations
from extractor.record.contract import Contact, Measure, Quantity, Span, Total
from extractor.record.enumerations import VOCABULARIES
from extractor.tables import columns

PACKAGE = Path(extractor.__file__).parent

TEXT = full(
    """【通报】青禾镇党委关于巡察整改进展情况的通报
发布时间:2024-02-01 来源:青禾清风网
根据县委统一部署,县委第二巡察组于2023年3月1日至4月20日对青禾镇党委开展了巡察,并于5月9日进行了反馈。现将情况通报如下:
一、组织领导情况
镇党委召开专题会议9次,反馈的2个问题已整改到位1个,正在整改1个。
二、整改进展情况
(一)集中整改期内已完成的事项
1.关于“库房物资失管”问题的整改
一是强化责任落实。2023年6月印发《管库办法》,镇财政所开展盘点12次,覆盖村组30余个,逐柜核对实物与账册,逐件登记保管人,逐村张贴结果。二是针对核对中查到的私自外借、重复领用情形,给予党纪处分3人,在干部大会上点名。
(二)需持续推进的事项
2.关于“养老服务供给不足”问题的整改
将于2024年底前新增床位60张,为行动不便的老人添置护理床、防滑扶手和呼叫铃,并按月入户探望。
欢迎干部群众监督。联系电话:0999-7654321;地址:青禾镇湖滨路1号。
中共青禾镇委员会
2024年1月15日
"""
)


@pytest.fixture(scope="module")
def notice() -> Notice:
    return extract(TEXT, notice_id="qinghe")


def _printed(span: Span) -> str:
    return TEXT[span.start : span.end]


# The record


def test_three_lines_give_a_table_of_who_did_what_about_which_finding() -> None:
    from extractor import extract

    notice = extract(TEXT)
    rows = [
        (issue.title, measure.label, _printed(measure.text)) for issue in notice.issues for measure in issue.measures
    ]
    assert rows == [
        (
            "库房物资失管",
            "一是",
            full(
                "强化责任落实。2023年6月印发《管库办法》,镇财政所开展盘点12次,覆盖村组30余个,逐柜核对实物与账册,逐件登记保管人,逐村张贴结果。"
            ),
        ),
        ("库房物资失管", "二是", full("针对核对中查到的私自外借、重复领用情形,给予党纪处分3人,在干部大会上点名。")),
        (
            "养老服务供给不足",
            None,
            full("将于2024年底前新增床位60张,为行动不便的老人添置护理床、防滑扶手和呼叫铃,并按月入户探望。"),
        ),
    ]


def test_the_notice_says_what_it_is(notice: Notice) -> None:
    assert notice.model_dump(
        include={"notice_id", "title", "inspected_body", "inspection_team", "inspection_kind"}
    ) == {
        "notice_id": "qinghe",
        "title": "青禾镇党委关于巡察整改进展情况的通报",
        "inspected_body": "青禾镇党委",
        "inspection_team": "县委第二巡察组",
        "inspection_kind": "巡察",
    }
    assert (notice.inspection_start, notice.inspection_end) == ("2023-03-01", "2023-04-20")
    assert (notice.feedback_date, notice.published_on) == ("2023-05-09", "2024-02-01")
    assert (notice.signed_by, notice.signed_on) == ("中共青禾镇委员会", "2024-01-15")
    assert notice.contact == Contact(phone=full("0999-7654321"), postal_address=full("青禾镇湖滨路1号"))
    assert [(total.name, total.value) for total in notice.totals] == [
        ("meetings_held", 9),
        ("issues_found", 2),
        ("issues_resolved", 1),
        ("issues_in_progress", 1),
    ]
    assert notice.checks == []


def test_an_issue_has_its_group_its_status_and_its_category(notice: Notice) -> None:
    first, second = notice.issues
    assert (first.label, first.section, first.status) == ("1", ["集中整改期内已完成的事项"], "completed")
    assert (second.label, second.section, second.status) == ("2", ["需持续推进的事项"], "in_progress")
    assert second.category == "livelihood"


def test_a_measure_has_all_its_facts(notice: Notice) -> None:
    first, second = notice.issues[0].measures
    assert (first.heading, first.status) == ("强化责任落实", "completed")
    assert {"regulation", "inspection"} <= set(first.types)
    assert [(d.title, d.action, _printed(d.text)) for d in first.documents] == [("管库办法", "issued", "管库办法")]
    assert [(d.value, _printed(d.text)) for d in first.dates] == [("2023-06", full("2023年6月"))]
    assert [(q.value, q.unit, q.qualifier) for q in first.quantities] == [(12, "次", None), (30, "个", "over")]
    assert first.organizations == ["镇财政所"]
    assert [(a.action, a.count, a.unit) for a in second.accountability] == [("党纪处分", 3, "人")]
    assert second.types[0] == "accountability"
    [planned] = notice.issues[1].measures
    assert (planned.status, [date.value for date in planned.dates]) == ("planned", ["../2024-12"])


def test_scalar_values_have_places_by_their_names(notice: Notice) -> None:
    assert {name: [_printed(span) for span in spans] for name, spans in notice.spans.items()}.items() >= {
        "title": ["青禾镇党委关于巡察整改进展情况的通报"],
        "inspected_body": ["青禾镇党委"],
        "signed_on": [full("2024年1月15日")],
        "contact.phone": [full("0999-7654321")],
    }.items()
    [measure, _] = notice.issues[0].measures
    assert {name: [_printed(span) for span in spans] for name, spans in measure.spans.items()} == {
        "label": ["一是"],
        "heading": ["强化责任落实"],
        "organizations": ["镇财政所"],
    }


@pytest.mark.parametrize("collects", [True, False])
def test_extract_leaves_the_garbage_collector_as_it_was(collects: bool) -> None:
    was_enabled = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        extract(TEXT)
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was_enabled else gc.disable)()


def test_extract_is_pure_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(TEXT).model_dump_json() == extract(TEXT).model_dump_json()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["", "\n", "今天天气很好。", "\x00\x07", "🙂" * 10, "(一)", "关于“"])
def test_any_text_gives_a_record_that_says_what_is_wrong_with_it(text: str) -> None:
    notice = extract(text)
    assert notice.issues == []
    assert "no_issues" in {check.code for check in notice.checks}


def test_the_record_is_frozen_and_survives_json(notice: Notice) -> None:
    assert Notice.model_validate_json(notice.model_dump_json()) == notice
    with pytest.raises(ValidationError):
        notice.title = "别的"


def test_fields_of_later_versions_are_no_error(notice: Notice) -> None:
    later = json.loads(notice.model_dump_json()) | {"mood": "good"}
    assert Notice.model_validate(later) == notice


def test_a_file_gives_the_text_its_spans_index_and_the_same_record() -> None:
    found = extract_file(Source("a.txt"), TEXT.replace("\n", "\r\n").encode("gb18030"), notice_id="qinghe")
    assert found.text == TEXT
    assert found.notice == extract(TEXT, notice_id="qinghe")
    assert found.left_out == ()


# Closed vocabularies

TYPES = {
    "genre": enumerations.Genre,
    "inspection_kind": enumerations.InspectionKind,
    "category": enumerations.Category,
    "issue_status": enumerations.IssueStatus,
    "measure_type": enumerations.MeasureType,
    "measure_status": enumerations.MeasureStatus,
    "document_action": enumerations.DocumentAction,
    "qualifier": enumerations.Qualifier,
    "accountability_action": enumerations.AccountabilityAction,
    "total_name": enumerations.TotalName,
    "severity": enumerations.Severity,
    "reader": enumerations.Reader,
}


def test_every_vocabulary_is_a_type_of_the_contract_or_of_a_column_in_a_table_alone() -> None:
    named = {column.vocabulary for table in columns.TABLES.values() for column in table.columns}
    assert VOCABULARIES.keys() == TYPES.keys() | (named - {None})


@pytest.mark.parametrize("name", TYPES)
def test_a_type_holds_the_keys_of_the_data_file_in_their_order(name: str) -> None:
    assert get_args(TYPES[name]) == tuple(read_table("enumerations")[name]) == tuple(VOCABULARIES[name])


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (
            "category",
            "political_leadership ideology grassroots_party personnel integrity economy business_environment "
            "public_finance projects_procurement livelihood safety environment rural governance rectification other",
        ),
        (
            "measure_type",
            "regulation deliberation organization inspection accountability recovery construction economic_support "
            "public_service education digital personnel other",
        ),
        (
            "total_name",
            "issues_found issue_groups_found issues_resolved issues_in_progress measures_planned measures_completed "
            "completion_rate rules_reviewed rules_established rules_revised rules_established_or_revised "
            "rules_abolished party_discipline administrative_discipline organisational_handling admonished "
            "criticised_or_reminded referred money_recovered meetings_held reminders_issued",
        ),
        (
            "accountability_action",
            "党纪处分 政务处分 党纪政务处分 组织处理 诫勉 批评教育 提醒谈话 约谈 立案 留置 问责 "
            "通报曝光 行政处罚 移送 其他",
        ),
        ("document_action", "issued revised drafted applied"),
        ("qualifier", "over under about"),
        ("measure_status", "completed in_progress planned"),
        ("issue_status", "completed in_progress unspecified"),
        ("inspection_kind", "巡视 巡察"),
    ],
)
def test_the_data_file_holds_the_contracts_values(name: str, keys: str) -> None:
    assert set(VOCABULARIES[name]) == set(keys.split())


def test_the_schema_follows_the_data_file() -> None:
    def enums(node: Any) -> list[tuple[str, ...]]:
        if isinstance(node, dict):
            own = [tuple(node["enum"])] if "enum" in node else []
            return own + [found for value in node.values() for found in enums(value)]
        return [found for value in node for found in enums(value)] if isinstance(node, list) else []

    printed = set(enums(Notice.model_json_schema()))
    readers = ("rules", "model")  # those that a check's disputed value is of: no words of a notice
    assert printed == {readers, *(tuple(VOCABULARIES[name]) for name in TYPES)}


@pytest.mark.parametrize(
    "invalid",
    [
        lambda: Measure(text=Span(start=0, end=1), status="done"),
        lambda: Measure(text=Span(start=0, end=1), types=["whim"]),
        lambda: Total(name="luck", value=1, unit="个", text=Span(start=0, end=1)),
        lambda: Quantity(value=1, unit="个", qualifier="maybe", text=Span(start=0, end=1)),
        lambda: Span(start=-1, end=1),
    ],
)
def test_a_value_outside_its_vocabulary_is_refused(invalid: Any) -> None:
    with pytest.raises(ValidationError):
        invalid()


# Word lists

TABLES = sorted(path.stem for path in PACKAGE.joinpath("data").glob("*.toml"))
SCORED = ("categories", "measure_types")
PATTERNS = ("outline", "documents", "organizations", "judgement", "accountability", "totals")


def _words(node: Any) -> list[str]:
    """All strings of a table, keys left out."""
    if isinstance(node, str):
        return [node]
    values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [word for value in values for word in _words(value)]


def _lists(node: Any) -> list[list[str]]:
    if isinstance(node, list):
        strings = [word for word in node if isinstance(word, str)]
        return [strings] if strings else [found for value in node for found in _lists(value)]
    return [found for value in node.values() for found in _lists(value)] if isinstance(node, dict) else []


@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_where_it_comes_from_and_is_used(table: str) -> None:
    first = PACKAGE.joinpath("data", f"{table}.toml").read_text(encoding="utf-8").splitlines()[0]
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert first.startswith("# ")
    assert re.search(rf"""["/]{table}["./]""", code)


@pytest.mark.parametrize("table", PATTERNS)
def test_every_pattern_compiles(table: str) -> None:
    for word in _words(read_table(table)):
        re.compile(word)


@pytest.mark.parametrize("table", TABLES)
def test_no_list_names_a_word_twice_or_an_empty_one(table: str) -> None:
    for words in _lists(read_table(table)):
        assert [word for word in words if words.count(word) > 1] == []
        assert all(words)


@pytest.mark.parametrize("table", SCORED)
def test_every_scoring_word_counts_for_its_name(table: str) -> None:
    silent = []
    for name, rules in read_table(table).items():
        for rule in rules:
            texts = list(rule.get("words", []))
            texts += [f"{verb}{obj}" for verb in rule.get("verbs", [])[:1] for obj in rule.get("objects", [])]
            texts += [f"{verb}{obj}" for verb in rule.get("verbs", []) for obj in rule.get("objects", [])[:1]]
            silent += [(name, text) for text in texts if name not in lexical_scores(table, text)]
    assert silent == []


@pytest.mark.parametrize("table", SCORED)
def test_every_name_of_a_scoring_table_is_in_its_vocabulary(table: str) -> None:
    vocabulary = {"categories": "category", "measure_types": "measure_type"}[table]
    assert read_table(table).keys() <= VOCABULARIES[vocabulary].keys()
    assert VOCABULARIES[vocabulary].keys() - read_table(table).keys() == {"other"}


def test_no_word_is_scored_by_two_rules_of_one_name() -> None:
    for table in SCORED:
        for name, rules in read_table(table).items():
            words = [word for rule in rules for word in rule.get("words", [])]
            assert (table, name, [word for word in words if words.count(word) > 1]) == (table, name, [])


def _is_plain(word: str) -> bool:
    return re.escape(word) == word


@pytest.mark.parametrize("action", ["issued", "revised", "drafted", "applied"])
def test_every_plain_verb_governs_the_document_behind_it(action: str) -> None:
    found = {
        verb: find_documents(f"镇{verb}《某件》。")[0].action
        for verb in read_table("documents")[action]
        if _is_plain(verb)
    }
    assert {verb: got for verb, got in found.items() if got != action} == {}


def test_every_unit_is_read_behind_a_figure() -> None:
    def read(text: str) -> list[str]:
        return [found.unit for found in find_figures(text, [], []).quantities]

    units = read_table("quantities")["units"]
    assert [
        unit for unit in units if [unit] != read(f"共计12{unit}。") and [f"万{unit}"] != read(f"共计12万{unit}。")
    ] == []


@pytest.mark.parametrize("qualifier", ["over", "under", "about"])
def test_every_qualifier_word_qualifies(qualifier: str) -> None:
    table = read_table("quantities")
    texts = [f"补植{word}12棵。" for word in table[f"{qualifier}_before"]]
    texts += [f"补植12棵{word}。" for word in table[f"{qualifier}_after"]]
    found = {text: [quantity.qualifier for quantity in find_figures(text, [], []).quantities] for text in texts}
    assert {text: got for text, got in found.items() if got != [qualifier]} == {}


def test_every_action_of_the_accountability_table_is_in_the_contract() -> None:
    assert read_table("accountability")["actions"].keys() <= VOCABULARIES["accountability_action"].keys()


def test_every_total_has_a_rule() -> None:
    named = {rule["name"] for rule in read_table("totals")["rule"] if rule["name"]}  # others tell what is no total
    assert named == VOCABULARIES["total_name"].keys()


# Examples in docstrings


def _modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages([str(PACKAGE)], "extractor.")]
    return [extractor, *(importlib.import_module(name) for name in names if not name.endswith("__main__"))]


def _examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder()
    return [found for module in _modules() for found in finder.find(module) if found.examples]


@pytest.mark.parametrize("example", _examples(), ids=lambda example: example.name)
def test_the_examples_in_docstrings_are_true(example: doctest.DocTest) -> None:
    report: list[str] = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert result.failed == 0, "".join(report)
