"""The material of a notice: what the rules read, which is what a model is asked about."""

from __future__ import annotations

from typing import NamedTuple

from extractor.notice.assemble import as_folded, assemble
from extractor.notice.reading import Reading, read_by_rules
from extractor.record.contract import Notice, Span
from extractor.text.folding import fold
from extractor.text.places import Place


class Material(NamedTuple):
    """The rules' reading of a notice and the record made from it, with places in the folded text."""

    reading: Reading
    notice: Notice

    @property
    def text(self) -> str:
        """The printed text, of the same length as the folded text."""
        return self.reading.folded.printed


def read_first(text: str, notice_id: str) -> Material:
    """Read a notice's text by the rules, before a model is asked about it."""
    return material_of(read_by_rules(fold(text)), notice_id)


def material_of(reading: Reading, notice_id: str) -> Material:
    """Return the material of a reading; its record keeps the places of the folded text while a model is asked."""
    return Material(reading, assemble(reading, notice_id, as_folded))


def place_of(span: Span) -> Place:
    """Return a span of the contract as a place."""
    return Place(span.start, span.end)


def span_of(place: Place) -> Span:
    """Return a place as a span of the contract."""
    return Span(start=place.start, end=place.end)
