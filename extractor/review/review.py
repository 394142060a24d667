"""The record that results from people's changes: they are replayed on the reading, so that nothing is overwritten.

A change **touches** items: those it accepts or deletes, with all they contain; the one it corrects or adds; and for an
undo, those that the undone change touched. Where two people touch one item there is a conflict, and the later change is
refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from extractor.pages.notice_page import holders_of, values_meant
from extractor.pages.placed_values import values_of
from extractor.record.contract import Check, Notice, ReviewNote
from extractor.record.fields import SHAPES
from extractor.record.items import PERSON, Built, Item, put_together, take_apart
from extractor.review.change_check import checked_item
from extractor.review.changes import Accept, Add, Change, Correct, Delete, Finish, MadeChange, Note, Undo
from extractor.review.moments import moment
from extractor.review.refusals import ConflictError, RefusedError

Ids = frozenset[str]


@dataclass(frozen=True)
class Review:
    """A reading with people's changes.

    ``items`` are the current ones, by id; ``made`` all changes, the oldest first; ``undone`` the numbers of those that
    no longer count. By a change's number, ``touched`` has the ids it touched, ``before`` the item it names as it was
    before, and ``built_on`` the last later change that builds on it. ``open`` are the ids of unresolved checks.
    """

    base: Notice
    items: Mapping[str, Item]
    made: Sequence[MadeChange]
    undone: frozenset[int]
    touched: Mapping[int, Ids]
    before: Mapping[int, Item | None]
    built_on: Mapping[int, MadeChange]
    open: Sequence[str]

    @property
    def last(self) -> int:
        """The number of the last change, 0 where there is none."""
        return self.made[-1].number if self.made else 0

    @property
    def finished(self) -> MadeChange | None:
        """The change that finished the review; None where it is open."""
        counting = [each for each in self.made if self.counts(each) and not isinstance(each.change, Note)]
        return counting[-1] if counting and isinstance(counting[-1].change, Finish) else None

    def counts(self, made: MadeChange) -> bool:
        """Return whether a change is neither undone nor itself an undo."""
        return made.number not in self.undone and not isinstance(made.change, Undo)


def review_of(base: Notice, made: Sequence[MadeChange]) -> Review:
    """Replay changes on the reading ``base``."""
    items = {item.id: item for item in take_apart(base)}
    held: dict[str, list[str]] = {}
    for item in items.values():
        held.setdefault(item.of, []).append(item.id)
    read = frozenset(items)
    undone = frozenset(each.change.change for each in made if isinstance(each.change, Undo))
    touched: dict[int, Ids] = {}
    before: dict[int, Item | None] = {}
    dealt: set[str] = set()
    for each in made:
        before[each.number] = items.get(getattr(each.change, "item", ""))
        touched[each.number] = _touches(items, held, touched, each.change, each.result)
        if each.number in undone or isinstance(each.change, Undo):
            continue
        if not isinstance(each.change, Add):
            dealt |= touched[each.number]
        _apply(items, each, touched[each.number])
        if isinstance(each.change, Add) and each.result is not None:
            held.setdefault(each.result.of, []).append(each.result.id)
    built_on = _built_on(items, made, undone, touched)
    return Review(base, items, made, undone, touched, before, built_on, tuple(_open(base, read, items, dealt)))


def record_of(review: Review) -> Built:
    """Return the reviewed record, with the checks that are open and their paths in this record."""
    built = put_together(review.base, review.items.values())
    still_open = frozenset(review.open)
    checks = [
        check.model_copy(
            update={
                "path": _path_now(check.path, built.paths),
                "disputed": [
                    each.model_copy(update={"path": _path_now(each.path, built.paths)}) for each in check.disputed
                ],
            }
        )
        for key, check in checks_of(review.base)
        if key in still_open
    ]
    return Built(
        built.notice.model_copy(update={"checks": checks, "notes": list(_notes(review, built.paths))}), built.paths
    )


def written_notes(review: Review) -> Iterator[tuple[MadeChange, Note]]:
    """Yield the notes that count, the oldest first."""
    for each in review.made:
        if isinstance(each.change, Note) and review.counts(each):
            yield each, each.change


def _notes(review: Review, paths: Mapping[str, str]) -> Iterator[ReviewNote]:
    checks = dict(checks_of(review.base))
    for made, note in written_notes(review):
        check = checks.get(note.item)
        about = (note.item, *holders_of(note.item))
        path = _path_now(check.path, paths) if check else next((paths[key] for key in about if key in paths), "")
        code = check.code if check else None
        yield ReviewNote(path=path, check=code, words=note.words, by=made.by, made=made.made)


def items_to_see(paths: Mapping[str, str], review: Review) -> list[str]:
    """Return the ids of the items that a person can look at, all but empty fields.

    ``paths`` has them in the record's order.
    """
    items = review.items
    return [key for key in paths if items[key].kind != "field" or items[key].values["value"] is not None]


def seen_items(review: Review) -> Ids:
    """Return the ids that some person accepted, corrected or added."""
    counting = (review.touched[each.number] for each in review.made if review.counts(each))
    return frozenset(chain.from_iterable(counting))


def checks_of(base: Notice) -> list[tuple[str, Check]]:
    """Return a reading's checks, each with its id."""
    return [(f"checks[{k}]", check) for k, check in enumerate(base.checks)]


