"""The mode of an endpoint's requests: the one that is set, or with ``auto`` the one that a probe finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from extractor.endpoint.calls import Mode
from extractor.endpoint.failures import AnswerFailure, EndpointFailure
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.tally import Tally

_PICKED: dict[tuple[str, str | None], Mode] = {}
"""Modes by address and model. They outlast an endpoint's ``async with`` block: a process probes a server once."""

Probe = Callable[[tuple[Tally, ...]], Coroutine[Any, Any, Mode]]
"""Find out which mode the endpoint can do; the tallies count what that takes."""


class ModePicker:
    """Picks the mode once. Calls that wait for the same probe share its result, or its failure."""

    def __init__(self, settings: EndpointSettings, probe: Probe) -> None:
        self.mode: Mode | None = None if settings.mode == "auto" else settings.mode
        self._place = (settings.address, settings.model)
        self._probe = probe
        self._probing: asyncio.Task[Mode] | None = None

    async def pick(self, tallies: tuple[Tally, ...]) -> Mode:
        """Return the mode, found by a probe where none is known.

        Raises:
            EndpointFailure: the endpoint failed while it was probed.
            AnswerFailure: no mode brings an answer.
        """
        if self.mode is None:
            if self._place not in _PICKED:
                _PICKED[self._place] = await self._probed(tallies)
            self.mode = _PICKED[self._place]
        return self.mode

    async def close(self) -> None:
        """End a probe that is under way."""
        if self._probing:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _probed(self, tallies: tuple[Tally, ...]) -> Mode:
        """Return what one probe finds for all who wait: an endpoint that does not answer costs its time once."""
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe(tallies))
            self._probing.add_done_callback(self._end)
        try:
            return await asyncio.shield(self._probing)
        except (EndpointFailure, AnswerFailure) as failure:
            raise failure.again() from None

    def _end(self, probing: asyncio.Task[Mode]) -> None:
        self._probing = None
        if not probing.cancelled():
            probing.exception()  # taken, so that asyncio does not report one that nobody waits for any more
