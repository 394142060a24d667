"""The places of a dataset's notices among each other: found over all batches, written into those that they change.

Notices are compared in parts that have nothing in common, some thousand at a time: so memory does not grow with the
size of what they are known by, and parts can be compared beside each other.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from extractor.cluster.confined_reading import JobRow
from extractor.cluster.dataset import (
    NOTICES,
    SIGNATURES,
    TEXTS,
    JobDataset,
    exchanged,
    joined,
    parts_by_notice,
)
from extractor.collection.kinship import Kinship, kinships
from extractor.collection.notice_signatures import NoticeSignature
from extractor.collection.placed_lines import CODES, placed_line
from extractor.files.parts.text_places import place_names, text_places_from
from extractor.record.checks import Lang
from extractor.record.contract import Notice
from extractor.tables.rows import value_rows

_TOGETHER = 1_000  # notices that are compared at a time, unless more belong together
_MOST_PARTS = 200  # of a dataset: as many files wait for them
_PLACED = ("duplicate_of", "series", "edition")
_CHECKS = tuple(f'"code":"{code}"' for code in sorted(CODES))
_TELLING = (NOTICES, "checks", "sums")
"""The datasets that say which notices are copies."""


class BatchKin(NamedTuple):
    """The places of a batch's notices among all, by their ids, and a hash of them."""

    number: int
    kin: Mapping[str, Kinship]
    digest: str


def kinships_in(signatures: bytes) -> dict[str, Kinship]:
    """Return the place of each notice among some, by its id; ``signatures`` are those of all, as JSON in lines."""
    return kinships(map(NoticeSignature.model_validate_json, signatures.splitlines()))


Compared = Callable[[Iterator[bytes]], Iterable[Mapping[str, Kinship]]]
"""Compares parts of a dataset's notices as ``kinships_in`` does, in any order."""


def _one_by_one(parts: Iterator[bytes]) -> Iterator[Mapping[str, Kinship]]:
    return map(kinships_in, parts)


def kin_of(
    batches: Sequence[int], dataset: JobDataset, lang: Lang, compared: Compared = _one_by_one
) -> Iterator[BatchKin]:
    """Yield the places of the notices of each batch whose files do not have them yet; their checks are in ``lang``."""
    ids, parts = _parted(batches, dataset)
    found: dict[str, Kinship] = {}
    for places in compared(_together(batches, dataset, dict(zip(ids, parts, strict=True)))):
        found |= places
    for number in batches:
        entry = dataset.entry(number)
        if entry is not None:
            kin = {notice_id: found[notice_id] for notice_id in _ids(dataset, number)}
            digest = hashlib.sha256(json.dumps([lang, kin], ensure_ascii=False).encode()).hexdigest()
            if entry.kin != digest:
                yield BatchKin(number, kin, digest)


def place(batch: BatchKin, dataset: JobDataset, lang: Lang) -> None:
    """Write into a batch what its notices are to others.

    Raises:
        OutputError: the storage cannot be written.
    """
    entry = dataset.entry(batch.number)
    if entry is None:
        return
    notices = dataset.table(NOTICES, batch.number)
    told = _told(notices, batch)
    placed = _placed(notices, batch, lang)
    tables = _retold(placed, told, batch.number, dataset) if told else {NOTICES: placed}
    dataset.write_tables(batch.number, entry, tables, batch.digest)


def _told(notices: pa.Table, batch: BatchKin) -> list[int]:
    """Return the rows of the notices that are, or were, told to be copies: their checks and their sums say so, too."""
    records = notices.column("record")
    before = [pc.fill_null(pc.match_substring(records, code), fill_value=False).to_pylist() for code in _CHECKS]
    return [
        row
        for row, (kinship, *was) in enumerate(zip(_kin(notices, batch), *before, strict=True))
        if kinship and (any(was) or kinship.duplicate_of or kinship.may_be)
    ]


def _retold(notices: pa.Table, told: Sequence[int], number: int, dataset: JobDataset) -> dict[str, pa.Table]:
    """Return the datasets of a batch that say what is a copy, with the rows ``told`` made anew from their records."""
    values = notices.take(told).to_pylist()
    ids = [row["notice_id"] for row in values]
    texts = dataset.table(TEXTS, number)
    by_id = {
        row["notice_id"]: row for row in texts.filter(pc.is_in(texts.column("notice_id"), pa.array(ids))).to_pylist()
    }
    made = joined([_made_anew(row, by_id[row["notice_id"]]) for row in values])
    order = notices.column("notice_id").to_pylist()
    found = {}
    for name in _TELLING:
        parts, nothing = parts_by_notice(made[name]), made[name].slice(0, 0)
        table = notices if name == NOTICES else dataset.table(name, number)
        found[name] = exchanged(table, order, {notice_id: parts.get(notice_id, nothing) for notice_id in ids})
    return found


