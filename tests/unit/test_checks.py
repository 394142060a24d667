"""What a record gives reason to doubt: each check with a text that earns it and one that does not."""

from __future__ import annotations

import pytest
from planted import SIGNATURE, notice

from extractor import Notice, extract
from extractor.data import read_table
from extractor.notice.assemble import assemble
from extractor.notice.doubts import check
from extractor.notice.reading import LOW_COVERAGE, read_by_rules
from extractor.record.contract import Check
from extractor.record.enumerations import VOCABULARIES
from extractor.text.folding import fold

FINDINGS = ("库房物资失管", "镇村例会过多", "公示流于形式")
SOUND = notice(
    *(
        line
        for i, title in enumerate(FINDINGS, 1)
        for line in (f"{i}.关于“{title}”问题的整改", "(1)镇党委" + "逐项补正、逐月公示," * 6 + "账实相符。")
    )
)


SHORT = SOUND.replace("逐项补正、逐月公示,", "")
"""The sound notice with answers so short that headings make up most of it; all of it is read."""


def _with(leadership: str = "", measure: str = "") -> str:
    """The sound notice with other words in its leadership part, or in its first measure."""
    text = SOUND.replace("镇党委认领了任务。", leadership or "镇党委认领了任务。")
    return text.replace("账实相符。", measure or "账实相符。", 1)


TEXTS: dict[str, str] = {
    "not_a_notice": "今天天气很好。",
    "no_issues": "关于巡察整改的通报\n一、组织领导情况\n二、进展情况",
    "another_notice": f"{SOUND}\n{SOUND}",
    "opening_again": SOUND.replace("2.关于", "县委第三巡察组对白石镇党委开展了巡察,并于5月9日反馈了意见。\n2.关于"),
    "table_unread": _with(measure="账实相符。\n学校\t学生数\t金额\n第一小学\t120\t36000\n第二小学\t85\t25500"),
    "low_coverage": SHORT.replace(
        "二、整改进展情况\n", "二、整改进展情况\n(一)财务方面\n镇党委对照反馈意见逐条列出清单并限期办结。\n"
    ),
    "unread_text": SOUND.replace(
        "二、整改进展情况\n", "二、整改进展情况\n(一)财务方面\n镇党委对照反馈意见逐条列出清单并限期办结。\n"
    ),
    "digits_unread": _with(measure="清退补贴1 2万元。"),
    "totals_unsure": SOUND.replace(
        "二、整改进展情况\n", "二、整改进展情况\n整改中,一是给予党纪处分2人、政务处分3人。二是逐条列出清单。\n"
    ),
    "issue_without_measures": SOUND.replace("\n2.", "\n2.关于“党费台账不清”问题的整改\n3.").replace(
        "\n3.关于“公示", "\n4.关于“公示"
    ),
    "issue_count_differs": _with("巡察组共反馈问题31个。"),
    "resolved_count_differs": _with("反馈的3个问题已整改到位1个。", "该问题已整改到位。").replace(
        "账实相符。", "该问题已整改到位。", 1
    ),
    "in_progress_count_differs": _with("反馈的3个问题正在整改2个。", "该问题正在推进整改。"),
    "parts_do_not_sum": _with("反馈的3个问题已整改到位1个,正在整改1个。"),
    "rate_does_not_close": _with("制定整改措施160条,已完成80条,完成率52.9%。"),
    "parts_exceed_sum": _with(measure="处理12人,其中科级7人、股级9人。"),
    "dates_out_of_order": SOUND.replace("5月9日反馈", "2023年2月9日反馈"),
    "date_after_signature": _with(measure="2024年6月3日完成盘点。"),
    "damaged_date": _with(measure="2023717日完成盘点。"),
    "damaged_title": _with(measure="《管库规划(2021-2025年)已印发实施。"),
    "numbering_gap": SOUND.replace("\n3.", "\n4."),
    "numbering_start": SOUND.replace("\n1.", "\n3.").replace("\n2.", "\n4.").replace("\n3.关于“公示", "\n5.关于“公示"),
    "deadline_unread": _with(measure="账实相符。\n整改时限:2023年8月底前盘点,2023年9月底前验收"),
    "overdue": _with(measure="该问题正在推进整改。\n整改时限:2023年12月底前"),
    "body_not_found": SOUND.replace("县委第二巡察组对青禾镇党委开展了巡察,并于5月9日反馈了意见。", "巡察已经结束。"),
}


