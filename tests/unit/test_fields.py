"""What a notice says about itself: title, who was inspected by whom and when, signature, contact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import full, in_both_widths

from extractor.notice.facts.contact import FieldFound
from extractor.notice.facts.notice_fields import read_fields, signature_date
from extractor.notice.outline.notice_outline import read_outline
from extractor.text.folding import half_width

_ISSUE = "1.关于“库房物资失管”问题的整改\n(1)清点库房。\n(2)补齐台账。"


def _found(text: str) -> dict[str, FieldFound]:
    reading = half_width(text)
    outline = read_outline(reading)
    return read_fields(reading, outline.opening_end, outline.ending)


def _value(text: str, name: str) -> str | None:
    """The field's value in half width, so that one expectation serves both widths."""
    found = _found(text).get(name)
    return half_width(found.value) if found else None


def _titled(head: str) -> str:
    return f"{head}\n根据县委统一部署,县委第二巡察组对青禾镇党委开展了巡察。现将情况通报如下:\n{_ISSUE}"


def _opened(opening: str) -> str:
    return f"青禾镇党委关于巡察整改进展情况的通报\n{opening}现将整改情况通报如下:\n{_ISSUE}"


def _closed(closing: str) -> str:
    return f"{_opened('县委第二巡察组对青禾镇党委开展了巡察。')}\n{closing}"


# Title


@in_both_widths
@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("青禾镇党委关于巡察整改进展情况的通报", "青禾镇党委关于巡察整改进展情况的通报"),
        ("【通报】青禾镇党委关于巡察整改情况的通报", "青禾镇党委关于巡察整改情况的通报"),
        ("\n\u3000\u3000中共青禾镇委员会关于巡视整改情况的公示\n", "中共青禾镇委员会关于巡视整改情况的公示"),
        ("青禾镇党委关于巡察整改情况的通报\n发布时间:2024-02-01", "青禾镇党委关于巡察整改情况的通报"),
        ("首页 > 公示公开\n青禾镇党委关于巡察整改情况的通报", "青禾镇党委关于巡察整改情况的通报"),
        ("青禾镇党委关于巡察整改情况的通报(第二批)", "青禾镇党委关于巡察整改情况的通报(第二批)"),
        ("青禾镇党委巡察整改公开稿", "青禾镇党委巡察整改公开稿"),
        ("青禾镇党委关于巡察整改情况的公示稿", "青禾镇党委关于巡察整改情况的公示稿"),
        ("青禾镇党委关于巡察整改情况的通报\n(2024年2月1日)", "青禾镇党委关于巡察整改情况的通报"),
        ('---\ntitle: "青禾镇党委关于巡察整改情况的通报"\ndraft: false\n---', "青禾镇党委关于巡察整改情况的通报"),
        ('+++\ntitle = "青禾镇党委关于巡察整改情况的通报"\n+++', "青禾镇党委关于巡察整改情况的通报"),
    ],
)
def test_the_title_is_the_printed_one_without_site_prefixes(width: Callable[[str], str], head: str, title: str) -> None:
    assert _value(width(_titled(head)), "title") == title


@pytest.mark.parametrize("head", ["", "发布时间:2024-02-01", "各村支部:"])
def test_a_notice_may_have_no_title(head: str) -> None:
    assert _value(_titled(head), "title") is None


def test_a_title_on_two_lines_has_two_places() -> None:
    text = _titled("中共青禾镇委员会\n关于巡察整改进展情况的通报")
    found = _found(text)["title"]
    assert found.value == "中共青禾镇委员会关于巡察整改进展情况的通报"
    assert [text[place.start : place.end] for place in found.places] == [
        "中共青禾镇委员会",
        "关于巡察整改进展情况的通报",
    ]


# Who was inspected by whom


