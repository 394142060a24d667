"""The filters of lists of items, as requests have them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from extractor.record.enumerations import Category, MeasureType
from extractor.service.store.fact_store import FactFilter

_LONGEST = 200
_MOST_LISTED = 500
_LARGEST = 2**31

Words = Annotated[str | None, Field(max_length=_LONGEST)]


class ItemQuery(BaseModel):
    """The filters of a list of items; of these all have to be met."""

    body: Words = Field(None, description="A name of the notice contains this.")
    notice: Words = Field(None, description="The notice with this id.")
    among: str | None = Field(
        None, max_length=10 * _LONGEST, description="One of the notices with these ids, which have / between them."
    )
    series: Words = Field(None, description="Notices of the body of this name.")
    year: str | None = Field(None, pattern="^[0-9]{4}$", description="The notice's edition is of this year.")
    genre: Words = Field(None, description="The notice is of this genre.")
    inspection: Words = Field(None, description="It tells of this kind of inspection.")
    copies: bool = Field(False, description="Notices that are the same as others, too.")
    reviewed: Literal["yes", "no"] | None = Field(None, description="Whether the notice's review is finished.")
    category: Category | None = Field(None, description="Its finding is about this.")
    status: Words = Field(None, description="The finding or the measure is in this state.")
    type: MeasureType | None = Field(None, description="Its measure is of this type.")
    term: Words = Field(None, description="Which sum or total it is, what was done, or how grave a check is.")
    group: str | None = Field(None, pattern="^[a-z]+$", description="Sums whose key begins with this.")
    unit: Words = Field(None, description="A unit; `money` or `other` of figures.")
    reason: Words = Field(None, description="Why sums leave it out, or `counted`.")
    left: Literal["yes", "no"] | None = Field(None, description="Whether sums leave it out.")
    reader: Words = Field(None, description="Who read it.")
    organisation: Words = Field(None, description="The name of a body that acts in its measure contains this.")
    doubt: Literal["unsure", "checked", "any"] | None = Field(None, description="It is unsure, or has a check.")
    q: Words = Field(None, description="Words of its measure or finding, in any order.")

    def wanted(self) -> FactFilter:
        """Return the conditions."""
        return FactFilter(**{name: getattr(self, name) for name in ItemQuery.model_fields})


class ItemOrderQuery(ItemQuery):
    """The filters of a list, and its order."""

    order: str = Field("", max_length=40, description="A column of the page; behind - in reverse.")


class ItemPageQuery(ItemOrderQuery):
    """The filters of a list, its order, and which part of it is asked for."""

    limit: int = Field(100, ge=1, le=_MOST_LISTED)
    offset: int = Field(0, ge=0, le=_LARGEST)
