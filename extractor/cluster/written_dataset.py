"""The datasets of a job as exports and reports read them: notice by notice, with a few in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from pyarrow import fs
from pyarrow.parquet import ParquetFile

from extractor.cluster.batches import places_in
from extractor.cluster.dataset import NOTICES, TEXTS, JobDataset
from extractor.cluster.remote_files import opened, place_of, read_if_there
from extractor.errors import InputError
from extractor.exports.written_notices import RunFacts, WrittenNotice, WrittenRun, facts_of
from extractor.logs import LOGGER

_BATCH = re.compile(r"batch=(\d+)$")
_TOGETHER = 16  # rows that are in memory at a time
_COLUMNS = ["notice_id", "input", "record"]


def dataset_at(address: str) -> WrittenRun:
    """Return what a job wrote to a folder or an address. What is not whole is left out, and said.

    Raises:
        InputError: there are no notices, or they cannot be listed.
    """
    dataset = JobDataset(place_of(address))
    batches = _batches(dataset)
    if not batches:
        raise InputError(f"{address}: holds no notices; give the folder that a run wrote (its --out)")
    keeps_entries = dataset.keeps_entries
    entries = {number: dataset.entry(number) for number in batches} if keeps_entries else {}
    lacking = sum(1 for place in places_in(dataset) if keeps_entries and entries.get(place.batch) is None)
    if lacking or any(entry is None or not entry.kin for entry in entries.values()):
        LOGGER.warning(
            "%s: its job did not end: %d inputs are missing, and copies may count twice; the same command goes on",
            address,
            lacking,
        )
    whole = [number for number in batches if not keeps_entries or entries[number] is not None]
    missing = lacking + sum(len(entry.failed) for entry in entries.values() if entry)
    return WrittenRun(address, lambda: _notices(dataset, whole), _facts(dataset)._replace(missing=missing))


def _batches(dataset: JobDataset) -> list[int]:
    """Return the numbers of the batches of which there are notices."""
    place = dataset.place.inner(NOTICES)
    try:
        found = dataset.place.system.get_file_info(fs.FileSelector(place.path, allow_not_found=True))
    except OSError as error:
        why = str(error).splitlines()[0][:200]
        raise InputError(f"{place.name}: cannot be listed ({why}); check the address") from error
    return sorted(int(number[1]) for each in found if (number := _BATCH.search(each.path)))


def _facts(dataset: JobDataset) -> RunFacts:
    try:
        manifest = json.loads(read_if_there(dataset.place.inner("manifest.json")) or b"{}")
    except ValueError:
        return RunFacts()
    return facts_of(manifest if isinstance(manifest, dict) else {})


def _notices(dataset: JobDataset, batches: list[int]) -> Iterator[WrittenNotice]:
    """Yield the notices of whole batches, in their order; inputs that could not be read are passed over."""
    for number in batches:
        texts = _rows(dataset, TEXTS, number, ["notice_id", "text", "places"])
        text_file = dataset.file(TEXTS, number).name
        for row in _rows(dataset, NOTICES, number, _COLUMNS):
            if row["record"] is None:
                continue
            notice_id, text = row["notice_id"], next(texts, None)
            if text is None or text["notice_id"] != notice_id:
                raise InputError(f"{text_file}: holds no text of {notice_id}; run the extraction again")
            yield WrittenNotice(
                notice_id,
                row["record"].encode(),
                text["text"],
                text["places"] or b"",
                PurePath(row["input"]).name,
                dataset.place.name,
                f"{text_file} ({notice_id})",
            )


def _rows(dataset: JobDataset, name: str, batch: int, columns: list[str]) -> Iterator[dict[str, Any]]:
    place = dataset.file(name, batch)
    try:
        with ParquetFile(opened(place), buffer_size=1 << 20) as file:
            for rows in file.iter_batches(_TOGETHER, columns=columns):
                yield from rows.to_pylist()
    except (OSError, ValueError, KeyError) as error:
        why = str(error).splitlines()[0][:100]
        raise InputError(f"{place.name}: is no readable Parquet file ({why}); run the extraction again") from error
