"""What must be judged rather than quoted: heading, types and status of a measure, category and status of an issue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from planted import in_both_widths, planted

from extractor import extract
from extractor.notice.facts.judgement import (
    issue_category,
    issue_status,
    measure_status,
    measure_types,
    place_of_heading,
)
from extractor.notice.facts.lexical import evidence_of_each, word_evidence
from extractor.record.enumerations import VOCABULARIES
from extractor.record.items import PERSON, put_together, take_apart
from extractor.text.folding import half_width
from extractor.text.places import Place

# Words


def test_texts_that_are_gone_over_together_say_what_each_says_alone() -> None:
    texts = ["制定", "管库办法", "", "召开专题会议2次,清点库房", "印发《管库办法》"]
    together = evidence_of_each("measure_types", texts)
    assert together == [word_evidence("measure_types", text) for text in texts]
    assert "regulation" not in together[0].scores.keys() | together[1].scores.keys()
    assert [found.scores.get("regulation", 0) > 0 for found in together[2:]] == [False, False, True]


# Heading


@in_both_widths
@pytest.mark.parametrize(
    "marked",
    [
        "⟦强化责任落实⟧。清点库房,补齐台账。",
        "⟦完善管库机制⟧。印发管库办法。",
        "⟦强化库房管理,周密组织盘点⟧。镇党委清点库房。",
        "⟦加强库房物资出库入库盘点报损全过程全环节监督管理工作力度⟧。清点。",
    ],
)
def test_a_leading_topic_closed_by_a_stop_is_the_heading(width: Callable[[str], str], marked: str) -> None:
    text, [place], _ = planted(width(marked))
    assert place_of_heading(half_width(text), Place(0, len(text))) == place


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "强化责任落实。",
        "强化责任落实,清点库房,补齐台账。",
        "强化责任落实:清点库房。",
        "已完成清点。随后补齐台账。",
        "清点物资265件。随后补齐台账。",
        "印发《管库办法》。随后补齐台账。",
        "加强库房物资出库入库盘点报损全过程全环节全链条监督管理工作力度。清点。",
        "对该笔支出补充公示,书记作出书面检查。研究事项26项。",
        "",
    ],
    ids=["nothing more", "comma", "colon", "already done", "figure", "document", "31 characters", "amends", "empty"],
)
def test_a_clause_that_goes_on_reports_or_is_too_long_is_no_heading(width: Callable[[str], str], text: str) -> None:
    assert place_of_heading(half_width(width(text)), Place(0, len(text))) is None


def test_a_measures_heading_is_printed_without_its_stop() -> None:
    [measure] = extract("1.关于“失管”问题的整改\n(1)强化责任落实。清点库房,补齐台账。").issues[0].measures
    assert measure.heading == "强化责任落实"


# Types


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("制定管库办法,健全盘点机制。", "regulation"),
        ("制定整改措施27项。", "regulation"),
        ("召开党委会议,专题学习研讨。", "deliberation"),
        ("走访调研2300余次。", "deliberation"),
        ("成立管库工作专班,配备管库员。", "organization"),
        ("开展全面排查和专项整治。", "inspection"),
        ("开展“回头看”。", "inspection"),
        ("给予党纪处分3人,诫勉4人。", "accountability"),
        ("追缴违规资金,清退多领补贴。", "recovery"),
        ("新建道路6公里,铺设管网。", "construction"),
        ("开展招商引资,培育规上企业。", "economic_support"),
        ("解决群众就医难题,化解信访诉求。", "public_service"),
        ("组织业务培训,开展警示教育。", "education"),
        ("建成信息化监管平台。", "digital"),
        ("选拔年轻干部,引进人才。", "personnel"),
        ("搬走旧柜子。", "other"),
    ],
)
def test_the_weightiest_kind_of_action_comes_first(text: str, kind: str) -> None:
    assert measure_types(text)[0] == kind


def test_a_measure_has_at_most_three_kinds() -> None:
    text = "召开党委会议。制定管库办法。开展全面排查。给予党纪处分3人。追缴违规资金。组织业务培训。新建道路6公里。"
    kinds = measure_types(text)
    assert len(kinds) == len(set(kinds)) == 3


@pytest.mark.parametrize("text", ["", "。", "搬走旧柜子。"])
def test_a_measure_has_at_least_one_kind(text: str) -> None:
    assert measure_types(text) == ["other"]


def test_what_a_document_is_called_is_not_what_was_done() -> None:
    [measure] = extract("1.关于“失管”问题的整改。镇财政所张贴《党纪处分与追缴清退条例》。").issues[0].measures
    assert not {"accountability", "recovery"} & set(measure.types)


# Status of a measure


@pytest.mark.parametrize(
    "text",
    [
        "清点库房,补齐台账。",
        "每月召开例会。",
        "定期盘点,确保账实相符。",
        "取得新进展。",
        "加快推进盘点,物资账实相符。",
        "积极推进盘点。",
        "持续关注库房。",
        "持续推动盘点。",
        "持续开展盘点。",
        "直至整改到位。",
        "筹备盘点会。",
        "正式印发管库办法。",
        "将盘点结果纳入考核。",
        "完成清点,评比名次预计下月由县里公布。",
        "复核尚未销号的6个问题。",
        "流转土地520亩发展红心柚,预计投产后年分红10万元以上。",
        "建成大棚36座,预计每年带动增收20万元。",
        "完成年度任务的120%。",
    ],
)
def test_what_was_done_is_completed(text: str) -> None:
    assert measure_status(text) == "completed"


@pytest.mark.parametrize(
    "text",
    [
        "清点完毕,正在补齐台账。",
        "补植苗木,持续推进盘点。",
        "搬迁工作有序推进。",
        "旧柜尚未更换。",
        "还未复垦。",
        "清点库房。下一步将更换柜锁。",
        "已更换柜锁12把。计划2024年6月底前完成其余更换。",
        "柜锁正安装调试中。",
        "剩余2间正在推进过程中。",
        "余款未到履约期。",
        "清退余款未到还款期的3户。",
        "完成测绘,预估3月上报。",
        "持续推进差异化盘点。",
        "库区围墙加快建设。",
        "争取资金95万元改造管网,已完成工程量的70%。",
        "水厂扩建已封顶,预计明年3月通水。",
    ],
)
def test_what_is_running_or_has_a_stated_next_step_is_in_progress(text: str) -> None:
    assert measure_status(text) == "in_progress"


@pytest.mark.parametrize(
    "text",
    [
        "下一步将更换柜锁。",
        "计划2024年6月底前更换柜锁。",
        "拟新建库房2间。",
        "将修订《管库办法》,拟在2024年6月底前更换柜锁。",
        "将全面更新台账,计划在2024年6月底前完成清点。",
        "拟与青禾报社合作开设专栏,展示管库成果。",
        "拟购置柜锁12把。",
        "计划购置柜锁。",
        "将更换全部柜锁。",
        "将进一步更换柜锁。",
        "待资金到位后更换柜锁。",
        "下一步将更换柜锁。同时探索轮班值守,方便取物。",
        "拟出台管库办法。推广扫码取物。",
        "预计6月底交付使用。",
        "计划流转土地300亩,预计投产后年分红8万元。",
        "预计建成后可灌溉农田2000亩。",
    ],
)
def test_where_only_intentions_are_stated_it_is_planned(text: str) -> None:
    assert measure_status(text) == "planned"


def test_what_stands_below_a_lead_in_of_next_steps_is_planned() -> None:
    issues = extract(
        "1.关于“失管”问题\n整改情况:清点库房。\n下一步打算:每季度检查1次。\n"
        "2.关于“例会过多”问题\n【整改情况】\n(1)合并例会。\n(2)限定发言。\n【下一步工作计划】\n(1)每月抽查1次。\n(2)已定方案1份。"
    ).issues
    statuses = [[measure.status for measure in issue.measures] for issue in issues]
    assert statuses == [["completed", "planned"], ["completed", "completed", "planned", "completed"]]


def test_a_slogan_in_the_heading_says_nothing_of_the_status() -> None:
    [measure] = extract("1.关于“失管”问题的整改\n(1)持续推进清库行动。清点库房,补齐台账。").issues[0].measures
    assert (measure.heading, measure.status) == ("持续推进清库行动", "completed")


@pytest.mark.parametrize(("month", "status"), [(3, "completed"), (9, "in_progress")])
def test_what_was_due_before_the_signature_is_done(month: int, status: str) -> None:
    answer = f"(1)已更换柜锁12把,2024年{month}月底前完成库房清点。"
    [issue] = extract(f"1.关于“失管”问题的整改\n{answer}\n中共青禾镇委员会\n2024年6月15日\n").issues
    assert [measure.status for measure in issue.measures] == [status]


# Category


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("落实“第一议题”制度不到位", "political_leadership"),
        ("民主集中制执行不严,三重一大事项不上会", "political_leadership"),
        ("意识形态工作责任制落实不力", "ideology"),
        ("基层党建薄弱,党员发展不规范", "grassroots_party"),
        ("选人用人程序不规范,干部兼职清理不彻底", "personnel"),
        ("全面从严治党责任虚化,纪检监察监督乏力", "integrity"),
        ("落实中央八项规定不严", "integrity"),
        ("招商引资质量不高,产业结构单一", "economy"),
        ("营商环境不优,惠企政策落实打折扣", "business_environment"),
        ("政府债务化解缓慢,国资监管缺位", "public_finance"),
        ("工程招投标领域围标串标", "projects_procurement"),
        ("征收拆迁领域管理混乱", "projects_procurement"),
        ("养老服务供给不足", "livelihood"),
        ("殡葬管理不规范", "livelihood"),
        ("安全生产责任不落实,消防隐患突出", "safety"),
        ("生态环境保护不力,耕地保护缺位", "environment"),
        ("乡村振兴推进缓慢", "rural"),
        ("信访矛盾化解不力,基层治理薄弱", "governance"),
        ("上轮巡察整改不彻底", "rectification"),
        ("物业领域廉洁风险突出", "livelihood"),
        ("工程建设领域廉洁风险突出", "projects_procurement"),
        ("甲乙丙丁", "other"),
    ],
)
def test_the_category_is_the_findings_subject(title: str, category: str) -> None:
    assert issue_category(title, "") == category


def test_titles_of_other_sectors_have_a_category() -> None:
    """A reader would call none of these findings of courts, hospitals, banks, villages … ``other``."""
    lines = Path(__file__).parents[1].joinpath("support", "titles.txt").read_text(encoding="utf-8").splitlines()
    titles = [line.partition("|")[2] for line in lines]
    assert len(titles) == 65
    assert len([title for title in titles if issue_category(title, "") == "other"]) <= 5


def test_all_words_of_a_finding_may_overrule_what_its_title_lists() -> None:
    assert issue_category("乡村产业发展后劲不足,联农带农机制不紧密", "") == "rural"


def test_the_title_decides_before_the_measures() -> None:
    assert issue_category("殡葬管理不规范", "开展安全生产检查,排查消防隐患,整治危房。") == "livelihood"


def test_where_the_title_leaves_it_open_the_measures_decide() -> None:
    assert issue_category("甲乙丙丁", "开展安全生产检查,排查消防隐患。") == "safety"


# Status of an issue


@pytest.mark.parametrize(
    ("section", "status"),
    [
        (["集中整改期内已完成的事项"], "completed"),
        (["已整改到位的问题"], "completed"),
        (["需持续推进的整改事项"], "in_progress"),
        (["正在推进的问题"], "in_progress"),
        (["达到序时进度的任务"], "in_progress"),
        (["分阶段整改类问题"], "in_progress"),
        (["镇村财务方面"], "unspecified"),
        ([], "unspecified"),
    ],
)
def test_a_group_heading_tells_the_status(section: list[str], status: str) -> None:
    assert issue_status(section, "清点库房。") == status


@pytest.mark.parametrize(
    ("measures", "status"),
    [
        ("清点库房。该问题已整改到位。", "completed"),
        ("清点库房。目前问题已销号。", "completed"),
        ("清点库房。该问题正在推进整改。", "in_progress"),
        ("清点库房。该问题达到序时进度。", "in_progress"),
        ("清点库房。该问题分阶段整改。", "in_progress"),
        ("已完成库房清点。", "unspecified"),
        ("正在清点库房。", "unspecified"),
        ("", "unspecified"),
    ],
)
def test_words_about_the_problem_itself_tell_the_status_and_single_measures_do_not(measures: str, status: str) -> None:
    assert issue_status([], measures) == status


@pytest.mark.parametrize(
    ("measures", "status"),
    [
        ("补录台账58条。已整改到位。", "completed"),
        ("(1)补录台账58条。\n(2)清点库房。整改完毕。", "completed"),
        ("补录台账58条。目前已完成整改。", "completed"),
        ("补录台账58条。正在整改。", "in_progress"),
        ("补录台账58条。该问题整改正在推进。", "in_progress"),
        ("补录台账58条。该问题整改已基本完成。", "in_progress"),
        ("补录台账58条。该问题整改已全部到位。", "completed"),
        ("补录台账58条,已整改到位。", "unspecified"),
        ("(1)补录台账58条。已整改到位。\n(2)清点库房。已整改到位。", "unspecified"),
        ("(1)补录台账58条。已整改到位。\n(2)清点库房。", "unspecified"),
        ("补录台账58条。其他问题整改正在推进。", "unspecified"),
    ],
)
def test_a_state_alone_at_the_end_of_an_answer_speaks_of_the_problem(measures: str, status: str) -> None:
    assert issue_status([], measures) == status
    assert issue_status(["镇村财务方面"], measures) == status


def test_a_class_of_findings_tells_less_than_the_end_of_an_answer() -> None:
    assert issue_status(["限期整改类问题"], "补录台账58条。整改完成。") == "completed"
    assert issue_status(["立行立改类问题"], "补录台账58条。正在整改。") == "in_progress"
    assert issue_status(["限期整改类问题"], "补录台账58条。") == "in_progress"
    assert issue_status(["分阶段整改类问题"], "补录台账58条。已整改到位。") == "completed"


def test_a_group_heading_outweighs_a_sentence_in_one_measure() -> None:
    assert issue_status(["需持续推进的整改事项"], "该问题已整改到位。") == "in_progress"
    assert issue_status(["集中整改期内已完成的事项"], "其余问题正在推进整改。") == "completed"


@pytest.mark.parametrize(
    ("heading", "lead_in", "status"),
    [
        ("1.关于“库房失管”问题的整改(已完成)", "整改情况:", "completed"),
        ("1.关于“库房失管”问题的整改(持续推进)", "整改情况:", "in_progress"),
        ("1.关于“库房失管”问题的整改", "整改进展:已完成。", "completed"),
        ("1.关于“库房失管”问题的整改", "整改进展:持续推进。", "in_progress"),
        ("1.关于“库房失管”问题的整改", "整改状态:部分完成,持续推进", "in_progress"),
        ("1.关于“库房失管”问题的整改", "已整改落实。", "completed"),
        ("1.关于“库房失管”问题的整改", "已整改落实并长期坚持。", "completed"),
        ("1.关于“库房失管”问题的整改", "整改情况:均已整改落实,长期坚持。", "completed"),
        ("1.关于“库房失管”问题的整改", "整改情况:", "unspecified"),
    ],
)
def test_a_note_beside_the_heading_or_in_the_lead_in_tells_the_status(heading: str, lead_in: str, status: str) -> None:
    [issue] = extract(f"{heading}\n{lead_in}\n(1)清点库房,补齐台账。\n(2)更换柜锁12把。").issues
    assert (issue.title, issue.status) == ("库房失管", status)


def test_judgements_are_values_of_the_vocabularies() -> None:
    text = "1.关于“库房失管”问题的整改\n(1)清点库房。\n(2)下一步将更换柜锁。"
    [issue] = extract(text).issues
    assert issue.category in VOCABULARIES["category"]
    assert issue.status in VOCABULARIES["issue_status"]
    for measure in issue.measures:
        assert measure.status in VOCABULARIES["measure_status"]
        assert set(measure.types) <= VOCABULARIES["measure_type"].keys()


# Confidence


def test_what_is_judged_says_how_sure_it_is() -> None:
    [issue] = extract("1.关于“失管”问题的整改\n(1)县财政局清点库房12间,给予党纪处分3人。").issues
    [measure] = issue.measures
    assert set(issue.confidence) == {"category", "status"}
    assert set(measure.confidence) == {
        *("types", "status", "quantities[0].subject", "quantities[1].subject", "organizations[0]", "accountability[0]")
    }
    assert all(0 < sure < 1 for sure in (*issue.confidence.values(), *measure.confidence.values()))


def test_what_a_person_confirms_has_no_confidence_of_the_rules() -> None:
    notice = extract("1.关于“失管”问题的整改\n(1)县财政局清点库房12间。")
    items = [replace(item, by={"": PERSON}) if item.kind == "organization" else item for item in take_apart(notice)]
    [measure] = put_together(notice, items).notice.issues[0].measures
    assert set(measure.confidence) == {"types", "status", "quantities[0].subject"}
