"""A Word paragraph's text as printed, with an account of what is left out: struck and hidden runs, marks of notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from extractor.data import read_table
from extractor.files.parts.apart import apart, whole
from extractor.files.parts.left_out import Kind, LeftOut, left_out
from extractor.files.parts.superscripts import lowered, read_superscript
from extractor.files.word.docx_fields import equation_text
from extractor.files.word.docx_math import MATH, linear
from extractor.files.word.docx_styles import RunLook, RunStyles, W

Element = Any  # lxml has no types of its own

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_VML = "{urn:schemas-microsoft-com:vml}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
NO_TEXT = frozenset(
    {f"{W}{tag}" for tag in ("moveFrom", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "sdtPr", "rt", "rubyPr")}
    | {_FALLBACK}
)
BOX = f"{W}txbxContent"
_CHARACTERS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_RUNS = frozenset((f"{W}r", f"{MATH}r"))
_OBJECTS = (f"{W}drawing", f"{W}pict", f"{W}object")
_NOTES = frozenset((f"{W}footnoteReference", f"{W}endnoteReference"))
_BRACKETS = {"round": ("(", ")"), "square": ("[", "]"), "angle": ("<", ">"), "curly": ("{", "}")}
_EMBEDDED = {"chart": "chart", "diagram": "SmartArt"}
_UNKNOWN = "\ufffd"  # keeps the text around an unknown sign from becoming one figure


class ParagraphText:
    """A reader of the paragraphs of one document, which accounts for what it leaves out."""

    def __init__(self, styles: RunStyles) -> None:
        self.left_out: list[LeftOut] = []
        self.pictures = 0
        self._styles = styles
        self._note_marks: list[str] = []
        self._unknown: list[str] = []
        self._missed: dict[Kind, list[str]] = {}
        self._pieces: list[str] = []
        self._field: list[str] | None = None

    def take(self, paragraph: Element) -> str:
        """Return a paragraph's text without text boxes, which are lines of their own."""
        self._pieces, self._missed, self._field = [], {}, None
        self._add(paragraph, paragraph)
        self.left_out += [
            left_out(kind, "".join(texts)) for kind, texts in self._missed.items() if "".join(texts).strip()
        ]
        return whole("".join(self._pieces))

    @property
    def has_missed(self) -> bool:
        """True if the last paragraph had text that was left out."""
        return any(text.strip() for texts in self._missed.values() for text in texts)

    def account(self) -> list[LeftOut]:
        """Return what was left out, with all marks of notes as one, and all unknown signs as one."""
        marks = [left_out("note_mark", " ".join(self._note_marks))] if self._note_marks else []
        signs = [left_out("unmapped_glyphs", " ".join(self._unknown))] if self._unknown else []
        return self.left_out + marks + signs

    def leave_out(self, kind: Kind, elements: Iterable[Element]) -> None:
        """Account for omitted paragraphs or rows."""
        text = "\n".join(plain_text(element) for element in elements)
        if text.strip():
            self.left_out.append(left_out(kind, text))

    def _add(self, element: Element, paragraph: Element) -> None:
        for child in element:
            tag = child.tag
            if tag in _RUNS:
                self._add_run(child, paragraph)
            elif tag == f"{W}del":
                self._miss("struck", plain_text(child))
            elif tag == f"{W}rt":
                self._miss("note", plain_text(child))
            elif tag not in NO_TEXT and tag != BOX:
                if tag == f"{W}fldSimple":
                    self._add_equation(child.get(f"{W}instr", ""))
                self._note_object(child)
                formula = linear(child, lambda part: self._part(part, paragraph))
                if formula is None:
                    self._add(child, paragraph)
                else:
                    self._pieces.append(formula)

    def _part(self, element: Element, paragraph: Element) -> str:
        """Return the text in a part of the paragraph, which must not fuse with the text before it."""
        pieces, self._pieces = self._pieces, []
        self._add(element, paragraph)
        part, self._pieces = "".join(self._pieces), pieces
        return part

    def _add_run(self, run: Element, paragraph: Element) -> None:
        shown = self._styles.shown(run.find(f"{W}rPr"), paragraph)
        unseen = shown.hidden or (shown.unseen and next(run.iter(*_OBJECTS), None) is None)
        kind: Kind | None = "hidden" if unseen else "struck" if shown.struck else None
        if kind is not None:
            self._follow_field(run)
            self._miss(kind, plain_text(run))
            return
        before = len(self._pieces)
        for child in run:
            if child.tag in _NOTES:
                own = child.get(f"{W}customMarkFollows") in ("1", "true", "on")
                mark = "".join(plain_text(each) for each in child.itersiblings()) if own else ""
                self._note_marks.append(mark or child.get(f"{W}id", ""))
                if own:
                    break
            self._add_child(child, shown, paragraph)
        if shown.raised or shown.is_note:
            raised = "".join(self._pieces[before:])
            del self._pieces[before:]
            read = read_superscript("".join(self._pieces[-4:]), raised, linked=shown.is_note) if raised else ""
            if read is None:
                self._note_marks.append(raised.strip())
            self._pieces.append(read or "")
        elif shown.lowered:
            self._pieces[before:] = [lowered("".join(self._pieces[before:]))]
        elif shown.in_two_lines is not None:
            self._pieces[before:] = [apart(_in_two_lines("".join(self._pieces[before:]), shown.in_two_lines))]

    def _add_child(self, child: Element, shown: RunLook, paragraph: Element) -> None:
        tag = child.tag
        if tag in (f"{W}t", f"{MATH}t"):
            self._pieces.append(self._in_font(child.text or "", shown.font))
        elif tag == f"{W}sym":
            self._pieces.append(self._sign(child.get(f"{W}font", ""), child.get(f"{W}char", "")))
        elif tag in _CHARACTERS:
            page_break = child.get(f"{W}type") in ("page", "column")
            self._pieces.append("" if page_break else _CHARACTERS[tag])
        elif tag in (f"{W}fldChar", f"{W}instrText"):
            self._follow_field_at(child)
            self._pieces.append(_chosen(child))
        elif tag == f"{W}delText":
            self._miss("struck", child.text or "")
        elif tag not in NO_TEXT and tag != BOX:
            self._note_object(child)
            self._add(child, paragraph)

    def _miss(self, kind: Kind, text: str) -> None:
        self._missed.setdefault(kind, []).append(text)

    def _follow_field(self, run: Element) -> None:
        for child in run:
            self._follow_field_at(child)

    def _follow_field_at(self, child: Element) -> None:
        """Read a field's instruction: what EQ prints stands there only."""
        if child.tag == f"{W}instrText":
            if self._field is not None:
                self._field.append(child.text or "")
        elif child.tag == f"{W}fldChar":
            if child.get(f"{W}fldCharType") == "begin":
                self._field = []
            elif self._field is not None:
                self._add_equation("".join(self._field))
                self._field = None

    def _add_equation(self, instruction: str) -> None:
        shown = equation_text(instruction)
        self._pieces.append(shown.text)
        self._miss("note", "".join(shown.readings))

    def _in_font(self, text: str, font: str) -> str:
        """Return the characters that a text shows in its font: symbol fonts use codes of their own or of letters."""
        if font.startswith("wingdings") or any("\uf020" <= character <= "\uf0ff" for character in text):
            return "".join(
                self._sign(font, f"{ord(character):04X}")
                if "\uf020" <= character <= "\uf0ff" or (font.startswith("wingdings") and "!" <= character <= "\xff")
                else character
                for character in text
            )
        return text

    def _sign(self, font: str, code: str) -> str:
        """Return the character that a code (hex digits) of a font shows; an unknown one is accounted for."""
        try:
            number = int(code, 16)
        except ValueError:
            number = 0
        table = read_table("symbol_fonts").get(font.lower())
        low = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
        if table is not None and f"{low:02x}" in table:
            return str(table[f"{low:02x}"])
        is_symbol = font.lower() == "symbol" and (0x30 <= low <= 0x3F or chr(low) in " !#%&()+,./[]{}|_")
        if is_symbol or (table is None and 0x20 <= number < 0xE000 and "dings" not in font.lower()):
            return chr(low)
        self._unknown.append(f"{font or '?'} {code}")
        return _UNKNOWN if self._pieces else ""  # at the beginning of a paragraph it is a bullet

    def _note_object(self, element: Element) -> None:
        tag = element.tag
        if tag in (f"{_DRAWING}blip", f"{_VML}imagedata"):
            self.pictures += 1
        elif tag == f"{_OFFICE}OLEObject":
            self.left_out.append(left_out("embedded", element.get("ProgID", "")))
        elif tag == f"{_DRAWING}graphicData":
            name = _EMBEDDED.get(element.get("uri", "").rpartition("/")[2])
            if name:
                self.left_out.append(left_out("embedded", name))
        elif tag == f"{_VML}textpath":
            self.left_out.append(left_out("watermark", element.get("string", "")))


