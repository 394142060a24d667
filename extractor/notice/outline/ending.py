"""The end of a notice: the invitation to watch and write in, and the signature. The notice ends there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.notice.outline.outline_words import any_of
from extractor.text.places import Inside, Place
from extractor.text.wording import pattern


class Ending(NamedTuple):
    """The start of the closing, the signature's two parts, and the end of the notice (code points)."""

    start: int
    end: int
    signed_by: tuple[Place, ...]
    signed_on: Place | None


_CN_DIGITS = "〇○零一二三四五六七八九"
_MONTH_OR_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = (
    rf"(?:[12]\d{{3}}|[二两][{_CN_DIGITS}0Oo]{{3}}) ?[年./-] ?{_MONTH_OR_DAY}"
    rf"(?: ?[月./-] ?{_MONTH_OR_DAY} ?日?| ?月)"
)
_BODY_END = any_of("body_end")
_SEAL = f"(?: ?[(]{any_of('seal')}[)])?"
_SIGNED = re.compile(
    rf"(?:(?<=[\n。; ])|^)(?:(?P<by>[^\n。;:,!?]{{2,60}}?{_BODY_END}){_SEAL})?"
    rf"(?P<gap>[ \n]*+)(?P<on>{_DATE})(?P<more>[^ \n]?)"
)
_BODY_LINE = re.compile(
    rf"(?:(?<=\n)|(?<=[。;!] )|(?<=[。;!])|^) *(?P<by>[^\n。;:,!? 【】]{{2,50}}?{_BODY_END}){_SEAL} *(?=\n|$)"
)
_BODY_OVER_DATE = re.compile(
    rf" *(?P<by>(?:中共|中国共产党)[^\n。;:,!? 【】、0-9]{{2,40}}?"
    rf"|[^\n。;:,!? 【】、0-9]{{2,30}}?{any_of('body_end_over_date')}){_SEAL} *(?=\n|$)"
)
"""A line right above a signature's date, which may name bodies of other kinds."""
_TAIL = 2500


def find_ending(text: str, rows: Sequence[Place] = ()) -> Ending:
    """Find the ending of a folded text; without one, ``start`` and ``end`` are the text's length.

    The ``rows`` of tables sign nothing.
    """
    closing = _closing_start(text)
    search_from = max(len(text) - _TAIL, 0) if closing is None else closing
    signed = _last_signature(text, search_from, Inside(rows), closing=closing is not None)
    if signed is None:
        by = _last_body_line(text, max(search_from, len(text) - 400), Inside(rows))
        if by is None:
            start = len(text) if closing is None else closing
            return Ending(start, _end_without_signature(text, start), (), None)
        return Ending(by.start if closing is None else min(closing, by.start), by.end, (by,), None)
    by_places, on = signed
    start = min(place.start for place in (*by_places, on))
    end = max(place.end for place in (*by_places, on))  # the date may stand above the body
    return Ending(start if closing is None else min(closing, start), end, by_places, on)


_ANOTHER = re.compile(
    rf"\n *(?P<title>[^\n。;:]{{6,90}}?(?:整改|巡视|巡察|督察|审计)[^\n。;:]{{0,40}}?{any_of('title_ends')}) *(?=\n)"
)
_OPENING = re.compile(any_of("opens_a_notice"))
_SIGNED_LINE = re.compile(rf"(?!.*{any_of('dated_by_page')})[^。;,!?]{{0,40}}?{_DATE}")
_OPENING_WITHIN = 600
"""Code points behind a title within which its notice's opening sentence begins."""
_LINES_BETWEEN = 4
"""Lines between a signature and the next notice's title, at most: a page's furniture."""
_FURTHEST_LINE = 400
"""Code points before a title in which these lines stand."""


