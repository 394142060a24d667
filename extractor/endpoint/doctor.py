"""What an endpoint can do, tried out, and what is wrong with it, in plain words."""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from extractor.endpoint.calls import Call, Mode, Response
from extractor.endpoint.client import Endpoint
from extractor.endpoint.diagnosis import diagnose
from extractor.endpoint.estimate import usual_tokens
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.probe import ORDER, QUESTION
from extractor.endpoint.reading import read_usage
from extractor.endpoint.settings import Settings

_CONTEXT_FIELDS = ("max_model_len", "context_length", "max_context_length", "context_window", "n_ctx")
_COMFORTABLE_CONTEXT = 12_288  # tokens; what the largest calls take, prompt and answer
_LONG_PROMPT = 8192  # tokens; such calls' prompt alone
_WITH_SCHEMA = ("json_schema", "tools")  # modes in which the endpoint is told the answer's schema
_HOPELESS = frozenset((Reason.AUTH, Reason.QUOTA, Reason.CONNECTION, Reason.TIMEOUT))  # in any mode
_SLOW = 10.0  # tokens a second
_NOTICEABLE = 0.7  # of the first-token delay, where a prefix cache works
_MEASURABLE = 0.05  # seconds


@dataclass(frozen=True)
class ModeTrial:
    """How a mode did: ``works`` with these ``oddities``, or not, for ``reason``, as ``sentence`` says.

    ``obeys_schema``: whether the answer had the shape of the schema where nothing else told that shape; None where the
    mode sends no schema, or it cannot be told.
    """

    mode: Mode
    works: bool
    seconds: float
    oddities: tuple[str, ...] = ()
    reason: Reason | None = None
    sentence: str = ""
    obeys_schema: bool | None = None


@dataclass(frozen=True)
class Speed:
    """Of one answer: seconds to its first token, tokens a second from there; tokens of the prompt that hit a cache."""

    first_token: float
    per_second: float | None
    cached: int


@dataclass(frozen=True)
class Report:
    """What was found. ``models`` is None where the endpoint lists none; ``context`` (tokens) where it does not say, and
    ``long_prompt`` is how a prompt of ``long_tokens`` did then; ``cold`` is the speed with a prompt it never saw,
    ``warm`` with the same again."""

    address: str
    model: str | None
    reached: bool
    models: tuple[str, ...] | None = None
    context: int | None = None
    long_prompt: ModeTrial | None = None
    long_tokens: int = 0
    modes: tuple[ModeTrial, ...] = ()
    cold: Speed | None = None
    warm: Speed | None = None
    diagnoses: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def best_mode(self) -> Mode | None:
        """Of the modes that work the first whose schema is not ignored and whose answer was not odd, if any is so."""
        working = [trial for trial in self.modes if trial.works]
        best = min(working, key=lambda trial: (trial.obeys_schema is False, bool(trial.oddities)), default=None)
        return best.mode if best else None

    @property
    def obeys_schema(self) -> bool | None:
        """Whether a mode that sends a schema brings answers of its shape; None where it cannot be told."""
        told = [trial.obeys_schema for trial in self.modes if trial.obeys_schema is not None]
        return any(told) if told else None

    @property
    def has_prefix_cache(self) -> bool | None:
        """Whether the beginning that prompts have in common is read once only; None where it cannot be told."""
        if self.cold is None or self.warm is None:
            return None
        if self.warm.cached:
            return True
        if self.cold.first_token < _MEASURABLE:
            return None
        return self.warm.first_token < _NOTICEABLE * self.cold.first_token