def check_change(review: Review, text: str, change: Change, seen: int) -> Item | None:
    """Return the item that ``change`` corrects or adds, None where it does neither.

    ``text`` is the notice's; ``seen`` is the number of the last change that the author had seen.

    Raises:
        ConflictError: Somebody has changed the same item since.
        RefusedError: The change is not possible.
    """
    number = review.last + 1
    if seen > review.last:
        raise RefusedError("unseen", number=seen)
    if isinstance(change, Undo):
        _check_undoing(review, change)
    _check_conflict(review, change, seen)
    if isinstance(change, Finish) and review.open:
        raise RefusedError("open_checks", n=len(review.open))
    if isinstance(change, Accept | Note) and change.item.startswith("checks["):
        if change.item not in dict(checks_of(review.base)):
            raise RefusedError("unknown", item=change.item)
        return None
    if isinstance(change, Accept | Correct | Delete | Note):
        item = review.items.get(change.item)
        if item is None:
            raise RefusedError("unknown", item=change.item)
        if isinstance(change, Delete) and item.kind == "field":
            raise RefusedError("not_deletable")
    if isinstance(change, Correct | Add):
        return checked_item(review.base, review.items, text, change, number)
    return None


def can_be_undone(review: Review, number: int) -> bool:
    """Return whether a change can be undone now."""
    try:
        _check_undoing(review, Undo(change=number))
    except RefusedError:
        return False
    return True


def _touches(
    items: Mapping[str, Item],
    held: Mapping[str, Sequence[str]],
    touched: Mapping[int, Ids],
    change: Change,
    result: Item | None,
) -> Ids:
    match change:
        case Correct(item=item) | Accept(item=item, alone=True):
            return frozenset((item,))
        case Accept(item=item) | Delete(item=item):
            return frozenset((item, *_beneath(items, held, item)))
        case Add() if result is not None:
            return frozenset((result.id,))
        case Undo(change=number):
            return touched.get(number, frozenset())
    return frozenset()


def _beneath(items: Mapping[str, Item], held: Mapping[str, Sequence[str]], outer: str) -> Iterator[str]:
    """Yield the ids of the current items inside ``outer``, at any depth; ``held`` has all that were ever in an item."""
    for key in held.get(outer, ()) if outer else ():
        if key in items:
            yield key
            yield from _beneath(items, held, key)


