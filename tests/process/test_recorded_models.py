"""Recorded models: their answers are still those to what a run asks, and no field gets worse by them beyond chance."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import GOLD_NOTICES, SUPPORT
from notice_extractor_eval.gold_folder import Split
from recorded_models import JUDGED, RECORDINGS, SPLITS, recorded, scored, table_file, trusted

from extractor.files.parts.left_out import ReadText
from extractor.readers import reading

SHORT = SUPPORT / "recordings" / "short.txt"
NOTICES = [*sorted(GOLD_NOTICES.glob("*.txt")), SHORT]


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_every_call_about_a_notice_has_its_recorded_answer(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    with reading(trusted("large")) as read:
        assert read(ReadText(text), path.stem).failures == []


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", recorded())
def test_no_field_is_worse_than_by_rules_beyond_chance(name: str, split: Split) -> None:
    rules, read = scored("rules", split)["fields"], scored(name, split)["fields"]
    for field in JUDGED:
        # The upper end of the interval of what was read with the model does not fall under the rules' score.
        upper = (read[field]["interval"] or {"f1": (0, 1)})["f1"][1]
        assert upper >= rules[field]["f1"], field


def test_a_table_belongs_to_every_recording() -> None:
    assert [table_file(name).name for name in recorded()] == sorted(
        path.name for path in RECORDINGS.glob("*.trust.toml")
    )
