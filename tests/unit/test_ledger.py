"""Every digit of a notice is accounted for: in a value, a label, a contact line, a name; else it is listed as unread.

The classes, as a reader uses them: ``figure`` and ``date`` are what is recorded; ``total`` what the notice says of
itself; ``label`` an enumerator; ``title`` stands between 《 and 》; ``heading`` in the heading of an issue or of a
group of issues; ``contact`` in the lines that say how to reach the body; ``name`` is, inside the issues, every
number that names and does not count (documents, articles, grades, roads, voltages, hotlines, ranks, codes, versions);
``outside`` is what stands outside the issues and in none of these; ``unread`` is the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noise import BLANKS, KINDS, UNSEEN, gold_texts, layout_texts
from planted import notice as whole_notice

from extractor import Notice, extract
from extractor.notice.facts.quantities import NameKind

GOLD = gold_texts()
CLASSES = {"figure", "total", "date", "label", "contact", "title", "name", "heading", "outside", "unread"}
DIGITS = frozenset("0123456789０１２３４５６７８９")


class Named(NamedTuple):
    """The numbers of a gold notice that a reader takes for names: ``⟦…⟧`` in their words, each as often as it stands.

    ``either`` are years in the name of a plan, a list or an event: the guideline calls them no dates, but one may ask
    of each whether it places the event. They may count as names or as dates.
    """

    certain: tuple[str, ...]
    either: tuple[str, ...] = ()
    broken_titles: tuple[str, ...] = ()


NAMED = {
    "nanjing-jiangbei-2024": Named(
        certain=(
            "江北新区⟦2024⟧年国民经济和社会发展计划",
            "“⟦3+3⟧+X”",
            "⟦9810⟧出口",
            "成功举办⟦2023⟧“苏韵乡情”",
            "地铁⟦11⟧号线",
            "G⟦312⟧(",
            "世界⟦500⟧强",
            "中国⟦500⟧强",
            "“⟦1+6⟧”惠企政策",
            "物业领域⟦12345⟧工单",
            "物业管理⟦12345⟧工单",
            "⟦12345⟧政务热线",
        ),
        either=("⟦2024⟧年监管等级", "⟦2022⟧年第二轮中央环保督察"),
    ),
    "lianyungang-haizhou-2024": Named(
        certain=(
            "综合评价中排名第⟦13⟧位",
            "发展考核排名第⟦13⟧位",
            "港城⟦365⟧",
            "(⟦9⟧#、⟦10⟧#、⟦11⟧#)",
            "成功举办⟦2023⟧“苏韵乡情”",
            "摄制⟦2023⟧年度警示教育片",
            "“⟦12345⟧”工单",
            "加强对⟦12345⟧工单",
            "签署“⟦1+4⟧”",
            "海州区⟦12345⟧工单总量",
            "谋划⟦2024⟧年个性化招商引资考核方案",
            "双“⟦60⟧”目标",
            "⟦10⟧kv电力线路",
            "计划融合⟦12345⟧平台",
            "城管部门和⟦12345⟧平台",
            "⟦2⟧A级社会组织",
            "⟦1⟧A级社会组织",
            "获得⟦2022⟧年度江苏省省级",
            "处理⟦12345⟧工单",
            "制定⟦204⟧国道",
            "(⟦311⟧国道",
            "(海民发〔⟦2024⟧〕⟦1⟧号)",
        ),
        either=(
            "⟦2021⟧年度全省考核排",
            "⟦2023⟧年城区雨污分流",
            "出台⟦2023⟧年招商引资考核",
            "党政领导班子⟦2023⟧年安全生产任务",
            "养护工作⟦2023⟧年度年终考核",
            "成功举办⟦2023⟧年度“苏韵乡情",
            "⟦2023⟧年海州区农民丰",
            "⟦2021⟧年耕地保护督察",
            "⟦2022⟧年耕地保护督察涉及",
            "⟦2022⟧年耕地保护督察已达",
            "排定⟦2024⟧年市重点工业项",
        ),
        broken_titles=("《区委巡察工作规划(⟦2022-2026⟧年)(修订)已印发",),
    ),
    "xuzhou-gulou-2024": Named(
        certain=(
            "成功申报第⟦27⟧批",
            "德育“⟦3+1⟧”行动",
            "“⟦1⟧+N”舆情",
            "召开区“⟦12345⟧”热线",
            "按职责分工对“⟦12345⟧”",
            "针对“⟦12345⟧”工单",
            "相关部门“⟦12345⟧”工单",
            "处置 “⟦12345⟧”政府",
        ),
        either=(
            "将⟦2024⟧年“践行为民",
            "政协党组⟦2024⟧年工作要点",
            "申报⟦2023⟧年度四大战略性",
            "推荐备案为⟦2023⟧年省级创业示范",
            "⟦2024⟧年审计项目计划",
            "我区⟦2023⟧年启动实施全市",
        ),
    ),
    "wuhu-jiangbei-2025": Named(
        certain=("完成⟦786⟧青年街", "福渡至华为⟦220⟧kV", "、⟦220⟧kV江北变", "“⟦3⟧+X”监督体"),
    ),
}
# Of the tuned notices what their labels say: the digits of the labelled totals.
TOTALS = {"nanjing-jiangbei-2024": 1, "lianyungang-haizhou-2024": 15}
LABEL = re.compile(r"^\s*[(（]?(\d+)[)）.．、]", re.MULTILINE)
TITLE = re.compile(r"《[^《》]*》")


def _count(text: str) -> int:
    return sum(character in DIGITS for character in text)


def _planted(words: tuple[str, ...], text: str) -> int:
    for marked in words:
        plain = marked.replace("⟦", "").replace("⟧", "")
        assert plain in text, f"{plain} does not stand in the text"
    return sum(_count(inner) for marked in words for inner in re.findall(r"⟦(.*?)⟧", marked))


def _checked(text: str, notice: Notice) -> dict[str, int]:
    """The ledger's classes, after what holds for any ledger."""
    ledger = notice.outline.digits
    assert set(ledger.classes) <= CLASSES
    assert all(number >= 0 for number in ledger.classes.values())
    places = [(span.start, span.end) for span in ledger.unread]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
    return {name: ledger.classes.get(name, 0) for name in sorted(CLASSES)}