def _built_on(
    items: Mapping[str, Item], made: Sequence[MadeChange], undone: frozenset[int], touched: Mapping[int, Ids]
) -> dict[int, MadeChange]:
    """Return, for each change that later ones build on (same item, or inside an added one), the last of these."""
    last: dict[str, MadeChange] = {}  # that counts and touched an item
    last_within: dict[str, MadeChange] = {}  # or what stands in it
    found: dict[int, MadeChange] = {}
    for each in reversed(made):
        if each.number in undone or isinstance(each.change, Undo):
            continue
        mine = touched[each.number]
        later = [last[key] for key in mine if key in last]
        if isinstance(each.change, Add):  # what was added to it goes with it
            later += [last_within[key] for key in mine if key in last_within]
        if later:
            found[each.number] = max(later, key=lambda made: made.number)
        for key in mine:
            last.setdefault(key, each)
            for outer in holders_of(key) if key in items else ():
                last_within.setdefault(outer, each)
    return found


def _is_beneath(key: str, outer: str) -> bool:
    """Return whether an id belongs to something inside the item ``outer``: ids are paths."""
    return key.startswith(f"{outer}.")


def _apply(items: dict[str, Item], made: MadeChange, touched: Ids) -> None:
    match made.change:
        case Accept():
            for key in touched & items.keys():
                items[key] = replace(items[key], by=dict.fromkeys(SHAPES[items[key].kind].parts, PERSON))
        case Correct() | Add() if made.result is not None:
            items[made.result.id] = made.result
        case Delete():
            for key in touched:
                items.pop(key, None)


def _numbered(review: Review, number: int) -> MadeChange | None:
    """Return a change by its number, None where there is none: numbers are consecutive."""
    at = number - review.made[0].number if review.made else -1
    return review.made[at] if 0 <= at < len(review.made) else None


def _check_undoing(review: Review, change: Undo) -> None:
    target = _numbered(review, change.change)
    if target is None:
        raise RefusedError("no_change", number=change.change)
    if not review.counts(target):
        raise RefusedError("undone", number=change.change)
    later = review.built_on.get(target.number)
    if later is not None:
        raise RefusedError("built_on", by=later.by, number=later.number)


def _check_conflict(review: Review, change: Change, seen: int) -> None:
    for later in review.made:
        if later.number > seen and not isinstance(later.change, Note) and _disagree(review, change, later):
            raise ConflictError("conflict", by=later.by, number=later.number, made=moment(later.made))


def _disagree(review: Review, change: Change, later: MadeChange) -> bool:
    """Return whether ``change``, made without knowledge of ``later``, conflicts with it."""
    theirs = review.touched[later.number]
    match change:
        case Accept(alone=alone):
            met = change.item in theirs if alone else _meets(theirs, change.item)
            return met and not isinstance(later.change, Accept)
        case Delete():
            return _meets(theirs, change.item)
        case Correct():
            return change.item in theirs
        case Add():
            return change.of in theirs and change.of not in review.items
        case Note():
            return False
        case Undo():
            return bool(theirs & review.touched.get(change.change, frozenset()))
    return True


def _meets(theirs: Ids, item: str) -> bool:
    return any(key == item or _is_beneath(key, item) for key in theirs)


def _open(base: Notice, read: Ids, items: Mapping[str, Item], dealt: set[str]) -> Iterator[str]:
    """Yield the ids of checks that nobody accepted and whose item nobody changed; ``read`` are the reading's items."""
    meant_by = values_meant(list(values_of(base)) if base.checks else [])
    for key, check in checks_of(base):
        meant = meant_by(check)
        while meant and meant not in read:  # a title is part of its issue
            meant = meant.rpartition(".")[0]
        if key not in dealt and not (meant and (meant in dealt or meant not in items)):
            yield key


def _path_now(path: str, paths: Mapping[str, str]) -> str:
    """Return the path in the reviewed record for a path of the reading, whose holder may have moved."""
    outer = next((key for key in (path, *holders_of(path)) if key in paths), "")
    return paths[outer] + path[len(outer) :] if outer else path
