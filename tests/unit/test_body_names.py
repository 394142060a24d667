"""When two names of bodies mean one, and what a body is called."""

from __future__ import annotations

import pytest

from extractor.collection.body_names import body_name, may_be_one


def full(inspected: str | None, signed: str | None = None, title: str | None = None) -> str | None:
    name = body_name(inspected, signed, title)
    return name.full if name else None


@pytest.mark.parametrize(
    ("inspected", "signed", "title", "name"),
    [
        ("徐州市鼓楼区委", None, None, "徐州市鼓楼区"),
        ("鼓楼区", "中共徐州市鼓楼区委员会", None, "徐州市鼓楼区"),
        ("江北新区党工委", "中共江北新区工作委员会", None, "江北新区"),
        ("县教育局党组", "中共青禾县教育局党组", None, "青禾县教育局"),
        ("我院党组", None, "中共青禾市第一医院党组关于巡察整改进展情况的通报", "青禾市第一医院"),
        ("我院党委", "青禾学院党委", None, "青禾学院"),
        ("镇江市教育局", None, None, "镇江市教育局"),
        ("市北区住建局", None, None, "市北区住建局"),
        ("区教育局", None, None, None),
        ("市场监管局", None, None, None),
        (None, "中共青禾县委员会", None, "青禾县"),
        (None, None, None, None),
    ],
)
def test_a_body_is_called_by_its_fullest_name(
    inspected: str | None, signed: str | None, title: str | None, name: str | None
) -> None:
    assert full(inspected, signed, title) == name


def test_names_that_end_differently_are_two_bodies() -> None:
    one, other = body_name("青禾县松林镇", None, None), body_name("青禾县柏林镇", None, None)
    assert not may_be_one(one, other)
    assert may_be_one(one, body_name("松林镇", None, None))
    assert may_be_one(one, None)


def test_the_same_name_in_two_cities_is_two_bodies() -> None:
    one = body_name("新华区教育局", "甲市新华区教育局", None)
    assert not may_be_one(one, body_name("新华区教育局", "乙市新华区教育局", None))
    assert may_be_one(one, body_name("新华区教育局", None, None))
