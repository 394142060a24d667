"""The account of a job's calls to a model: one process of the cluster makes them all, batches send it what they ask.

So every limit holds for the whole cluster: requests and tokens a minute, calls at once, tokens and money in all.
Answers are kept in one cache, that of a run; what is answered when the job dies is never asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from extractor.endpoint.calls import Call, CallAnswer, Response
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.model_capacity import ModelCapacity
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.tally import Tally, Totals
from extractor.errors import OutputError, SettingsError
from extractor.model_source import ModelSource
from extractor.readers import ModelReader

if TYPE_CHECKING:
    from extractor.model_source import Answering

Source = TypeVar("Source", bound=ModelSource)
_CALLS_AT_ONCE = 10_000  # that may wait in the account: its limiter decides how many are sent


class Told(NamedTuple):
    """The account's word on a call: its answer, or why it failed for good, its cost, what is known of the model now."""

    answer: CallAnswer[Any] | None
    failure: tuple[type[EndpointFailure | AnswerFailure], Reason, str] | None
    totals: Totals
    oddities: Mapping[str, int]
    capacity: ModelCapacity


class CallAccount:
    """The endpoint of a whole job, in an actor: it makes all calls and counts what they take."""

    def __init__(self, source: ModelSource) -> None:
        self._source = source
        self._closing = AsyncExitStack()
        self._endpoint: Answering | None = None

    async def begin(self) -> None:
        """Open the endpoint and the cache.

        Raises:
            SettingsError: no model is named, its price is unknown, or the cache's folder cannot be used.
            InputError: a recording cannot be read.
        """
        self._endpoint = await self._closing.enter_async_context(self._source.endpoint())

    async def ask(self, call: Call[Any], seconds: float | None) -> Told:
        """Return the answer to a call that is of no use after so many seconds, None for never."""
        assert self._endpoint is not None
        tally = Tally()
        until = None if seconds is None else asyncio.get_running_loop().time() + seconds
        answer, failure = None, None
        try:
            answer = await self._endpoint.ask(call, until=until, tally=tally)
            self._source.tally.note_all(getattr(answer.value, "slips", {}))
        except (EndpointFailure, AnswerFailure) as error:
            failure = type(error), error.reason, str(error)
        return Told(answer, failure, tally.totals, tally.oddities, self._source.sizes.capacity)

    async def answered(self, tokens: int, *, right: bool) -> None:
        """Note how a pack of a batch was answered, as ``PackSizes.answered`` does."""
        self._source.sizes.answered(tokens, right=right)

    async def has_answer(self, call: Call[Any]) -> bool:
        """Return whether an answer to a call is kept."""
        assert self._endpoint is not None
        return self._endpoint.has_answer(call)

    async def reported(self) -> dict[str, Any]:
        """Return what all calls have taken so far."""
        return self._source.reported()

    async def end(self) -> dict[str, Any]:
        """Close the endpoint, and return what all calls have taken."""
        await self._closing.aclose()
        return self._source.reported()


class SharedSizes(PackSizes):
    """The sizes of packs as a batch uses them: what one batch sees of the model the account knows, and tells all."""

    def __init__(self, own: PackSizes, account: Any) -> None:
        vars(self).update(vars(own))
        self._account = account

    def answered(self, tokens: int, *, right: bool) -> None:
        """Note how a pack was answered, here and in the account."""
        super().answered(tokens, right=right)
        self._account.answered.remote(tokens, right=right)


class SharedEndpoint:
    """The endpoint as a batch uses it: the account makes its calls."""

    def __init__(self, account: Any, sizes: PackSizes) -> None:
        self.sizes = sizes
        self.tally = Tally()
        self._account = account

    at_once = None  # the account's limiter decides

    async def ask(
        self, call: Call[Response], *, until: float | None = None, tally: Tally | None = None
    ) -> CallAnswer[Response]:
        """Return a valid answer.

        Raises:
            EndpointFailure: the endpoint failed for good.
            AnswerFailure: the model's answer cannot be used.
        """
        seconds = None if until is None else max(until - asyncio.get_running_loop().time(), 0.0)
        told: Told = await self._account.ask.remote(call, seconds)
        self.sizes.capacity = told.capacity
        if tally is not None:
            tally.add(told.totals)
            tally.note_all(told.oddities)
        if told.failure is not None:
            kind, reason, sentence = told.failure
            raise kind(reason, sentence)
        assert told.answer is not None
        return told.answer

    def has_answer(self, call: Call[Response]) -> bool:
        """Return whether an answer is kept."""
        import ray

        return bool(ray.get(self._account.has_answer.remote(call)))


@dataclass(frozen=True)
class SharedSource(ModelSource):
    """A model's source whose calls the account makes; it holds no key."""

    account: Any = None

    @asynccontextmanager
    async def endpoint(self) -> AsyncIterator[Answering]:
        """Yield the endpoint."""
        yield SharedEndpoint(self.account, self.sizes)


def _with_whole_paths(source: ModelSource) -> ModelSource:
    """Return a source whose folder and file are named in full: the account works elsewhere."""
    whole = [path and path.absolute() for path in (source.cache, source.recording)]
    return replace(source, cache=whole[0], recording=whole[1])


def _with_sizes(source: Source, sizes: PackSizes) -> Source:
    """Return a source with sizes that were chosen already: for so many notices, by what is known of the model."""
    vars(source)["sizes"] = sizes
    return source


@contextmanager
def shared(reader: ModelReader) -> Iterator[tuple[ModelReader, Any]]:
    """Give the reader as batches use it, and the account, which is open on the driver's machine until the block ends.

    Raises:
        SettingsError: as ``CallAccount.begin``, or the account was lost.
        InputError: as ``CallAccount.begin``.
    """
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    kept = ray.remote(CallAccount).options(num_cpus=0, max_concurrency=_CALLS_AT_ONCE, scheduling_strategy=here)
    account = kept.remote(_with_sizes(_with_whole_paths(reader.source), reader.source.sizes))
    try:
        ray.get(account.begin.remote())
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, SettingsError | OutputError):
            raise error.cause from error
        raise
    keyless = reader.source.settings.model_copy(update={"api_key": None})
    shared_source = SharedSource(keyless, reader.source.cache, reader.source.offline, account=account)
    source = _with_sizes(shared_source, SharedSizes(reader.source.sizes, account))
    try:
        yield replace(reader, source=source, trust=reader.table), account
    finally:
        ray.kill(account)
