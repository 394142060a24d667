"""From text to issues and measures: what ``read_outline`` must find, one behaviour a test.

``⟪…⟫`` marks the title of each issue, ``⟦…⟧`` each measure; a text without marks holds none.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import full, in_both_widths, notice, planted, without_blanks

from extractor.notice.outline.measures import MeasureOutline
from extractor.notice.outline.notice_outline import NoticeOutline, read_outline
from extractor.text.folding import fold, half_width
from extractor.text.places import Place


class Read:
    """An outline beside the text it was read from; reading it checks every title and every measure to the character."""

    def __init__(self, marked: str, width: Callable[[str], str] = str) -> None:
        self.text, measures, titles = planted(width(marked))
        self._folded = fold(self.text)
        self.outline: NoticeOutline = read_outline(self._folded.text)
        found_titles = [self._folded.in_source(*issue.title) for issue in self.outline.issues]
        found_measures = [self._folded.in_source(*measure.text) for measure in self._measures()]
        cut = [[self.text[start:end] for start, end in places] for places in (found_titles, titles)]
        assert cut[0] == cut[1]
        cut = [[self.text[start:end] for start, end in places] for places in (found_measures, measures)]
        assert cut[0] == cut[1]
        assert found_titles == titles
        assert found_measures == measures

    def _measures(self) -> list[MeasureOutline]:
        return [measure for issue in self.outline.issues for measure in issue.measures]

    def _words(self, places: list[Place]) -> list[str]:
        return [self._cut(place) for place in places]

    def _cut(self, place: Place) -> str:
        start, end = self._folded.in_source(*place)
        return self.text[start:end]

    def _label(self, place: Place | None) -> str | None:
        return without_blanks(self._cut(place)) if place else None

    @property
    def labels(self) -> list[str | None]:
        return [self._label(issue.label) for issue in self.outline.issues]

    @property
    def measure_labels(self) -> list[str | None]:
        return [self._label(measure.label) for measure in self._measures()]

    @property
    def sections(self) -> list[list[str]]:
        return [self._words(list(issue.section)) for issue in self.outline.issues]

    @property
    def rests(self) -> list[tuple[str, str]]:
        return [(rest.kind, self._cut(rest.text)) for rest in self.outline.remainders]

    @property
    def gaps(self) -> list[tuple[str, str]]:
        return [(gap.after, gap.label) for gap in self.outline.gaps]


# Issues where findings are framed


@in_both_widths
def test_a_framed_heading_is_an_issue_and_the_units_numbered_below_it_are_its_measures(
    width: Callable[[str], str],
) -> None:
    read = Read(
        notice(
            "(一)关于“⟪库房物资失管⟫”问题的整改",
            "1.⟦清点库房,补齐台账。⟧",
            "2.⟦更换柜锁12把。⟧",
            "(二)关于“⟪例会过多⟫”问题的整改",
            "1.⟦合并例会。⟧",
        ),
        width,
    )
    assert read.labels == ["(一)", "(二)"]
    assert read.measure_labels == ["1", "2", "1"]


def test_the_deepest_framed_heading_is_the_issue() -> None:
    read = Read(
        notice(
            "(一)关于“落实惠农政策打折扣”问题的整改",
            "1.关于“⟪补贴发放迟缓⟫”问题的整改",
            "(1)⟦补发欠款。⟧",
            "2.关于“⟪公示流于形式⟫”问题的整改",
            "(1)⟦更换公示栏。⟧",
        )
    )
    assert read.labels == ["1", "2"]
    assert read.sections == [["关于“落实惠农政策打折扣”问题的整改"]] * 2


def test_a_framed_heading_without_framed_ones_below_is_an_issue_beside_deeper_ones() -> None:
    read = Read(
        notice(
            "(一)关于“落实惠农政策打折扣”问题的整改",
            "1.关于“⟪补贴发放迟缓⟫”问题的整改",
            "(1)⟦补发欠款。⟧",
            "2.关于“⟪公示流于形式⟫”问题的整改",
            "(1)⟦更换公示栏。⟧",
            "(二)关于“⟪库房物资失管⟫”问题的整改",
            "1.⟦清点库房。⟧",
        )
    )
    assert read.labels == ["1", "2", "(二)"]


@pytest.mark.parametrize(
    "heading",
    [
        "1.关于“⟪库房物资失管⟫”问题的整改情况。",
        "1.针对“⟪库房物资失管⟫”问题。",
        "1.关于⟪库房物资失管⟫的问题。",
        "反馈问题一:关于“⟪库房物资失管⟫”的问题",
        "1.“⟪库房物资失管⟫”问题整改情况",
    ],
)
def test_findings_are_framed_in_many_ways(heading: str) -> None:
    Read(notice(heading, "(1)⟦清点库房。⟧", "(2)⟦补齐台账。⟧"))


def test_a_heading_that_forgot_its_frame_is_an_issue_like_its_neighbours() -> None:
    read = Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)⟦清点库房。⟧",
            "2.⟪例会过多⟫",
            "(1)⟦合并例会。⟧",
            "3.关于“⟪公示流于形式⟫”问题的整改",
            "(1)⟦更换公示栏。⟧",
        )
    )
    assert read.labels == ["1", "2", "3"]


def test_fields_in_quotes_group_findings() -> None:
    read = Read(
        notice(
            "(一)在“落实惠农政策”方面",
            "1.关于“⟪补贴发放迟缓⟫”问题的整改",
            "(1)⟦补发欠款。⟧",
            "(二)在“管党治党”方面",
            "1.关于“⟪例会过多⟫”问题的整改",
            "(1)⟦合并例会。⟧",
        )
    )
    assert read.sections == [["在“落实惠农政策”方面"], ["在“管党治党”方面"]]


@in_both_widths
def test_a_frame_that_runs_on_counts_where_no_heading_stands_alone(width: Callable[[str], str]) -> None:
    read = Read(
        notice(
            "1.针对“⟪库房物资失管⟫”问题,⟦镇财政所清点库房,补齐台账。⟧",
            "2.针对“⟪例会过多⟫”问题,⟦镇党政办合并例会。⟧",
        ),
        width,
    )
    assert read.labels == ["1", "2"]


def test_findings_need_no_enumerator() -> None:
    read = Read(
        notice(
            "关于“⟪库房物资失管⟫”问题的整改",
            "⟦清点库房。⟧",
            "关于“⟪例会过多⟫”问题的整改",
            "⟦合并例会。⟧",
        )
    )
    assert read.labels == [None, None]


# Issues where nothing is framed


def test_without_frames_the_deepest_heading_with_its_own_answer_is_the_issue() -> None:
    read = Read(
        notice(
            "(一)党的建设方面",
            "1.⟪学习制度执行不严⟫。",
            "⟦制定学习计划,每月集中一次。⟧",
            "2.⟪党费台账不清⟫。",
            "⟦核对党费收据,重建台账。⟧",
            "(二)镇村财务方面",
            "1.⟪库房物资失管⟫。",
            "⟦清点库房,更换柜锁。⟧",
        )
    )
    assert read.labels == ["1", "2", "1"]
    assert read.sections == [["党的建设方面"], ["党的建设方面"], ["镇村财务方面"]]


@in_both_widths
def test_a_heading_with_inline_measures_after_it_is_an_issue(width: Callable[[str], str]) -> None:
    read = Read(
        notice(
            "(一)落实惠农政策方面",
            "1.⟪规范补贴发放⟫。一是⟦核对发放名册。⟧二是⟦补发欠款。⟧",
            "2.⟪改进公示办法⟫。一是⟦更换公示栏;⟧二是⟦开通查询电话。⟧",
            "(二)管党治党方面",
            "1.⟪精简镇村例会⟫。一是⟦合并例会。⟧二是⟦限定发言。⟧",
        ),
        width,
    )
    assert read.labels == ["1", "2", "1"]
    assert read.measure_labels == ["一是", "二是"] * 3


def test_a_finding_and_its_answer_may_share_a_paragraph() -> None:
    Read(
        notice(
            "1.⟪库房物资管理不严⟫。⟦镇财政所清点库房,补齐台账,更换柜锁。⟧",
            "2.⟪例会过多,基层负担不减⟫。⟦镇党政办合并例会,会议减少一半。⟧",
            "3.⟪公示内容不全⟫。⟦镇经管站更换公示栏,逐月公示。⟧",
        )
    )


def test_a_framed_finding_and_its_answer_may_share_a_paragraph() -> None:
    Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改。⟦清点库房,补齐台账。⟧",
            "2.关于“⟪例会过多⟫”问题的整改。一是⟦合并例会。⟧二是⟦限定发言。⟧",
        )
    )


def test_a_task_may_stand_in_place_of_the_problem() -> None:
    read = Read(
        notice(
            "(一)⟪规范库房物资管理⟫",
            "1.⟦清点库房。⟧",
            "2.⟦补齐台账。⟧",
            "(二)⟪精简镇村例会⟫",
            "1.⟦合并例会。⟧",
            "2.⟦限定发言。⟧",
        )
    )
    assert read.labels == ["(一)", "(二)"]
    assert read.sections == [[], []]


# What is no issue


def test_the_leadership_part_the_next_steps_and_the_closing_hold_no_issues() -> None:
    Read(
        "\n".join(
            (
                "一、整改工作组织领导情况",
                "(一)提高站位。召开党委会5次。",
                "(二)压实责任。镇党委书记领办难题。",
                "二、整改进展情况",
                "1.关于“⟪库房物资失管⟫”问题的整改",
                "(1)⟦清点库房。⟧",
                "三、下一步工作打算",
                "(一)持续抓好后续整改。对照清单逐项核验。",
                "(二)深化成果运用。完善制度。",
                "欢迎广大干部群众对整改落实情况进行监督。",
                "中共青禾镇委员会",
                "2024年1月15日",
            )
        )
    )


def test_a_title_that_names_the_same_things_is_no_part() -> None:
    text = notice("1.⟪库房物资管理不严⟫", "(1)⟦清点库房。⟧", "2.⟪例会过多⟫", "(1)⟦合并例会。⟧")
    Read(text.replace("青禾镇党委关于巡察整改进展情况的通报", "青禾镇巡察整改情况通报"))


def test_part_headings_need_no_enumerator() -> None:
    Read(
        "\n".join(
            (
                "青禾镇党委关于巡察整改进展情况的通报",
                "根据县委统一部署,县委第二巡察组对青禾镇党委开展了巡察。现将整改进展情况予以公布。",
                "整改工作组织领导情况",
                "(一)提高站位。召开党委会5次。",
                "整改进展情况",
                "(一)关于“⟪库房物资失管⟫”问题的整改",
                "1.⟦清点库房。⟧",
                "下一步工作安排",
                "(一)持续抓好后续整改。对照清单逐项核验。",
                "中共青禾镇委员会",
                "2024年1月15日",
            )
        )
    )


def test_a_notice_may_have_no_parts_at_all() -> None:
    Read(
        "根据统一部署,县委第二巡察组对青禾镇党委开展了巡察。\n"
        "1.关于“⟪库房物资失管⟫”问题的整改。⟦清点库房。⟧\n2.关于“⟪例会过多⟫”问题的整改。⟦合并例会。⟧"
    )


@pytest.mark.parametrize(
    "afterword",
    ["下一步,镇党委将继续抓好整改。", "欢迎广大干部群众监督。联系电话:0999-7654321。", "总之,整改取得了成效。"],
)
def test_what_speaks_of_the_whole_again_after_the_last_issue_is_no_measure(afterword: str) -> None:
    Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "(1)⟦清点库房。⟧", afterword))


def test_an_enumerator_may_number_a_list_of_one() -> None:
    read = Read(
        notice(
            "1.关于⟪库房失管⟫的问题。①⟦清点库房3座。⟧②⟦补齐台账。⟧",
            "2.关于⟪例会过多⟫的问题。①⟦合并例会5个。⟧",
            "3.关于⟪作风不实⟫的问题。(1)⟦走访农户60户。⟧",
            "4.关于⟪决策不严⟫的问题。⟦否决议题3个。⟧",
        )
    )
    assert read.measure_labels == ["①", "②", "①", "(1)", None]


@pytest.mark.parametrize("sentence", ["镇党委召开会议6次。", "印发《巡查办法》。"])
def test_a_short_sentence_that_reports_before_a_findings_list_is_kept(sentence: str) -> None:
    answer = "一是建章立制:(1)⟦出台办法2项。⟧(2)⟦修订规程3项。⟧二是⟦强化培训,举办4期。⟧"
    Read(notice(f"(一)⟪履职不力⟫。⟦{sentence}⟧{answer}", "(二)⟪监管缺位⟫。⟦追回资金12万元。⟧"))


_CLOSING_LINES = [
    "整改永远在路上。局党组将以此次巡察整改为契机,举一反三、标本兼治,为建设美丽青禾提供坚强保证。",
    "整改工作虽然取得了阶段性成效,但与群众期盼相比还有差距。下步,镇党委将再接再厉。",
    "市委社会工作部将以钉钉子精神抓好常态长效,不断巩固扩大整改成果。",
    "巡察是政治体检,整改是政治任务。我局将切实把巡察成果转化为发展动力。",
    "对已完成的整改事项,适时开展“回头看”;对尚未完成的,紧盯不放、一抓到底。",
    "巡察整改是一项长期任务,我们深知仍有不少短板。",
    "站在新的起点上,全局上下将牢记嘱托、感恩奋进。",
    "(此件主动公开)",
    "感谢县委第二巡察组对我局工作的帮助指导。",
    "目前,11个问题已全部整改到位。",
    "总体看,5项任务中,4项完成整改,1项正按时序推进。",
    "校党委将把巡视整改与学科建设结合起来,以整改实效迎接建校70周年。",
    "全院干警将以更加务实的作风,努力让人民群众在每一个司法案件中感受到公平正义。",
    "9个问题中7个已销号,其余2个将于年底前完成整改。",
    "不足之处,敬请批评指正。",
]


@pytest.mark.parametrize("closing", _CLOSING_LINES)
def test_a_last_paragraph_that_speaks_of_the_whole_is_no_measure_of_the_last_finding(closing: str) -> None:
    Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "(1)⟦清点库房。⟧", "(2)⟦补齐台账。⟧", closing))


@pytest.mark.parametrize(
    "measure",
    [
        "目前,排查出的11个隐患已全部整改到位。",
        "退还群众押金3.6万元。",
        "对屡教不改的干部,镇党委给予党内警告处分。",
        "对巡察反馈的干部作风问题,由纪委逐人谈话。",
        "镇党委专题学习《信访工作条例》,推进整改工作。",
        "全镇干部下沉一线,与群众同吃同住。",
        "把整改与业务工作结合,建成智慧水务平台。",
        "邀请群众代表现场监督。",
        "将群众诉求办理纳入年度考核。",
        "对照反馈问题,镇党委向县委作出检讨。",
    ],
)
def test_a_last_paragraph_that_reports_something_of_its_own_is_a_measure(measure: str) -> None:
    Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)⟦清点库房。⟧",
            "2.关于“⟪例会过多⟫”问题的整改",
            "(1)⟦合并例会。⟧",
            "3.关于“⟪作风不实⟫”问题的整改",
            "(1)⟦走访农户。⟧",
            f"⟦{measure}⟧",
        )
    )


@pytest.mark.parametrize(
    "closing", ["村支部一定把大家的事办好。", "今天的付出,是为了明天的整改更实。", "我们相信,往后会更好。"]
)
def test_a_wish_where_no_other_finding_has_a_paragraph_is_a_closing(closing: str) -> None:
    answered = ("1.⟪库房失管⟫", "整改情况:⟦清点库房。⟧", "2.⟪例会过多⟫", "整改情况:⟦合并例会。⟧")
    Read(notice(*answered, "3.⟪作风不实⟫", "整改情况:⟦走访农户。⟧", closing))
    each = [line for line in answered for line in ([line] if line[0] != "整" else [line, f"⟦{closing}⟧"])]
    Read(notice(*each, "3.⟪作风不实⟫", "整改情况:⟦走访农户。⟧", f"⟦{closing}⟧"))


@pytest.mark.parametrize("ahead", ["下一步,加强巡查。", "镇党委将持续加强管护。", "通过整改,干部作风明显好转。"])
def test_a_next_step_that_each_finding_ends_with_is_the_last_ones_too(ahead: str) -> None:
    Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)⟦清点库房。⟧",
            f"⟦{ahead}⟧",
            "2.关于“⟪例会过多⟫”问题的整改",
            "(1)⟦合并例会。⟧",
            f"⟦{ahead}⟧",
            "3.关于“⟪作风不实⟫”问题的整改",
            "(1)⟦走访农户。⟧",
            f"⟦{ahead}⟧",
            "下一步,镇党委将做好巡察整改“后半篇文章”。",
        )
    )


def test_an_issues_only_paragraph_is_its_measure_however_it_opens() -> None:
    Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "⟦清点库房。⟧",
            "2.关于“⟪例会过多⟫”问题的整改",
            "⟦下一步将合并例会。⟧",
        )
    )


@pytest.mark.parametrize(
    "furniture", ["上一篇:河西镇关于巡察整改情况的通报", "1.关于“别处失管”问题的整改", "打印 关闭窗口"]
)
def test_what_follows_the_signature_is_outside_the_notice(furniture: str) -> None:
    Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "(1)⟦清点库房。⟧") + f"\n{furniture}")


@pytest.mark.parametrize(
    "text", ["", "\n \n", "今天天气很好。", "关于召开村民大会的通知\n请各组于周五到场。", "一、", "(一)(二)(三)"]
)
def test_a_text_that_is_no_notice_has_no_issues_and_no_coverage(text: str) -> None:
    read = Read(text)
    assert read.outline.rectification == ()
    assert read.outline.coverage is None


# Grouping headings


@in_both_widths
def test_grouping_headings_are_sections_outermost_first_and_the_parts_own_heading_is_none(
    width: Callable[[str], str],
) -> None:
    read = Read(
        notice(
            "(一)落实惠农政策方面",
            "1.补贴资金管理",
            "(1)关于“⟪补贴发放迟缓⟫”问题的整改",
            "①⟦补发欠款;⟧②⟦公开名册。⟧",
            "2.补贴政策宣传",
            "(1)关于“⟪公示流于形式⟫”问题的整改",
            "①⟦更换公示栏;⟧②⟦入户讲解。⟧",
        ),
        width,
    )
    assert read.sections == [["落实惠农政策方面", "补贴资金管理"], ["落实惠农政策方面", "补贴政策宣传"]]
    assert read.measure_labels == ["①", "②", "①", "②"]


def test_numbering_may_start_over_in_each_group() -> None:
    read = Read(
        notice(
            "(一)集中整改期内已完成的事项",
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)⟦清点库房。⟧",
            "2.关于“⟪例会过多⟫”问题的整改",
            "(1)⟦合并例会。⟧",
            "(二)需持续推进的事项",
            "1.关于“⟪公示流于形式⟫”问题的整改",
            "(1)⟦更换公示栏。⟧",
        )
    )
    assert read.labels == ["1", "2", "1"]
    assert read.gaps == []


def test_numbering_may_go_on_from_group_to_group() -> None:
    read = Read(
        notice(
            "(一)财务方面",
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)⟦清点库房。⟧",
            "(二)作风方面",
            "2.关于“⟪例会过多⟫”问题的整改",
            "(1)⟦合并例会。⟧",
        )
    )
    assert read.labels == ["1", "2"]
    assert read.gaps == []


def test_findings_and_their_measures_may_be_numbered_alike() -> None:
    read = Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "1.⟦清点库房。⟧",
            "2.⟦补齐台账。⟧",
            "2.关于“⟪例会过多⟫”问题的整改",
            "1.⟦合并例会。⟧",
            "2.⟦限定发言。⟧",
        )
    )
    assert read.labels == ["1", "2"]
    assert read.measure_labels == ["1", "2", "1", "2"]


# Measures


@pytest.mark.parametrize(
    ("first", "second", "labels"),
    [
        ("(1)", "(2)", ["(1)", "(2)"]),
        ("①", "②", ["①", "②"]),
        ("一是", "二是", ["一是", "二是"]),
        ("第一,", "第二,", ["第一", "第二"]),
        ("(一)", "(二)", ["(一)", "(二)"]),
    ],
)
def test_measures_are_numbered_in_many_ways(first: str, second: str, labels: list[str]) -> None:
    read = Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", f"{first}⟦清点库房。⟧", f"{second}⟦补齐台账。⟧"))
    assert read.measure_labels == labels


def test_where_one_level_of_numbering_holds_another_the_deeper_one_counts() -> None:
    read = Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)健全台账。一是⟦清点库房。⟧二是⟦登记入库。⟧",
            "(2)⟦更换柜锁。⟧",
        )
    )
    assert read.measure_labels == ["一是", "二是", "(2)"]


def test_a_paragraph_without_an_enumerator_is_a_measure_of_its_own() -> None:
    read = Read(
        notice(
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "⟦镇党委到库房现场办公,逐柜核对物资,逐件登记责任人。⟧",
            "(1)⟦清点库房。⟧",
            "⟦目前物资账实相符。⟧",
            "2.关于“⟪例会过多⟫”问题的整改",
            "⟦合并例会。⟧",
            "⟦限定发言。⟧",
        )
    )
    assert read.measure_labels == [None, "(1)", None, None, None]


@in_both_widths
@pytest.mark.parametrize("lead_in", ["整改情况:", "整改落实情况:"])
def test_a_lead_in_line_is_neither_title_nor_measure(width: Callable[[str], str], lead_in: str) -> None:
    read = Read(
        notice(
            "1.⟪库房物资失管⟫",
            lead_in,
            "(1)⟦清点库房。⟧",
            "2.⟪例会过多⟫",
            lead_in,
            "(1)⟦合并例会。⟧",
        ),
        width,
    )
    assert ("lead_in", width(lead_in)) in read.rests


def test_a_lead_in_may_stand_right_before_the_answer() -> None:
    Read(
        notice(
            "1.关于⟪库房物资失管⟫的问题。",
            "整改情况:⟦清点库房,补齐台账。⟧",
            "2.关于⟪例会过多⟫的问题。",
            "整改情况:⟦合并例会。⟧",
        )
    )


def test_lines_that_give_a_property_of_the_issue_are_no_measures() -> None:
    read = Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "责任单位:镇财政所", "整改时限:长期坚持", "(1)⟦清点库房。⟧"))
    assert [words for kind, words in read.rests if kind == "note"] == ["责任单位:镇财政所", "整改时限:长期坚持"]


def test_a_measure_goes_to_the_end_of_its_last_sentence() -> None:
    Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "(1) ⟦清点库房。登记物资46件;补齐台账。⟧ ", "(2)⟦更换柜锁⟧"))


def test_an_issue_goes_from_its_enumerator_to_the_end_of_its_last_measure() -> None:
    text, [first, second], _ = planted(
        notice(
            "⟦1.关于“库房物资失管”问题的整改",
            "(1)清点库房。",
            "(2)更换柜锁。⟧",
            "⟦2.关于“例会过多”问题的整改",
            "合并例会。⟧",
        )
    )
    assert [issue.text for issue in read_outline(text).issues] == [first, second]


def test_enumerators_in_a_quoted_slogan_divide_nothing() -> None:
    Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "(1)⟦开展“一是管得住、二是用得好”行动,选派第一书记到库房。⟧"))


# Pages as they come


@in_both_widths
@pytest.mark.parametrize("glue", ["", " "], ids=["nothing", "blank"])
def test_a_whole_page_on_one_line_is_read_like_any_other(width: Callable[[str], str], glue: str) -> None:
    lines = (
        "根据县委统一部署,2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察。现将整改情况通报如下:",
        "一、整改工作组织领导情况",
        "镇党委召开专题会5次,逐条认领任务,逐月听取进度,把责任落到每一名班子成员身上。",
        "二、整改进展情况",
        "(一)关于“⟪库房物资失管⟫”问题的整改。",
        "1.⟦镇财政所清点库房,补齐出入库台账。⟧",
        "2.⟦更换破损柜锁,张贴清点结果。⟧",
        "(二)关于“⟪镇村例会过多⟫”问题的整改。",
        "1.⟦镇党政办合并例会,压缩发言时间。⟧",
        "2.⟦能书面通报的不再开会。⟧",
        "三、下一步工作打算",
        "镇党委将继续对照清单逐项核验,防止旧病复发,对新发现的苗头露头就打,常抓不懈。",
        "中共青禾镇委员会 2024年1月15日",
    )
    read = Read(glue.join(lines), width)
    assert read.labels == ["(一)", "(二)"]


def test_no_signature_is_needed() -> None:
    Read(notice("1.关于“⟪库房物资失管⟫”问题的整改", "(1)⟦清点库房。⟧", "(2)⟦补齐台账。⟧", signature=""))


def test_ideographic_spaces_before_lines_and_behind_enumerators_change_nothing() -> None:
    Read(notice("\u3000\u30001.\u3000关于“⟪库房物资失管⟫”问题的整改", "\u3000\u3000(1)\u3000⟦清点库房。⟧"))


# Numbering that does not go on


@pytest.mark.parametrize(
    ("labels", "gaps"),
    [
        (("1", "2", "3"), []),
        (("1", "2", "4"), [("2", "4")]),
        (("1", "2", "2", "3"), [("2", "2")]),
        (("1", "3", "2"), [("1", "3"), ("3", "2")]),
        (("2", "3"), [("", "2")]),
    ],
    ids=["in order", "missing", "doubled", "out of order", "late start"],
)
def test_a_break_in_the_numbering_loses_nothing_and_is_told(
    labels: tuple[str, ...], gaps: list[tuple[str, str]]
) -> None:
    findings = ("库房物资失管", "镇村例会过多", "公示流于形式", "党费台账不清")
    lines = [
        line
        for label, finding in zip(labels, findings, strict=False)
        for line in (f"{label}.关于“⟪{finding}⟫”问题的整改", "⟦镇党委逐项补正。⟧")
    ]
    read = Read(notice(*lines))
    assert read.labels == list(labels)
    assert read.gaps == gaps


def test_a_gap_among_measures_is_told_too() -> None:
    read = Read(
        notice("1.关于“⟪库房物资失管⟫”问题的整改", "一是⟦清点库房。⟧二是⟦补齐台账。⟧四是⟦更换柜锁。⟧六是⟦张贴标识。⟧")
    )
    assert read.measure_labels == ["一是", "二是", "四是", "六是"]
    assert read.gaps == [("二是", "四是"), ("四是", "六是")]


# How much was read


def test_coverage_is_the_share_of_the_parts_characters_that_lie_in_a_measure() -> None:
    read = Read("1.关于“⟪库房失管⟫”问题的整改\n(1)⟦清点库房。⟧\n(2)⟦补齐台账。⟧")
    [part] = read.outline.rectification
    size = len("".join(read.text[part.start : part.end].split()))
    assert (part, size) == (Place(0, len(read.text)), len("1.关于“库房失管”问题的整改(1)清点库房。(2)补齐台账。"))
    assert read.outline.coverage == pytest.approx(10 / size, abs=1e-4)


def test_more_text_in_measures_is_more_coverage() -> None:
    short, long = (
        read_outline(notice("1.关于“库房物资失管”问题的整改", f"(1){'清点库房,补齐台账。' * times}")).coverage
        for times in (1, 20)
    )
    assert short is not None
    assert long is not None
    assert short < long < 1


def test_blanks_do_not_count_for_coverage() -> None:
    close, wide = (
        read_outline(half_width(notice(f"1.关于“库房物资失管”问题的整改{gap}", f"(1)清点{gap}库房。"))).coverage
        for gap in ("", "\u3000\u3000 ")
    )
    assert close == wide


def test_headings_and_lead_ins_are_named_as_what_lies_in_no_measure() -> None:
    read = Read(notice("(一)财务方面", "1.关于“⟪库房物资失管⟫”问题的整改", "整改情况:", "(1)⟦清点库房。⟧"))
    assert [kind for kind, _ in read.rests] == ["heading", "heading", "lead_in"]
    assert [without_blanks(words) for _, words in read.rests][1].startswith("1.关于“库房物资失管”")


def test_text_of_the_part_that_belongs_nowhere_is_named_unread() -> None:
    read = Read(
        notice(
            "(一)财务方面",
            "镇党委对照反馈意见列出清单。",
            "1.关于“⟪库房物资失管⟫”问题的整改",
            "(1)⟦清点库房。⟧",
        )
    )
    assert [words for kind, words in read.rests if kind == "unread"] == ["镇党委对照反馈意见列出清单"]


def test_the_opening_ends_where_the_first_part_begins() -> None:
    text = notice("1.关于“库房物资失管”问题的整改", "(1)清点库房。")
    assert text[read_outline(text).opening_end :].startswith("一、组织领导情况")


def test_both_widths_have_the_same_outline() -> None:
    text = notice("(一)财务方面", "1.关于“库房物资失管”问题的整改", "一是清点库房;二是补齐台账。")
    assert read_outline(half_width(full(text))) == read_outline(text)


def test_the_date_a_page_prints_below_the_title_signs_no_first_notice() -> None:
    text = (
        "首页 > 信息公开 > 巡察整改\n县中医院党总支关于巡察整改进展情况的公示\n"
        "字号：[大 中 小] 发布日期：2023年12月20日\n"
        "2023年6月20日，县委第二巡察组向县中医院党总支反馈了巡察意见。现将整改进展情况公布如下。\n"
        "整改工作组织领导情况\n细化整改措施46项。\n巡察反馈问题整改情况\n一、医疗服务方面\n"
        "1.候诊时间长的问题。增设夜间门诊3个。\n2.收费公示不规范的问题。退还多收检查费1.2万元。\n"
    )
    folded = fold(text).text
    titles = [folded[issue.title.start : issue.title.end] for issue in read_outline(folded).issues]
    assert titles == ["候诊时间长", "收费公示不规范"]