@pytest.mark.parametrize("name", GOLD)
def test_every_digit_of_a_gold_notice_is_accounted_for(name: str) -> None:
    classes = _checked(GOLD[name], extract(GOLD[name]))
    assert sum(classes.values()) == _count(GOLD[name])


@pytest.mark.parametrize("name", GOLD)
def test_kinds_of_names_stand_in_the_order_of_their_list(name: str) -> None:
    # A set's order differs from process to process, and so would the record's bytes.
    assert list(extract(GOLD[name]).outline.digits.names) == sorted(
        extract(GOLD[name]).outline.digits.names, key=get_args(NameKind).index
    )


@pytest.mark.parametrize("name", GOLD)
def test_no_digit_of_a_gold_notice_is_unread(name: str) -> None:
    text = GOLD[name]
    notice = extract(text)
    assert [text[span.start : span.end] for span in notice.outline.digits.unread] == []
    assert [check.message for check in notice.checks if check.code == "digits_unread"] == []


@pytest.mark.parametrize("name", GOLD)
def test_the_named_classes_are_those_a_reader_counted(name: str) -> None:
    text, named = GOLD[name], NAMED[name]
    classes = _checked(text, extract(text))
    certain, either = _planted(named.certain, text), _planted(named.either, text)
    assert certain <= classes["name"] <= certain + either
    assert classes["label"] == sum(map(len, LABEL.findall(text)))
    titles = sum(_count(title) for title in TITLE.findall(text)) + _planted(named.broken_titles, text)
    assert classes["title"] == titles
    assert classes["heading"] == 0
    [contact] = [line for line in text.splitlines() if "欢迎" in line and "监督" in line and _count(line)]
    assert classes["contact"] == _count(contact)
    if name in TOTALS:
        assert classes["total"] == TOTALS[name]


