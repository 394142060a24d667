"""What a reader does not see, put into a text: blanks, unseen marks, radicals, widths, wraps, pages, entities.

Each kind of noise takes a text and a random source and returns the text with that noise. ``values`` gives what a
notice holds in an order that two readings of the same notice share, and ``seen`` the words at a value's place as a
reader sees them, so that a noisy reading can be compared with the quiet one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import yaml
from checkout import GOLD_NOTICES, SUPPORT

from extractor import Notice
from extractor.record.contract import Span

Noise = Callable[[str, Random], str]

BLANKS = (" ", "\u00a0", "\u2009", "\u202f", "\u3000", "\t")
UNSEEN = tuple(map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)))
# The Kangxi block decomposes. Of the supplement's radicals those that are a character as it is written today:
# Unicode's EquivalentUnifiedIdeograph.
_SUPPLEMENT = "⺟母⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻨麦⻩黄⻬齐⻰龙"
_CHARACTERS = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0x2F00, 0x2FD6)}
RADICALS = _CHARACTERS | dict(zip(_SUPPLEMENT[1::2], _SUPPLEMENT[::2], strict=True))
_FROM_RADICALS = str.maketrans({radical: character for character, radical in RADICALS.items()})
_FULL = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F) if chr(code) not in "\"'"}
_HALF = {full: half for half, full in _FULL.items()}
_ENTITIES = {
    "<": "&lt;",
    ">": "&gt;",
    "“": "&ldquo;",
    "”": "&rdquo;",
    "—": "&mdash;",
    "·": "&middot;",
    "‘": "&lsquo;",
    "’": "&rsquo;",
}
_NBSP = ("&nbsp;", "&#160;", "&#xa0;", "&amp;nbsp;", "&ensp;")
_PAGE_END = re.compile(r"\n*- \d+ -\n\f")
_CHINESE_BESIDE_FIGURE = re.compile(r"(?<=[\u4e00-\u9fff])(?=[0-9０-９])|(?<=[0-9０-９%％])(?=[\u4e00-\u9fff])")
# No line begins with one of these, none ends with one of those.
_CLOSING = frozenset("。，、；：！？）〕】》”’,;:!?.)]%％")
_OPENING = frozenset("（〔【《“‘([")
_ENUMERATED = re.compile(
    r"\s*(?:[(（]?[一二三四五六七八九十\d]+[)）、.．]|[一二三四五六七八九十]+是|第[一二三四五六七八九十]+|[①-⒛])"
)


def gold_texts() -> dict[str, str]:
    """The gold notices by their id."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(GOLD_NOTICES.glob("*.txt"))}


def layout_texts() -> dict[str, str]:
    """The notices of ``tests/support/layouts`` by the name of their file."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["text"]
        for path in sorted(SUPPORT.joinpath("layouts").glob("*.yaml"))
    }


def office_blanks(text: str, random: Random) -> str:
    """One kind of blank at every place where a figure stands beside Chinese, as office suites print it."""
    blank = random.choice(BLANKS)
    return _CHINESE_BESIDE_FIGURE.sub(blank, text)


def mixed_blanks(text: str, random: Random) -> str:
    """One to three blanks of any kinds at half of the places where a figure stands beside Chinese."""

    def some(_: re.Match[str]) -> str:
        return "".join(random.choices(BLANKS, k=random.choice((0, 0, 0, 1, 2, 3))))

    return _CHINESE_BESIDE_FIGURE.sub(some, text)


def scan_blanks(text: str, random: Random) -> str:
    """A blank behind most words and marks and at a line's end, as the text layer of a searchable scan has it."""
    share = random.choice((0.4, 0.8))

    def apart(before: str, behind: str) -> bool:
        plain = unicodedata.normalize("NFKC", before + behind).isascii()
        return not plain and not before.isspace() and behind != "\u3000" and random.random() < share

    pairs = zip(text, [*text[1:], "\n"], strict=True)
    return "".join(f"{before} " if apart(before, behind) else before for before, behind in pairs)


def unseen_marks(text: str, random: Random) -> str:
    """Marks without a width anywhere, in numbers too: few or many of them."""
    share = random.choice((0.02, 0.1, 0.5))
    return "".join(character + (random.choice(UNSEEN) if random.random() < share else "") for character in text)


def unseen_in_numbers(text: str, random: Random) -> str:
    """A mark without a width beside every digit."""
    return re.sub(r"(?<=[0-9])|(?=[0-9])", lambda _: random.choice(UNSEEN), text)


