"""What a record is after the changes that people made to it: replayed from the reading, so that nothing is overwritten.

A change **touches** items: what it accepts or deletes with all that it holds, what it corrects or adds, and for an
undoing whatever the undone change touched. Two people who touch one item are in conflict, and the later one is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.pages.notice_page import holders_of, values_meant
from extractor.pages.placed_values import values_of
from extractor.record.contract import Check, Notice
from extractor.record.fields import SHAPES
from extractor.record.items import PERSON, Built, Item, put_together, take_apart
from extractor.review.change_check import settled
from extractor.review.changes import Accept, Add, Change, Correct, Delete, Finish, Made, Undo
from extractor.review.moments import moment
from extractor.review.refusals import ConflictError, RefusedError

Ids = frozenset[str]


@dataclass(frozen=True)
class Review:
    """A reading and what people said of it.

    ``items`` are those that stand, by id; ``made`` all changes, oldest first; ``undone`` the numbers of those that do
    not count; ``touched`` what each change touched, by its number, and ``before`` what the item it names was then;
    ``built_on`` says of those that later ones build on which was the last that did, by their numbers;
    ``open`` are the ids of checks nobody has dealt with.
    """

    base: Notice
    items: Mapping[str, Item]
    made: Sequence[Made]
    undone: frozenset[int]
    touched: Mapping[int, Ids]
    before: Mapping[int, Item | None]
    built_on: Mapping[int, Made]
    open: Sequence[str]

    @property
    def last(self) -> int:
        """The number of the last change, 0 before the first."""
        return self.made[-1].number if self.made else 0

    @property
    def finished(self) -> Made | None:
        """The change that ended the review, unless it was opened again."""
        counting = [each for each in self.made if self.counts(each)]
        return counting[-1] if counting and isinstance(counting[-1].change, Finish) else None

    def counts(self, made: Made) -> bool:
        """Whether a change is neither undone nor an undoing."""
        return made.number not in self.undone and not isinstance(made.change, Undo)


def review_of(base: Notice, made: Sequence[Made]) -> Review:
    """Replay the changes that were made to the reading ``base``."""
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
    """Return the record as reviewed; its checks are those that are open, with their paths in this record."""
    built = put_together(review.base, review.items.values())
    still_open = frozenset(review.open)
    checks = [
        check.model_copy(update={"path": _path_now(check.path, built.paths)})
        for key, check in checks_of(review.base)
        if key in still_open
    ]
    return Built(built.notice.model_copy(update={"checks": checks}), built.paths)


def checks_of(base: Notice) -> list[tuple[str, Check]]:
    """Return a reading's checks with their ids."""
    return [(f"checks[{k}]", check) for k, check in enumerate(base.checks)]


def judged(review: Review, text: str, change: Change, seen: int) -> Item | None:
    """Return what becomes of the item that ``change`` corrects or adds, None where it does neither.

    ``text`` is the notice's; ``seen`` is the number of the last change that whoever makes this one had seen.

    Raises:
        ConflictError: somebody changed the same thing since.
        RefusedError: the change cannot be.
    """
    number = review.last + 1
    if seen > review.last:
        raise RefusedError("unseen", number=seen)
    if isinstance(change, Undo):
        _check_undoing(review, change)
    _check_conflict(review, change, seen)
    if isinstance(change, Finish) and review.open:
        raise RefusedError("open_checks", n=len(review.open))
    if isinstance(change, Accept) and change.item.startswith("checks["):
        if change.item not in dict(checks_of(review.base)):
            raise RefusedError("unknown", item=change.item)
        return None
    if isinstance(change, Accept | Correct | Delete):
        item = review.items.get(change.item)
        if item is None:
            raise RefusedError("unknown", item=change.item)
        if isinstance(change, Delete) and item.kind == "field":
            raise RefusedError("not_deletable")
    if isinstance(change, Correct | Add):
        return settled(review.base, review.items, text, change, number)
    return None


def can_be_undone(review: Review, number: int) -> bool:
    """Whether undoing a change would be taken now."""
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
        case Accept(item=item) | Delete(item=item):
            return frozenset((item, *_beneath(items, held, item)))
        case Correct(item=item):
            return frozenset((item,))
        case Add() if result is not None:
            return frozenset((result.id,))
        case Undo(change=number):
            return touched.get(number, frozenset())
    return frozenset()


def _beneath(items: Mapping[str, Item], held: Mapping[str, Sequence[str]], outer: str) -> Iterator[str]:
    """The ids of what stands in the item ``outer``, at any depth; ``held`` are those ever in an item, by its id."""
    for key in held.get(outer, ()) if outer else ():
        if key in items:
            yield key
            yield from _beneath(items, held, key)


def _built_on(
    items: Mapping[str, Item], made: Sequence[Made], undone: frozenset[int], touched: Mapping[int, Ids]
) -> dict[int, Made]:
    """The changes that later ones build on, which touch the same, or what stands in what was added; and the last."""
    last: dict[str, Made] = {}  # that counts and touched an item
    last_within: dict[str, Made] = {}  # or what stands in it
    found: dict[int, Made] = {}
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
    """Whether an id is that of something in the item ``outer``: ids are paths."""
    return key.startswith(f"{outer}.")


def _apply(items: dict[str, Item], made: Made, touched: Ids) -> None:
    match made.change:
        case Accept():
            for key in touched & items.keys():
                items[key] = replace(items[key], by=dict.fromkeys(SHAPES[items[key].kind].parts, PERSON))
        case Correct() | Add() if made.result is not None:
            items[made.result.id] = made.result
        case Delete():
            for key in touched:
                items.pop(key, None)


def _numbered(review: Review, number: int) -> Made | None:
    """A change by its number: they are numbered one after the other."""
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
        if later.number > seen and _disagree(review, change, later):
            raise ConflictError("conflict", by=later.by, number=later.number, made=moment(later.made))


def _disagree(review: Review, change: Change, later: Made) -> bool:
    """Whether whoever makes ``change`` without having seen ``later`` has to look at that first."""
    theirs = review.touched[later.number]
    match change:
        case Accept():
            return not isinstance(later.change, Accept) and _meets(theirs, change.item)
        case Delete():
            return _meets(theirs, change.item)
        case Correct():
            return change.item in theirs
        case Add():
            return change.of in theirs and change.of not in review.items
        case Undo():
            return bool(theirs & review.touched.get(change.change, frozenset()))
    return True


def _meets(theirs: Ids, item: str) -> bool:
    return any(key == item or _is_beneath(key, item) for key in theirs)


def _open(base: Notice, read: Ids, items: Mapping[str, Item], dealt: set[str]) -> Iterator[str]:
    """The checks that nobody accepted, and about whose item nobody said anything; ``read`` are the reading's items."""
    meant_by = values_meant(list(values_of(base)) if base.checks else [])
    for key, check in checks_of(base):
        meant = meant_by(check)
        while meant and meant not in read:  # a title is part of its issue
            meant = meant.rpartition(".")[0]
        if key not in dealt and not (meant and (meant in dealt or meant not in items)):
            yield key


def _path_now(path: str, paths: Mapping[str, str]) -> str:
    """Where a path of the reading leads in the record as reviewed: what holds it may have moved."""
    outer = next((key for key in (path, *holders_of(path)) if key in paths), "")
    return paths[outer] + path[len(outer) :] if outer else path
