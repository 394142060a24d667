"""LibreOffice opens what is exported, runs nothing in it, and gives the same values back."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from checkout import GOLD_NOTICES
from export_rows import ALL_NASTY, Batch
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.escape import unescape
from workbook_rows import write_xlsx

from extractor import extract
from extractor.exports.csv_tables import write_csv
from extractor.tables.columns import TABLES
from extractor.tables.rows import notice_rows

_OFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.office, pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")]

# Comma, quote, UTF-8, from line 1, Chinese; numbers are detected, formulas are evaluated: as careless as it can be.
_CSV = "--infilter=CSV:44,34,76,1,,2052,false,true,false,false,0,true"


def _converted(path: Path, folder: Path, *options: str) -> Path:
    """A file as LibreOffice opens and saves it."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(_OFFICE), "--headless", profile, *options, "--convert-to", "xlsx", "--outdir", str(folder / "saved")]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=300)
    return folder / "saved" / f"{path.stem}.xlsx"


def _values(path: Path) -> dict[str, list[list[object]]]:
    """What each sheet holds, without the empty cells at the end of rows."""
    with closing(load_workbook(path)) as book:
        return {sheet.title: [_row(row) for row in sheet.iter_rows()] for sheet in book}


def _row(cells: tuple[Cell, ...]) -> list[object]:
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    values = [unescape(cell.value) if isinstance(cell.value, str) else cell.value for cell in cells]
    values = [value.date() if isinstance(value, datetime) else value for value in values]
    while values and values[-1] is None:
        values.pop()
    return values


def _as_saved(value: object) -> object:
    """What LibreOffice changes by itself: it writes one kind of line end, and no escape of what looks like one."""
    return unescape(value.replace("\r\n", "\n")) if isinstance(value, str) else value


def _batches() -> list[Batch]:
    text = (GOLD_NOTICES / "lianyungang-haizhou-2024.txt").read_text(encoding="utf-8")
    rows = notice_rows(extract(text, notice_id="n"), text)
    return [*((TABLES[name], found) for name, found in rows.items()), *ALL_NASTY]


def test_a_workbook_comes_back_the_same(tmp_path: Path) -> None:
    write_xlsx(_batches(), tmp_path / "a.xlsx", "zh")
    written, saved = _values(tmp_path / "a.xlsx"), _values(_converted(tmp_path / "a.xlsx", tmp_path))
    assert list(saved) == list(written)
    for name, rows in written.items():
        for row, again in zip(rows, saved[name], strict=True):
            assert again == [_as_saved(value) for value in row]


def test_text_in_a_csv_file_is_no_formula(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.csv" for name in TABLES}
    write_csv(_batches(), paths, "zh")
    (rows,) = _values(_converted(paths["measures"], tmp_path, _CSV)).values()
    assert len(rows) > len(ALL_NASTY[0][1])
