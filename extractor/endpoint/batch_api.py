"""Files of requests to an endpoint that has the Batch API, and its files of answers back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.endpoint.batch import CODE, URL
from extractor.endpoint.jsonl import count_of, json_line, mapping, parsed, write_whole
from extractor.endpoint.settings import EndpointSettings
from extractor.errors import EndpointError, InputError, OutputError, SettingsError

if TYPE_CHECKING:
    from openai import OpenAI

_MOST_LINES = 10**9
_OVER = frozenset({"failed", "completed", "expired", "cancelled"})
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")  # safe as a file's name and in a message


@dataclass(frozen=True)
class Submission:
    """A file of requests that an endpoint has taken: the batch's id, and the SHA-256 of the file as it was then."""

    batch_id: str
    sha256: str


@dataclass(frozen=True)
class BatchStatus:
    """How far a batch is. ``faults`` are the codes, with lines of the requests, for which it was not begun."""

    batch_id: str
    state: str
    total: int
    completed: int
    failed: int
    faults: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Nothing more will come."""
        return self.state in _OVER

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.batch_id}: {self.state}, {self.completed} of {self.total} done{failed}"


@contextmanager
def connected(settings: EndpointSettings) -> Iterator[OpenAI]:
    """Yield a client of the endpoint that ``settings`` name."""
    from openai import OpenAI

    from extractor.endpoint.bounded import sync_client
    from extractor.endpoint.transport import whereabouts

    with OpenAI(
        **whereabouts(settings),
        timeout=settings.timeout,
        max_retries=settings.retries,
        http_client=sync_client(settings.span),
    ) as client:
        yield client


def submission_file(requests: Path) -> Path:
    """Return the name of the file beside ``requests`` that says which batch they became."""
    return requests.with_name(f"{requests.stem}.submitted.json")


def submit(client: OpenAI, requests: Path, *, again: bool = False) -> Submission:
    """Have the endpoint answer a file of requests, and note beside it under which id.

    A file that was submitted as it is now is not submitted again, unless ``again`` is set: its note is returned.

    Raises:
        EndpointError: the endpoint refuses, fails or has no Batch API.
        InputError: the file cannot be read.
        OutputError: the note cannot be written; the sentence names the batch.
    """
    try:
        content = requests.read_bytes()
    except OSError as error:
        raise InputError(f"{requests}: cannot be read ({error.strerror or error})") from error
    sha256 = hashlib.sha256(content).hexdigest()
    before = _submission(submission_file(requests))
    if before is not None and before.sha256 == sha256 and not again:
        return before
    with _sentences("submitting the batch", client):
        uploaded = client.files.create(file=(requests.name, content), purpose="batch")
        # Not tried again by the client: an answer that is lost on its way would make, and bill, two batches.
        batch = client.with_options(max_retries=0).batches.create(
            input_file_id=_name(_fields(uploaded).get("id")), endpoint=URL, completion_window="24h"
        )
    submission = Submission(_name(_fields(batch).get("id")), sha256)
    try:
        write_whole(submission_file(requests), [json_line(asdict(submission))])
    except OutputError as error:
        raise OutputError(f"{error}; the batch was begun all the same: {submission.batch_id}") from error
    return submission


def submitted(requests: Path) -> Submission:
    """Return which batch a file of requests became.

    Raises:
        InputError: it was not submitted from here.
    """
    found = _submission(submission_file(requests))
    if found is None:
        raise InputError(f"{requests}: was not submitted from here; submit it, or give the batch's id")
    return found


def status(client: OpenAI, batch_id: str) -> BatchStatus:
    """Return how far a batch is.

    Raises:
        EndpointError: the endpoint fails, or knows no such batch.
        SettingsError: ``batch_id`` is none.
    """
    return _status(_retrieve(client, batch_id))


def fetch(client: OpenAI, batch_id: str, folder: Path, name: str | None = None) -> tuple[Path, ...]:
    """Write a batch's answers, then its errors, as far as there are any, to files in ``folder`` and return those. They
    are called ``NAME.answers.jsonl`` and ``NAME.errors.jsonl``, by default after the batch's id.

    A batch that expired or was cancelled has the answers that were ready.

    Raises:
        EndpointError: the batch is not over, was not begun, or has no answers; the endpoint fails.
        OutputError: a file cannot be written.
        SettingsError: ``batch_id`` is none.
    """
    batch = _retrieve(client, batch_id)
    state = _status(batch)
    if not state.is_over:
        raise EndpointError(f"{state}; fetch it when it is over")
    files = []
    for kind, field in (("answers", "output_file_id"), ("errors", "error_file_id")):
        if file_id := batch.get(field):
            files.append(folder / f"{name or state.batch_id}.{kind}.jsonl")
            with (
                _sentences(f"fetching the batch's {kind}", client),
                client.files.with_streaming_response.content(_name(file_id)) as content,
            ):
                write_whole(files[-1], content.iter_bytes())
    if not files:
        because = f" ({'; '.join(state.faults)})" if state.faults else ""
        raise EndpointError(f"{state}; it has no answers{because}")
    return tuple(files)


def _retrieve(client: OpenAI, batch_id: str) -> Mapping[str, Any]:
    if not _NAME.fullmatch(batch_id):
        raise SettingsError(f"{batch_id!r} is no batch's id; submit prints it")
    with _sentences("asking for the batch", client):
        return _fields(client.batches.retrieve(batch_id))


def _fields(answer: object) -> Mapping[str, Any]:
    """Return the fields of an answer: the client checks none of them, and hands on a page that is no JSON as text."""
    from openai import BaseModel

    try:
        return answer.to_dict(warnings=False) if isinstance(answer, BaseModel) else {}
    except (ValueError, TypeError, RecursionError):  # nested without end
        return {}


def _status(batch: Mapping[str, Any]) -> BatchStatus:
    counts = mapping(batch.get("request_counts"))
    errors = mapping(batch.get("errors")).get("data")
    return BatchStatus(
        _name(batch.get("id")),
        _name(batch.get("status")),
        count_of(counts, "total"),
        count_of(counts, "completed"),
        count_of(counts, "failed"),
        tuple(_fault(mapping(error)) for error in errors) if isinstance(errors, list) else (),
    )


def _fault(error: Mapping[str, Any]) -> str:
    """Return an error's code and line; not its message, which may quote the request."""
    code, line = error.get("code"), error.get("line")
    named = code if isinstance(code, str) and CODE.fullmatch(code) else "no code"
    return f"{named}, line {line}" if isinstance(line, int) and 0 <= line < _MOST_LINES else named


