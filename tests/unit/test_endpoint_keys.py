"""What a call is kept under."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from endpoint_example import Label, call

from extractor.endpoint.answer_records import is_key
from extractor.endpoint.call_keys import call_key
from extractor.endpoint.calls import Call, Message
from extractor.endpoint.settings import EndpointSettings

SETTINGS = EndpointSettings(model="m", base_url="http://a/v1", mode="json", api_key="sk-one")  # type: ignore[arg-type]


def changed(**what: Any) -> EndpointSettings:
    return SETTINGS.model_copy(update=what)


def test_a_key_is_a_key() -> None:
    assert is_key(call_key(call(), SETTINGS))
    assert call_key(call(), SETTINGS) == call_key(call(), SETTINGS)


@pytest.mark.parametrize(
    "settings",
    [
        changed(model="n"),
        changed(mode="tools"),
        changed(mode="auto"),
        changed(temperature=0.1),
        changed(temperature=None),
        changed(seed=1),
        changed(max_tokens=7),
        changed(extra_body={"top_k": 1}),
    ],
    ids=str,
)
def test_all_that_can_change_the_answer_changes_the_key(settings: EndpointSettings) -> None:
    assert call_key(call(), settings) != call_key(call(), SETTINGS)


@pytest.mark.parametrize(
    "other",
    [
        call(["sea"]),
        call(fixed="Give each word a color."),
        replace(call(), task="other"),
        replace(call(), prompt_version="2"),
        replace(call(), max_tokens=7),
        Call("colours", "1", call().messages, Label),
        replace(call(), messages=(Message("user", call().messages[0].content), *call().messages[1:])),
    ],
)
def test_all_that_is_asked_changes_the_key(other: Call[Any]) -> None:
    assert call_key(other, SETTINGS) != call_key(call(), SETTINGS)


@pytest.mark.parametrize(
    "settings",
    [
        changed(base_url="http://b/v1"),
        changed(api_key=None),
        changed(timeout=1.0),
        changed(concurrency=3),
        changed(retries=0),
        changed(budget_tokens=5),
    ],
    ids=str,
)
def test_what_does_not_change_the_answer_does_not_change_the_key(settings: EndpointSettings) -> None:
    assert call_key(call(), settings) == call_key(call(), SETTINGS)


def test_the_address_counts_where_it_is_asked_for() -> None:
    one = changed(cache_by_address=True)
    assert call_key(call(), one) != call_key(call(), one.model_copy(update={"base_url": "http://b/v1"}))


def test_any_text_has_a_key() -> None:
    assert is_key(call_key(call(["\ud800"]), SETTINGS))
