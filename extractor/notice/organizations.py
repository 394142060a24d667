"""Organisations that act in a measure: printed as the agent of a verb, or as a partner (联合…, 配合…, 由…)."""

from __future__ import annotations

import re

from extractor.notice.places import Place
from extractor.notice.wording import pattern

_SUFFIX = pattern("organizations", "suffixes").pattern
_ACTS = pattern("organizations", "acts").pattern
_NAME = rf"[\u4e00-\u9fff“”()·]{{0,16}}?{_SUFFIX}"
_AREA = r"[\u4e00-\u9fff]{2,3}(?:区|县|镇|市(?!场)|新区)"
_ITEM = r"[\u4e00-\u9fff“”()·]{2,16}?"
_OPENING = re.compile(r"(?:目前|截至目前|其中|同时|此外|现|近年来|今年|其次|期间|再|并)+[,]?")
_CLAUSE = re.compile(r"[。;,:!?\n]")
_SUBJECT = re.compile(rf"(?P<name>{_NAME}|{_AREA})(?:\([^()]{{1,12}}\))?(?:(?={_ACTS})|(?P<more>[、和及与]))")
_PARTNER = pattern("organizations", "partner_before", rf"{{}}(?P<name>{_NAME})(?P<more>[、和及与])?(?={_ACTS}|[,。;等]|(?<=[、和及与]))")
_ALONG = re.compile(rf"(?P<name>{_NAME}|{_ITEM}(?=、))(?P<more>[、和及与])?")
_AND_OTHERS = re.compile(r"等\d{0,2}[个家]?(?:职能|相关|有关|执法|涉农|主管|成员|区级)?(?:部门|单位)")
_GENERIC = pattern("organizations", "generic")
_NOT_IN_NAME = pattern("organizations", "not_in_names")


def find_organizations(text: str, start: int, end: int, dates: list[Place]) -> list[Place]:
    """The places of the organisations that act in ``text[start:end]``: each name once, by its first place.

    A name may also stand right behind one of the ``dates``: 2023年8月商务部….
    """
    found: dict[str, Place] = {}
    for clause in _clauses(text, start, end, dates):
        match = _SUBJECT.match(text, clause, end)
        if match:
            _take_chain(text, match, end, found)
    for match in _PARTNER.finditer(text, start, end):
        _take_chain(text, match, end, found)
    for match in _AND_OTHERS.finditer(text, start, end):
        _take_list_before(text, start, match.start(), found)
    return sorted(found.values())


def _clauses(text: str, start: int, end: int, dates: list[Place]) -> list[int]:
    places = [start, *(match.end() for match in _CLAUSE.finditer(text, start, end)), *(d.end for d in dates)]
    opened = []
    for place in places:
        opening = _OPENING.match(text, place, end)
        opened.append(opening.end() if opening else place)
    return opened


def _take_chain(text: str, first: re.Match[str], end: int, found: dict[str, Place]) -> None:
    """Take a name, and those that follow it joined by 、 or 和; all or none of a chain that turns out to be no list."""
    match: re.Match[str] | None = first
    names = []
    while match is not None:
        if not _is_name(text, match.start("name"), match["name"]):
            break
        names.append(Place(*match.span("name")))
        if not match["more"]:
            break
        match = _ALONG.match(text, match.end(), end)
    for place in names:
        found.setdefault(text[place.start : place.end], place)


def _take_list_before(text: str, start: int, place: int, found: dict[str, Place]) -> None:
    """The names of 市场监管、住建、公安、消防等部门, whatever they end with."""
    clause = max(text.rfind(mark, start, place) for mark in "。;,:!?\n") + 1
    position = max(clause, start)
    for name in text[position:place].split("、"):
        if 2 <= len(name) <= 16 and not _NOT_IN_NAME.search(name):
            found.setdefault(name, Place(position, position + len(name)))
        position += len(name) + 1


def _is_name(text: str, place: int, name: str) -> bool:
    if len(name) < 2 or _NOT_IN_NAME.search(name) or _GENERIC.search(name):
        return False
    return text.rfind("《", max(0, place - 80), place) <= text.rfind("》", max(0, place - 80), place)
