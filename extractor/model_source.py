"""The model that readers ask: an endpoint with its cache for all notices, and the same as one notice uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.prompts import prompts_key
from extractor.assist.proposals.reading_signs import SUBJECTS, SignsSoFar
from extractor.assist.session import WITHOUT_SUBJECTS
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
            keep_capacity(default_folder(), self.settings, self.sizes.capacity)

    @cached_property
    def sizes(self) -> PackSizes:
        """The sizes of what the model is asked at once: by what earlier runs saw, where answers are kept."""
        known = kept_capacity(default_folder(), self.settings) if self._learns else None
        return PackSizes(self.settings, known)

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
    def withheld(self) -> frozenset[str]:
        """The keys of labels that are not asked for any more: the model has shown that it cannot say them."""
        fails = SUBJECTS in self.read.signs.doubted and self.sizes.capacity.takes_pack_schema
        return WITHOUT_SUBJECTS if fails else frozenset()

    def reported(self) -> dict[str, Any]:
        """Return the calls' totals and the endpoint's settings for a report; no key is in it."""
        said = self.read.signs.reported()
        if self.withheld:
            said |= {"told": f"{said['told']}; subjects are not asked for any more", "not_asked": [SUBJECTS]}
        read = {"reading": said}
        return {**self.tally.reported(), **read, "settings": {**self.settings.shown(), "offline": self.offline}}


class NoticeModel:
    """An endpoint for the calls of one notice (``extractor.assist.session.Model``).

    Its tokens are counted apart, and all its calls end within ``deadline`` seconds (None: no limit); the keys
    ``withheld`` of labels are not asked for.
    """

    def __init__(self, endpoint: Answering, deadline: float | None, withheld: frozenset[str] = frozenset()) -> None:
        self.tally = Tally()
        self.withheld = withheld
        self.sizes = endpoint.sizes
        self._endpoint = endpoint
        self._until = None if deadline is None else asyncio.get_running_loop().time() + deadline

    @property
    def editions(self) -> tuple[PromptEdition, ...]:
        """The editions of the prompts whose answers serve, that to ask with first."""
        return self.sizes.editions

    async def ask(self, call: Call[Response]) -> Response:
        """Return a valid answer; raises as ``Endpoint.ask`` does."""
        answer = (await self._endpoint.ask(call, until=self._until, tally=self.tally)).value
        for tally in (self.tally, self._endpoint.tally):
            tally.note_all(answer.slips)
        return answer

    def has_answer(self, call: Call[Response]) -> bool:
        """Return whether the answer to a call is cached, so that no request is needed."""
        return self._endpoint.has_answer(call)
