"""Calls and answers as files of the OpenAI Batch API: calls out, answers into the cache.

A line's ``custom_id`` is the call's key. Beside ``NAME.jsonl`` stands ``NAME.calls.jsonl``, which says of each key what
an answers file does not: the task, the mode, the prompt's version, the model as it was asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from extractor.endpoint.answer_records import UNFINISHED, WITHHELD, Record, flaw, is_key, unusable
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.calls import Mode
from extractor.endpoint.completion import body_of, found_json, read_completion
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import LineProblem, json_line, mapping, numbered_lines, write_whole
from extractor.errors import BugError, InputError, SettingsError

URL: Literal["/v1/chat/completions"] = "/v1/chat/completions"
CODE = re.compile(r"[a-z_]{1,64}")  # what an error's code looks like; anything else may quote what was sent

_UNLISTED = "unlisted"  # the task of an answer whose call is in no list
_HEAD = ("task", "model", "mode", "prompt_version")
_TOO_LONG = frozenset({"context_length_exceeded", "exceed_context_size_error"})  # codes of servers
_KIND = re.compile(r"[._-](?:answers|errors|output|results)$")  # what names of answers files end in
_LONGEST_MODEL = 300  # characters of a model's name
_PART = re.compile(r"-\d+$")


class BatchCall(NamedTuple):
    """A call to be answered in a batch: its key, the body of the request, and what its record will say of it."""

    key: str
    body: Mapping[str, Any]
    task: str = ""
    mode: str = ""
    prompt_version: str = ""


class BatchFileLimits(NamedTuple):
    """What a file of requests may hold at most."""

    requests: int = 50_000
    size: int = 200_000_000  # bytes


@dataclass(frozen=True)
class BatchFiles:
    """The files written: those of requests in their order (none where there are no calls), and the list of calls."""

    requests: tuple[Path, ...]
    calls: Path
    count: int


class CallHeader(NamedTuple):
    """What was asked under a key."""

    task: str
    model: str
    mode: str
    prompt_version: str


@dataclass(frozen=True)
class BatchImport:
    """What became of the lines of an answers file.

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


Outcome = Literal["truncated", "refused", "failed", "unusable"]
HasForm = Callable[[Record], bool]
"""Tells whether an answer is of the form that its task asks for."""


def _any_form(_record: Record) -> bool:
    return True


class _NoAnswer(Exception):  # noqa: N818 - it is no error here, it is counted
    """A line holds no answer to keep. ``wants_less``: one that asks for less at once may be answered."""

    def __init__(self, outcome: Outcome, reason: str, *, wants_less: bool = False) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.wants_less = wants_less


def write_batch(calls: Iterable[BatchCall], path: Path, limits: BatchFileLimits = BatchFileLimits()) -> BatchFiles:  # noqa: B008 - frozen
    """Write ``calls`` to ``path``, and what is more than a file may hold to ``NAME-2.jsonl`` and so on.

    A key that comes again is the same call and is written once.

    Raises:
        OutputError: a file cannot be written.
        SettingsError: a single request is larger than a file may be.
        BugError: a call has no proper key, or a body that is not JSON.
    """
    asked: dict[str, CallHeader] = {}
    source = _request_lines(calls, asked, limits)
    pending = next(source, None)
    files: list[Path] = []

    def taken() -> Iterator[bytes]:
        nonlocal pending
        count = size = 0
        while pending is not None and count < limits.requests and size + len(pending) <= limits.size:
            yield pending
            count, size = count + 1, size + len(pending)
            pending = next(source, None)

    while pending is not None:
        file = path if not files else path.with_name(f"{path.stem}-{len(files) + 1}{path.suffix}")
        write_whole(file, taken())
        files.append(file)
    listed = calls_file(path)
    if files:
        write_whole(listed, (json_line({"key": key, **call._asdict()}) for key, call in asked.items()))
    return BatchFiles(tuple(files), listed, len(asked))


def calls_file(path: Path) -> Path:
    """Return the name of the list of calls that stands beside the requests ``path``."""
    return path.with_name(f"{path.stem}.calls.jsonl")


def calls_beside(answers: Path) -> Path | None:
    """Return the list of calls beside a file of answers that is named like its requests: ``NAME.answers.jsonl``,
    ``NAME-2.errors.jsonl``, ``NAME_output.jsonl`` for ``NAME.calls.jsonl``. None where there is none."""
    name = _KIND.sub("", answers.stem)
    places = (calls_file(answers.with_name(f"{stem}.jsonl")) for stem in (answers.stem, name, _PART.sub("", name)))
    return next((place for place in places if place.is_file()), None)


def read_calls(path: Path) -> dict[str, CallHeader]:
    """Return what was asked under each key, by a list of calls.

    Raises:
        InputError: the file cannot be read, or is no list of calls.
    """
    asked = {}
    for number, line in numbered_lines(path):
        call = body_of(line) or {}
        names = [call.get(name) for name in _HEAD]
        if not is_key(call.get("key")) or not all(isinstance(name, str) for name in names):
            raise InputError(f"{path}:{number}: is no line of a list of calls; give NAME.calls.jsonl")
        asked[call["key"]] = CallHeader(*map(str, names))
    return asked