@in_both_widths
@pytest.mark.parametrize(
    ("opening", "body"),
    [
        ("县委第二巡察组对青禾镇党委开展了巡察。", "青禾镇党委"),
        ("省委第一巡视组对青禾新区开展了常规巡视。", "青禾新区"),
        ("省委第一巡视组对我院党组进行了巡视。", "我院党组"),
        ("县委第二巡察组对青禾镇党委、白石村党总支开展了联动巡察。", "青禾镇党委、白石村党总支"),
        ("县委第二巡察组进驻青禾镇党委开展巡察。", "青禾镇党委"),
        ("2023年3月,县委第二巡察组巡察了青禾镇党委。5月9日向镇党委反馈了意见。", "青禾镇党委"),
        ("2023年5月9日,县委第二巡察组向青禾镇党委反馈了意见。", "青禾镇党委"),
        ("现将青禾镇党委落实县委第七巡察组反馈意见(2023年5月9日反馈)整改进展情况公示如下:", "青禾镇党委"),
        ("按照县委第七巡察组反馈意见,现将青禾镇党委关于巡察反馈意见的整改情况公示如下:", "青禾镇党委"),
    ],
)
def test_the_inspected_body_is_named_as_the_opening_names_it(
    width: Callable[[str], str], opening: str, body: str
) -> None:
    assert _value(width(_opened(opening)), "inspected_body") == body


@in_both_widths
@pytest.mark.parametrize(
    ("opening", "team"),
    [
        ("县委第二巡察组对青禾镇党委开展了巡察。", "县委第二巡察组"),
        ("根据部署,省委第一巡视组于2023年3月1日至4月20日对青禾新区开展了巡视。", "省委第一巡视组"),
        ("2023年3月1日至4月20日,市委第十一巡察组对青禾镇党委开展了巡察。", "市委第十一巡察组"),
        ("经批准,区委巡察组对青禾街道开展了专项巡察。", "区委巡察组"),
        ("现将青禾镇党委落实县委第七巡察组反馈意见整改进展情况公示如下:", "县委第七巡察组"),
        ("镇党委对照县委第三巡察组反馈的意见逐项整改。", "县委第三巡察组"),
        ("根据县委第三巡察组反馈意见,镇党委逐项整改。", "县委第三巡察组"),
    ],
)
def test_the_team_is_named_as_printed(width: Callable[[str], str], opening: str, team: str) -> None:
    assert _value(width(_opened(opening)), "inspection_team") == team


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("省委第一巡视组对青禾新区开展了巡视。", "巡视"),
        ("县委第二巡察组对青禾镇党委开展了巡察。", "巡察"),
        ("县委第二巡察组对青禾镇党委开展了联动巡察。", "巡察"),
        ("县委第二巡察组对青禾镇党委开展了专项巡察。", "巡察"),
        ("市委第二巡察组对青禾镇党委开展了提级巡察。", "巡察"),
        ("县委第二巡察组对白石村党总支开展了对村巡察。", "巡察"),
        ("县委第二巡察组对青禾镇党委开展了巡察“回头看”。", "巡察"),
    ],
)
def test_the_kind_of_inspection(opening: str, kind: str) -> None:
    assert _value(_opened(opening), "inspection_kind") == kind


def test_the_kind_follows_the_opening_and_not_the_title() -> None:
    text = f"青禾镇党委关于巡视整改情况的通报\n县委第二巡察组对青禾镇党委开展了巡察。\n{_ISSUE}"
    assert _value(text, "inspection_kind") == "巡察"


# When


