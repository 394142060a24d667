"""The examination of an endpoint: its models, modes, speed and context are tried, its faults named."""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from extractor.endpoint.calls import Call, Mode, Response
from extractor.endpoint.client import Endpoint
from extractor.endpoint.completion import read_usage, thoughts_of
from extractor.endpoint.connection import TLS_PORT, speaks_tls
from extractor.endpoint.diagnosis import diagnose
from extractor.endpoint.doctor_report import (
    ODDITIES,
    OF_THE_MODEL,
    DoctorReport,
    ModeTrial,
    Speed,
    diagnoses,
    remedies,
    suggestions,
)
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import count_of
from extractor.endpoint.mode_probe import FORCED, ORDER, QUESTION
from extractor.endpoint.model_capacity import ModelCapacity, tried
from extractor.endpoint.oddities import Oddity
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.tally import Tally
from extractor.endpoint.tokens import most_tokens
from extractor.endpoint.transport import LlamaProperties
from extractor.terminal import printable

_CONTEXT_FIELDS = ("max_model_len", "context_length", "max_context_length", "context_window", "n_ctx")
_LONG_PROMPT = 8192  # tokens; as the longest of a run
_WITH_SCHEMA = ("json_schema", "tools")  # modes that send the answer's schema
_OF_THE_ADDRESS = frozenset((Reason.CONNECTION, Reason.TIMEOUT, Reason.AUTH, Reason.TLS, Reason.REDIRECTED))
_HOPELESS = frozenset((Reason.AUTH, Reason.QUOTA, Reason.CONNECTION, Reason.TLS, Reason.REDIRECTED))  # in any mode
_LONGEST_NAME = 300  # characters of a model's name
_RETRIES = 1  # of a request that failed
_AT_ONCE = 8  # calls, of which it is measured how many run side by side
_PATIENCE = 45.0  # seconds for an answer, after which no larger pack is tried
_ROOM = 256  # tokens for the simple question: enough to see that an answer keeps no form


class SizedCall(NamedTuple):
    """A call about a pack of so many tokens of pieces; ``is_whole`` is whether an answer leaves no piece out."""

    tokens: int
    call: Call[Any]
    is_whole: Callable[[Any], bool]


async def examine(
    settings: EndpointSettings,
    ask_tiny: Call[Response],
    watch: Callable[[str], None] = lambda _: None,
    sized: Sequence[SizedCall] = (),
) -> DoctorReport:
    """Return what the endpoint can do, tried with the call ``ask_tiny``, and with those of growing size.

    That takes some twenty requests, more where answers are wrong; no answer is kept. ``watch`` is called with the name
    of each step before it begins.

    Raises:
        SettingsError: a budget is set that cannot be kept.
    """
    watch("listing models")
    async with Endpoint(settings.model_copy(update={"model": settings.model or "unnamed"})) as scout:
        listed = await scout.transport().models()
        is_llama = isinstance(listed, list) and any(entry.get("owned_by") == "llamacpp" for entry in listed)
        llama = await scout.transport().llama_properties() if is_llama or settings.is_local else LlamaProperties()
    report = DoctorReport(settings.address, settings.model, reached=True, slots=llama.slots)
    if isinstance(listed, CallFailure):
        if listed.reason is Reason.CONNECTION and await speaks_tls(settings.url):
            listed = EndpointFailure(Reason.TLS, f"{settings.address} {TLS_PORT}")
        if listed.reason in _OF_THE_ADDRESS:
            reached = listed.reason not in (Reason.CONNECTION, Reason.TIMEOUT)
            return replace(
                report, reached=reached, diagnoses=(str(listed),), suggestions=remedies(settings, listed.reason)
            )
    else:
        names = tuple(filter(None, (_name(entry.get("id")) for entry in listed)))
        model = settings.model or (names[0] if len(names) == 1 else None)
        stated = (llama.context if is_llama else None) or _context(listed, model)
        report = replace(report, models=names, model=model, context=stated)
    if report.model is None:
        known = ", ".join(report.models or ()) or "it lists none"
        return replace(report, diagnoses=("no model is named",), suggestions=(f"name one with --model ({known})",))
    named = settings.model_copy(update={"model": report.model})
    report = await _tried_out(named, ask_tiny, report, watch, sized)
    return replace(report, diagnoses=diagnoses(report), suggestions=suggestions(settings, report))


