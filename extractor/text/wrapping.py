"""The line ends of a text that end no line.

A page was wrapped at a fixed width, a page break came inside a paragraph, or an enumerator stands alone on its line.

A page that was wrapped (e-mails, plain text saved from an office suite, copies from a PDF) shows it: many of its lines
are as wide as its widest and break off within a sentence, and few break off although there was room.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from extractor.text.column_headings import RowWidths
from extractor.text.numbers import NUMBER, has_unit
from extractor.text.wording import any_of

# An enumerator alone on its line belongs to the next one.
_LONE_ENUMERATOR = re.compile(
    r"(?m)^ *(?:[(][一二三四五六七八九十0-9]{1,3}[)]|[一二三四五六七八九十]{1,3}、|[0-9]{1,2}[.、])[.、]? *"
    r"(?P<end>\n+)(?= *\S)"
)
_PAGE_NUMBER = re.compile(r"[-—–·] ?\d{1,4} ?[-—–·]|第 ?\d{1,4} ?页(?:[,/ ]*共 ?\d{1,4} ?页)?|\d{1,4}(?: ?/ ?\d{1,4})?")
_DASHED_PAGE_NUMBER = re.compile(r"[-—–] ?\d{1,4} ?[-—–]|第 ?\d{1,4} ?页(?:[,/ ]*共 ?\d{1,4} ?页)?")

_NARROWEST = 12
"""Columns. A Chinese character takes two of them."""
_FEWEST_LINES = 4
_FEWEST_BROKEN_OFF = 2
_SURELY_PROSE = 60
"""A line so wide (columns, characters) that breaks off is no heading."""
_BLANKS_BEHIND = 2
"""So many blanks at a line's end were there before it was broken."""
_BLANKS_BESIDE = 6
"""So many columns typesetting may put beside a figure, three ideographic blanks."""
_INDENT = re.compile(r"(?m)^[^\S\n\f]+(?=\S)")
_FEWEST_INDENTS = 3
_MOST_TOO_WIDE = 3
"""So many lines of a wrapped page may be wider than the others: what a site adds around the text."""
_MOST_OF = 0.75
_SLACKS = (0, 1, 2, 3, 4, 5, 9)
"""By how much (columns, characters) a full line may be narrower than the widest: marks that may not begin a line take
their neighbour along, Western words are not broken."""

_CN = "一二三四五六七八九十百"
_PROPERTY_NAME = (
    f"(?:{any_of('outline', 'responsible_name')}|{any_of('outline', 'deadline_name')}|{any_of('outline', 'note')})"
)
_HOLDER_END = f"(?:{any_of('properties', 'body_end')}|{any_of('properties', 'office_end')})"


@cache
def _property() -> re.Pattern[str]:
    """Return the form of a property on a line of its own, whose value ends as such values do: 责任单位:镇财政所."""
    return re.compile(
        rf"{_PROPERTY_NAME}: ?(?:[^。,;:]{{2,60}}{_HOLDER_END}"
        r"|[^。,;:]{2,24}(?:[前底月日]|立行立改|长期坚持|完成|推进))"
    )


@cache
def _openers() -> re.Pattern[str]:
    """Return the form of what begins a paragraph, and hardly ever a line within one."""
    return re.compile(
        rf"[(]?[{_CN}]{{1,4}}[)、.]|[(]?[0-9]{{1,3}}[)、](?! ?[0-9])|[0-9]{{1,3}}[.](?![0-9])|[{_CN}]是|"
        rf"第[{_CN}]{{1,3}}[,、:]|其[{_CN}][,、是]|[①-⑳⑴-⒇⒈-⒛]|[【●■◆★▲#*]|关于[“‘\"]|针对[“‘\"]|(?:反馈|整改|存在|具体)?问题[{_CN}0-9]{{1,3}}[:、.]|"
        r"整改(?:落实|进展)?(?:情况|措施|成效)[:]|(?:责任|牵头|配合|分管)(?:单位|部门|领导|人)[:]|(?:整改|完成|办结)(?:时限|进展|结果|情况)[:]|(?:联系|监督)?电话[:]|邮政?[编箱]|附件[:]|欢迎广大|特此|"
        rf"(?:{_PROPERTY_NAME}|{any_of('outline', 'lead_in')})[:]"
    )


