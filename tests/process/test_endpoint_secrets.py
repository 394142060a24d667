"""No key, and nothing of what was sent, reaches a log, an error, a report or the cache."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from endpoint_example import Kept, call, settings, with_endpoint
from fake_endpoint import HEALABLE, REPLIES, Fault, Serving
from pydantic import SecretStr

from extractor.endpoint.call_keys import call_key
from extractor.endpoint.client import Endpoint
from extractor.endpoint.doctor import examine
from extractor.errors import ExtractorError

ANSWERS = "endpoint_example:answer"

KEY = "sk-planted-0123456789abcdef"
WORDS = ["机密文件内容甲乙丙丁", "secretnotice", "w" * 40]
FAULTS = (*HEALABLE, *REPLIES, "refusal", "withheld", "length")


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that is written while a test runs, at the lowest level that there is."""
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "instructor", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    return []


def clean(*texts: str) -> None:
    for text in texts:
        assert KEY not in text
        for word in WORDS:
            assert word not in text
            assert json.dumps(word) not in text


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("mode", ["tools", "json_schema"])
def test_nothing_sent_is_said(
    server: Serving, fault: Fault, mode: str, everything: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    how = settings(server, mode=mode, api_key=SecretStr(KEY), retries=1, answer_retries=1)
    for rate in (0.0, 1.0):  # once, and for good
        server.script(faults={0: fault}, rate=rate, kinds=[fault])
        cache = Kept()

        async def use(endpoint: Endpoint) -> None:
            try:
                await endpoint.ask(call(WORDS))
            except ExtractorError as error:
                everything.append("".join(traceback.format_exception(error)))
                everything.extend(map(repr, _chain(error)))
            everything.extend((repr(endpoint), repr(endpoint.totals), json.dumps(endpoint.tally.reported())))

        with_endpoint(how, use, cache)
        assert server.log()[0]["authorization"] == f"Bearer {KEY}"
        assert KEY not in json.dumps({key: record.json_fields() for key, record in cache.items()})
    clean(*everything, caplog.text, repr(how), str(how.shown()), call_key(call(WORDS), how))


def test_the_doctor_says_no_key(server: Serving, everything: list[str], caplog: pytest.LogCaptureFixture) -> None:
    for kind in ("401", "echo", "500", "prose"):
        server.script(rate=1.0, kinds=[kind])
        report = asyncio.run(examine(settings(server, api_key=SecretStr(KEY), retries=0), call(WORDS)))
        everything.append(repr(asdict(report)))
    clean(*everything, caplog.text)


def test_what_an_address_holds_is_not_said(server: Serving, caplog: pytest.LogCaptureFixture) -> None:
    secret = server.base_url.replace("http://", f"http://me:{KEY}@")
    for kind in ("401", "reset", "html"):
        server.script(rate=1.0, kinds=[kind])

        async def use(endpoint: Endpoint) -> str:
            with pytest.raises(ExtractorError) as caught:
                await endpoint.ask(call(WORDS))
            return str(caught.value)

        sentence, _ = with_endpoint(settings(server, base_url=secret, retries=0), use)
        clean(sentence, caplog.text)


def _chain(error: BaseException | None) -> Iterator[Any]:
    while error is not None:
        yield error
        yield error.args
        error = error.__cause__ or error.__context__
