"""The mode ``auto``: found out with a tiny question, once a process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from endpoint_example import call, right, settings, with_endpoint
from fake_endpoint import Serving, mode_of, serving

from extractor.endpoint.client import Endpoint
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason


@pytest.fixture
def server() -> Iterator[Serving]:
    """A server of its own for each test: what was picked is remembered by address."""
    with serving("endpoint_example:answer") as running:
        yield running


def picked(server: Serving) -> str | None:
    _, endpoint = with_endpoint(settings(server, mode="auto"), lambda endpoint: endpoint.ask(call()))
    return endpoint.mode


def test_a_schema_is_preferred(server: Serving) -> None:
    assert picked(server) == "json_schema"
    assert [mode_of(entry["body"]) for entry in server.log()] == ["json_schema"] * 2


@pytest.mark.parametrize("unknown", ["400", "ignored"])
@pytest.mark.parametrize("modes", [["tools", "md_json"], ["json", "md_json"], ["md_json"]])
def test_what_the_endpoint_can_do_is_picked(server: Serving, modes: list[str], unknown: str) -> None:
    server.script(modes=modes, unknown_mode=unknown)
    assert picked(server) == modes[0]


def test_the_one_tool_is_asked_for_as_all_servers_understand(server: Serving) -> None:
    server.script(modes=["tools"])
    picked(server)
    # llama.cpp takes no notice of a tool's name here, LM Studio refuses it.
    assert {json.dumps(entry["body"]["tool_choice"]) for entry in server.log()[1:]} == {'"required"'}


def test_a_clean_mode_is_preferred_to_an_odd_one(server: Serving) -> None:
    server.script(faults={0: "prose"})
    assert picked(server) == "tools"


def test_an_odd_mode_is_better_than_none(server: Serving) -> None:
    server.script(rate=1.0, kinds=["reasoning"])
    assert picked(server) == "json_schema"


def test_it_is_asked_once_whatever_comes_at_once(server: Serving) -> None:
    server.script(modes=["tools"])

    async def use(endpoint: Endpoint) -> list[object]:
        answers = await asyncio.gather(*(endpoint.ask(call([word])) for word in ("sky", "sea", "tea")))
        return [answer.value for answer in answers]

    values, _ = with_endpoint(settings(server, mode="auto"), use)
    assert values == [right([word]) for word in ("sky", "sea", "tea")]
    assert len(server.log()) == 2 + 3
    picked(server)
    assert len(server.log()) == 6


def test_an_endpoint_that_fails_is_not_asked_in_each_mode(server: Serving) -> None:
    server.script(rate=1.0, kinds=["401"])
    with pytest.raises(EndpointFailure) as caught:
        picked(server)
    assert caught.value.reason is Reason.AUTH
    assert len(server.log()) == 1


def test_a_model_that_can_do_none_is_named(server: Serving) -> None:
    server.script(modes=[], unknown_mode="ignored")
    with pytest.raises(AnswerFailure, match="in none of the modes"):
        picked(server)
    assert len(server.log()) == 4
