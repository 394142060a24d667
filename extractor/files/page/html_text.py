"""An HTML page as the lines that a browser shows, with the properties by which the article is found among them.

Why not a library: on two typical layouts of these sites trafilatura (2.3) lost the date line and made a table layout
into rows of bars, readability-lxml (0.9) lost title and date line, jusText (3.0) the date line (and kept the footer);
none numbers the items of a list, and trafilatura brings fifteen further packages. Little is needed beside lxml:
this module renders lines and accounts for what a browser does not show, module ``article`` chooses among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from extractor.data import read_table
from extractor.files.page.buried import expose
from extractor.files.page.html_math import begun, ended
from extractor.files.page.page_styles import put_styles
from extractor.files.page.page_tree import BLOCKS, is_link, main_block, parse, size, tokens, walk, weights
from extractor.files.page.paging import other_pages
from extractor.files.page.unseen import FRAMES, UnseenElements, frame_address, look_at, text_of
from extractor.files.parts.apart import whole
from extractor.files.parts.left_out import WORDS_KEPT, Kind, LeftOut, left_out
from extractor.files.parts.numerals import in_letters, in_roman
from extractor.files.parts.row_line import row_line
from extractor.files.parts.superscripts import as_exponent, as_index, read_superscript

Element = Any  # lxml has no types of its own

_HEADINGS = frozenset({"h1", "h2", "h3"})
_DECLARATION = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_NO_MARKER = re.compile(r"list-style(-type)?\s*:[^;]*none", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"\s*[(\uff08]?[0-9一二三四五六七八九十]{1,3}[)\uff09、.\uff0e]|\s*[①-⑳]")
_SOURCE_BLANKS = re.compile(r"[ \t\n\r\f]+")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_WIDE = re.compile("[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_CELL = "\x1f"  # between the cells of a row until blanks are collapsed; no text with it gets here
_MOST_FURNITURE = 0.25  # share of a page's text: a larger block is no furniture, whatever its class
_SMALL = 100  # pixels; narrower pictures are signs of the page
_SIGN = re.compile(r"(?i)logo|icon|qr_?code|erweima|banner|loading|spacer|blank\.|dzjg|jiucuo|gongan")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")  # a browser that reads XHTML shows what stands between
_LITTLE_PROSE = 1000  # characters below which the article is looked for where a page hides it
_BURIED = 5  # times what is shown that it must be there


class Line(NamedTuple):
    """One line as shown.

    ``linked`` counts the characters (blanks aside) in links; ``heading`` is true in a heading or a block named as
    title, ``main`` in the block that holds most of the page.
    """

    text: str
    linked: int
    heading: bool
    main: bool

    @property
    def size(self) -> int:
        """The number of characters, blanks aside."""
        return len("".join(self.text.split()))


class RenderedPage(NamedTuple):
    """The lines of a page in order, with what helps to find the article.

    ``title`` is the ``<title>``, ``stated_title`` that of the metadata (or ""), ``left_out`` the account of what is not
    among the lines, ``frames`` the addresses of frames, ``pictures`` the number of pictures shown, and
    ``pictures_in_main`` that of those in the block that holds most of the page.
    """

    lines: list[Line]
    title: str
    stated_title: str
    left_out: list[LeftOut]
    frames: list[str]
    pictures: int
    pictures_in_main: int


def declared_charset(data: bytes) -> str | None:
    """Return the charset that a page or its XML declaration states in its first 8 kB, or None."""
    match = _DECLARATION.search(data[:8192])
    return match[1].decode("ascii", "ignore") if match else None


def read_page(
    source: str, name: str, frames: Mapping[str, str] | None = None, styles: Mapping[str, str] | None = None
) -> RenderedPage:
    """Render the HTML ``source``.

    ``name`` is for messages; ``frames`` are the sources of its frames and ``styles`` its style sheets, by address. If
    little is shown, but there is a hidden article (in a block that a script opens, a text area, data of a script, or
    one of the ``frames``), that article is rendered in its place.

    Raises:
        InputError: there are no elements in it, or it exceeds libxml2's limits (256 levels, 10 MB
            of text), which would cut it off.
    """
    root = parse(_CDATA.sub("", source) if "<![CDATA[" in source else source, name)
    if styles:
        put_styles(root, styles)
    page = _rendered(root, None)
    prose = sum(line.size for line in page.lines if "。" in line.text and line.linked * 2 <= line.size)
    if prose < _LITTLE_PROSE:
        exposed = expose(root, name, frames or {}, _BURIED * prose)
        if exposed is not None:
            return _rendered(root, exposed)
    return page


def _rendered(root: Element, exposed: Element | None) -> RenderedPage:
    seen = look_at(root, exposed)
    weighed = weights(root, seen.unseen.__contains__)
    most = weighed[root] * _MOST_FURNITURE
    furniture = {element for element, weight in weighed.items() if weight <= most and _is_furniture(element)}
    passed_over = furniture.union(seen.unseen)
    if furniture:
        weighed = weights(root, passed_over.__contains__)
    lines = _Lines(main_block(root, weighed))
    _render(root, passed_over.union(seen.raised, seen.scripts).__contains__, seen, lines)
    title = root.find(".//title")
    stated = root.xpath("string(//meta[translate(@name, 'ARTICLE', 'article')='articletitle']/@content)")
    shown = _collapse(title.text or "") if title is not None else ""
    pages = [LeftOut("other_page", 0, address[:WORDS_KEPT]) for address in other_pages(root)[:1]]
    told = lines.account() + pages
    return RenderedPage(
        lines.done, shown, _collapse(stated), told, lines.frames, lines.pictures, lines.pictures_in_main
    )


class _Lines:
    """A collector of lines: the text added since the last break is one line."""

    def __init__(self, main: Element) -> None:
        self.done: list[Line] = []
        self.main = main
        self.in_main = False
        self._links: list[Element] = []
        self._titles: list[Element] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._heading = False
        self._marker = ""
        self.frames: list[str] = []
        self.pictures = self.pictures_in_main = 0
        self._left_out: list[LeftOut] = []
        self._note_marks: list[str] = []

    @property
    def begun(self) -> str:
        """The end of the line so far."""
        return "".join(self._pieces[-4:])[-16:]

    def enter(self, element: Element) -> None:
        """Note that an element begins."""
        self.in_main |= element is self.main
        if is_link(element):
            self._links.append(element)
        if _is_title(element):
            self._titles.append(element)

    def leave(self, element: Element) -> None:
        """Note that an element ends."""
        for within in (self._links, self._titles):
            if within and within[-1] is element:
                within.pop()
        if element is self.main:
            self.in_main = False

    def show(self, picture: Element) -> None:
        """Count a picture that may hold text."""
        if _is_picture(picture):
            self.pictures += 1
            self.pictures_in_main += self.in_main and not self._links

    def leave_out(self, kind: Kind, text: str) -> None:
        """Account for an omitted text."""
        if not text.strip():
            return
        if kind == "note_mark":
            self._note_marks.append(text.strip())
        else:
            self._left_out.append(left_out(kind, text))

    def account(self) -> list[LeftOut]:
        """Return the omitted parts, with all marks of notes as one."""
        marks = [left_out("note_mark", " ".join(self._note_marks))] if self._note_marks else []
        return self._left_out + marks

    def add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)
            self._linked += size(text) if self._links else 0
            self._heading |= bool(self._titles)

    def add_marker(self, marker: str) -> None:
        self._marker = marker

    def end_line(self) -> None:
        text = _collapse(whole("".join(self._pieces)))
        if text.strip():
            if self._marker and not _OWN_NUMBER.match(text):
                text = self._marker + text
            self.done.append(Line(text, self._linked, self._heading, self.in_main))
            self._marker = ""
        self._pieces, self._linked, self._heading = [], 0, False


def _render(root: Element, skip: Callable[[Element], bool], seen: UnseenElements, lines: _Lines) -> None:
    rows: list[Element] = []  # rows that are one line, from the outermost to the one we are in
    numbers: dict[Element, int] = {}  # of each list, its last item's
    preformatted = 0
    has_apart = bool(seen.apart) or root.find(".//math") is not None
    for event, element in walk(root, skip):
        tag = element.tag
        breaks = tag in BLOCKS and not rows
        if event == "start":
            if breaks:
                lines.end_line()
            if tag == "tr" and not rows and _is_one_line(element):
                rows.append(element)
            elif rows and tag in {"td", "th"} and element.getprevious() is not None:
                lines.add(_CELL)
            elif tag == "li":
                lines.add_marker(_list_marker(element, numbers))
            elif tag == "img":
                lines.show(element)
            lines.enter(element)
            lines.add(begun(element, seen.apart) if has_apart else "")
            preformatted += tag == "pre"
            _add_text(lines, element.text, preformatted > 0)
            continue
        if event == "end":
            lines.add(ended(element, seen.apart) if has_apart else "")
            if rows and element is rows[-1]:
                rows.pop()
                breaks = True
            if breaks:
                lines.end_line()
            lines.leave(element)
            preformatted -= tag == "pre"
        if event == "skip":
            _take_whole(lines, element, seen)
        if element is not root:
            _add_text(lines, element.tail, preformatted > 0)
    lines.end_line()


def _take_whole(lines: _Lines, element: Element, seen: UnseenElements) -> None:
    """Take a raised text whole, or account for an omitted one: a note's mark, hidden text, navigation."""
    if element in seen.raised:
        text = "".join(element.itertext())
        read = read_superscript(lines.begun, text, linked=seen.raised[element])
        if read is None:
            lines.leave_out("note_mark", text)
        lines.add(read)
        return
    if element in seen.scripts:
        write = as_exponent if seen.scripts[element] else as_index
        lines.add(write("".join((element.text or "").split())))
        return
    kind = seen.unseen.get(element, "navigation")
    if kind is not None:
        lines.leave_out(kind, text_of(element))
    elif element.tag in FRAMES:
        address = frame_address(element)
        if address is not None:
            lines.frames.append(address)


def _is_picture(element: Element) -> bool:
    """Return whether a picture is large enough to hold text, as far as the page says."""
    address = next((element.get(name, "") for name in ("data-src", "data-original", "src") if element.get(name)), "")
    sides = [_whole(element.get(side, "").removesuffix("px"), _SMALL) for side in ("width", "height")]
    is_sign = not address.startswith("data:") and _SIGN.search(address)
    return bool(address) and min(sides) >= _SMALL and not is_sign


def _add_text(lines: _Lines, text: str | None, preformatted: bool) -> None:
    if not preformatted:
        lines.add(text)
        return
    for index, part in enumerate((text or "").split("\n")):
        if index:
            lines.end_line()
        lines.add(part)


def _is_one_line(row: Element) -> bool:
    """Return whether each cell of a row holds one paragraph at most; such a row is shown as one line."""
    for cell in row:
        blocks = [element for element in cell.iterdescendants() if element.tag in BLOCKS]
        if any(element.tag in {"br", "table"} for element in blocks):
            return False
        if len([element for element in blocks if element.tag in {"p", "div", "li"}]) > 1:
            return False
    return len(row) > 1


def _list_marker(item: Element, numbers: dict[Element, int]) -> str:
    """Count an item of a list, and return its printed number (``3. ``; "" in other lists)."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    following = numbers[parent] + 1 if parent in numbers else _whole(parent.get("start"), 1)
    value = numbers[parent] = _whole(item.get("value"), following)
    if _NO_MARKER.search(f"{item.get('style', '')};{parent.get('style', '')}"):
        return ""
    match item.get("type") or parent.get("type"):
        case "a":
            return f"{in_letters(value)}. "
        case "A":
            return f"{in_letters(value).upper()}. "
        case "i":
            return f"{in_roman(value).lower()}. "
        case "I":
            return f"{in_roman(value)}. "
        case _:
            return f"{value}. "


def _is_furniture(element: Element) -> bool:
    """Return whether a block is named as navigation or the like, and holds neither a heading nor a date line."""
    furniture = read_table("page_furniture")
    if element.tag in {"nav", "footer"}:
        return True
    if element.tag in {"html", "body"} or tokens(element).isdisjoint(furniture["class_tokens"]):
        return False
    text = "".join("".join(element.itertext()).split())
    return element.find(".//h1") is None and not any(word in text for word in furniture["date_starts"] if len(word) > 2)


def _is_title(element: Element) -> bool:
    titles = read_table("page_furniture")["title_tokens"]
    return element.tag in _HEADINGS or not tokens(element).isdisjoint(titles)


def _collapse(text: str) -> str:
    """Collapse blanks as a browser does; a line end between two Chinese characters vanishes."""

    def blank(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        vanishes = "\n" in match[0] and _WIDE.match(before) and _WIDE.match(after)
        return "" if vanishes else " "

    text = _INVISIBLE.sub("", text)
    text = _SOURCE_BLANKS.sub(blank, text).strip(" ")
    return row_line(re.split(f" ?{_CELL} ?", text)) if _CELL in text else text


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,6}", text) else otherwise
