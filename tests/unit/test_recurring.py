"""Which findings come again, from one notice to the next."""

from __future__ import annotations

import pytest

from extractor.collection.recurring import ComparedFinding, ComparedMeasure, recurring


def finding(title: str, category: str = "integrity", status: str = "unspecified", *measures: str) -> ComparedFinding:
    held = [ComparedMeasure(f"m{k}", words, "completed") for k, words in enumerate(measures)]
    return ComparedFinding(title, title, category, status, held)


def matches(earlier: list[ComparedFinding], later: list[ComparedFinding]) -> list[tuple[str, str]]:
    return [(each.earlier.title, each.later.title) for each in recurring(earlier, later)]


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
        before = [finding("津贴补贴发放不到位")]
        assert matches(before, [finding("仍存在违规发放津贴补贴问题", "economy")]) == []
        assert matches(before, [finding("津贴补贴发放不到位", "economy")]) == [("津贴补贴发放不到位",) * 2]

    def test_each_is_matched_once(self) -> None:
        same = "学习教育流于形式"
        assert matches([finding(same)], [finding(same), finding(same)]) == [(same, same)]

    def test_measures_that_go_on_are_told(self) -> None:
        before = finding("公务用车", "integrity", "unspecified", "开展公务用车专项检查。", "约谈负责人。")
        now = finding("公务用车", "integrity", "unspecified", "制定办法。", "持续开展公务用车专项检查3次。")
        (found,) = recurring([before], [now])
        assert [(one.words, other.words) for one, other in found.measures] == [
            ("开展公务用车专项检查。", "持续开展公务用车专项检查3次。")
        ]

    @pytest.mark.parametrize("titles", [[], [""], ["、"]])
    def test_nothing_to_compare_is_no_match_and_no_fault(self, titles: list[str]) -> None:
        assert matches([finding(title) for title in titles], [finding("公务用车")]) == []


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
