"""Tables as text (.csv, .tsv) as one sheet; the charset and the delimiter are found from the text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from extractor.errors import InputError
from extractor.files.sources.charset import DecodedText, decode
from extractor.files.sources.file_limits import Limits
from extractor.files.workbook.sheet_cells import CellBudget, SheetCells, checked_place

_DELIMITERS = ",\t;|，；、^"
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel's own first line
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # what programs write so that Excel keeps 001
_SAMPLE = 100_000  # characters


def read_csv(data: bytes, name: str, stem: str, limits: Limits) -> tuple[list[SheetCells], DecodedText]:
    """Return the one sheet of a text table, named ``stem`` as spreadsheet programs name it, and its charset.

    Raises:
        InputError: it is in no known charset, damaged, or exceeds a limit.
    """
    decoded = decode(data, name)
    text = decoded.text
    stated = _STATED.match(text)
    if stated:
        text = text[stated.end() :]
    sheet = SheetCells(stem, CellBudget(name, limits))
    csv.field_size_limit(limits.text_characters)
    try:
        delimiter = stated[1] if stated else _delimiter(text)
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            for column, words in enumerate(cells):
                if words:
                    checked_place(name, row, column)
                    as_text = _AS_TEXT.fullmatch(words)
                    sheet.put(row, column, as_text[1] if as_text else words)
    except csv.Error as error:
        raise InputError(
            f"{name}: is no table that can be read ({error}); open it in a spreadsheet program and save it as xlsx"
        ) from error
    return [sheet], decoded


def _delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have the same number of cells, the most if several do."""
    sample = text[:_SAMPLE]
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            rows = [
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if len(row) > 1
            ]
        except csv.Error:
            continue
        width, count = Counter(rows).most_common(1)[0] if rows else (0, 0)
        if (count, width) > most:
            best, most = delimiter, (count, width)
    return best
