"""Work for a client that waits: it ends when the client leaves, and no more wait than are worth it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

Result = TypeVar("Result")


class TooBusyError(Exception):
    """Too many wait for the same already."""


class Turn:
    """One works at a time, and ``most`` may wait."""

    def __init__(self, most: int) -> None:
        self._turn = asyncio.Semaphore(1)
        self._most = most
        self._waiting = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Have the turn in the block.

        Raises:
            TooBusyError: too many wait for it already.
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


async def while_there(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what ``work`` returns; it is cancelled, and has ended, when the client has left before that.

    Raises:
        ClientDisconnect: it left.
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