def radicals(text: str, random: Random) -> str:
    """Radicals for the characters that look like them, all or half of them."""
    share = random.choice((0.5, 1))
    return "".join(
        RADICALS[character] if character in RADICALS and random.random() < share else character for character in text
    )


def full_width(text: str, random: Random) -> str:
    """ASCII in full width: all of it, its digits alone, or one in two."""
    wide = {character: _FULL[character] for character in _FULL if random.choice((True, True, not character.isdigit()))}
    share = random.choice((0.5, 1))
    return "".join(wide[one] if one in wide and random.random() < share else one for one in text)


def half_width(text: str, random: Random) -> str:
    """Full width in ASCII, but for commas between digits, which would be thousands marks."""
    share = random.choice((0.5, 1))
    return "".join(
        _HALF[one] if one in _HALF and random.random() < share and not _between_digits(text, at) else one
        for at, one in enumerate(text)
    )


def wrapped(text: str, random: Random) -> str:
    """Lines of one width, 12 to 120 columns; paragraphs set apart by blank lines, by an indent, or by neither."""
    columns = random.randint(12, 120)
    return wrapped_at(text, columns, indent=random.random() < 0.5, blank=random.random() < 0.5)


def pages(text: str, random: Random) -> str:
    """Wrapped lines on pages that end anywhere in a paragraph, with or without a line with the page's number."""
    lines = wrapped_at(text, random.randint(48, 80), indent=True, blank=False).split("\n")
    number = random.random() < 0.5
    height = random.randint(25, 45)
    sheets = ["\n".join(lines[at : at + height]) for at in range(0, len(lines), height)]
    return "".join(f"{sheet}\n- {page} -\n\f" if number else f"{sheet}\n\f" for page, sheet in enumerate(sheets, 1))


def form_feeds(text: str, random: Random) -> str:
    """Pages that end where a paragraph ends, with or without a line with the page's number."""
    number = random.random() < 0.5
    paragraphs, page, made = text.split("\n"), 0, []
    for paragraph in paragraphs:
        made.append(paragraph)
        if paragraph.strip() and random.random() < 0.15:
            page += 1
            made.append(f"- {page} -\n\f" if number else "\f")
        else:
            made.append("\n")
    return "".join(
        part if part.endswith(("\f", "\n")) or not following.startswith(("-", "\f")) else part + "\n"
        for part, following in zip(made, [*made[1:], ""], strict=True)
    )


def entities(text: str, random: Random) -> str:
    """What a page's source says for a mark (``&ldquo;``), and a blank before each paragraph, escaped once or twice."""
    blank = random.choice(_NBSP)
    twice = random.random() < 0.3
    named = {mark: entity.replace("&", "&amp;") if twice else entity for mark, entity in _ENTITIES.items()}
    escaped = "".join(named.get(character, character) for character in text)
    escaped = re.sub(r"[ \u00a0]", blank, escaped)
    return re.sub(r"^(?=.)", blank * random.randint(0, 4), escaped, flags=re.MULTILINE)


def entities_beside_figures(text: str, random: Random) -> str:
    """An escaped blank at every place where a figure stands beside Chinese."""
    blank = random.choice(_NBSP)
    return _CHINESE_BESIDE_FIGURE.sub(blank, text)


# In the order in which they can be put one upon the other.
KINDS: dict[str, Noise] = {
    noise.__name__: noise
    for noise in (
        radicals,
        full_width,
        half_width,
        office_blanks,
        mixed_blanks,
        scan_blanks,
        wrapped,
        pages,
        form_feeds,
        unseen_marks,
        unseen_in_numbers,
        entities,
        entities_beside_figures,
    )
}
# Of each group one at most: a text is wrapped once; lines are not set in by entities where a paragraph has many.
_APART = (
    {"full_width", "half_width"},
    {"office_blanks", "mixed_blanks", "scan_blanks", "entities_beside_figures"},
    {"wrapped", "pages", "form_feeds"},
    {"unseen_marks", "unseen_in_numbers"},
    {"wrapped", "pages", "form_feeds", "entities"},
    {"entities", "entities_beside_figures"},
)