async def _tried_out(
    settings: EndpointSettings,
    ask_tiny: Call[Response],
    report: DoctorReport,
    watch: Callable[[str], None],
    sized: Sequence[SizedCall],
) -> DoctorReport:
    """Try the model in each mode; in the best one measure its speed, and how much it takes at once."""
    async with AsyncExitStack() as stack:
        endpoints = {}
        for mode in ORDER:
            watch(f"trying {mode}")
            # As in a run, but without much patience for what fails.
            how = settings.model_copy(update={"mode": mode, "retries": min(settings.retries, _RETRIES)})
            endpoints[mode] = await stack.enter_async_context(Endpoint(how))
            trial = await _tried_with_schema(endpoints[mode], [ask_tiny, *(each.call for each in sized[:1])], mode)
            taken = endpoints[mode].sizes.capacity.takes_pack_schema
            report = replace(report, modes=(*report.modes, trial))
            report = report if taken is None else replace(report, takes_pack_schema=taken)
            if trial.reason in _HOPELESS or all(each.reason is Reason.TIMEOUT for each in report.modes):
                break
        best = report.best_mode
        if best is None:
            return report
        watch("measuring speed")
        fresh = _unseen(ask_tiny)
        cold = await _speed(endpoints[best], settings, fresh, best)
        report = replace(report, cold=cold, warm=cold and await _speed(endpoints[best], settings, fresh, best))
        if report.context is None:
            watch("trying a long prompt")
            long = _lengthened(ask_tiny)
            tokens = most_tokens(long.messages)
            report = replace(report, long_prompt=await _tried(endpoints[best], long, best), long_tokens=tokens)
        if sized:
            watch("asking about more at once")
            report = await _with_sizes(report, endpoints[best], settings, sized)
            watch("asking several at once")
            report = replace(report, at_once=report.slots or await _side_by_side(settings, best))
    return report


async def _with_sizes(
    report: DoctorReport, endpoint: Endpoint, settings: EndpointSettings, sized: Sequence[SizedCall]
) -> DoctorReport:
    """Ask about larger and larger packs, once each, until one is not answered right or would take too long."""
    right: list[int] = []
    assert report.best_mode
    for each in sized:
        answers: list[Any] = []
        trial = await _tried(endpoint, each.call, report.best_mode, answers.append)
        if not (trial.works and all(map(each.is_whole, answers))):
            return replace(report, right_sizes=tuple(right), wrong_size=each.tokens)
        right.append(each.tokens)
        if trial.seconds > min(_PATIENCE, settings.timeout / 4):
            break
    return replace(report, right_sizes=tuple(right))


async def _side_by_side(settings: EndpointSettings, mode: Mode) -> int | None:
    """Return how many calls the endpoint answers in the time of one, as far as tried; None where one fails."""
    at_once = min(settings.concurrency or _AT_ONCE, _AT_ONCE)
    call = replace(QUESTION, max_tokens=_ROOM)
    seconds = []
    async with Endpoint(settings.model_copy(update={"concurrency": at_once})) as endpoint:
        for number in (1, at_once):
            begun = time.perf_counter()
            failures = await asyncio.gather(*(_failure(endpoint, call, mode) for _ in range(number)))
            if any(isinstance(failure, EndpointFailure) for failure in failures):
                return None
            seconds.append(time.perf_counter() - begun)
    return max(1, min(at_once, round(at_once * seconds[0] / seconds[1])))


def capacity_of(settings: EndpointSettings, report: DoctorReport) -> ModelCapacity:
    """Return what a run is to know of a model that was tried with packs of several sizes."""
    read = report.cold.prompt / report.cold.first_token if report.cold and report.cold.first_token else None
    speed = report.warm or report.cold
    return replace(
        tried(settings, report.right_sizes, report.wrong_size),
        at_once=report.at_once,
        caches_prefix=report.has_prefix_cache,
        first_token=speed.first_token if speed else None,
        read=read or None,
        written=speed.per_second if speed else None,
        takes_pack_schema=report.takes_pack_schema,
    )


async def _failure(endpoint: Endpoint, call: Call[Any], mode: Mode) -> CallFailure | None:
    """Ask once, and return what failed."""
    try:
        await endpoint.attempt(call, mode)
    except (EndpointFailure, AnswerFailure) as failure:
        return failure
    return None


