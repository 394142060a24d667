"""The article among the lines of a page: its title, date line, paragraphs and signature.

The block with most of the text (``Line.main``) marks the middle. Before it, the article begins at its title; after it,
the article ends at the first line of a kind found only at the ends of pages. Within the block such a line ends the
article only if nothing of an article follows: notices, too, speak of ICP备案 and 承办单位. Between title and end a
line is kept unless it is furniture or a link among links: an extra line does little harm, a lost paragraph does much.
Dropped lines are accounted for.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from extractor.data import read_table
from extractor.errors import InputError
from extractor.files.page.html_text import Line, RenderedPage
from extractor.files.parts.left_out import WORDS_KEPT, LeftOut, left_out

_LONGEST_TITLE = 100
_LONGEST_FURNITURE = 80
_PROSE = 50  # characters: a longer line is no title
_LEADING_MARKS = "【[(|·>»《: "
_ENUMERATOR = re.compile(r"\(?[0-9一二三四五六七八九十]{1,3}[)、.是](?![0-9])|第[一二三四五六七八九十]+,|[①-⑳]")
_SENTENCE = re.compile('[。;][”"』」)]?$')
_NOTICE = re.compile("整改|巡视|巡察|问题|措施|處|督察|[0-9](?:人|名|个|项|次|件|条|户|家|起|处|万|亿|元|%)")
_NO_ARTICLE = 100  # characters of sentences: a page with fewer shows no article
_LITTLE = 300  # characters of sentences: with fewer, a frame is likely to hold the rest
_FOR_A_PICTURE = 200  # characters for each picture: with fewer, the pictures are likely to hold text
_DOCUMENT = re.compile(r"(?i)\.(?:pdf|docx?|ofd|wps|xlsx?|rtf)\b")


class Article(NamedTuple):
    """The lines of an article in order (none if the page holds none), and the account of the other lines."""

    lines: list[str]
    left_out: list[LeftOut]


def article_of(page: RenderedPage, name: str) -> Article:
    """Choose the article among a page's lines; ``name`` is for messages.

    Raises:
        InputError: the page shows its article in a frame or in pictures.
    """
    chosen: set[int] = set()
    lines = _article_lines(page, chosen)
    elsewhere = _elsewhere(page, sum(len(line) for line in lines if "。" in line), name)
    passed_over = [(at, line.text) for at, line in enumerate(page.lines) if at not in chosen]
    last = max(chosen, default=0)
    told = [
        left_out("navigation", "\n".join(text for at, text in passed_over if at < last)),
        left_out("page_end", "\n".join(text for at, text in passed_over if at > last)),
    ]
    return Article(lines, elsewhere + page.left_out + [entry for entry in told if entry.characters])


def _elsewhere(page: RenderedPage, prose: int, name: str) -> list[LeftOut]:
    """Account for frames and pictures that are likely to hold what the page does not show as text."""
    documents = [address for address in page.frames if _DOCUMENT.search(address)]
    frames = page.frames if prose < _LITTLE else documents
    shown = page.pictures if prose < _NO_ARTICLE else page.pictures_in_main
    pictures = shown if prose < _FOR_A_PICTURE * shown else 0
    if frames and prose < _NO_ARTICLE:
        raise InputError(
            f"{name}: shows its article in a frame ({frames[0] or 'filled by a script'}); "
            "open that address by itself, save it, and give that"
        )
    if pictures and prose < _NO_ARTICLE:
        raise InputError(
            f"{name}: shows its article in pictures ({pictures}), not as text; "
            "recognise their text (OCR) first, or find the notice as text"
        )
    told = [LeftOut("frame", 0, address[:WORDS_KEPT]) for address in frames]
    return told + [LeftOut("picture", 0, "")] * (pictures > 0)


def _article_lines(page: RenderedPage, chosen: set[int]) -> list[str]:
    """Return the article's lines, and add their indices among the page's lines to ``chosen``."""
    lines = page.lines
    main = next((index for index, line in enumerate(lines) if line.main), 0)
    title = _title_at(page, main)
    start = _date_line_before(lines, main) if title is None else title
    chosen.update(_kept(lines, start, starts_with_title=title is not None))
    kept = [lines[index].text for index in sorted(chosen)]
    heading = _site_title(page)
    if title is None and heading and kept and (_is_prose(kept[0]) or _is_date_line(kept[0])):
        kept.insert(0, heading)
    return kept


def _kept(lines: list[Line], start: int, *, starts_with_title: bool) -> list[int]:
    half = sum(line.size - line.linked for line in lines if line.main) / 2
    kept: list[int] = []
    passed = 0
    going_on: list[bool] = []
    for index in range(start, len(lines)):
        line = lines[index]
        if passed >= half and _is_end(line):
            going_on = going_on or _going_on(lines)
            if not line.main or _is_related(line) or not going_on[index]:
                break
        passed += line.size - line.linked if line.main else 0
        is_title = starts_with_title and index == start
        if is_title or not (_is_furniture(line) or _is_link_list(lines, index)):
            kept.append(index)
    return kept


def _title_at(page: RenderedPage, main: int) -> int | None:
    """Return the index of the title: the longest line that the page's metadata repeats, else the last heading."""
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


