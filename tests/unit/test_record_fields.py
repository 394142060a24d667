"""The declaration of a record: it holds what the contract has, and nothing else names a field."""

from __future__ import annotations

import re
import tomllib
from typing import Any, get_args

import pytest
from checkout import ROOT
from notice_extractor_eval.score_fields import ROWS

from extractor import extract
from extractor.pages.page_words import words
from extractor.pages.placed_values import values_of
from extractor.record.contract import Contact, Issue, Measure, Notice
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import CONTACT, FIELDS, LISTS_OF_MEASURE, SCALARS, SHAPES, ItemKind, field_name
from extractor.review.forms import fields_of
from extractor.tables.columns import TABLES

NO_VALUES = {"text", "spans", "read_by", "confidence", "measures", *(name for name, _ in LISTS_OF_MEASURE)}


def test_every_kind_is_declared() -> None:
    assert set(SHAPES) == set(get_args(ItemKind))


def test_the_notices_own_fields_are_the_contracts() -> None:
    others = {"contract_version", "notice_id", "text_sha256", "contact", "totals", "issues", "outline", "checks"}
    others |= {"notes", "duplicate_of", "series", "edition"}
    assert list(SCALARS) == [name for name in Notice.model_fields if name not in {*others, "spans", "read_by"}]
    assert list(CONTACT) == list(Contact.model_fields)
    assert (*SCALARS, *(f"contact.{name}" for name in CONTACT)) == FIELDS


@pytest.mark.parametrize("kind", [kind for kind, shape in SHAPES.items() if shape.record is not None])
def test_a_kinds_values_are_the_contracts(kind: ItemKind) -> None:
    shape = SHAPES[kind]
    assert shape.record is not None
    assert list(shape.values) == [name for name in shape.record.model_fields if name not in NO_VALUES]
    assert {*shape.same, *shape.alone, *shape.row} <= set(shape.values)


def test_the_lists_of_a_measure_are_all_declared() -> None:
    lists = [name for name in Measure.model_fields if name in NO_VALUES - {"text", "spans", "read_by", "confidence"}]
    assert [name for name, _ in LISTS_OF_MEASURE] == lists
    assert "measures" in Issue.model_fields


@pytest.mark.parametrize("kind", list(SHAPES))
def test_terms_have_their_vocabulary_and_figures_their_unit(kind: ItemKind) -> None:
    fields = SHAPES[kind].fields.values()
    assert all((field.vocabulary in VOCABULARIES) == (field.type in ("term", "terms")) for field in fields)
    assert ("unit" in SHAPES[kind].fields) == (SHAPES[kind].number is not None)


def test_a_field_has_one_name_wherever_it_is_shown() -> None:
    email = SHAPES["field"].fields["contact.email"]
    column = next(column for column in TABLES["notices"].columns if column.name == "email")
    (form,) = fields_of("field", "contact.email", "zh")
    page = words()["words"]["field.contact.email"]
    assert email.zh == column.zh == form.label == page["zh"] == ROWS["contact.email"].zh == "电子邮箱"
    held = SHAPES["accountability"]
    assert held.zh == TABLES["accountability"].zh == words()["words"]["kind.accountability"]["zh"] == "追责问责"
    assert ROWS["measures.accountability"].zh == held.zh
    assert words()["words"]["row.organization"]["zh"] == ROWS["measures.organizations"].zh == "实施单位"


def _toml(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def test_a_notice_that_is_shown_by_itself_calls_its_fields_by_its_genre() -> None:
    text = "2023年3月至5月,市审计局对市体育局开展了经济责任审计。\n1.关于“库房失管”问题。\n整改结果:清点库房。"
    notice = extract(text)
    [body] = [value for value in values_of(notice) if value.path == "inspected_body"]
    assert (notice.genre, body.data["called"]) == ("audit", "audit")
    assert words()["words"]["field.inspected_body.audit"]["zh"] == "被审计单位"
    assert field_name("inspected_body", "audit", "zh") == "被审计单位"
    assert field_name("inspected_body", "inspection", "zh") == field_name("inspected_body", None, "zh") == "被巡单位"


def test_the_tables_name_no_field_themselves() -> None:
    content = _toml("extractor/data/tables.toml")
    for kind, shape in SHAPES.items():
        name = shape.list or "notices"
        if name == "organizations":
            continue  # a column of the measures
        declared = {each.removeprefix("contact.") for each in shape.fields}
        own = [column["name"] for column in content[name]["columns"] if isinstance(column, dict)]
        assert not declared & {*own, *content["shared"]}
        assert declared <= {column.name for column in TABLES[name].columns}
        assert kind == "field" or TABLES[name].zh == shape.zh_all


def test_the_pages_and_the_evaluation_name_no_field_themselves() -> None:
    page, rows = _toml("extractor/pages/words.toml"), _toml("eval/notice_extractor_eval/score_fields.toml")
    values = {name for shape in SHAPES.values() for name in shape.fields}
    for section in ("kind", "kinds", "row", "part"):
        assert not {*values, *SHAPES} & {*page[section]} - {"field"}
    named = {name for section, entries in rows.items() if section != "spans" for name in entries}
    assert not values & named
    assert {name for name, row in ROWS.items() if row.kind == "value"} & named == {"issues", "measures"}


SHOWN_BY = (*(f"extractor/{room}" for room in ("commands", "tables", "pages", "review", "service")), "eval")
"""Where values are shown to people under their names."""
OLD_NAMES = "被巡视巡察单位|邮箱|地址|落款|问责|通报所列数据|自述总数|问题表述|表述|措施编号|问题编号"
"""Names that fields had in some places and not in others."""
VARIANTS = re.compile(f"[\"'](?:{OLD_NAMES})[\"']")


@pytest.mark.parametrize("folder", SHOWN_BY)
def test_nowhere_has_a_field_another_name(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".js", ".toml", ".html")]
    assert files
    assert not [str(path) for path in files if VARIANTS.search(path.read_text(encoding="utf-8"))]