async def _tried_with_schema(endpoint: Endpoint, calls: Sequence[Call[Any]], mode: Mode) -> ModeTrial:
    """Try a mode, with the next of ``calls`` where one is too much; also find out whether a schema is obeyed."""
    for call in calls:
        trial = await _tried(endpoint, call, mode)
        if trial.works or trial.reason not in OF_THE_MODEL:
            break
    if mode not in _WITH_SCHEMA or trial.obeys_schema is False or not (trial.works or trial.reason in OF_THE_MODEL):
        return trial
    try:
        # Asked for what no schema here allows: only what is held to the schema answers as it says.
        await endpoint.attempt(replace(FORCED, max_tokens=_ROOM), mode)
    except AnswerFailure as failure:
        return replace(trial, obeys_schema=False if failure.ignores_schema else None)
    except EndpointFailure:
        return trial
    # A tool's schema stands in the prompt, too, and an able model goes by it: that proves nothing.
    return replace(trial, obeys_schema=True if mode == "json_schema" else None)


async def _tried(
    endpoint: Endpoint, call: Call[Response], mode: Mode, taken: Callable[[Response], None] = lambda _: None
) -> ModeTrial:
    """Try a mode as a run would: a wrong answer is sent back. ``taken`` is called with the answer, if it is valid."""
    tally = Tally()
    started = time.perf_counter()
    failure: CallFailure | None = None
    try:
        taken((await endpoint.ask(call, tally=tally)).value)
    except (EndpointFailure, AnswerFailure) as error:
        failure = error
    return ModeTrial(
        mode,
        works=failure is None,
        seconds=time.perf_counter() - started,
        requests=tally.totals.requests,
        oddities=tuple(str(name) for name in ODDITIES if name in tally.oddities),
        reason=failure.reason if failure else None,
        sentence=str(failure) if failure else "",
        obeys_schema=False if Oddity.SCHEMA_IGNORED in tally.oddities else None,
    )


async def _speed(endpoint: Endpoint, settings: EndpointSettings, call: Call[Response], mode: Mode) -> Speed | None:
    """Measure one streamed answer; None where the endpoint does not stream."""
    from extractor.endpoint.shapes import request_body

    dropped: list[str] = []
    while True:
        pieces = endpoint.transport().stream(request_body(call, settings, mode, dropped=dropped))
        try:
            async with asyncio.timeout(settings.timeout):
                return await _measured(pieces)
        except Exception as error:  # a server may break off in any way; then its speed stays unknown
            failure = diagnose(error, call.messages, settings)
        parameter = failure.parameter if isinstance(failure, EndpointFailure) else None
        if parameter is None or parameter in dropped:
            return None
        dropped.append(parameter)


async def _measured(stream: AsyncIterator[Any]) -> Speed | None:
    started = time.perf_counter()
    first: float | None = None
    pieces, usage = 0, None
    async for piece in stream:
        if piece.choices and _has_text(piece.choices[0].delta):
            first = first or time.perf_counter()
            pieces += 1
        usage = piece.usage or usage
    if first is None:
        return None
    counted, _ = read_usage({"usage": usage.model_dump() if isinstance(usage, BaseModel) else None})
    spent = time.perf_counter() - first
    tokens = counted.completion if counted.known else pieces
    rate = tokens / spent if spent > 0 and tokens > 1 else None
    return Speed(first - started, rate, counted.cached, counted.prompt)


def _has_text(delta: Any) -> bool:
    return bool(delta and (delta.content or delta.tool_calls or thoughts_of(delta.model_dump(exclude_unset=True))))


def _name(said: object) -> str:
    """Return a model's name as an endpoint lists it, empty where it is none."""
    return printable(said)[:_LONGEST_NAME] if isinstance(said, str) else ""


def _unseen(call: Call[Response]) -> Call[Response]:
    """Return a call whose prompt begins as no prompt did before, so that no prefix cache knows it."""
    head, *rest = call.messages
    return replace(call, messages=(head._replace(content=f"({uuid.uuid4().hex})\n{head.content}"), *rest))


def _lengthened(call: Call[Response]) -> Call[Response]:
    """Return a call with the same question, and so an answer as short, behind a prompt as long as any of a run."""
    head, *rest = call.messages
    more = max(_LONG_PROMPT / most_tokens(call.messages) - 1, 0)
    filler = (head.content * math.ceil(more))[: int(more * len(head.content))]
    return replace(call, messages=(head._replace(content=f"{filler}\n{head.content}"), *rest))


def _context(listed: Sequence[Mapping[str, Any]], model: str | None) -> int | None:
    """Return the context length, in tokens, that an endpoint states for a model; None where it states none."""
    for entry in listed:
        if entry.get("id") == model or len(listed) == 1:
            meta = entry.get("meta")
            for source in (entry, meta if isinstance(meta, Mapping) else {}):
                for name in _CONTEXT_FIELDS:
                    if value := count_of(source, name):
                        return value
    return None