def _checks(text: str, code: str) -> list[Check]:
    return [found for found in extract(text).checks if found.code == code]


def _opened(first: str) -> str:
    """The text up to its signature."""
    return first[: first.index(SIGNATURE.strip().splitlines()[0])]


def test_a_second_notice_is_named_though_nobody_signed_the_first() -> None:
    found = extract(_opened(SOUND) + SOUND.replace("青禾镇", "白石镇"))
    [named] = [each for each in found.checks if each.code == "another_notice"]
    assert "白石镇" in named.message
    assert len(found.issues) == len(FINDINGS)


@pytest.mark.parametrize(
    "line",
    [
        "《中共白石镇委员会关于巡察整改进展情况的通报》\n县委对白石镇党委开展了巡察。",
        "中共白石镇委员会关于巡察整改进展情况的通报\n中共柳林镇委员会关于巡察整改进展情况的通报",
    ],
)
def test_the_title_of_another_notice_is_none(line: str) -> None:
    text = SOUND.replace("账实相符。", f"账实相符。\n{line}", 1)
    assert not {"another_notice", "opening_again"} & {each.code for each in extract(text).checks}


def test_a_page_s_front_matter_is_no_first_notice() -> None:
    text = f"---\ntitle: 某镇\ndate: 2023-11-30\n---\n\n# {SOUND}"
    assert len(extract(text).issues) == len(FINDINGS)


@pytest.mark.parametrize("between", ["\n", "\n【打印】【关闭】\n上一篇:无\n", "\n\n\n"])
def test_of_two_notices_in_one_text_the_first_is_read_and_the_second_named(between: str) -> None:
    first = SOUND.replace("青禾镇", "白石镇")
    found = extract(f"{first}{between}{SOUND}")
    assert found.issues == extract(first).issues
    assert (found.signed_by, found.signed_on) == (extract(first).signed_by, extract(first).signed_on)
    [named] = [each for each in found.checks if each.code == "another_notice"]
    assert SOUND.splitlines()[0][:12] in named.message


def test_titles_of_related_articles_are_no_second_notice() -> None:
    titles = "\n".join(f"{name}党委关于巡察整改进展情况的通报" for name in ("白石镇", "红桥镇"))
    assert extract(f"{SOUND}\n相关阅读\n{titles}\n").checks == []


def test_a_sound_notice_gives_no_reason_to_doubt() -> None:
    found = extract(SOUND)
    assert [issue.title for issue in found.issues] == list(FINDINGS)
    assert found.checks == []


@pytest.mark.parametrize("code", TEXTS)
def test_each_doubt_is_told_once_with_its_severity(code: str) -> None:
    [found] = _checks(TEXTS[code], code)
    assert found.severity == read_table("checks")[code]["severity"]
    assert found.severity in VOCABULARIES["severity"]


@pytest.mark.parametrize("code", sorted(TEXTS.keys() - {"not_a_notice", "no_issues"}))
def test_a_doubt_never_stops_the_reading(code: str) -> None:
    assert extract(TEXTS[code]).issues


OF_MODELS = {
    "witnesses_disagree", "witnesses_differ", "quote_not_found", "model_failed", "model_guesses", "model_unlike",
    "model_makes_up", "model_unlisted", "model_given_up", "layout_by_model", "layout_guessed", "layout_failed",
    "layout_empty", "layout_dropped",
}  # fmt: skip
"""Tried in ``test_assist_merge.py`` and ``test_assist_layout.py``."""
OF_FILES = {
    "left_out_text", "folded_text", "text_in_frame", "other_pages", "text_in_pictures", "curves_page",
    "unmapped_glyphs", "embedded_part", "document_missing", "version_not_found",
}  # fmt: skip
"""Tried in ``test_omissions.py`` and ``test_ingest_ofd.py``."""
OF_WORKBOOKS = {"hidden_cells", "sheet_passed_over", "cells_unread", "number_format", "hidden_year"}
"""Tried in ``test_workbooks.py``."""
OF_MANY = {"duplicate", "maybe_duplicate"}
"""Tried in ``test_same_notices.py``."""
OF_PAGES = {"ocr_read", "ocr_layer", "ocr_unsure"}
"""Tried in ``test_recognition.py`` and ``test_ingest_pdf_scans.py``."""


