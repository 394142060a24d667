"""What an endpoint can do, tried out, and what is wrong with it, in plain words."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from extractor.endpoint.calls import Call, Mode, Response
from extractor.endpoint.client import Endpoint
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.probe import ORDER
from extractor.endpoint.reading import read_usage
from extractor.endpoint.settings import Settings

_CONTEXT_FIELDS = ("max_model_len", "context_length", "max_context_length", "context_window", "n_ctx")
_COMFORTABLE_CONTEXT = 8192  # tokens
_SLOW = 10.0  # tokens a second
_NOTICEABLE = 0.7  # of the first-token delay, where a prefix cache works
_MEASURABLE = 0.05  # seconds


@dataclass(frozen=True)
class ModeTrial:
    """How a mode did: ``works`` with these ``oddities``, or not, for ``reason``, as ``sentence`` says."""

    mode: Mode
    works: bool
    seconds: float
    oddities: tuple[str, ...] = ()
    reason: Reason | None = None
    sentence: str = ""
    ignores_schema: bool = False


@dataclass(frozen=True)
class Speed:
    """Of one answer: seconds to its first token, tokens a second from there; tokens of the prompt that hit a cache."""

    first_token: float
    per_second: float | None
    cached: int


@dataclass(frozen=True)
class Report:
    """What was found. ``models`` is None where the endpoint lists none; ``context`` (tokens) where it does not say;
    ``cold`` is the speed with a prompt it never saw, ``warm`` with the same again."""

    address: str
    model: str | None
    reached: bool
    models: tuple[str, ...] | None = None
    context: int | None = None
    modes: tuple[ModeTrial, ...] = ()
    cold: Speed | None = None
    warm: Speed | None = None
    diagnoses: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def best_mode(self) -> Mode | None:
        """The first mode that works without oddities, else the first that works."""
        working = [trial for trial in self.modes if trial.works]
        clean = [trial for trial in working if not trial.oddities]
        return (clean or working)[0].mode if working else None

    @property
    def obeys_schema(self) -> bool | None:
        """Whether the modes that send a schema brought answers of its shape; None where neither could be tried."""
        trials = [trial for trial in self.modes if trial.mode in ("json_schema", "tools")]
        tried = [trial for trial in trials if trial.works or trial.ignores_schema]
        return any(trial.works for trial in tried) if tried else None

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


async def examine(settings: Settings, ask_tiny: Call[Response]) -> Report:
    """Return what the endpoint can do, tried with ``ask_tiny``, in up to eight requests. Nothing of it is kept.

    Raises:
        SettingsError: a budget is set that cannot be kept.
    """
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
    async with Endpoint(settings.model_copy(update={"model": report.model})) as endpoint:
        trials: list[ModeTrial] = []
        for mode in ORDER:
            trials.append(await _tried(endpoint, ask_tiny, mode))
            if trials[-1].reason in (Reason.AUTH, Reason.QUOTA, Reason.CONNECTION):
                break
        report = replace(report, modes=tuple(trials))
        if report.best_mode:
            fresh = _unseen(ask_tiny)
            cold = await _speed(endpoint, settings, fresh, report)
            report = replace(report, cold=cold, warm=cold and await _speed(endpoint, settings, fresh, report))
    return replace(report, diagnoses=_diagnoses(report), suggestions=_suggestions(settings, report))


async def _tried(endpoint: Endpoint, call: Call[Response], mode: Mode) -> ModeTrial:
    started = time.perf_counter()
    try:
        answer = await endpoint.attempt(call, mode)
    except (EndpointFailure, AnswerFailure) as failure:
        ignores = isinstance(failure, AnswerFailure) and failure.ignores_schema
        seconds = time.perf_counter() - started
        return ModeTrial(mode, False, seconds, (), failure.reason, str(failure), ignores)
    return ModeTrial(mode, True, time.perf_counter() - started, tuple(map(str, answer.oddities)))


async def _speed(endpoint: Endpoint, settings: Settings, call: Call[Response], report: Report) -> Speed | None:
    """Measure one streamed answer; None where the endpoint does not stream."""
    from extractor.endpoint.shapes import request_body

    assert report.best_mode is not None
    named = settings.model_copy(update={"model": report.model})
    started = time.perf_counter()
    first: float | None = None
    pieces, usage = 0, None
    try:
        async for piece in endpoint.transport().stream(request_body(call, named, report.best_mode)):
            if piece.choices and _has_text(piece.choices[0].delta):
                first = first or time.perf_counter()
                pieces += 1
            usage = piece.usage or usage
    except Exception:  # a server may break off in any way; then its speed stays unknown
        return None
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
    if report.obeys_schema is False:
        found.append("the endpoint ignores the schema of an answer: answers are of the right shape by luck only")
    for oddity in sorted({oddity for trial in report.modes for oddity in trial.oddities}):
        modes = ", ".join(trial.mode for trial in report.modes if oddity in trial.oddities)
        found.append(f"{_ODD.get(oddity, oddity)} (in {modes})")
    if report.context and report.context < _COMFORTABLE_CONTEXT:
        found.append(f"its context has {report.context} tokens: long prompts will not fit")
    return tuple(found)


_ODD = {
    "fenced": "it wraps JSON in a Markdown fence; that is taken off",
    "prose": "it puts words around JSON; they are taken off",
    "reasoning": "it writes its reasoning before the answer; that is cut off, but costs time and tokens",
    "null_content": "it puts the answer into another field than the content; it is found there",
    "tool_ignored": "it answers in text instead of the tool call that was asked for; the text is read",
    "usage_missing": "it does not count tokens, so budgets go by estimates and clipped prompts go unnoticed",
    "usage_wrong": "it counts tokens as they cannot be, so budgets go by estimates",
}


def _suggestions(settings: Settings, report: Report) -> tuple[str, ...]:
    found: list[str] = []
    for reason in {trial.reason for trial in report.modes if trial.reason and not report.best_mode}:
        found += _remedies(settings, EndpointFailure(reason, ""))
    if report.best_mode:
        found.append(f"--mode {report.best_mode}")
    if settings.model is None and report.model:
        found.append(f"--model {report.model}")
    if report.context and report.context < _COMFORTABLE_CONTEXT:
        found.append("start the server with a longer context (llama-server -c 16384, Ollama num_ctx)")
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
    return ()


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1", "0.0.0.0")
