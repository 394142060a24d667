"""Which findings come again, from one notice to the next."""

from __future__ import annotations

import pytest

from extractor.collection.recurring import MOST_FINDINGS, ComparedFinding, ComparedMeasure, strands
from extractor.errors import InputError


def finding(title: str, category: str = "integrity", status: str = "unspecified", *measures: str) -> ComparedFinding:
    held = [ComparedMeasure(f"m{k}", words, "completed") for k, words in enumerate(measures)]
    return ComparedFinding(title, title, category, status, held)


def matches(earlier: list[ComparedFinding], later: list[ComparedFinding]) -> list[tuple[str, str]]:
    return [(each.told[0].title, each.told[1].title) for each in strands([earlier, later]) if len(each.told) == 2]


def years(*editions: list[str]) -> list[dict[int, str]]:
    """The findings of notices by their titles, each with the places of the notices that tell of it."""
    found = strands([[finding(title) for title in titles] for titles in editions])
    return [{at: each.title for at, each in strand.told.items()} for strand in found]


class TestRecurring:
    def test_findings_are_matched_by_what_they_say_not_by_what_all_say(self) -> None:
        before = [finding("公务用车管理不到位"), finding("津贴补贴发放不到位"), finding("工程招投标管理不到位")]
        now = [
            finding("仍存在违规发放津贴补贴问题"),
            finding("公车使用和公务用车维修不规范"),
            finding("党费收缴不到位"),
        ]
        assert matches(before, now) == [
            ("津贴补贴发放不到位", "仍存在违规发放津贴补贴问题"),
            ("公务用车管理不到位", "公车使用和公务用车维修不规范"),
        ]

    def test_another_category_needs_more_in_common(self) -> None:
        title, near = "津贴补贴发放不到位", "发放津贴和补贴超标"
        assert matches([finding(title)], [finding(near)]) == [(title, near)]
        assert matches([finding(title)], [finding(near, "economy")]) == []
        assert matches([finding(title)], [finding(title, "economy")]) == [(title, title)]

    def test_words_that_any_finding_may_have_do_not_make_two_alike(self) -> None:
        assert matches([finding("公务用车管理不到位")], [finding("工程项目管理不到位")]) == []

    def test_each_is_matched_once(self) -> None:
        same = "学习教育流于形式"
        assert matches([finding(same)], [finding(same), finding(same)]) == [(same, same)]

    def test_measures_that_go_on_are_told(self) -> None:
        before = finding("公务用车", "integrity", "unspecified", "开展公务用车专项检查。", "约谈负责人。")
        now = finding("公务用车", "integrity", "unspecified", "制定办法。", "持续开展公务用车专项检查3次。")
        (found,) = strands([[before], [now]])
        assert [(each[0].words, each[1].words) for each in found.measures] == [
            ("开展公务用车专项检查。", "持续开展公务用车专项检查3次。")
        ]

    @pytest.mark.parametrize("titles", [[], [""], ["、"]])
    def test_nothing_to_compare_is_no_match_and_no_fault(self, titles: list[str]) -> None:
        assert matches([finding(title) for title in titles], [finding("公务用车")]) == []


class TestManyNotices:
    def test_a_finding_is_followed_through_years_that_leave_it_out(self) -> None:
        found = years(
            ["津贴补贴发放不到位", "公务用车管理不到位"],
            ["工程招标管理不到位"],
            ["公车使用和公务用车维修不规范", "仍有工程招标走过场"],
            ["仍违规发放津贴补贴", "公务用车油卡管理混乱"],
        )
        assert found == [
            {0: "公务用车管理不到位", 2: "公车使用和公务用车维修不规范", 3: "公务用车油卡管理混乱"},
            {0: "津贴补贴发放不到位", 3: "仍违规发放津贴补贴"},
            {1: "工程招标管理不到位", 2: "仍有工程招标走过场"},
        ]

    def test_a_notice_has_a_finding_once_in_a_strand(self) -> None:
        same = "学习教育流于形式"
        assert years([same], [same, same], [same]) == [{0: same, 1: same, 2: same}, {1: same}]

    def test_what_only_a_bridge_makes_alike_is_not_one(self) -> None:
        """The middle one has words of both; those beside it have none in common."""
        ends = "公务用车管理", "津贴补贴发放"
        assert len(years([ends[0]], ["公务用车津贴补贴"], [ends[1]])) == 2

    def test_two_notices_are_compared_as_in_a_series_of_many(self) -> None:
        titles = [["津贴补贴发放不到位", "公务用车管理"], ["违规发放津贴补贴", "公务用车油卡管理"]]
        assert years(*titles, [], []) == years(*titles)

    def test_measures_are_followed_through_all_of_them(self) -> None:
        told = [finding("公务用车", "integrity", "unspecified", f"开展公务用车专项检查{n}次。") for n in (2, 3, 4)]
        (found,) = strands([[each] for each in told])
        assert [{at: measure.words for at, measure in each.items()} for each in found.measures] == [
            {at: f"开展公务用车专项检查{n}次。" for at, n in enumerate((2, 3, 4))}
        ]

    def test_more_than_can_be_compared_at_once_is_refused_in_a_sentence(self) -> None:
        many = [finding("公务用车")] * (MOST_FINDINGS // 2 + 1)
        with pytest.raises(InputError, match="choose fewer notices"):
            strands([many, many])


@pytest.mark.parametrize(
    ("status", "of_measure", "is_open"),
    [
        ("in_progress", "completed", True),
        ("unspecified", "in_progress", True),
        ("completed", "in_progress", False),
        ("unspecified", "completed", False),
    ],
)
def test_open_is_what_the_notice_says_is_not_finished(status: str, of_measure: str, is_open: bool) -> None:
    held = [ComparedMeasure("m", "制定办法。", of_measure)]
    assert ComparedFinding("i", "公务用车", "integrity", status, held).is_open is is_open
