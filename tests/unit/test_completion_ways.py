"""The same completions, live and in a file of a batch's answers: both ways keep the same record, or fail alike."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from answer_examples import answer_line
from endpoint_example import Kept, call

from extractor.endpoint.answer_records import AnswerRecord, CallHeader
from extractor.endpoint.batch_answers import BatchImport, read_batch
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.call_keys import call_key
from extractor.endpoint.calls import Mode
from extractor.endpoint.client import Endpoint
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.transport import Transport

ASKED = call(["sky"])
JSON = '{"items": [{"i": 0, "c": "red"}]}'
USAGE = {"prompt_tokens": 100, "completion_tokens": 9}


def body(message: Any, finish: Any = "stop", usage: Any = USAGE, **more: Any) -> dict[str, Any]:
    """A completion with one message."""
    return {"model": "m", "choices": [{"message": message, "finish_reason": finish}], "usage": usage, **more}


def tool(arguments: Any) -> dict[str, Any]:
    """A call of the one tool."""
    return {"id": "1", "type": "function", "function": {"name": "Labels", "arguments": arguments}}


TEXT = {"content": JSON}
CUT = {"content": JSON[:-2]}
READ: dict[str, tuple[Mode, Any]] = {
    "content": ("json_schema", body(TEXT)),
    "content in parts": ("json", body({"content": [{"type": "text", "text": JSON[:9]}, {"text": JSON[9:]}]})),
    "content in bare parts": ("json", body({"content": [JSON[:9], JSON[9:]]})),
    "content in a fence": ("json", body({"content": f"```json\n{JSON}\n```"})),
    "a fence that was asked for": ("md_json", body({"content": f"```json\n{JSON}\n```"})),
    "content behind thoughts": ("json", body({"content": f"<think>{{}}?</think>{JSON}"})),
    "content in prose": ("json", body({"content": f"Sure: {JSON} Anything else?"})),
    "reasoning beside the content": ("json", body({**TEXT, "reasoning_content": "I thought."})),
    "reasoning content alone": ("json", body({"content": None, "reasoning_content": JSON})),
    "reasoning alone": ("json", body({"content": "", "reasoning": JSON})),
    "a tool's arguments": ("tools", body({"content": None, "tool_calls": [tool(JSON)]}, "tool_calls")),
    "arguments as an object": ("tools", body({"content": None, "tool_calls": [tool(json.loads(JSON))]})),
    "one call said twice": ("tools", body({"content": None, "tool_calls": [tool(JSON), tool(JSON)]})),
    "a function call": ("tools", body({"content": None, "function_call": {"arguments": JSON}})),
    "text instead of a tool call": ("tools", body(TEXT)),
    "a tool call instead of text": ("json", body({"content": None, "tool_calls": [tool(JSON)]})),
    "cached tokens": ("json", body(TEXT, usage={**USAGE, "prompt_tokens_details": {"cached_tokens": 64}})),
    "cached tokens as DeepSeek counts": ("json", body(TEXT, usage={**USAGE, "prompt_cache_hit_tokens": 64})),
    "no count": ("json", body(TEXT, usage=None)),
    "a count that cannot be": ("json", body(TEXT, usage={**USAGE, "completion_tokens": -1})),
    "more cached than sent": ("json", body(TEXT, usage={**USAGE, "prompt_cache_hit_tokens": 101})),
    "whole at its limit": ("json", body(TEXT, "length")),
    "whole, then blanks to its limit": ("json_schema", body({"content": JSON + "\n \n" * 200}, "length")),
    "whole in a fence, then blanks": ("tools", body({"content": f"```json\n{JSON}\n```\n\n\n"}, "length")),
    "whole in a fence that is not closed": (
        "md_json",
        body({"content": f"<think>{{}}</think>```json\n{JSON}\n\n"}, "length"),
    ),
    "no finish reason": ("json", body(TEXT, None)),
    "half a surrogate pair": ("json", body(TEXT, "stop\ud800")),
    "an error beside the choices": ("json", body(TEXT, error={"code": "late", "message": "planted"})),
}
FAILING: dict[str, tuple[Mode, Any, Reason, str]] = {
    "cut off": ("json", body(CUT, "length"), Reason.TRUNCATED, "truncated"),
    "cut off, in capitals": ("json", body(CUT, "MAX_TOKENS"), Reason.TRUNCATED, "truncated"),
    "cut off behind a whole object": (
        "json",
        body({"content": f"{JSON}\nand {JSON[:9]}"}, "length"),
        Reason.TRUNCATED,
        "truncated",
    ),
    "cut off in its thoughts": (
        "json",
        body({"content": f"<think>perhaps {JSON}"}, "length"),
        Reason.TRUNCATED,
        "truncated",
    ),
    "withheld": ("json", body(TEXT, "content_filter"), Reason.REFUSED, "refused"),
    "refused": ("json", body({"content": None, "refusal": "No."}), Reason.REFUSED, "refused"),
    "given up": ("json", body(TEXT, "error"), Reason.SERVER, "failed"),
    "empty": ("json", body({"content": " "}), Reason.EMPTY_ANSWER, "unusable"),
    "thoughts alone": ("json", body({"content": None, "reasoning": "I thought."}), Reason.EMPTY_ANSWER, "unusable"),
    "no message": ("json", body(None), Reason.EMPTY_ANSWER, "unusable"),
    "choices that are none": ("json", {"choices": 7}, Reason.EMPTY_ANSWER, "unusable"),
    "no choices": ("json", {"choices": []}, Reason.SERVER, "unusable"),
    "an error": ("json", {"error": {"code": 500, "message": "planted"}}, Reason.SERVER, "failed"),
    "several calls": ("tools", body({"tool_calls": [tool(JSON), tool("{}")]}), Reason.INVALID_ANSWER, "unusable"),
    "no JSON": ("json", body({"content": "red"}), Reason.INVALID_ANSWER, "unusable"),
    "a list": ("json", body({"content": "[]"}), Reason.INVALID_ANSWER, "unusable"),
    "too long": ("json", body({"content": "x" * 1_000_001}), Reason.OVERSIZED, "unusable"),
}


def asked_in(mode: Mode) -> EndpointSettings:
    """Settings that ask once and no more."""
    return EndpointSettings(base_url="http://127.0.0.1:9/v1", model="m", mode=mode, retries=0, answer_retries=0)


class Raw(NamedTuple):
    """A response as the OpenAI client hands it on."""

    content: bytes
    headers: dict[str, str]


def live(mode: Mode, found: Any, monkeypatch: pytest.MonkeyPatch) -> AnswerRecord:
    """Ask an endpoint that answers with a completion, and return what is kept of it."""

    async def tried(*_: object) -> Raw:
        return Raw(json.dumps(found).encode(), {})

    async def run() -> AnswerRecord:
        kept = Kept()
        async with Endpoint(asked_in(mode), kept) as endpoint:
            await endpoint.ask(ASKED)
        (record,) = kept.values()
        return record

    monkeypatch.setattr(Transport, "_tried", tried)
    return asyncio.run(run())


def in_a_batch(mode: Mode, found: Any, folder: Path) -> tuple[AnswerRecord | None, BatchImport]:
    """Import a batch's answer, and return what is kept of it."""
    key = call_key(ASKED, asked_in(mode))
    file = folder / "x.answers.jsonl"
    file.write_text(answer_line(key, found))
    header = CallHeader(ASKED.task, "m", mode, ASKED.prompt_version)
    with AnswerCache(folder / "cache") as cache:
        done = read_batch(file, cache, {key: header})
        return cache.get(key), done


@pytest.mark.parametrize("name", READ)
def test_a_completion_is_kept_alike(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mode, found = READ[name]
    kept = live(mode, found, monkeypatch)
    assert json.loads(kept.content) == json.loads(JSON)
    assert in_a_batch(mode, found, tmp_path) == (kept, BatchImport(stored=1))


@pytest.mark.parametrize("name", FAILING)
def test_what_is_no_answer_is_refused_by_both(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mode, found, reason, outcome = FAILING[name]
    with pytest.raises((AnswerFailure, EndpointFailure)) as caught:
        live(mode, found, monkeypatch)
    assert isinstance(caught.value, AnswerFailure | EndpointFailure)
    kept, done = in_a_batch(mode, found, tmp_path)
    assert (caught.value.reason, kept, getattr(done, outcome)) == (reason, None, 1)


def test_an_error_beside_choices_does_not_lose_a_batchs_answer(tmp_path: Path) -> None:
    """Live, such a completion was always read; in a batch it counted as failed."""
    mode, found = READ["an error beside the choices"]
    assert in_a_batch(mode, found, tmp_path)[1].failed == 0