@in_both_widths
@pytest.mark.parametrize(
    ("opening", "start", "end", "feedback"),
    [
        (
            "2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察,并于5月9日反馈了意见。",
            "2023-03-01",
            "2023-04-20",
            "2023-05-09",
        ),
        (
            "县委第二巡察组于2022年11月2日至2023年1月12日对青禾镇党委开展了巡察,3月26日进行了反馈。",
            "2022-11-02",
            "2023-01-12",
            "2023-03-26",
        ),
        (
            "县委第二巡察组于2022年9月5日至11月30日对青禾镇党委开展了巡察,1月17日反馈了意见。",
            "2022-09-05",
            "2022-11-30",
            "2023-01-17",
        ),
        (
            "县委第二巡察组于2023年3月至5月对青禾镇党委开展了巡察。2023年7月18日,巡察组反馈了意见。",
            "2023-03",
            "2023-05",
            "2023-07-18",
        ),
        (
            "县委第二巡察组于2023年3月上旬至5月下旬对青禾镇党委开展了巡察,6月反馈了意见。",
            "2023-03",
            "2023-05",
            "2023-06",
        ),
        ("县委第二巡察组对青禾镇党委开展了巡察,2023年6月5日反馈了意见。", None, None, "2023-06-05"),
        ("县委第二巡察组对青禾镇党委开展了巡察。", None, None, None),
        (
            "2023年3月,县委第二巡察组对青禾镇党委进行了巡察(3月1日至4月20日),5月9日向镇党委反馈。",
            "2023-03-01",
            "2023-04-20",
            "2023-05-09",
        ),
        (
            "2023年3月1日,县委第二巡察组对青禾镇党委开展巡察,4月20日结束,5月9日反馈意见。",
            "2023-03-01",
            None,
            "2023-05-09",
        ),
        (
            "县委第二巡察组自2023年3月1日起至4月20日止,对青禾镇党委开展巡察,并于同年5月9日反馈意见。",
            "2023-03-01",
            "2023-04-20",
            "2023-05-09",
        ),
    ],
    ids=[
        *("same year", "over new year", "feedback next year", "months", "thirds of months", "feedback only", "none"),
        *("period in brackets", "end told apart", "the same year in words"),
    ],
)
def test_the_inspections_period_and_the_day_of_feedback(
    width: Callable[[str], str], opening: str, start: str | None, end: str | None, feedback: str | None
) -> None:
    text = width(_opened(opening))
    names = ("inspection_start", "inspection_end", "feedback_date")
    assert [_value(text, name) for name in names] == [start, end, feedback]


@pytest.mark.parametrize(
    ("opening", "dates"),
    [
        ("今年3月1日至4月20日,县委巡察组对镇党委开展了巡察,5月9日反馈。", "2024-03-01 2024-04-20 2024-05-09"),
        ("去年11月4日至今年1月10日,县委巡察组对镇党委开展了巡察。2月14日反馈。", "2023-11-04 2024-01-10 2024-02-14"),
        ("3月1日至4月20日,县委第二巡察组对镇党委开展了巡察,5月9日反馈。", "None None None"),
    ],
)
def test_this_year_in_the_opening_is_the_signatures(opening: str, dates: str) -> None:
    text = _opened(opening) + "\n中共青禾镇委员会\n2024年11月28日"
    found = [_value(text, name) for name in ("inspection_start", "inspection_end", "feedback_date")]
    assert " ".join(map(str, found)) == dates


@pytest.mark.parametrize("heading", ["一、巡察整改总体情况", "一、基本情况", "一、整改工作组织部署情况"])
def test_the_inspection_may_be_told_below_a_first_heading(heading: str) -> None:
    told = "2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察,5月9日反馈了意见。"
    text = f"青禾镇党委关于巡察整改进展情况的通报\n{heading}\n{told}\n二、整改情况\n{_ISSUE}"
    names = ("inspected_body", "inspection_team", "inspection_start", "feedback_date")
    assert [_value(text, name) for name in names] == ["青禾镇党委", "县委第二巡察组", "2023-03-01", "2023-05-09"]


def test_an_inspection_told_below_a_finding_is_not_the_notices() -> None:
    text = f"青禾镇党委关于巡察整改进展情况的通报\n一、村务管理混乱\n县委第二巡察组对白石村开展了巡察。\n{_ISSUE}"
    assert _value(text, "inspected_body") is None


@in_both_widths
@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("发布日期:2024-02-06", "2024-02-06"),
        ("发布时间:2024年2月6日", "2024-02-06"),
        ("时间:2024-02-06 09:20 来源:青禾清风网", "2024-02-06"),
        ("2024-02-06", "2024-02-06"),
        ("来源:青禾清风网 2024/02/06", "2024-02-06"),
        ("来源:青禾清风网", None),
    ],
)
def test_the_day_of_publication_is_the_pages_date_line(
    width: Callable[[str], str], line: str, value: str | None
) -> None:
    assert _value(width(_titled(f"青禾镇党委关于巡察整改进展情况的通报\n{line}")), "published_on") == value


def test_the_signature_is_no_date_of_publication() -> None:
    text = _closed("中共青禾镇委员会\n2024年1月15日")
    assert _value(text, "published_on") is None
    assert _value(text, "signed_on") == "2024-01-15"


# Signature


