"""Two readings of one record settled field by field: what stands, who read it, and where the readers differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from extractor.assist.packs.display import same_words
from extractor.assist.witnesses import Reader, Witness, witness
from extractor.record.checks import Doubt
from extractor.text.places import Place

Values = dict[str, Any]
NOT_SAID: Final = object()
"""What the model gives for a value it was not asked about or left out."""


def alike(one: object, other: object) -> bool:
    """Whether two values are the same but for widths, quotes and blanks; lists are compared as sets."""
    if isinstance(one, str) and isinstance(other, str):
        return same_words(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return one == other


def wins(row: Witness, *, pointed: bool) -> bool:
    """Whether the model's differing value stands."""
    return row.value == "model" or (row.value == "pointed" and pointed)


@dataclass
class Settling:
    """One record while it is settled: its values, its path, who read what, and the doubts so far (shared by all)."""

    values: Values
    path: str
    doubts: list[Doubt]
    read_by: dict[str, Reader] = field(default_factory=dict)
    explained: list[Place] = field(default_factory=list)
    """Digits that the rules could not read and the model says are no figure."""

    def settle(self, name: str, key: str, said: object, *, pointed: bool = True) -> bool:
        """Settle the value under ``key``, a field called ``name`` in the table; say whether the model's now stands."""
        if said is NOT_SAID:
            return False
        read = self.values[key]
        if alike(read, said):
            self.read_by[key] = "both"
            return False
        row = witness(name)
        stands = wins(row, pointed=pointed)
        self.differ(row, key, read, said, kept=said if stands else read)
        if stands:
            self.values[key] = said
            self.read_by[key] = "model"
        return stands

    def differ(self, row: Witness, key: str, read: object, said: object, kept: object) -> None:
        """Note that the readers differ on ``key``."""
        words = {"rules": _told(read), "model": _told(said), "kept": _told(kept)}
        self.doubts.append(Doubt(row.code, self._at(key), words))

    def not_found(self, key: str, words: str) -> None:
        """Note words of the model's that do not stand in the piece; the value they were for is dropped."""
        self.doubts.append(Doubt("quote_not_found", self._at(key), {"words": words[:_LONGEST_TOLD]}))

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def put(self, key: str, elements: list[Element], start: Callable[[Values], int]) -> None:
        """Store a list of records in printed order, and who read each."""
        elements.sort(key=lambda element: start(element.values))
        self.values[key] = [element.values for element in elements]
        for index, element in enumerate(elements):
            for name, reader in element.read_by.items():
                self.read_by[f"{key}[{index}]{'.' + name if name else ''}"] = reader


@dataclass
class Element:
    """An element of a list of records, and who read it (under ``""``) or its fields."""

    values: Values
    read_by: dict[str, Reader] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.values["text"]["start"], self.values["text"]["end"])


_LONGEST_TOLD = 40


def _told(value: object) -> str:
    if not value:
        return "-"
    words = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return words if len(words) <= _LONGEST_TOLD else words[: _LONGEST_TOLD - 1] + "…"


def span_of(place: Place) -> dict[str, int]:
    """A place as the contract writes it."""
    return {"start": place.start, "end": place.end}
