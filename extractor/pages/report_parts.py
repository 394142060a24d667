"""The report of many notices: a small page, and beside it a folder of parts that are loaded when they are asked for.

``overview.js`` has each notice in short, ``list-KIND.js`` what lists of that kind are filtered and sorted by,
``notices-NUMBER.js`` some notices whole, ``series.js`` the comparisons of each body's notices.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from extractor.disk.whole import unwritable, writing
from extractor.errors import OutputError
from extractor.exports.written_notices import WrittenNotice, by_size
from extractor.pages.collected_notice import KINDS
from extractor.pages.report_notices import ListedItems, report_notices
from extractor.pages.series_comparisons import SeriesComparisons, comparison_of
from extractor.pages.shell import PART_END, part_begin, part_data, plain_json
from extractor.processes.confinement import LostError
from extractor.processes.groups import each_group

_BLOCK = 2_000_000  # characters of a part of whole notices
_IN_MEMORY = 1_000_000  # bytes of a list's figures; more wait on the disk
_PIECE = 1 << 20  # bytes
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
        OutputError: the disk is full, or cannot be written; or the parts cannot be made.
    """
    made = file.with_name(f".{file.stem}-parts-{secrets.token_hex(4)}")
    try:
        with writing(made):
            file.parent.mkdir(parents=True, exist_ok=True)
            made.mkdir()
        with ExitStack() as files:
            parts = _PartWriter(_PartFolder(made, files)).written(notices)
        target = file.with_name(f"{file.stem}-parts-{_digest(made)}")
        shutil.rmtree(target, ignore_errors=True)
        with writing(target):
            made.rename(target)
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError):
            raise unwritable(file, error, "choose another place with --to") from error
        if isinstance(error, LostError):
            raise OutputError(f"the report's parts cannot be made ({error}); choose fewer notices") from error
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


class _PartFolder(NamedTuple):
    """The folder of a report's parts, and the files that are open in it."""

    path: Path
    files: ExitStack


class _GrowingPart:
    """A part of a report, written piece by piece; pieces are as ``part_data`` has them."""

    def __init__(self, folder: _PartFolder, name: str) -> None:
        self._path = folder.path / f"{name}.js"
        with writing(self._path):
            self._file = folder.files.enter_context(self._path.open("xb"))
        self._separator = ""
        self.add(part_begin(name))

    def add(self, piece: str) -> None:
        """Write a piece."""
        with writing(self._path):
            self._file.write(piece.encode())

    def add_to_list(self, pieces: Iterable[str]) -> None:
        """Write elements of a list that is open."""
        for piece in pieces:
            self.add(f"{self._separator}{piece}")
            self._separator = ","

    def end(self, piece: str) -> int:
        """Write the last piece, and return the bytes of all."""
        self.add(f"{piece}{PART_END}")
        with writing(self._path), self._file as file:
            return file.tell()


class _ListPart:
    """The part of a list: facets and figures of a kind's items, gathered notice by notice."""

    def __init__(self, folder: _PartFolder, kind: str) -> None:
        self._part = _GrowingPart(folder, f"list-{kind}")
        self._part.add('{"notices":[')
        self._facets: dict[str, int] = {}
        self._numbers = folder.files.enter_context(SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - it is one

    def add(self, listed: ListedItems) -> None:
        """Add the items of a notice."""
        known = [self._facets.setdefault(facets, len(self._facets)) for facets in listed.facets]
        self._part.add_to_list([f"[{','.join([str(known[item]) for item in listed.items])}]"])
        self._numbers.write(f",[{','.join(map(_short, listed.numbers))}]".encode())

    def end(self) -> int:
        """Write the rest, and return the bytes of all."""
        self._numbers.seek(1)
        self._part.add('],"numbers":[')
        while piece := self._numbers.read(_PIECE):
            self._part.add(piece.decode())
        return self._part.end(part_data(f'],"kinds":[{",".join(self._facets)}]}}'))


def _short(number: float) -> str:
    return str(int(number)) if number == number // 1 and abs(number) < 2**53 else repr(number)


class _PartWriter:
    """Writes the parts of a report into a folder, with a few notices in memory at a time."""

    def __init__(self, folder: _PartFolder) -> None:
        self._folder = folder
        self._blocks: list[int] = []
        self._has_readers = False
        self._size = 0

    def written(self, notices: Iterable[WrittenNotice]) -> ReportParts:
        """Write all parts."""
        overview = _GrowingPart(self._folder, "overview")
        overview.add("[")
        lists = [_ListPart(self._folder, kind) for kind in KINDS]
        waiting: list[str] = []
        with closing(SeriesComparisons()) as comparisons:
            for _, made in each_group(report_notices, by_size(notices)):
                for notice in made:
                    overview.add_to_list([notice.short])
                    for part, items in zip(lists, notice.items, strict=True):
                        part.add(items)
                    comparisons.add(notice.findings)
                    self._has_readers |= notice.has_readers
                    waiting.append(notice.whole)
                    if sum(map(len, waiting)) >= _BLOCK:
                        self._end_block(waiting)
            self._end_block(waiting)
            self._size += overview.end("]") + sum(part.end() for part in lists)
            has_series = self._write_series(comparisons)
        return ReportParts(self._folder.path, self._blocks, has_series, self._has_readers, self._size)

    def _write_series(self, comparisons: SeriesComparisons) -> bool:
        """Write the comparisons, and say whether there are any."""
        part, has_series = _GrowingPart(self._folder, "series"), False
        part.add("[")
        for _, told in each_group(comparison_of, comparisons.series()):
            part.add_to_list([part_data(plain_json(told))])
            has_series = True
        self._size += part.end("]")
        return has_series

    def _end_block(self, waiting: list[str]) -> None:
        if waiting:
            block = _GrowingPart(self._folder, f"notices-{len(self._blocks)}")
            block.add("[")
            block.add_to_list(waiting)
            self._size += block.end("]")
            self._blocks.append(len(waiting))
            waiting.clear()