@in_both_widths
@pytest.mark.parametrize(
    ("closing", "by", "on"),
    [
        ("中共青禾镇委员会\n2024年1月15日", "中共青禾镇委员会", "2024-01-15"),
        ("中共青禾镇委员会\n2024年1月", "中共青禾镇委员会", "2024-01"),
        ("中共青禾镇委员会\n青禾镇人民政府\n2024年1月15日", "中共青禾镇委员会、青禾镇人民政府", "2024-01-15"),
        ("中共青禾镇委员会(公章)\n2024年1月15日", "中共青禾镇委员会", "2024-01-15"),
        ("青禾镇党委(盖章)\n青禾镇人民政府 (印章)\n2024年1月15日", "青禾镇党委、青禾镇人民政府", "2024-01-15"),
        ("青禾镇白石村(章)\n2024年1月15日", "青禾镇白石村", "2024-01-15"),
        ("中共青禾镇委员会(公章) 2024年1月15日", "中共青禾镇委员会", "2024-01-15"),
        ("2024年1月15日", None, "2024-01-15"),
        ("", None, None),
    ],
)
def test_the_signature(width: Callable[[str], str], closing: str, by: str | None, on: str | None) -> None:
    text = width(_closed(closing))
    assert (_value(text, "signed_by"), _value(text, "signed_on")) == (by, on)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("2024年3月15日", "2024-03-15"),
        ("2024.3.5", "2024-03-05"),
        ("2024年3月", "2024-03"),
        ("二〇二五年四月", "2025-04"),
        ("二○二四年十二月二十一日", "2024-12-21"),
        ("2024年13月", None),
        ("2024年2月40日", None),
        ("2024年2月30日", None),
    ],
)
def test_a_signatures_date_is_normalised_or_none(printed: str, value: str | None) -> None:
    assert signature_date(printed) == value


# Contact


@in_both_widths
@pytest.mark.parametrize(
    ("closing", "phone"),
    [
        ("欢迎群众监督。联系电话:0999-7654321;邮政信箱:青禾镇湖滨路1号。", "0999-7654321"),
        ("欢迎群众监督。联系方式:099-87654321。", "099-87654321"),
        ("欢迎群众监督。监督电话:13900000000。", "13900000000"),
        ("欢迎群众监督。电话:7654321。", "7654321"),
        ("欢迎群众监督。电话:0999-12380。", "0999-12380"),
        ("欢迎群众监督。电话:7654321-801。", "7654321-801"),
        ("欢迎群众监督。电话:0999-7654xxxx。", None),
        ("欢迎群众监督。", None),
        ("监督电话:0999-7654321\n中共青禾镇委员会\n2024年1月15日", "0999-7654321"),
        ("特此公告。\n监督举报电话:12388\n来信请寄青禾镇湖滨路1号\n(此件公开发布)\n中共青禾镇委员会", "12388"),
        ("如有异议,请在公示期内反映。联系电话:0999-7654321,邮箱:qhz@example.cn。\n2024年1月15日", "0999-7654321"),
        ("联系人:李老师 联系电话:0999-7654321 电子邮箱:qhz@example.cn\n中共青禾镇委员会", "0999-7654321"),
        ("以上情况接受群众监督,监督电话:7654321。\n中共青禾镇委员会\n2024年1月15日", "7654321"),
        ("对整改有不同意见的,可致电0999-7654321。\n中共青禾镇委员会\n2024年1月15日", "0999-7654321"),
        ("意见反映:镇党建办公室,0999-7654321,qhz@example.cn,湖滨路1号\n中共青禾镇委员会", "0999-7654321"),
        ("欢迎群众监督。传真:0999-7654321。", None),
        ("中共青禾镇委员会\n2024年1月15日\n(联系电话:0999-7654321)", "0999-7654321"),
        ("中共青禾镇委员会\n2024年1月15日\n主办:青禾县政府 电话:0999-1111111\n电话:0999-2222222", None),
    ],
)
def test_the_phone_is_as_printed(width: Callable[[str], str], closing: str, phone: str | None) -> None:
    assert _value(width(_closed(closing)), "contact.phone") == phone