def _made_anew(values: Mapping[str, Any], text: Mapping[str, Any]) -> JobRow:
    """Return the row of a notice whose record changed."""
    notice, places = Notice.model_validate_json(values["record"]), text["places"] or b""
    return JobRow(
        name=values["input"],
        notice_id=notice.notice_id,
        sha256=values["sha256"],
        key=values["key"],
        record=values["record"],
        left_out=values["left_out"],
        failures=values["failures"],
        tables=value_rows(notice, text["text"], place_names(text_places_from(places))),
    )


def _kin(notices: pa.Table, batch: BatchKin) -> Iterator[Kinship | None]:
    """Yield the place of each row's notice, None of an input that could not be read."""
    return map(batch.kin.get, notices.column("notice_id").to_pylist())


def _placed(notices: pa.Table, batch: BatchKin, lang: Lang) -> pa.Table:
    """Return rows with their notices' places among others, in the record, too."""
    kin = list(_kin(notices, batch))
    records = notices.column("record").to_pylist()
    lines = [
        placed_line(record.encode(), at, lang).decode() if at else record
        for record, at in zip(records, kin, strict=True)
    ]
    values = {"record": lines, **{name: [at and getattr(at, name) for at in kin] for name in _PLACED}}
    for name, column in values.items():
        at = notices.schema.get_field_index(name)
        field = notices.schema.field(at)
        notices = notices.set_column(at, field, pa.array(column, field.type))
    return notices.combine_chunks()


def _ids(dataset: JobDataset, number: int) -> list[str]:
    ids: list[str] = dataset.table(SIGNATURES, number, ["notice_id"]).column(0).to_pylist()
    return ids


def _parted(batches: Iterable[int], dataset: JobDataset) -> tuple[list[str], Sequence[int]]:
    """Return the ids of all notices, and the number of the part that each belongs to.

    Notices that share a key are in one part, whatever joins them; small parts are put together.
    """
    ids: list[str] = []
    hashes, owners = [], []
    for number in batches:
        if dataset.entry(number) is None:
            continue
        rows = dataset.table(SIGNATURES, number, ["notice_id", "keys"])
        keys = rows.column("keys").combine_chunks()
        hashes.append(pc.list_flatten(keys))
        owners.append(pc.add(pc.cast(pc.list_parent_indices(keys), pa.int64()), len(ids)))
        ids += rows.column("notice_id").to_pylist()
    roots = array("q", range(len(ids)))
    if ids:
        _join(roots, pa.concat_arrays(hashes), pa.concat_arrays(owners))
    return ids, _numbered(roots)


def _join(roots: array[int], hashes: pa.Array, owners: pa.Array) -> None:
    """Join the trees of all owners of a hash; ``roots`` has the one above each, itself for the highest."""

    def root(at: int) -> int:
        while roots[at] != at:
            roots[at] = roots[roots[at]]
            at = roots[at]
        return at

    order = pc.sort_indices(hashes)
    last = None
    for batch in pa.table({"hash": hashes.take(order), "owner": owners.take(order)}).to_batches(max_chunksize=100_000):
        for key, owner in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if last is not None and last[0] == key:
                one, other = root(last[1]), root(owner)
                roots[max(one, other)] = min(one, other)
            last = (key, owner)
    for at in range(len(roots)):
        roots[at] = root(at)


def _numbered(roots: Sequence[int]) -> Sequence[int]:
    """Return the parts' numbers: trees follow each other until a part is large enough."""
    sizes = array("q", bytes(8 * len(roots)))
    for root in roots:
        sizes[root] += 1
    most = max(_TOGETHER, len(roots) // _MOST_PARTS)
    numbers, number, held = array("q", bytes(8 * len(roots))), 0, 0
    for at, size in enumerate(sizes):
        if held and held + size > most:
            number, held = number + 1, 0
        numbers[at], held = number, held + size
    return array("q", (numbers[root] for root in roots))


def _together(batches: Iterable[int], dataset: JobDataset, parts: Mapping[str, int]) -> Iterator[bytes]:
    """Yield the signatures of each part, as JSON in lines. They wait on this machine's disk."""
    with TemporaryDirectory(prefix="notice-extractor-") as folder, ExitStack() as files:
        waiting: dict[int, IO[bytes]] = {}
        for number in batches:
            if dataset.entry(number) is None:
                continue
            rows = dataset.table(SIGNATURES, number, ["notice_id", "signature"])
            for notice_id, signature in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                part = parts[notice_id]
                if part not in waiting:
                    waiting[part] = files.enter_context(Path(folder, str(part)).open("w+b"))
                waiting[part].write(signature.encode("utf-8", "surrogatepass") + b"\n")
        for file in waiting.values():
            file.seek(0)
            yield file.read()
