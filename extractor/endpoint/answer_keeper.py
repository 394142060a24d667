"""Kept answers as calls use them: looked up and checked again, added so that all runs use the same."""

from __future__ import annotations

import logging
from typing import Protocol

from extractor.endpoint.answer_records import AnswerRecord, AnswerStore, CallHeader, FlawedRecordError
from extractor.endpoint.answers import ValidAnswer, kept_answer, record_of
from extractor.endpoint.call_keys import call_keys
from extractor.endpoint.call_progress import CallProgress, loop_time
from extractor.endpoint.calls import Call, Response
from extractor.endpoint.oddities import Oddity
from extractor.endpoint.offline_answers import OfflineAnswers
from extractor.endpoint.settings import EndpointSettings
from extractor.errors import ExtractorError

_LOG = logging.getLogger("extractor.endpoint")

_PAUSE = 60.0  # seconds without keeping answers after one could not be kept: to find that out may take long


class KeyLookup(Protocol):
    """A store of answers that says which it has."""

    def __contains__(self, key: object, /) -> bool:
        """Return whether an answer is kept under ``key``."""


def kept_key(store: KeyLookup | None, call: Call[Response], settings: EndpointSettings) -> str:
    """Return the key under which ``store`` has an answer to ``call``, or under which one is to be kept."""
    keys = call_keys(call, settings)
    return next((key for key in keys if store is not None and key in store), keys[0])


class AnswerKeeper:
    """Looks answers up in ``store`` and keeps new ones there; without a store (None) it finds and keeps none."""

    def __init__(self, store: AnswerStore | None) -> None:
        self._store = store
        self._keeps_from = float("-inf")  # loop time

    def key(self, call: Call[Response], settings: EndpointSettings) -> str:
        """Return the key under which an answer is kept, or is to be."""
        return kept_key(self._store, call, settings)

    def has(self, key: str) -> bool:
        """Return whether an answer is kept under ``key``."""
        return self._store is not None and key in self._store

    def find(self, key: str, call: Call[Response], progress: CallProgress) -> Response | None:
        """Return the answer kept under ``key``, None where there is none that is still valid.

        Raises:
            EndpointFailure: there is none, and the store is an offline one.
        """
        record = self._store.get(key, call.task) if self._store is not None else None
        if record is None:
            return None
        value = kept_answer(call, record)
        if value is None:
            progress.note(Oddity.CACHE_STALE)
            if isinstance(self._store, OfflineAnswers):
                raise self._store.missed(key, call.task)
        return value

    def keep(
        self, key: str, call: Call[Response], header: CallHeader, answer: ValidAnswer[Response], progress: CallProgress
    ) -> Response:
        """Keep an answer, and return the one to use: where another process was faster, that one's.

        An answer that cannot be kept is used all the same, this once.
        """
        if self._store is None:
            return answer.value
        if loop_time() < self._keeps_from:
            progress.note(Oddity.NOT_KEPT)
            return answer.value
        try:
            there = self._added(self._store, key, call, record_of(header, answer.reply))
        except (ExtractorError, OSError, ValueError) as error:
            self._keeps_from = loop_time() + _PAUSE
            progress.note(Oddity.NOT_KEPT)
            why = str(error) if isinstance(error, ExtractorError | FlawedRecordError) else type(error).__name__
            _LOG.warning("answers cannot be kept, so they are used once and asked for again by the next run: %s", why)
            there = None
        return there or answer.value

    @staticmethod
    def _added(store: AnswerStore, key: str, call: Call[Response], record: AnswerRecord) -> Response | None:
        """Add a record, and return the answer that was there before; one that is not valid is replaced."""
        if store.add(key, record):
            return None
        there = store.get(key, call.task)
        value = kept_answer(call, there) if there else None
        if value is None:
            store.put(key, record)
        return value
