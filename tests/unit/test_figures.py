"""What a printed number is, as a careful reader decides it: ``figures.toml`` holds sentences and what is in them."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from checkout import SUPPORT

from extractor import Notice, extract
from extractor.record.contract import Measure, Quantity, Span

CASES = SUPPORT / "figures.toml"
UNSEEN = frozenset(
    map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF))
)

BEFORE = """\
青禾镇党委关于巡察整改进展情况的通报
根据县委统一部署,2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察。现将整改进展情况予以公布。
一、整改情况
(一)关于“库房失管”问题的整改
一是"""
AFTER = """
二、下一步打算
镇党委将继续巩固整改成果。
中共青禾镇委员会
2024年5月18日
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A sentence with what a reader finds in it; ``figures.toml`` says what each field means."""

    text: str
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    held: tuple[str, ...] | None = None
    subjects: tuple[str, ...] | None = None
    printed: tuple[str, ...] | None = None
    scaled: bool = False
    or_unread: bool = False
    open: bool = False
    judgement: bool = False
    why: str = ""


def _case(row: Mapping[str, Any]) -> Case:
    """Return a row of ``figures.toml`` as a case."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Case(**values)


def _cases() -> list[Any]:
    kinds = tomllib.loads(CASES.read_text(encoding="utf-8"))
    return [
        pytest.param(
            _case(case),
            id=f"{kind}-{number}",
        )
        for kind, cases in kinds.items()
        for number, case in enumerate(cases, 1)
    ]


def _each(fits: Callable[[Case], bool] = lambda _: True) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [case for case in _cases() if fits(case.values[0])])


def _plain(words: str) -> str:
    """``words`` in half width, without blanks and without the marks that nobody sees."""
    kept = "".join(character for character in words if character not in UNSEEN)
    return "".join(unicodedata.normalize("NFKC", kept).split())


def _is_digit(character: str) -> bool:
    """Whether a reader sees a number in one character: 3, ３, ④, ⑿, ❸; notes' marks (¹) and squares (m²) are none."""
    return unicodedata.category(character) in ("Nd", "No") and "super" not in unicodedata.name(character, "").lower()


@cache
def _read(sentence: str) -> tuple[str, Notice, Measure]:
    text = f"{BEFORE}{sentence}{AFTER}"
    notice = extract(text)
    [issue] = notice.issues
    [measure] = issue.measures
    assert text[measure.text.start : measure.text.end] == sentence
    return text, notice, measure


def _scaled(value: float, unit: str) -> tuple[float, str]:
    times = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
    while unit[:1] in times:
        value, unit = value * times[unit[0]], unit[1:]
    return round(value, 6), unit


def _same(found: Quantity, wanted: str, *, scaled: bool) -> bool:
    value, units, *qualifier = wanted.split()
    if (found.qualifier or "") != (qualifier[0] if qualifier else ""):
        return False
    if scaled:
        return _scaled(found.value, _plain(found.unit)) == _scaled(float(value), _plain(units))
    return found.value == float(value) and _plain(found.unit) in [_plain(unit) for unit in units.split("|")]


def _shown(found: list[Quantity]) -> list[str]:
    return [" ".join(filter(None, (f"{one.value:.12g}", one.unit, one.qualifier))) for one in found]


def _digits_at(text: str, spans: list[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end) if _is_digit(text[at])}


def _digits_of(words: tuple[str, ...], sentence: str) -> set[int]:
    """The digits' places of ``words``, which stand in ``sentence`` in this order, counted from the notice's start."""
    at, places = 0, set()
    for one in words:
        begin = sentence.index(one, at)
        at = begin + len(one)
        places |= {len(BEFORE) + place for place in range(begin, at) if _is_digit(sentence[place])}
    return places


@_each()
def test_figures_are_read_whole_or_not_at_all(case: Case) -> None:
    _, _, measure = _read(case.text)
    found = measure.quantities
    if not found and case.or_unread:
        return
    same = len(found) == len(case.read) and all(
        _same(one, wanted, scaled=case.scaled) for one, wanted in zip(found, case.read, strict=True)
    )
    assert same, f"{case.text!r}: read {_shown(found)}, a reader reads {list(case.read)} {case.why}"


@_each(lambda case: not case.open)
def test_what_is_no_number_of_the_grammar_is_unread_and_nothing_else(case: Case) -> None:
    text, notice, measure = _read(case.text)
    unread = _digits_at(text, notice.outline.digits.unread)
    wanted = _digits_of(case.unread, case.text)
    if case.or_unread and not measure.quantities:
        wanted = _digits_of((case.text,), case.text)
    assert unread == wanted, f"{case.text!r}: unread are {[text[place] for place in sorted(unread)]} {case.why}"


