"""The engine that makes a record of the rules' record and a model's proposals.

This module alone decides what is kept (by a table of trust), notes the doubts, and says who read a value: ``both``
where the readers agree, ``model`` where its value is kept, else the rules, which are not listed. How sure a judged
value is follows from the same table, where it was measured.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from extractor.assist.packs.material import Material, place_of
from extractor.assist.proposals.decided_edits import DecidedEdit, disputed_value
from extractor.assist.proposals.matters import (
    Addition,
    Confirmation,
    Denial,
    Discovery,
    Edit,
    LostQuote,
    Matter,
    NamedDigits,
    Proposal,
    Replacement,
)
from extractor.assist.proposals.reading_signs import NO_SIGNS, ReadingSigns
from extractor.assist.proposals.witnesses import TrustTable, Witness
from extractor.record.checks import Doubt
from extractor.record.contract import Digits, Notice
from extractor.record.fields import SHAPES, ItemKind
from extractor.record.items import Item, put_together, take_apart
from extractor.text.places import Place

_MODEL, _BOTH = "model", "both"
_OUTLINE_PARTS = {"issue": ("text", "title", "section"), "measure": ("text",)}
"""The parts of items that an outline decides."""
_READERS_ORDER: tuple[ItemKind, ...] = ("accountability", "quantity", "document", "date", "organization")
_LONGEST_WORDS = 40
"""The longest words in a doubt, in code points."""


class MergedRecord(NamedTuple):
    """The record of both readers, without the rules' checks, the doubts of the merging, and how the model read."""

    notice: Notice
    doubts: list[Doubt]
    signs: ReadingSigns = NO_SIGNS


class RecordDraft:
    """A record while proposals are taken in."""

    def __init__(self, material: Material, trust: TrustTable, *, outline_by_model: bool = False) -> None:
        """Begin with the rules' record in ``material``, whose outline may be a model's; ``trust`` decides."""
        self.doubts: list[Doubt] = []
        self._trust = trust
        self._text, self._base = material.text, material.notice
        self._items: dict[str, Item] = {}
        self._held: dict[tuple[str, ItemKind], list[str]] = {}
        self._touched: set[tuple[str, ItemKind]] = set()
        self._named: set[Place] = set()
        self._disputes: dict[int, list[DecidedEdit]] = {}  # by the index of their doubt
        self._numbers = count(1)
        for item in take_apart(self._base):
            parts = _OUTLINE_PARTS.get(item.kind, ()) if outline_by_model else ()
            self._hold(replace(item, by=dict.fromkeys(parts, _MODEL)) if parts else item)

    def take(self, proposals: Iterable[Proposal]) -> None:
        """Take in what the table allows of ``proposals``, in their order, and note where the readers differ."""
        for proposal in proposals:
            match proposal:
                case Matter():
                    self._settle(proposal)
                case LostQuote(path, words):
                    self.doubts.append(Doubt("quote_not_found", path, {"words": words[:_LONGEST_WORDS]}))
                case NamedDigits(place):
                    self._named.add(place)

    def merged(self) -> MergedRecord:
        """Return the record as it is now, and the doubts."""
        items = [item for group in self._held for item in self._listed(group)]
        outline = self._base.outline.model_copy(update={"digits": self._digits(items)})
        base = self._base.model_copy(update={"outline": outline})
        built = put_together(base, items, _READERS_ORDER)
        return MergedRecord(built.notice, [*self._told(built.paths)])

    def _settle(self, matter: Matter) -> None:
        row = self._trust.witness(matter.field)
        decided: list[DecidedEdit] = []
        for edit in matter.edits:
            if self._is_settled(edit):
                continue
            wins = edit.wins(row)
            item = edit.new if isinstance(edit, Addition) else self._items[edit.item]
            if wins:
                item = self._apply(edit, row) or item
            else:
                self._doubt(edit, row)
            decided.append(DecidedEdit(edit, wins, item))
        if all(isinstance(each.edit, Confirmation) for each in decided):
            return
        words = {
            "rules": [each.edit.read for each in decided] if matter.read is None else matter.read,
            "model": [each.edit.said for each in decided] if matter.said is None else matter.said,
            "kept": [each.edit.said if each.is_taken else each.edit.read for each in decided],
        }
        self._disputes[len(self.doubts)] = decided
        self.doubts.append(Doubt(row.code, matter.path, {name: _shortened(each) for name, each in words.items()}))

    def _told(self, paths: Mapping[str, str]) -> Iterator[Doubt]:
        """Yield the doubts, those of differing readers with both values; ``paths`` are those of items by id."""
        for index, doubt in enumerate(self.doubts):
            values = (disputed_value(each, paths) for each in self._disputes.get(index, ()))
            yield doubt._replace(disputed=[value for value in values if value is not None])

    def _apply(self, edit: Edit, row: Witness) -> Item | None:
        """Take in an edit; return the item that it adds, None for another edit."""
        match edit:
            case Confirmation(key, name):
                item = self._items[key]
                self._put(_read_by(item, _part(item, name), _BOTH, row.sure.both))
            case Replacement(key, name, value):
                item = self._items[key]
                changed = replace(item, values={**item.values, name: value})
                changed = _read_by(changed, _part(item, name), _MODEL, row.sure.model.get(edit.question))
                self._put(changed if edit.at is None else _placed(changed, edit))
            case Addition(new):
                name = f"{SHAPES[new.kind].list}[+{next(self._numbers)}]"
                added = replace(new, id=f"{new.of}.{name}" if new.of else name)
                self._hold(_read_by(added, "", _MODEL, row.sure.model.get(edit.question)))
                self._touched.add((new.of, new.kind))
                return added
            case Denial(key):
                item = self._items.pop(key)
                self._held[item.of, item.kind].remove(key)
        return None

    def _doubt(self, edit: Edit, row: Witness) -> None:
        """Say of the rules' value how often such a one is right against the model's word, where that was measured."""
        if isinstance(edit, Replacement | Denial) and (sure := row.sure.rules.get(edit.question)) is not None:
            item = self._items[edit.item]
            part = "" if isinstance(edit, Denial) else _part(item, edit.name)
            self._items[edit.item] = _sure_of(item, part, sure)

    def _hold(self, item: Item) -> None:
        self._items[item.id] = item
        self._held.setdefault((item.of, item.kind), []).append(item.id)

    def _put(self, item: Item) -> None:
        self._items[item.id] = item
        self._touched.add((item.of, item.kind))

    def _is_settled(self, edit: Edit) -> bool:
        """Say whether an earlier edit leaves nothing to decide: the item is gone, or there is one already."""
        if isinstance(edit, Addition):
            return isinstance(edit, Discovery) and self._is_occupied(edit.new)
        return edit.item not in self._items

    def _is_occupied(self, new: Item) -> bool:
        """Say whether an item of the same kind already is at the place of ``new``."""
        (place,) = new.at
        siblings = (self._items[key].at[0] for key in self._held.get((new.of, new.kind), ()))
        return any(other.start < place.end and place.start < other.end for other in siblings)

    def _listed(self, group: tuple[str, ItemKind]) -> list[Item]:
        """Return the items of a list, in printed order where it was touched; each document once for each action."""
        items = [self._items[key] for key in self._held[group]]
        if group not in self._touched or not SHAPES[group[1]].list or group[1] in ("issue", "measure"):
            return items
        if group[1] == "document":
            once: dict[tuple[str, str], Item] = {}
            for item in items:
                once.setdefault((item.values["title"], item.values["action"]), item)
            items = list(once.values())
        return sorted(items, key=lambda item: (item.at[0].start, item.at[0].end))

    def _digits(self, items: Iterable[Item]) -> Digits:
        """Return the ledger of digits, without the unread ones that the model read as a figure or says are a name."""
        digits = self._base.outline.digits
        figures = sorted(
            place_of(item.at[0]) for item in items if item.kind == "quantity" and item.by.get("") == _MODEL
        )
        classes, unread = dict(digits.classes), []
        for span in digits.unread:
            place = place_of(span)
            is_figure = _is_covered(place, figures)
            if not is_figure and place not in self._named:
                unread.append(span)
                continue
            kind = "figure" if is_figure else "name"
            size = sum(map(str.isdecimal, self._text[place.start : place.end]))
            classes[kind] = classes.get(kind, 0) + size
            classes["unread"] -= size
            if not classes["unread"]:
                del classes["unread"]
        return digits.model_copy(update={"classes": classes, "unread": unread})


