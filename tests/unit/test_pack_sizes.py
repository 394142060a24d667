"""How much is asked of a model at once: what is chosen, what answers teach, what is kept."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from extractor.endpoint.failures import Reason
from extractor.endpoint.model_capacity import (
    FILE_NAME,
    RUNGS,
    ModelCapacity,
    keep_capacity,
    kept_capacity,
)
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.settings import EndpointSettings

ELSEWHERE = "https://models.example/v1"
HERE = "http://127.0.0.1:8080/v1"


def settings(**more: Any) -> EndpointSettings:
    return EndpointSettings(**({"base_url": ELSEWHERE, "model": "some"} | more))


def after(capacity: ModelCapacity, *answers: bool, tokens: int | None = None) -> ModelCapacity:
    """A capacity after packs as large as it allows, or of so many ``tokens``, were answered right or not."""
    for right in answers:
        capacity = capacity.answered(tokens or capacity.most, right=right)
    return capacity


# --- what answers teach -----------------------------------------------------------------------------------------------


def test_each_answer_that_is_cut_makes_packs_smaller_down_to_one_piece() -> None:
    found = [ModelCapacity()]
    while found[-1].most > 1:
        found.append(after(found[-1], False))
    assert [each.most for each in found] == list(reversed(RUNGS))
    assert after(found[-1], False).most == 1


def test_right_answers_make_packs_larger_again() -> None:
    assert after(ModelCapacity(most=800), True, True).most == 800
    assert after(ModelCapacity(most=800), True, True, True).most == 1400


def test_a_size_that_was_too_much_is_not_tried_again_soon() -> None:
    cut = after(ModelCapacity(most=1400), False)
    assert after(cut, *[True] * 19).most == 800
    again = after(cut, *[True] * 20)
    assert again.most == 1400
    assert after(after(again, False), True).most == 800


def test_one_failure_among_many_right_answers_changes_nothing() -> None:
    assert after(ModelCapacity(), *[True] * 10, False).most == RUNGS[-1]


def test_a_small_pack_says_nothing_about_larger_ones() -> None:
    assert after(ModelCapacity(), False, False, tokens=300).most == RUNGS[-1]
    assert after(ModelCapacity(most=800), True, True, True, True, tokens=300).most == 800


def test_a_model_that_got_better_is_asked_more_in_the_end() -> None:
    poor = after(ModelCapacity(most=400), *[False] * 3)
    assert poor.most == 1
    assert after(poor, *[True] * 60, tokens=400).answered(1, right=True).most == 1  # but never beyond what it is asked
    assert after(ModelCapacity(most=800, wrong={800: 20}), *[True] * 60, tokens=800).most > 1


def test_an_answer_that_comes_late_is_of_the_size_on_this_machine_alone() -> None:
    assert PackSizes(settings(base_url=HERE)).is_too_much(Reason.TIMEOUT)
    assert not PackSizes(settings()).is_too_much(Reason.TIMEOUT)
    assert not PackSizes(settings(base_url=HERE)).is_too_much(Reason.AUTH)


# --- what is chosen ---------------------------------------------------------------------------------------------------


def test_few_notices_are_asked_in_many_packs_and_many_in_few() -> None:
    sizes = PackSizes(settings())
    said = {number: (sizes.expect(number), sizes.budget(6000)) for number in (1, 1000)}
    assert said[1][1] < said[1000][1] == RUNGS[-1]
    assert said[1][0].startswith("prefer fast (one notice): many calls at once")
    assert said[1000][0].startswith("prefer cheap (1,000 notices): few calls")


@pytest.mark.parametrize(("prefer", "notices"), [("fast", 1000), ("cheap", 1)])
def test_a_preference_that_is_set_holds(prefer: str, notices: int) -> None:
    assert PackSizes(settings(prefer=prefer)).expect(notices).startswith(f"prefer {prefer} (--prefer)")


def test_a_size_that_is_set_holds_whatever_is_known() -> None:
    sizes = PackSizes(settings(pack_tokens=123), ModelCapacity(most=1))
    assert sizes.budget(6000) == 123


def test_an_unknown_model_of_this_machine_begins_with_small_packs() -> None:
    here, elsewhere = (PackSizes(settings(base_url=base_url, prefer="cheap")) for base_url in (HERE, ELSEWHERE))
    assert here.budget(6000) < elsewhere.budget(6000)


def test_where_prompts_are_read_anew_each_time_fewer_calls_are_made() -> None:
    cached, uncached = (
        PackSizes(settings(prefer="fast"), ModelCapacity(at_once=64, caches_prefix=caches)) for caches in (True, False)
    )
    assert cached.budget(6000) < uncached.budget(6000)


def test_no_more_packs_are_made_than_calls_run_side_by_side() -> None:
    few = PackSizes(settings(prefer="fast"), ModelCapacity(at_once=2, caches_prefix=True))
    assert few.budget(6000) >= 2800


@pytest.mark.parametrize(
    ("longest", "capacity", "pinned", "chosen"),
    [
        ({800: 300, 1000: 375}, ModelCapacity(), None, 1000),
        ({800: 300, 1000: 376}, ModelCapacity(), None, 800),  # the run would wait for that answer
        ({800: 0, 1000: 0}, ModelCapacity(most=800), None, 800),
        ({800: 0, 1000: 0}, ModelCapacity(), 800, 800),
    ],
)
def test_fewer_calls_are_made_where_the_longest_answer_hardly_grows(
    longest: dict[int, int], capacity: ModelCapacity, pinned: int | None, chosen: int
) -> None:
    sizes = PackSizes(settings(prefer="fast", concurrency=64, pack_tokens=pinned), capacity)
    assert sizes.budgets(6000, longest.__getitem__)[0] == chosen
    assert set(sizes.budgets(6000, longest.__getitem__)) >= {*RUNGS, 1000}


def test_a_model_is_never_asked_more_than_it_can() -> None:
    for prefer in ("fast", "cheap"):
        assert PackSizes(settings(prefer=prefer), ModelCapacity(most=1)).budget(6000) == 1


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_what_was_seen_of_a_model_is_kept_by_its_name_and_address(tmp_path: Path) -> None:
    seen = after(ModelCapacity(at_once=4, caches_prefix=True, first_token=0.5, read=900.0, written=20.0), False)
    keep_capacity(tmp_path / "new", settings(), seen)
    keep_capacity(tmp_path / "new", settings(model="other"), ModelCapacity(most=1))
    assert kept_capacity(tmp_path / "new", settings()) == seen
    assert kept_capacity(tmp_path / "new", settings(model="other")).most == 1
    assert kept_capacity(tmp_path / "new", settings(base_url=HERE)).most == 800


def test_no_key_is_kept_and_nobody_else_reads_the_file(tmp_path: Path) -> None:
    secret = settings(base_url="https://me:hunter22@models.example/v1?key=sk-planted", api_key="sk-other")
    keep_capacity(tmp_path, secret, ModelCapacity())
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert not [word for word in ("hunter22", "sk-planted", "sk-other", "me:") if word in text]
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "held",
    [
        "",
        "[]",
        "{",
        '{"some at https://models.example/v1": 7}',
        "[" * 5000,
        '{"some at https://models.example/v1": {"most": 7}}',
    ],
)
def test_a_file_that_holds_nothing_sound_is_passed_over_and_replaced(tmp_path: Path, held: str) -> None:
    (tmp_path / FILE_NAME).write_text(held, encoding="utf-8")
    assert kept_capacity(tmp_path, settings()) == ModelCapacity()
    keep_capacity(tmp_path, settings(), ModelCapacity(most=1))
    assert kept_capacity(tmp_path, settings()).most == 1


def test_odd_values_in_the_file_are_unknown(tmp_path: Path) -> None:
    odd = {
        "most": 800,
        "right": {"800": "many", "7": 1},
        "wrong": [],
        "at_once": -1,
        "caches_prefix": "yes",
        "read": "NaN",
    }
    (tmp_path / FILE_NAME).write_text(json.dumps({"some at https://models.example/v1": odd}), encoding="utf-8")
    assert kept_capacity(tmp_path, settings()) == ModelCapacity(most=800, right={800: 0})


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_capacity(tmp_path / "file", settings(), ModelCapacity())
