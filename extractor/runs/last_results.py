"""The results of earlier runs in a folder: which notices they are, whose inputs they came from, and which stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import ValidationError

from extractor.collection.notice_signatures import NoticeSignature, signature_of
from extractor.disk import system
from extractor.disk.names import folded
from extractor.errors import InputError, SettingsError
from extractor.files.sources.source import Source
from extractor.record.contract import Notice
from extractor.runs.run_folder import RunFolder, stored_lines, stored_text

_STDIN = "<stdin>"
"""The name of standard input, which may be another notice each time."""


class Origin(NamedTuple):
    """A notice of the last results, and the input that it was read from; its name and hash are empty where unknown."""

    notice_id: str
    name: str
    sha256: str


def last_results(folder: RunFolder) -> list[Origin]:
    """Return the notices of a folder's last results, in their order.

    Raises:
        SettingsError: there are results that this program did not write.
    """
    if system.kind(folder.notices) != "file":  # no link is followed; who writes it says so
        return []
    known = {entry.notice_id: entry for entry in reported(folder)}
    try:
        ids = [notice_id for notice_id, _ in stored_lines(folder.path)]
    except InputError as error:
        raise SettingsError(f"{error}, to keep its notices, or give --replace") from error
    return [known.get(notice_id, Origin(notice_id, "", "")) for notice_id in ids]


def with_free_ids(
    ids: Sequence[str], sources: Sequence[Source], last: Sequence[Origin], content_hash: Callable[[Source], str]
) -> list[str]:
    """Return the ids of inputs: those that they have already, and for new ones none that another notice has.

    So no notice of an earlier run is overwritten by another of the same file name.
    """
    taken = {folded(origin.notice_id): origin for origin in last}
    known = {origin.name: origin.notice_id for origin in last if origin.name not in ("", _STDIN)}

    def free(notice_id: str, source: Source) -> str:
        if source.name in known:
            return known[source.name]
        origin = taken.get(folded(notice_id))
        if origin is None or not origin.name or content_hash(source) == origin.sha256:
            return notice_id
        of_source = f"{content_hash(source)}\0{source.name}".encode(errors="surrogatepass")
        return f"{notice_id.partition('~')[0]}~{sha256(of_source).hexdigest()[:12]}"

    return [free(notice_id, source) for notice_id, source in zip(ids, sources, strict=True)]


def staying(last: Sequence[Origin], read: Mapping[str, str]) -> list[Origin]:
    """Return those of the last results that a run has not read anew; ``read`` has the names of its inputs by id."""
    names = set(read.values()) - {_STDIN}
    return [origin for origin in last if origin.notice_id not in read and origin.name not in names]


def signatures(folder: RunFolder, ids: Collection[str]) -> Iterator[NoticeSignature]:
    """Yield the signatures of notices of the last results; where their work is gone they are made from the results."""
    missing = set()
    for notice_id in ids:
        try:
            yield folder.signature(notice_id)
        except (OSError, ValueError, TypeError):
            missing.add(notice_id)
    if missing:
        yield from _made_again(folder, missing)


def _made_again(folder: RunFolder, ids: Collection[str]) -> Iterator[NoticeSignature]:
    for notice_id, line in stored_lines(folder.path):
        if notice_id in ids:
            try:
                notice = Notice.model_validate_json(line)
                yield signature_of(notice, stored_text(folder.path, notice_id, notice.text_sha256))
            except (ValidationError, InputError):
                continue  # kept as it is, and compared with nothing


def reported(folder: RunFolder) -> Iterator[Origin]:
    """Yield what the last run's report says of its inputs, and of those that it kept."""
    try:
        is_file = system.kind(folder.report) == "file"  # a pipe would be waited for
        report: dict[str, Any] = json.loads(folder.report.read_bytes()) if is_file else {}
        for entry in [*report.get("kept", []), *report["inputs"]]:
            if isinstance(entry.get("notice_id"), str):
                yield Origin(entry["notice_id"], str(entry.get("name") or ""), str(entry.get("sha256") or ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