def plain_text(element: Element) -> str:
    """Return all text in an element, deleted or hidden, too, with a line for each paragraph."""
    breaks = {f"{W}p": "\n", f"{W}tab": "\t", f"{W}ptab": "\t"}
    texts = element.iter(f"{W}t", f"{W}delText", f"{MATH}t", *breaks)
    return "".join(breaks.get(inner.tag, inner.text or "") for inner in texts)


def _chosen(field: Element) -> str:
    """Return the chosen entry of a drop-down list, or the state of a tick box, from the field's own data."""
    choices = field.find(f"{W}ffData/{W}ddList")
    if choices is not None:
        entries = [entry.get(f"{W}val", "") for entry in choices.findall(f"{W}listEntry")]
        number = _number(choices, "result", _number(choices, "default", 0))
        return entries[number] if 0 <= number < len(entries) else ""
    box = field.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return ""
    return "☑" if _number(box, "checked", _number(box, "default", 0)) else "☐"


def _number(parent: Element, name: str, default: int) -> int:
    child = parent.find(f"{W}{name}")
    if child is None:
        return default
    value = child.get(f"{W}val", "1")
    return int(value) if value.isdecimal() else int(value in ("true", "on"))


def _in_two_lines(text: str, brackets: str) -> str:
    """Return text set in two small lines within one; the first has the odd character."""
    middle = (len(text) + 1) // 2
    upper, lower = text[:middle], text[middle:]
    between = "/" if upper[-1:].isdigit() and lower[:1].isdigit() else ""
    begin, end = _BRACKETS.get(brackets, ("", ""))
    return f"{begin}{upper}{between}{lower}{end}"
