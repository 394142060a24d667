"""Completions, read: the one way for those that come live and those in files of a batch's answers.

An endpoint may put the answer into the content, whole or in parts, into the arguments of a tool call, or into its
reasoning. Any JSON value may be in any place of a completion: what cannot be read is a named failure, and nothing else
is ever raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from extractor.endpoint.answer_json import found_json, is_json, whole_answer
from extractor.endpoint.answer_records import UNFINISHED, WITHHELD
from extractor.endpoint.calls import Mode, Usage
from extractor.endpoint.endless_answers import is_endless
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import mapping, parsed
from extractor.endpoint.oddities import Oddity

Body = Mapping[str, Any]
"""A completion as it came: the response's JSON."""


@dataclass(frozen=True)
class Reply:
    """A completion, read.

    ``content`` is the answer's JSON, or all of the text where there is none in it. ``finish_reason`` is None where the
    server gave none.
    """

    content: str
    finish_reason: str | None
    usage: Usage
    oddities: tuple[Oddity, ...] = ()


_LONGEST = 1_000_000  # characters of a completion's text, thinking included; an answer of ours has a few thousand
_LONGEST_REASON = 64  # characters of a finish_reason
_LARGEST_COUNT = 10**9  # tokens of one answer; sums of larger ones would be no numbers any more
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_ABORTED = frozenset({"abort", "error"})
_CUT = UNFINISHED - _ABORTED
_ENDED = "stop"


