"""The endpoint as the rest of the program sees it: a call goes in, a valid answer comes out, or a named failure.

A call goes through the cache (``answer_keeper``), gets a mode (``mode_picker``), is sent within the limits
(``request_sender``), and is asked again where that helps (``retries``). The OpenAI client and Instructor take two
seconds to import; a run that finds all its answers in the cache never does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from extractor.endpoint.answer_keeper import AnswerKeeper
from extractor.endpoint.answer_records import AnswerStore, CallHeader
from extractor.endpoint.answers import ValidAnswer, valid_answer
from extractor.endpoint.call_keys import sends_own_schema
from extractor.endpoint.call_progress import NO_USAGE, CallProgress, loop_time
from extractor.endpoint.calls import NO_COMPLAINT, Call, CallAnswer, Complaint, Mode, Response
from extractor.endpoint.completion import Reply
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.mode_picker import ModePicker
from extractor.endpoint.mode_probe import QUESTION, best_mode
from extractor.endpoint.oddities import Oddity
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.prices import Price, price_of
from extractor.endpoint.request_sender import RequestSender
from extractor.endpoint.retries import PROBE_RETRIES, RetryPolicy, corrected
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.standstill import Standstill
from extractor.endpoint.tally import Tally, Totals
from extractor.errors import SettingsError

if TYPE_CHECKING:
    from extractor.endpoint.transport import Transport

_LOG = logging.getLogger("extractor.endpoint")


class Endpoint:
    """An endpoint with all that is known of it; to be used in an ``async with`` block, in one event loop.

    Raises:
        SettingsError: no model is named, or a budget in dollars is set and the model's price is unknown.
    """

    def __init__(
        self,
        settings: EndpointSettings,
        cache: AnswerStore | None = None,
        tally: Tally | None = None,
        sizes: PackSizes | None = None,
    ) -> None:
        self._model, price = _model_and_price(settings)
        self._settings = settings
        self._tally = tally or Tally()
        self.sizes = sizes or PackSizes(settings)
        self._standstill = Standstill()
        self._keeper = AnswerKeeper(cache)
        self._modes = ModePicker(settings, self._best_mode)
        self._sender = RequestSender(settings, price, self._standstill)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by a call's key

    async def __aenter__(self) -> Endpoint:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tally.totals.requests:
            self.sizes.ran(self._sender.limiter.limit, caches_prefix=self._tally.totals.usage.cached > 0)
        await self._modes.close()
        await self._sender.close()

    @property
    def totals(self) -> Totals:
        """The sums of what all calls took so far."""
        return self._tally.totals

    @property
    def tally(self) -> Tally:
        """The counts of all calls so far, with the oddities, as they go into a report."""
        return self._tally

    @property
    def warnings(self) -> Mapping[str, int]:
        """Counts of what was wrong with answers, by name (``Oddity``, or a failure's ``Reason``)."""
        return dict(self._tally.oddities)

    @property
    def running(self) -> int:
        """The number of requests under way."""
        return self._sender.limiter.running

    @property
    def waiting(self) -> int:
        """The number of requests that wait for their turn."""
        return self._sender.limiter.waiting

    @property
    def at_once(self) -> int | None:
        """The number of calls that are worth beginning at once: on this machine as many as may go; None for any."""
        return self._sender.limiter.limit if self._settings.is_local else None

    @property
    def mode(self) -> Mode | None:
        """The mode in use; None while it is yet to be picked."""
        return self._modes.mode

    async def ask(
        self, call: Call[Response], *, until: float | None = None, tally: Tally | None = None
    ) -> CallAnswer[Response]:
        """Return a valid answer to ``call``, from the cache or from the endpoint.

        ``until`` (loop time) is when it is of no use any more, None for never; ``tally`` counts what it took, beside
        the endpoint's own.

        Raises:
            EndpointFailure: the endpoint failed, for a named reason.
            AnswerFailure: the model's answer cannot be used, for a named reason.
        """
        progress = self._progress(tally, self._settings.retries)
        key = self._keeper.key(call, self._settings)
        failure: CallFailure
        try:
            # Identical concurrent calls wait for the first and share its answer.
            async with asyncio.timeout_at(until), self._turns.setdefault(key, asyncio.Lock()):
                value = self._keeper.find(key, call, progress)
                if value is not None:
                    progress.add(Totals(calls=1, cache_hits=1))
                    return CallAnswer(value, NO_USAGE, 0, 0.0, from_cache=True)
                value = await self._asked(key, call, progress)
        except TimeoutError:
            failure = EndpointFailure(Reason.TIMEOUT, "the time for this notice is over")
        except (EndpointFailure, AnswerFailure) as error:
            failure = error
        else:
            progress.add(Totals(calls=1))
            return CallAnswer(value, progress.usage, progress.requests, loop_time() - progress.started)
        progress.add(Totals(calls=1, failures=1))
        self._standstill.failed(failure, loop_time())
        _LOG.info("%s: %s after %d requests", call.task, failure.reason, progress.requests)
        raise failure  # outside of the block: nothing that quotes what was sent travels along

    def has_answer(self, call: Call[Response]) -> bool:
        """Return whether an answer to ``call`` is kept, so that nothing would be asked."""
        return self._keeper.has(self._keeper.key(call, self._settings))

    async def attempt(self, call: Call[Response], mode: Mode) -> ValidAnswer[Response]:
        """Ask in ``mode``, past the cache, and do not ask again where the answer is wrong: to learn what it is like.

        Raises:
            EndpointFailure: the endpoint failed.
            AnswerFailure: the answer cannot be used.
        """
        return await self._attempted(call, mode, NO_COMPLAINT, self._progress(None, PROBE_RETRIES))

    def transport(self) -> Transport:
        """Return the OpenAI client, made and imported when it is first needed."""
        return self._sender.transport()

    def _progress(self, tally: Tally | None, retries: int) -> CallProgress:
        return CallProgress((self._tally,) if tally is None else (self._tally, tally), loop_time(), retries)

    async def _asked(self, key: str, call: Call[Response], progress: CallProgress) -> Response:
        """Return the endpoint's answer, and keep it."""
        if hopeless := self._standstill.failure(loop_time()):
            raise hopeless
        mode = await self._modes.pick(progress.tallies)
        answer = await corrected(
            lambda complaint: self._attempted(call, mode, complaint, progress),
            call,
            mode,
            progress,
            self._settings.answer_retries,
        )
        header = CallHeader(call.task, self._model, mode, call.prompt_version)
        return self._keeper.keep(key, call, header, answer, progress)

    async def _attempted(
        self, call: Call[Response], mode: Mode, complaint: Complaint, progress: CallProgress
    ) -> ValidAnswer[Response]:
        """Ask once; the request may be sent again, a wrong answer is not asked for again."""
        return valid_answer(call, mode, await self._reply(call, mode, complaint, progress))

    async def _reply(self, call: Call[Response], mode: Mode, complaint: Complaint, progress: CallProgress) -> Reply:
        """Return the reply to a call; where a schema of its own is refused, to the call with the general one."""
        general = replace(call, schema=None)
        if not sends_own_schema(call, self._settings, mode) or self.sizes.capacity.takes_pack_schema is False:
            return await self._sent(general, mode, complaint, progress)
        try:
            reply = await self._sent(call, mode, complaint, progress)
        except EndpointFailure as failure:
            if failure.reason is not Reason.BAD_REQUEST:
                raise
        else:
            self.sizes.showed_schema(taken=True)
            return reply
        reply = await self._sent(general, mode, complaint, progress)
        self.sizes.showed_schema(taken=False)  # what is refused in either form shows nothing
        progress.note(Oddity.SCHEMA_REFUSED)
        return reply

    async def _sent(self, call: Call[Response], mode: Mode, complaint: Complaint, progress: CallProgress) -> Reply:
        """Send a request until it is answered."""
        policy = RetryPolicy(call.task, progress, self._standstill, self._settings.backoff)
        return await policy.reply(
            lambda: self._sender.reply(call, mode, complaint, progress), leave_out=self._sender.leave_out
        )

    async def _best_mode(self, tallies: tuple[Tally, ...]) -> Mode:
        """Probe the endpoint for the best mode it can do."""
        deadline = loop_time() + self._settings.span

        async def oddities_in(mode: Mode) -> tuple[Oddity, ...]:
            probe = CallProgress(tallies, loop_time(), self._settings.retries, tries_mode=True, deadline=deadline)
            return (await self._attempted(QUESTION, mode, NO_COMPLAINT, probe)).reply.oddities

        try:
            mode = await best_mode(oddities_in)
        except AnswerFailure as failure:
            self._standstill.begin(failure, loop_time())  # what answers nothing simple answers nothing
            raise
        _LOG.info("mode %s is picked", mode)
        return mode


def _model_and_price(settings: EndpointSettings) -> tuple[str, Price | None]:
    """Return the model and its price, None where that is unknown and no budget needs it.

    Raises:
        SettingsError: no model is named, or the price is unknown and a budget needs it.
    """
    if settings.model is None:
        raise SettingsError("no model is named; name one with --model (doctor lists the endpoint's models)")
    price = price_of(settings.model, settings.prices)
    if settings.budget_usd is not None and price is None:
        raise SettingsError(
            f"the price of {settings.model} is unknown, so --budget-usd cannot be kept; "
            "add it to a price table (--prices), or set --budget-tokens"
        )
    return settings.model, price
