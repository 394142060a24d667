"""What a reader does not see changes no value: same issues, figures, dates, documents, accountability and totals."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from noise import KINDS, Value, gold_texts, layout_texts, mixed, seen, values, wrapped_at

from extractor import extract
from extractor.record.contract import Notice

GOLD = gold_texts()
LAYOUTS = layout_texts()
# Lines mean something here that a wrapped page cannot show: cells of a table, Markdown, lines broken or lost already.
LINES_MATTER = ("table_cells", "markdown", "one_line", "wrapped", "line_break", "each_sentence", "labelled_lines")
WRAPPABLE = sorted(name for name in LAYOUTS if not any(word in name for word in LINES_MATTER))
LINE_NOISE = {"wrapped", "pages", "form_feeds", "scan_blanks"}

# Not integers(): Hypothesis mixes numbers of our own modules into those, so that any change of the code draws others.
seeds = st.sampled_from(range(2**32))
# A smaller seed is no simpler text: shrinking would only read the notice hundreds of times more.
quick = settings(deadline=None, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)


@cache
def _quiet(name: str) -> list[Value]:
    text = GOLD.get(name) or LAYOUTS[name]
    return values(text, extract(text))


def _same(text: str, name: str) -> None:
    """Assert that ``text`` reads as the notice ``name`` does, and that each value's words are those of the notice."""
    notice = extract(text)
    noisy, quiet = values(text, notice), _quiet(name)
    by_kind = [Counter((one.kind, one.value) for one in found) for found in (quiet, noisy)]
    lost, other = by_kind[0] - by_kind[1], by_kind[1] - by_kind[0]
    assert not other, f"other values: {sorted(other)[:5]}; lost: {sorted(lost)[:5]}"
    assert not lost, f"lost {lost.total()} of {len(quiet)}: {sorted(lost)[:5]}"
    assert Counter(noisy) == Counter(quiet)


def _measures(notice: Notice) -> list[tuple[str | None, int]]:
    return [(issue.label, len(issue.measures)) for issue in notice.issues]


@pytest.mark.parametrize("name", GOLD)
@pytest.mark.parametrize("kind", KINDS)
@given(seed=seeds)
@settings(quick, max_examples=4)
def test_one_kind_of_noise_changes_no_gold_notice(kind: str, name: str, seed: int) -> None:
    _same(KINDS[kind](GOLD[name], Random(seed)), name)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data(), seed=seeds)
@settings(quick, max_examples=60)
def test_one_kind_of_noise_changes_no_layout(kind: str, data: st.DataObject, seed: int) -> None:
    name = data.draw(st.sampled_from(WRAPPABLE if kind in LINE_NOISE else sorted(LAYOUTS)))
    _same(KINDS[kind](LAYOUTS[name], Random(seed)), name)


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("measures_begin_with_figures_ascii_dot", 13),  # a heading, then 1.12座: the first measure, about 12座
        ("measures_begin_with_figures_ascii_dot", 25),  # a full line that ended, then 2.15个
        ("digit_framed_over_yishi_run_in", 37),  # 31万 at a line's end, 标箱 on the next
        ("unnumbered_framed_headings_with_leadins", 25),  # 48.3万 and 元
        ("responsible_unit_lines", 18),  # a line that ends in 支部, but signs nothing
        ("framed_top_level_over_cn_paren", 32),  # 《学院党委 in an open title
        ("heading_tail_status_brackets", 31),  # 责任单位: and its value 票务中心
        ("zhendui_comma_run_on", 37),  # a line a little short of full, with a figure
    ],
)
def test_a_wrap_that_was_misread_once(name: str, seed: int) -> None:
    _same(KINDS["wrapped"](LAYOUTS[name], Random(seed)), name)


@given(names=st.sets(st.sampled_from(sorted(KINDS)), min_size=2, max_size=4), data=st.data(), seed=seeds)
@settings(quick, max_examples=40)
def test_a_mix_of_noise_changes_no_gold_notice(names: set[str], data: st.DataObject, seed: int) -> None:
    name = data.draw(st.sampled_from(sorted(GOLD)))
    _same(mixed(sorted(names), GOLD[name], Random(seed)), name)


