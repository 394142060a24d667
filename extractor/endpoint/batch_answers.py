"""Answers files of the OpenAI Batch API, taken into the cache.

An answer is read as a live one is (``extractor.endpoint.completion``). Its prompt is not at hand, so a count of tokens
that is too small for the prompt is believed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from extractor.endpoint.answer_records import (
    UNFINISHED,
    WITHHELD,
    AnswerRecord,
    CallHeader,
    FlawedRecordError,
    is_key,
)
from extractor.endpoint.answers import record_of
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.calls import Mode
from extractor.endpoint.completion import (
    Body,
    Reply,
    body_of,
    finish_reason,
    has_choices,
    has_tool_calls,
    read_completion,
)
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import LineProblem, mapping, numbered_lines
from extractor.errors import InputError

CODE = re.compile(r"[a-z_]{1,64}")  # what an error's code looks like; anything else may quote what was sent

_UNLISTED = "unlisted"  # the task of an answer whose call is in no list
_TOO_LONG = frozenset({"context_length_exceeded", "exceed_context_size_error"})  # codes of servers
_LONGEST_MODEL = 300  # characters of a model's name


@dataclass(frozen=True)
class BatchImport:
    """Counts of an answers file's lines, by what became of them.

    ``stored`` answers are in the cache; ``repeated`` ones came again and were left out, as were those ``truncated``,
    ``refused`` (by a filter or by the model), ``failed`` (the endpoint reports an error) and ``unusable`` (no answer,
    not asked for, of another form than asked for). All but the repeated are named in ``problems``. ``missing`` are
    keys asked for and still without an answer; empty where no list of calls was given. ``too_large`` are keys of calls
    that would do better in two halves: the answer was cut short, or the prompt too long.
    """

    stored: int = 0
    repeated: int = 0
    truncated: int = 0
    refused: int = 0
    failed: int = 0
    unusable: int = 0
    problems: tuple[LineProblem, ...] = ()
    missing: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()


LineOutcome = Literal["truncated", "refused", "failed", "unusable"]
FormCheck = Callable[[AnswerRecord], bool]
"""Return whether an answer has the form that its task asks for."""


def _any_form(_record: AnswerRecord) -> bool:
    return True


class _NoAnswer(Exception):  # noqa: N818 - it is no error here, it is counted
    """A line holds no answer to keep. ``wants_less``: a call that asks for less may be answered."""

    def __init__(self, outcome: LineOutcome, reason: str, *, wants_less: bool = False) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.wants_less = wants_less


def read_batch(
    path: Path,
    cache: AnswerCache,
    headers: Mapping[str, CallHeader] | None = None,
    has_form: FormCheck = _any_form,
) -> BatchImport:
    """Take the answers of ``path`` into ``cache``, in whatever order and number they come.

    Of several answers to one call the first usable one counts. With ``headers`` (``read_calls``) answers to other calls
    are left out and calls without an answer are listed; without it (None) any key is taken.

    Raises:
        InputError: the file cannot be read, or holds requests.
        OutputError: the cache cannot be written.
    """
    counts: Counter[str] = Counter()
    problems: list[LineProblem] = []
    stored: set[str] = set()
    too_large: dict[str, None] = {}
    for number, line in numbered_lines(path):
        found = body_of(line) or {}
        if "method" in found and "body" in found:
            raise InputError(f"{path}:{number}: is a request; give the file with the endpoint's answers")
        key = found.get("custom_id")
        if isinstance(key, str) and key in stored:
            counts["repeated"] += 1
            continue
        try:
            key, record = _answer(found, headers, has_form)
            cache.put(key, record)
            stored.add(key)
        except _NoAnswer as no_answer:
            counts[no_answer.outcome] += 1
            problems.append(LineProblem(f"{path}:{number}", str(no_answer)))
            if no_answer.wants_less:
                too_large[str(key)] = None
    missing = tuple(key for key in headers or () if key not in stored and cache.get(key) is None)
    return BatchImport(
        stored=len(stored),
        **counts,
        problems=tuple(problems),
        missing=missing,
        too_large=tuple(key for key in too_large if key not in stored),
    )


def read_too_large(path: Path) -> frozenset[str]:
    """Return the keys in a file of answers whose calls would do better in two halves.

    Raises:
        InputError: the file cannot be read.
    """
    found = set()
    for _, line in numbered_lines(path):
        answer = body_of(line) or {}
        try:
            _answer(answer, None)
        except _NoAnswer as no_answer:
            if no_answer.wants_less:
                found.add(str(answer["custom_id"]))
    return frozenset(found)


def _answer(
    line: Body, headers: Mapping[str, CallHeader] | None, has_form: FormCheck = _any_form
) -> tuple[str, AnswerRecord]:
    """Return the key and the record of an answers line.

    Raises:
        _NoAnswer: it has none to keep.
    """
    key = line.get("custom_id")
    if not is_key(key):
        raise _NoAnswer("unusable", "is no answer to a call" if line else "is no JSON object; was it cut?")
    if headers is None:
        return key, _record(line, None, has_form)
    if key not in headers:
        raise _NoAnswer("unusable", f"answers {key[:12]}, which was not asked")
    return key, _record(line, headers[key], has_form)


def _record(line: Body, header: CallHeader | None, has_form: FormCheck) -> AnswerRecord:
    """Return the record of an answers line; its messages may quote what was sent, so only codes are repeated.

    Raises:
        _NoAnswer: it has none to keep.
    """
    body = _completion(line)
    calls_tool = has_tool_calls(body)
    if header is None:
        header = CallHeader(_UNLISTED, _model(body), "tools" if calls_tool else "json", "")
    try:
        record = record_of(header, _reply(body, "tools" if header.mode == "tools" else "json"))
    except FlawedRecordError as flaw:
        raise _NoAnswer("unusable", str(flaw)) from None
    if fault := record.unusable():
        raise _NoAnswer("unusable", fault)
    if not has_form(record):
        raise _NoAnswer("unusable", "is not of the form that was asked for")
    if body_of(record.content) is None:
        what = "calls the tool with arguments that are" if calls_tool else "has a content that is"
        raise _NoAnswer("unusable", f"{what} no JSON object")
    return record


def _model(body: Body) -> str:
    """Return the model that an endpoint names, empty where it names none."""
    model = body.get("model")
    return model[:_LONGEST_MODEL] if isinstance(model, str) else ""


def _reply(body: Body, mode: Mode) -> Reply:
    try:
        return read_completion(body, mode)
    except (AnswerFailure, EndpointFailure) as failure:
        raise _no_answer(failure, finish_reason(body)) from None


def _no_answer(failure: CallFailure, ending: str | None) -> _NoAnswer:
    """Return what a failure to read a completion means for its line."""
    named = f" (finish_reason {ending})" if (ending or "").casefold() in UNFINISHED | WITHHELD else ""
    match failure.reason:
        case Reason.TRUNCATED | Reason.ENDLESS:
            return _NoAnswer("truncated", f"is cut short{named}", wants_less=True)
        case Reason.REFUSED:
            return _NoAnswer("refused", f"is withheld{named}" if named else "the model declined to answer")
        case Reason.EMPTY_ANSWER:
            return _NoAnswer("unusable", "is empty")
        case Reason.SERVER:
            return _NoAnswer("failed", str(failure))
    return _NoAnswer("unusable", f"cannot be used: {failure}")


def _completion(line: Body) -> Body:
    """Return the completion of a line.

    Raises:
        _NoAnswer: it holds none.
    """
    response = mapping(line.get("response"))
    body = mapping(response.get("body", response))  # some endpoints leave the envelope out
    status = response.get("status_code", 200)
    error = line.get("error") or (None if has_choices(body) else body.get("error"))
    if error or status != 200:
        _refuse(mapping(error or body.get("error")), status)
    if not has_choices(body):
        raise _NoAnswer("unusable", "is no chat completion")
    return body


def _refuse(error: Mapping[str, Any], status: object) -> NoReturn:
    """Raise what an endpoint's error means; only its code and status are repeated."""
    code = error.get("code") or error.get("type")
    named = [f"status {status}"] if type(status) is int and 0 <= status < 1000 and status != 200 else []
    named += [code] if isinstance(code, str) and CODE.fullmatch(code) else []
    raise _NoAnswer(
        "failed",
        f"the endpoint reports an error ({', '.join(named) or 'without a code'})",
        wants_less=isinstance(code, str) and code in _TOO_LONG,
    )
