"""The workbook of a run: its rows are made by several processes where notices are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from extractor.errors import OutputError
from extractor.exports.sheet_parts import NoticesTogether, SheetPart, SheetSettings, part_of, parts_of, sheets_of
from extractor.exports.sheet_rows import trust_rows
from extractor.exports.written_notices import WrittenNotice, by_size
from extractor.exports.xlsx import WorkbookPlan, write_parts
from extractor.processes.confinement import LostError
from extractor.processes.groups import each_group
from extractor.tables.sheets import SHEETS, TRUST

if TYPE_CHECKING:
    from extractor.record.checks import Lang


class WorkbookWords(NamedTuple):
    """The language of a workbook, and the address that its links lead into, "" for none."""

    lang: Lang
    report: str


def write_workbook(
    notices: Iterable[WrittenNotice],
    path: Path,
    words: WorkbookWords,
    counts: Counter[str],
    watch: Callable[[], None],
) -> list[str]:
    """Write the workbook of notices, and return a sentence for everything that Excel's limits changed.

    The rows of each sheet are counted in ``counts``; ``watch`` is called for each notice.

    Raises:
        InputError: a notice breaks the contract, or its text is another.
        OutputError: the rows cannot be made.
        OSError: the file cannot be written.
    """

    def parts(settings: SheetSettings) -> Iterator[tuple[str, SheetPart]]:
        try:
            for group, made in each_group(partial(parts_of, settings), groups):
                for name, part in made:
                    counts[name] += part.number
                    yield name, part
                for _ in group.notices:
                    watch()
        except LostError as error:
            raise OutputError(f"the rows of a workbook cannot be made ({error}); choose .parquet or .duckdb") from error
        yield TRUST, part_of(SHEETS[TRUST], trust_rows(words.lang), settings)

    groups = _together(notices)
    first = next(groups, None)
    has_reviews = first is not None and first.notices[0].review is not None
    groups = chain([first] if first else [], groups)
    return write_parts(parts, path, WorkbookPlan(sheets_of(has_reviews), words.lang, words.report, has_reviews))


def _together(notices: Iterable[WrittenNotice]) -> Iterator[NoticesTogether]:
    for number, together in enumerate(by_size(notices)):
        yield NoticesTogether(together, number == 0)
