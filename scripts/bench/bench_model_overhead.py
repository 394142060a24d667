"""What a call costs this process beside the bare OpenAI client's, for ``scripts/bench/bench_model.py --overhead``."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from gold_answers import examples

from extractor.assist.packs import labels_packs, read_first
from extractor.assist.prompts import call_for
from extractor.assist.responses import Response
from extractor.endpoint.calls import Call
from extractor.endpoint.client import Endpoint
from extractor.endpoint.settings import EndpointSettings

AT_ONCE = 16
# Calls each way, in turn: a slow moment of the machine hits both sides alike, and the median passes it over.
A_ROUND = 16


class Overhead(NamedTuple):
    """Processor time a call, in milliseconds, by ``Endpoint.ask`` and by the bare client, and how many times the one is
    the other: medians of many rounds, of ``calls`` each way in all."""

    calls: int
    ours: float
    bare: float
    ratio: float


def overhead(base_url: str, calls: int) -> Overhead:
    """Ask about the gold notices' labels packs, answered without delay; about ``calls`` calls each way."""
    return asyncio.run(_overhead(base_url, calls))


async def _overhead(base_url: str, number: int) -> Overhead:
    import openai

    from extractor.endpoint.shapes import request_body

    settings = EndpointSettings(base_url=base_url, model="gold", mode="json_schema", concurrency=AT_ONCE)
    some = [call_for(pack) for gold, text in examples() for pack in labels_packs(read_first(text, gold.notice_id))]
    calls = [some[at % len(some)] for at in range(A_ROUND)]
    bodies = [request_body(call, settings, "json_schema") for call in calls]
    async with (
        Endpoint(settings) as endpoint,
        openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as client,
    ):
        gate = asyncio.Semaphore(AT_ONCE)

        async def bare(body: dict[str, Any]) -> object:
            async with gate:
                completion = await client.chat.completions.create(**body)
                return json.loads(completion.choices[0].message.content or "")

        async def ours(call: Call[Response]) -> object:
            return (await endpoint.ask(call)).value

        await _milliseconds(ours, calls)  # what is made at the first call
        await _milliseconds(bare, bodies)
        rounds = [
            (await _milliseconds(ours, calls), await _milliseconds(bare, bodies))
            for _ in range(max(number // A_ROUND, 1))
        ]
    return Overhead(
        len(rounds) * A_ROUND,
        median(one for one, _ in rounds),
        median(other for _, other in rounds),
        median(one / other for one, other in rounds),
    )


async def _milliseconds(ask: Callable[[Any], Awaitable[object]], asked: Sequence[object]) -> float:
    """Processor time for each of some calls made at once."""
    gc.collect()
    begun = time.process_time()
    await asyncio.gather(*map(ask, asked))
    return (time.process_time() - begun) * 1000 / len(asked)
