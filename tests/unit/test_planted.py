"""What the helpers of the other tests must do for those tests to mean anything."""

from __future__ import annotations

import pytest
from planted import full, notice, planted, without_blanks

from extractor.text.folding import half_width
from extractor.text.places import Place


def test_planted_marks_are_taken_out_and_their_places_told() -> None:
    assert planted("甲⟪乙⟫丙⟦丁戊⟧己") == ("甲乙丙丁戊己", [Place(3, 5)], [Place(1, 2)])


@pytest.mark.parametrize("broken", ["⟦甲", "⟦甲⟫"])
def test_planted_marks_that_do_not_pair_are_a_mistake_of_the_test(broken: str) -> None:
    with pytest.raises(AssertionError):
        planted(broken)


def test_full_gives_full_width_characters_of_the_same_length() -> None:
    assert full("(1)2.5%,:;!?") == "\uff08\uff11\uff09\uff12\uff0e\uff15\uff05\uff0c\uff1a\uff1b\uff01\uff1f"
    assert full("一、《甲》。") == "一、《甲》。"
    assert full(notice("1.甲")) != notice("1.甲")


def test_half_width_gives_widths_and_blanks_one_form() -> None:
    printed = full("(一)关于“甲”问题:12.5%,\u3000见《乙》!")
    assert half_width(printed) == "(一)关于“甲”问题:12.5%, 见《乙》!"


@pytest.mark.parametrize("printed", ["(一)", "12", "1)", "( 3 )"])
def test_a_label_in_half_width_has_no_blanks(printed: str) -> None:
    assert without_blanks(full(printed).replace(" ", "\u3000")) == printed.replace(" ", "")
