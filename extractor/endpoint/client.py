"""The endpoint as the rest of the program sees it: a call goes in, a valid answer comes out, or a named failure.

What stands between: the cache, the limiter, repetition with growing waits, the check of what came back, and asking
again where it is wrong. The OpenAI client and Instructor take two seconds to import; a run that finds all its answers
in the cache never does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from tenacity import AsyncRetrying, retry_if_exception

from extractor.endpoint.answer_records import AnswerStore, Record
from extractor.endpoint.answers import ValidAnswer, kept_answer, record_of, valid_answer
from extractor.endpoint.call_course import PROBE_RETRIES, CallProgress, failure_of, wait_before
from extractor.endpoint.call_keys import call_key, schema_text, token_limit
from extractor.endpoint.calls import Call, CallAnswer, Mode, Response, Usage
from extractor.endpoint.clipping import ClipWatch
from extractor.endpoint.completion import Oddity, Reply, read_completion, read_usage
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.limiter import Limiter, Need, Ticket
from extractor.endpoint.mode_probe import QUESTION, picked
from extractor.endpoint.offline import OfflineAnswers
from extractor.endpoint.prices import Price, price_of
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.standstill import Standstill
from extractor.endpoint.tally import Tally, Totals
from extractor.endpoint.tokens import least_tokens, most_tokens
from extractor.errors import ExtractorError, SettingsError

if TYPE_CHECKING:
    from extractor.endpoint.transport import Transport

_LOG = logging.getLogger("extractor.endpoint")

_NOT_KEEPING = 60.0  # seconds for which no answer is kept after one could not be: to find that out may take long
_NOTHING = Usage()

_picked_modes: dict[tuple[str, str], Mode] = {}  # by address and model, for the process


class Endpoint:
    """An endpoint with all that is known of it; to be used in an ``async with`` block, in one event loop.

    Raises:
        SettingsError: no model is named, or a budget in dollars is set and the model's price is unknown.
    """

    def __init__(
        self, settings: EndpointSettings, cache: AnswerStore | OfflineAnswers | None = None, tally: Tally | None = None
    ) -> None:
        if settings.model is None:
            raise SettingsError("no model is named; say which with --model (doctor lists what the endpoint has)")
        self._model = settings.model
        self._price: Price | None = price_of(settings.model, settings.prices)
        if settings.budget_usd is not None and self._price is None:
            raise SettingsError(
                f"the price of {settings.model} is unknown, so --budget-usd cannot be kept; "
                "write it into a price table (--prices), or set --budget-tokens"
            )
        self._settings = settings
        self._cache = cache
        self._tally = tally or Tally()
        self._limiter: Limiter | None = None
        self._transport: Transport | None = None
        self._probing: asyncio.Task[Mode] | None = None
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by a call's key
        self._mode: Mode | None = None if settings.mode == "auto" else settings.mode
        self._dropped: frozenset[str] = frozenset()
        self._standstill = Standstill()
        self._was_reached = False
        self._clips = ClipWatch()
        self._keeps_from = float("-inf")  # loop time

    async def __aenter__(self) -> Endpoint:
        self._limiter = Limiter(self._settings, asyncio.get_running_loop().time)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._probing:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
        if self._transport:
            await self._transport.close()

    @property
    def totals(self) -> Totals:
        """What all calls took so far."""
        return self._tally.totals

    @property
    def tally(self) -> Tally:
        """What all calls took so far, with the oddities, as it goes into a report."""
        return self._tally

    @property
    def warnings(self) -> Mapping[str, int]:
        """What was wrong with its answers, by name (``Oddity``, or a failure's ``Reason``), and how often."""
        return dict(self._tally.oddities)

    @property
    def running(self) -> int:
        """How many requests are under way."""
        return self._limiter.running if self._limiter else 0

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return self._limiter.waiting if self._limiter else 0

    @property
    def mode(self) -> Mode | None:
        """The mode in use; None while it is yet to be picked."""
        return self._mode

    async def ask(
        self, call: Call[Response], *, until: float | None = None, tally: Tally | None = None
    ) -> CallAnswer[Response]:
        """Return a valid answer to ``call``, from the cache or from the endpoint. ``until`` (loop time) is when it is
        of no use any more; ``tally`` counts what it took, beside the endpoint's own.

        Raises:
            EndpointFailure: the endpoint failed, for a named reason.
            AnswerFailure: the model's answer cannot be used, for a named reason.
        """
        course = self._course(tally)
        key = call_key(call, self._settings)
        failure: CallFailure
        try:
            # Who asks the same meanwhile waits, and is told the same.
            async with asyncio.timeout_at(until), self._turns.setdefault(key, asyncio.Lock()):
                value = self._kept(key, call, course)
                if value is not None:
                    course.add(Totals(calls=1, cache_hits=1))
                    return CallAnswer(value, _NOTHING, 0, 0.0, from_cache=True)
                if hopeless := self._standstill.failure(self._now()):
                    raise hopeless
                mode = await self._picked_mode(course)
                reply, answer = await self._answered(call, mode, course)
                value = self._agreed(key, call, record_of(call, self._model, mode, reply, answer.text), course)
                value = value or answer.value
        except TimeoutError:
            failure = EndpointFailure(Reason.TIMEOUT, "the time for this notice is over")
        except (EndpointFailure, AnswerFailure) as error:
            failure = error
        else:
            course.add(Totals(calls=1))
            return CallAnswer(value, course.usage, course.requests, self._now() - course.started)
        course.add(Totals(calls=1, failures=1))
        self._remember(failure)
        _LOG.info("%s: %s after %d requests", call.task, failure.reason, course.requests)
        raise failure  # outside of the block: nothing that quotes what was sent travels along

    def has_answer(self, call: Call[Response]) -> bool:
        """Whether an answer to ``call`` is kept, so that nothing would be asked."""
        return self._cache is not None and call_key(call, self._settings) in self._cache

    async def attempt(self, call: Call[Response], mode: Mode) -> ValidAnswer[Response]:
        """Ask in ``mode``, past the cache, and do not ask again where the answer is wrong: to learn what it is like.

        Raises:
            EndpointFailure: the endpoint failed.
            AnswerFailure: the answer cannot be used.
        """
        return await self._attempted(call, mode, self._course(None, PROBE_RETRIES))

    def transport(self) -> Transport:
        """Return the OpenAI client, made and imported when it is first needed."""
        if self._transport is None:
            from extractor.endpoint.transport import Transport

            self._transport = Transport(self._settings)
        return self._transport

    def _course(self, tally: Tally | None, retries: int | None = None) -> CallProgress:
        tallies = (self._tally,) if tally is None else (self._tally, tally)
        return CallProgress(tallies, self._now(), self._settings.retries if retries is None else retries)

    def _kept(self, key: str, call: Call[Response], course: CallProgress) -> Response | None:
        record = self._cache.get(key, call.task) if self._cache is not None else None
        if record is None:
            return None
        value = kept_answer(call, record)
        if value is None:
            course.note(Oddity.CACHE_STALE)
            if isinstance(self._cache, OfflineAnswers):
                raise self._cache.missed(key, call.task)
        return value

    def _agreed(self, key: str, call: Call[Response], record: Record, course: CallProgress) -> Response | None:
        """Keep an answer. Where another process was faster, return what it was told: all runs are to say the same.
        An answer that cannot be kept is used all the same, this once."""
        if self._cache is None:
            return None
        try:
            if self._now() < self._keeps_from:
                course.note(Oddity.NOT_KEPT)
                return None
            if self._cache.add(key, record):
                return None
            there = self._cache.get(key, call.task)
            value = kept_answer(call, there) if there else None
            if value is None:
                self._cache.put(key, record)
        except (ExtractorError, OSError, ValueError) as error:
            self._keeps_from = self._now() + _NOT_KEEPING
            course.note(Oddity.NOT_KEPT)
            why = str(error) if isinstance(error, ExtractorError) else type(error).__name__
            _LOG.warning("answers cannot be kept, so they are used once and asked for again by the next run: %s", why)
            return None
        return value

    async def _picked_mode(self, course: CallProgress) -> Mode:
        """Return the mode that is set, or the one that a probe finds. Those who wait for one probe are told the same by
        it: an endpoint that does not answer costs its time once, not once a call."""
        if self._mode is None:
            place = (self._settings.address, self._model)
            if place not in _picked_modes:
                if self._probing is None:
                    self._probing = asyncio.create_task(self._probed(course.tallies))
                    self._probing.add_done_callback(self._end_probing)
                try:
                    _picked_modes[place] = await asyncio.shield(self._probing)
                except (EndpointFailure, AnswerFailure) as failure:
                    raise failure.again() from None
            self._mode = _picked_modes[place]
        return self._mode

    async def _probed(self, tallies: tuple[Tally, ...]) -> Mode:
        deadline = self._now() + self._settings.span

        async def tried(mode: Mode) -> tuple[Oddity, ...]:
            probe = CallProgress(tallies, self._now(), self._settings.retries, tries_mode=True, deadline=deadline)
            return (await self._attempted(QUESTION, mode, probe)).oddities

        try:
            mode = await picked(tried)
        except AnswerFailure as failure:
            self._standstill.begin(failure, self._now())  # what answers nothing simple answers nothing
            raise
        _LOG.info("mode %s is picked", mode)
        return mode

    def _end_probing(self, probing: asyncio.Task[Mode]) -> None:
        self._probing = None
        if not probing.cancelled():
            probing.exception()  # those who wait are told; where nobody does any more it is no surprise

    async def _answered(
        self, call: Call[Response], mode: Mode, course: CallProgress
    ) -> tuple[Reply, ValidAnswer[Response]]:
        """Ask until the answer is valid, each time with a word about what was wrong with the last one."""
        complaint = ""
        for left in range(self._settings.answer_retries, -1, -1):
            try:
                reply = await self._replied(call, mode, complaint, course)
                answer = valid_answer(call, mode, reply)
            except AnswerFailure as failure:
                course.note(failure.reason)
                if failure.ignores_schema and mode in ("tools", "json_schema"):
                    course.note(Oddity.SCHEMA_IGNORED)
                if not (failure.complaint and left):
                    raise
                complaint = failure.complaint
                _LOG.info("%s: %s, asking again", call.task, failure.reason)
            else:
                course.note(*answer.oddities)
                return reply, answer
        raise AssertionError  # the last round returns or raises

    async def _attempted(self, call: Call[Response], mode: Mode, course: CallProgress) -> ValidAnswer[Response]:
        return valid_answer(call, mode, await self._replied(call, mode, "", course))

    async def _replied(self, call: Call[Response], mode: Mode, complaint: str, course: CallProgress) -> Reply:
        """Send a request until the endpoint answers it: again after a while, or without what it does not take."""
        while True:
            try:
                async for attempt in AsyncRetrying(
                    retry=retry_if_exception(self._may_pass),
                    wait=lambda state: wait_before(state, self._settings.backoff),
                    stop=lambda state: (
                        state.attempt_number > course.repeats(state)
                        or course.is_over(self._now() + state.upcoming_sleep)
                    ),
                    before_sleep=lambda state: _LOG.info(
                        "%s: %s, again in %.1f s",
                        call.task,
                        getattr(failure_of(state), "reason", ""),
                        state.upcoming_sleep,
                    ),
                    sleep=asyncio.sleep,
                    reraise=True,
                ):
                    with attempt:
                        return await self._requested(call, mode, complaint, course)
            except EndpointFailure as failure:
                parameter = failure.parameter
                if parameter not in ("max_tokens", "temperature", "seed") or parameter in course.dropped:
                    raise
                course.dropped |= {parameter}
                self._dropped |= {parameter}
                course.note(Oddity.PARAMETER_DROPPED)

    async def _requested(self, call: Call[Response], mode: Mode, complaint: str, course: CallProgress) -> Reply:
        """Wait for a turn and send one request."""
        from extractor.endpoint.shapes import request_body

        assert self._limiter is not None, "use the endpoint in an async with block"
        transport = self.transport()
        need = self._need(call)
        ticket = await self._turn(need, course)
        spent, succeeded = Need(0), False
        try:
            if hopeless := self._standstill.failure(self._now()):  # found while this request waited for its turn
                raise hopeless
            started = self._now()
            if course.deadline is None:  # the time in the queue is not the endpoint's, but where it asked for that
                course.deadline = started + self._settings.span - ticket.held_back
            body = request_body(call, self._settings, mode, complaint, sorted(self._dropped))
            course.requests += 1
            seconds = min(self._settings.timeout, max(course.deadline - started, 0.001))
            received = await transport.send(body, call.messages, seconds)
            usage = Usage(known=False)
            if isinstance(received, CallFailure):
                if received.reason is Reason.RATE_LIMITED:
                    wait = getattr(received, "wait", None)
                    # A wait beyond the call's own deadline ends the call; the others shall not stand still for it.
                    self._limiter.refused(ticket, wait if wait and wait < self._settings.span else None)
                usage = _NOTHING  # what fails is not charged, as far as one is told
            else:
                succeeded = self._was_reached = True
                self._standstill.answered()
                usage = read_usage(received.body, least_tokens(call.messages))[0]
                spent = Need(usage.prompt + usage.completion, self._dollars(usage) or 0.0) if usage.known else need
                if received.closed_for and received.closed_for < self._settings.span:
                    self._limiter.close(received.closed_for)
            self._count(course, usage, started, charged=succeeded)
        finally:
            self._limiter.leave(ticket, spent, succeeded=succeeded)
        if isinstance(received, CallFailure):
            raise received
        reply = read_completion(received.body, mode, least_tokens(call.messages))
        if reply.usage.known:
            self._clips.check(call, reply.usage.prompt)
        return reply

    async def _turn(self, need: Need, course: CallProgress) -> Ticket:
        """Wait until a request may go, but not beyond the call's time."""
        assert self._limiter is not None, "use the endpoint in an async with block"
        try:
            async with asyncio.timeout_at(course.deadline):
                return await self._limiter.enter(need, again=course.requests > 0, patience=self._settings.span)
        except TimeoutError:
            pass
        raise EndpointFailure(Reason.TIMEOUT, "the time for this call was over before its turn came again")

    def _count(self, course: CallProgress, usage: Usage, started: float, *, charged: bool) -> None:
        course.usage += usage
        course.add(
            Totals(
                requests=1,
                retries=int(course.requests > 1),
                usage=usage,
                money=self._dollars(usage) if charged or not self._price else 0.0,
                seconds=self._now() - started,
            )
        )

    def _dollars(self, usage: Usage) -> float | None:
        return self._price.of(usage) if self._price and usage.known else None

    def _need(self, call: Call[Response]) -> Need:
        prompt = most_tokens(call.messages, len(schema_text(call.response)))
        most = Usage(prompt, 0, token_limit(call, self._settings))
        return Need(most.prompt + most.completion, self._price.of(most) if self._price else 0.0)

    def _may_pass(self, error: BaseException) -> bool:
        return isinstance(error, EndpointFailure) and error.reason.passes and not self._standstill.failure(self._now())

    def _remember(self, failure: CallFailure) -> None:
        unreachable = failure.reason.is_of_the_way and not self._was_reached
        if failure.reason.concerns_all or unreachable:
            self._standstill.begin(failure, self._now())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
