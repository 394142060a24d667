"""Answers from what is there alone: nothing is asked, and what is missing is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.records import Record
from extractor.errors import BugError

_SHORT = 12  # digits of a key that people can tell apart


class Missing(NamedTuple):
    """A call without an answer."""

    task: str
    key: str


class Readable(Protocol):
    """The cache or a recording."""

    def get(self, key: str, task: str = "", /) -> Record | None:
        """Return the answer kept under ``key``, None where there is none."""


class Offline:
    """Stands in the cache's place: a look-up that finds nothing is an error, so that no call follows it."""

    def __init__(self, answers: Readable) -> None:
        self._answers = answers
        self._missing: set[Missing] = set()

    def get(self, key: str, task: str = "", /) -> Record:
        """Return the answer kept under ``key``.

        Raises:
            EndpointFailure: there is none (``Reason.OFFLINE_MISSING``).
        """
        record = self._answers.get(key, task)
        if record is None:
            raise self.missed(key, task)
        return record

    def put(self, _key: str, _record: Record, /) -> None:
        """Refuse: an answer that is new can only come from a call.

        Raises:
            BugError: always.
        """
        raise BugError("a call was made although the run is offline")

    def missed(self, key: str, task: str = "", /) -> EndpointFailure:
        """Note that ``key`` has no answer, or none that is still valid, and return the failure that says so."""
        self._missing.add(Missing(task, key))
        named = " ".join(filter(None, (task, key[:_SHORT])))
        return EndpointFailure(Reason.OFFLINE_MISSING, f"offline, and no answer is kept for {named}")

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What was looked up in vain, each once, by task and key."""
        return tuple(sorted(self._missing))


def missing_report(missing: Iterable[Missing]) -> list[str]:
    """Return a line a task about what is missing, for people: how many answers, and the beginnings of their keys."""
    tasks: dict[str, list[str]] = {}
    for task, key in sorted(set(missing)):
        tasks.setdefault(task or "(no task)", []).append(key[:_SHORT])
    return [f"{task}: {len(keys)} missing ({', '.join(keys)})" for task, keys in tasks.items()]
