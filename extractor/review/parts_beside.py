"""The places of values that may be printed beside an issue or a measure, on lines such as 责任单位:…."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from extractor.record.contract import Span
from extractor.record.date_values import LASTING, OPEN, deadline_is_printed, printed_forms
from extractor.record.fields import SHAPES
from extractor.record.items import Item
from extractor.record.lookup import Page
from extractor.review.refusals import RefusedError


def parts_beside(items: Mapping[str, Item], page: Page, item: Item) -> Iterator[tuple[str, list[Span]]]:
    """Yield the places of an item's values that lie in it or behind it, before the next issue.

    Values that a correction leaves as they were keep their places.

    Raises:
        RefusedError: a value is not printed there.
    """
    old = items.get(item.id)
    onward = _onward(items, page, item)
    for name, field in SHAPES[item.kind].fields.items():
        if not (field.is_beside and item.values.get(name)):
            continue
        before = list(old.parts.get(name, ())) if old is not None else []
        if before and old is not None and old.values.get(name) == item.values[name]:
            yield name, before
        elif field.type == "list":
            yield name, list(_places_of_words(page, item, name, onward))
        else:
            yield name, [_place_of_deadline(page, item, name, (*before, onward))]


def _onward(items: Mapping[str, Item], page: Page, item: Item) -> Span:
    start = item.at[0].start
    following = (each.at[0].start for each in items.values() if each.kind == "issue")
    return Span(start=start, end=min((other for other in following if other > start), default=len(page.text)))


def _places_of_words(page: Page, item: Item, name: str, onward: Span) -> Iterator[Span]:
    """Look words up in printed order."""
    at = onward.start
    for words in item.values[name]:
        place = page.find(words, at, onward.end) or page.find(words, onward.start, onward.end)
        if place is None:
            raise RefusedError("not_found", of=item, name=name, value=words)
        at = place.end
        yield place


def _place_of_deadline(page: Page, item: Item, name: str, stretches: Sequence[Span]) -> Span:
    """Look a deadline up in the first of ``stretches`` that prints it; the words of one read before are the first."""
    value: str = item.values[name]
    for stretch in stretches[:-1]:
        if deadline_is_printed(value, page.text[stretch.start : stretch.end]):
            return stretch
    points = [value] if value in LASTING else [point for point in value.split("/") if point != OPEN]
    found = [place for point in points if (place := _place_of_point(page, point, stretches[-1])) is not None]
    if len(found) < len(points):
        raise RefusedError("not_found", of=item, name=name, value=value)
    return Span(start=min(place.start for place in found), end=max(place.end for place in found))


def _place_of_point(page: Page, point: str, stretch: Span) -> Span | None:
    forms = [point] if point in LASTING else printed_forms(point)
    return next((place for form in forms if (place := page.find(form, stretch.start, stretch.end))), None)