def read_batch(
    path: Path,
    cache: AnswerCache,
    asked: Mapping[str, CallHeader] | None = None,
    has_form: HasForm = _any_form,
) -> BatchImport:
    """Take the answers of ``path`` into ``cache``, in whatever order and number they come.

    Of several answers to one call the first usable one counts. With ``asked`` (``read_calls``) answers to other calls
    are left out and calls without an answer are told; without it any key is taken. ``has_form`` tells whether an answer
    is of the form that its task asks for.

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
            key, record = _answer(found, asked, has_form)
            cache.put(key, record)
            stored.add(key)
        except _NoAnswer as no_answer:
            counts[no_answer.outcome] += 1
            problems.append(LineProblem(f"{path}:{number}", str(no_answer)))
            if no_answer.wants_less:
                too_large[str(key)] = None
    missing = tuple(key for key in asked or () if key not in stored and cache.get(key) is None)
    return BatchImport(
        stored=len(stored),
        **counts,
        problems=tuple(problems),
        missing=missing,
        too_large=tuple(key for key in too_large if key not in stored),
    )


def read_too_large(path: Path) -> frozenset[str]:
    """Return the keys of a file of answers whose calls would do better in two halves.

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


def _request_lines(
    calls: Iterable[BatchCall], asked: dict[str, CallHeader], limits: BatchFileLimits
) -> Iterator[bytes]:
    for call in calls:
        if not is_key(call.key):
            raise BugError("a call for a batch has no proper key")
        if call.key in asked:
            continue
        try:
            line = json_line({"custom_id": call.key, "method": "POST", "url": URL, "body": call.body})
        except (TypeError, ValueError) as error:
            raise BugError("a call for a batch has a body that is not JSON") from error
        if len(line) > limits.size:
            raise SettingsError(
                f"a request of {len(line):,} bytes is larger than a batch file may be ({limits.size:,}); "
                "ask for less at a time"
            )
        asked[call.key] = CallHeader(call.task, str(call.body.get("model", "")), call.mode, call.prompt_version)
        yield line


def _answer(
    line: Mapping[str, Any], asked: Mapping[str, CallHeader] | None, has_form: HasForm = _any_form
) -> tuple[str, Record]:
    """Return the key and the record of an answers line.

    Raises:
        _NoAnswer: it has none to keep.
    """
    key = line.get("custom_id")
    if not is_key(key):
        raise _NoAnswer("unusable", "is no answer to a call" if line else "is no JSON object; was it cut?")
    if asked is None:
        return key, _record(line, None, has_form)
    if key not in asked:
        raise _NoAnswer("unusable", f"answers {key[:12]}, which was not asked")
    return key, _record(line, asked[key], has_form)


def _record(line: Mapping[str, Any], asked: CallHeader | None, has_form: HasForm) -> Record:
    """Return the record of an answers line; its messages may quote what was sent, so only codes are repeated.

    Raises:
        _NoAnswer: it has none to keep.
    """
    body = _completion(line)
    choice = mapping(body["choices"][0])
    calls = mapping(choice.get("message")).get("tool_calls")
    model = body.get("model")
    named = model[:_LONGEST_MODEL] if isinstance(model, str) else ""
    head = asked or CallHeader(_UNLISTED, named, "tools" if calls else "json", "")
    mode: Mode = "tools" if head.mode == "tools" else "json"
    try:
        reply = read_completion(body, mode, 0)
    except (AnswerFailure, EndpointFailure) as failure:
        raise _no_answer(failure, choice) from None
    content, _ = found_json(reply.content, mode)
    record = {
        **head._asdict(),
        "finish_reason": reply.finish_reason,
        "usage": asdict(reply.usage),
        "content": content,
    }
    if fault := flaw(record) or unusable(record):
        raise _NoAnswer("unusable", fault)
    if not has_form(record):
        raise _NoAnswer("unusable", "is not of the form that was asked for")
    if body_of(content) is None:
        what = "calls the tool with arguments that are" if calls else "has a content that is"
        raise _NoAnswer("unusable", f"{what} no JSON object")
    return record


def _no_answer(failure: CallFailure, choice: Mapping[str, Any]) -> _NoAnswer:
    """Return what a failure to read a completion means for its line."""
    ending = choice.get("finish_reason")
    told = (
        f" (finish_reason {ending})" if isinstance(ending, str) and ending.casefold() in UNFINISHED | WITHHELD else ""
    )
    match failure.reason:
        case Reason.TRUNCATED:
            return _NoAnswer("truncated", f"is cut short{told}", wants_less=True)
        case Reason.REFUSED:
            return _NoAnswer("refused", f"is withheld{told}" if told else "the model declined to answer")
        case Reason.EMPTY_ANSWER:
            return _NoAnswer("unusable", "is empty")
        case Reason.SERVER:
            return _NoAnswer("failed", str(failure))
    return _NoAnswer("unusable", f"cannot be used: {failure}")


def _completion(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the completion of a line.

    Raises:
        _NoAnswer: it holds none.
    """
    response = mapping(line.get("response"))
    body = mapping(response.get("body", response))  # some endpoints leave the envelope out
    error = line.get("error") or body.get("error")
    status = response.get("status_code", 200)
    if error or status != 200:
        told = mapping(error)
        code = told.get("code") or told.get("type")
        named = [f"status {status}"] if type(status) is int and 0 <= status < 1000 and status != 200 else []
        named += [code] if isinstance(code, str) and CODE.fullmatch(code) else []
        raise _NoAnswer(
            "failed",
            f"the endpoint reports an error ({', '.join(named) or 'without a code'})",
            wants_less=isinstance(code, str) and code in _TOO_LONG,
        )
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        raise _NoAnswer("unusable", "is no chat completion")
    return body
