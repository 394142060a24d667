"""Kinship: which of many notices are the same, and which tell of the same body in different years.

Two notices are taken for one only where nothing speaks against it: their words are the same, or the same body was told
the same findings on the same day and answers them in nearly the same words. Where that is unsure both count, and a
check says so. The outcome depends on the notices alone, not on their order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from math import inf
from typing import NamedTuple

from extractor.collection.body_names import BodyName, may_be_one
from extractor.collection.editions import edition_name, editions
from extractor.collection.notice_signatures import SKETCH, NoticeSignature
from extractor.record.contract import Notice
from extractor.text.normal_form import normalise

_DATES = ("feedback_date", "inspection_start", "inspection_end", "signed_on")
_SAME_FINDINGS = 0.7
_SAME_WORDS = 0.6
_SAME_NUMBERS = 0.9
"""The least shares of findings, of clauses and of numbers that two notices of one body and day have in common."""
_MOST_COMPARED = 12
"""Notices that one is compared with: those of one body and year, of which there are a few."""


class Kinship(NamedTuple):
    """The place of a notice among others.

    ``duplicate_of`` is the id of the notice that it is the same as, and that counts for both; ``may_be`` of one that it
    may be the same as, though both count. ``series`` is the name of the body whose notices it is one of, ``edition``
    what tells it from the others of that name: 2024 · 第三轮.
    """

    duplicate_of: str | None = None
    may_be: str | None = None
    series: str | None = None
    edition: str | None = None


class _Sketch(NamedTuple):
    """A sketch as it is compared; ``largest`` bounds the hashes that it would hold: of one that is full, its last."""

    hashes: frozenset[int]
    order: Sequence[int]
    largest: float


class _Candidate(NamedTuple):
    """A notice as it is compared: its signature, its body, and what it says of its inspection, in normal form."""

    signature: NoticeSignature
    body: BodyName | None
    known: Mapping[str, str]
    findings: _Sketch
    clauses: _Sketch
    numbers: _Sketch


@dataclass(eq=False)
class _Group:
    """Notices that are the same: the one that counts, and what is known of any of them."""

    head: _Candidate
    body: BodyName | None
    known: dict[str, str] = field(default_factory=dict)
    wholes: set[str] = field(default_factory=set)
    members: list[str] = field(default_factory=list)

    def add(self, candidate: _Candidate) -> None:
        self.members.append(candidate.signature.notice_id)
        self.wholes.add(candidate.signature.whole)
        self.body = max(filter(None, (self.body, candidate.body)), key=lambda name: len(name.full), default=None)
        self.known = {**candidate.known, **self.known}


def kinships(signatures: Iterable[NoticeSignature]) -> dict[str, Kinship]:
    """Return the place of each notice among all, by its id."""
    groups: list[_Group] = []
    doubts: dict[str, str] = {}
    by_key: defaultdict[str, dict[int, _Group]] = defaultdict(dict)
    for candidate in map(_candidate, sorted(signatures, key=_best_first)):
        keys = same_keys(candidate.signature)
        near = _near(keys, by_key)
        fitting = [group for group in near if _is_same(candidate, group)]
        if len(fitting) == 1:
            group = fitting[0]
        else:
            group = _Group(candidate, candidate.body)
            groups.append(group)
            unsure = fitting or [each for each in near if _may_be_same(candidate, each)]
            if unsure:
                doubts[candidate.signature.notice_id] = unsure[0].head.signature.notice_id
        group.add(candidate)
        for key in keys:
            by_key[key][id(group)] = group
    return _placed(groups, doubts)


def same_keys(signature: NoticeSignature) -> list[str]:
    """Return keys of which two notices share one wherever one of them may be the same as the other."""
    body = signature.body
    keys = [f"whole {signature.whole}"] if signature.whole else []
    keys += [f"core {signature.core}"] if signature.core else []
    if body is not None:
        keys += [f"{name} {day[:4]} {body.stem}" for name, day in _known(signature).items() if name in _DATES]
    return keys


def related_keys(signature: NoticeSignature) -> list[int]:
    """Return hashes of which two notices share one wherever the place of one can depend on the other.

    So notices that are joined by no chain of shared hashes are placed apart, each part by itself. A hash is of 63 bits;
    two that are equal by chance only join what could stand apart.
    """
    body = signature.body
    keys = [*same_keys(signature), f"name {edition_name(signature)}"]
    keys += [f"stem {body.stem}"] if body is not None else []
    return [int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1 for key in keys]


def with_kinship(notice: Notice, kinship: Kinship) -> Notice:
    """Return a record that says its place among others."""
    placed = {"duplicate_of": kinship.duplicate_of, "series": kinship.series, "edition": kinship.edition}
    return notice.model_copy(update=placed)


def _best_first(signature: NoticeSignature) -> tuple[bool, bool, int, int, int, str]:
    """Return a sort key by which the notice that counts comes first: what people corrected, then the best read."""
    return (
        not signature.is_reviewed,
        signature.is_recognised,
        -len(_known(signature)),
        -signature.measures,
        signature.digits_unread,
        signature.notice_id,
    )


def _known(signature: NoticeSignature) -> dict[str, str]:
    """Return what a notice says of its inspection, in the form in which it is compared."""
    named = {name: value for name in _DATES if (value := getattr(signature, name))}
    team = signature.inspection_team
    return {**named, "team": normalise(team)} if team else named


def _candidate(signature: NoticeSignature) -> _Candidate:
    sketches = map(_sketch, (signature.findings, signature.clauses, signature.numbers))
    return _Candidate(signature, signature.body, _known(signature), *sketches)


def _sketch(order: Sequence[int]) -> _Sketch:
    return _Sketch(frozenset(order), order, order[-1] if len(order) >= SKETCH else inf)


def _near(keys: Iterable[str], by_key: Mapping[str, Mapping[int, _Group]]) -> list[_Group]:
    found: dict[int, _Group] = {}
    for key in keys:
        found |= islice(by_key.get(key, {}).items(), _MOST_COMPARED)
    return list(islice(found.values(), _MOST_COMPARED))


def _is_same(candidate: _Candidate, group: _Group) -> bool:
    if not may_be_one(candidate.body, group.body) or _conflicts(candidate, group):
        return False
    if candidate.signature.whole and candidate.signature.whole in group.wholes:
        return True
    days = [day for name, day in candidate.known.items() if name in _DATES and group.known.get(name) == day]
    if _has_same_core(candidate, group) and any(len(day) == len("2024-06-05") for day in days):
        return True
    return bool(days) and _is_one_body(candidate, group) and _is_alike(candidate, group.head)


def _may_be_same(candidate: _Candidate, group: _Group) -> bool:
    """Return whether two notices that are not taken for one may be one: so that both count, and somebody looks."""
    conflicts = _conflicts(candidate, group)
    if not may_be_one(candidate.body, group.body) or "feedback_date" in conflicts:
        return False
    if _has_same_core(candidate, group):
        return not any(name.startswith("inspection_") for name in conflicts)
    is_told_then = "feedback_date" in candidate.known and "feedback_date" in group.known
    same_findings = candidate.findings.order and _shared(candidate.findings, group.head.findings) >= _SAME_FINDINGS
    return bool(is_told_then and same_findings and _is_one_body(candidate, group))


def _has_same_core(candidate: _Candidate, group: _Group) -> bool:
    return candidate.signature.core != "" and candidate.signature.core == group.head.signature.core


def _is_one_body(candidate: _Candidate, group: _Group) -> bool:
    return candidate.body is not None and group.body is not None and candidate.body.stem == group.body.stem


def _conflicts(candidate: _Candidate, group: _Group) -> list[str]:
    """Return the names of what two notices say differently of their inspection; less exact is not different."""
    return [
        name
        for name, value in candidate.known.items()
        if (other := group.known.get(name)) and not value.startswith(other) and not other.startswith(value)
    ]


def _is_alike(one: _Candidate, other: _Candidate) -> bool:
    return (
        _shared(one.numbers, other.numbers) >= _SAME_NUMBERS
        and _shared(one.findings, other.findings) >= _SAME_FINDINGS
        and _shared(one.clauses, other.clauses) >= _SAME_WORDS
    )


def _shared(one: _Sketch, other: _Sketch) -> float:
    """Return the share of hashes in common (Jaccard's, of sketches that are full an estimate); 1 for none at all."""
    common = len(one.hashes & other.hashes)
    most = min(one.largest, other.largest)
    either = bisect_right(one.order, most) + bisect_right(other.order, most) - common
    return common / either if either else 1.0


def _placed(groups: Sequence[_Group], doubts: Mapping[str, str]) -> dict[str, Kinship]:
    series = _series(groups)
    named = editions(group.head.signature for group in groups)
    found = {}
    for group in groups:
        head = group.head.signature.notice_id
        for member in group.members:
            original = None if member == head else head
            found[member] = Kinship(original, doubts.get(member), series.get(head), named[head])
    return found


def _series(groups: Sequence[_Group]) -> dict[str, str]:
    """Return the name of the body's series by the id of the notice that counts."""
    by_stem: defaultdict[str, list[tuple[str, BodyName]]] = defaultdict(list)
    for group in groups:
        if group.body is not None:
            by_stem[group.body.stem].append((group.head.signature.notice_id, group.body))
    return {notice_id: name for bodies in by_stem.values() for notice_id, name in _names(bodies)}


def _names(bodies: Sequence[tuple[str, BodyName]]) -> Iterator[tuple[str, str]]:
    """Yield the series of notices under one stem: one, unless their full names cannot mean one body."""
    longest = sorted({body.full for _, body in bodies}, key=lambda name: (-len(name), name))
    is_one = all(longest[0].endswith(name) for name in longest)
    for notice_id, body in bodies:
        yield notice_id, longest[0] if is_one else body.full