@pytest.mark.parametrize("name", GOLD)
@pytest.mark.parametrize(
    "kind", ["radicals", "full_width", "office_blanks", "unseen_marks", "unseen_in_numbers", "wrapped"]
)
def test_noise_moves_no_digit_into_another_class(kind: str, name: str) -> None:
    text = KINDS[kind](GOLD[name], Random(1))
    assert _checked(text, extract(text)) == _checked(GOLD[name], extract(GOLD[name]))


QUIET = "一是清点库房。"


def _added(sentence: str) -> dict[str, int]:
    """The digits that a measure of ``sentence`` adds to each class of a notice."""
    quiet, loud = (whole_notice("(一)关于“库房失管”问题的整改", line) for line in (QUIET, f"一是{sentence}"))
    before, after = _checked(quiet, extract(quiet)), _checked(loud, extract(loud))
    return {name: after[name] - before[name] for name in sorted(CLASSES) if after[name] != before[name]}


@pytest.mark.parametrize(
    ("sentence", "classes"),
    [
        ("整改12项。", {"figure": 2}),
        ("退还1,234户。", {"figure": 4}),
        ("退还1 234 567元。", {"figure": 7}),
        ("发放1亿2000万元。", {"figure": 5}),
        ("增速为-3.2%。", {"figure": 2}),
        ("走访5-10人。", {"figure": 3}),
        ("约谈1\u200b3人。", {"figure": 2}),
        ("约谈１２人。", {"figure": 2}),
        ("约谈12人次、立案3件。", {"figure": 3}),
        ("于2024年1月5日验收。", {"date": 6}),
        ("于2024.1.5验收。", {"date": 6}),
        ("于23年11月15日验收。", {"date": 6}),
        ("于2023 年 11 月 5 日验收。", {"date": 7}),
        ("2023年整改12项。", {"date": 4, "figure": 2}),
        ("印发《管库10条》。", {"title": 2}),
        ("印发《管库规划(2021—2035年)》。", {"title": 8}),
        ("落实县发〔2023〕12号文件。", {"name": 6}),
        ("落实县发(2023)12号文件。", {"name": 6}),
        ("违反第23条第2款。", {"name": 3}),
        ("违反第3、4条。", {"name": 2}),
        ("处理12345热线来件。", {"name": 5}),
        ("处理“12345”来件。", {"name": 5}),
        ("修复G312路面。", {"name": 3}),
        ("修复204国道。", {"name": 3}),
        ("迁改220kV线路。", {"name": 3}),
        ("迁改 220 kV 线路。", {"name": 3}),
        ("创成4A级景区。", {"name": 1}),
        ("选用80后干部。", {"name": 2}),
        ("铺设5G基站。", {"name": 1}),
        ("打印A4纸。", {"name": 1}),
        ("应对COVID-19疫情。", {"name": 2}),
        ("治理PM2.5。", {"name": 2}),
        ("治理PM 2.5。", {"name": 2}),
        ("通过ISO 9001认证。", {"name": 4}),
        ("低于同期LPR 72个基点。", {"figure": 2}),
        ("上线APP 12个、购置CT 3台。", {"figure": 3}),
        ("位列全县第13位。", {"name": 2}),
        ("排在前20。", {"name": 2}),
        ("举办第134届交易会。", {"name": 3}),
        ("申报9810出口。", {"name": 4}),
        ("推行“3+3+X”体系。", {"name": 2}),
        ("对标世界500强。", {"name": 3}),
        ("完成9#、10#楼验收。", {"name": 3}),
        ("通过ISO9001认证。", {"name": 4}),
        ("升级系统3.0版。", {"name": 2}),
        ("印发2023年度考核办法。", {"name": 4}),
        ("节约④万元。", {"unread": 1}),
        ("节约②③万元。", {"unread": 2}),
        ("整改1 2项。", {"unread": 2}),
        ("整改1 2项、5处。", {"unread": 2, "figure": 1}),
        ("退还12.3.4万元。", {"unread": 4}),
        ("于2024717日验收。", {"unread": 7}),
        ("2023年7、8月会商。", {"date": 6}),
        ("2023年第一、二季度会商。", {"date": 4}),
        ("发现问题12。", {"unread": 2}),
        ("召开会议九次。", {}),
    ],
)
def test_a_digit_has_the_class_a_reader_gives_it(sentence: str, classes: dict[str, int]) -> None:
    assert _added(sentence) == classes


