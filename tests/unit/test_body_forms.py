"""The full and the short names of one body within a notice."""

from __future__ import annotations

import pytest

from extractor import extract
from extractor.collection.body_forms import full_forms
from extractor.tables.rows import notice_rows


@pytest.mark.parametrize(
    ("names", "full"),
    [
        (["县水务局", "青禾县水务局"], {"县水务局": "青禾县水务局"}),
        (["市场监管局", "县市场监督管理局"], {"市场监管局": "县市场监督管理局"}),
        (["市发改委", "云岭市发展和改革委员会"], {"市发改委": "云岭市发展和改革委员会"}),
        (["县住建局", "县住房和城乡建设局"], {"县住建局": "县住房和城乡建设局"}),
        (["水务局", "县水务局", "青禾县水务局"], {"水务局": "青禾县水务局", "县水务局": "青禾县水务局"}),
        (["镇纪检组", "青禾镇纪检组", "白石镇纪检组"], {}),
        (["办公室", "县委办公室"], {}),
        (["县水务局", "县水务局党组"], {}),
        (["县水务局", "县财政局"], {}),
    ],
)
def test_a_short_name_has_the_full_one_that_alone_may_be_meant(names: list[str], full: dict[str, str]) -> None:
    assert full_forms(names) == full


def test_the_places_of_bodies_have_one_name_for_one_body_and_keep_the_printed_one() -> None:
    lines = (
        "根据县委统一部署，2023年3月1日至4月20日，县委第一巡察组对某镇党委开展了巡察。现将整改情况通报如下。",
        "1.关于“库房失管”问题的整改。",
        "责任单位：青禾县市场监督管理局",
        "清点库房。",
        "2.关于“台账不全”问题的整改。",
        "责任单位：县市场监管局",
        "补齐台账。",
    )
    text = "\n\n".join(lines)
    rows = [row for row in notice_rows(extract(text), text)["places"] if row["field"] == "responsible"]
    assert [(row["text"], row["body"]) for row in rows] == [
        ("青禾县市场监督管理局", "青禾县市场监督管理局"),
        ("县市场监管局", "青禾县市场监督管理局"),
    ]
