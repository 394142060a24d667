"""What a completion holds: the JSON that was asked for, wherever the endpoint put it, and what was odd about it.

Completions that come live and those in files of answers are read here. Any JSON value may stand in any place of one:
what cannot be read is a named failure, and nothing else is ever raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from pydantic_core import from_json

from extractor.endpoint.answer_records import UNFINISHED, WITHHELD
from extractor.endpoint.calls import Mode, Usage
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import mapping, parsed

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
    NOT_KEPT = "not_kept"  # an answer could not be kept; it was used once


@dataclass(frozen=True)
class Reply:
    """A completion, read: ``content`` is where the JSON is to be found (see ``found_json``)."""

    content: str
    finish_reason: str | None
    usage: Usage
    oddities: tuple[Oddity, ...] = ()


_THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.I)  # its beginning may be cut off
_FENCE = "```"
_LANGUAGE = re.compile(r"[A-Za-z]*\s*")
_OPENING = re.compile(r"[{\[]")
_BEGUN = re.compile(r'[{\[]\s*(?:"(?:[^"\\]|\\.)*"\s*:|\{\s*")')  # what no words in brackets look like
_MOST_TRIES = 64  # places where JSON may begin; more are no answer
_LONGEST = 1_000_000  # characters of a completion's text, thinking included; an answer of ours has a few thousand
_LONGEST_PROSE = 300_000  # characters in which JSON is looked for
_LONGEST_REASON = 64  # characters of a finish_reason
_LARGEST_COUNT = 10**9  # tokens of one answer; sums of larger ones would be no numbers any more
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_ABORTED = frozenset({"abort", "error"})


def body_of(raw: bytes | str) -> Body | None:
    """Return the object that a response holds; None where it holds none, or nothing that can be read."""
    try:
        value = parsed(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def read_completion(body: Body, mode: Mode, least_prompt: int) -> Reply:
    """Read a completion. ``least_prompt`` is the fewest tokens its prompt can have taken.

    Raises:
        AnswerFailure: the answer was cut, refused, is empty, or has no end.
        EndpointFailure: the endpoint gave up in the middle of it.
    """
    choice = _first(body.get("choices"))
    message = mapping(choice.get("message"))
    reason = choice.get("finish_reason")
    finish_reason = _whole(reason[:_LONGEST_REASON]) if isinstance(reason, str) else None
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
    if len(content) > _LONGEST:
        raise AnswerFailure(Reason.OVERSIZED, f"the answer has more than {_LONGEST:,} characters")
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
    if len(rest) >= 2 * len(_FENCE) and rest.startswith(_FENCE) and rest.endswith(_FENCE):
        if mode != "md_json":
            oddities.append(Oddity.FENCED)
        rest = _LANGUAGE.sub("", rest[len(_FENCE) : -len(_FENCE)], count=1).strip()
    if _is_json(rest):
        return rest, tuple(oddities)
    found = _last_object(rest) if len(rest) <= _LONGEST_PROSE else None
    if found is None:
        return rest, tuple(oddities)
    return found, (*oddities, Oddity.FENCED if "```" in rest else Oddity.PROSE)


def read_usage(body: Body, least_prompt: int = 0) -> tuple[Usage, tuple[Oddity, ...]]:
    """Return the tokens a completion says it took. What cannot be is not believed, and named."""
    raw = body.get("usage")
    if not isinstance(raw, Mapping):
        return Usage(known=False), (Oddity.USAGE_MISSING,)
    prompt, completion = raw.get("prompt_tokens"), raw.get("completion_tokens")
    details = mapping(raw.get("prompt_tokens_details"))
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
    """Return a text in which no half of a surrogate pair stands: no file and no database takes one."""
    return _HALF_PAIR.sub("\ufffd", text)


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
    return mapping(value[0]) if isinstance(value, list) and value else {}


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT
