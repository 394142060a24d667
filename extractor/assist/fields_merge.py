"""What a notice says about itself: the rules' fields and totals, and the model's, made one."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.assist.display import find_words
from extractor.assist.packs import FieldsPack, Material
from extractor.assist.pieces import Figure
from extractor.assist.responses import FieldsAnswer
from extractor.assist.settling import Element, Settling, alike, span_of, wins
from extractor.assist.witnesses import witness
from extractor.notice.assemble import printed_unit
from extractor.record.date_values import date_is_printed
from extractor.text.places import Place

FIELDS = {
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
DATES = frozenset(("start", "end", "feedback", "published", "signed_on"))
_LONGEST = 100

_Answers = Sequence[tuple[FieldsPack, FieldsAnswer]]


def merge_fields(material: Material, answers: _Answers, record: Settling) -> None:
    """Settle a notice's own fields and totals with what the model said of them in one or several packs."""
    for key, name in FIELDS.items():
        said = next(((pack, value) for pack, answer in answers if (value := getattr(answer, key))), None)
        if said is not None:
            _field(material, record, key, name, said)
    _totals(material, answers, record)


def _field(material: Material, record: Settling, key: str, name: str, said: tuple[FieldsPack, str]) -> None:
    pack, value = said
    home = record.values["contact"] if name.startswith("contact.") else record.values
    inner = name.removeprefix("contact.")
    read = home[inner]
    if read is not None and alike(read, value):
        record.read_by[name] = "both"
        return
    places = _date_places(material, pack, value) if key in DATES else _name_places(material, pack, value)
    if not places:
        record.not_found(name, value)
        return
    if key not in DATES and key != "kind":
        value = "、".join(material.text[place.start : place.end] for place in places)
    row = witness("fields.dates" if key in DATES else "fields")
    stands = row.added == "model" if read is None else wins(row, pointed=True)
    record.differ(row, name, read, value, value if stands else read)
    if stands:
        home[inner] = value
        record.values["spans"][name] = [span_of(place) for place in places]
        record.read_by[name] = "model"


def _name_places(material: Material, pack: FieldsPack, value: str) -> list[Place]:
    """Where a name stands: whole, or each of the parts it joins by 、."""
    if len(value) > _LONGEST:
        return []
    whole = find_words(material.text, pack.lines, value)
    if whole is not None:
        return [whole]
    parts = [find_words(material.text, pack.lines, part) for part in value.split("、")]
    return [part for part in parts if part is not None] if all(parts) else []


def _date_places(material: Material, pack: FieldsPack, value: str) -> list[Place]:
    """The printed date that ``value``, a day, month or year, is."""
    if "/" in value:
        return []
    for date in material.reading.facts.dates:
        inside = any(line.start <= date.text.start and date.text.end <= line.end for line in pack.lines)
        if inside and date_is_printed(value, material.text[date.text.start : date.text.end]):
            return [date.text]
    return []


def _totals(material: Material, answers: _Answers, record: Settling) -> None:
    row = witness("totals")
    totals = [Element(values) for values in record.values["totals"]]
    for pack, answer in answers:
        figures = {figure.number: figure for figure in pack.figures}
        named = {total.q: total.n for total in answer.totals}
        for number, figure in figures.items():
            here = next((total for total in totals if total.place == figure.found.text), None)
            said = named.get(number)
            read = here.values["name"] if here else None
            if read == said:
                if here:
                    here.read_by[""] = "both"
                continue
            winner = row.value if read and said else row.added if said else row.dropped
            stands = winner != "rules"
            record.differ(
                row, "totals", _told(material, read, figure), _told(material, said, figure), said if stands else read
            )
            if not stands:
                continue
            if here:
                totals.remove(here)
            if said:
                values = {
                    "name": said,
                    "value": figure.found.value,
                    "unit": printed_unit(material.text, figure.found),
                    "text": span_of(figure.found.text),
                }
                totals.append(Element(values, {"": "model"}))
    record.put("totals", totals, lambda values: int(values["text"]["start"]))


def _told(material: Material, name: str | None, figure: Figure) -> str | None:
    place = figure.found.text
    return f"{name} {material.text[place.start : place.end]}" if name else None
