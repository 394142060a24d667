"""Which lines of a page are the article: its title, its date line, its paragraphs and its signature.

The block with most of the text (``Line.main``) marks the middle. Before it, the article begins at its title; after
it, it ends at the first line that only stands at the ends of pages. Between the two a line is kept unless it is known
as furniture or is a link among links: a line too many does little harm, a paragraph lost cannot be made good.
"""

from __future__ import annotations

import re
import unicodedata

from extractor.data import read_table
from extractor.files.html import Line, Page

_LONGEST_TITLE = 100
_LONGEST_FURNITURE = 80
_PROSE = 50  # characters from which a line can be no title
_LEADING_MARKS = "【[(|·>»《: "


def article_lines(page: Page) -> list[str]:
    """Return the article's lines in order; none where the page holds none."""
    lines = page.lines
    main = next((index for index, line in enumerate(lines) if line.main), 0)
    title = _title_at(page, main)
    start = _date_line_before(lines, main) if title is None else title
    kept = _kept(lines, start, starts_with_title=title is not None)
    heading = _site_title(page)
    if title is None and heading and kept and (_is_prose(kept[0]) or _is_date_line(kept[0])):
        kept.insert(0, heading)
    return kept


def _kept(lines: list[Line], start: int, *, starts_with_title: bool) -> list[str]:
    half = sum(line.size - line.linked for line in lines if line.main) / 2
    kept: list[str] = []
    passed = 0
    for index in range(start, len(lines)):
        line = lines[index]
        if passed >= half and _ends_article(line):
            break
        passed += line.size - line.linked if line.main else 0
        is_title = starts_with_title and index == start
        if is_title or not (_is_furniture(line) or _is_link_list(lines, index)):
            kept.append(line.text)
    return kept


def _title_at(page: Page, main: int) -> int | None:
    """Return where the title stands: the longest line that the page's metadata repeat, else the last heading."""
    lines = page.lines
    prose = (index for index, line in enumerate(lines) if line.main and _is_prose(line.text) and not _is_linked(line))
    near = range(min(next(prose, main + 5) + 1, len(lines)))
    stated = [_squash(page.stated_title), _squash(page.title)]

    def is_named(index: int) -> bool:
        text = _squash(lines[index].text)
        fits = 6 <= len(text) <= _LONGEST_TITLE and not _is_linked(lines[index])
        return fits and any(text in title for title in stated)

    named = [index for index in near if is_named(index)]
    if named:
        longest = max(lines[index].size for index in named)
        at = max(index for index in named if lines[index].size == longest)
        while at - 1 in named and lines[at - 1].size != longest:  # a title set in two lines
            at -= 1
        return at
    headings = [
        index
        for index in near
        if lines[index].heading
        and 4 <= lines[index].size <= _LONGEST_TITLE
        and not (_is_linked(lines[index]) or _is_furniture(lines[index]) or _is_date_line(lines[index].text))
    ]
    before = [index for index in headings if index <= main]
    return before[-1] if before else headings[0] if headings else None


def _date_line_before(lines: list[Line], main: int) -> int:
    """Return the first of up to five lines before ``main`` that is a date line, else ``main``."""
    return next((index for index in range(max(main - 5, 0), main) if _is_date_line(lines[index].text)), main)


def _site_title(page: Page) -> str:
    """Return the title from the metadata without the site's name, "" where there is none to be told from it."""
    longest = max(re.split(r"[_|\uff5c]|\s[-–—]\s|(?<=[^—–-])[-–](?=[^—–-])", page.title), key=len).strip()
    title = page.stated_title or longest
    return title if len(title) >= 8 else ""


def _is_prose(text: str) -> bool:
    return len(text) > _PROSE or _squash(text).endswith(("。", ":", ";"))


def _is_date_line(text: str) -> bool:
    starts = tuple(read_table("page_furniture")["date_starts"])
    squashed = _squash(text).lstrip(_LEADING_MARKS)
    return len(squashed) <= _LONGEST_FURNITURE * 2 and squashed.startswith(starts)


def _is_furniture(line: Line) -> bool:
    text = _squash(line.text).lstrip(_LEADING_MARKS)
    return len(text) <= _LONGEST_FURNITURE and text.startswith(tuple(read_table("page_furniture")["line_starts"]))


def _ends_article(line: Line) -> bool:
    furniture = read_table("page_furniture")
    text = _squash(line.text)
    if len(text) > _LONGEST_FURNITURE * 2:
        return False
    return text.lstrip(_LEADING_MARKS).startswith(tuple(furniture["end_starts"])) or any(
        word in text for word in furniture["end_words"]
    )


def _is_linked(line: Line) -> bool:
    return line.linked * 2 > line.size


def _is_link_list(lines: list[Line], index: int) -> bool:
    """Tell whether a line is mostly link, and not a lone one inside the article (a document that it names)."""
    if not _is_linked(lines[index]):
        return False
    around = lines[max(index - 1, 0) : index] + lines[index + 1 : index + 2]
    return not lines[index].main or len(around) < 2 or any(_is_linked(line) or not line.main for line in around)


def _squash(text: str) -> str:
    """Return text for comparing: without blanks, in lower case, full-width marks as their half-width twins."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
