"""Recorded models: their answers are still those to what a run asks, and no field gets worse by them beyond chance."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import GOLD_NOTICES, SUPPORT
from notice_extractor_eval.gold_folder import Split
from recorded_models import JUDGED, SMALL, SPLITS, reader_of, recorded, scored, trusted

from extractor.files.parts.left_out import ReadText
from extractor.readers import reading
from extractor.trust_tables import table_of

SHORT = SUPPORT / "recordings" / "short.txt"
NOTICES = [*sorted(GOLD_NOTICES.glob("*.txt")), SHORT]


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_every_call_about_a_notice_has_its_recorded_answer(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    with reading(trusted("recorded-large")) as read:
        assert read(ReadText(text), path.stem).failures == []


def test_the_small_model_was_asked_about_a_whole_notice() -> None:
    [path] = GOLD_NOTICES.glob("nanjing-*.txt")
    with reading(reader_of(SMALL)) as read:
        found = read(ReadText(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")), path.stem)
    assert found.failures == []
    assert "model_guesses" in {check.code for check in found.notice.checks}


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
