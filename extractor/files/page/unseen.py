"""The elements of a page that a browser does not show as text on the line, and why."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from extractor.data import read_table
from extractor.files.page.html_math import script_of
from extractor.files.page.page_styles import PageStyles
from extractor.files.page.page_tree import BLOCKS, tokens, walk
from extractor.files.parts.left_out import Kind
from extractor.files.parts.superscripts import is_note_link

Element = Any  # lxml has no types of its own

# fmt: off
_NO_TEXT = frozenset({
    "head", "script", "style", "noscript", "template", "noframes", "iframe", "frame", "object", "embed", "applet",
    "svg", "select", "button", "input", "textarea", "audio", "video", "map", "rp",
})
# fmt: on
FRAMES = frozenset(("iframe", "frame", "object", "embed"))
_SHOWN_BY_SCRIPT = frozenset(("js_content",))  # WeChat's article, hidden until its script has run
_NOTE_TOKENS = frozenset(("footnote", "footnoteref", "noteref", "msofootnotereference", "msoendnotereference"))
_SMALL = 100  # pixels: a smaller frame holds a counter, buttons or the like
_CONTROL = 16  # characters, at most, of a control that unfolds a text


class UnseenElements(NamedTuple):
    """The elements that are not shown as text on the line.

    ``unseen`` has the outermost hidden elements, with their kind in the account (None: no text of the page); ``raised``
    those above the line, true for links to notes; ``scripts`` lowered digits, and the parts of formulas above and below
    the line, true for exponents; ``apart`` those placed elsewhere on the page than the text around them.
    """

    unseen: dict[Element, Kind | None]
    raised: dict[Element, bool]
    scripts: dict[Element, bool]
    apart: set[Element]


def look_at(root: Element, exposed: Element | None) -> UnseenElements:
    """Sort the elements of a page by how they are shown; ``exposed`` and its ancestors always count as shown."""
    seen = UnseenElements({}, {}, {}, set())
    styles = PageStyles(root)
    lifted = set() if exposed is None else {exposed, *exposed.iterancestors()}
    known: dict[Element, str] = {}
    stack = [root]
    while stack:
        element = stack.pop()
        tag = element.tag
        if not isinstance(tag, str) or (tag in _NO_TEXT and element not in lifted):
            seen.unseen[element] = None
            continue
        if tag == "rt":
            seen.unseen[element] = "note_mark"
            continue
        verdict = styles.verdict(element)
        if verdict in ("struck", "hidden") and element not in lifted and element.get("id") not in _SHOWN_BY_SCRIPT:
            seen.unseen[element] = "struck" if verdict == "struck" else _kind_of_hidden(element, known)
            continue
        if tag == "sup" or verdict == "raised" or _is_note_mark(element):
            seen.raised[element] = _is_linked(element)
        elif tag in ("sub", "mn", "span") and _is_digits(element):
            place = "sub" if tag == "sub" or verdict == "lowered" else script_of(element)
            if place is not None:
                seen.scripts[element] = place == "sup"
                continue
        if verdict == "apart":
            seen.apart.add(element)
        stack.extend(element)
    return seen


def text_of(element: Element) -> str:
    """Return the text in an element, shown or not, with a line for each block."""
    pieces: list[str] = []

    def skip(inner: Element) -> bool:
        return not isinstance(inner.tag, str) or (inner.tag in _NO_TEXT and inner is not element)

    for event, inner in walk(element, skip):
        if inner.tag in BLOCKS:
            pieces.append("\n")
        if event == "start":
            pieces.append(inner.text or "")
        elif inner is not element:
            pieces.append(inner.tail or "")
    return "".join(pieces)


def frame_address(element: Element) -> str | None:
    """Return the address of a frame or an embedded object ("" if it has none), None if it is not visible."""
    style = "".join(element.get("style", "").lower().split())
    if "display:none" in style or "visibility:hidden" in style or "hidden" in element.attrib:
        return None
    sides = (element.get(side, "").strip().removesuffix("px") for side in ("width", "height"))
    if any(side.isdecimal() and int(side) < _SMALL for side in sides):
        return None
    names = ("data", "src") if element.tag == "object" else ("src", "data-src", "data-original")
    address = next((element.get(name).strip() for name in names if element.get(name)), "")
    return None if address.lower().startswith(("about:", "javascript:")) else address


def _kind_of_hidden(element: Element, known: dict[Element, str]) -> Kind:
    """Return ``folded`` if a control beside the element offers to show it, else ``hidden``.

    ``known`` caches the texts of possible controls, which neighbours share.
    """
    words = tuple(read_table("page_furniture")["fold_words"])
    around = (*islice(element.itersiblings(preceding=True), 2), *islice(element.itersiblings(), 2))
    if element.getparent() is not None:
        around += tuple(islice(element.getparent().itersiblings(), 1))
    for control in around:
        if control not in known:
            known[control] = _short_text(control)
    texts = [known[control] for control in around]
    return "folded" if any(word in text for text in texts for word in words) else "hidden"


def _short_text(element: Element) -> str:
    """Return an element's text without blanks, "" if it is longer than a control's."""
    text = ""
    for piece in islice(element.itertext(), _CONTROL):
        text += "".join(piece[: 8 * _CONTROL].split()).lower()
        if len(text) > _CONTROL:
            return ""
    return text


def _is_note_mark(element: Element) -> bool:
    if element.tag == "a" and element.get("href", "").startswith("#"):
        return is_note_link(element.get("href"), "".join(element.itertext()))
    return element.tag in ("a", "span") and not _NOTE_TOKENS.isdisjoint(tokens(element))


def _is_digits(element: Element) -> bool:
    return len(element) == 0 and "".join((element.text or "").split()).isdecimal()


def _is_linked(element: Element) -> bool:
    inside = any(link.get("href") or link.get("name") for link in element.iter("a"))
    return inside or any(link.get("href", "").startswith("#") for link in element.iterancestors("a"))