async def examine(
    settings: Settings, ask_tiny: Call[Response], watch: Callable[[str], None] = lambda _: None
) -> Report:
    """Return what the endpoint can do, tried with ``ask_tiny``, in about ten requests. Nothing of it is kept. ``watch``
    is told what is tried next.

    Raises:
        SettingsError: a budget is set that cannot be kept.
    """
    watch("listing models")
    async with Endpoint(settings.model_copy(update={"model": settings.model or "unnamed"})) as scout:
        listed = await scout.transport().models()
        is_llama = isinstance(listed, list) and any(entry.get("owned_by") == "llamacpp" for entry in listed)
        llama_context = await scout.transport().llama_context() if is_llama else None
    report = Report(settings.address, settings.model, reached=True)
    if isinstance(listed, EndpointFailure | AnswerFailure):
        if listed.reason in (Reason.CONNECTION, Reason.TIMEOUT, Reason.AUTH):
            reached = listed.reason is Reason.AUTH
            return replace(report, reached=reached, diagnoses=(str(listed),), suggestions=_remedies(settings, listed))
    else:
        names = tuple(str(entry.get("id")) for entry in listed)
        model = settings.model or (names[0] if len(names) == 1 else None)
        report = replace(report, models=names, model=model, context=llama_context or _context(listed, model))
    if report.model is None:
        known = ", ".join(report.models or ()) or "it lists none"
        return replace(report, diagnoses=("no model is named",), suggestions=(f"name one with --model ({known})",))
    settings_used = settings.model_copy(update={"model": report.model})
    async with Endpoint(settings_used) as endpoint:
        trials: list[ModeTrial] = []
        for mode in ORDER:
            watch(f"trying {mode}")
            trials.append(await _tried_with_schema(endpoint, ask_tiny, mode))
            if trials[-1].reason in _HOPELESS:
                break
        report = replace(report, modes=tuple(trials))
        if best := report.best_mode:
            watch("measuring speed")
            fresh = _unseen(ask_tiny)
            cold = await _speed(endpoint, settings_used, fresh, best)
            report = replace(report, cold=cold, warm=cold and await _speed(endpoint, settings_used, fresh, best))
            if report.context is None:
                watch("trying a long prompt")
                long = _lengthened(ask_tiny)
                tokens = usual_tokens(long.messages)
                report = replace(report, long_prompt=await _tried(endpoint, long, best), long_tokens=tokens)
    return replace(report, diagnoses=_diagnoses(report), suggestions=_suggestions(settings, report))


async def _tried_with_schema(endpoint: Endpoint, call: Call[Response], mode: Mode) -> ModeTrial:
    """Try a mode; where it sends a schema find out, too, whether that is obeyed."""
    trial = await _tried(endpoint, call, mode)
    if mode not in _WITH_SCHEMA or not trial.works:
        return trial
    try:
        # A prompt that tells the answer's form, as ``call`` does, would be obeyed without the schema, too.
        await endpoint.attempt(QUESTION, mode)
    except AnswerFailure as failure:
        return replace(trial, obeys_schema=False if failure.ignores_schema else None)
    except EndpointFailure:
        return trial
    return replace(trial, obeys_schema=True)


async def _tried(endpoint: Endpoint, call: Call[Response], mode: Mode) -> ModeTrial:
    started = time.perf_counter()
    try:
        answer = await endpoint.attempt(call, mode)
    except (EndpointFailure, AnswerFailure) as failure:
        obeys = False if isinstance(failure, AnswerFailure) and failure.ignores_schema else None
        seconds = time.perf_counter() - started
        return ModeTrial(
            mode, False, seconds, (), failure.reason, str(failure), obeys if mode in _WITH_SCHEMA else None
        )
    return ModeTrial(mode, True, time.perf_counter() - started, tuple(map(str, answer.oddities)))


async def _speed(endpoint: Endpoint, settings: Settings, call: Call[Response], mode: Mode) -> Speed | None:
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
    return Speed(first - started, tokens / spent if spent > 0 and tokens > 1 else None, counted.cached)


def _has_text(delta: Any) -> bool:
    return bool(delta and (delta.content or delta.tool_calls or getattr(delta, "reasoning_content", None)))


def _unseen(call: Call[Response]) -> Call[Response]:
    """Return a call whose prompt begins as no prompt did before, so that no prefix cache knows it."""
    head, *rest = call.messages
    return replace(call, messages=(head._replace(content=f"({uuid.uuid4().hex})\n{head.content}"), *rest))


def _lengthened(call: Call[Response]) -> Call[Response]:
    """Return a call with the same question, and so an answer as short, behind a prompt as long as any of a run."""
    head, *rest = call.messages
    times = math.ceil(_LONG_PROMPT / usual_tokens([head]))
    return replace(call, messages=(head._replace(content="\n\n".join([head.content] * times)), *rest))


def _context(listed: Sequence[Mapping[str, Any]], model: str | None) -> int | None:
    """Return the context length, in tokens, that an endpoint states of a model."""
    for entry in listed:
        if entry.get("id") == model or len(listed) == 1:
            meta = entry.get("meta")
            for source in (entry, meta if isinstance(meta, Mapping) else {}):
                for name in _CONTEXT_FIELDS:
                    if isinstance(value := source.get(name), int) and value > 0:
                        return value
    return None


