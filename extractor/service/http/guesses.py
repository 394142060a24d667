"""Wrong tokens answered slowly: each further wrong guess from an address waits longer; a right token never waits.

A limited number of addresses is counted, the oldest is forgotten first. Behind a proxy all clients have one address:
their wrong guesses slow each other down, and clients with the right token do not notice.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from math import ceil
from time import monotonic
from typing import NamedTuple

from starlette.responses import JSONResponse

from extractor.messages import said

ADDRESSES = 1_000
"""The number of addresses that are counted at once."""
_WAITING = 32  # answers held back at once: each holds a connection
_FIRST, _LONGEST = 0.05, 4.0  # seconds
_FORGOTTEN = 60.0  # seconds after the last wrong guess


class _Wrong(NamedTuple):
    times: int
    last: float  # seconds of a clock


class Guesses:
    """The recent wrong guesses, by address."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._wrong)

    async def slow(self, host: str) -> bool:
        """Count a wrong guess from the address ``host`` and wait; return False at once where too many wait already."""
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
        """Count a wrong guess, and return the seconds that its answer has to wait."""
        now, network = monotonic(), _network(host)
        before = self._wrong.pop(network, None)
        times = before.times + 1 if before is not None and now - before.last < _FORGOTTEN else 1
        self._wrong[network] = _Wrong(times, now)
        while len(self._wrong) > ADDRESSES:
            self._wrong.popitem(last=False)
        return float(min(_LONGEST, _FIRST * 2 ** min(times - 1, 16)))


def too_many_guesses() -> JSONResponse:
    """Return the answer to a wrong guess while too many others wait."""
    headers = {"Retry-After": str(ceil(_LONGEST)), "Connection": "close"}
    return JSONResponse({"detail": said("too many wrong tokens were sent; try again later")}, 429, headers)


def _network(host: str) -> str:
    """Return an address as it is counted: of IPv6 the half that a provider gives to one household."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return host