@pytest.mark.parametrize("number", ["0512-12345678", "13900000000"])
def test_a_telephone_number_inside_a_measure_is_a_contact_or_a_name(number: str) -> None:
    [(found, digits)] = _added(f"拨打{number}报修。").items()
    assert found in ("contact", "name")
    assert digits == _count(number)


@pytest.mark.parametrize(
    ("change", "classes"),
    [
        (("一是清点库房。", "(1)清点库房。\n(2)补齐台账。"), {"label": 2}),
        (("(一)关于", "12.关于"), {"label": 2}),
        (("库房失管", "3个库房失管"), {"heading": 1}),
        (("镇党委认领了任务。", "镇党委召开党委会6次。"), {"total": 1}),
        (("镇党委认领了任务。", "镇党委听取13名同志汇报。"), {"outside": 2}),
        (("镇党委认领了任务。", "2023年11月15日,镇党委认领了任务。"), {"date": 8}),
        (("中共青禾镇委员会", "欢迎监督。联系电话:0512-12345678。\n中共青禾镇委员会"), {"contact": 12}),
    ],
)
def test_a_digit_outside_measures_has_the_class_a_reader_gives_it(
    change: tuple[str, str], classes: dict[str, int]
) -> None:
    quiet = whole_notice("(一)关于“库房失管”问题的整改", QUIET)
    loud = quiet.replace(*change)
    before, after = _checked(quiet, extract(quiet)), _checked(loud, extract(loud))
    assert {name: after[name] - before[name] for name in CLASSES if after[name] != before[name]} == classes


def _places(notice: Notice) -> Iterator[tuple[int, int]]:
    for issue in notice.issues:
        for measure in issue.measures:
            yield from ((one.text.start, one.text.end) for one in measure.quantities)
            yield from ((one.text.start, one.text.end) for one in measure.dates)
    yield from ((one.text.start, one.text.end) for one in notice.totals)


@pytest.mark.parametrize(("name", "text"), [*GOLD.items(), *layout_texts().items()])
def test_no_digit_is_in_two_values(name: str, text: str) -> None:
    notice = extract(text)
    taken: set[int] = set()
    for start, end in _places(notice):
        digits = {place for place in range(start, end) if text[place] in DIGITS}
        assert not digits & taken, f"{name}: {text[start:end]}"
        taken |= digits
    unread = {place for span in notice.outline.digits.unread for place in range(span.start, span.end)}
    assert not taken & unread


PIECES = (
    *"0123456789３５,.-%年月日:()/〔〕第号条《》“”。、；人项万亿元个次至余近约超",
    *("一是", "二是", "(一)", "(1)", "1.", "关于“甲”问题的整改", "二、整改进展情况", "三、下一步打算", "联系电话:"),
    *("给予党纪处分", "2023年", "3月", "12.5", "12345", "G312", "万元", "\n", "\n", *BLANKS, *UNSEEN[:4]),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_the_ledger_of_any_text_sums_up_to_its_digits(pieces: str, inside: bool) -> None:
    text = whole_notice("(一)关于“库房失管”问题的整改", f"一是{pieces}") if inside else pieces
    notice = extract(text)
    classes = _checked(text, notice)
    assert sum(classes.values()) == _count(text)
    unread = sum(_count(text[span.start : span.end]) for span in notice.outline.digits.unread)
    assert unread == classes["unread"]
    assert ("digits_unread" in {check.code for check in notice.checks}) == bool(unread)