def _site_title(page: RenderedPage) -> str:
    """Return the title in the metadata without the site's name, or ""."""
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
    if len(text) > _LONGEST_FURNITURE or not text.startswith(tuple(read_table("page_furniture")["line_starts"])):
        return False
    return not (line.main and _SENTENCE.search(text))


def _is_end(line: Line) -> bool:
    """Return whether a line is of a kind found at the ends of pages, and no line of the article by its wording."""
    furniture = read_table("page_furniture")
    text = _squash(line.text)
    if len(text) > _LONGEST_FURNITURE * 2:
        return False
    begins = text.lstrip(_LEADING_MARKS).startswith(tuple(furniture["end_starts"]))
    holds = begins or any(word in text for word in furniture["end_words"])
    return _is_related(line) or (holds and not (line.main and _is_of_article(line)))


def _is_related(line: Line) -> bool:
    """Return whether a line is the heading of a list of other articles."""
    text = _squash(line.text)
    starts = tuple(read_table("page_furniture")["related_starts"])
    return (
        len(text) <= _LONGEST_FURNITURE * 2
        and text.lstrip(_LEADING_MARKS).startswith(starts)
        and not _SENTENCE.search(text)
    )


def _going_on(lines: list[Line]) -> list[bool]:
    """Return for each line whether the article goes on after it, in its block and before a list of other articles."""
    going = [False] * len(lines)
    for index in range(len(lines) - 1, 0, -1):
        line = lines[index]
        ends = not line.main or _is_related(line)
        going[index - 1] = not ends and (going[index] or _is_of_article(line))
    return going


def _is_of_article(line: Line) -> bool:
    """Return whether a line is worded as a notice is: a sentence or an enumerated line on its subjects."""
    text = _squash(line.text)
    worded = bool(_SENTENCE.search(text)) or bool(_ENUMERATOR.match(text))
    return worded and not _is_linked(line) and bool(_NOTICE.search(text))


def _is_linked(line: Line) -> bool:
    return line.linked * 2 > line.size


def _is_link_list(lines: list[Line], index: int) -> bool:
    """Return whether a line is mostly a link, and not a single one inside the article (a document that it names)."""
    if not _is_linked(lines[index]) or (lines[index].main and _ENUMERATOR.match(_squash(lines[index].text))):
        return False
    around = lines[max(index - 1, 0) : index] + lines[index + 1 : index + 2]
    return not lines[index].main or len(around) < 2 or any(_is_linked(line) or not line.main for line in around)


def _squash(text: str) -> str:
    """Return text for comparison: without blanks, in lower case, with half-width marks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