_RUN_IN = re.compile(rf"[{_CN}]{{1,2}}是|第[{_CN}]{{1,3}}[,、:]|其[{_CN}][,、是]|[①-⑳]")
"""An enumerator that mostly stands inside a paragraph."""
_ENDS = re.compile(r"[。!?;:][”’》)】」』]*$")
_GOES_ON = re.compile(r"(?:[,、(“‘《〈【〔]|[0-9][万亿])$")
"""A line that ends so has not ended its paragraph, whatever the next one begins with."""
_LABEL_OR_DECIMAL = re.compile(r"[0-9]{1,2}[.][0-9]")
_MAGNITUDE = re.compile(r"[0-9][万亿]$")
_HEADING = re.compile(
    rf"(?:[(]?[{_CN}]{{1,4}}[)、.]|[(]?[0-9]{{1,3}}[)、.])(?:[^。,;“]|“[^”]{{0,60}}”){{2,80}}(?:问题|情况|整改|方面|工作|成效|措施|打算|要求|安排)"
)
_MARK_COLUMNS = 4
"""Two characters of a line that another one takes along."""
_FIGURE = re.compile(r"(?<=[\u4e00-\u9fff])[0-9]+[\u4e00-\u9fff]")
"""A figure within words, which headings hardly hold."""
_UNIT = re.compile(r"[“‘《〈(【〔]*.[”’》〉)】〕,。、;:!?]*")
_HEADING_GOES_ON = re.compile(r"[的整情等和及、,。:;”》)与]|方面|工作|成效")
_LONGEST_NAME = 16
"""Code points of a property's name and its colon."""
_HEADING_REACH = 90
"""A heading takes no more code points than this, over all its lines."""
_SIGNS = re.compile(
    r"[^。;,:]{2,50}(?:委员会|党组|党委|总支|支部|工委|纪委|政府|办公室|局|院|厅|学校|公司|大学|医院|中心|集团|银行)$|"
    r"(?:19|20)\d\d ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?$"
)
"""A line that signs a notice stands for itself."""


class _Line(NamedTuple):
    """A printed line without the blanks around it.

    ``set_off``: a blank line or an indent says that a paragraph begins here. ``new_page``: a page break comes before.
    """

    start: int
    end: int
    set_off: bool
    new_page: bool
    indented: bool = False


class _Wrap(NamedTuple):
    """The way a page was wrapped.

    Widths are in columns or, without ``in_columns``, in characters. A line is full from width ``full`` on, and most
    full lines are ``usual`` wide. ``set_off``: paragraphs are set off, so that every other line goes on; where only
    indents tell that, from offset ``since`` on, behind the page's head.
    """

    in_columns: bool
    full: int
    usual: int
    set_off: bool
    since: int = 0


def line_ends_to_drop(text: str, printed: str) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches around line ends that end no line, each with what is read in its place, in order.

    ``text`` is half-width, ``printed`` the same where a page break is a form feed.
    """
    lines = text.split("\n")
    widths = RowWidths(printed) if "\t" in printed else None
    is_table = widths is not None and widths.are_most_lines
    if is_table or ("\f" not in printed and not _may_be_wrapped(lines)):
        for match in _LONE_ENUMERATOR.finditer(text):
            yield *match.span("end"), " "
        return
    found = list(_lines(printed, lines))
    found = _without_page_numbers(text, found)
    wrap = _wrap(text, found)
    lone = {match.start("end") for match in _LONE_ENUMERATOR.finditer(text)}
    begun = 0
    for place, (line, following) in enumerate(pairwise(found)):
        between = text[line.end : following.start]
        logical = text[found[begun].start : line.end]
        if line.end in lone or text.find("\n", line.end) in lone:
            yield line.end, following.start, " "
        elif not _begins_row(printed, following, widths) and _goes_on(text, line, following, logical, wrap):
            yield line.end, following.start, ""
        else:
            begun = place + 1
            if following.new_page or between.strip():
                yield line.end, following.start, "\n"


def _begins_row(printed: str, line: _Line, widths: RowWidths | None) -> bool:
    """Return whether a line is a table's row, which goes on from no line before it."""
    return widths is not None and 0 < printed.count("\t", line.start, line.end) in widths


def _columns(line: str) -> int:
    """Count the columns of a line, the blanks at its end aside: two for each character but the ASCII ones."""
    if not line:
        return 0
    line = line.rstrip(" ")
    return (len(line) + len(line.encode("utf-8", "replace"))) // 2