@in_both_widths
@pytest.mark.parametrize(
    ("closing", "address"),
    [
        ("欢迎群众监督。通讯地址:青禾镇湖滨路1号。", "青禾镇湖滨路1号"),
        ("欢迎群众监督。通讯地址:青禾镇湖滨路1号(邮编:223399)。", "青禾镇湖滨路1号"),
        ("欢迎群众监督。联系地址:青禾镇湖滨路1号,邮编:223399。", "青禾镇湖滨路1号"),
        ("欢迎群众监督。联系地址:青禾镇湖滨路1号,邮政编码223399;电话:7654321。", "青禾镇湖滨路1号"),
        ("欢迎群众监督。联系地址:青禾镇湖滨路1号(信封注明“建议”)。", "青禾镇湖滨路1号"),
        ("欢迎群众监督。邮政信箱:青禾县08信箱;电话:7654321。", "青禾县08信箱"),
        ("欢迎群众监督。邮政信箱:青禾县08信箱;地址:青禾镇湖滨路1号。", "青禾镇湖滨路1号"),
        ("欢迎群众监督。电子邮箱:qhz@example.cn。", None),
        ("电话:7654321(工作日8:00至17:30);信箱:青禾镇湖滨路1号。\n中共青禾镇委员会", "青禾镇湖滨路1号"),
        ("地址:青禾镇湖滨路1号 电话:0999-7654321\n中共青禾镇委员会", "青禾镇湖滨路1号"),
        ("如有意见,请拨打电话:0999-7654321;或寄信至青禾镇湖滨路1号。\n中共青禾镇委员会", "青禾镇湖滨路1号"),
        ("地址:青禾镇湖滨路1号 邮编:223399\n版权所有:青禾县政府", None),
    ],
)
def test_the_postal_address_is_the_street_where_one_is_printed_without_postcode_and_notes(
    width: Callable[[str], str], closing: str, address: str | None
) -> None:
    assert _value(width(_closed(closing)), "contact.postal_address") == address


@pytest.mark.parametrize(
    ("closing", "email"),
    [
        ("欢迎群众监督。电子邮箱:qhz_jw@example.gov.cn。", "qhz_jw@example.gov.cn"),
        ("欢迎群众监督。邮箱:qhz.01@example.com;电话:7654321。", "qhz.01@example.com"),
        ("欢迎群众监督。电话:7654321。", None),
    ],
)
def test_the_email_is_as_printed(closing: str, email: str | None) -> None:
    assert _value(_closed(closing), "contact.email") == email


@pytest.mark.parametrize(
    "measure",
    [
        "开通查询电话:0999-7654321。",
        "更换标牌50块,统一标注举报电话:0999-7654321。",
        "畅通渠道。在村口公布监督电话:0999-7654321。",
        "推行码上办。群众可拨打电话0999-7654321反映。",
    ],
)
@pytest.mark.parametrize("replaced", ["清点库房。", "补齐台账。"])
def test_a_telephone_in_a_measure_is_no_contact(replaced: str, measure: str) -> None:
    text = _closed("中共青禾镇委员会\n2024年1月15日").replace(replaced, measure)
    assert _value(text, "contact.phone") is None


# Places


def test_every_value_stands_at_its_place() -> None:
    text = full(
        _opened("2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察,5月9日反馈了意见。")
        + "\n欢迎群众监督。电话:0999-7654321;地址:青禾镇湖滨路1号。\n中共青禾镇委员会\n2024年1月15日"
    )
    found = _found(text)
    words = {name: [text[place.start : place.end] for place in field.places] for name, field in found.items()}
    assert {name: [half_width(printed) for printed in places] for name, places in words.items()} == {
        "title": ["青禾镇党委关于巡察整改进展情况的通报"],
        "inspected_body": ["青禾镇党委"],
        "inspection_team": ["县委第二巡察组"],
        "genre": ["巡察"],
        "inspection_kind": ["巡察"],
        "inspection_start": ["2023年3月1日至4月20日"],
        "inspection_end": ["2023年3月1日至4月20日"],
        "feedback_date": ["5月9日"],
        "signed_by": ["中共青禾镇委员会"],
        "signed_on": ["2024年1月15日"],
        "contact.phone": ["0999-7654321"],
        "contact.postal_address": ["青禾镇湖滨路1号"],
    }


@pytest.mark.parametrize("text", ["", "清点库房。", "欢迎光临。\n"])
def test_a_text_that_says_nothing_of_itself_has_no_fields(text: str) -> None:
    assert _found(text) == {}
