"""Answers as a text file that travels with a repository: one a line, sorted, each field in its place.

The same answers make the same file to the byte, so that a change shows as the lines that changed, and files can be
joined with ``cat``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.endpoint.answer_records import FIELDS, Record, flaw, is_key, unusable
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.jsonl import LineProblem, json_line, numbered_lines, parsed, write_whole
from extractor.errors import InputError

_FIRST_FIELDS = ("task", "key")
_NAMED = 3  # problems named in an error; the rest is counted


@dataclass(frozen=True)
class AnswerExport:
    """How many answers were written, and the keys asked for that have none."""

    count: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class AnswerImport:
    """What an import did: answers that are ``new``, that ``replaced`` another, that were there (``unchanged``)."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    problems: tuple[LineProblem, ...] = ()


def export(cache: AnswerCache, path: Path, keys: Iterable[str] | None = None) -> AnswerExport:
    """Write the cache's answers, or those of ``keys``, to ``path``.

    Raises:
        OutputError: the file cannot be written.
        DamagedCacheError: the cache cannot be read.
    """
    wanted = list(cache if keys is None else dict.fromkeys(keys))
    tasks = {key: record["task"] for key in wanted if (record := cache.get(key)) is not None}
    written = 0

    def lines() -> Iterator[bytes]:  # one answer in memory at a time
        nonlocal written
        for _, key in sorted((task, key) for key, task in tasks.items()):
            record = cache.get(key)
            if record is not None:  # another process may have evicted it by now
                written += 1
                yield recorded_line(key, record)

    write_whole(path, lines())
    missing = () if keys is None else tuple(key for key in wanted if key not in tasks)
    return AnswerExport(written, missing)


def import_(cache: AnswerCache, path: Path) -> AnswerImport:
    """Take the answers of ``path`` into the cache; a line that holds none is named and left out.

    Raises:
        InputError: the file cannot be read.
        OutputError: the cache cannot be written.
    """
    counts = {"new": 0, "replaced": 0, "unchanged": 0}
    problems: list[LineProblem] = []
    for key, record in _read(path, problems):
        before = cache.get(key)
        outcome = "new" if before is None else "unchanged" if before == record else "replaced"
        counts[outcome] += 1
        if outcome != "unchanged":
            cache.put(key, record)
    return AnswerImport(**counts, problems=tuple(problems))


class Recording:
    """The answers of an exported file, to be looked up as in the cache; nothing can be added.

    Raises:
        InputError: the file cannot be read, or a line of it holds no answer.
    """

    def __init__(self, path: Path) -> None:
        problems: list[LineProblem] = []
        self._records: Mapping[str, Record] = dict(_read(path, problems))
        if problems:
            named = "; ".join(map(str, problems[:_NAMED]))
            more = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
            raise InputError(f"{named}{more}")

    def get(self, key: str, _task: str = "", /) -> Record | None:
        """Return the answer recorded under ``key``, None where there is none."""
        return copy.deepcopy(self._records.get(key))

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def __len__(self) -> int:
        return len(self._records)


def recorded_line(key: str, record: Record) -> bytes:
    """Return an answer as its line in a file: what tells answers apart first, the long text last."""
    fields = {"task": record["task"], "key": key, **{field: record[field] for field in FIELDS}}
    fields["usage"] = dict(sorted(record["usage"].items()))
    return json_line(fields)


def _read(path: Path, problems: list[LineProblem]) -> Iterator[tuple[str, Record]]:
    """Yield each key's answer once, in the file's order; what is wrong goes to ``problems``."""
    seen: dict[str, tuple[int, bytes]] = {}
    for number, line in numbered_lines(path):
        found = _answer(line)
        if isinstance(found, str):
            problems.append(LineProblem(f"{path}:{number}", found))
            continue
        key, record = found
        canonical = recorded_line(key, record)
        first, same = seen.setdefault(key, (number, canonical))
        if first == number:
            yield found
        elif same != canonical:
            problems.append(LineProblem(f"{path}:{number}", f"answers the call of line {first} differently"))


def _answer(line: bytes) -> tuple[str, Record] | str:
    """Return the key and the record of a line, or why it holds none."""
    try:
        record = parsed(line)
    except ValueError:
        return "is no JSON; was the line cut or merged by hand?"
    if not isinstance(record, dict):
        return "is no object"
    key = record.pop("key", None)
    if not is_key(key):
        return "has no key of 64 hexadecimal digits"
    fault = flaw(record) or unusable(record)
    return fault or (key, record)
