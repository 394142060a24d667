"""A fields answer as it came, made to fit its pack: dates in one form, no “无”, totals of figures that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from extractor.assist.fields.field_pack import FieldsPack
from extractor.assist.packs.mending import Mends, Slip, iso_date

DATE_FIELDS = ("start", "end", "feedback", "published", "signed_on")
"""The fields that are dates."""
WORD_FIELDS = ("title", "body", "team", "signed_by", "phone", "address", "email")
"""The fields that are words of the notice."""
FIELD_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*WORD_FIELDS, "kind"), ("fields",)),
    **dict.fromkeys(DATE_FIELDS, ("fields.dates",)),
    "totals": ("totals",),
}
"""The fields, by the rows of the table of trust, that each key of an answer is about."""
MOST_TOTALS = 60
"""The most totals of an answer."""


def mended_fields(said: Mapping[str, Any], pack: FieldsPack, mends: Mends) -> dict[str, Any]:
    """Return what is right of an answer about ``pack``.

    Raises:
        PydanticCustomError: the model did not see the marks.
    """
    mends.ignored(said, ("kind", "totals", *DATE_FIELDS, *WORD_FIELDS))
    answer: dict[str, Any] = {name: mends.words(said.get(name)) for name in WORD_FIELDS}
    answer |= {name: _date(mends.words(said.get(name)), mends) for name in DATE_FIELDS}
    kind = mends.words(said.get("kind"))
    answer["kind"] = (mends.spelt(kind, "inspection_kind") or "") if kind else ""
    answer["totals"] = list(_totals(said.get("totals"), pack, mends))
    mends.check_marks(were_seen=True)
    return answer


def _date(said: str, mends: Mends) -> str:
    date = iso_date(said) if said else ""
    mends.note(Slip.NO_DATE, int(date is None))
    mends.note(Slip.DATE, int(bool(date) and date != said))
    return date or ""


def _totals(said: object, pack: FieldsPack, mends: Mends) -> Iterator[dict[str, Any]]:
    known = {figure.number for figure in pack.figures}
    for each in mends.listed(said, MOST_TOTALS):
        if not isinstance(each, Mapping):
            mends.drop()
            continue
        number = mends.number(each.get("q"), known)
        name = mends.spelt(each.get("n"), "total_name")
        mends.note(Slip.UNUSABLE, int(name is None))
        if number is not None and name is not None:
            yield {"q": number, "n": name}
