"""The properties that notices print of a finding or a measure: who is responsible (责任单位:…), and until when.

They stand on lines of their own, several on one line, in brackets behind a heading or a measure, or in the
columns of a table. ``facts.properties`` reads their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from extractor.notice.outline.outline_words import any_of
from extractor.text.places import Place

Role = Literal["responsible", "deadline", "other"]


class Property(NamedTuple):
    """A printed property: its role, its name (责任单位), and the places of all of it and of its value.

    ``row`` is the printed row of a table that it stands in; there it may have no name of its own.
    """

    role: Role
    name: str
    place: Place
    value: Place
    row: Place | None = None


NAME = f"(?:{any_of('responsible_name')}|{any_of('deadline_name')}|{any_of('note')})"
"""A pattern of the names that properties have."""
_ROLES: tuple[Role, ...] = ("responsible", "deadline")
_MARKED = rf"(?P<mark>[【\[])?[(]?(?P<name>{NAME})(?:[(][^()\n:]{{1,8}}[)])?(?(mark)[】\]] *:?|[)]?(?:\*\*)? *:) *"
_NAMED_BRACKET = rf"[(【\[](?={NAME}:)[^()【】\n]*(?:[(][^()\n]*[)][^()【】\n]*)*[)】\]]"
AHEAD = r"(?=[(【\[][\u4e00-\u9fff]{2,8}:)"
"""A pattern of what follows a heading that ends before a bracket like (责任单位:…)."""
_LAST = frozenset("位导门体室员人组班构部队限求间期点头合态度率型别标质性源况现】]*")
"""The characters that names of properties end with, before their colon."""
_OPENING, _CLOSING = "([【", ")]】"
_CLAUSE = (
    rf"[^()\[\]【】,;:。\n]{{2,48}}?(?:(?P<leads>{any_of('leads_clause')})|(?P<assists>{any_of('assists_clause')}))"
    rf"(?:负责|落实|整改|推进|办理)?|(?P<until>(?:[^()\[\]【】,;:。\n]{{2,24}}?)?{any_of('until_clause')})"
)
_CLAUSE_ALONE = re.sub(r"\?P<[a-z]+>", "?:", _CLAUSE)
_DUTIES = rf"[(【\[](?=[^()\n]{{0,60}}{any_of('leads_clause')})(?:{_CLAUSE_ALONE})(?:[,;] *(?:{_CLAUSE_ALONE}))*[)】\]]"
NOTE_IN_BRACKETS = rf" *(?:[(\[【]{NAME}[:][^()\[\]【】\n]{{1,60}}[)\]】]|{_DUTIES})"
"""A pattern of a bracket that prints properties, by their names or in words: (区发改局牵头,2023年9月底前完成)."""
_PAIRS = tuple(zip(_OPENING, _CLOSING, strict=True))
_BLANKS = " \n"
_BETWEEN = _BLANKS + ";。,、|/"
_SENTENCE_ENDS = frozenset("。;!?)】]")
_LONGEST_NAME = 24
_LONGEST_VALUE = 120
"""The longest value of a property that ends a measure's paragraph, in code points."""


def find_properties(text: str, place: Place) -> list[Property]:
    """Return the properties of a line, a bracket or a cell of a folded text, in printed order."""
    words = text[place.start : place.end]
    if ":" not in words and not words.startswith(tuple(_OPENING)):
        return []
    if _duties().fullmatch(words.rstrip("。:; ")):
        return list(_clauses(words, place.start))
    named = list(_named().finditer(words))
    ends = [*(match.start() for match in named[1:]), len(words)]
    return [_property(words, place.start, match, end) for match, end in zip(named, ends, strict=False)]


def _clauses(words: str, offset: int) -> Iterator[Property]:
    """Yield the properties that the clauses of a bracket tell: who leads or assists, until when."""
    for match in _clause().finditer(words):
        place = Place(offset + match.start(), offset + match.end())
        if match["until"]:
            yield Property("deadline", "完成", place, place)
        else:
            role: Role = "responsible" if match["leads"] else "other"
            yield Property(role, match["leads"] or match["assists"], place, place)


def cell_properties(text: str, role: Role, row: Place, cell: Place) -> list[Property]:
    """Return the properties that a table's cell prints in a column of ``role``."""
    named = [found._replace(row=row) for found in find_properties(text, cell)]
    return named or [Property(role, "", cell, cell, row)]


def property_bracket(text: str, start: int, end: int) -> int:
    """Return the end of the brackets of properties at ``start`` and of the mark behind them; ``start`` for none."""
    while text[start : start + 1] in (*_OPENING, " ") and (match := _bracket().match(text, start, end)) is not None:
        start = match.end()
    return start


def property_bracket_at_end(text: str, start: int, end: int) -> int:
    """Return the start of the bracket of properties that a heading ends with; ``end`` where it ends with none."""
    opens = text.rfind("(", start, end) if end > start and text[end - 1] == ")" else -1
    return opens if opens > start and property_bracket(text, opens, end) == end else end


def may_print(text: str, start: int, end: int) -> bool:
    """Return whether a stretch may print a property, known by a look at its colons and brackets: most print none."""
    at = text.find(":", start, end)
    while at > start:
        if text[at - 1] in _LAST:
            return True
        at = text.find(":", at + 1, end)
    return text.find("【", start, end) >= 0 or _ends_with_duties(text, start, end)


