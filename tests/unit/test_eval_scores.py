"""What a score is, and which fields each kind of mistake moves: exactly the ones it should."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from eval_examples import notices
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from notice_extractor_eval.score_fields import ROWS
from notice_extractor_eval.scores import Score, add_up, macro, micro, score_notice

from extractor.record.contract import DateMention, Issue, Measure, Notice, Quantity, Span
from extractor.record.enumerations import VOCABULARIES

settings.register_profile("eval", deadline=None, max_examples=40)
settings.load_profile("eval")

Example = tuple[Notice, str]
MEASURE_SPANS = {"measures.text.exact", "measures.text.overlap", "measures.text.iou"}
QUANTITIES = {
    "measures.quantities",
    "measures.quantities.subject",
    "measures.quantities.subject.overlap",
    "measures.quantities.qualifier",
}
DOCUMENTS = {"measures.documents", "measures.documents.title"}
IN_A_MEASURE = {name for name in ROWS if name.startswith("measures")}
IN_AN_ISSUE = {name for name in ROWS if name.startswith("issues")} | IN_A_MEASURE


# -- the value itself -----------------------------------------------------------------------------------------------


def test_ratios_follow_from_counts() -> None:
    score = Score(tp=6, fp=2, fn=4)
    assert (score.precision, score.recall, score.support) == (0.75, 0.6, 10)
    assert score.f1 == pytest.approx(2 / (1 / 0.75 + 1 / 0.6))


def test_scores_add_up() -> None:
    assert Score(1, 2, 3) + Score(4, 5, 6) == Score(5, 7, 9)


@pytest.mark.parametrize(
    ("score", "ratios"),
    [(Score(), (1, 1, 1)), (Score(fn=1), (0, 0, 0)), (Score(fp=1), (0, 0, 0)), (Score(tp=1), (1, 1, 1))],
)
def test_quotients_without_a_denominator(score: Score, ratios: tuple[float, ...]) -> None:
    assert (score.precision, score.recall, score.f1) == ratios


def test_macro_leaves_out_the_notices_in_which_a_field_does_not_occur() -> None:
    found = macro([{"totals": Score(tp=1)}, {"totals": Score()}, {"totals": Score(fn=2)}])
    assert (found["totals"].f1, found["totals"].notices) == (0.5, 2)
    assert (found["title"].f1, found["title"].notices) == (1.0, 0)


# -- whole notices --------------------------------------------------------------------------------------------------


@given(notices())
def test_a_perfect_prediction_scores_one_everywhere(example: Example) -> None:
    gold, _ = example
    for name, score in score_notice(gold, gold).items():
        assert (score.precision, score.recall, score.f1) == (1, 1, 1), name


@given(notices())
def test_an_empty_prediction_finds_nothing_and_invents_nothing(example: Example) -> None:
    gold, _ = example
    full = score_notice(gold, gold)
    for name, score in score_notice(gold, None).items():
        assert score.tp == score.fp == 0, name
        assert score.fn == full[name].tp, name
        assert score.recall == (0 if full[name].counted else 1), name


@given(notices())
def test_gold_and_prediction_change_places_without_changing_f1(example: Example) -> None:
    gold, _ = example
    pred = _with_measure(gold, gold.issues[0].measures[0].model_copy(update={"quantities": [], "types": ["other"]}))
    there, back = score_notice(gold, pred), score_notice(pred, gold)
    for name in ROWS:
        assert (there[name].fp, there[name].fn) == (back[name].fn, back[name].fp), name


@given(notices(), st.randoms())
def test_the_order_of_lists_does_not_matter(example: Example, random: Any) -> None:
    gold, _ = example
    pred = _without_first_quantity(gold)

    def shuffled(values: Iterable[Any]) -> list[Any]:
        found = list(values)
        random.shuffle(found)
        return found

    mixed = []
    for issue in pred.issues:
        measures = [
            measure.model_copy(
                update={key: shuffled(getattr(measure, key)) for key in ("types", "documents", "quantities", "dates")}
            )
            for measure in issue.measures
        ]
        mixed.append(issue.model_copy(update={"measures": shuffled(measures)}))
    assert score_notice(gold, pred.model_copy(update={"issues": shuffled(mixed)})) == score_notice(gold, pred)


@given(st.lists(notices(issues=(1, 2)), min_size=2, max_size=3))
def test_micro_adds_the_counts_of_all_notices(examples: list[Example]) -> None:
    golds = [gold for gold, _ in examples]
    preds = [None, *golds[1:]]
    pairs = list(zip(golds, preds, strict=True))
    assert micro(pairs) == micro(reversed(pairs)) == add_up(score_notice(*pair) for pair in pairs)


# -- mutations ------------------------------------------------------------------------------------------------------


def _moved(gold: Notice, pred: Notice) -> set[str]:
    """Return the fields that are not perfect any more."""
    return {name for name, score in score_notice(gold, pred).items() if score.f1 != 1}


def _with_issue(notice: Notice, issue: Issue, at: int = 0) -> Notice:
    issues = list(notice.issues)
    issues[at] = issue
    return notice.model_copy(update={"issues": issues})


def _with_measure(notice: Notice, measure: Measure) -> Notice:
    issue = notice.issues[0]
    return _with_issue(notice, issue.model_copy(update={"measures": [measure, *issue.measures[1:]]}))


def _without_first_quantity(notice: Notice) -> Notice:
    measure = notice.issues[0].measures[0]
    return _with_measure(notice, measure.model_copy(update={"quantities": measure.quantities[1:]}))


@given(notices())
def test_a_dropped_figure_is_missed_among_the_figures_alone(example: Example) -> None:
    gold, _ = example
    assume(gold.issues[0].measures[0].quantities)
    pred = _without_first_quantity(gold)
    assert _moved(gold, pred) == QUANTITIES
    assert score_notice(gold, pred)["measures.quantities"].fn == 1
    assert score_notice(gold, pred)["measures.quantities"].fp == 0


@given(notices())
def test_a_figure_given_twice_is_false_once(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    assume(measure.quantities)
    pred = _with_measure(gold, measure.model_copy(update={"quantities": [*measure.quantities, measure.quantities[0]]}))
    assert _moved(gold, pred) == QUANTITIES
    assert score_notice(gold, pred)["measures.quantities"].fp == 1


@given(notices())
def test_a_document_given_twice_counts_once(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    doubled = {key: getattr(measure, key) * 2 for key in ("documents", "dates", "organizations", "types")}
    assert _moved(gold, _with_measure(gold, measure.model_copy(update=doubled))) == set()


@given(notices())
def test_one_changed_digit_is_wrong_among_the_figures_alone(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    assume(measure.quantities)
    first, *rest = measure.quantities
    changed = first.model_copy(update={"value": 100_000 + int(first.value)})
    pred = _with_measure(gold, measure.model_copy(update={"quantities": [changed, *rest]}))
    assert _moved(gold, pred) == QUANTITIES
    score = score_notice(gold, pred)["measures.quantities"]
    assert (score.fp, score.fn) == (1, 1)


@given(notices())
def test_a_wrong_subject_leaves_the_amount_right(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    assume(measure.quantities)
    quantities = [each.model_copy(update={"subject": "别的"}) for each in measure.quantities]
    pred = _with_measure(gold, measure.model_copy(update={"quantities": quantities}))
    assert _moved(gold, pred) - {"measures.quantities.subject.overlap"} == {"measures.quantities.subject"}


@given(notices())
def test_the_same_amount_in_another_unit_is_right(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    place = measure.text
    yuan = Quantity(value=3.5, unit="亿元", text=place), Quantity(value=12, unit="名", text=place)
    same = Quantity(value=35_000, unit="万元", text=place), Quantity(value=12, unit="人", text=place)
    one = _with_measure(gold, measure.model_copy(update={"quantities": list(yuan)}))
    other = _with_measure(gold, measure.model_copy(update={"quantities": list(same)}))
    assert _moved(one, other) == set()


@given(notices(), st.sampled_from(("organizations", "dates")))
def test_an_added_value_is_false_in_its_field_alone(example: Example, key: str) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    added = "多余的单位" if key == "organizations" else DateMention(value="1999", text=measure.text)
    pred = _with_measure(gold, measure.model_copy(update={key: [*getattr(measure, key), added]}))
    assert _moved(gold, pred) == {f"measures.{key}"}
    score = score_notice(gold, pred)[f"measures.{key}"]
    assert (score.fp, score.fn) == (1, 0)


@given(notices())
def test_another_document_action_leaves_the_title_right(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    assume(measure.documents)
    first, *rest = measure.documents
    other = first.model_copy(update={"action": "drafted" if first.action != "drafted" else "issued"})
    pred = _with_measure(gold, measure.model_copy(update={"documents": [other, *rest]}))
    assert _moved(gold, pred) == {"measures.documents"}


@given(notices())
def test_a_shifted_boundary_moves_the_spans_alone(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    shorter = Span(start=measure.text.start, end=measure.text.end - 2)
    assert _moved(gold, _with_measure(gold, measure.model_copy(update={"text": shorter}))) == MEASURE_SPANS


@given(notices())
def test_a_stretch_shifted_too_far_is_another_measure(example: Example) -> None:
    gold, _ = example
    measure = gold.issues[0].measures[0]
    size = measure.text.end - measure.text.start
    away = Span(start=measure.text.end + 10_000, end=measure.text.end + 10_000 + size)
    moved = _moved(gold, _with_measure(gold, measure.model_copy(update={"text": away})))
    assert {"measures", "measures.label", "measures.types", "measures.status"} | MEASURE_SPANS <= moved <= IN_A_MEASURE


@given(notices(issues=(2, 3)))
def test_swapped_categories_move_the_category_alone(example: Example) -> None:
    gold, _ = example
    first, second = gold.issues[:2]
    assume(first.category != second.category)
    pred = _with_issue(gold, first.model_copy(update={"category": second.category}))
    pred = _with_issue(pred, second.model_copy(update={"category": first.category}), 1)
    assert _moved(gold, pred) == {"issues.category"}
    assert score_notice(gold, pred)["issues.category"].fp == 2


@given(notices(), st.sampled_from(("label", "title", "status")))
def test_a_wrong_issue_scalar_moves_its_field_alone(example: Example, key: str) -> None:
    gold, _ = example
    issue = gold.issues[0]
    other = next(value for value in (*VOCABULARIES["issue_status"], "别的") if value != getattr(issue, key))
    pred = _with_issue(gold, issue.model_copy(update={key: other if key == "status" else "别的"}))
    assert _moved(gold, pred) == {f"issues.{key}"}


@given(notices(measures=(2, 3)))
def test_merged_measures_lose_what_measures_hold_and_nothing_else(example: Example) -> None:
    gold, _ = example
    issue = gold.issues[0]
    first, second, *rest = issue.measures
    whole = Span(start=first.text.start, end=second.text.end)
    lists = ("documents", "quantities", "dates", "organizations", "accountability")
    merged = first.model_copy(
        update={"text": whole} | {key: getattr(first, key) + getattr(second, key) for key in lists}
    )
    pred = _with_issue(gold, issue.model_copy(update={"measures": [merged, *rest]}))
    moved = _moved(gold, pred)
    assert {"measures", *MEASURE_SPANS} <= moved <= IN_A_MEASURE
    assert score_notice(gold, pred)["measures"].fn >= 1


@given(notices(issues=(2, 3)))
def test_a_dropped_issue_takes_its_contents_with_it(example: Example) -> None:
    gold, _ = example
    pred = gold.model_copy(update={"issues": gold.issues[1:]})
    scores = score_notice(gold, pred)
    assert {"issues", "issues.title", "measures"} <= _moved(gold, pred) <= IN_AN_ISSUE
    assert scores["issues"].fn == 1
    assert scores["measures"].fn == len(gold.issues[0].measures)
    assert all(score.fp == 0 for score in scores.values())


@given(notices())
def test_an_added_issue_is_false_with_its_contents(example: Example) -> None:
    gold, text = example
    issue = gold.issues[0]
    extra = issue.model_copy(update={"text": Span(start=len(text), end=len(text) + 50)})
    scores = score_notice(gold, gold.model_copy(update={"issues": [*gold.issues, extra]}))
    assert scores["issues"].fp == 1
    assert scores["measures"].fp == len(issue.measures)
    assert all(score.fn == 0 for score in scores.values())


MUTATIONS: dict[str, tuple[dict[str, object], set[str]]] = {
    "title lost": ({"title": None}, {"title", "notice_fields"}),
    "title wrong": ({"title": "别的"}, {"title", "notice_fields"}),
    "date invented": ({"signed_on": "2024-03"}, {"signed_on", "notice_fields"}),
    "body in other widths": ({"inspected_body": " 某 区委"}, set()),
    "totals lost": ({"totals": []}, {"totals"}),
    "contact wrong": ({"contact": {"phone": "110", "email": "a@b.cn"}}, {"contact", "contact.phone", "contact.email"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
@given(example=notices(issues=(1, 1), measures=(1, 1)))
@settings(max_examples=5)
def test_notice_fields_move_one_by_one(name: str, example: Example) -> None:
    gold, _ = example
    change, fields = MUTATIONS[name]
    pred = Notice.model_validate(gold.model_dump() | change)
    assert _moved(gold, pred) == fields


def test_wrong_missed_and_invented_scalars_are_counted_as_such() -> None:
    gold = Notice(notice_id="n", text_sha256="", title="甲", signed_by="乙")
    pred = Notice(notice_id="n", text_sha256="", title="丙", inspection_team="丁")
    scores = score_notice(gold, pred)
    assert scores["title"] == Score(fp=1, fn=1)
    assert scores["signed_by"] == Score(fn=1)
    assert scores["inspection_team"] == Score(fp=1)
    assert scores["feedback_date"] == Score()
    assert scores["notice_fields"] == Score(fp=2, fn=2)


def test_partial_span_scores_count_shared_characters_and_iou() -> None:
    def notice(start: int, end: int) -> Notice:
        issue = Issue(title="甲", text=Span(start=0, end=20), measures=[Measure(text=Span(start=start, end=end))])
        return Notice(notice_id="n", text_sha256="", issues=[issue])

    scores = score_notice(notice(0, 10), notice(2, 10))
    assert scores["measures.text.exact"] == Score(fp=1, fn=1)
    assert scores["measures.text.overlap"] == Score(tp=8, fn=2)
    assert scores["measures.text.iou"].f1 == pytest.approx(0.8)
    assert scores["measures"] == Score(tp=1)