@given(names=st.sets(st.sampled_from(sorted(KINDS)), min_size=2, max_size=4), data=st.data(), seed=seeds)
@settings(quick, max_examples=60)
def test_a_mix_of_noise_changes_no_layout(names: set[str], data: st.DataObject, seed: int) -> None:
    name = data.draw(st.sampled_from(WRAPPABLE if names & LINE_NOISE else sorted(LAYOUTS)))
    _same(mixed(sorted(names), LAYOUTS[name], Random(seed)), name)


SMALL = """\
中共青川市松林镇委员会关于巡察整改进展情况的通报
根据市委统一部署,2023年9月4日至10月27日,市委第二巡察组对松林镇党委开展了巡察。2023年12月8日,市委巡察组反馈了巡察意见。现将整改进展情况予以公布。
一、整改工作组织情况
镇党委先后召开党委会6次,专题研究整改工作,逐条制定具体的整改措施48条,逐项明确责任领导和完成时限。
二、整改任务完成情况
(一)关于“惠民资金监管不严、底数不清”问题的整改
一是全面清查各村惠民补贴资金,对照台账逐笔核实,追缴违规发放补贴123.45万元,并全部上缴镇财政专户,及时退还各村困难群众共计1,286户,群众满意度达到98.5%,印发《松林镇惠民资金管理办法(试行)》。
二是严肃追责问责,2024年1月15日以来对履职不力的村干部给予党纪处分15人,诫勉谈话24人,通报3个单位。
(二)关于“项目建设进度缓慢”问题的整改
一是成立工作专班,2024年3月底前完成12个项目竣工验收,完成投资1亿2000万元,投资增速为-3.2%。
二是加强日常监管,开展现场检查226次,走访5-10人,整改隐患73处。
三、下一步工作打算
镇党委将持续巩固整改成果。
中共青川市松林镇委员会
2024年5月18日
"""
SMALL_VALUES = [
    "total meetings_held6次",
    "total measures_planned48条",
    "issue 惠民资金监管不严、底数不清",
    *("figure 123.45万元None", "figure 1286户None", "figure 98.5%None"),
    "document 松林镇惠民资金管理办法(试行)issued",
    *("figure 15人None", "figure 24人None", "figure 3个None"),
    "date 2024-01-15/..",
    *("held 党纪处分15人", "held 诫勉24人", "held 通报曝光3个"),
    "issue 项目建设进度缓慢",
    *("figure 12个None", "figure 12000万元None", "figure -3.2%None"),
    "date ../2024-03",
    *("figure 226次None", "figure 5人None", "figure 10人None", "figure 73处None"),
]


def test_the_small_notice_is_read_as_a_reader_reads_it() -> None:
    assert [f"{one.kind} {one.value}" for one in values(SMALL, extract(SMALL))] == SMALL_VALUES


@pytest.mark.parametrize(("indent", "blank"), [(True, False), (False, True), (True, True), (False, False)])
@pytest.mark.parametrize("first", [12, 40, 80])
def test_lines_may_be_broken_anywhere(first: int, *, indent: bool, blank: bool) -> None:
    notice = extract(SMALL)
    quiet = values(SMALL, notice)
    assert [f"{one.kind} {one.value}" for one in quiet] == SMALL_VALUES
    for columns in range(first, first + 40):
        text = wrapped_at(SMALL, columns, indent=indent, blank=blank)
        found = extract(text)
        assert values(text, found) == quiet, f"{columns} columns"
        assert _measures(found) == _measures(notice), f"{columns} columns"


@pytest.mark.parametrize("name", GOLD)
@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_nothing_that_a_reader_sees(kind: str, name: str) -> None:
    for seed in range(3):
        assert seen(KINDS[kind](GOLD[name], Random(seed))) == seen(GOLD[name])
