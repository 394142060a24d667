"""Every decision to ask an endpoint again: after which failure, when, and with what change.

Three kinds, from the inside out: the same request after a wait (``_repeated``), the request without a parameter that
the endpoint does not take (``RetryPolicy.reply``), and the question with a word about what was wrong with the last
answer (``corrected``).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from extractor.endpoint.answers import ValidAnswer
from extractor.endpoint.call_progress import CallProgress, loop_time
from extractor.endpoint.calls import NO_COMPLAINT, Call, Complaint, Mode, Response
from extractor.endpoint.completion import Reply
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.oddities import Oddity
from extractor.endpoint.standstill import Standstill

_LOG = logging.getLogger("extractor.endpoint")

PROBE_RETRIES = 1  # of a request that tries a mode: what may be the mode's fault will not pass
_OF_NO_MODE = (Reason.RATE_LIMITED, Reason.CONNECTION)
_WITH_SCHEMA = ("tools", "json_schema")  # modes that send the answer's schema
_LEFT_OUT = ("max_tokens", "temperature", "seed")  # parameters that a request may do without
_LONGEST_BACKOFF = 30.0  # seconds


class RetryPolicy:
    """Decides which requests of one call are sent again; ``backoff`` is the first wait in seconds."""

    def __init__(self, task: str, progress: CallProgress, standstill: Standstill, backoff: float) -> None:
        self._task = task
        self._progress = progress
        self._standstill = standstill
        self._backoff = backoff

    async def reply(self, send: Callable[[], Awaitable[Reply]], leave_out: Callable[[str], None]) -> Reply:
        """Send a request until it is answered, without the parameters that the endpoint refuses.

        ``leave_out`` is called with the name of each, before the request is sent without it.

        Raises:
            EndpointFailure: the endpoint failed for good.
            AnswerFailure: the reply cannot be read.
        """
        while True:
            try:
                return await self._repeated(send)
            except EndpointFailure as failure:
                parameter = failure.parameter
                if parameter not in _LEFT_OUT or parameter in self._progress.dropped:
                    raise
            self._progress.dropped |= {parameter}
            self._progress.note(Oddity.PARAMETER_DROPPED)
            leave_out(parameter)

    async def _repeated(self, send: Callable[[], Awaitable[Reply]]) -> Reply:
        """Send a request until the endpoint answers it, with growing waits."""

        async def attempt() -> Reply:  # Tenacity awaits only what is defined as a coroutine function
            return await send()

        return await AsyncRetrying(
            retry=retry_if_exception(self._may_pass),
            wait=self._wait,
            stop=self._is_last,
            before_sleep=self._log,
            sleep=asyncio.sleep,
            reraise=True,
        )(attempt)

    def _may_pass(self, error: BaseException) -> bool:
        return isinstance(error, EndpointFailure) and error.reason.passes and not self._standstill.failure(loop_time())

    def _wait(self, state: RetryCallState) -> float:
        failure = _failure_of(state)
        return seconds_before(state.attempt_number + 1, self._backoff, failure.wait if failure else None)

    def _is_last(self, state: RetryCallState) -> bool:
        """Return whether an attempt was the last: too many were made, or the call would be over before the next."""
        is_over = self._progress.is_over(loop_time() + state.upcoming_sleep)
        return is_over or state.attempt_number > self._repeats(_failure_of(state))

    def _repeats(self, failure: EndpointFailure | None) -> int:
        """Return how often a request may be repeated; where a mode is tried hardly, unless the mode is not to blame."""
        retries = self._progress.retries
        may_be_the_mode = failure is None or failure.reason not in _OF_NO_MODE
        return min(retries, PROBE_RETRIES) if self._progress.tries_mode and may_be_the_mode else retries

    def _log(self, state: RetryCallState) -> None:
        reason = getattr(_failure_of(state), "reason", "")
        _LOG.info("%s: %s, again in %.1f s", self._task, reason, state.upcoming_sleep)


async def corrected(
    ask: Callable[[Complaint], Awaitable[ValidAnswer[Response]]],
    call: Call[Response],
    mode: Mode,
    progress: CallProgress,
    answer_retries: int,
) -> ValidAnswer[Response]:
    """Ask until the answer is valid; ``ask`` is given what was wrong with the last one, at first nothing.

    Raises:
        EndpointFailure: the endpoint failed for good.
        AnswerFailure: the answer is still not valid after so many ``answer_retries``, or cannot get better.
    """
    complaint = NO_COMPLAINT
    for number in range(answer_retries + 1):
        try:
            answer = await ask(complaint)
        except AnswerFailure as failure:
            progress.note(failure.reason)
            if failure.ignores_schema and mode in _WITH_SCHEMA:
                progress.note(Oddity.SCHEMA_IGNORED)
            most = answer_retries if failure.most_repeats is None else min(failure.most_repeats, answer_retries)
            if not failure.complaint or number >= most:
                raise
            complaint = complaint.followed_by(failure.complaint)
            _LOG.info("%s: %s, asking again", call.task, failure.reason)
        else:
            progress.note(*answer.reply.oddities)
            return answer
    raise AssertionError  # the last round returns or raises


def seconds_before(attempt: int, backoff: float, requested: float | None) -> float:
    """Return how many seconds to wait before an attempt (2 is the first repetition), never the same for all.

    ``requested`` is what the endpoint asks for; where it is None waits double from ``backoff`` on.
    """
    growing = min(backoff * 2.0 ** min(attempt - 2, 64), _LONGEST_BACKOFF)
    jitter = random.uniform(0.5, 1.0)
    return growing * jitter if requested is None else requested + min(growing, backoff) * (jitter - 0.5)


def _failure_of(state: RetryCallState) -> EndpointFailure | None:
    """Return the failure of an attempt, None where it did not fail, or in another way."""
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, EndpointFailure) else None
