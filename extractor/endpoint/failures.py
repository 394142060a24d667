"""Failures of calls: a reason for programs, and a sentence for people.

A sentence never holds a key or what was sent: see ``extractor.endpoint.diagnosis``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from extractor.errors import AnswerError, EndpointError


class Reason(StrEnum):
    """The reason for which a call failed."""

    AUTH = "auth"  # 401: no key, or a wrong one
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404, or a page that is no API: the address or the model is wrong
    QUOTA = "quota"  # the account's credit is used up
    RATE_LIMITED = "rate_limited"  # 429
    SERVER = "server"  # 5xx, or an answer that is no completion
    TIMEOUT = "timeout"  # a request, or the call with all its retries, took too long
    CONNECTION = "connection"  # refused, reset, or broken off
    TLS = "tls"  # a certificate that does not hold, TLS where there is none, or none where there is
    REDIRECTED = "redirected"  # 3xx: the endpoint wants the text sent to another address
    OVERSIZED = "oversized"  # the answer is larger than any can be, or unpacks to that
    BAD_REQUEST = "bad_request"  # the endpoint does not take the request as it is
    CONTEXT_TOO_LONG = "context_too_long"  # the prompt does not fit the model
    BUDGET = "budget"  # the next request could exceed the budget of tokens or money
    OFFLINE_MISSING = "offline_missing"  # nothing may be asked, and no answer is kept
    TRUNCATED = "truncated"  # the answer was cut at its token limit
    ENDLESS = "endless"  # the answer was cut at its token limit, and repeats itself or ends in blanks up to there
    REFUSED = "refused"  # the model or a content filter will not answer
    EMPTY_ANSWER = "empty_answer"  # no text, no tool call
    INVALID_ANSWER = "invalid_answer"  # not the JSON that was asked for
    MARKS_UNSEEN = "marks_unseen"  # what it says is about other pieces than were shown
    PROMPT_CLIPPED = "prompt_clipped"  # the endpoint read only a part of the prompt, and did not say so

    @property
    def passes(self) -> bool:
        """True where the same request may succeed a little later."""
        return self in _PASSING

    @property
    def wants_less(self) -> bool:
        """True where a call that asks for less may succeed: the caller may split what it asked."""
        return self in _WANTING_LESS

    @property
    def is_of_the_size(self) -> bool:
        """True where less at once might have been answered: it was too much for the model or its context."""
        return self in _OF_THE_SIZE

    @property
    def concerns_all(self) -> bool:
        """True where each further call would fail alike, so that none is worth making."""
        return self in _CONCERNING_ALL

    @property
    def is_of_the_way(self) -> bool:
        """True where the endpoint was not reached: if it never was, each further call would fail alike."""
        return self in _OF_THE_WAY


_PASSING = frozenset((Reason.RATE_LIMITED, Reason.SERVER, Reason.TIMEOUT, Reason.CONNECTION))
_WANTING_LESS = frozenset(
    (Reason.TRUNCATED, Reason.ENDLESS, Reason.CONTEXT_TOO_LONG, Reason.PROMPT_CLIPPED, Reason.MARKS_UNSEEN)
)
_OF_THE_SIZE = _WANTING_LESS | {Reason.INVALID_ANSWER, Reason.EMPTY_ANSWER}
_CONCERNING_ALL = frozenset((Reason.AUTH, Reason.NOT_FOUND, Reason.QUOTA))
_OF_THE_WAY = frozenset((Reason.CONNECTION, Reason.TLS, Reason.REDIRECTED))


class EndpointFailure(EndpointError):  # noqa: N818 - beside ``EndpointError``, which it refines
    """The endpoint failed, for ``reason``.

    ``wait`` is the seconds it asks to wait, ``status`` the HTTP status, ``parameter`` the part of the request that it
    refuses; each is None where there is none.
    """

    def __init__(
        self,
        reason: Reason,
        sentence: str,
        *,
        wait: float | None = None,
        status: int | None = None,
        parameter: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.wait = wait
        self.status = status
        self.parameter = parameter

    def again(self) -> EndpointFailure:
        """Return the same failure, to be raised once more."""
        return EndpointFailure(self.reason, str(self), wait=self.wait, status=self.status, parameter=self.parameter)


class AnswerFailure(AnswerError):  # noqa: N818 - beside ``AnswerError``, which it refines
    """The model's answer cannot be used, for ``reason``.

    ``complaint`` tells the model what was wrong with it, where asking again may help; it may quote the answer and is
    for no log. ``ignores_schema`` is true where the answer has another shape than asked for, so that nothing on the
    endpoint's side enforces the schema. ``most_repeats`` is how often asking again may help, None for as often as the
    settings say.
    """

    def __init__(
        self,
        reason: Reason,
        sentence: str,
        complaint: str = "",
        *,
        ignores_schema: bool = False,
        most_repeats: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.complaint = complaint
        self.ignores_schema = ignores_schema
        self.most_repeats = most_repeats

    def again(self) -> AnswerFailure:
        """Return the same failure, to be raised once more."""
        return AnswerFailure(
            self.reason,
            str(self),
            self.complaint,
            ignores_schema=self.ignores_schema,
            most_repeats=self.most_repeats,
        )


CallFailure = EndpointFailure | AnswerFailure
"""The failures that ``Endpoint.ask`` raises."""

_NUMBER = re.compile(r"[\d,.]*\d")
_MOST_TOLD = 3


def told_once(sentences: Sequence[str]) -> list[str]:
    """Return failures' sentences in their order, the first of those that differ in nothing but numbers."""
    first: dict[str, str] = {}
    for sentence in sentences:
        first.setdefault(_NUMBER.sub("0", sentence), sentence)
    return list(first.values())


def in_sum(sentences: Sequence[str], then: str = "there the rules' reading stands") -> str:
    """Return how many calls failed for good, what ``then`` is, and why: each reason once, three reasons at most."""
    told = told_once(sentences)
    more = f"; and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    why = "; ".join(told[:_MOST_TOLD])
    return f"{len(sentences)} calls failed for good, {then}: {why}{more}"
