"""Recorded models: their answers are still those to what a run asks, and no field gets worse by them beyond chance."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import GOLD, GOLD_NOTICES, SUPPORT
from notice_extractor_eval.gold_folder import Split, read_split
from recorded_models import ASKED, JUDGED, LARGE, SMALL, SPLITS, reader_of, recorded, scored, table_file, trusted

from extractor.assist.proposals.witnesses import eager
from extractor.files.parts.left_out import ReadText
from extractor.pipeline import ReadNotice, extract
from extractor.readers import ModelReader, reading
from extractor.trust_tables import read_calibration, table_of

SHORT = SUPPORT / "recordings" / "short.txt"
NOTICES = [*sorted(GOLD_NOTICES.glob("*.txt")), SHORT]
ASKED_OF_SMALL = [SHORT, *(GOLD_NOTICES / f"{name}.txt" for name in ASKED.values())]


def replayed(path: Path, reader: ModelReader) -> ReadNotice:
    """Return a notice as the rules and a recorded model read it."""
    with reading(reader) as read:
        return read(ReadText(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")), path.stem)


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_every_call_about_a_notice_has_its_recorded_answer(path: Path) -> None:
    assert replayed(path, trusted(LARGE)).failures == []


@pytest.mark.parametrize("path", ASKED_OF_SMALL, ids=lambda path: path.stem)
def test_the_small_model_was_asked_about_whole_notices(path: Path) -> None:
    # Who is measured is asked everything; under its table some is not asked any more.
    assert replayed(path, reader_of(SMALL, eager())).failures == []
    found = replayed(path, trusted(SMALL))
    assert found.failures == []
    assert ("model_guesses" in {check.code for check in found.notice.checks}) is (path != SHORT)  # it has one measure


@pytest.mark.parametrize("path", sorted(set(NOTICES).difference(ASKED_OF_SMALL)), ids=lambda path: path.stem)
def test_where_a_recording_has_no_answer_that_is_said_and_the_rules_stand(path: Path) -> None:
    found = replayed(path, trusted(SMALL))
    assert found.failures
    assert all("no answer is kept" in failure for failure in found.failures)
    by_rules = extract(found.text, notice_id=path.stem)
    assert found.notice.issues == by_rules.issues
    assert {check.code for check in found.notice.checks} - {check.code for check in by_rules.checks} == {"model_failed"}
    assert found.asked is not None
    assert found.asked["reading"]["agreed"] == {}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", recorded())
def test_no_field_is_worse_than_by_rules_beyond_chance(name: str, split: Split) -> None:
    rules, read = scored("rules", split)["fields"], scored(name, split)["fields"]
    for field in JUDGED:
        # The upper end of the interval of what was read with the model does not fall under the rules' score.
        upper = (read[field]["interval"] or {"f1": (0, 1)})["f1"][1]
        assert upper >= rules[field]["f1"], field


@pytest.mark.parametrize("name", recorded())
def test_a_table_is_shipped_with_every_recording(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # no table of the user's own comes first
    assert table_of(name).origin == "shipped"
    assert table_of(name).rows == trusted(name).table.rows


def test_no_table_is_measured_on_a_held_back_notice() -> None:
    tuned = read_split(GOLD, "tuned") or frozenset()
    measured_on = {name: set(read_calibration(table_file(name), name).notices) for name in recorded()}
    assert measured_on == {LARGE: set(tuned), SMALL: {ASKED["tuned"]}}
    assert ASKED["tuned"] in tuned
    assert ASKED["held-back"] not in tuned
