"""Excel workbooks (.xlsx, .xlsm, and .et saved as such) as sheets of displayed cells.

openpyxl 3.1.5 was measured beside this reader: it takes ten times the time and four times the memory (5,000 rows of
eight columns: 0.9 s and 76 MB against 0.1 s and 20 MB), reads the file twice to see which formulas have a value, stops
at styles that WPS writes, and renders no number format. python-calamine 0.9.1 is faster than both and gives neither
formats nor hidden rows. What is read here is the part of the format that shows text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from extractor.errors import InputError
from extractor.files.parts.cell_places import cell_name
from extractor.files.sources.file_limits import Limits
from extractor.files.workbook.number_formats import BUILT_IN, shown_number, shown_text
from extractor.files.workbook.sheet_cells import COLUMNS, CellBudget, MergedCells, SheetCells, checked_place
from extractor.files.workbook.workbook_xml import PackedParts, is_true, local_name

Element = Any  # lxml has no types of its own

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ID = re.compile(r"\{.*relationships\}id")
_MOST_MERGED = 200_000


def read_xlsx(data: bytes, name: str, limits: Limits) -> list[SheetCells]:
    """Return a workbook's sheets in order; ``name`` is for messages.

    Raises:
        InputError: it is damaged, no workbook, or exceeds a limit.
    """
    parts = PackedParts(data, name, limits)
    workbook = _target(parts, "", "officeDocument") or "xl/workbook.xml"
    root = parts.root(workbook)
    properties = next(root.iter("{*}workbookPr"), None)
    related = _related(parts, workbook)
    formats = _Formats.of(parts, related, since_1904=is_true(properties, "date1904", missing=False))
    shared = _shared_strings(parts, related)
    budget = CellBudget(name, limits)
    sheets = []
    for stated in root.iter("{*}sheet"):
        target = related.get(next((value for key, value in stated.attrib.items() if _ID.fullmatch(key)), ""))
        if target is None or target.kind != "worksheet":
            continue  # a chart on a sheet of its own has no cells
        sheet = SheetCells(stated.get("name", ""), budget, is_hidden=stated.get("state", "visible") != "visible")
        _SheetReader(sheet, shared, formats, name).read(parts, target.part)
        _read_beside(parts, target.part, sheet)
        sheets.append(sheet)
    return sheets


class _Related(NamedTuple):
    kind: str
    part: str


def _related(parts: PackedParts, part: str) -> dict[str, _Related]:
    """Return the parts that a part refers to, by identifier."""
    folder, leaf = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{leaf}.rels")
    if relations not in parts:
        return {}
    found = {}
    for relation in parts.root(relations).iter("{*}Relationship"):
        if relation.get("TargetMode") != "External":
            target = relation.get("Target", "").replace("\\", "/")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[relation.get("Id", "")] = _Related(relation.get("Type", "").rpartition("/")[2], whole)
    return found


def _target(parts: PackedParts, part: str, kind: str) -> str | None:
    return next((each.part for each in _related(parts, part).values() if each.kind == kind), None)


class _Words(NamedTuple):
    """A text with its struck-out stretches apart."""

    shown: str
    struck: str


def _shared_strings(parts: PackedParts, related: dict[str, _Related]) -> list[_Words]:
    part = next((each.part for each in related.values() if each.kind == "sharedStrings"), None)
    if part is None or part not in parts:
        return []
    return [_words(item) for item in parts.elements(part, "si")]


def _words(item: Element) -> _Words:
    """Return the text of a string item without its phonetic runs."""
    shown: list[str] = []
    struck: list[str] = []
    for child in item:
        name = local_name(child)
        if name == "t":
            shown.append(child.text or "")
        elif name == "r":
            kept = struck if is_true(child.find("{*}rPr/{*}strike")) else shown
            kept.append("".join(text.text or "" for text in child.findall("{*}t")))
    return _Words("".join(shown), "".join(struck))


class _Formats(NamedTuple):
    """The number formats of a workbook's cell styles, and the styles whose font strikes out."""

    codes: list[str]
    struck: frozenset[int]
    since_1904: bool

    @classmethod
    def of(cls, parts: PackedParts, related: dict[str, _Related], *, since_1904: bool) -> _Formats:
        part = next((each.part for each in related.values() if each.kind == "styles"), None)
        if part is None or part not in parts:
            return cls([], frozenset(), since_1904)
        root = parts.root(part)
        own = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iterfind("{*}numFmts/{*}numFmt")}
        fonts = [is_true(font.find("{*}strike")) for font in root.iterfind("{*}fonts/{*}font")]
        codes: list[str] = []
        struck: set[int] = set()
        for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
            key, font = style.get("numFmtId", "0"), _whole(style.get("fontId"))
            codes.append(own.get(key) or BUILT_IN.get(_whole(key), "" if _whole(key) else "General"))
            if 0 <= font < len(fonts) and fonts[font]:
                struck.add(number)
        return cls(codes, frozenset(struck), since_1904)

    def code(self, style: int) -> str:
        return self.codes[style] if 0 <= style < len(self.codes) else "General"