def mixed(names: Sequence[str], text: str, random: Random) -> str:
    """Several kinds of noise one upon the other, of each group of like ones the first alone."""
    chosen = [name for name in KINDS if name in names]
    for group in _APART:
        for name in [name for name in chosen if name in group][1:]:
            chosen.remove(name)
    if {"wrapped", "pages"} & set(chosen):
        # Nobody wraps a page's source at the width of its entities. Several blanks in a row at a line's end hide that
        # it is full: then a figure may be lost at some line ends, which is told (docs/reading.md).
        chosen = [name for name in chosen if not name.startswith("entities") and name != "mixed_blanks"]
    for name in chosen:
        text = _wrapped_widely(text, random) if name == "wrapped" else KINDS[name](text, random)
    return text


def _wrapped_widely(text: str, random: Random) -> str:
    """As ``wrapped``, but not so narrow that blanks at the ends of lines hide that they are full: from 24 columns."""
    return wrapped_at(text, random.randint(24, 120), indent=random.random() < 0.5, blank=random.random() < 0.5)


def wrapped_at(text: str, columns: int, *, indent: bool, blank: bool) -> str:
    """``text`` with each paragraph broken into lines of ``columns`` columns, a Chinese character being two wide.

    Where neither ``indent`` nor ``blank`` sets paragraphs apart, a blank line follows a last line that is full, unless
    the next paragraph is enumerated: a reader could not tell either.
    """
    paragraphs = [line.strip() for line in text.split("\n") if line.strip()]
    made = []
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], ""], strict=True):
        lines = _lines(("\u3000\u3000" if indent else "") + paragraph, columns)
        full = _columns(lines[-1]) >= columns - 4
        apart = blank or (full and not indent and not _ENUMERATED.match(following))
        made.append("\n".join(lines) + ("\n\n" if apart else "\n"))
    return "".join(made)


def seen(words: str) -> str:
    """``words`` as a reader sees them: without blanks, unseen marks and ends of pages, in half width, unescaped."""
    kept = html.unescape(html.unescape("".join(one for one in words if one not in UNSEEN)))
    kept = _PAGE_END.sub("", kept).translate(_FROM_RADICALS)
    kept = "".join(one for one in kept if one not in UNSEEN)
    return "".join(unicodedata.normalize("NFKC", kept).split())


class Value(NamedTuple):
    """One value of a notice: its kind, the value itself in normal form, and the words at its place as seen."""

    kind: str
    value: str
    words: str


def _normal(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split())


def values(text: str, notice: Notice) -> list[Value]:
    """The notice's totals, and the titles, figures, dates, documents and accountability of its issues, in order."""

    def at(kind: str, value: object, *places: Span) -> Value:
        return Value(kind, _normal(str(value)), "".join(seen(text[place.start : place.end]) for place in places))

    found = [at("total", f"{one.name} {one.value:.12g} {one.unit}", one.text) for one in notice.totals]
    for issue in notice.issues:
        found.append(at("issue", issue.title, *issue.spans.get("title", [])))
        for measure in issue.measures:
            found += [
                at("figure", f"{one.value:.12g} {one.unit} {one.qualifier}", one.text) for one in measure.quantities
            ]
            found += [at("date", one.value, one.text) for one in measure.dates]
            found += [at("document", f"{one.title} {one.action}", one.text) for one in measure.documents]
            found += [at("held", f"{one.action} {one.count} {one.unit}", one.text) for one in measure.accountability]
    return found


class Kept(NamedTuple):
    """How many values of the quiet text a noisy one still gives, out of how many, and how many others it gives."""

    kept: int
    of: int
    other: int


def compared(quiet: list[Value], noisy: list[Value]) -> Kept:
    """Count values by kind and normal form, wherever they stand."""
    wanted = Counter((one.kind, one.value) for one in quiet)
    found = Counter((one.kind, one.value) for one in noisy)
    return Kept((wanted & found).total(), wanted.total(), (found - wanted).total())


def _between_digits(text: str, at: int) -> bool:
    return text[at] in "，．" and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _columns(line: str) -> int:
    return sum(_width(character) for character in line)


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def _lines(paragraph: str, columns: int) -> list[str]:
    """Break after ``columns`` columns, in the middle of words and numbers; closing marks hang over the edge."""
    lines, line, width = [], "", 0
    for character in paragraph:
        width += _width(character)
        if width > columns and line.strip() and character not in _CLOSING:
            carried = line[-1] if line[-1] in _OPENING and len(line) > 1 else ""
            lines.append(line[: len(line) - len(carried)])
            line, width = carried, _columns(carried) + _width(character)
        line += character
    return [*lines, line]
