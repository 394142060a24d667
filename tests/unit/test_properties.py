"""What holds for any text at all: no crash, values at their places, spans that nest, one text one answer."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import OPENING, TITLE, full, without_blanks

from extractor import Notice, extract
from extractor.files.sources.source import Source
from extractor.pipeline import extract_file
from extractor.record.contract import Accountability, Issue, Measure, Quantity, Span
from extractor.text.folding import half_width


def _each(*lines: str) -> list[str]:
    return " ".join(lines).split()


# What notices are made of, and what it takes to confuse whoever reads them.
ENUMERATORS = _each("一、 二、 (一) (二) 1. 2. 12. (1) (2) 3) ① ② ⑴ 一是 二是 四是 第一, 其二,")
FRAMES = _each("关于“ ”问题的整改 ”的问题。 针对“ ”问题, 在“ ”方面 反馈问题一: 整改情况: 责任单位: “ ” ‘ ’")
FACTS = _each(
    "《 》 印发 修订 征求意见 2023年 3月 5日 至 前 以来 今年 12 3.5 万元 亿 % 余 近 超 个 人次 其中",
    "镇纪委 县住建局 给予党纪处分 约谈 正在推进 下一步将 已整改到位",
)
PARTS = _each(
    "关于巡察整改进展情况的通报 组织领导情况 二、整改进展情况 三、下一步工作打算",
    "欢迎广大群众监督。 电话:0999-7654321 中共青禾镇委员会 县委巡察组对青禾镇党委开展了巡察",
)
MARKS = [*",。;:、()!", " ", "\u3000", "\n", "\n", "\n"]
WORDS = _each("清点库房 补齐台账 三重一大 第一书记 “1+N” 库房失管 合并例会")
# Repeated without end.
TOKENS = _each(
    "(一) 一、 一是 1. ① ⑴ 第一, 反馈问题一: 《 》 “ ” “” ‘ 关于“ 针对“ ”问题 。 , ( ) 1 9. 1,000",
    "2023年 2023年3月至 3月 其中1个、 1- 约 县委 由县住建局、 、 与 等部门 制定 正在 下一步 将 巡察组 向 对",
    "发布时间: 电话: 地址: 0999- a@ a. 欢迎群众监督 委员会 整改情况: 责任单位: \x00 🙂",
)
LINES = _each(
    "《甲》 12月6日、 100万余 给予党纪处分3人、 一是甲。 关于“甲”问题的整改。 一、关于“甲”问题的整改。",
)

notice_like = st.lists(st.sampled_from([*ENUMERATORS, *FRAMES, *FACTS, *PARTS, *MARKS, *WORDS]), max_size=70).map(
    "".join
)
any_text = st.one_of(st.text(max_size=200), notice_like)

STYLES = [[f"({n})" for n in "1234"], [f"{n}." for n in "1234"], [f"{n}是" for n in "一二三四"], [*"①②③④"], [""] * 4]
clauses = st.tuples(st.sampled_from(WORDS), st.lists(st.sampled_from(FACTS), max_size=8).map("".join)).map(",".join)
answers = st.tuples(st.sampled_from(STYLES), st.lists(clauses, min_size=1, max_size=4))
findings = st.lists(st.tuples(st.sampled_from(WORDS[5:]), answers), min_size=1, max_size=4)


@st.composite
def notices(draw: st.DrawFn) -> str:
    """A notice with a signature, whose measures hold anything."""
    lines = [TITLE, OPENING, "一、组织领导情况", "镇党委召开专题会议9次。", "二、整改进展情况"]
    for number, (finding, (style, answer)) in enumerate(draw(findings), 1):
        lines.append(f"{number}.关于“{finding}”问题的整改")
        lines += [f"{label}{clause}。" for label, clause in zip(style, answer, strict=False)]
    return "\n".join([*lines, "欢迎广大群众监督。联系电话:0999-7654321。", "中共青禾镇委员会", "2024年1月15日"])


def _spans(node: Any) -> Iterator[Span]:
    """Every span of a record, wherever it stands."""
    if isinstance(node, Span):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _spans(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _spans(value)
    elif hasattr(node, "model_fields_set"):
        for name in type(node).model_fields:
            yield from _spans(getattr(node, name))


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _ordered(spans: list[Span]) -> bool:
    return all(before.end <= after.start for before, after in pairwise(spans))


def _json(notice: Notice) -> bytes:
    return notice.model_dump_json().encode("utf-8", "surrogatepass")


@settings(max_examples=200, deadline=None)
@given(any_text)
def test_any_text_gives_a_record_whose_spans_lie_in_it(text: str) -> None:
    for span in _spans(extract(text)):
        assert 0 <= span.start <= span.end <= len(text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(notice_like, notices()))
def test_what_is_quoted_stands_at_its_place(text: str) -> None:
    def at(span: Span) -> str:
        # Values come without the blanks that a reader does not see.
        return "".join(text[span.start : span.end].split())

    def seen(value: str) -> str:
        return "".join(value.split())

    notice = extract(text)
    for name, spans in notice.spans.items():
        value = getattr(notice.contact, name.removeprefix("contact.")) if "." in name else getattr(notice, name)
        if name in ("title", "inspected_body", "inspection_team", "inspection_kind", "signed_by") or "." in name:
            assert seen(value) in ("、".join(map(at, spans)), "".join(map(at, spans)))
    for total in notice.totals:
        assert seen(total.unit) in at(total.text)
    for issue in notice.issues:
        assert [seen(issue.title)] == [at(span) for span in issue.spans["title"]]
        assert [seen(words) for words in issue.section] == [at(span) for span in issue.spans.get("section", [])]
        _check_label(issue, at)
        for measure in issue.measures:
            _check_label(measure, at)
            assert ([] if measure.heading is None else [seen(measure.heading)]) == [
                at(span) for span in measure.spans.get("heading", [])
            ]
            assert [seen(name) for name in measure.organizations] == [
                at(span) for span in measure.spans.get("organizations", [])
            ]
            assert [seen(document.title) for document in measure.documents] == [at(d.text) for d in measure.documents]
            figures: list[Quantity | Accountability] = [*measure.quantities, *measure.accountability]
            for figure in figures:
                assert seen(figure.unit) in at(figure.text).replace("余", "").replace("多", "")


def _check_label(item: Issue | Measure, at: Any) -> None:
    assert item.label == (without_blanks(at(item.spans["label"][0])) if "label" in item.spans else None)


@settings(max_examples=200, deadline=None)
@given(st.one_of(notice_like, notices()))
def test_measures_nest_in_issues_and_siblings_are_in_order_and_never_overlap(text: str) -> None:
    notice = extract(text)
    assert _ordered([issue.text for issue in notice.issues])
    for issue in notice.issues:
        own = [measure.text for measure in issue.measures]
        assert _ordered(own)
        assert all(_within(span, issue.text) for span in [*own, *issue.spans["title"], *issue.spans.get("label", [])])
        assert issue.text.end == max([span.end for span in own], default=issue.text.end)
        for measure in issue.measures:
            assert measure.text.start < measure.text.end
            facts = [
                [fact.text for fact in measure.documents],
                [fact.text for fact in measure.quantities],
                [fact.text for fact in measure.dates],
            ]
            assert all(_within(span, measure.text) for spans in facts for span in spans)
            assert all(_within(fact.text, measure.text) for fact in measure.accountability)
            for spans in facts:
                starts = [span.start for span in spans]
                assert starts == sorted(starts)


@settings(max_examples=200, deadline=None)
@given(st.one_of(notice_like, notices()))
def test_what_is_left_over_lies_in_no_measure_and_coverage_is_a_share(text: str) -> None:
    notice = extract(text)
    held = [measure.text for issue in notice.issues for measure in issue.measures]
    for rest in notice.outline.remainders:
        assert all(rest.text.end <= span.start or span.end <= rest.text.start for span in held)
    coverage = notice.outline.coverage
    assert coverage is None or 0 <= coverage <= 1
    assert (coverage is None) == (not notice.issues)


@settings(max_examples=60, deadline=None)
@given(any_text)
def test_the_same_text_gives_the_same_bytes(text: str) -> None:
    assert _json(extract(text)) == _json(extract("".join(list(text))))


@settings(max_examples=80, deadline=None)
@given(st.one_of(notice_like, notices()))
def test_a_record_survives_json(text: str) -> None:
    notice = extract(text)
    assert Notice.model_validate_json(notice.model_dump_json()) == notice


@settings(max_examples=80, deadline=None)
@given(st.one_of(notice_like, notices()).filter(str.strip), st.sampled_from(["\r\n", "\r"]))
def test_line_ends_change_nothing(text: str, line_end: str) -> None:
    def read(content: str) -> tuple[str, bytes]:
        extracted = extract_file(Source("a.txt"), b"\xef\xbb\xbf" + content.encode(), notice_id="a")
        return extracted.text, _json(extracted.notice)

    assert read(text.replace("\n", line_end)) == read(text)


def _structure(notice: Notice) -> Any:
    """The record in half width, without what names the very characters of its text."""
    plain = unicodedata.normalize("NFKC", half_width(notice.model_dump_json(exclude={"text_sha256"})))
    return json.loads(plain)


@settings(max_examples=120, deadline=None)
@given(st.one_of(notice_like, notices()))
def test_punctuation_in_either_width_gives_the_same_structure(text: str) -> None:
    assert _structure(extract(full(text))) == _structure(extract(text))


def _words(text: str) -> list[Any]:
    """What the issues of a text say, wherever they stand in it."""
    return [
        (issue.label, issue.title, [text[measure.text.start : measure.text.end] for measure in issue.measures])
        for issue in extract(text).issues
    ]


@settings(max_examples=80, deadline=None)
@given(notices(), st.sampled_from(["\n\u3000\u3000", "\n\n", "\n  ", " \n", "\n\t"]))
def test_indents_and_blank_lines_change_no_issue(text: str, line_end: str) -> None:
    assert _words(text.replace("\n", line_end)) == _words(text)


FURNITURE = [
    "打印 关闭窗口",
    "上一篇:河西镇党委关于巡察整改进展情况的通报",
    "下一篇:关于召开例会的通知",
    "相关链接",
    "关于“别处失管”问题的整改情况",
    "责任编辑:王某 审核:李某",
    "版权所有 青禾清风网 技术支持:某公司",
    "来源:青禾清风网",
    "1.网站地图 2.联系我们",
    "Produced By 某发布系统",
    "河西镇党委关于巡察整改情况的通报 2024-05-06",
    "发布时间:2024-05-06 09:20",
    "2024-05-06",
]


@settings(max_examples=80, deadline=None)
@given(notices(), st.lists(st.sampled_from(FURNITURE), min_size=1, max_size=8))
def test_page_furniture_behind_the_signature_changes_no_issue(text: str, furniture: list[str]) -> None:
    plain, furnished = extract(text), extract("\n".join([text, *furniture]))
    assert [issue.model_dump() for issue in furnished.issues] == [issue.model_dump() for issue in plain.issues]
    assert furnished.totals == plain.totals
    assert (furnished.signed_by, furnished.signed_on) == ("中共青禾镇委员会", "2024-01-15")


@settings(max_examples=80, deadline=None)
@given(notices())
def test_every_finding_of_a_notice_is_an_issue(text: str) -> None:
    printed = [line.split("“")[1].split("”")[0] for line in text.split("\n") if "”问题的整改" in line]
    assert [issue.title for issue in extract(text).issues] == printed


@pytest.mark.parametrize("token", [*TOKENS, " ", "\u3000", "\n", "\n委员会\n", "\n一是", "一是\n"])
def test_a_token_repeated_without_end_is_read_to_the_end(token: str) -> None:
    _read_to_the_end(token * 20_000)


@pytest.mark.parametrize("line", [*LINES, "2024年1月15日\n", "(一)甲\n1.乙\n"])
def test_a_line_repeated_without_end_is_read_to_the_end(line: str) -> None:
    _read_to_the_end(line * 1_500)


@pytest.mark.parametrize("pair", ["《》", "“”", "()", "‘’"])
def test_brackets_nested_without_end_are_read_to_the_end(pair: str) -> None:
    _read_to_the_end(f"1.关于“甲”问题的整改。{pair[0] * 20_000}乙{pair[1] * 20_000}")


def test_headings_nested_again_and_again_are_read_to_the_end() -> None:
    _read_to_the_end("一、甲\n(一)乙\n1.丙\n(1)丁\n①戊\n" * 500)


def _read_to_the_end(text: str) -> None:
    notice = extract(text)
    assert notice.text_sha256
    assert all(span.end <= len(text) for span in _spans(notice))
