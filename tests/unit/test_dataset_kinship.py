"""What notices of a dataset are to each other, found part by part, is what they are to each other together."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_examples import NOTICE

from extractor import extract

pytest.importorskip("pyarrow")

from extractor.cluster import dataset_kinship
from extractor.cluster.confined_reading import JobRow
from extractor.cluster.dataset import JobDataset
from extractor.cluster.dataset_kinship import kin_of, place
from extractor.cluster.remote_files import place_of
from extractor.collection.kinship import kinships, related_keys
from extractor.collection.notice_signatures import NoticeSignature, signature_of
from extractor.tables.rows import notice_rows

_TEXTS = {
    "a": NOTICE,
    "copy": NOTICE,
    "later": NOTICE.replace("2024", "2026"),
    "other": NOTICE.replace("某镇", "松林镇"),
    "other_later": NOTICE.replace("某镇", "松林镇").replace("2024", "2025"),
    "nameless": "关于巡察整改情况的通报\n1.关于“学习不够”问题的整改。\n开展培训2期。\n",
    "nameless_too": "关于巡察整改情况的通报\n1.关于“学习不够”问题的整改。\n开展培训3期。\n",
}


def _row(name: str, text: str) -> tuple[JobRow, NoticeSignature]:
    notice = extract(text, notice_id=name)
    signature = signature_of(notice, text)
    return JobRow(
        name,
        name,
        "",
        name,
        record=notice.model_dump_json(),
        text=text,
        tables=notice_rows(notice, text),
        signature=signature.model_dump_json(),
        keys=tuple(related_keys(signature)),
    ), signature


@pytest.mark.parametrize("together", [1, 3, 100])
def test_parts_of_any_size_give_the_places_of_the_whole(
    together: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_kinship, "_TOGETHER", together)
    dataset = JobDataset(place_of(str(tmp_path)))
    rows, signatures = zip(*(_row(*each) for each in _TEXTS.items()), strict=True)
    dataset.write(0, rows[:4])
    dataset.write(1, [*rows[4:], JobRow("failed", "failed", "", "", error="it cannot be read")])
    batches = list(kin_of([0, 1], dataset, "zh"))
    whole = kinships(signatures)
    assert {name: at for batch in batches for name, at in batch.kin.items()} == whole
    assert whole["copy"].duplicate_of == "a"
    assert whole["other"].series == whole["other_later"].series
    for batch in batches:
        place(batch, dataset, "zh")
    assert list(kin_of([0, 1], dataset, "zh")) == []
    rows_now = dataset.table("notices", 0).to_pylist()
    assert [(row["notice_id"], row["duplicate_of"]) for row in rows_now if row["duplicate_of"]] == [("copy", "a")]