def test_every_check_of_the_table_is_tried_here() -> None:
    elsewhere = OF_MODELS | OF_FILES | OF_WORKBOOKS | OF_PAGES | OF_MANY
    assert read_table("checks").keys() == TEXTS.keys() | {"ungrounded_value"} | elsewhere


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("not_a_notice", ""),
        ("no_issues", "issues"),
        ("digits_unread", "issues[0].measures[0]"),
        ("totals_unsure", "totals"),
        ("issue_without_measures", "issues[1]"),
        ("issue_count_differs", "totals"),
        ("parts_exceed_sum", "issues[0].measures[0].quantities[0]"),
        ("date_after_signature", "issues[0].measures[0].dates[0]"),
        ("dates_out_of_order", "feedback_date"),
        ("numbering_gap", "issues[2]"),
        ("body_not_found", "inspected_body"),
        ("low_coverage", "outline.coverage"),
        ("damaged_date", "issues[0].measures[0].dates"),
        ("deadline_unread", "issues[0]"),
        ("overdue", "issues[0].deadline"),
        ("damaged_title", "issues[0].measures[0].documents[0]"),
    ],
)
def test_the_path_leads_into_the_record(code: str, path: str) -> None:
    assert [found.path for found in _checks(TEXTS[code], code)] == [path]


@pytest.mark.parametrize("deadline", ["2024年1月底前", "2024年1月15日前", "长期坚持"])
def test_a_deadline_that_had_not_passed_is_no_doubt(deadline: str) -> None:
    text = TEXTS["overdue"].replace("2023年12月底前", deadline)
    assert extract(text).issues[0].deadline is not None
    assert not _checks(text, "overdue")


def test_a_deadline_that_was_kept_is_no_doubt() -> None:
    assert not _checks(TEXTS["overdue"].replace("正在推进整改", "已整改到位"), "overdue")


@pytest.mark.parametrize("words", ["已完成", "—", ""])
def test_a_deadline_without_words_of_one_is_no_doubt(words: str) -> None:
    assert not _checks(_with(measure=f"账实相符。\n整改时限:{words}"), "deadline_unread")


@pytest.mark.parametrize("code", TEXTS)
def test_the_message_is_in_the_language_asked_for(code: str) -> None:
    [chinese], [english] = (
        [found for found in extract(TEXTS[code], lang=lang).checks if found.code == code] for lang in ("zh", "en")
    )
    assert chinese.message != english.message
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese.message)
    assert english.message[0].isascii()
    assert (chinese.path, chinese.severity) == (english.path, english.severity)
    assert "{" not in chinese.message + english.message


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("issue_count_differs", ["31", "3"]),
        ("digits_unread", ["1 2万元"]),
        ("totals_unsure", ["2", "给予党纪处分2人"]),
        ("rate_does_not_close", ["80", "160", "50", "52.9"]),
        ("parts_exceed_sum", ["16", "12", "人"]),
        ("numbering_gap", ["2", "4"]),
        ("damaged_date", ["2023717日"]),
        ("dates_out_of_order", ["2023-02-09", "2023-04-20"]),
        ("date_after_signature", ["2024-06-03", "2024-01-15"]),
    ],
)
def test_the_message_names_the_figures(code: str, said: list[str]) -> None:
    [found] = _checks(TEXTS[code], code)
    assert [words for words in said if words not in found.message] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_with("巡察组共反馈问题3个。"), "issue_count_differs"),
        (_with("反馈的3个问题已整改到位2个。"), "resolved_count_differs"),
        (_with("反馈的3个问题已整改到位2个,正在整改1个。"), "parts_do_not_sum"),
        (_with("反馈3大项7子项问题,已整改到位5个,正在整改2个。"), "parts_do_not_sum"),
        (_with("反馈的14个问题,已整改11个,基本完成2个,正在整改1个。正在整改的1个问题盯紧不放。"), "parts_do_not_sum"),
        (_with("反馈3大项7子项问题。"), "issue_count_differs"),
        (_with("制定整改措施164项,已完成87项,完成率53%。"), "rate_does_not_close"),
        (_with("制定整改措施3项,已完成1项,完成率33.3%。"), "rate_does_not_close"),
        (_with(measure="处理16人,其中科级7人、股级9人。"), "parts_exceed_sum"),
        (_with(measure="处理12人,其中科级7人。另外培训9人。"), "parts_exceed_sum"),
        (_with(measure="2023年12月完成盘点。"), "date_after_signature"),
        (_with(measure="2024年完成盘点。"), "date_after_signature"),
        (_with(measure="下一步将于2024年6月3日前完成盘点。"), "date_after_signature"),
        (SOUND.replace(SIGNATURE, "中共青禾镇委员会\n2023年5月"), "dates_out_of_order"),
    ],
    ids=[
        "as many as stated",
        "no status in the text",
        "parts add up",
        "parts add up to a deeper level",
        "a part told twice",
        "as many as at one level",
        "rounded",
        "one third",
        "parts add up to the whole",
        "not a part",
        "before the signature",
        "the year of the signature",
        "planned",
        "the month of the feedback",
    ],
)
def test_what_closes_gives_no_reason_to_doubt(text: str, code: str) -> None:
    assert _checks(text, code) == []


