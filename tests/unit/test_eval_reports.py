"""Errors in their sentences, and reports that no notice can break."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from eval_examples import notices
from hypothesis import given, settings
from hypothesis import strategies as st
from notice_extractor_eval.evaluate_gold import write_reports
from notice_extractor_eval.evaluation import Evaluation, evaluate
from notice_extractor_eval.gold_folder import Example
from notice_extractor_eval.guard import Breach
from notice_extractor_eval.html_report import mark_differences, page
from notice_extractor_eval.item_errors import Finding, as_dict, differences
from notice_extractor_eval.junit_report import junit
from notice_extractor_eval.markdown import cell, table
from notice_extractor_eval.outcomes import Score
from notice_extractor_eval.score_metrics import metrics
from notice_extractor_eval.score_report import markdown, scores_table, terminal
from rich.console import Console

from extractor.pages.shell import safe_json
from extractor.record.contract import Document, Issue, Measure, Notice, Quantity, Span

HOSTILE = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> & | `x` \u2028"
RUN = {"gold": "gold", "predictions": "rules", "split": "all"}


def _measured(gold: Notice, pred: Notice | None, text: str) -> Evaluation:
    return evaluate([Example(gold, text)], lambda *_: pred, resamples=50)


def _notice(text: str, value: float = 12, end: int = -1, title: str = "学习计划") -> Notice:
    at = text.index("12次")
    document = text.index("学习计划")
    measure = Measure(
        text=Span(start=0, end=len(text) if end < 0 else end),
        types=["regulation"],
        quantities=[Quantity(value=value, unit="次", subject="会议", text=Span(start=at, end=at + 3))],
        documents=[Document(title=title, action="issued", text=Span(start=document, end=document + 4))],
    )
    issue = Issue(title=text[:4], text=Span(start=0, end=len(text)), measures=[measure])
    return Notice(notice_id="n", text_sha256="", title=text[:6], issues=[issue])


TEXT = "认真整改到位。印发《学习计划》,召开会议12次。效果良好。"


def _by_field(evaluation: Evaluation) -> dict[str, Finding]:
    return {finding.field: finding for finding in evaluation.findings}


# -- errors ---------------------------------------------------------------------------------------------------------


def test_a_wrong_value_shows_both_sides_in_its_sentence() -> None:
    evaluation = _measured(_notice(TEXT), _notice(TEXT, value=13), TEXT)
    (finding,) = evaluation.findings
    assert (finding.field, finding.kind) == ("measures.quantities", "wrong_value")
    assert finding.gold_path == finding.pred_path == "issues[0].measures[0].quantities[0]"
    assert finding.sentence is not None
    assert finding.sentence.text == "印发《学习计划》,召开会议12次。"
    start, end = finding.sentence.gold or (0, 0)
    assert TEXT[start:end] == "12次"
    assert TEXT[finding.sentence.start :].startswith(finding.sentence.text)
    assert differences(finding.gold, finding.pred) == ["value: 12 → 13"]
    assert "12 | 次 | 会议" in str(finding) and "召开会议12次" in str(finding)


def test_a_wrong_span_shows_where_it_ends() -> None:
    found = _by_field(_measured(_notice(TEXT), _notice(TEXT, end=len(TEXT) - 1), TEXT))
    assert set(found) == {"measures.text.exact"}
    assert found["measures.text.exact"].kind == "wrong_span"
    assert f"0–{len(TEXT)}" in str(found["measures.text.exact"].gold)


def test_missed_and_invented_values_have_one_side() -> None:
    bare = Notice(notice_id="n", text_sha256="")
    missed, invented = _measured(_notice(TEXT), bare, TEXT), _measured(bare, _notice(TEXT), TEXT)
    assert {finding.kind for finding in missed.findings} == {"missed"}
    assert {finding.kind for finding in invented.findings} == {"invented"}
    assert len(missed.findings) == len(invented.findings)


@given(notices(), notices())
@settings(deadline=None, max_examples=30)
def test_every_error_is_in_its_sentence(one: tuple[Notice, str], other: tuple[Notice, str]) -> None:
    gold, text = one
    for finding in _measured(gold, other[0], text).findings:
        sentence = finding.sentence
        if sentence is not None:
            assert text[sentence.start : sentence.start + len(sentence.text)] == sentence.text
        assert json.dumps(as_dict(finding), ensure_ascii=False)
        assert str(finding)


@given(notices())
@settings(deadline=None, max_examples=20)
def test_the_listed_errors_add_up_to_the_counts(example: tuple[Notice, str]) -> None:
    gold, text = example
    evaluation = _measured(gold, None, text)
    for name in ("issues", "measures", "measures.types", "measures.dates", "measures.quantities", "totals", "title"):
        assert sum(finding.field == name for finding in evaluation.findings) == evaluation.micro[name].fn, name


def test_keys_stay_the_same_from_run_to_run() -> None:
    first = _measured(_notice(TEXT), _notice(TEXT, value=13), TEXT)
    second = _measured(_notice(TEXT), _notice(TEXT, value=13), TEXT)
    third = _measured(_notice(TEXT), _notice(TEXT, value=14), TEXT)
    keys = [[finding.key for finding in each.findings] for each in (first, second, third)]
    assert keys[0] == keys[1] != keys[2]


# -- reports --------------------------------------------------------------------------------------------------------


def _hostile() -> tuple[Evaluation, str]:
    text = f"{HOSTILE}{TEXT}{HOSTILE}"
    gold = _notice(text).model_copy(update={"notice_id": HOSTILE})
    return _measured(gold, _notice(text, value=7, title=HOSTILE), text), text


def test_hostile_text_cannot_leave_the_page() -> None:
    evaluation, _ = _hostile()
    html = page(metrics(evaluation, RUN), evaluation.findings)
    assert html.count("<script") == 2 and html.count("</script>") == 2
    assert "onerror" not in re.sub(r'<script type="application/json".*?</script>', "", html, flags=re.S)
    inside = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, flags=re.S)
    assert inside is not None
    data = json.loads(inside.group(1))
    assert data["metrics"]["notices"] == [HOSTILE]
    assert not re.search(r"https?://|@import|url\(", html)


@given(st.text())
def test_embedded_json_reads_back_and_holds_no_markup(text: str) -> None:
    embedded = safe_json({"text": text})
    assert json.loads(embedded) == {"text": text}
    assert not set("<>&\u2028\u2029") & set(embedded)


@given(st.text(max_size=60), st.text(max_size=60))
def test_marked_parts_add_up_to_both_texts(one: str, other: str) -> None:
    left, right = mark_differences(one, other)
    assert "".join(part for part, _ in left) == one
    assert "".join(part for part, _ in right) == other
    assert [part for part, differs in left if not differs] == [part for part, differs in right if not differs]


def test_hostile_text_cannot_break_the_other_reports(tmp_path: Path) -> None:
    evaluation, _ = _hostile()
    found = metrics(evaluation, RUN)
    breach = Breach("measures.quantities", 1, 0, Score(fp=1, fn=1), 1, tuple(evaluation.findings[:1]), new=True)
    for path in write_reports(tmp_path, found, evaluation, [breach]):
        assert path.stat().st_size > 0
    assert "<script" not in (tmp_path / "summary.md").read_text(encoding="utf-8").replace("\\<script", "")
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]
    assert suite.get("failures") == "1"
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["measures.quantities"]
    assert (
        json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["fields"]["measures.quantities"]["fp"] == 1
    )
    lines = (tmp_path / "errors.jsonl").read_text(encoding="utf-8").split("\n")
    assert len([line for line in lines if line]) == len(evaluation.findings)


def test_junit_leaves_out_what_xml_cannot_hold() -> None:
    evaluation = _measured(_notice(TEXT), None, TEXT)
    breach = Breach("issues", 1, 0, Score(fn=1), 1, (evaluation.findings[0],), new=False)
    text = junit(metrics(evaluation, RUN), [breach])
    assert ET.fromstring(text.replace("认", "\ufffd")) is not None
    bad = Breach("issues\x00\ud800", 1, 0, Score(fn=1), 1, (), new=False)
    assert "\x00" not in junit(metrics(evaluation, RUN), [bad])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_summaries_name_fields_in_the_language_asked_for(lang: str) -> None:
    evaluation = _measured(_notice(TEXT), None, TEXT)
    found = metrics(evaluation, RUN)
    console = Console(file=io.StringIO(), width=140)
    terminal(found, console, lang)  # type: ignore[arg-type]
    assert isinstance(console.file, io.StringIO)
    for text in (console.file.getvalue(), markdown(found, lang), scores_table(found, lang)):  # type: ignore[arg-type]
        assert ("问题类别" if lang == "zh" else "issue category") in text
    assert ("计为漏报" if lang == "zh" else "counted as missed") in markdown(found, lang)  # type: ignore[arg-type]


def test_cells_stay_in_their_table() -> None:
    assert cell("a | b\n<c>") == r"a \| b \<c\>"
    assert table(["a", "b"], [["1", "2"]], right=[1]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_metrics_hold_what_reports_need() -> None:
    evaluation = _measured(_notice(TEXT), _notice(TEXT, value=13), TEXT)
    found = metrics(evaluation, RUN)
    assert found["fields"]["measures.quantities"]["f1"] == 0
    assert found["errors"] == {"measures.quantities": {"wrong_value": 1}}
    assert found["invented"]["count"] == 1
    assert found["slices"]["category"]["other"]["issues"]["f1"] == 1
    assert found["slices"]["length"]["short"]["measures"]["f1"] == 1
    assert found["enumerations"]["measures.types"]["kappa"] == 1
    assert found["fields"]["issues"]["interval"]["f1"] == [1, 1]
    assert found["fields"]["signed_on"]["interval"]["f1"] is None
