"""The values of properties: the bodies and offices that are responsible, and the date of a deadline."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, partial

from extractor.notice.facts.dates import DateFound
from extractor.record.date_values import LASTING, is_date_value
from extractor.text.places import Place
from extractor.text.wording import any_of

_any_of = partial(any_of, "properties")
_BLANKS = " \n"
_TRIMMED = _BLANKS + "、,;。:/|*-—"
_LONGEST_NAME = 60
"""The longest name of a body, or of a person with all offices, in code points."""
_MARKS = re.compile(r"[、,;。/|]+|<br ?/?>|[ \n]+|和|与|及|以及")
_DEEPER, _HIGHER = "([【《“", ")]】》”"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ENUMERATOR = re.compile(r"(?:[0-9]{1,2}[.、)]|[(][0-9一二三四五六七八九十]{1,2}[)]|[①-⑳])[ ]*")
_YEAR_AND_MONTH = re.compile(
    r"(?<![0-9.])(?P<year>(?:19|20)[0-9]{2}) ?[-./] ?(?P<month>[01]?[0-9])(?![0-9]|[./][0-9]|-[0-9]{1,2}(?![0-9]))"
    r"(?: ?[-—~至] ?(?P<until>(?:19|20)[0-9]{2}) ?[./] ?(?P<last>[01]?[0-9])(?![0-9]))?"
    r"(?P<end> ?月?底?[之以]?前)?"
)
_ALREADY = re.compile(r"已(?:于|在)? *$")


def bodies_of(text: str, value: Place) -> list[Place]:
    """Return the places of the bodies and offices that a property's value lists, each once, in printed order."""
    found: dict[str, Place] = {}
    for piece in _joined_offices(text, list(_pieces(text, value))):
        place = _without_part(text, piece)
        if place is not None and _names_somebody(text[place.start : place.end]):
            found.setdefault(text[place.start : place.end], place)
    return list(found.values())


def deadline_of(text: str, value: Place, dates: Sequence[DateFound]) -> DateFound | None:
    """Return the deadline that a property's value prints: its one date, or else 长期坚持 or 立行立改; None for none.

    ``dates`` are those of the whole text, in order. Of several dates nobody can tell which is meant.
    """
    first, last = (bisect_left(dates, at, key=lambda date: date.text.start) for at in value)
    inside = [date for date in dates[first:last] if not _ALREADY.search(text, value.start, date.text.start)]
    found = inside or list(_years_and_months(text, value))
    if found:
        return found[0] if len({date.value for date in found}) == 1 and found[0].value else None
    words = [(at, word) for word in LASTING if (at := text.find(word, *value)) >= 0]
    if not words:
        return None
    at, word = min(words)
    return DateFound(Place(at, at + len(word)), word)


def says_a_deadline(text: str, value: Place) -> bool:
    """Return whether a property's value has words that should be a deadline: not 已完成, nor a dash."""
    words = text[value.start : value.end].strip(_BLANKS + "。;,")
    return bool(words) and _no_deadline().fullmatch(words) is None


def _years_and_months(text: str, value: Place) -> Iterator[DateFound]:
    """Yield dates of a year and a month in digits, 2024.06, which are dates only where one is expected."""
    for match in _YEAR_AND_MONTH.finditer(text, *value):
        first = f"{match['year']}-{int(match['month']):02d}"
        found = f"{first}/{match['until']}-{int(match['last']):02d}" if match["until"] else first
        if match["end"] and not match["until"]:
            found = f"../{first}"
        if is_date_value(found):
            yield DateFound(Place(match.start(), match.end()), found)


def _pieces(text: str, value: Place) -> Iterator[Place]:
    """Yield what lies between the marks of a list, outside of brackets and quotes."""
    start = depth = 0
    start, at = value.start, value.start
    while at < value.end:
        character = text[at]
        depth += (character in _DEEPER) - (character in _HIGHER)
        mark = _MARKS.match(text, at, value.end) if depth <= 0 else None
        if mark is None:
            at += 1
            continue
        if _parts_bodies(text, Place(start, at), mark, value.end):
            yield _trimmed(text, start, at)
            start = mark.end()
        at = mark.end()
    yield _trimmed(text, start, value.end)


def _parts_bodies(text: str, before: Place, mark: re.Match[str], end: int) -> bool:
    """Return whether a mark stands between two bodies; a blank and 和 may stand inside a name."""
    if mark.group()[0] in "、,;。/|<":
        return True
    follows = _MARKS.search(text, mark.end(), end)
    behind = text[mark.end() : min(follows.start() if follows else end, mark.end() + _LONGEST_NAME)]
    ahead = text[max(before.start, before.end - _LONGEST_NAME) : before.end]
    body, body_behind = _name_end().search(ahead), _name_end().search(behind)
    if mark.group()[0] not in _BLANKS:
        return bool(body and body_behind)
    office, is_person = _office_end().search(ahead), _PERSON.fullmatch(behind) is not None
    if office and is_person and not body_behind:
        return False  # 组织部部长 张三
    if body or office or (is_person and _PERSON.fullmatch(ahead)):
        return True
    ends = body_behind or _office_end().search(behind)
    return bool(ends and _office_of_person().search(ahead))  # 区住建局局长 李四 区城管局


_PERSON = re.compile(r"[\u3400-\u9fff·]{2,4}")


def _joined_offices(text: str, pieces: Sequence[Place]) -> list[Place]:
    """Return the pieces, those of one person's offices as one: 区委常委、组织部部长."""
    joined: list[Place] = []
    for piece in pieces:
        if joined and _is_next_office(text, joined[-1], piece):
            joined[-1] = Place(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _is_next_office(text: str, before: Place, piece: Place) -> bool:
    if text[before.end : piece.start].strip(_BLANKS) != "、":
        return False
    first = _first_office().search(text, *before)
    if first is None or _office_of_person().search(text, *piece) is None:
        return False
    return not (first.group() in ("党组书记", "副书记") and "副" in text[piece.start : piece.end])


def _without_part(text: str, piece: Place) -> Place | None:
    """Return a piece without its enumerator, its part (牵头) and what ends a list; None for who only assists."""
    start, end = piece
    if enumerator := _ENUMERATOR.match(text, start, end):
        start = enumerator.end()
    if _assists().search(text[start:end]):
        return None
    if part := _part_before().match(text, start, end):  # 牵头单位县教育局
        start = part.end()
    for form in (_list_end(), _leads(), _list_end()):
        if match := form.search(text, start, end):
            end = match.start()
    return _trimmed(text, start, end)


def _names_somebody(words: str) -> bool:
    return 1 < len(words) <= _LONGEST_NAME and _CHINESE.search(words) is not None and "。" not in words


def _trimmed(text: str, start: int, end: int) -> Place:
    while start < end and text[start] in _TRIMMED:
        start += 1
    while end > start and text[end - 1] in _TRIMMED:
        end -= 1
    return Place(start, end)


@cache
def _name_end() -> re.Pattern[str]:
    return re.compile(rf"{_any_of('body_end')}(?:[(][^()]*[)])?$")


@cache
def _office_end() -> re.Pattern[str]:
    return re.compile(rf"{_any_of('office_end')}$")


@cache
def _office_of_person() -> re.Pattern[str]:
    """An office, behind which the person's name may stand."""
    return re.compile(rf"{_any_of('office_end')}(?: ?[\u3400-\u9fff]{{2,4}})?$")


@cache
def _first_office() -> re.Pattern[str]:
    return re.compile(rf"{_any_of('first_office')}$")


@cache
def _assists() -> re.Pattern[str]:
    assists = _any_of("assists")
    return re.compile(rf"(?:[(]{assists}[^()]*[)]|{assists}(?:单位|部门)?)$|\A{assists}(?:单位|部门|科室)")


@cache
def _part_before() -> re.Pattern[str]:
    return re.compile(rf"{_any_of('leads')}(?:单位|部门|领导|科室)(?:为|是)?(?=..)")


@cache
def _leads() -> re.Pattern[str]:
    return re.compile(rf"(?:[(]{_any_of('leads')}(?:单位|部门|领导|人)?[)]|{_any_of('leads')}+)$")


@cache
def _list_end() -> re.Pattern[str]:
    return re.compile(rf"{_any_of('list_end')}$")


@cache
def _no_deadline() -> re.Pattern[str]:
    return re.compile(_any_of("no_deadline"))
