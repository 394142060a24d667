"""The changes by which a person takes one reader's values, where a check says that rules and model differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast

from extractor.record.contract import DisputedValue, Span
from extractor.record.fields import ItemKind
from extractor.review.changes import Accept, Add, Change, Correct, Delete
from extractor.review.refusals import RefusedError
from extractor.review.review import Review, checks_of

TakenReader = Literal["rules", "model"]


def taken_reading(review: Review, check: str, reader: TakenReader) -> list[Change]:
    """Return the changes after which the record has what ``reader`` reads of the check with the id ``check``.

    What is so already stays, and the check is dealt with.

    Raises:
        RefusedError: There is no such check, or its readers do not differ.
    """
    disputed = {key: each.disputed for key, each in checks_of(review.base)}.get(check)
    if not disputed:
        raise RefusedError("no_dispute")
    return [*(change for value in disputed for change in _taken(value, reader)), Accept(item=check)]


def _taken(value: DisputedValue, reader: TakenReader) -> Iterator[Change]:
    """Yield the change that makes a value what ``reader`` reads; none where it is so already."""
    wanted = value.rules if reader == "rules" else value.model
    if value.kept == reader:
        return
    if value.name:
        at = _hull(value.text) if value.kind == "field" else None
        yield Correct(item=value.path, values={value.name: wanted}, at=at)
    elif wanted is None:
        yield Delete(item=value.path)
    elif isinstance(wanted, dict) and value.text:
        yield Add(kind=cast("ItemKind", value.kind), of=value.path, values=wanted, at=value.text[0])


def _hull(places: Sequence[Span]) -> Span | None:
    if not places:
        return None
    return Span(start=min(each.start for each in places), end=max(each.end for each in places))
