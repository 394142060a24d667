"""The proposals in a model's answers about the notice itself: its fields and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_mending import DATE_FIELDS, FIELD_KEYS
from extractor.assist.fields.field_pack import FieldsPack, NumberedFigure
from extractor.assist.packs.display import find_words
from extractor.assist.packs.material import Material, place_of, span_of
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.matters import (
    Addition,
    Confirmation,
    Denial,
    Edit,
    LostQuote,
    Matter,
    NewValue,
    Proposal,
    Replacement,
    alike,
    compared,
)
from extractor.assist.proposals.reading_signs import Signs
from extractor.notice.assemble import printed_unit
from extractor.record.date_values import date_is_printed
from extractor.record.fields import value_of
from extractor.record.items import Item
from extractor.text.places import Place

CONTRACT_FIELDS = {
    "title": "title",
    "body": "inspected_body",
    "team": "inspection_team",
    "kind": "inspection_kind",
    "start": "inspection_start",
    "end": "inspection_end",
    "feedback": "feedback_date",
    "published": "published_on",
    "signed_by": "signed_by",
    "signed_on": "signed_on",
    "phone": "contact.phone",
    "address": "contact.postal_address",
    "email": "contact.email",
}
"""The names of an answer's fields in the contract."""
_QUOTED = frozenset(CONTRACT_FIELDS.values()) - {"inspection_kind"}
_LONGEST_NAME = 100
"""The longest value that is looked up, in code points."""

AnsweredFields = AnsweredPack[FieldsPack, FieldsAnswer]


def field_proposals(material: Material, answered: Sequence[AnsweredFields]) -> Iterator[Proposal]:
    """Yield the proposals of the answers to one or several packs; the first answer to give a field counts."""
    for key, name in CONTRACT_FIELDS.items():
        for each in answered:
            value = getattr(each.answer, key) if each.answer and key not in each.withheld else ""
            if value:
                yield _field(material, each.pack, key, name, value)
                break
    for each in answered:
        if each.answer and "totals" not in each.withheld:
            named = {total.figure: total.name for total in each.answer.totals}
            yield from _totals(material, each.pack.figures, named)


def printed_of(proposals: Iterable[Proposal]) -> Signs:
    """Return of how many names and dates that a model quotes of the notice itself it is right that they are printed.

    The kind of an inspection is no quote: it has two values.
    """
    found = [each for each in proposals if isinstance(each, LostQuote | Matter) and each.path in _QUOTED]
    return Signs(len(found), sum(isinstance(each, Matter) for each in found))


def _field(material: Material, pack: FieldsPack, key: str, name: str, value: str) -> Proposal:
    read = value_of(material.notice, name)
    (row,) = FIELD_KEYS[key]
    if read is not None and alike(read, value):
        return Matter(row, name, [Confirmation(name)])
    places = _date_places(material, pack, value) if key in DATE_FIELDS else _name_places(material, pack, value)
    if not places:
        return LostQuote(name, value)
    if key not in DATE_FIELDS and key != "kind":
        value = "、".join(material.text[place.start : place.end] for place in places)
    edit = NewValue if read is None else Replacement
    return Matter(row, name, [edit(name, "value", value, read or "", value, tuple(map(span_of, places)))])


def _name_places(material: Material, pack: FieldsPack, value: str) -> list[Place]:
    """Return the places of a name: of the whole, or of each of the parts it joins by 、; none if one is missing."""
    if len(value) > _LONGEST_NAME:
        return []
    whole = find_words(material.text, pack.lines, value)
    if whole is not None:
        return [whole]
    parts = [find_words(material.text, pack.lines, part) for part in value.split("、")]
    return [part for part in parts if part is not None] if all(parts) else []


def _date_places(material: Material, pack: FieldsPack, value: str) -> list[Place]:
    """Return the place of the first printed date that is ``value``, a day, month or year."""
    if "/" in value:
        return []
    for date in material.reading.facts.dates:
        inside = any(line.start <= date.text.start and date.text.end <= line.end for line in pack.lines)
        if inside and date_is_printed(value, material.text[date.text.start : date.text.end]):
            return [date.text]
    return []


def _totals(material: Material, figures: Iterable[NumberedFigure], named: dict[int, str]) -> Iterator[Matter]:
    """Yield a matter for each figure that one of the readers calls a total; ``named`` are the model's, by number."""
    totals = {place_of(total.text): (f"totals[{index}]", total) for index, total in enumerate(material.notice.totals)}
    for figure in figures:
        place = figure.found.text
        printed = material.text[place.start : place.end]
        key, total = totals.get(place, ("", None))
        said = named.get(figure.number)
        words = [[f"{name} {printed}"] if name else [] for name in (total and total.name, said)]
        if total is not None:
            edit: Edit = compared(key, "name", total.name, said) if said else Denial(key, total.name)
        elif said:
            edit = Addition(_new_total(material, figure, said), said)
        else:
            continue
        yield Matter("totals", "totals", [edit], *words)


def _new_total(material: Material, figure: NumberedFigure, name: str) -> Item:
    found = figure.found
    values = {"name": name, "value": found.value, "unit": printed_unit(material.text, found)}
    return Item("", "total", "", values, (span_of(found.text),))