def body_of(raw: bytes | str) -> Body | None:
    """Return the object that a response holds, None where it holds none or cannot be read."""
    try:
        value = parsed(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def has_choices(body: Body) -> bool:
    """Return whether ``body`` is a completion. Where it is, an ``error`` beside the choices does not count."""
    return bool(body.get("choices"))


def has_tool_calls(body: Body) -> bool:
    """Return whether a completion calls a tool, with whatever arguments."""
    return bool(_message(body).get("tool_calls"))


def finish_reason(body: Body) -> str | None:
    """Return why the model stopped, in the endpoint's word; None where it gave none."""
    reason = _first(body.get("choices")).get("finish_reason")
    return _whole(reason[:_LONGEST_REASON]) if isinstance(reason, str) else None


def read_completion(body: Body, mode: Mode, least_prompt: int = 0) -> Reply:
    """Return what a completion holds.

    ``least_prompt`` is the fewest tokens its prompt can have taken, 0 where the prompt is not at hand.

    Raises:
        AnswerFailure: the answer was cut, refused, is empty, or has no end.
        EndpointFailure: the endpoint gave up in the middle of it.
    """
    message, reason = _message(body), finish_reason(body)
    usage, usage_oddities = read_usage(body, least_prompt)
    _check_end(message, (reason or "").casefold())
    content, place = _content(message, mode)
    if len(content) > _LONGEST:
        raise AnswerFailure(Reason.OVERSIZED, f"the answer has more than {_LONGEST:,} characters")
    is_cut = (reason or "").casefold() in _CUT
    if not content.strip() and not is_cut:
        raise AnswerFailure(Reason.EMPTY_ANSWER, "the model answered with nothing", "It was empty.")
    ran_on: tuple[Oddity, ...] = ()
    if is_cut:
        content, reason, ran_on = _before_the_cut(content), _ENDED, (Oddity.RAN_ON,)
    text, around = found_json(content, mode)
    return Reply(text, reason, usage, usage_oddities + place + ran_on + around)


def _before_the_cut(content: str) -> str:
    """Return the whole answer that stands before what was cut off.

    Raises:
        AnswerFailure: there is none.
    """
    if (whole := whole_answer(content)) is not None:
        return whole
    if is_endless(content):
        sentence = "the model does not stop: it wrote the same, or blanks, up to its token limit"
        raise AnswerFailure(Reason.ENDLESS, sentence)
    raise AnswerFailure(Reason.TRUNCATED, "the answer was cut off at its token limit")


def _check_end(message: Body, end: str) -> None:
    refusal = message.get("refusal")
    if (isinstance(refusal, str) and refusal) or end in WITHHELD:
        raise AnswerFailure(Reason.REFUSED, "the model refused to answer, or a filter withheld its answer")
    if end in _ABORTED:
        raise EndpointFailure(Reason.SERVER, "the endpoint gave up in the middle of its answer")


def read_usage(body: Body, least_prompt: int = 0) -> tuple[Usage, tuple[Oddity, ...]]:
    """Return the tokens that a completion counts; a count that cannot be is not believed, and named."""
    raw = body.get("usage")
    if not isinstance(raw, Mapping):
        return Usage(known=False), (Oddity.USAGE_MISSING,)
    prompt, completion = raw.get("prompt_tokens"), raw.get("completion_tokens")
    details = mapping(raw.get("prompt_tokens_details"))
    # DeepSeek has a field of its own for it.
    cached = details.get("cached_tokens") or raw.get("prompt_cache_hit_tokens") or 0
    if not _is_count(prompt) or not _is_count(completion):
        return Usage(known=False), (Oddity.USAGE_MISSING if prompt is None else Oddity.USAGE_WRONG,)
    if not _is_count(cached) or cached > prompt or completion == 0 or prompt * 10 < least_prompt:
        return Usage(known=False), (Oddity.USAGE_WRONG,)
    return Usage(prompt, cached, completion), ()


def _content(message: Body, mode: Mode) -> tuple[str, tuple[Oddity, ...]]:
    """Return the text of the answer, and what is odd about its place."""
    text, arguments = _text(message.get("content")), _arguments(message)
    if mode == "tools":
        if arguments.strip():
            return arguments, ()
        if text.strip():
            return text, (Oddity.TOOL_IGNORED,)
    elif text.strip():
        return text, ()
    elif arguments.strip():
        return arguments, (Oddity.NULL_CONTENT,)
    for hidden in thoughts_of(message):  # where a server took all of the answer for thinking
        if hidden.lstrip().startswith("{") and is_json(hidden):
            return hidden, (Oddity.NULL_CONTENT,)
    return "", ()


def thoughts_of(message: Body) -> list[str]:
    """Return what a message holds of the model's thinking, by the names that servers have for it; none is empty."""
    places = (message, mapping(message.get("provider_specific_fields")))  # where LiteLLM moves vLLM's
    found = (_text(place.get(name)) for place in places for name in ("reasoning_content", "reasoning"))
    return [text for text in found if text]


def _arguments(message: Body) -> str:
    """Return the arguments of a message's tool call.

    Raises:
        AnswerFailure: there are several calls, and they differ.
    """
    calls = message.get("tool_calls")
    if isinstance(calls, list) and len(calls) > 1:
        arguments = {_argument(mapping(call).get("function")) for call in calls}
        if len(arguments) > 1 or "" in arguments:
            complaint = "It called several tools. Call the one tool once."
            raise AnswerFailure(
                Reason.INVALID_ANSWER, "the model calls several tools where one was asked for", complaint
            )
    return _argument(_first(calls).get("function")) or _argument(message.get("function_call"))


def _argument(function: object) -> str:
    arguments = mapping(function).get("arguments")
    if isinstance(arguments, str):
        return _whole(arguments)
    try:
        return _whole(json.dumps(arguments, ensure_ascii=False)) if isinstance(arguments, Mapping) else ""
    except (ValueError, RecursionError):  # nested without end
        return ""


def _text(content: object) -> str:
    """Return a message's text, which may come in parts."""
    if isinstance(content, list):
        texts = (part if isinstance(part, str) else mapping(part).get("text") for part in content)
        content = "".join(text for text in texts if isinstance(text, str))
    return _whole(content) if isinstance(content, str) else ""


def _whole(text: str) -> str:
    """Return ``text`` without halves of surrogate pairs: no file and no database takes one."""
    return _HALF_PAIR.sub("\ufffd", text)


def _message(body: Body) -> Body:
    return mapping(_first(body.get("choices")).get("message"))


def _first(value: object) -> Body:
    return mapping(value[0]) if isinstance(value, list) and value else {}


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT
