"""A notice as rows of the tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from cli_examples import NOTICE, UNREAD

from extractor import extract
from extractor.record.contract import (
    Accountability,
    Check,
    DateMention,
    Document,
    Issue,
    Measure,
    Notice,
    Quantity,
    ReviewNote,
    Span,
    Total,
)
from extractor.record.date_values import days_of
from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import KEYS, TABLES, Cell, Kind
from extractor.tables.rows import NoticeRows, notice_rows

_TYPES: dict[Kind, type | tuple[type, ...]] = {
    "text": str,
    "list": tuple,
    "term": str,
    "terms": tuple,
    "integer": int,
    "number": float,
    "share": float,
    "iso": str,
    "day": date,
}


# A notice with a row in every table.
TEXT = NOTICE.replace("反馈了意见", "反馈了5个问题").replace("开展培训", "8月底前开展培训")


@pytest.fixture(scope="module")
def rows() -> NoticeRows:
    note = ReviewNote(path="issues[0].measures[0]", words="待问", by="甲", made="2026-01-02T03:04:05.000+00:00")
    return notice_rows(extract(TEXT, notice_id="n").model_copy(update={"notes": [note]}), TEXT)


def _one(found: NoticeRows, table: str) -> dict[str, Cell]:
    (row,) = found[table]
    return dict(row)


def _notice(**values: Any) -> Notice:
    return Notice(notice_id="n", text_sha256="0", **values)


def _measure(**values: Any) -> Notice:
    """A notice with one issue with one measure."""
    measure = Measure(text=Span(start=0, end=9), **values)
    return _notice(issues=[Issue(title="t", text=Span(start=0, end=9), measures=[measure])])


def test_a_notice_says_how_many_of_its_digits_were_not_read(rows: NoticeRows) -> None:
    unread = _one(notice_rows(extract(UNREAD, notice_id="n"), UNREAD), "notices")
    assert (unread["digits"], unread["digits_unread"]) == (sum(map(str.isdigit, UNREAD)), 5)
    assert _one(rows, "notices")["digits_unread"] == 0
    # A record of an earlier version keeps no account: nothing is said, not that all is read.
    earlier = _one(notice_rows(_notice(), "12"), "notices")
    assert (earlier["digits"], earlier["digits_unread"]) == (None, None)


def test_rows_have_the_columns_of_their_table(rows: NoticeRows) -> None:
    assert list(rows) == list(TABLES)
    for name, found in rows.items():
        assert found, name
        for row in found:
            assert set(row) == {column.name for column in TABLES[name].columns}
            for column in TABLES[name].columns:
                assert row[column.name] is None or isinstance(row[column.name], _TYPES[column.kind]), column


def test_terms_are_keys_of_their_enumeration(rows: NoticeRows) -> None:
    for name, found in rows.items():
        for column in TABLES[name].columns:
            assert (column.vocabulary is not None) == (column.kind in ("term", "terms"))
            if column.vocabulary is not None:
                cells = [row[column.name] for row in found]
                keys = {key for cell in cells for key in (cell if isinstance(cell, tuple) else [cell] if cell else [])}
                assert keys <= set(VOCABULARIES[column.vocabulary])


def test_names_differ_within_a_table_and_fit_a_sheet() -> None:
    for lang in ("zh", "en"):
        assert len({table.called(lang) for table in TABLES.values()}) == len(TABLES)
        for table in TABLES.values():
            assert len(table.called(lang)) <= 31 - len(" 999")
            assert not set(table.called(lang)) & set("[]:*?/\\'")
            assert len({column.called(lang) for column in table.columns}) == len(table.columns)
    assert all(len({column.name for column in table.columns}) == len(table.columns) for table in TABLES.values())


def test_ids_lead_to_a_row(rows: NoticeRows) -> None:
    for key, table in KEYS.items():
        ids = [row[key] for row in rows[table.name]]
        assert len(ids) == len(set(ids))
        for found in rows.values():
            assert {row[key] for row in found if row.get(key) is not None} <= set(ids)
    assert [row["measure_id"] for row in rows["measures"]] == ["n#1.1", "n#1.2", "n#2.1"]


def test_every_place_quotes_the_text(rows: NoticeRows) -> None:
    for row in (row for found in rows.values() for row in found if "text" in row):
        start, end = row["text_start"], row["text_end"]
        assert isinstance(start, int) and isinstance(end, int) and row["text"] == TEXT[start:end]


def test_a_path_leads_to_the_value_in_the_record() -> None:
    record = extract(TEXT, notice_id="n").model_dump()
    for name, found in notice_rows(extract(TEXT, notice_id="n"), TEXT).items():
        for row in (row for row in found if row.get("path")):
            place: Any = record
            for step in str(row["path"]).replace("[", ".").replace("]", "").split("."):
                place = place[int(step)] if step.isdecimal() else place[step]
            if name == "places":
                assert place == row["value"]
            elif name != "checks":
                assert place["text"] == {"start": row["text_start"], "end": row["text_end"]}


def test_a_figure_stands_as_printed_and_in_base_units() -> None:
    text = "完成投资265亿元。"
    found = Quantity(value=265, unit="亿元", subject="完成投资", text=Span(start=4, end=9))
    row = _one(notice_rows(_measure(quantities=[found]), text), "quantities")
    assert (row["value"], row["unit"], row["text"]) == (265, "亿元", "265亿元")
    assert (row["base_value"], row["base_unit"]) == (26_500_000_000, "元")


def test_persons_and_totals_stand_in_base_units_too() -> None:
    held = Accountability(action="诫勉", count=3, unit="名", text=Span(start=0, end=2))
    total = Total(name="money_recovered", value=78.52, unit="万元", text=Span(start=0, end=2))
    notice = _measure(accountability=[held]).model_copy(update={"totals": [total]})
    rows = notice_rows(notice, "3名")
    assert (_one(rows, "accountability")["base_value"], _one(rows, "accountability")["base_unit"]) == (3, "人")
    assert (_one(rows, "totals")["base_value"], _one(rows, "totals")["base_unit"]) == (785_200, "元")


def test_a_number_beyond_doubles_is_left_to_the_quoted_text() -> None:
    found = Quantity(value=10**5000, unit="元", text=Span(start=0, end=1))
    row = _one(notice_rows(_measure(quantities=[found]), "9"), "quantities")
    assert (row["value"], row["base_value"], row["base_unit"], row["text"]) == (None, None, None, "9")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024-04-29", date(2024, 4, 29), date(2024, 4, 29)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2023-10-19/2024-01", date(2023, 10, 19), date(2024, 1, 31)),
        ("2023-10/..", date(2023, 10, 1), None),
        ("../2024-02", None, date(2024, 2, 29)),
        ("2023-02-30", None, None),
        ("0000", None, None),
        ("someday", None, None),
    ],
)
def test_a_date_covers_days(value: str, first: date | None, last: date | None) -> None:
    assert days_of(value) == (first, last)


def test_readers_stand_beside_what_they_read() -> None:
    span = Span(start=0, end=1)
    notice = _measure(
        types=["other"],
        quantities=[Quantity(value=1, unit="个", text=span)] * 2,
        documents=[Document(title="t", action="issued", text=span)],
        dates=[DateMention(value="2024", text=span)],
        organizations=["甲", "乙"],
        spans={"organizations": [span, span]},
        read_by={
            "types": "both",
            "quantities[0].subject": "model",
            "quantities[1]": "model",
            "documents[0].action": "both",
            "dates[0].value": "model",
            "organizations[1]": "model",
        },
    )
    rows = notice_rows(notice, "甲")
    (measure,) = rows["measures"]
    assert (measure["types_read_by"], measure["status_read_by"]) == ("both", "rules")
    figures = [(row["read_by"], row["subject_read_by"]) for row in rows["quantities"]]
    assert figures == [("rules", "model"), ("model", "model")]
    assert (rows["documents"][0]["read_by"], rows["documents"][0]["action_read_by"]) == ("rules", "both")
    assert (rows["dates"][0]["read_by"], rows["dates"][0]["value_read_by"]) == ("rules", "model")
    assert [place["read_by"] for place in rows["places"]] == ["rules", "model"]


@pytest.mark.parametrize(
    ("path", "issue_id", "measure_id"),
    [
        ("issues[0].measures[0].quantities[3]", "n#1", "n#1.1"),
        ("issues[0]", "n#1", None),
        ("issues[0].measures[7]", "n#1", None),
        ("issues[7].measures[0]", None, None),
        ("issues", None, None),
        ("totals", None, None),
        ("", None, None),
    ],
)
def test_a_check_leads_to_what_it_concerns(path: str, issue_id: str | None, measure_id: str | None) -> None:
    check = Check(code="c", severity="info", message="m", path=path)
    row = _one(notice_rows(_measure().model_copy(update={"checks": [check]}), ""), "checks")
    assert (row["notice_id"], row["issue_id"], row["measure_id"], row["path"]) == ("n", issue_id, measure_id, path)


def test_a_value_from_several_places_has_a_row_for_each() -> None:
    text = "甲区、乙区"
    spans = {"inspected_body": [Span(start=0, end=2), Span(start=3, end=5)]}
    found = notice_rows(_notice(inspected_body=text, spans=spans), text)["places"]
    assert [(row["path"], row["value"], row["text"]) for row in found] == [
        ("inspected_body", text, "甲区"),
        ("inspected_body", text, "乙区"),
    ]