def _may_be_wrapped(lines: list[str]) -> bool:
    """Say whether a closer look is worth while: the widest lines are alike, or the widest breaks off."""
    columns = list(map(_columns, lines))
    widest = lines[columns.index(max(columns))].rstrip(" ")
    return not _ENDS.search(widest) or any(map(_many_alike, (map(len, lines), columns)))


def _many_alike(widths: Iterable[int]) -> bool:
    """Say whether so many lines are about as wide as the widest that the page may have been wrapped."""
    printed = sorted(width for width in widths if width)
    return len(printed) >= _FEWEST_LINES and any(
        printed[-2 - wider] >= printed[-1 - wider] - _SLACKS[-1]
        for wider in range(_MOST_TOO_WIDE + 1)
        if wider + 2 <= len(printed)
    )


def _lines(printed: str, lines: list[str]) -> Iterator[_Line]:
    usual = _usual_indent(printed)
    position = 0
    blank = new_page = False
    for line in lines:
        if position and printed[position - 1] == "\f":
            new_page = True
        words = line.strip(" ")
        if words:
            start = position + len(line) - len(line.lstrip(" "))
            indented = start > position and _columns_of_blanks(printed[position:start]) == usual
            yield _Line(start, start + len(words), blank or indented, new_page, indented)
            blank = new_page = False
        else:
            blank = blank or not (new_page or printed[position + len(line) : position + len(line) + 1] == "\f")
        position += len(line) + 1


def _usual_indent(printed: str) -> int:
    """Return how many columns paragraphs are indented, 0 where they are not.

    A blank that came to stand at the beginning of a line is no indent.
    """
    widths = [_columns_of_blanks(match.group()) for match in _INDENT.finditer(printed)]
    [(columns, count)] = Counter(width for width in widths if width > 1).most_common(1) or [(0, 0)]
    return columns if count >= _FEWEST_INDENTS else 0


def _columns_of_blanks(blanks: str) -> int:
    return len(blanks) + blanks.count("\u3000")


def _without_page_numbers(text: str, lines: list[_Line]) -> list[_Line]:
    """Leave out page numbers: those at a page break and, if there are several, between dashes or with 页."""
    dashed = sum(_DASHED_PAGE_NUMBER.fullmatch(text, line.start, line.end) is not None for line in lines)
    kept: list[_Line] = []
    new_page = False
    for place, line in enumerate(lines):
        at_break = line.new_page or place + 1 == len(lines) or lines[place + 1].new_page
        form = _PAGE_NUMBER if at_break and any(each.new_page for each in lines) else _DASHED_PAGE_NUMBER
        if (at_break or dashed > 1) and form.fullmatch(text, line.start, line.end):
            new_page = True
            continue
        # What a page break or a page number sets off is no paragraph for that alone.
        set_off = line.indented or (line.set_off and not new_page)
        kept.append(line._replace(new_page=new_page or line.new_page, set_off=set_off))
        new_page = False
    return kept


