"""The report of many notices: a small page, and beside it a folder of parts that are loaded when they are asked for.

``overview.js`` has each notice in short, ``list-KIND.js`` what lists of that kind are filtered and sorted by,
``notices-NUMBER.js`` some notices whole, ``series.js`` the comparisons of each body's notices.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from extractor.disk.whole import unwritable, writing
from extractor.exports.written_notices import WrittenNotice
from extractor.pages.collected_notice import KINDS, Fact, collected_of
from extractor.pages.notice_page import notice_page
from extractor.pages.series_comparisons import SeriesComparisons
from extractor.pages.shell import part, plain_json
from extractor.record.contract import Notice

_BLOCK = 2_000_000  # characters of a part of whole notices
_MONEY = "元"
_OURS = re.compile(r"(?:overview|series|list-[a-z]+|notices-[0-9]+)\.js")


class ReportParts(NamedTuple):
    """The parts of a report.

    They are their folder, the number of notices in each block, whether bodies have several notices, whether others than
    rules read anything, their bytes.
    """

    folder: Path
    blocks: list[int]
    has_series: bool
    has_readers: bool
    size: int

    @property
    def notices(self) -> int:
        """The number of notices."""
        return sum(self.blocks)

    def as_json(self) -> dict[str, Any]:
        """Return what the page must know of its parts."""
        return {
            "folder": self.folder.name,
            "blocks": self.blocks,
            "series": self.has_series,
            "readers": self.has_readers,
        }


@contextmanager
def parts_beside(file: Path, notices: Iterable[WrittenNotice]) -> Iterator[ReportParts]:
    """Write the parts of the report ``file`` beside it, for the block that writes the page.

    Their folder has a name of its own by what it holds, so that the page that is there meanwhile keeps its parts. Those
    of earlier pages are deleted behind the block; where it fails the new ones are.

    Raises:
        InputError: a notice is not as a run writes it.
        OutputError: the disk is full, or cannot be written.
    """
    made = file.with_name(f".{file.stem}-parts-{secrets.token_hex(4)}")
    try:
        with writing(made):
            file.parent.mkdir(parents=True, exist_ok=True)
            made.mkdir()
        parts = _PartWriter(made).written(notices)
        target = file.with_name(f"{file.stem}-parts-{_digest(made)}")
        shutil.rmtree(target, ignore_errors=True)
        with writing(target):
            made.rename(target)
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError):
            raise unwritable(file, error, "choose another place with --to") from error
        raise
    try:
        yield parts._replace(folder=target)
    except BaseException:
        _delete(target)
        raise
    for other in file.parent.glob(f"{file.stem}-parts-*"):
        if other != target and re.fullmatch(r"[0-9a-f]{8}", other.name.removeprefix(f"{file.stem}-parts-")):
            _delete(other)


def _delete(folder: Path) -> None:
    """Delete the parts in a folder, and the folder where nothing else is in it."""
    with suppress(OSError):
        for path in folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink()
        folder.rmdir()


def _digest(folder: Path) -> str:
    whole = sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                whole.update(piece)
    return whole.hexdigest()[:8]


class _List:
    """The facets and figures of a kind's items, by which a list is filtered and sorted; gathered notice by notice."""

    def __init__(self, kind: str) -> None:
        self.kind, self.readers = kind, set[str]()
        self._kinds: dict[tuple[Any, ...], int] = {}
        self._notices: list[array[int]] = []
        self._numbers: list[array[float]] = []

    def add(self, facts: Iterable[Fact], unsure_below: float) -> None:
        """Add the items of a notice."""
        items, numbers = array("l"), array("d")
        for fact in facts:
            key = _facets(fact, unsure_below)
            self.readers.add(fact.reader)
            items.append(self._kinds.setdefault(key, len(self._kinds)))
            numbers.append(0.0 if fact.value is None else fact.value)
        self._notices.append(items)
        self._numbers.append(numbers)

    def as_json(self) -> str:
        """Return what was gathered."""
        notices = ",".join(f"[{','.join(map(str, each))}]" for each in self._notices)
        numbers = ",".join(f"[{','.join(map(_short, each))}]" for each in self._numbers)
        return f'{{"kinds":{plain_json(list(self._kinds))},"notices":[{notices}],"numbers":[{numbers}]}}'


def _short(number: float) -> str:
    return str(int(number)) if number == number // 1 and abs(number) < 2**53 else repr(number)


def _facets(fact: Fact, unsure_below: float) -> tuple[Any, ...]:
    unit = fact.unit if fact.kind != "quantity" or fact.unit == _MONEY else ""
    doubts = [name for name, is_so in (("unsure", fact.sure < unsure_below), ("checked", fact.is_checked)) if is_so]
    types = tuple(filter(None, fact.types.split("\n")))
    told = tuple([*doubts, "any"] if doubts else [])
    return fact.category, fact.status, fact.term, unit, fact.reason, fact.reader, types, told


class _PartWriter:
    """Writes the parts of a report into a folder, with a few notices in memory at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lists = [_List(kind) for kind in KINDS]
        self._blocks: list[int] = []
        self._size = 0

    def written(self, notices: Iterable[WrittenNotice]) -> ReportParts:
        """Write all parts."""
        tallies: list[str] = []
        waiting: list[str] = []
        with closing(SeriesComparisons()) as comparisons:
            for written in notices:
                notice = written.parsed()
                shown = notice_page(notice, written.text, written.text_places())
                tallies.append(self._collected(notice, written.text, shown))
                comparisons.add(notice, written.text)
                waiting.append(plain_json(shown))
                if sum(map(len, waiting)) >= _BLOCK:
                    self._end_block(waiting)
            self._end_block(waiting)
            self._write("overview", f"[{','.join(tallies)}]")
            for each in self._lists:
                self._write(f"list-{each.kind}", each.as_json())
            series = list(comparisons.data())
            self._write("series", plain_json(series))
        return ReportParts(self._folder, self._blocks, bool(series), self._has_readers(), self._size)

    def _has_readers(self) -> bool:
        return any(each.readers - {"rules"} for each in self._lists)

    def _collected(self, notice: Notice, text: str, shown: Mapping[str, Any]) -> str:
        """Add a notice to the lists, and return it in short, as JSON."""
        collected = collected_of(notice, text, shown)
        by_kind: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in collected.facts:
            by_kind[fact.kind].append(fact)
        for each in self._lists:
            each.add(by_kind[each.kind], shown["unsure_below"])
        named = {"id": notice.notice_id, **{name: shown[name] for name in ("duplicate_of", "series", "edition")}}
        return f"{json.dumps(named, ensure_ascii=False)[:-1]},{collected.tally[1:]}"

    def _end_block(self, waiting: list[str]) -> None:
        if waiting:
            self._write(f"notices-{len(self._blocks)}", f"[{','.join(waiting)}]")
            self._blocks.append(len(waiting))
            waiting.clear()

    def _write(self, name: str, data: str) -> None:
        raw = part(name, data).encode()
        path = self._folder / f"{name}.js"
        with writing(path):
            path.write_bytes(raw)
        self._size += len(raw)
