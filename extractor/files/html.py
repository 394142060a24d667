"""An HTML page as the lines a browser would show, each with the marks by which the article is found among them.

Why not a library: on two typical layouts of these sites trafilatura (2.3) lost the date line and made a table layout
into rows of bars, readability-lxml (0.9) lost title and date line, jusText (3.0) the date line (and kept the footer);
none numbers the items of a list, and trafilatura brings fifteen further packages. What is needed beside lxml is small:
this module renders lines, ``extractor.files.article`` chooses among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from extractor.data import read_table
from extractor.errors import InputError
from extractor.files.numerals import in_letters, in_roman

Element = Any  # lxml has no types of its own

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})
_CONTAINERS = frozenset({
    "article", "body", "center", "div", "dd", "form", "main", "section", "table", "tbody", "td", "th", "tr", "ul",
})
_HEADINGS = frozenset({"h1", "h2", "h3"})
_UNSEEN = frozenset({
    "head", "script", "style", "noscript", "template", "iframe", "object", "svg", "select", "button", "input",
    "textarea", "audio", "video", "map",
})
# fmt: on
_DECLARATION = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_NO_MARKER = re.compile(r"list-style(-type)?\s*:[^;]*none", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"\s*[(\uff08]?[0-9一二三四五六七八九十]{1,3}[)\uff09、.\uff0e]|\s*[①-⑳]")
_SOURCE_BLANKS = re.compile(r"[ \t\n\r\f]+")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_WIDE = re.compile("[\u2014\u2018-\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_CELL = "\x1f"  # stands between the cells of a row until blanks are collapsed; text with it never comes this far
_MOST_FURNITURE = 0.25  # share of a page's text above which no class name makes a block furniture


class Line(NamedTuple):
    """One line as shown. ``linked`` counts the characters (blanks aside) inside links; ``heading`` says that it
    stands in a heading or a block named as title; ``main`` that it lies in the block that holds most of the page."""

    text: str
    linked: int
    heading: bool
    main: bool

    @property
    def size(self) -> int:
        """Characters, blanks aside."""
        return len("".join(self.text.split()))


class Page(NamedTuple):
    """The lines of a page in order, its ``<title>``, and the title it states in its metadata (or "")."""

    lines: list[Line]
    title: str
    stated_title: str


def declared_charset(data: bytes) -> str | None:
    """Return the charset that a page or its XML declaration states in its first 8 kB, or None."""
    match = _DECLARATION.search(data[:8192])
    return match[1].decode("ascii", "ignore") if match else None


def read_page(source: str, name: str) -> Page:
    """Render the HTML ``source``; ``name`` is for messages.

    Raises:
        InputError: there are no elements in it, or it is nested so deep or has so long a text that libxml2's own
            bounds (256 levels, 10 MB) cut it off.
    """
    root = _parse(source, name)
    seen = _weights(root, _is_unseen)
    most = seen[root] * _MOST_FURNITURE

    def skip(element: Element) -> bool:
        return _is_unseen(element) or (seen.get(element, 0) <= most and _is_furniture(element))

    lines = _Lines(_main_block(root, _weights(root, skip)))
    _render(root, skip, lines)
    title = root.find(".//title")
    stated = root.xpath("string(//meta[translate(@name, 'ARTICLE', 'article')='articletitle']/@content)")
    return Page(lines.done, _collapse(title.text or "") if title is not None else "", _collapse(stated))


def _parse(source: str, name: str) -> Element:
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    # libxml2 stops at its bounds without raising, and what follows would be lost without a word.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise InputError(f"{name}: this page is nested too deep or has too long a text; save its text as txt")
    if root is None:
        raise InputError(f"{name}: holds no HTML elements; fetch the page again or save its text as txt")
    return root


def _walk(root: Element, skip: Callable[[Element], bool]) -> Iterator[tuple[str, Element]]:
    """Yield ("start", element) and ("end", element) in document order, and ("skip", element) for what ``skip`` leaves
    out with all that it holds. Without recursion, since pages are not to choose our stack depth."""
    stack = [("start", root)]
    while stack:
        event, element = stack.pop()
        if event == "start" and skip(element):
            event = "skip"
        yield event, element
        if event == "start":
            stack.append(("end", element))
            stack.extend(("start", child) for child in reversed(element))


def _weights(root: Element, skip: Callable[[Element], bool]) -> dict[Element, int]:
    """Return for each element the characters in it that are not in links, blanks aside."""
    weights: dict[Element, int] = {}
    links = 0
    for event, element in _walk(root, skip):
        if event == "start":
            links += _is_link(element)
            weights[element] = 0 if links else _size(element.text)
            continue
        if event == "end":
            links -= _is_link(element)
        parent = element.getparent()
        if parent is not None and element is not root:
            weights[parent] += weights.get(element, 0) + (0 if links else _size(element.tail))
    return weights


def _main_block(root: Element, weights: dict[Element, int]) -> Element:
    """Return the smallest container reached from the root by steps that each keep four fifths of the text."""
    block = root
    while True:
        inner = [child for child in block if child.tag in _CONTAINERS and weights.get(child, 0) >= 0.8 * weights[block]]
        if not inner or not weights[block]:
            return block
        block = inner[0]


class _Lines:
    """Collects text into lines: what was added since the last break is one line."""

    def __init__(self, main: Element) -> None:
        self.done: list[Line] = []
        self.main = main
        self.in_main = False
        self.links = 0
        self.headings = 0
        self._pieces: list[str] = []
        self._linked = 0
        self._heading = False
        self._marker = ""

    def add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)
            self._linked += _size(text) if self.links else 0
            self._heading |= self.headings > 0

    def add_marker(self, marker: str) -> None:
        self._marker = marker

    def end_line(self) -> None:
        text = _collapse("".join(self._pieces))
        if text.strip():
            if self._marker and not _OWN_NUMBER.match(text):
                text = self._marker + text
            self.done.append(Line(text, self._linked, self._heading, self.in_main))
            self._marker = ""
        self._pieces, self._linked, self._heading = [], 0, False


def _render(root: Element, skip: Callable[[Element], bool], lines: _Lines) -> None:
    rows: list[Element] = []  # rows that are one line, from the outermost to the one we are in
    numbers: dict[Element, int] = {}  # of each list, its last item's
    preformatted = 0
    for event, element in _walk(root, skip):
        tag = element.tag
        breaks = tag in _BLOCKS and not rows
        if event == "start":
            if breaks:
                lines.end_line()
            if tag == "tr" and not rows and _is_one_line(element):
                rows.append(element)
            elif rows and tag in {"td", "th"} and element.getprevious() is not None:
                lines.add(_CELL)
            elif tag == "li":
                lines.add_marker(_list_marker(element, numbers))
            lines.in_main |= element is lines.main
            lines.links += _is_link(element)
            lines.headings += _is_title(element)
            preformatted += tag == "pre"
            _add_text(lines, element.text, preformatted > 0)
            continue
        if event == "end":
            if rows and element is rows[-1]:
                rows.pop()
                breaks = True
            if breaks:
                lines.end_line()
            lines.links -= _is_link(element)
            lines.headings -= _is_title(element)
            preformatted -= tag == "pre"
            if element is lines.main:
                lines.in_main = False
        if element is not root:
            _add_text(lines, element.tail, preformatted > 0)
    lines.end_line()


def _add_text(lines: _Lines, text: str | None, preformatted: bool) -> None:
    if not preformatted:
        lines.add(text)
        return
    for index, part in enumerate((text or "").split("\n")):
        if index:
            lines.end_line()
        lines.add(part)


def _is_one_line(row: Element) -> bool:
    """Tell whether each cell of a row holds one paragraph at most; such a row is shown as one line."""
    for cell in row:
        blocks = [element for element in cell.iterdescendants() if element.tag in _BLOCKS]
        if any(element.tag in {"br", "table"} for element in blocks):
            return False
        if len([element for element in blocks if element.tag in {"p", "div", "li"}]) > 1:
            return False
    return len(row) > 1


def _list_marker(item: Element, numbers: dict[Element, int]) -> str:
    """Return what a browser prints before an item of a numbered list (``3. ``, "" in other lists) and count it."""
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


def _is_unseen(element: Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or "hidden" in element.attrib:
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style", "")))


def _is_furniture(element: Element) -> bool:
    """Tell whether a block is named as navigation and the like, and holds neither a heading nor a date line."""
    furniture = read_table("page_furniture")
    if element.tag in {"nav", "footer"}:
        return True
    if element.tag in {"html", "body"} or _tokens(element).isdisjoint(furniture["class_tokens"]):
        return False
    text = "".join("".join(element.itertext()).split())
    return element.find(".//h1") is None and not any(word in text for word in furniture["date_starts"] if len(word) > 2)


def _is_title(element: Element) -> bool:
    tokens = _tokens(element)
    return element.tag in _HEADINGS or not tokens.isdisjoint(read_table("page_furniture")["title_tokens"])


def _tokens(element: Element) -> frozenset[str]:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return frozenset(re.split(r"[^a-z0-9]+", names.lower())) - {""} if names != " " else frozenset()


def _is_link(element: Element) -> bool:
    target = element.get("href", "") if element.tag == "a" else ""
    return bool(target) and not target.lower().startswith(("mailto:", "tel:"))


def _collapse(text: str) -> str:
    """Collapse blanks as a browser does; a line end of the source between two Chinese characters vanishes."""

    def blank(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        vanishes = "\n" in match[0] and _WIDE.match(before) and _WIDE.match(after)
        return "" if vanishes else " "

    text = _INVISIBLE.sub("", text)
    text = _SOURCE_BLANKS.sub(blank, text).strip(" ")
    return re.sub(f" ?{_CELL} ?", "\t", text).strip("\t")


def _size(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,6}", text) else otherwise
