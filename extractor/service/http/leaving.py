"""Long work for a client that waits: cancelled when the client leaves, and with a limit on how many wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

Result = TypeVar("Result")


class TooBusyError(Exception):
    """Too many requests wait for their turn."""


class Turn:
    """A lock that at most ``most`` requests wait for."""

    def __init__(self, most: int) -> None:
        self._turn = asyncio.Semaphore(1)
        self._most = most
        self._waiting = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold the lock during the block.

        Raises:
            TooBusyError: Too many wait for it already.
        """
        if self._waiting >= self._most:
            raise TooBusyError
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()


async def until_client_leaves(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what ``work`` returns; cancel it, and wait for its end, when the client leaves before that.

    Raises:
        ClientDisconnect: The client left.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
