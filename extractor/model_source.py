"""The model that readers ask: an endpoint with its cache for all notices, and the same as one notice uses it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.prompts import prompts_key
from extractor.assist.proposals.reading_signs import SignsSoFar
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.call_keys import settings_key
from extractor.endpoint.calls import Call, CallAnswer
from extractor.endpoint.client import Endpoint
from extractor.endpoint.model_capacity import default_folder, keep_capacity, kept_capacity
from extractor.endpoint.offline_answers import OfflineAnswers
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.recording import Recording
from extractor.endpoint.settings import EndpointSettings, PromptEdition
from extractor.endpoint.tally import Tally


class Answering(Protocol):
    """An endpoint as readers use it: ``Endpoint``, or one that another process keeps."""

    sizes: PackSizes

    @property
    def tally(self) -> Tally:
        """The counts of all calls so far."""

    @property
    def at_once(self) -> int | None:
        """The number of calls, and so of notices, that are worth beginning at once; None for any number."""

    async def ask(
        self, call: Call[Response], *, until: float | None = None, tally: Tally | None = None
    ) -> CallAnswer[Response]:
        """Return a valid answer; raises as ``Endpoint.ask`` does."""

    def has_answer(self, call: Call[Response]) -> bool:
        """Return whether an answer to a call is kept."""


@dataclass(frozen=True)
class ModelSource:
    """The endpoint that a reader asks, and its answers.

    Answers are kept in the folder ``cache``; None keeps none. ``offline`` makes no calls. A ``recording`` (an exported
    cache) takes the cache's place and makes none, either. ``tally`` counts the tokens and seconds of all calls,
    ``read`` the signs that the model reads.
    """

    settings: EndpointSettings
    cache: Path | None = None
    offline: bool = False
    recording: Path | None = None
    tally: Tally = field(default_factory=Tally)
    read: SignsSoFar = field(default_factory=SignsSoFar)

    @property
    def key(self) -> str:
        """A hash of all that can change an answer: model, sampling, prompts."""
        return f"{settings_key(self.settings)}{prompts_key(*self.sizes.editions)}"

    @asynccontextmanager
    async def endpoint(self) -> AsyncIterator[Answering]:
        """Yield the endpoint, to be used in this event loop.

        Raises:
            SettingsError: no model is named, or the cache's folder cannot be used.
            InputError: the recording cannot be read.
        """
        with self._answers() as answers:
            async with Endpoint(self.settings, answers, self.tally, self.sizes) as endpoint:
                yield endpoint
        if self._learns and self.tally.totals.requests:
            self.sizes.cannot_say(self.unasked)
            keep_capacity(default_folder(), self.settings, self.sizes.capacity)

    @cached_property
    def sizes(self) -> PackSizes:
        """The sizes of what the model is asked at once: by what earlier runs saw, where answers are kept."""
        has_answers = self.cache is not None and self.recording is None
        return PackSizes(self.settings, kept_capacity(default_folder(), self.settings) if has_answers else None)

    @property
    def _learns(self) -> bool:
        return self.cache is not None and self.recording is None and not self.offline

    @contextmanager
    def _answers(self) -> Iterator[AnswerCache | OfflineAnswers | None]:
        if self.recording is not None:
            yield OfflineAnswers(Recording(self.recording))
        elif self.cache is None:
            yield None
        else:
            with AnswerCache(self.cache) as cache:
                yield OfflineAnswers(cache) if self.offline else cache

    @property
    def unasked(self) -> frozenset[str]:
        """The fields that are not asked about any more: the model has shown that it cannot say them."""
        return self.read.signs.unsayable.union(self.sizes.capacity.unsayable)

    def reported(self) -> dict[str, Any]:
        """Return the calls' totals and the endpoint's settings for a report; no key is in it."""
        read = {"reading": self.read.signs.reported()}
        return {**self.tally.reported(), **read, "settings": {**self.settings.shown(), "offline": self.offline}}


class NoticeTurns:
    """The turns of notices: where an endpoint answers few calls at once, one notice is finished before the next begins.

    So the first record is there soon, each notice has its own time, and what the model shows in one holds for the next.
    ``most`` tells how many may be read at once now, None for any number.
    """

    def __init__(self, most: Callable[[], int | None]) -> None:
        self._most = most
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and take it until the block ends."""
        while (most := self._most()) is not None and self._running >= most:
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            while self._waiting:  # each looks for itself whether there is room
                if not (next_one := self._waiting.popleft()).done():
                    next_one.set_result(None)


class CallsSoFar(NamedTuple):
    """The calls about one notice so far: ``ended`` of those ``begun``; more may follow from what they answer."""

    ended: int
    begun: int


class NoticeModel:
    """An endpoint for the calls of one notice (``extractor.assist.session.Model``).

    Its tokens are counted apart, and all its calls end within ``deadline`` seconds (None: no limit); nothing is asked
    about the fields ``unasked``. ``watch`` is told of each call that begins or ends.
    """

    def __init__(
        self,
        endpoint: Answering,
        deadline: float | None,
        unasked: frozenset[str] = frozenset(),
        watch: Callable[[CallsSoFar], None] = lambda _: None,
    ) -> None:
        self._calls = CallsSoFar(0, 0)
        self._watch = watch
        self.tally = Tally()
        self.unasked = unasked
        self.sizes = endpoint.sizes
        self._endpoint = endpoint
        self._until = None if deadline is None else asyncio.get_running_loop().time() + deadline

    @property
    def editions(self) -> tuple[PromptEdition, ...]:
        """The editions of the prompts whose answers serve, that to ask with first."""
        return self.sizes.editions

    @property
    def at_once(self) -> int | None:
        """The number of calls that are answered at once now, where that is known."""
        return self._endpoint.at_once

    async def ask(self, call: Call[Response]) -> Response:
        """Return a valid answer; raises as ``Endpoint.ask`` does."""
        self._count(begun=1)
        try:
            answer = (await self._endpoint.ask(call, until=self._until, tally=self.tally)).value
        finally:
            self._count(ended=1)
        for tally in (self.tally, self._endpoint.tally):
            tally.note_all(answer.slips)
        return answer

    def has_answer(self, call: Call[Response]) -> bool:
        """Return whether the answer to a call is cached, so that no request is needed."""
        return self._endpoint.has_answer(call)

    def _count(self, *, ended: int = 0, begun: int = 0) -> None:
        self._calls = CallsSoFar(self._calls.ended + ended, self._calls.begun + begun)
        self._watch(self._calls)
