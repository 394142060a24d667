"""Answers checked against what was asked: those that come, those that were kept, and the records kept of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Generic, NamedTuple

from pydantic import ValidationError

from extractor.endpoint.answer_json import found_json
from extractor.endpoint.answer_records import AnswerRecord, CallHeader, read_record
from extractor.endpoint.calls import Call, Mode, Response
from extractor.endpoint.completion import Reply
from extractor.endpoint.failures import AnswerFailure, Reason

_LONGEST_JSON = 250_000  # characters; longer ones only cost time to refuse
_MOST_PROBLEMS = 5  # in one complaint
_LONGEST_PROBLEM = 200  # characters
_LONGEST_COMPLAINT = 800  # characters; a complaint replaces the last one, so prompts do not grow


class ValidAnswer(NamedTuple, Generic[Response]):
    """A valid answer and the reply that holds it."""

    value: Response
    reply: Reply


def valid_answer(call: Call[Response], mode: Mode, reply: Reply) -> ValidAnswer[Response]:
    """Return the answer in ``reply``.

    Raises:
        AnswerFailure: it is not what was asked for.
    """
    from extractor.endpoint.shapes import parsed_answer

    if len(reply.content) > _LONGEST_JSON:
        raise AnswerFailure(Reason.OVERSIZED, f"the model's answer has more than {_LONGEST_JSON:,} characters")
    try:
        return ValidAnswer(parsed_answer(call, mode, reply.content), reply)
    except ValidationError as error:
        failure = _failure(error)
    except Exception:  # an answer may break whatever reads it; that is its own fault
        failure = AnswerFailure(Reason.INVALID_ANSWER, "the model's answer cannot be read", "It was no JSON.")
    raise failure  # outside of the block: the cause quotes the answer, and tracebacks reach logs


def kept_answer(call: Call[Response], record: AnswerRecord) -> Response | None:
    """Return the answer that a record holds, None where it is not valid (any more)."""
    text, _ = found_json(record.content, "md_json")
    if len(text) > _LONGEST_JSON:
        return None
    try:
        return call.response.model_validate_json(text, context=dict(call.context))
    except Exception:  # as in ``valid_answer``
        return None


def record_of(header: CallHeader, reply: Reply) -> AnswerRecord:
    """Return a reply as it is kept.

    Raises:
        FlawedRecordError: a name in ``header`` is none.
    """
    return read_record(
        {
            **header._asdict(),
            "finish_reason": reply.finish_reason,
            "usage": asdict(reply.usage),
            "content": reply.content,
        }
    )


def _failure(error: ValidationError) -> AnswerFailure:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        if "EOF" in problems[0]["msg"]:
            sentence = "the answer breaks off before its end"
            return AnswerFailure(Reason.TRUNCATED, sentence, "It broke off before its end.")
        sentence = "the model's answer is no JSON"
        return AnswerFailure(Reason.INVALID_ANSWER, sentence, "It was no valid JSON.", ignores_schema=True)
    if problems[0]["type"] == Reason.MARKS_UNSEEN:
        return AnswerFailure(Reason.MARKS_UNSEEN, problems[0]["msg"])  # less is asked at once, not the same again
    named = []
    for problem in problems[:_MOST_PROBLEMS]:
        place = ".".join(map(str, problem["loc"]))
        message = problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        named.append(f"{place}: {message}"[:_LONGEST_PROBLEM] if place else message[:_LONGEST_PROBLEM])
    if len(problems) > _MOST_PROBLEMS:
        named.append(f"and {len(problems) - _MOST_PROBLEMS} more")
    number = "one place" if len(problems) == 1 else f"{len(problems)} places"
    return AnswerFailure(
        Reason.INVALID_ANSWER,
        f"the model's answer is not what was asked for, in {number}",
        f"What was wrong with it: {'; '.join(named)}"[:_LONGEST_COMPLAINT],
        # What a validator of ours objects to, a schema cannot say.
        ignores_schema=any(problem["type"] not in ("value_error", "assertion_error") for problem in problems),
    )
