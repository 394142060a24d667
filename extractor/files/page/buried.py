"""The article of a page that only a script would show: hidden, in a text area, or in data.

Content systems and WeChat write an article into a block that is hidden until a script has run, into a text area, an
attribute, a frame's source, or a script's data (``"content":"<p>…</p>"``, JSON-LD's ``articleBody``, a state of the
page's program). The article found there is put into the page's tree, where it counts as shown.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from extractor.files.page.page_tree import parse, tokens
from extractor.files.page.unseen import look_at, text_of
from extractor.files.parts.left_out import is_notice_like

Element = Any  # lxml has no types of its own

_LEAST = 100  # Chinese characters of an article
_LONG = 120  # characters: shorter literals of scripts and attributes are skipped
_DEEPEST = 3  # data within strings of data
_CHINESE = re.compile("[\u4e00-\u9fff]")
_TAG = re.compile(r"<[^<>]*>")
_LITERAL = re.compile(
    rf'"((?:[^"\\\n]|\\.){{{_LONG},}})"|\'((?:[^\'\\\n]|\\.){{{_LONG},}})\'|`((?:[^`\\]|\\.){{{_LONG},}})`'
)
_KEYED = re.compile(r'"([A-Za-z_]\w{0,30})"\s*:\s*"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\n)|(.))", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "r": "", "t": "\t", "b": "", "f": "", "v": "", "0": ""}
_PLACES = frozenset(("content", "article", "zoom", "detail", "text", "app", "root", "next", "main", "body", "nuxt"))


class _Find(NamedTuple):
    """An article and its place; ``source`` is HTML, or None where the hidden ``place`` itself holds it."""

    size: int
    place: Element
    source: str | None


def expose(root: Element, name: str, frames: Mapping[str, str], least: int) -> Element | None:
    """Put the page's buried article into its tree, and return the element that holds it, or None.

    ``name`` is for messages, ``frames`` are the sources of frames by address; an article has at least ``least`` Chinese
    characters.

    Raises:
        InputError: the article exceeds the limits of a page (see ``parse``).
    """
    finds = [find for find in _finds(root, frames) if find.size >= max(least, _LEAST)]
    if not finds:
        return None
    best = max(finds, key=lambda find: (find.size, find.source is None))
    return best.place if best.source is None else _put(root, best, name)


def _finds(root: Element, frames: Mapping[str, str]) -> Iterator[_Find]:
    for element, kind in look_at(root, None).unseen.items():
        if kind in ("hidden", "folded") or element.tag in ("noscript", "template", "noframes"):
            yield _Find(_article_size(text_of(element)), element, None)
        elif element.tag == "textarea":
            yield from _in_source(element, _inner(element))
        elif element.tag == "script":
            for text in _in_data(element.text or "", 0):
                yield from _in_source(element, text)
        elif element.tag in ("iframe", "frame"):
            address = element.get("src", "")
            yield from _in_source(element, frames.get(address) or element.get("srcdoc", ""))
    for element in root.iter("script"):  # ``look_at`` does not enter the head
        if next(element.iterancestors("head"), None) is not None:
            for text in _in_data(element.text or "", 0):
                yield from _in_source(element, text)
    for element in root.iter("input", "div", "section", "span", "p", "article"):
        for value in element.attrib.values():
            if len(value) >= _LONG:
                yield from _in_source(element, value)


def _in_source(place: Element, source: str) -> Iterator[_Find]:
    if len(source) < _LONG:
        return
    if "&lt;" in source and "<" not in source:
        source = html.unescape(source)
    if not re.search(r"<(?:p|br|div|section|span|h[1-6]|table|body|html|article|li)\b", source, re.IGNORECASE):
        source = "".join(f"<p>{html.escape(line)}</p>" for line in source.split("\n"))
    yield _Find(_article_size(_TAG.sub("", source)), place, source)


def _in_data(source: str, depth: int) -> Iterator[str]:
    """Yield the texts in the strings of a script or of data: long ones, and short ones of one name joined."""
    if depth > _DEEPEST or len(source) < _LONG:
        return
    for match in _LITERAL.finditer(source):
        text = _unescaped(match[1] or match[2] or match[3])
        if text.count("%") > len(text) // 6:
            text = unquote(text)
        yield text
        if text.lstrip()[:1] in ("{", "["):
            yield from _in_data(text, depth + 1)
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in _KEYED.findall(source):
        parts[name].append(_unescaped(value))
    for texts in parts.values():
        if len(texts) > 2 and not any(text.count("<p") > 1 for text in texts):
            yield "".join(text if text.lstrip().startswith("<") else f"<p>{html.escape(text)}</p>" for text in texts)


def _unescaped(literal: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code:
            return chr(min(int(code, 16), 0x10FFFF)).replace("\0", "")
        return "" if match[4] else _NAMED_ESCAPES.get(match[5], match[5])

    text = _ESCAPE.sub(character, literal)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # characters written as two halves


def _article_size(text: str) -> int:
    """Return the number of Chinese characters of a text, 0 if it is no article."""
    return len(_CHINESE.findall(text)) if text.count("。") >= 2 and is_notice_like(text) else 0


def _inner(element: Element) -> str:
    from lxml import etree

    if not len(element):
        return str(element.text or "")
    return (element.text or "") + "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)


def _put(root: Element, find: _Find, name: str) -> Element:
    """Put an article's elements beside their holder, or, for a script, into the block that the script fills."""
    from lxml import etree

    holder = etree.SubElement(root, "div")
    parsed = parse(f"<div>{find.source}</div>", name)
    holder.extend(parsed.find("body") if parsed.find("body") is not None else [parsed])
    place = find.place
    if place.tag != "script":
        place.addprevious(holder)
        return holder
    waiting = [each for each in root.iter("div", "section", "article") if _waits(each)]
    if waiting:
        waiting[0].append(holder)
    elif next(place.iterancestors("head"), None) is None:
        place.addprevious(holder)
    elif root.find("body") is not None:
        root.find("body").append(holder)
    return holder


def _waits(element: Element) -> bool:
    return not len(element) and not (element.text or "").strip() and not tokens(element).isdisjoint(_PLACES)
