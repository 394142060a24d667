"""Editions: the year and the round of an inspection, and more where that does not tell a body's notices apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from extractor.collection.notice_signatures import NoticeSignature
from extractor.text.normal_form import normalise

_JOINED = " · "


def editions(signatures: Iterable[NoticeSignature]) -> dict[str, str | None]:
    """Return the edition of each notice by its id, such as ``2024 · 第三轮``; None where nothing is known.

    No two notices that print the same body have the same edition: where year and round do not tell them apart, the
    kind of inspection, the month, the day, the signature and at last the notice's id are added, as far as needed.
    """
    by_name: defaultdict[str, list[NoticeSignature]] = defaultdict(list)
    for signature in signatures:
        by_name[edition_name(signature)].append(signature)
    return {notice_id: label for group in by_name.values() for notice_id, label in _told_apart(group)}


def edition_name(signature: NoticeSignature) -> str:
    """Return what notices are called whose editions must differ: the body, else the title, in normal form."""
    return normalise(signature.inspected_body or signature.title or signature.notice_id)


def _told_apart(group: list[NoticeSignature]) -> Iterator[tuple[str, str | None]]:
    left = group
    for level in range(_LEVELS):
        labels = {each.notice_id: _label(each, level) for each in left}
        times = Counter(labels.values())
        for notice_id, label in labels.items():
            if times[label] == 1:
                yield notice_id, label or (None if len(group) == 1 else notice_id)
        left = [each for each in left if times[labels[each.notice_id]] > 1]
    yield from ((each.notice_id, _joined(_label(each, 0), each.notice_id)) for each in left)


def _label(signature: NoticeSignature, level: int) -> str:
    day = _day(signature)
    when = day[: (4, 4, 7, 10, 10)[level]]
    kind = (signature.inspection_kind if level else None) or ""
    signer = (signature.signed_by if level == _LEVELS - 1 else None) or ""
    return _joined(when, signature.round or "", kind, signer)


_LEVELS = 5


def _day(signature: NoticeSignature) -> str:
    """Return the date that an inspection goes by: that of the feedback, else the next best; empty for none."""
    days = (
        signature.feedback_date,
        signature.inspection_end,
        signature.inspection_start,
        signature.signed_on,
        signature.published_on,
    )
    return next(filter(None, days), "")


def _joined(*parts: str) -> str:
    return _JOINED.join(filter(None, parts))