@_each(lambda case: bool(case.unread))
def test_unread_words_are_named_by_a_check_of_their_measure(case: Case) -> None:
    _, notice, _ = _read(case.text)
    checks = [check for check in notice.checks if check.code == "digits_unread"]
    assert checks
    assert {(check.severity, check.path) for check in checks} == {("warning", "issues[0].measures[0]")}
    said = _plain("".join(check.message for check in checks))
    assert [words for words in case.unread if _plain(words) not in said] == []


@_each()
def test_dates_are_read_whole_or_not_at_all(case: Case) -> None:
    _, _, measure = _read(case.text)
    assert [date.value for date in measure.dates] == list(case.dates), case.why


@_each(lambda case: case.held is not None)
def test_no_action_is_carried_across_an_unread_number(case: Case) -> None:
    _, _, measure = _read(case.text)
    held = [f"{one.action} {one.count:g} {one.unit}" for one in measure.accountability]
    assert sorted(held) == sorted(case.held or ()), case.text


@_each(lambda case: case.subjects is not None)
def test_no_subject_is_carried_across_an_unread_number(case: Case) -> None:
    _, _, measure = _read(case.text)
    for found, wanted in zip(measure.quantities, case.subjects or (), strict=True):
        if wanted.startswith("!"):
            assert found.subject != wanted[1:]
        else:
            assert (found.subject or "") == wanted


@_each()
def test_the_place_of_a_figure_holds_all_that_belongs_to_it(case: Case) -> None:
    text, _, measure = _read(case.text)
    words = [text[found.text.start : found.text.end] for found in measure.quantities]
    if case.printed is not None:
        assert words == list(case.printed)
    for found, printed in zip(measure.quantities, words, strict=True):
        assert measure.text.start <= found.text.start < found.text.end <= measure.text.end
        assert printed == printed.strip()
        assert found.unit == "".join(found.unit.split()), "a unit is without what a reader does not see"
        # No digit stands right before or behind, whatever blanks and unseen marks lie between.
        before = _plain(text[: found.text.start])
        behind = _plain(text[found.text.end :])
        assert not (printed[0].isdecimal() and before[-1:].isdecimal())
        assert not (printed[-1].isdecimal() and behind[:1].isdecimal())


# A wrapped line is seen as such where the lines around it are as long.
WRAPPED = """\
中共青川市松林镇委员会关于巡察整改进展情况的通报

根据市委统一部署,2023年9月4日至10月27日,市委第二巡察组对松林镇
党委开展了巡察。2023年12月8日,市委巡察组反馈了巡察意见。现将整改
进展情况予以公布。

一、整改工作组织情况

镇党委先后召开党委会6次,专题研究整改工作,逐条制定具体的整改措施4
8条,逐项明确责任领导和完成时限。

二、整改任务完成情况

(一)关于“惠民资金监管不严”问题的整改

一是全面清查各村惠民补贴资金,对照台账逐笔核实,追缴违规发放补贴12
3.45万元,并全部上缴镇财政专户,及时退还各村困难群众共计1,2
86户,群众满意度达到9
8%。

二是严肃追责问责,对履职不力的村干部给予党纪处分1
5人,诫勉谈话24人,通报3个单位。

三、下一步工作打算

镇党委将持续巩固整改成果。

中共青川市松林镇委员会
2024年5月18日
"""


def test_a_number_is_whole_across_the_end_of_a_line() -> None:
    notice = extract(WRAPPED)
    first, second = notice.issues[0].measures
    assert _shown(first.quantities) == ["123.45 万元", "1286 户", "98 %"]
    assert _shown(second.quantities) == ["15 人", "24 人", "3 个"]
    # Bodies are held to account, too: the contract counts them in 个 and 家.
    held = [("党纪处分", 15), ("诫勉", 24), ("通报曝光", 3)]
    assert [(one.action, one.count) for one in second.accountability] == held
    assert [WRAPPED[one.text.start : one.text.end] for one in first.quantities] == [
        "12\n3.45万元",
        "1,2\n86户",
        "9\n8%",
    ]
    assert [(one.name, one.value) for one in notice.totals] == [("meetings_held", 6), ("measures_planned", 48)]
    assert notice.outline.digits.unread == []


@pytest.mark.parametrize("digits", ["9" * 400, f"0.{'3' * 400}", "1" * 16])
def test_digits_that_no_json_number_holds_are_unread(digits: str) -> None:
    text, notice, measure = _read(f"退还{digits}元。")
    assert measure.quantities == []
    assert len(_digits_at(text, notice.outline.digits.unread)) in (0, sum(map(str.isdigit, digits)))