def _diagnoses(report: Report) -> tuple[str, ...]:
    found: list[str] = []
    if report.models and report.model not in report.models:
        found.append(f"the endpoint does not list a model {report.model}")
    if not any(trial.works for trial in report.modes):
        found += dict.fromkeys(trial.sentence for trial in report.modes)
    ignoring = [trial.mode for trial in report.modes if trial.obeys_schema is False]
    if ignoring:
        found.append(
            f"the endpoint ignores the schema of an answer (in {', '.join(ignoring)}): "
            "answers are of the right shape by luck only"
        )
    for oddity in sorted({oddity for trial in report.modes for oddity in trial.oddities}):
        modes = ", ".join(trial.mode for trial in report.modes if oddity in trial.oddities)
        found.append(f"{_ODD.get(oddity, oddity)} (in {modes})")
    if report.context and report.context < _COMFORTABLE_CONTEXT:
        found.append(f"its context has {report.context} tokens: long prompts will not fit")
    if _cannot_take_long(report):
        assert report.long_prompt is not None
        found.append(f"of a prompt as long as a run's: {report.long_prompt.sentence}")
    return tuple(found)


def _cannot_take_long(report: Report) -> bool:
    """Whether a long prompt was tried, and it was its length that failed."""
    reasons = (Reason.CONTEXT_TOO_LONG, Reason.PROMPT_CLIPPED, Reason.TIMEOUT)
    return report.long_prompt is not None and report.long_prompt.reason in reasons


_ODD = {
    "fenced": "it wraps JSON in a Markdown fence; that is taken off",
    "prose": "it puts words around JSON; they are taken off",
    "reasoning": "it writes its reasoning before the answer; that is cut off, but costs time and tokens",
    "null_content": "it puts the answer into another field than the content; it is found there",
    "tool_ignored": "it answers in text instead of the tool call that was asked for; the text is read",
    "usage_missing": "it does not count tokens, so budgets go by estimates and clipped prompts go unnoticed",
    "usage_wrong": "it counts tokens as they cannot be, so budgets go by estimates",
}


_LONGER_CONTEXT = "start the server with a longer context (llama-server -c 16384, Ollama num_ctx)"


def _suggestions(settings: Settings, report: Report) -> tuple[str, ...]:
    found: list[str] = []
    tried = [] if report.best_mode else report.modes
    for reason in dict.fromkeys(trial.reason for trial in tried if trial.reason):
        found += _remedies(settings, EndpointFailure(reason, ""))
    if report.best_mode:
        fails = any(trial.mode == settings.mode and not trial.works for trial in report.modes)
        because = f" (the mode that is set, {settings.mode}, does not work)" if fails else ""
        found.append(f"--mode {report.best_mode}{because}")
    if settings.model is None and report.model:
        found.append(f"--model {report.model}")
    if _cannot_take_long(report) or (report.context and report.context < _COMFORTABLE_CONTEXT):
        found.append(_LONGER_CONTEXT)
    speed = report.warm or report.cold
    if speed and speed.per_second and speed.per_second < _SLOW:
        found.append(f"it is slow ({speed.per_second:.1f} tokens a second): --timeout 600 --concurrency 1")
    elif _is_local(settings.base_url) and settings.concurrency is None:
        found.append("--concurrency 4 (a server on one machine answers few at once)")
    if any("reasoning" in trial.oddities for trial in report.modes):
        found.append("switch its reasoning off where it can be (--extra-body, by the model's documentation)")
    return tuple(found)


def _remedies(settings: Settings, failure: EndpointFailure | AnswerFailure) -> tuple[str, ...]:
    if failure.reason is Reason.CONNECTION:
        return ("start the server, or correct --base-url (host, port, and /v1 at its end)",)
    if failure.reason is Reason.AUTH:
        return (f"put the endpoint's key into {settings.api_key_env}, or name another variable with --api-key-env",)
    if failure.reason is Reason.NOT_FOUND:
        return ("correct --model, or the path of --base-url (it mostly ends with /v1)",)
    if failure.reason is Reason.TIMEOUT:
        return ("give it more time with --timeout",)
    if failure.reason is Reason.TRUNCATED:
        return ("give answers more room (--max-tokens 8192), or switch its reasoning off where it can be",)
    if failure.reason in (Reason.CONTEXT_TOO_LONG, Reason.PROMPT_CLIPPED):
        return (_LONGER_CONTEXT,)
    if failure.reason in (Reason.RATE_LIMITED, Reason.SERVER):
        return ("try again in a while",)
    if failure.reason is Reason.INVALID_ANSWER:
        return ("take a more able model",)
    return ()


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1", "0.0.0.0")
