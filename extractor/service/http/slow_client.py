"""HTTP/1.1 with a time limit for each request's head."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


def protocol_with_timeout(patience: float) -> type[asyncio.Protocol]:
    """Return Uvicorn's protocol with a limit: a request's head must arrive within ``patience`` seconds.

    Connections that are slower are closed. Uvicorn itself waits without limit for the first head, and for the next one
    as soon as its first byte has come.
    """

    class ImpatientProtocol(H11Protocol):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._clock: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._start()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._start()
            else:
                self._stop()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def _start(self) -> None:
            if self._clock is None:
                self._clock = self.loop.call_later(patience, self.transport.abort)

        def _stop(self) -> None:
            if self._clock is not None:
                self._clock.cancel()
                self._clock = None

    return ImpatientProtocol