@contextmanager
def _sentences(doing: str, client: OpenAI) -> Iterator[None]:
    """Turn the client's errors into ours, which repeat nothing the server said: it may quote the key."""
    import httpx2
    from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

    from extractor.endpoint.bounded import OversizedError
    from extractor.endpoint.connection import REDIRECTS, fault_of, target_of

    try:
        yield
    except (APITimeoutError, httpx2.TimeoutException) as error:
        raise EndpointError(f"{doing} took too long; try again, or raise --timeout") from error
    except (APIConnectionError, httpx2.HTTPError, OversizedError) as error:
        _, words = fault_of(error, str(client.base_url))
        raise EndpointError(f"{doing}: the endpoint {words}; check --base-url") from error
    except APIStatusError as error:
        if 300 <= error.status_code < 400:
            target = target_of(error.response.headers.get("location", ""), str(client.base_url))
            said = f"the endpoint {REDIRECTS} {target.replace(client.api_key, '***')}; that was not done"
            raise EndpointError(f"{doing}: {said} (status {error.status_code})") from error
        remedy = {
            401: "the key is missing or wrong",
            403: "the key may not do this",
            404: "the endpoint has no Batch API, or knows no such batch",
            405: "the endpoint has no Batch API",
            413: "the file is too large for it",
            429: "too much at once, or no credit; try again later",
            501: "the endpoint has no Batch API",
        }
        said = remedy.get(error.status_code, "the endpoint refused or failed")
        raise EndpointError(f"{doing}: {said} (status {error.status_code})") from error
    except (APIError, ValueError, TypeError, RecursionError) as error:
        raise EndpointError(f"{doing}: the endpoint's answer cannot be read") from error


def _submission(path: Path) -> Submission | None:
    try:
        found = parsed(path.read_bytes())
    except (OSError, ValueError):
        return None
    match found:
        case {"batch_id": str(batch_id), "sha256": str(sha256)} if _NAME.fullmatch(batch_id):
            return Submission(batch_id, sha256)
    return None


def _name(value: object) -> str:
    """Return an id or a state the endpoint gave, refusing one that would not be safe in a file's name."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise EndpointError("the endpoint's Batch API answers with something that is no batch")
    return value
