"""What a model sees of a notice's text, and how its words are found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.assist.packs.display import Enclosure, Pin, find_words, same_words, shown, with_marks
from extractor.text.places import Place


def whole(text: str) -> list[Place]:
    return [Place(0, len(text))]


@given(st.text())
def test_shown_text_has_one_character_for_one_and_nothing_of_a_mark(text: str) -> None:
    seen = shown(text)
    assert len(seen) == len(text)
    assert not set(seen) & set("[]{}<>|`#\\\n\r\u2028\u200b\u202e\x00")
    seen.encode()


def test_candidates_are_enclosed_and_pins_set() -> None:
    text = "出资3-4万人次。"
    enclosed = [Enclosure(Place(2, 8), "o1"), Enclosure(Place(4, 8), "o2")]
    assert with_marks(text, Place(0, 9), enclosed, [Pin(2, "[q1]"), Pin(9, "[s]")]) == (
        "出资[q1][o1 3-[o2 4万人次]]。[s]"
    )


def test_crossing_candidates_still_nest() -> None:
    assert (
        with_marks("甲乙丙丁", Place(0, 4), [Enclosure(Place(0, 3), "a1"), Enclosure(Place(1, 4), "b1")])
        == "[a1 甲[b1 乙丙]]丁"
    )


@pytest.mark.parametrize(
    "said",
    ["镇“三资”平台", '镇"三资"平台', "镇「三资」 平台", "[o3 镇“三资”平台]", "镇“三资”[q2]平台"],
)
def test_words_are_found_whatever_their_quotes_blanks_and_marks(said: str) -> None:
    text = "由镇“三资”\n平台公示"
    place = find_words(text, whole(text), said)
    assert place == Place(1, 9)


def test_brackets_of_the_notice_are_found_as_shown_and_as_printed() -> None:
    text = "印发〔2023〕5号[试行]文"
    assert find_words(text, whole(text), shown("[试行]")) == Place(10, 14)
    assert find_words(text, whole(text), "[试行]") == Place(10, 14)
    assert find_words(text, whole(text), "[2023]5号") == Place(2, 10)


@pytest.mark.parametrize("said", ["", " ", "[q1 ]", "平抬"])
def test_other_words_are_not_found(said: str) -> None:
    assert find_words("由平台公示", whole("由平台公示"), said) is None


def test_words_are_found_in_the_first_place_that_holds_them() -> None:
    text = "镇财政所;镇财政所"
    assert find_words(text, [Place(5, 9), Place(0, 4)], "财政所") == Place(6, 9)
    assert find_words(text, [Place(0, 3)], "财政所") is None


def test_same_words_differ_in_width_and_quotes_only() -> None:
    assert same_words("“三资” 管理(试行)", '"三资"管理(试行)')
    assert not same_words("三资管理", "三资管理办")
