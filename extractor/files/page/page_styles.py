"""The styles of a page that hide or strike text: inline styles and the simple rules of its ``<style>`` elements.

Selectors of tags, ids, classes and attributes, descendants and children, and the order of the cascade are known; rules
for print and screen widths, states (``:hover``) and other files are ignored. tinycss2 with cssselect reads more
selectors, but that would be three packages for rules that templates keep short.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from extractor.files.page.page_colours import colour_of

Element = Any  # lxml has no types of its own
Verdict = Literal["struck", "hidden", "raised", "lowered", "apart"]

_MARKUP_COMMENT = re.compile(r"<!--|-->")
_BRACES = re.compile(r"[{}]")
_PLAIN_MEDIA = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*$", re.IGNORECASE)
_COMPOUND = re.compile(r"""(?:([a-zA-Z][\w-]*)|\*)?((?:[#.][\w\u0080-\uffff-]+|\[[\w-]+(?:=["']?[^\]"']*["']?)?\])*)""")
_PIECE = re.compile(r"""([#.])([\w\u0080-\uffff-]+)|\[([\w-]+)(?:=["']?([^\]"']*)["']?)?\]""")
_ZERO = re.compile(r"[+-]?0*\.?0*(?:px|pt|em|rem|ex|%|cm|mm|in)?$")
_FAR = re.compile(r"-(?:9[0-9]{2}|[0-9]{4,})(?:\.[0-9]+)?(?:px|pt|em|rem|%)?$|-[0-9]{3,}r?em$")  # no hanging indent
_SHEET_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0*\s*[;}!]|line-through|mso-hide|"
    r"clip|scale|font-size\s*:\s*[01.](?:[^0-9]|$)|vertical-align\s*:\s*(?:super|text-top)|-[0-9]{3,}|transparent|height\s*:\s*[01](?![0-9.])",
    re.IGNORECASE,
)
_TOUCHES = re.compile(
    r"clip|scale|display|visib|opacity|text-decoration|mso-hide|font-size\s*:\s*[01.](?:[^0-9]|$)|vertical-align|-[0-9]{3}|transparent|height\s*:\s*[01](?![0-9.])",
    re.IGNORECASE,
)
_INLINE_HIDES = re.compile(
    r"display\s*:\s*none|visib|opacity|line-through|mso-hide|font-size\s*:\s*[01.](?:[^0-9]|$)|vertical-align|relative|"
    r"clip|scale|float\s*:\s*[lr]|absolute|fixed|-[0-9]{2}|(?:width|height)\s*:\s*[01](?![0-9.])|"
    r"color\s*:\s*(?:transparent|white|snow|#f|#[0-9a-f]{4}\b|#[0-9a-f]{8}\b|rgb\(\s*(?:2|[0-9]+[\s%])|rgba|hsl)",
    re.IGNORECASE,
)
_SEEN_AGAIN = re.compile(r"visibility\s*:\s*visible|font(?:-size)?\s*:[^;]*[1-9]", re.IGNORECASE)
_TINY = re.compile(r"0*(?:[01](?:\.[0-9]+)?|\.[0-9]+)(?:px|pt)$|0+(?:\.0*)?(?:em|rem|%)?$")
_ABOVE = re.compile(r"\+?(?:[3-9]|[0-9]{2})(?:\.[0-9]+)?(?:px|pt)$|[3-9][0-9]%$")
_SMALL = re.compile(
    r"(?:[2-9]|10)(?:\.[0-9]+)?(?:px|pt)$|0?\.[3-8][0-9]*(?:em|rem)$|[3-8][0-9]%$|small|x-small|smaller"
)
_CLIPPED = re.compile(
    r"rect\(\s*(?:0(?:px)?[\s,]*){4}\)|rect\(\s*(?:1px[\s,]*){4}\)|inset\(\s*(?:50|100)%|circle\(\s*0(?:px|%)?\s*[)a]"
)
_SHRUNK = re.compile(r"scale[xy]?\(\s*0?\.?0*\s*[,)]")
_INLINE = frozenset(("span", "a", "font", "b", "i", "em", "small"))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # which no document can hold
_STRUCK_TAGS = frozenset(("del", "s", "strike"))
_ASIDE = frozenset(("left", "top", "text-indent", "margin-left", "margin-top"))

_MOST_OF_ONE = 100  # of one tag, class or id
_MOST_PARTS = 12  # of a selector
_MOST_RULES = 1000  # that hide something or undo it; templates have some dozens

Style = Mapping[str, str]


class _Compound(NamedTuple):
    """A part of a selector, which one element must match; with ``child``, the part before must match its parent."""

    tag: str | None
    id: str | None
    classes: frozenset[str]
    attributes: tuple[tuple[str, str | None], ...]
    child: bool

    def fits(self, element: Element) -> bool:
        return (
            (self.tag is None or element.tag == self.tag)
            and (self.id is None or element.get("id") == self.id)
            and (not self.classes or self.classes <= set(element.get("class", "").split()))
            and all(
                name in element.attrib and (value is None or element.get(name) == value)
                for name, value in self.attributes
            )
        )


class _StyleRule(NamedTuple):
    compounds: tuple[_Compound, ...]
    specificity: tuple[int, int, int]
    order: int
    declared: Mapping[str, tuple[str, bool]]

    def fits(self, element: Element) -> bool:
        return self.compounds[-1].fits(element) and _fits_above(self.compounds, element)


class PageStyles:
    """The styles of one page, which judge its elements."""

    def __init__(self, root: Element) -> None:
        self._rules: defaultdict[tuple[str, str], list[_StyleRule]] = defaultdict(list)
        self._has_tags = False
        self._looks_beyond: dict[tuple[str | None, ...], bool] = {}
        self._known: dict[tuple[str | None, ...], Style] = {}
        self._has_grounds = bool(root.xpath("boolean(//@bgcolor | //@style[contains(., 'background')])"))
        order = 0
        for sheet in filter(_is_for_screens, root.iter("style")):
            source = _without_comments(sheet.text or "")
            if not _SHEET_HIDES.search(source):
                continue
            for selectors, declared in _rules(source):
                for selector in selectors.split(","):
                    compounds = _compounds(selector.strip())
                    if compounds and order < _MOST_RULES:
                        order += 1
                        self._add(_StyleRule(compounds, _specificity(compounds), order, declared))

    def verdict(self, element: Element) -> Verdict | None:
        """Return how the styles show an element with its contents: None for ordinary text."""
        if element.tag in _STRUCK_TAGS:
            return "struck" if "line-through" in self._of(element).get("text-decoration", "line-through") else None
        rules = self._candidates(element) if self._rules else []
        inline = element.get("style", "")
        if not (rules or "hidden" in element.attrib or (element.tag == "font" and "color" in element.attrib)) and not (
            inline and (_may_hide(inline) or (self._has_grounds and "color" in inline))
        ):
            return None
        style = self._of(element)
        if "hidden" in element.attrib and style.get("display", "none") == "none":
            return "hidden"
        if not style:
            return None
        if "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
            return "struck"
        if _hides(style) or (_hides_unless_reset(style) and not _is_seen_again(element)) or self._is_unseen(element):
            return "hidden"
        if element.tag not in _INLINE:
            return None
        if style.get("float") in ("left", "right") or style.get("position") in ("absolute", "fixed"):
            return "apart"
        return "raised" if _is_raised(style) else "lowered" if style.get("vertical-align") == "sub" else None

    def _of(self, element: Element) -> Style:
        """Return the declarations of an element; equal elements share them where no rule looks beyond an element."""
        if not self._rules:
            return self._merged(element)
        named = element.tag, element.get("class"), element.get("id")
        if named not in self._looks_beyond:
            self._looks_beyond[named] = any(
                len(rule.compounds) > 1 or rule.compounds[0].attributes for rule in self._candidates(element)
            )
        if self._looks_beyond[named]:
            return self._merged(element)
        key = (*named, element.get("style"), element.get("color"))
        if key not in self._known:
            self._known[key] = self._merged(element)
        return self._known[key]

    def _merged(self, element: Element) -> Style:
        inline = _declared(element.get("style", ""))
        colour = element.get("color") if element.tag == "font" else None
        own = {"color": colour.lower()} if colour else {}
        if not self._rules:
            return own | {name: value for name, (value, _) in inline.items()}
        won: dict[str, tuple[tuple[bool, tuple[int, int, int, int], int], str]] = {}
        for rule in self._candidates(element):
            if rule.fits(element):
                for name, (value, important) in rule.declared.items():
                    rank = (important, (0, *rule.specificity), rule.order)
                    if name not in won or won[name][0] <= rank:
                        won[name] = rank, value
        for name, (value, important) in inline.items():
            rank = (important, (1, 0, 0, 0), 0)
            if name not in won or won[name][0] <= rank:
                won[name] = rank, value
        return own | {name: value for name, (_, value) in won.items()}

    def _add(self, rule: _StyleRule) -> None:
        """File a rule under the name by which its elements are found; of many under one name the first are kept."""
        last = rule.compounds[-1]
        if last.id:
            kept = self._rules["id", last.id]
        elif last.classes:
            kept = self._rules["class", min(last.classes)]
        else:
            self._has_tags = True
            kept = self._rules["tag", last.tag or "*"]
        if len(kept) < _MOST_OF_ONE:
            kept.append(rule)

    def _candidates(self, element: Element) -> list[_StyleRule]:
        classes, identifier = element.get("class"), element.get("id")
        if classes is None and identifier is None and not self._has_tags:
            return []
        keys = [("tag", "*"), ("tag", element.tag), ("id", identifier or "")]
        keys += [("class", name) for name in (classes or "").split()]
        return [rule for key in keys if key in self._rules for rule in self._rules[key]]

    def _is_unseen(self, element: Element) -> bool:
        """Return whether text in a paragraph has the colour of its ground, as marks against copying have."""
        colour = colour_of(self._of(element).get("color", ""))
        if colour is not None and colour.is_clear:
            return not _is_seen_again(element)
        if colour is None or element.tag not in ("span", "font", "b", "i", "em", "strong"):
            return False
        if not (self._has_grounds or colour.is_white):
            return False
        for behind in (element, *element.iterancestors()):
            style = self._of(behind)
            ground = (style.get("background-color") or style.get("background") or behind.get("bgcolor") or "").lower()
            if ground.strip() and ground.split()[0] not in ("transparent", "none", "inherit"):
                behind_it = colour_of(ground) or colour_of(ground.split()[0])
                return behind_it is not None and colour.is_like(behind_it)
            if "background-image" in style:
                return False
        return colour.is_white and _is_in_plain_paragraph(element)


def put_styles(root: Element, sheets: Mapping[str, str]) -> None:
    """Replace links to style sheets by the sheets in ``styles``, by address."""
    for link in list(root.iter("link")):
        sheet = sheets.get(link.get("href", ""))
        if sheet and _is_for_screens(link) and "stylesheet" in link.get("rel", "").lower().split():
            link.tag = "style"
            link.text = _CONTROLS.sub(" ", sheet)


def _is_for_screens(sheet: Element) -> bool:
    """Return whether a sheet, or the link to one, is not for print or another medium only."""
    return any(_PLAIN_MEDIA.match(f"@media {medium}") for medium in (sheet.get("media") or "all").split(","))


def _hides(style: Style) -> bool:
    if style.get("display") == "none" or style.get("mso-hide") == "all" or _is_zero(style.get("opacity")):
        return True
    is_moved = style.get("position") in ("absolute", "fixed") or "text-indent" in style
    if is_moved and any(_FAR.match(style[name]) for name in _ASIDE if name in style):
        return True
    if _SHRUNK.search(style.get("transform", "")) or _CLIPPED.match(style.get("clip-path", "")):
        return True
    if is_moved and _CLIPPED.match(style.get("clip", "")):
        return True
    clipped = style.get("overflow") in ("hidden", "clip")
    sides = [style.get(name) for name in ("height", "max-height", "width", "max-width")]
    return clipped and any(_is_zero(side) or side == "1px" for side in sides)


def _hides_unless_reset(style: Style) -> bool:
    return style.get("visibility") in ("hidden", "collapse") or bool(_TINY.match(style.get("font-size", "")))


def _is_raised(style: Style) -> bool:
    aligned = style.get("vertical-align", "")
    if aligned in ("super", "text-top"):
        return True
    top = style.get("top", "")
    moved = top[1:] if top.startswith("-") and style.get("position") == "relative" else aligned
    # Word raises whole lines by a point or two; a mark is also small.
    return bool(_ABOVE.match(moved)) and bool(_SMALL.match(style.get("font-size", "")))


def _is_in_plain_paragraph(element: Element) -> bool:
    """Return whether an element is in a paragraph whose ground no class is likely to colour."""
    for parent in element.iterancestors():
        if not parent.get("class", "Mso").startswith("Mso"):
            return False
        if parent.tag == "p":
            return True
    return False


def _is_zero(value: str | None) -> bool:
    return value is not None and any(character == "0" for character in value) and bool(_ZERO.match(value))


def _is_seen_again(element: Element) -> bool:
    return any(_SEEN_AGAIN.search(inner.get("style", "")) for inner in element.iterdescendants("*"))


def _fits_above(compounds: tuple[_Compound, ...], element: Element) -> bool:
    """Return whether an element's ancestors match all of a selector but its last part."""
    wanted = {(len(compounds) - 2, compounds[-1].child)} if len(compounds) > 1 else set()
    for parent in element.iterancestors() if wanted else ():
        further: set[tuple[int, bool]] = {(at, child) for at, child in wanted if not child}
        for at, _ in wanted:
            if compounds[at].fits(parent):
                if at == 0:
                    return True
                further.add((at - 1, compounds[at].child))
        wanted = further
        if not wanted:
            return False
    return len(compounds) == 1


def _rules(source: str) -> Iterator[tuple[str, Mapping[str, tuple[str, bool]]]]:
    """Yield selectors and declarations of a sheet's rules; of ``@`` blocks, those for plain media only."""
    depth, prelude, begun, passed_over = 0, "", 0, 0
    for brace in _BRACES.finditer(source):
        before = source[begun : brace.start()]
        begun = brace.end()
        if brace[0] == "{":
            prelude = before.rpartition(";")[2].strip() if not passed_over else ""
            depth += 1
            if prelude.startswith("@") and not _PLAIN_MEDIA.match(prelude) and not passed_over:
                passed_over = depth
            continue
        if not passed_over and prelude and not prelude.startswith("@") and _TOUCHES.search(before):
            yield prelude, _declared(before)
        prelude = ""
        passed_over = 0 if depth == passed_over else passed_over
        depth = max(depth - 1, 0)


def _without_comments(source: str) -> str:
    begin, *rest = _MARKUP_COMMENT.sub(" ", source).split("/*")
    return begin + " ".join(piece.partition("*/")[2] for piece in rest)


@lru_cache(maxsize=4096)
def _may_hide(inline: str) -> bool:
    """Return whether an inline style may hide something: most do not."""
    return bool(_INLINE_HIDES.search(inline))


@lru_cache(maxsize=4096)
def _declared(declarations: str) -> Mapping[str, tuple[str, bool]]:
    found: dict[str, tuple[str, bool]] = {}
    for declaration in declarations.lower().split(";"):
        name, _, value = declaration.partition(":")
        stated, important, _ = value.partition("!")
        found[name.strip()] = (stated.strip(), bool(important))
    return found


def _compounds(selector: str) -> tuple[_Compound, ...]:
    """Return a selector's parts, () for unknown kinds."""
    if re.search(r"[:+~|\\]", selector) or not selector or selector.count(" ") > _MOST_PARTS:
        return ()
    parts: list[_Compound] = []
    child = False
    for word in re.sub(r"\s*>\s*", " > ", selector).split():
        if word == ">":
            child = True
            continue
        match = _COMPOUND.fullmatch(word)
        if match is None:
            return ()
        pieces = _PIECE.findall(match[2])
        ids = [name for mark, name, _, _ in pieces if mark == "#"]
        parts.append(
            _Compound(
                match[1].lower() if match[1] else None,
                ids[0] if ids else None,
                frozenset(name for mark, name, _, _ in pieces if mark == "."),
                tuple((name.lower(), value or None) for _, _, name, value in pieces if name),
                child,
            )
        )
        child = False
    return tuple(parts)


def _specificity(compounds: tuple[_Compound, ...]) -> tuple[int, int, int]:
    return (
        sum(part.id is not None for part in compounds),
        sum(len(part.classes) + len(part.attributes) for part in compounds),
        sum(part.tag is not None for part in compounds),
    )