def _wrap(text: str, lines: list[_Line]) -> _Wrap | None:
    """Find out how the page was wrapped; None where it was not."""
    if len(lines) < _FEWEST_LINES:
        return None
    # A line of which nobody can tell whether it ended its paragraph says nothing, and where one surely did, too.
    breaks = [
        line
        for line, following in pairwise(lines[1:])  # the first is the title
        if not (following.set_off or _opens(text, following) or _ended(text, line) or _signs(text, line))
    ]
    inside = sum(_inside_figure(text, line, following) for line, following in pairwise(lines))
    best, most = None, 0.0
    for in_columns in (True, False):
        widths = sorted(_width(text, line, in_columns=in_columns) for line in lines)
        open_ = [(_width(text, line, in_columns=in_columns), _opens(text, line)) for line in breaks]
        for too_wide in range(_MOST_TOO_WIDE + 1):
            if too_wide + 1 > len(widths) or (too_wide and widths[-too_wide] == widths[-1 - too_wide]):
                continue
            widest = widths[-1 - too_wide]
            if widest < (_NARROWEST if in_columns else _NARROWEST // 2):
                continue
            broken_off = [sum(widest - slack <= width <= widest for width, _ in open_) for slack in _SLACKS]
            slack = next(n for n, count in enumerate(broken_off) if count >= _MOST_OF * broken_off[-1])
            full = widest - _SLACKS[slack]
            had_room = sum(width < full and not begins for width, begins in open_) - inside
            gained = broken_off[slack] * (1 - 0.05 * _SLACKS[slack]) - 2 * max(had_room, 0) - 4 * too_wide
            enough = broken_off[slack] >= _FEWEST_BROKEN_OFF or (
                broken_off[slack]
                and had_room <= 0
                and (sum(width >= full for width in widths) > 1 + too_wide or widest >= _SURELY_PROSE)
            )
            if enough and gained > most:
                usual = Counter(width for width in widths if full <= width <= widest).most_common(1)[0][0]
                set_off = _sets_off(text, lines, full, in_columns=in_columns)
                best, most = _Wrap(in_columns, full, usual, set_off), gained
    return best or _wrap_by_indents(text, lines)


_FEWEST_BEGUN = 4
_SHORTEST_BROKEN = 20


def _wrap_by_indents(text: str, lines: list[_Line]) -> _Wrap | None:
    """Return how a page of uneven lines was wrapped that indents its paragraphs, and no other lines; None otherwise."""
    first = next((place for place, line in enumerate(lines) if line.indented), len(lines))
    inner = list(pairwise(lines[first:]))
    begun = [following for line, following in inner if _ended(text, line)]
    broken = [
        line
        for line, following in inner
        if not (_ended(text, line) or following.set_off) and line.end - line.start >= _SHORTEST_BROKEN
    ]
    indented = sum(line.indented for line in begun)
    if len(begun) < _FEWEST_BEGUN or indented < _NEARLY_ALL * len(begun) or len(broken) < _FEWEST_BROKEN_OFF:
        return None
    if any(_opens(text, following) for line, following in inner if not (_ended(text, line) or following.set_off)):
        return None
    widths = [_width(text, line, in_columns=True) for line in broken]
    return _Wrap(in_columns=True, full=min(widths), usual=max(widths), set_off=True, since=lines[first].start)


_NEARLY_ALL = 0.9


def _sets_off(text: str, lines: list[_Line], full: int, *, in_columns: bool) -> bool:
    """Say whether paragraphs are set off: what follows a line that ended one with room to spare."""
    following = [
        next_.set_off
        for line, next_ in pairwise(lines)
        if _ended(text, line) and not next_.new_page and _width(text, line, in_columns=in_columns) < full
    ]
    return len(following) > 1 and sum(following) >= _MOST_OF * len(following)


def _width(text: str, line: _Line, *, in_columns: bool) -> int:
    """Return a line's width with its indent; an ideographic blank has become a plain one, but takes two columns."""
    indent = line.start - text.rfind("\n", 0, line.start) - 1
    words = text[line.start : line.end]
    behind = len(text[line.end : line.end + _BLANKS_BEHIND]) - len(
        text[line.end : line.end + _BLANKS_BEHIND].lstrip(" ")
    )
    return behind + (_columns(words) + 2 * indent if in_columns else len(words) + indent)


def _inside_figure(text: str, line: _Line, following: _Line) -> bool:
    """Say whether a line end parts a figure or its unit, in a line that holds more than digits."""
    if not text[line.end - 1].isdecimal() or following.set_off or text[line.start : line.end].isdecimal():
        return False
    return text[following.start].isdecimal() or has_unit(text, following.start)


_SHORTEST_PROSE = 15
_BROKEN_AMOUNT = re.compile(r"[\u4e00-\u9fff][0-9]{1,6}\.?$")


def _breaks_amount(text: str, line: _Line, following: _Line, wrap: _Wrap | None) -> bool:
    """Say whether a line end surely parts an amount, however the page is set.

    48.3万 and 元, 31万 and 标箱; where nothing tells how it was wrapped, 收回逾期本息4 and 36万元.
    """
    if _MAGNITUDE.search(text, line.start, line.end) and not _opens(text, following):
        return True
    return wrap is None and _breaks_digits(text, line, following)


def _breaks_digits(text: str, line: _Line, following: _Line) -> bool:
    if following.set_off or line.end - line.start < _SHORTEST_PROSE or not text[following.start].isdecimal():
        return False
    if _BROKEN_AMOUNT.search(text, line.start, line.end) is None or _opens(text, following):
        return False
    number = NUMBER.match(text, following.start)
    return number is not None and (has_unit(text, number.end()) or text.startswith("%", number.end()))


def _ended(text: str, line: _Line) -> bool:
    return _ENDS.search(text, line.start, line.end) is not None


def _signs(text: str, line: _Line) -> bool:
    return _SIGNS.fullmatch(text, line.start, line.end) is not None


def _opens(text: str, line: _Line) -> bool:
    return _openers().match(text, line.start, line.end) is not None


def _goes_on(text: str, line: _Line, following: _Line, logical: str, wrap: _Wrap | None) -> bool:
    """Say whether a line's paragraph goes on in the following line; ``logical`` is the paragraph so far."""
    # A heading that is whole ends its paragraph: 1.12座 behind it is the first of its measures, about 12座.
    if following.set_off and (
        wrap is None or wrap.since or _HEADING.fullmatch(logical) or not _inside_amount(text, line, following, wrap)
    ):
        return False
    if _is_property(logical) or (wrap is not None and wrap.since > line.start):
        return False
    if _breaks_amount(text, line, following, wrap):
        return True
    goes_on = _GOES_ON.search(text, line.start, line.end) is not None or _inside_figure(text, line, following)
    if wrap is None:  # a page break inside a paragraph leaves its last line as long as it happens to be
        return following.new_page and (goes_on or (len(logical) > _HEADING_REACH and not _ended(text, line)))
    width, next_width = (_width(text, each, in_columns=wrap.in_columns) for each in (line, following))
    full = width >= wrap.full or width + _room_needed(text, following, in_columns=wrap.in_columns) > wrap.usual
    next_full = next_width >= wrap.full
    signed = _SIGNS.fullmatch(logical) and not (_openers().match(logical) or _opened(logical))
    signs = _signs(text, following) and not logical.endswith(":")
    if (signed and not full) or (signs and not next_full) or (wrap.since and line.end - line.start < _SHORTEST_BROKEN):
        return False
    if wrap.set_off or goes_on or _opened(logical):
        return True
    if _ended(text, line) and _LABEL_OR_DECIMAL.match(text, following.start):
        return False  # hardly a sentence begins with 2.15个, but many a measure: 2. and 15个
    if _RUN_IN.match(text, following.start) and _RUN_IN.search(logical, 1):
        return True  # 一是…。二是…: a list that runs on inside its paragraph
    open_ = not _ended(text, line)
    if not full or _opens(text, following):
        # Nobody breaks off so far into a paragraph: a mark is of two widths, a Western word was not broken.
        prose = len(logical) > _HEADING_REACH // 2 or _FIGURE.search(logical)
        nearly_full = width >= wrap.full - _MARK_COLUMNS and prose
        far = nearly_full or len(logical) > _HEADING_REACH or "。" in logical
        return open_ and far and (full or not _opens(text, following))
    return not (open_ and _HEADING.fullmatch(logical) and not _HEADING_GOES_ON.match(text, following.start))


def _is_property(logical: str) -> bool:
    return ":" in logical[:_LONGEST_NAME] and _property().fullmatch(logical) is not None


def _inside_amount(text: str, line: _Line, following: _Line, wrap: _Wrap) -> bool:
    """Say whether a full line breaks off beside a figure.

    Then the blanks before the next one are no indent but those that typesetting puts beside figures.
    """
    number = NUMBER.match(text, following.start)
    begins = number is not None and (has_unit(text, number.end()) or text[number.end() : number.end() + 1] in "年月日")
    beside = begins != text[line.end - 1].isdecimal()
    blank_line = text.count("\n", line.end, following.start) > 1
    full = _width(text, line, in_columns=wrap.in_columns) >= wrap.full - _BLANKS_BESIDE
    return beside and full and not (blank_line or _ended(text, line) or _opens(text, following))


def _room_needed(text: str, line: _Line, *, in_columns: bool) -> int:
    """Return the room that the line above had to leave for what ``line`` begins with, opening marks included."""
    unit = _UNIT.match(text, line.start, line.end)
    words = unit.group() if unit else ""
    return _columns(words) if in_columns else len(words)


def _opened(words: str) -> bool:
    """Say whether a quote or a title is open at the end of ``words``."""
    return any(words.rfind(opening) > words.rfind(closing) for opening, closing in ("“”", "《》", "()"))
