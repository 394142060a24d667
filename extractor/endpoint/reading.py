"""What a completion holds: the JSON that was asked for, wherever the endpoint put it, and what was odd about it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from pydantic_core import from_json

from extractor.endpoint.calls import Mode, Usage
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.records import UNFINISHED, WITHHELD

Body = Mapping[str, Any]
"""A completion as it came: the response's JSON."""


class Oddity(StrEnum):
    """What an endpoint does that it should not, and that could be put right here."""

    FENCED = "fenced"  # the JSON stood in a Markdown fence although none was asked for
    PROSE = "prose"  # words before or after the JSON
    REASONING = "reasoning"  # <think>…</think> before the JSON
    NULL_CONTENT = "null_content"  # the answer stood in another field than the content
    TOOL_IGNORED = "tool_ignored"  # text instead of the tool call that was asked for
    SCHEMA_IGNORED = "schema_ignored"  # JSON of another shape than asked for
    USAGE_MISSING = "usage_missing"  # tokens are not counted
    USAGE_WRONG = "usage_wrong"  # tokens are counted as they cannot be
    PARAMETER_DROPPED = "parameter_dropped"  # the endpoint does not take a parameter; it was left out
    CACHE_STALE = "cache_stale"  # a kept answer is no longer valid


@dataclass(frozen=True)
class Reply:
    """A completion, read: ``content`` is where the JSON is to be found (see ``found_json``)."""

    content: str
    finish_reason: str | None
    usage: Usage
    oddities: tuple[Oddity, ...] = ()


_THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.I)  # its beginning may be cut off
_FENCE = re.compile(r"\A```[A-Za-z]*\s*\n?(.*?)\n?```\s*\Z", re.S)
_OPENING = re.compile(r"[{\[]")
_BEGUN = re.compile(r'[{\[]\s*(?:"(?:[^"\\]|\\.)*"\s*:|\{\s*")')  # what no words in brackets look like
_MOST_TRIES = 64  # places where JSON may begin; more are no answer
_ABORTED = frozenset({"abort", "error"})


def read_completion(body: Body, mode: Mode, least_prompt: int) -> Reply:
    """Read a completion. ``least_prompt`` is the fewest tokens its prompt can have taken.

    Raises:
        AnswerFailure: the answer was cut, refused, or is empty.
        EndpointFailure: the endpoint gave up in the middle of it.
    """
    choice = _first(body.get("choices"))
    message = _mapping(choice.get("message"))
    reason = choice.get("finish_reason")
    finish_reason = reason if isinstance(reason, str) else None
    usage, usage_oddities = read_usage(body, least_prompt)
    refusal = message.get("refusal")
    end = (finish_reason or "").casefold()
    if (isinstance(refusal, str) and refusal) or end in WITHHELD:
        raise AnswerFailure(Reason.REFUSED, "the model refused to answer, or a filter withheld its answer")
    if end in _ABORTED:
        raise EndpointFailure(Reason.SERVER, "the endpoint gave up in the middle of its answer")
    if end in UNFINISHED:
        raise AnswerFailure(Reason.TRUNCATED, "the answer was cut off at its token limit")
    content, place = _content(message, mode)
    if not content.strip():
        raise AnswerFailure(Reason.EMPTY_ANSWER, "the model answered with nothing", "It was empty.")
    return Reply(content, finish_reason, usage, usage_oddities + place)


def found_json(content: str, mode: Mode) -> tuple[str, tuple[Oddity, ...]]:
    """Return the JSON object in ``content``, and what stood around it; ``content`` itself where there is none.

    Of several objects the last counts: what comes before it the model may have quoted from what it was shown.
    """
    text = content.strip()
    if _is_json(text):
        return text, ()
    oddities: list[Oddity] = []
    ends = [thought.end() for thought in _THOUGHT_END.finditer(text)]
    rest = next((after for end in reversed(ends) if (after := text[end:].strip())), text)
    if rest != text:
        oddities.append(Oddity.REASONING)
    if fenced := _FENCE.match(rest):
        if mode != "md_json":
            oddities.append(Oddity.FENCED)
        rest = fenced[1].strip()
    if _is_json(rest):
        return rest, tuple(oddities)
    found = _last_object(rest)
    if found is None:
        return rest, tuple(oddities)
    return found, (*oddities, Oddity.FENCED if "```" in rest else Oddity.PROSE)


def read_usage(body: Body, least_prompt: int = 0) -> tuple[Usage, tuple[Oddity, ...]]:
    """Return the tokens a completion says it took. What cannot be is not believed, and named."""
    raw = body.get("usage")
    if not isinstance(raw, Mapping):
        return Usage(known=False), (Oddity.USAGE_MISSING,)
    prompt, completion = raw.get("prompt_tokens"), raw.get("completion_tokens")
    details = _mapping(raw.get("prompt_tokens_details"))
    # DeepSeek says it in a field of its own.
    cached = details.get("cached_tokens") or raw.get("prompt_cache_hit_tokens") or 0
    if not _is_count(prompt) or not _is_count(completion):
        return Usage(known=False), (Oddity.USAGE_MISSING if prompt is None else Oddity.USAGE_WRONG,)
    if not _is_count(cached) or cached > prompt or completion == 0 or prompt * 10 < least_prompt:
        return Usage(known=False), (Oddity.USAGE_WRONG,)
    return Usage(prompt, cached, completion), ()


def _content(message: Body, mode: Mode) -> tuple[str, tuple[Oddity, ...]]:
    """Return the text of the answer and what is odd about where it stands."""
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
    for name in ("reasoning_content", "reasoning"):  # where a server took all of the answer for thinking
        hidden = _text(message.get(name))
        if hidden.lstrip().startswith("{") and _is_json(hidden):
            return hidden, (Oddity.NULL_CONTENT,)
    return "", ()


def _arguments(message: Body) -> str:
    function = _mapping(_first(message.get("tool_calls")).get("function")) or _mapping(message.get("function_call"))
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False) if isinstance(arguments, Mapping) else ""


def _text(content: object) -> str:
    """Return a message's text, which may come in parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(_mapping(part).get("text")) for part in content)
    return ""


def _last_object(text: str) -> str | None:
    """Return the last JSON object in ``text`` that stands in no other value. Where one is begun and broken there is
    none: what is whole inside of it, or before it, is not the answer."""
    decoder = json.JSONDecoder()
    found: str | None = None
    opening = _OPENING.search(text)
    for _ in range(_MOST_TRIES):
        if opening is None:
            break
        try:
            value, end = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            if _BEGUN.match(text, opening.start()):
                return None
            end = opening.end()
        else:
            if isinstance(value, dict):
                found = text[opening.start() : end]
        opening = _OPENING.search(text, end)
    return found


def _is_json(text: str) -> bool:
    try:
        from_json(text)
    except ValueError:
        return False
    return True


def _first(value: object) -> Body:
    return _mapping(value[0]) if isinstance(value, list) and value else {}


def _mapping(value: object) -> Body:
    return value if isinstance(value, Mapping) else {}


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
