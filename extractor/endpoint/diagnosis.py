"""Failures of requests, explained from what the OpenAI client raised, so that people can act on them.

An endpoint's own words are quoted where they help, but never a key, and never what was sent: some servers answer a
request that they refuse with all of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from openai import APIConnectionError, APIStatusError

from extractor.endpoint.calls import Message
from extractor.endpoint.connection import REDIRECTS, TLS_PORT, fault_of, target_of
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.settings import EndpointSettings
from extractor.terminal import printable

_LONGEST_QUOTE = 200
_LONGEST_EVIDENCE = 20_000  # characters of an endpoint's words that are looked at
_LONGEST_HEADER = 100  # characters of one that holds a time
_LONGEST_WAIT = 24 * 3600.0

_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|max_model_len|too many tokens"
    r"|(?:prompt|input|request) is too long|reduce the length|exceed_context|string too long|n_ctx|token limit",
    re.I,
)
_UNREADABLE = re.compile(
    r"model(?:'s)? (?:produced |generated )?output|peg-native|invalid diff"
    r"|(?:pars(?:e|ing)|read|decod(?:e|ing)) (?:the |a )?(?:model|input at pos|tool[ _]call|generated|completion)",
    re.I,
)
"""A server's words for a text of the model's that it cannot parse: llama.cpp's, LM Studio's, Ollama's."""
_WRONG_KEY = re.compile(r"no_db_connection|no connected db|invalid (?:proxy )?(?:api )?key|incorrect api key", re.I)
_NO_MODEL = re.compile(r"invalid model name|model\b.{0,300}?\b(?:not found|does not exist)|pinned to", re.I | re.S)
"""The words of proxies and of small servers that answer 400 to a wrong key or an unknown model."""
_ROOM = ("max_tokens", "max_completion_tokens")
_FILTERED = re.compile(r"content[_ ](?:filter|policy|management)|data_inspection|moderation|safety system", re.I)
_NO_CREDIT = re.compile(r"insufficient[_ ](?:quota|balance|funds|credit)|billing|exceeded your current quota", re.I)
_OBJECTION = re.compile(
    r"unsupported|unrecognized|unknown|not support|unexpected|extra inputs?|not permitted|invalid|not allowed", re.I
)
_HTTPS_PORT = re.compile(r"HTTP request (?:was )?(?:sent )?to (?:an )?HTTPS (?:port|server)", re.I)  # nginx, Go
DROPPABLE = ("max_tokens", "temperature", "seed", "tool_choice", "response_format", "tools")
"""The parameters that some endpoints do not take."""

_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def diagnose(error: Exception, messages: Sequence[Message], settings: EndpointSettings) -> CallFailure:
    """Return what ``error``, raised by the OpenAI client, means for the call whose ``messages`` were sent.

    Whatever a server answers, this raises nothing.
    """
    where = settings.address
    try:
        if isinstance(error, APIStatusError):
            return _status(error, messages, settings)
        if isinstance(error, APIConnectionError | httpx2.HTTPError):  # a connection that takes too long among them
            reason, words = fault_of(error, settings.base_url)
            return EndpointFailure(reason, f"{where} {words}")
    except Exception as odd:  # what it said of its failure cannot be read either
        error = odd
    return EndpointFailure(Reason.SERVER, f"{where} sent what is no completion ({type(error).__name__})")


def refused_in_passing(body: object, messages: Sequence[Message], settings: EndpointSettings) -> EndpointFailure:
    """Return what an error means that came with status 200, as gateways send it."""
    error = body if isinstance(body, Mapping) else {}
    code = _code(error.get("code"))
    quote = _quoted(_words(error.get("message")) or "no reason given", messages, settings)
    sentence = f"{settings.address} answered with an error: {quote}"
    reasons = {401: Reason.AUTH, 403: Reason.FORBIDDEN, 404: Reason.NOT_FOUND, 400: Reason.BAD_REQUEST}
    if code in reasons:
        return EndpointFailure(reasons[code], sentence, status=code)
    return EndpointFailure(Reason.RATE_LIMITED if code == 429 else Reason.SERVER, sentence)


def requested_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an endpoint asks to wait after it refused a request, None where it gives none.

    See https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, and OpenAI's ``retry-after-ms``.
    """
    value = headers.get("retry-after-ms")
    if value and _is_number(value):
        return _bounded(float(value) / 1000)
    value = headers.get("retry-after") or headers.get("llm_provider-retry-after")  # as LiteLLM renames it
    if value and _is_number(value):
        return _bounded(float(value))
    if value and (until := _moment(value)):
        # By the endpoint's own clock, so that it does not matter if the one here is wrong.
        return _bounded((until - (_moment(headers.get("date", "")) or datetime.now(UTC))).total_seconds())
    return exhausted(headers)


def exhausted(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until an endpoint takes requests again, None unless its headers count none left now."""
    waits = [
        _bounded(_span(reset))
        for what in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{what}", "").strip() == "0"
        and (reset := headers.get(f"x-ratelimit-reset-{what}"))  # LiteLLM gives none
    ]
    return max(waits, default=None)


def _status(error: APIStatusError, messages: Sequence[Message], settings: EndpointSettings) -> CallFailure:
    status = error.status_code
    detail = _detail(error)
    quote = "" if isinstance(error.body, str) else _quoted(detail, messages, settings)  # a page helps nobody
    evidence = f"{_words(error.code)} {_words(error.type)} {detail}"
    where, detail_quoted = settings.address, f" ({status}: {quote})" if quote else f" ({status})"

    def failure(reason: Reason, sentence: str, **more: Any) -> EndpointFailure:
        return EndpointFailure(reason, f"{where} {sentence}{detail_quoted}", status=status, **more)

    if 300 <= status < 400 or (status == 400 and _HTTPS_PORT.search(detail)):
        target = target_of(error.response.headers.get("location", ""), settings.base_url)
        redirected = f"{REDIRECTS} {_quoted(target, messages, settings)}; that was not done"
        return failure(Reason.TLS, TLS_PORT) if status == 400 else failure(Reason.REDIRECTED, redirected)
    if status == 401 or (status in (400, 500) and _WRONG_KEY.search(evidence)):
        return failure(Reason.AUTH, _about_key(settings))
    if status == 402 or (status in (403, 429) and _NO_CREDIT.search(evidence)):
        return failure(Reason.QUOTA, "says that the account's credit is used up")
    if answer := _of_the_answer(status, evidence):
        return answer(where, detail_quoted)
    if status == 403:
        return failure(Reason.FORBIDDEN, "does not allow this call")
    if status in (404, 405) or (status == 400 and _NO_MODEL.search(evidence)):
        return failure(Reason.NOT_FOUND, f"has no model {settings.model}, or this is not its address (/v1 missing?)")
    if status == 413 or (status in (400, 422, 500) and _TOO_LONG.search(evidence)):
        return failure(*_too_long(_words(error.param), settings))
    if status in (429, 529):
        wait = requested_wait(error.response.headers)
        return failure(Reason.RATE_LIMITED, "refuses because there are too many requests", wait=wait)
    if status in (408, 409, 425) or (status >= 500 and status != 501):
        return failure(Reason.SERVER, "failed", wait=requested_wait(error.response.headers))
    return failure(Reason.BAD_REQUEST, "does not take this request", parameter=_parameter(error, detail))


def _of_the_answer(status: int, evidence: str) -> Callable[[str, str], AnswerFailure] | None:
    """Return the failure of the model's answer that an error means, to be given address and quote; None for none."""
    if status in (400, 403, 422, 451) and _FILTERED.search(evidence):
        return lambda where, quote: AnswerFailure(
            Reason.REFUSED, f"the content filter of {where} refused the call{quote}"
        )
    if status >= 500 and _UNREADABLE.search(evidence):
        return lambda where, quote: AnswerFailure(
            Reason.INVALID_ANSWER,
            f"{where} cannot read what the model wrote{quote}",
            "It could not be read.",
            most_repeats=1,
        )
    return None


def _too_long(parameter: str, settings: EndpointSettings) -> tuple[Reason, str]:
    """Return why a request is too long for a context, and words for it."""
    if settings.max_tokens and parameter in _ROOM:  # a shorter prompt would not do
        return Reason.BAD_REQUEST, f"has no room for an answer of --max-tokens {settings.max_tokens}; lower it"
    return Reason.CONTEXT_TOO_LONG, "cannot take a prompt of this length"


def _about_key(settings: EndpointSettings) -> str:
    variable = settings.api_key_env
    advice = f"is the key in {variable} the right one?" if settings.api_key else f"put one into {variable}"
    return f"does not accept the key; {advice}"


def _parameter(error: APIStatusError, detail: str) -> str | None:
    """Return the parameter that the endpoint refuses, None where it is none that may be left out."""
    if (named := _words(error.param).split(".")[0]) in DROPPABLE:
        return named
    if not _OBJECTION.search(detail):
        return None
    return next((name for name in DROPPABLE if re.search(rf"\b{name}\b", detail)), None)


def _detail(error: APIStatusError) -> str:
    """Return the endpoint's own words."""
    body = error.body
    if isinstance(body, Mapping):
        return _words(body.get("message") or body.get("detail") or body.get("error"))
    return _words(body) if isinstance(body, str) else ""


def _words(said: object) -> str:
    """Return an endpoint's words, of whatever JSON type, as text of a bounded length."""
    if said is None or isinstance(said, str):
        return (said or "")[:_LONGEST_EVIDENCE]
    try:
        return json.dumps(said, ensure_ascii=False)[:_LONGEST_EVIDENCE]
    except (ValueError, TypeError, RecursionError):  # nested without end, or a number of too many digits
        return ""


def _code(said: object) -> int | None:
    """Return the HTTP status that an error's ``code`` is, a number or (LiteLLM) text; None where it is none."""
    text = said if isinstance(said, str) else str(said) if type(said) is int and 0 <= said < 1000 else ""
    return int(text) if re.fullmatch(r"[0-9]{3}", text) else None


def _quoted(text: str, messages: Sequence[Message], settings: EndpointSettings) -> str:
    """Return an endpoint's words in one short line, without keys and without what was sent."""
    for secret in settings.secrets:
        text = text.replace(secret, "***")
    if len(text) >= _LONGEST_EVIDENCE:
        text = text[: _LONGEST_EVIDENCE // 2]  # at its end it may have been cut within a key
    text = re.sub(r"\b(?:sk|pk|gsk|Bearer|Basic)[-_ ][A-Za-z0-9_\-.*+/=]{6,}", "***", text)
    text = printable(text)
    text = " ".join(re.sub(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2})+", "…", text).split())[: 2 * _LONGEST_QUOTE]
    sent = " ".join("\n".join(message.content for message in messages).split())
    kept: list[str] = []
    at = 0
    while at < len(text):
        # Eight characters in a row are no accident in a script without letters; in one with letters it takes more.
        length = 24 if text[at : at + 8].isascii() else 8
        run = text[at : at + length]
        if len(run) == length and run in sent:
            kept.append("…")
            at += length
        else:
            kept.append(text[at])
            at += 1
    short = re.sub(r"…(?:[^…]{0,7}…)+", "…", "".join(kept)).strip()
    return short if len(short) <= _LONGEST_QUOTE else f"{short[:_LONGEST_QUOTE]}…"


def _span(text: str) -> float:
    """Return the seconds in ``6m0s``, ``20ms`` or ``1.5``."""
    text = text[:_LONGEST_HEADER]
    if _is_number(text):
        return float(text)
    return sum(float(number) * _UNIT[unit] for number, unit in _SPAN.findall(text))


def _moment(text: str) -> datetime | None:
    """Return the moment that an HTTP date names, None where it is none."""
    try:
        moment = parsedate_to_datetime(text[:_LONGEST_HEADER])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*-?[0-9]+(?:\.[0-9]*)?\s*", text) is not None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_WAIT)
