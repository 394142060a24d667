"""Guesses at the token, slowed: who is wrong waits for the answer, the longer the more often; who is right never does.

Addresses are counted, so many of them, those forgotten first that were heard of first. Behind a proxy all clients have
one address: its wrong guesses slow each other, and nobody who knows the token notices.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from math import ceil
from time import monotonic
from typing import NamedTuple

from starlette.responses import JSONResponse

ADDRESSES = 1_000
"""Addresses that are counted at once."""
_WAITING = 32  # that are kept waiting at once: they hold connections, and others want some, too
_FIRST, _LONGEST = 0.05, 4.0  # seconds
_FORGOTTEN = 60.0  # seconds after the last wrong guess


class _Wrong(NamedTuple):
    times: int
    last: float  # seconds of a clock


class Guesses:
    """The wrong guesses of late, by where they came from."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._wrong)

    async def slow(self, host: str) -> bool:
        """Count a wrong guess from the address ``host`` and wait. False: too many wait already, this one does not."""
        seconds = self.count(host)
        if self._waiting >= _WAITING:
            return False
        self._waiting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting -= 1
        return True

    def count(self, host: str) -> float:
        """Count a wrong guess, and return for how many seconds its answer is to wait."""
        now, network = monotonic(), _network(host)
        before = self._wrong.pop(network, None)
        times = before.times + 1 if before is not None and now - before.last < _FORGOTTEN else 1
        self._wrong[network] = _Wrong(times, now)
        while len(self._wrong) > ADDRESSES:
            self._wrong.popitem(last=False)
        return float(min(_LONGEST, _FIRST * 2 ** min(times - 1, 16)))


def too_many_guesses() -> JSONResponse:
    """Return the answer to a wrong guess while too many wait for theirs."""
    headers = {"Retry-After": str(ceil(_LONGEST)), "Connection": "close"}
    return JSONResponse({"detail": "too many wrong tokens come in; try again later"}, 429, headers)


def _network(host: str) -> str:
    """An address as it is counted: of IPv6 the half that a provider gives to one household."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
