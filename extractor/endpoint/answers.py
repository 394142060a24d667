"""From a reply to an answer: validated, with what to say to the model where it is not valid; and from a kept one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Generic, NamedTuple

from pydantic import ValidationError

from extractor.endpoint.answer_records import Record
from extractor.endpoint.calls import Call, Mode, Response
from extractor.endpoint.completion import Oddity, Reply, found_json
from extractor.endpoint.failures import AnswerFailure, Reason

_LONGEST_JSON = 250_000  # characters; longer ones only cost time to refuse
_PROBLEMS = 5  # told to the model at once
_LONGEST_PROBLEM = 200
_LONGEST_COMPLAINT = 800  # characters; the complaint is sent instead of the last one, so prompts do not grow


class ValidAnswer(NamedTuple, Generic[Response]):
    """A valid answer, its JSON, and what was odd about how it came."""

    value: Response
    text: str
    oddities: tuple[Oddity, ...]


def valid_answer(call: Call[Response], mode: Mode, reply: Reply) -> ValidAnswer[Response]:
    """Return the answer in ``reply``.

    Raises:
        AnswerFailure: it is not what was asked for.
    """
    from extractor.endpoint.shapes import parsed

    text, oddities = found_json(reply.content, mode)
    if len(text) > _LONGEST_JSON:
        raise AnswerFailure(Reason.OVERSIZED, f"the model's answer has more than {_LONGEST_JSON:,} characters")
    try:
        return ValidAnswer(parsed(call, mode, text), text, reply.oddities + oddities)
    except ValidationError as error:
        failure = _failure(error)
    except Exception:  # an answer may break whatever reads it; that is its own fault
        failure = AnswerFailure(Reason.INVALID_ANSWER, "the model's answer cannot be read", "It was no JSON.")
    raise failure  # outside of the block: the cause quotes the answer, and tracebacks reach logs


def kept_answer(call: Call[Response], record: Record) -> Response | None:
    """Return the answer that was kept, None where it is not valid (any more)."""
    text, _ = found_json(record["content"], "md_json")
    if len(text) > _LONGEST_JSON:
        return None
    try:
        return call.response.model_validate_json(text, context=dict(call.context))
    except Exception:  # as in ``valid_answer``
        return None


def record_of(call: Call[Response], model: str, mode: str, reply: Reply, text: str) -> Record:
    """Return a valid answer as it is kept."""
    return {
        "task": call.task,
        "model": model,
        "mode": mode,
        "prompt_version": call.prompt_version,
        "finish_reason": reply.finish_reason,
        "usage": asdict(reply.usage),
        "content": text,
    }


def _failure(error: ValidationError) -> AnswerFailure:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        if "EOF" in problems[0]["msg"]:
            sentence = "the answer breaks off before its end"
            return AnswerFailure(Reason.TRUNCATED, sentence, "It broke off before its end.")
        sentence = "the model's answer is no JSON"
        return AnswerFailure(Reason.INVALID_ANSWER, sentence, "It was no valid JSON.", ignores_schema=True)
    told = []
    for problem in problems[:_PROBLEMS]:
        place = ".".join(map(str, problem["loc"]))
        message = problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        told.append(f"{place}: {message}"[:_LONGEST_PROBLEM] if place else message[:_LONGEST_PROBLEM])
    if len(problems) > _PROBLEMS:
        told.append(f"and {len(problems) - _PROBLEMS} more")
    number = "one place" if len(problems) == 1 else f"{len(problems)} places"
    return AnswerFailure(
        Reason.INVALID_ANSWER,
        f"the model's answer is not what was asked for, in {number}",
        f"What was wrong with it: {'; '.join(told)}"[:_LONGEST_COMPLAINT],
        # What a validator of ours objects to, a schema cannot say.
        ignores_schema=any(problem["type"] not in ("value_error", "assertion_error") for problem in problems),
    )
