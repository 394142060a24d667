"""A run's calls written as files for a batch, and the answers taken into the cache, where the next run finds them.

A notice takes two rounds at most: where a model finds its issues and measures, the calls about those depend on its
outline, and are made once that is answered.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import read_first
from extractor.assist.prompts import prompt
from extractor.assist.tasks import TASKS
from extractor.endpoint.answer_keeper import kept_key
from extractor.endpoint.answer_records import AnswerRecord, CallHeader
from extractor.endpoint.answers import kept_answer
from extractor.endpoint.batch_answers import read_batch
from extractor.endpoint.batch_requests import BatchCall, BatchFiles, write_batch
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.call_keys import call_key, token_limit
from extractor.endpoint.calls import Call, Mode
from extractor.endpoint.completion import body_of
from extractor.endpoint.jsonl import LineProblem
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.tokens import estimate_tokens
from extractor.errors import InputError, SettingsError
from extractor.files.ingest import read_text
from extractor.files.sources.source import Source
from extractor.runs.pending_calls import still_unanswered

LINES = ("stored", "repeated", "truncated", "refused", "failed", "unusable")
"""The outcomes of a line of an answers file (see ``BatchImport``)."""


class CallSelection(NamedTuple):
    """A choice of calls: those that a run with these settings would make.

    ``finds_issues`` is whether the model finds issues and measures; the calls with the keys ``too_large`` are asked in
    two halves.
    """

    settings: EndpointSettings
    finds_issues: bool = False
    too_large: frozenset[str] = frozenset()

    @property
    def mode(self) -> Mode:
        """The mode of the requests: nothing can be tried in a file, so ``auto`` becomes the mode it tries first."""
        return "json_schema" if self.settings.mode == "auto" else self.settings.mode


@dataclass(frozen=True)
class BatchExport:
    """The result of an export to ``files``.

    Of ``notices`` that were read, ``unanswered`` have calls in the files, and ``first_rounds`` will have others once
    those are answered. ``answered`` counts the calls answered before, ``unfit`` the kept answers that do not fit their
    call, which is made again. ``tokens_in`` estimates the requests, ``tokens_out`` is the most of the answers.
    """

    files: BatchFiles
    notices: int
    unanswered: int
    first_rounds: int
    answered: int
    unfit: int
    tokens_in: int
    tokens_out: int
    unread: tuple[InputError, ...]


@dataclass(frozen=True)
class ImportSummary:
    """The result of an import: the number of lines by outcome (``LINES``), and the problems of some.

    Of the calls ``asked`` those ``missing`` have no answer in the cache; those ``too_large`` asked too much at once.
    """

    lines: Mapping[str, int]
    problems: tuple[LineProblem, ...]
    asked: Mapping[str, CallHeader]
    missing: tuple[str, ...]
    too_large: tuple[str, ...]


def export_calls(sources: Iterable[Source], wanted: CallSelection, cache: AnswerCache, path: Path) -> BatchExport:
    """Write the calls about ``sources`` that have no valid answer in ``cache`` to ``path`` (see ``write_batch``).

    Raises:
        OutputError: a file cannot be written.
        SettingsError: no model is named.
    """
    if wanted.settings.model is None:
        raise SettingsError("no model is named; say which with --model")
    look_up = _LookUp(wanted.settings, cache)
    counts: Counter[str] = Counter()
    unread: list[InputError] = []

    def calls() -> Iterator[BatchCall]:
        for source in sources:
            try:
                material = read_first(read_text(source).text, source.stem)  # the id is in no call, any will do
            except InputError as error:
                unread.append(error)
                continue
            found = still_unanswered(
                material,
                look_up,
                finds_issues=wanted.finds_issues,
                asked=wanted.settings,
                was_too_large=lambda call: call_key(call, wanted.settings) in wanted.too_large,
            )
            counts.update(notices=1, unanswered=int(bool(found.calls)), first_rounds=int(found.more_follow))
            for call in found.calls:
                batched = _batched(call, wanted)
                counts.update(tokens_in=_tokens(batched), tokens_out=token_limit(call, wanted.settings))
                yield batched

    files = write_batch(calls(), path)
    return BatchExport(
        files,
        counts["notices"],
        counts["unanswered"],
        counts["first_rounds"],
        len(look_up.answered),
        len(look_up.unfit),
        counts["tokens_in"],
        counts["tokens_out"],
        tuple(unread),
    )


def take_answers(files: Mapping[Path, Mapping[str, CallHeader] | None], cache: AnswerCache) -> ImportSummary:
    """Take the answers in ``files`` into ``cache``.

    Each file has its calls' headers, or None where any answer is taken.

    Raises:
        InputError: a file cannot be read, or holds requests.
        OutputError: the cache cannot be written.
    """
    lines: Counter[str] = Counter()
    problems: list[LineProblem] = []
    asked: dict[str, CallHeader] = {}
    too_large: dict[str, None] = {}
    for path, listed in files.items():
        done = read_batch(path, cache, listed, _has_form)
        lines.update({name: getattr(done, name) for name in LINES})
        problems += done.problems
        asked |= listed or {}
        too_large |= dict.fromkeys(done.too_large)
    missing = tuple(key for key in asked if cache.get(key) is None)
    return ImportSummary(
        lines, tuple(problems), asked, missing, tuple(key for key in too_large if cache.get(key) is None)
    )


class _LookUp:
    """A look-up of valid answers in a cache that counts what it finds."""

    def __init__(self, settings: EndpointSettings, cache: AnswerCache) -> None:
        self._settings = settings
        self._cache = cache
        self.answered: set[str] = set()
        self.unfit: set[str] = set()

    def __call__(self, call: Call[Response]) -> Response | None:
        key = kept_key(self._cache, call, self._settings)
        record = self._cache.get(key)
        if record is None:
            return None
        answer = kept_answer(call, record)
        (self.unfit if answer is None else self.answered).add(key)
        return answer


def _batched(call: Call[Response], wanted: CallSelection) -> BatchCall:
    from extractor.endpoint.shapes import request_body

    body = request_body(call, wanted.settings, wanted.mode)
    return BatchCall(call_key(call, wanted.settings), body, call.task, wanted.mode, call.prompt_version)


def _tokens(call: BatchCall) -> int:
    """Return about how many tokens a request takes: its messages and, where it is apart from those, its schema."""
    apart = {name: call.body[name] for name in ("response_format", "tools") if name in call.body}
    texts = [message["content"] for message in call.body["messages"]] + [json.dumps(apart)]
    return sum(map(estimate_tokens, texts))


def _has_form(record: AnswerRecord) -> bool:
    """Return whether something in an answer can be taken by its task; whether it fits the notice is seen on use."""
    task = next((name for name in TASKS if name == record.task), None)
    if task is None:
        return True
    asked = prompt(task)
    if kept_answer(Call(asked.name, asked.version, (), asked.response), record) is not None:
        return True
    said = body_of(record.content)
    return said is not None and TASKS[task].is_mendable(said)