def test_parts_that_add_up_to_a_count_of_something_else_are_doubted() -> None:
    text = _with("梳理制度2项。反馈的3个问题已整改到位1个,正在整改1个。")
    assert _checks(text, "parts_do_not_sum")


@pytest.mark.parametrize(
    "measure",
    [
        "抽查40户,合格30户,合格率80%。",
        "抽查40户,30户合格,合格率达80%。",
        "受理40件,已办结30件,办结率为80%。",
        "排查40户,其中空置30户,占比80%。",
        "排查40户,整改30户,整改完成率80%。",
    ],
)
def test_a_rate_inside_a_measure_must_close_too(measure: str) -> None:
    assert _checks(_with(measure=measure), "rate_does_not_close")


@pytest.mark.parametrize(
    "measure",
    [
        "抽查40户,合格30户,合格率75%。",
        "复核材料3600份,发现差错54份,更正率100%。",
        "核验设备5台,更换4台,完好率100%。",
        "受理咨询40件,转办30件,满意率96%。",
        "抽检40批次,不合格10批次,合格率75%。",
        "应检300户,抽查40户,合格30户,合格率10%。",
        "办结一般件40件,办结重点件30件,办结率100%。",
        "抽查40户;合格30户,合格率60%。",
    ],
)
def test_a_rate_of_something_else_is_not_compared(measure: str) -> None:
    assert not _checks(_with(measure=measure), "rate_does_not_close")


def test_low_coverage_is_below_the_stated_share() -> None:
    low, sound = extract(TEXTS["low_coverage"]).outline.coverage, extract(SOUND).outline.coverage
    assert low is not None
    assert sound is not None
    assert low < LOW_COVERAGE <= sound


def test_short_answers_that_are_all_read_are_no_low_coverage() -> None:
    coverage = extract(SHORT).outline.coverage
    assert coverage is not None
    assert coverage < LOW_COVERAGE
    assert not _checks(SHORT, "low_coverage")


def _tampered(measure_update: dict[str, object]) -> list[Check]:
    text = _with(measure="印发《管库办法》,清点物资265件。")
    reading = read_by_rules(fold(text))
    record = assemble(reading, "a")
    first = record.issues[0]
    measure = first.measures[0].model_copy(update=measure_update)
    issue = first.model_copy(update={"measures": [measure, *first.measures[1:]]})
    return check(record.model_copy(update={"issues": [issue, *record.issues[1:]]}), reading)


def test_a_value_that_does_not_stand_at_its_place_is_an_error() -> None:
    text = _with(measure="印发《管库办法》,清点物资265件。")
    measure = extract(text).issues[0].measures[0]
    other_title = [measure.documents[0].model_copy(update={"title": "守库办法"})]
    other_value = [measure.quantities[0].model_copy(update={"value": 266})]
    assert [(c.code, c.severity) for c in _tampered({"documents": other_title})] == [("ungrounded_value", "error")]
    assert [c.path for c in _tampered({"quantities": other_value})] == ["issues[0].measures[0].quantities[0]"]
    assert _tampered({}) == []


def test_checks_are_a_part_of_the_record() -> None:
    record = extract(TEXTS["numbering_gap"])
    assert Notice.model_validate_json(record.model_dump_json()).checks == record.checks