class _SheetReader:
    """A reader of one sheet's cells, row by row."""

    def __init__(self, sheet: SheetCells, shared: list[_Words], formats: _Formats, name: str) -> None:
        self._sheet, self._shared, self._formats, self._name = sheet, shared, formats, name
        self._row = self._column = -1

    def read(self, parts: PackedParts, part: str) -> None:
        for element in parts.elements(part, "col", "row", "mergeCell"):
            match local_name(element):
                case "col":
                    self._read_columns(element)
                case "row":
                    self._read_row(element)
                case "mergeCell":
                    self._read_merged(element.get("ref", ""))

    def _read_columns(self, element: Element) -> None:
        if is_true(element, "hidden", missing=False) or element.get("width") == "0":
            first, last = _whole(element.get("min")), min(_whole(element.get("max")), COLUMNS)
            self._sheet.hidden_columns.update(range(first - 1, last))

    def _read_row(self, element: Element) -> None:
        stated = _whole(element.get("r"))
        self._row = stated - 1 if stated > 0 else self._row + 1
        self._column = -1
        is_hidden = is_true(element, "hidden", missing=False) or element.get("ht") == "0"
        for cell in element.iterchildren("{*}c"):
            place = _CELL.fullmatch(cell.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            row = int(place[2]) - 1 if place else self._row
            checked_place(self._name, row, self._column)
            self._read_cell(cell, row, in_hidden_row=is_hidden)

    def _read_cell(self, cell: Element, row: int, *, in_hidden_row: bool) -> None:
        column, kind, style = self._column, cell.get("t", "n"), _whole(cell.get("s"))
        stored = cell.find("{*}v")
        value = "" if stored is None else stored.text or ""
        if cell.find("{*}f") is not None and not value and not (kind == "str" and stored is not None):
            self._sheet.leave_out("formula_unread", f"={cell.findtext('{*}f') or ''}", cell_name(row, column))
        elif kind == "s":
            self._put_words(row, column, self._shared_words(value), style, in_hidden_row=in_hidden_row)
        elif kind == "inlineStr":
            item = cell.find("{*}is")
            words = _words(item) if item is not None else _Words("", "")
            self._put_words(row, column, words, style, in_hidden_row=in_hidden_row)
        elif kind in ("str", "d"):
            self._put_words(row, column, _Words(value, ""), style, in_hidden_row=in_hidden_row)
        elif kind == "b":
            self._sheet.put(row, column, "TRUE" if value == "1" else "FALSE", in_hidden_row=in_hidden_row)
        elif kind == "e":
            self._sheet.put(row, column, value, in_hidden_row=in_hidden_row)
        elif value:
            self._put_number(row, column, value, style, in_hidden_row=in_hidden_row)

    def _shared_words(self, value: str) -> _Words:
        index = _whole(value, -1)
        if not 0 <= index < len(self._shared):
            raise InputError(f"{self._name}: {self._sheet.name} refers to a text that is missing; save it again")
        return self._shared[index]

    def _put_words(self, row: int, column: int, words: _Words, style: int, *, in_hidden_row: bool) -> None:
        shown, struck = words
        if style in self._formats.struck:
            shown, struck = "", shown + struck
        if struck.strip():
            self._sheet.leave_out("struck", struck, cell_name(row, column))
        if shown:
            displayed = shown_text(shown, self._formats.code(style))
            if not displayed.strip():
                self._sheet.leave_out("hidden_cells", shown, cell_name(row, column))
            self._sheet.put(row, column, displayed, in_hidden_row=in_hidden_row)

    def _put_number(self, row: int, column: int, value: str, style: int, *, in_hidden_row: bool) -> None:
        try:
            number = float(value)
        except ValueError:
            self._sheet.put(row, column, value, in_hidden_row=in_hidden_row)
            return
        if style in self._formats.struck:
            self._sheet.leave_out("struck", value, cell_name(row, column))
            return
        code = self._formats.code(style)
        shown = shown_number(number, code, since_1904=self._formats.since_1904)
        if not code:  # a number that no list names
            shown = shown_number(number, "General")._replace(is_sure=False)
        self._sheet.put_number(row, column, shown, value, in_hidden_row=in_hidden_row)

    def _read_merged(self, reference: str) -> None:
        corners = [_CELL.fullmatch(each) for each in reference.split(":")]
        if len(corners) == 2 and corners[0] and corners[1] and len(self._sheet.merged) < _MOST_MERGED:
            (first, top), (last, bottom) = corners[0].groups(), corners[1].groups()
            self._sheet.merged.append(MergedCells(int(top) - 1, _column(first), int(bottom) - 1, _column(last)))


def _read_beside(parts: PackedParts, part: str, sheet: SheetCells) -> None:
    """Account for what is shown beside the cells: comments, pictures, and text in drawn boxes."""
    for kind, target in _related(parts, part).values():
        if target not in parts:
            continue
        if kind == "comments":
            for comment in parts.elements(target, "comment"):
                sheet.leave_out("note", "".join(_texts(comment)), comment.get("ref", ""))
        elif kind == "drawing":
            with suppress(InputError):
                root = parts.root(target)
                texts = "".join(
                    text.text or "" for text in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")
                )
                if texts.strip():
                    sheet.leave_out("embedded", texts, "")
                if next(root.iter("{*}pic"), None) is not None:
                    sheet.leave_out("picture", "", "")


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts in an element, those of phonetic runs aside."""
    for text in element.iter("{*}t"):
        if local_name(text.getparent()) != "rPh":
            yield text.text or ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _whole(words: str | None, otherwise: int = 0) -> int:
    return int(words) if words and re.fullmatch(r"[0-9]{1,9}", words.strip()) else otherwise
