"""Answers from what is there alone: nothing is asked, and what is missing is named."""

from __future__ import annotations

from typing import NoReturn, Protocol

from extractor.endpoint.answer_records import Record
from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.errors import BugError

_SHORT = 12  # digits of a key that people can tell apart


class AnswerLookup(Protocol):
    """The cache or a recording."""

    def get(self, key: str, task: str = "", /) -> Record | None:
        """Return the answer kept under ``key``, None where there is none."""

    def __contains__(self, key: object, /) -> bool:
        """Tell whether an answer is kept under ``key``."""


class OfflineAnswers:
    """Stands in the cache's place: a look-up that finds nothing is an error, so that no call follows it."""

    def __init__(self, answers: AnswerLookup) -> None:
        self._answers = answers

    def get(self, key: str, task: str = "", /) -> Record:
        """Return the answer kept under ``key``.

        Raises:
            EndpointFailure: there is none (``Reason.OFFLINE_MISSING``).
        """
        record = self._answers.get(key, task)
        if record is None:
            raise self.missed(key, task)
        return record

    def put(self, _key: str, _record: Record, /) -> NoReturn:
        """Refuse: an answer that is new can only come from a call.

        Raises:
            BugError: always.
        """
        raise BugError("a call was made although the run is offline")

    def add(self, key: str, record: Record, /) -> bool:
        """Refuse, as ``put`` does."""
        return self.put(key, record)

    def __contains__(self, key: object) -> bool:
        return key in self._answers

    def missed(self, key: str, task: str = "", /) -> EndpointFailure:
        """Return the failure that says that ``key`` has no answer, or none that is still valid."""
        named = " ".join(filter(None, (task, key[:_SHORT])))
        return EndpointFailure(Reason.OFFLINE_MISSING, f"offline, and no answer is kept for {named}")
