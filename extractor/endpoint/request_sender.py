"""One request: it waits for its turn, is sent and counted, and its reply is read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from extractor.endpoint.call_keys import schema_text, token_limit
from extractor.endpoint.call_progress import NO_USAGE, CallProgress, loop_time
from extractor.endpoint.calls import Call, Complaint, Mode, Response, Usage
from extractor.endpoint.clipped_prompts import ClipWatch
from extractor.endpoint.completion import Reply, read_completion, read_usage
from extractor.endpoint.failures import CallFailure, EndpointFailure, Reason
from extractor.endpoint.limiter import Limiter, Need, Ticket
from extractor.endpoint.prices import Price
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.standstill import Standstill
from extractor.endpoint.tally import Totals
from extractor.endpoint.tokens import least_tokens, most_tokens

if TYPE_CHECKING:
    from extractor.endpoint.transport import CompletionResponse, LlamaProperties, Transport


class RequestSender:
    """Sends the requests of all calls to one endpoint, within its limits; belongs to one event loop."""

    def __init__(self, settings: EndpointSettings, price: Price | None, standstill: Standstill) -> None:
        self.limiter = Limiter(settings, loop_time)
        self._settings = settings
        self._price = price
        self._standstill = standstill
        self._clips = ClipWatch()
        self._dropped: frozenset[str] = frozenset()
        self._transport: Transport | None = None
        self._slots: asyncio.Task[LlamaProperties] | None = None

    def transport(self) -> Transport:
        """Return the OpenAI client, made and imported when it is first needed."""
        if self._transport is None:
            from extractor.endpoint.transport import Transport

            self._transport = Transport(self._settings)
        return self._transport

    async def close(self) -> None:
        """Close the connections."""
        if self._slots:
            self._slots.cancel()
            await asyncio.gather(self._slots, return_exceptions=True)
        if self._transport:
            await self._transport.close()

    def leave_out(self, parameter: str) -> None:
        """Send no request with ``parameter`` any more: the endpoint does not take it."""
        self._dropped |= {parameter}

    async def reply(self, call: Call[Response], mode: Mode, complaint: Complaint, progress: CallProgress) -> Reply:
        """Send one request for ``call`` and return its reply; ``complaint`` is about the answer before, if any.

        Raises:
            EndpointFailure: the endpoint failed, or nothing may be sent.
            AnswerFailure: the reply cannot be read, or the endpoint read a part of the prompt only.
        """
        need = self._need(call)
        await self._learn_slots()
        ticket = await self._turn(need, progress)
        spent, succeeded = Need(0), False
        try:
            if hopeless := self._standstill.failure(loop_time()):  # found while this request waited for its turn
                raise hopeless
            started = loop_time()
            if progress.deadline is None:  # the time in the queue is not the endpoint's, but where it asked for that
                progress.deadline = started + self._settings.span - ticket.held_back
            response = await self._response(call, mode, complaint, progress)
            if isinstance(response, CallFailure):
                self._slow_down(response, ticket)
                usage = NO_USAGE  # a failed request is not charged, as far as is known
            else:
                succeeded = True
                usage = self._counted(response, call)
                spent = Need(usage.prompt + usage.completion, self._dollars(usage) or 0.0) if usage.known else need
            self._count(progress, usage, started, charged=succeeded)
        finally:
            self.limiter.leave(ticket, spent, succeeded=succeeded)
        if isinstance(response, CallFailure):
            raise response
        reply = read_completion(response.body, mode, least_tokens(call.messages))
        if reply.usage.known:
            self._clips.check(call, reply.usage.prompt)
        return reply

    async def _learn_slots(self) -> None:
        """Ask a llama.cpp server on this machine, once, how many requests it answers at once: more would only wait."""
        if self._slots is None and self._settings.is_local and self._settings.concurrency is None:
            self._slots = asyncio.create_task(self.transport().llama_properties())
        if self._slots is not None and (slots := (await asyncio.shield(self._slots)).slots):
            self.limiter.bound(slots)

    async def _turn(self, need: Need, progress: CallProgress) -> Ticket:
        """Wait until a request may go, but not beyond the call's time."""
        try:
            async with asyncio.timeout_at(progress.deadline):
                return await self.limiter.enter(need, again=progress.requests > 0, patience=self._settings.span)
        except TimeoutError:
            pass
        raise EndpointFailure(Reason.TIMEOUT, "the time for this call was over before its turn came again")

    async def _response(
        self, call: Call[Response], mode: Mode, complaint: Complaint, progress: CallProgress
    ) -> CompletionResponse | CallFailure:
        from extractor.endpoint.shapes import request_body

        body = request_body(call, self._settings, mode, complaint, sorted(self._dropped))
        progress.requests += 1
        left = self._settings.timeout if progress.deadline is None else progress.deadline - loop_time()
        return await self.transport().send(body, call.messages, min(self._settings.timeout, max(left, 0.001)))

    def _slow_down(self, failure: CallFailure, ticket: Ticket) -> None:
        """Send fewer requests at once where there are too many: the endpoint refused one, or did not come to it."""
        if failure.reason is Reason.TIMEOUT:
            self.limiter.ran_out(ticket)
        if failure.reason is Reason.RATE_LIMITED:
            wait = failure.wait if isinstance(failure, EndpointFailure) else None
            # A wait beyond the call's own deadline ends the call; the others shall not wait for it.
            self.limiter.refused(ticket, wait if wait and wait < self._settings.span else None)

    def _counted(self, response: CompletionResponse, call: Call[Response]) -> Usage:
        """Return the tokens that a completion counts, and wait where the endpoint says that no request is left."""
        self._standstill.answered()
        if response.closed_for and response.closed_for < self._settings.span:
            self.limiter.close(response.closed_for)
        return read_usage(response.body, least_tokens(call.messages))[0]

    def _count(self, progress: CallProgress, usage: Usage, started: float, *, charged: bool) -> None:
        progress.usage += usage
        progress.add(
            Totals(
                requests=1,
                retries=int(progress.requests > 1),
                usage=usage,
                money=self._dollars(usage) if charged or not self._price else 0.0,
                seconds=loop_time() - started,
            )
        )

    def _dollars(self, usage: Usage) -> float | None:
        return self._price.of(usage) if self._price and usage.known else None

    def _need(self, call: Call[Response]) -> Need:
        prompt = most_tokens(call.messages, len(schema_text(call.response)))
        most = Usage(prompt, 0, token_limit(call, self._settings))
        return Need(most.prompt + most.completion, self._price.of(most) if self._price else 0.0)
