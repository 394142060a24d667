"""What an endpoint sends is bounded, unpacked too; where it cannot be used it is named as what it is."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from endpoint_example import Kept, call, right, settings, with_endpoint
from fake_endpoint import Serving, serving
from faulty_answers import of_all_calls, of_one_call

from extractor.endpoint.answer_records import Record
from extractor.endpoint.bounded import LARGEST_ANSWER, OversizedError, Unpacker
from extractor.endpoint.calls import CallAnswer
from extractor.endpoint.client import Endpoint
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.errors import AnswerError, BugError, OutputError

ELSEWHERE = "http://127.0.0.1:9"
MODES = of_one_call(ELSEWHERE) | of_all_calls(ELSEWHERE)


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving("endpoint_example:answer") as running:
        yield running


def failure_in(mode: str, server: Serving, **more: Any) -> EndpointFailure | AnswerFailure | None:
    """What a call fails with that meets a mode for good; None where it is answered."""

    async def use(endpoint: Endpoint) -> EndpointFailure | AnswerFailure | None:
        try:
            await endpoint.ask(call())
        except (EndpointFailure, AnswerFailure) as failure:
            return failure
        return None

    server.script(rate=1.0, kinds=[MODES[mode]])
    how = {"retries": 0, "answer_retries": 0, "timeout": 60.0} | more
    return with_endpoint(settings(server, **how), use)[0]


@pytest.mark.parametrize(
    ("mode", "reason", "words"),
    [
        *(
            (f"endless {what}", Reason.OVERSIZED, "given up: it is larger than 8 MB")
            for what in ("body", "text", "chunks")
        ),
        ("endless error", Reason.OVERSIZED, "given up: it is larger than 8 MB"),
        *((f"packed {how}", Reason.OVERSIZED, "it is larger than 8 MB") for how in ("gzip", "x-gzip", "deflate")),
        *((f"packed {how}", Reason.OVERSIZED, "was not asked for") for how in ("br", "zstd", "gzip, gzip", "unknown")),
        ("damaged gzip", Reason.SERVER, "damaged: it cannot be unpacked"),
        ("endless headers", Reason.CONNECTION, "broke off"),
        ("endless one header", Reason.CONNECTION, "broke off"),
        ("raw TLS alert", Reason.TLS, "most likely, TLS; write https:// instead of http://"),
        ("raw nothing", Reason.CONNECTION, "does it speak TLS (https://)?"),
        ("HTTPS port", Reason.TLS, "write https:// instead of http://"),
        ("choices is deep", Reason.SERVER, "sent what is no completion"),
        ("choices is number", Reason.EMPTY_ANSWER, "nothing"),
        ("text of long", Reason.OVERSIZED, "more than 1,000,000 characters"),
        ("text of many", Reason.OVERSIZED, "more than 250,000 characters"),
        ("text of fence", Reason.INVALID_ANSWER, "no JSON"),
        ("content is nested", Reason.EMPTY_ANSWER, "nothing"),
        ("tool_calls is less deep", None, ""),
        ("400 with param list", Reason.BAD_REQUEST, "does not take this request"),
        ("400 with param deep", Reason.BAD_REQUEST, "does not take this request"),
        ("400 with message half", Reason.BAD_REQUEST, "does not take this request"),
        ("200 with message deep", Reason.SERVER, "answered with an error"),
        ("429 until far", Reason.RATE_LIMITED, "too many requests"),
        ("307 elsewhere", Reason.REDIRECTED, f"sent on to {ELSEWHERE}; that was not done"),
        ("300 nowhere", Reason.REDIRECTED, "an address that it does not name"),
        ("307 to nothing", Reason.REDIRECTED, "an address that it does not name"),
        *((f"{what} is half", None, "") for what in ("id", "model", "usage", "reasoning", "cached", "finish_reason")),
        *((f"prompt_tokens is {what}", None, "") for what in ("no end", "many digits", "nested", "null")),
        ("prompt_tokens is digits", Reason.SERVER, "sent what is no completion"),
        ("sound", None, ""),
    ],
)
def test_it_is_named(server: Serving, mode: str, reason: Reason | None, words: str) -> None:
    failure = failure_in(mode, server)
    assert (failure and failure.reason) == reason, failure
    assert words in str(failure or "")
    assert not any("\ud800" <= character <= "\udfff" for character in str(failure or ""))


@pytest.mark.parametrize("mode", ["drip of head", "drip of body", "drip of error", "endless continue", "stall"])
def test_what_does_not_end_is_given_up_when_its_time_is_over(server: Serving, mode: str) -> None:
    failure = failure_in(mode, server, timeout=0.2)
    assert failure is not None
    assert failure.reason is Reason.TIMEOUT


class TestUnpacking:
    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    @pytest.mark.parametrize("size", [1, 100, 65536])
    def test_brings_what_was_packed(self, encoding: str, size: int) -> None:
        plain = b'{"choices": []}' * 1000
        packed = gzip.compress(plain) if encoding == "gzip" else zlib.compress(plain)
        unpacking = Unpacker(encoding, LARGEST_ANSWER)
        assert b"".join(unpacking.take(packed[at : at + size]) for at in range(0, len(packed), size)) == plain

    def test_takes_deflate_without_a_frame(self) -> None:
        squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        assert Unpacker("deflate", 100).take(squeeze.compress(b"{}") + squeeze.flush()) == b"{}"

    def test_stops_at_its_limit(self) -> None:
        """However small the piece: what it would unpack to is never there as a whole."""
        unpacking = Unpacker("gzip", 1000)
        with pytest.raises(OversizedError):
            unpacking.take(gzip.compress(b" " * 50_000_000))
        assert unpacking.most == 1001

    def test_counts_what_unpacks_to_nothing(self) -> None:
        unpacking = Unpacker("gzip", 1000)
        unpacking.take(gzip.compress(b""))
        with pytest.raises(OversizedError):
            for _ in range(100):
                unpacking.take(b"\0" * 100)

    def test_of_what_is_damaged_says_so(self) -> None:
        with pytest.raises(httpx2.DecodingError):
            Unpacker("gzip", 1000).take(b"{}{}{}{}{}{}")


class Unwritable(Kept):
    """A cache that cannot be written, for a reason."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.tried = 0

    def add(self, _key: str, _record: Record, /) -> bool:
        self.tried += 1
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        OutputError("full"),
        BugError("no record"),
        AnswerError("too long"),
        OSError("gone"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_answer_that_cannot_be_kept_is_used_once(
    server: Serving, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def use(endpoint: Endpoint) -> list[CallAnswer[Any]]:
        return [await endpoint.ask(call()), await endpoint.ask(call(["sea"]))]

    server.script()
    cache = Unwritable(error)
    answers, endpoint = with_endpoint(settings(server), use, cache)
    assert [answer.value for answer in answers] == [right(), right(["sea"])]
    assert (endpoint.warnings, len(server.log())) == ({"not_kept": 2}, 2)
    assert cache.tried == 1  # to find out may take half a minute
    assert caplog.text.count("answers cannot be kept") == 1


def test_half_a_surrogate_pair_goes_no_further(server: Serving) -> None:
    async def use(endpoint: Endpoint) -> Any:
        return (await endpoint.ask(call())).value

    server.script(faults={0: {"kind": "place", "place": ["choices", 0, "finish_reason"], "json": '"stop\\ud800"'}})
    cache = Kept()
    assert with_endpoint(settings(server), use, cache)[0] == right()
    (record,) = cache.values()
    assert record["finish_reason"] == "stop\ufffd"
