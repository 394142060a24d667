"""The elements of a page: parsed, walked and weighed. ``extractor.files.page.html_text`` makes lines of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from extractor.errors import InputError

Element = Any  # lxml has no types of its own

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})
_CONTAINERS = frozenset({
    "article", "body", "center", "div", "dd", "form", "main", "section", "table", "tbody", "td", "th", "tr", "ul",
})
# fmt: on
_PARAGRAPH = 15  # characters from which a link that holds a sentence is a paragraph of the article


def parse(source: str, name: str) -> Element:
    """Return the root of a page's elements, without comments and processing instructions.

    Raises:
        InputError: there are no elements in it, or it exceeds libxml2's limits (256 levels, 10 MB of text).
    """
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    # libxml2 stops at its limits without raising; the rest would be lost in silence.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise InputError(f"{name}: this page is nested too deep or has too long a text; save its text as txt")
    if root is None:
        raise InputError(f"{name}: holds no HTML elements; fetch the page again or save its text as txt")
    return root


def walk(root: Element, skip: Callable[[Element], bool]) -> Iterator[tuple[str, Element]]:
    """Yield ("start", element) and ("end", element) in document order, and ("skip", element) for skipped ones.

    A skipped element's contents are skipped, too. There is no recursion: a page must not choose the depth of our stack.
    """
    stack = [("start", root)]
    while stack:
        event, element = stack.pop()
        if event == "start" and skip(element):
            event = "skip"
        yield event, element
        if event == "start":
            stack.append(("end", element))
            stack.extend(("start", child) for child in reversed(element))


def weights(root: Element, skip: Callable[[Element], bool]) -> dict[Element, int]:
    """Return for each element the number of its characters outside links, blanks aside."""
    weighed: dict[Element, int] = {}
    links: list[Element] = []
    for event, element in walk(root, skip):
        if event == "start":
            if is_link(element):
                links.append(element)
            weighed[element] = 0 if links else size(element.text)
            continue
        if links and element is links[-1]:
            links.pop()
        parent = element.getparent()
        if parent is not None and element is not root:
            weighed[parent] += weighed.get(element, 0) + (0 if links else size(element.tail))
    return weighed


def main_block(root: Element, weighed: dict[Element, int]) -> Element:
    """Return the smallest container reached from the root by steps that each keep 80% of the text."""
    block = root
    while True:
        inner = [child for child in block if child.tag in _CONTAINERS and weighed.get(child, 0) >= 0.8 * weighed[block]]
        if not inner or not weighed[block]:
            return block
        block = inner[0]


def tokens(element: Element) -> frozenset[str]:
    """Return the words of an element's class and id."""
    return _words(element.get("class", ""), element.get("id", ""))


@lru_cache(maxsize=1024)
def _words(classes: str, identifier: str) -> frozenset[str]:
    return frozenset(re.split(r"[^a-z0-9]+", f"{classes} {identifier}".lower())) - {""}


def is_link(element: Element) -> bool:
    """Return whether an element is a link; a whole paragraph inside a link is still a paragraph."""
    if element.tag != "a":
        return False
    target = element.get("href", "")
    if not target or target.lower().startswith(("mailto:", "tel:")):
        return False
    text = "".join(element.itertext())
    if len(text) < _PARAGRAPH or "。" not in text:
        return not _is_line_among_paragraphs(element)
    return sum(inner.tag in BLOCKS for inner in element.iterdescendants()) > 1  # a title with its summary


def _is_line_among_paragraphs(link: Element) -> bool:
    """Return whether a link is a whole paragraph after linked sentences: a heading or a signature set like them."""
    paragraph = link.getparent()
    if paragraph is None or paragraph.tag != "p" or len(paragraph) > 1 or (paragraph.text or link.tail or "").strip():
        return False
    before = islice(paragraph.itersiblings(preceding=True), 2)
    return any("。" in "".join(each.itertext()) and each.find("a") is not None for each in before)


def size(text: str | None) -> int:
    """Return the number of characters, blanks aside."""
    return len("".join(text.split())) if text else 0
