"""What one batch of a job sees of a model holds for all: the account of the job's calls keeps it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("pyarrow")

from extractor.cluster.call_account import CallAccount, SharedEndpoint, SharedSizes, Told
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.tally import Totals
from extractor.model_source import ModelSource


def test_a_batch_learns_what_another_saw() -> None:
    source = ModelSource(EndpointSettings(model="m", base_url="http://127.0.0.1:9/v1"))
    source.sizes.prefer = "cheap"
    account = CallAccount(source)

    class Remote:
        """The account as Ray gives it."""

        answered = SimpleNamespace(remote=lambda *given, **named: asyncio.run(account.answered(*given, **named)))

        class ask:  # noqa: N801 - a method of the account
            @staticmethod
            async def remote(*_: object) -> Told:
                return Told(cast("Any", object()), None, Totals(), {}, source.sizes.capacity)

    one, other = (SharedEndpoint(Remote, SharedSizes(source.sizes, Remote)) for _ in range(2))
    before = other.sizes.budget(100_000)
    for _ in range(3):
        one.sizes.answered(before, right=False)
    assert one.sizes.budget(100_000) < before == other.sizes.budget(100_000)
    asyncio.run(other.ask(cast("Any", None)))
    assert other.sizes.budget(100_000) == one.sizes.budget(100_000)
    assert other.sizes.prefer == "cheap"