def _read_by(item: Item, part: str, reader: str, sure: float | None) -> Item:
    """Return an item with another reader of one of its parts, and how sure that one is; None where nobody knows."""
    return _sure_of(replace(item, by={**item.by, part: reader}), part, sure)


def _sure_of(item: Item, part: str, sure: float | None) -> Item:
    """Return an item with how sure one of its parts is, where that is one that is judged."""
    confidence = {name: each for name, each in item.confidence.items() if name != part}
    if sure is not None and part in SHAPES[item.kind].judged:
        confidence[part] = sure
    return replace(item, confidence=confidence)


def _part(item: Item, name: str) -> str:
    """Return the part of an item that holds the value ``name``.

    Values without a reader of their own belong to the first part.
    """
    parts = SHAPES[item.kind].parts
    return name if not name or name in parts else parts[0]


def _placed(item: Item, edit: Replacement) -> Item:
    """Return an item with the places of a replaced value: its own for a field, else those of one of its parts."""
    at = edit.at or ()
    if item.kind == "field":
        return replace(item, at=at)
    others = {name: places for name, places in item.parts.items() if name != edit.name}
    return replace(item, parts={**others, edit.name: at} if at else others)


def _is_covered(place: Place, figures: list[Place]) -> bool:
    """Say whether one of ``figures``, which are in order and do not overlap, covers ``place``."""
    index = bisect_right(figures, place.start, key=lambda figure: figure.start) - 1
    return index >= 0 and place.end <= figures[index].end


def _shortened(words: Iterable[str]) -> str:
    joined = "、".join(filter(None, words)) or "-"
    return joined if len(joined) <= _LONGEST_WORDS else joined[: _LONGEST_WORDS - 1] + "…"