def _ends_with_duties(text: str, start: int, end: int) -> bool:
    """Return whether a stretch ends with a bracket in which somebody leads, known by a look at its end."""
    closes = end - 1 if text[end - 1] in _CLOSING else end - 2
    opens = text.rfind("(", start, closes) if text[closes] in _CLOSING else -1
    return opens >= start and _duties().match(text, opens, end) is not None


def bracket_ahead(text: str, start: int, end: int) -> int:
    """Return where the first properties in a heading begin, in brackets or behind a blank; ``end`` for none."""
    match = _ahead().search(text, start, end) if may_print(text, start, end) else None
    return match.start() if match else end


def properties_end(text: str, start: int, end: int) -> int:
    """Return where the properties end that a line begins with: at a lead-in (责任单位:… 整改情况:…), or with the line.

    ``start`` where it begins with none.
    """
    if _named().match(text[start : min(end, start + _LONGEST_NAME)]) is None:
        return start
    lead_in = _lead_in().search(text, start, end)
    return lead_in.start() if lead_in else end


def is_name_alone(text: str, start: int, end: int) -> bool:
    """Return whether a line prints no more than the name of a property, whose value is on the next one."""
    return text[end - 1 : end] in (":", "】", "]") and _named().fullmatch(text[start:end]) is not None


def properties_inside(text: str, start: int, end: int) -> Place | None:
    """Return the properties that a paragraph goes on behind, with a lead-in (责任单位:… 整改情况:…); None for none."""
    if not may_print(text, start, end):
        return None
    words = text[start:end]
    for match in _named().finditer(words):
        if _role(match["name"]) != "other" and _begins_sentence(words, match.start()):
            lead_in = _lead_in().search(words, match.end())
            if lead_in is None or lead_in.start() - match.end() > _LONGEST_VALUE:
                return None
            return Place(start + match.start(), start + lead_in.start())
    return None


def _begins_sentence(words: str, at: int) -> bool:
    before = _end_before(words, at)
    return not before or words[before - 1] in _SENTENCE_ENDS


def _end_before(words: str, at: int) -> int:
    """Return where the words before a property end, without blanks and what opens a bracket."""
    while at and words[at - 1] in _BLANKS + _OPENING:
        at -= 1
    return at


def properties_start(text: str, start: int, end: int) -> int:
    """Return where the properties begin that a measure's paragraph ends with; ``end`` where it ends with none.

    They are in brackets, or sentences of their own; one that follows a comma is one where another follows it.
    """
    if not may_print(text, start, end):
        return end
    words = text[start:end]
    if _ends_with_duties(text, start, end):
        return text.rfind("(", start, end)
    found, behind, roles = len(words), len(words), set[Role]()
    for match in reversed(list(_named().finditer(words))):
        value = words[match.end() : behind].strip(_BETWEEN + _CLOSING)
        if len(value) > _LONGEST_VALUE or "。" in value:
            break
        roles.add(_role(match["name"]))
        before = _end_before(words, match.start())
        opens = words[before : match.end()].strip(_BLANKS)[:1] in _OPENING
        if opens or not before or words[before - 1] in _SENTENCE_ENDS or behind < len(words):
            found = before
        behind = match.start()
    return start + found if roles & {"responsible", "deadline"} else end


@cache
def _named() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<=[ \n;。,、.)】\](【\[|/])|^){_MARKED}")


@cache
def _lead_in() -> re.Pattern[str]:
    return re.compile(rf"(?<=[ \n;。,)】\]])[【\[(]?{any_of('lead_in')}(?:[】\])] *:?|:)")


@cache
def _ahead() -> re.Pattern[str]:
    return re.compile(rf" *[(【\[]{NAME}:| +(?=(?:{any_of('responsible_name')}|{any_of('deadline_name')}):)")


@cache
def _bracket() -> re.Pattern[str]:
    return re.compile(rf" *(?:{_NAMED_BRACKET}|{_DUTIES})[。:;]? *")


@cache
def _duties() -> re.Pattern[str]:
    return re.compile(_DUTIES)


@cache
def _clause() -> re.Pattern[str]:
    return re.compile(_CLAUSE)


@lru_cache(256)
def _role(name: str) -> Role:
    return next((role for role in _ROLES if re.fullmatch(any_of(f"{role}_name"), name)), "other")


def _property(words: str, offset: int, match: re.Match[str], end: int) -> Property:
    """Return the property that ``match`` names in ``words``, which lie at ``offset`` of the text."""
    lead_in = _lead_in().search(words, match.end(), end)
    start, stop = match.end(), lead_in.start() if lead_in else end
    while stop > start and words[stop - 1] in _BETWEEN + _OPENING:
        stop -= 1
    if stop > start and _closes_nothing(words[start:stop]):
        stop -= 1
    place = Place(offset + match.start(), offset + max(stop, start))
    return Property(_role(match["name"]), match["name"], place, Place(offset + start, offset + max(stop, start)))


def _closes_nothing(words: str) -> bool:
    return any(words[-1] == closing and words.count(closing) > words.count(opening) for opening, closing in _PAIRS)