def find_another(text: str) -> Place | None:
    """Return the place of the title of a second notice in a folded text, None where it holds one.

    Pages and files with several articles hold them one after the other: behind a notice, mostly behind its signature,
    stands another title, and behind that another opening. A list of related articles has titles alone.
    """
    for match in _ANOTHER.finditer(text, max(len(text) // 20 - 1, 0)):
        start, end = match.start() + 1, match.end() + 1
        opening = _OPENING.search(text, end, end + _OPENING_WITHIN)
        if opening is None or not _holds_notice(text, start):
            continue
        if _is_signed(text, start) or (_NAMES_NOTICE.fullmatch(match["title"]) and _opens_surely(text, start, end)):
            return Place(*match.span("title"))
    return None


_ENUMERATED = re.compile(r"\n *(?:[(]?[一二三四五六七八九十]{1,3}[)、]|[(]?[0-9]{1,2}[)、.]|一是|问题)")
_NAMES_NOTICE = re.compile(
    rf"(?![(]?[一二三四五六七八九十0-9]{{1,3}}[)、.]|[“《〈]|附件)(?:[^《》]|《[^《》]*》)*?关于(?:[^《》]|《[^《》]*》)*{any_of('title_ends')}"
)
_OPENS_SURELY = re.compile(any_of("opens_surely"))


def _is_signed(text: str, start: int) -> bool:
    """Return whether a signature's date stands on the last lines before ``start``."""
    lines = text[max(start - _FURTHEST_LINE, 0) : start].splitlines()
    before = [line.strip() for line in lines if line.strip()][-_LINES_BETWEEN:]
    return any(_SIGNED_LINE.fullmatch(line) for line in before)


def _holds_notice(text: str, end: int) -> bool:
    """Return whether the text up to ``end`` is a notice: an opening, and something numbered behind it."""
    opening = _OPENING.search(text, 0, end)
    return opening is not None and _ENUMERATED.search(text, opening.end(), end) is not None


def _opens_surely(text: str, start: int, end: int) -> bool:
    """Return whether openings that tell of an inspection stand both before a title and behind it."""
    behind = _OPENS_SURELY.search(text, end, end + _OPENING_WITHIN)
    return behind is not None and _OPENS_SURELY.search(text, 0, start) is not None


_INSPECTED = re.compile(
    r"(?![(]?[一二三四五六七八九十0-9]{1,3}[)、.])[^\n]{0,120}?(?:组|局)[^\n。]{0,24}?"
    r"对(?P<body>[^\n。,]{2,40}?)(?:开展|进行)了?[^\n。]{0,16}(?:巡视|巡察|督察|审计)"
)
_INSPECTORS = ("巡视组", "巡察组", "督察组", "审计组", "审计局")


def find_opening_again(text: str, start: int) -> Place | None:
    """Return the place of an opening of another body's notice behind ``start``, the first finding; None for none.

    Its title may have been lost, so that two notices look like one.
    """
    first = next(_openings(text, 0, start), None)
    if first is None:
        return None
    for match in _openings(text, start, len(text)):
        if match["body"] != first["body"] and not _is_below_heading(text, match.start()):
            return Place(*match.span())
    return None


def _openings(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the lines that say whom inspectors inspected; plain words are looked for first, which is faster."""
    lines: set[int] = set()
    for inspector in _INSPECTORS:
        at = text.find(inspector, start, end)
        while at >= 0:
            lines.add(text.rfind("\n", start, at) + 1 or start)
            at = text.find(inspector, at + 1, end)
    for line in sorted(lines):
        match = _INSPECTED.match(text, line, end)
        if match is not None:
            yield match


def _is_below_heading(text: str, start: int) -> bool:
    """Return whether the line before is a numbered heading, under which a notice tells of another inspection."""
    before = text[:start].rstrip("\n ").rpartition("\n")[2].strip()
    return before[-1:] not in "。;" and _ENUMERATED.match(f"\n{before}") is not None


_ANNEX = re.compile(r"\n *附(?:(?:件|表|录) *(?:[0-9]{1,2}|[一二三四五])? *[:.]?| *:) *[^\n]{0,60}(?=\n)")
_OWN_HEADINGS = re.compile(r"\n *(?:序号|附件)")


def find_annex(text: str, start: int, rows: Sequence[Place]) -> Place | None:
    """Return the place of the annex behind a signature: a list or a table of findings; None where there is none."""
    heading = _ANNEX.search(text, start)
    table = next((row.start for row in rows if row.start >= start), None)
    if heading is None and table is None and not _holds_list(text, start):
        return None
    begin = heading.end() if heading and (table is None or heading.end() <= table) else start
    furniture = re.compile(r"\n *(?:" + pattern("outline", "furniture").pattern + ")")
    last_row = max((row.end for row in rows), default=begin)
    ends = (match.start() for match in furniture.finditer(text, max(begin, last_row)))
    end = next((at for at in ends if not _OWN_HEADINGS.match(text, at)), len(text))
    signed = _last_signature(text[:end], max(begin, last_row), Inside(rows), closing=False)
    if signed is not None:
        by, on = signed
        end = by[0].start if by else on.start
    return Place(begin, end) if end > begin else None


_FEWEST_IN_LIST = 2


def _holds_list(text: str, start: int) -> bool:
    """Return whether several numbered lines follow a signature: its annex, which nothing calls so."""
    return len(_ENUMERATED.findall(text, start)) >= _FEWEST_IN_LIST


def _closing_start(text: str) -> int | None:
    annex = _ANNEX.search(text)
    end = annex.start() if annex else len(text)
    match = pattern("outline", "closing").search(text, end // 3)
    return match.start() if match else None


def _last_signature(
    text: str, start: int, inside_row: Inside, *, closing: bool
) -> tuple[tuple[Place, ...], Place] | None:
    signatures = [match for match in _SIGNED.finditer(text, start) if not inside_row(match.start("on"))]
    for match in sorted(signatures, key=lambda match: (match["by"] is not None, match.start()), reverse=True):
        if match["by"] is None and not (_own_line(text, match.start("on")) and match.start() * 2 > len(text)):
            continue  # a date alone signs on a line of its own, and not under the title
        if match["more"] in ("。", ",", "、", "至", "—", "-") or match["more"].isdecimal():
            continue
        if match["more"] >= "\u4e00" and not (closing and match["by"]):
            continue  # a date in running text, unless a page without line breaks goes on with its furniture
        if match["by"] is not None and "\n" not in match["gap"] and len(match["by"]) < 4:
            continue
        places = []
        if match["by"] is not None:
            blanks = len(match["by"]) - len(match["by"].lstrip())
            places.append(Place(match.start("by") + blanks, match.end("by")))
        before = places[0].start if places else match.start("on")
        while len(places) < 4:
            earlier = _body_line_before(text, before, start, _BODY_LINE)
            if earlier is None and not places:
                earlier = _body_line_before(text, before, start, _BODY_OVER_DATE)
            if earlier is None:
                break
            places.insert(0, earlier)
            before = earlier.start
        if not places:
            below = _BODY_LINE.match(text, min(text.find("\n", match.end("on")) + 1 or len(text), len(text)))
            places = [Place(below.start("by"), below.end("by"))] if below else []
        return tuple(places), Place(match.start("on"), match.end("on"))
    return None


def _own_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip()


def _body_line_before(text: str, place: int, limit: int, form: re.Pattern[str]) -> Place | None:
    end = place
    while end > limit and text[end - 1] in " \n":
        end -= 1
    start = text.rfind("\n", limit, end) + 1
    if not start:
        return None
    match = form.match(text, start, end)
    return Place(match.start("by"), match.end("by")) if match else None


def _last_body_line(text: str, start: int, inside_row: Inside) -> Place | None:
    line_start = text.find("\n", start)
    matches = list(_BODY_LINE.finditer(text, line_start)) if line_start >= 0 else []
    matches = [match for match in matches if not inside_row(match.start("by"))]
    return Place(matches[-1].start("by"), matches[-1].end("by")) if matches else None


def _end_without_signature(text: str, start: int) -> int:
    furniture = re.compile(r"\n *(?:" + pattern("outline", "furniture").pattern + ")").search(text, start)
    return furniture.start() if furniture else len(text.rstrip())
