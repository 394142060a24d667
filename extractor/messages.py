"""The language of messages, and their sentences in it.

The code holds its sentences in English. ``extractor/data/messages.toml`` says them in Chinese, clause by clause, and a
finished sentence is turned into Chinese where it leaves the program: on standard error, on a page, in ``run.json``.
What has no entry stays English; paths, ids and numbers come through unchanged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from extractor.data import read_table

MessageLang = Literal["zh", "en"]

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_LONGEST = 5_000
_MOST_MARKS = 60
"""Code points, and marks between clauses, of a sentence that is turned into Chinese; longer ones are not ours."""
_LETTER = re.compile("[A-Za-z]")
_MARKS = re.compile(r"[:;,] | \(")
_COUNTED = re.compile(r"[0-9]+ × [^×]+(?:, [0-9]+ × [^×]+)+")
_NEXT_COUNTED = re.compile(r", (?=[0-9]+ × )")
_HOLE = re.compile(r"\{([0-9]+)([#*]?)\}")
_NUMBER = r"[0-9][0-9,. ]*"


class _Choice:
    """The language that a command's option has chosen in this process; None where none was given."""

    lang: MessageLang | None = None


_ANSWERED: ContextVar[MessageLang | None] = ContextVar("answered", default=None)


def choose(lang: str | None) -> None:
    """Take a language (zh, en) for the messages of this process; None: that of the environment."""
    _Choice.lang = None if lang is None else "en" if lang == "en" else "zh"


def language(environment: Mapping[str, str] | None = None) -> MessageLang:
    """Return the language of messages: the one chosen, else EXTRACTOR_LANG, else the locale, else Chinese."""
    if _Choice.lang is not None and environment is None:
        return _Choice.lang
    values = os.environ if environment is None else environment
    wanted = values.get("EXTRACTOR_LANG") or next((values[name] for name in _LOCALE if values.get(name)), "")
    return "en" if wanted.lower().startswith("en") else "zh"


def answer_in(lang: str | None) -> None:
    """Take a language (zh, en) for what is said in this context, as in one answer; any other: that of messages."""
    _ANSWERED.set("zh" if lang == "zh" else "en" if lang == "en" else None)


def said(text: str, lang: str | None = None) -> str:
    """Return an English sentence, or lines of them, in a language (zh, en; by default the answer's, else messages')."""
    if (lang or _ANSWERED.get() or language()) == "en":
        return text
    return "\n".join(_line_in_chinese(line) for line in text.split("\n"))


def help_in_chinese(text: str) -> str:
    """Return a help text in Chinese, paragraph by paragraph; those without an entry stay English."""
    table = read_table("messages")["help"]
    return "\n\n".join(table.get(paragraph, paragraph) for paragraph in paragraphs(text))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n|\f", text.strip())]


def _line_in_chinese(line: str) -> str:
    words = line.strip()
    is_ours = 0 < len(words) <= _LONGEST and len(_MARKS.findall(words)) <= _MOST_MARKS
    translated = translate(words) if is_ours else None
    return line if translated is None else line.replace(words, translated.text, 1)


class Translation(NamedTuple):
    """A sentence in Chinese; ``is_whole`` is False where a clause of it had no entry and stayed English."""

    text: str
    is_whole: bool = True


@lru_cache(maxsize=2_000)
def translate(sentence: str) -> Translation | None:
    """Return an English sentence in Chinese, or None where nothing of it has an entry."""
    ways = (_counted, _by_entry, _clauses, _after_a_name, _listed, _with_a_remark, _by_entry_of_more)
    return _first_whole(ways, sentence)


@lru_cache(maxsize=2_000)
def _without_a_name(sentence: str) -> Translation | None:
    """Return a sentence in Chinese that does not begin with the name of a file."""
    return _first_whole((_by_entry, _clauses_without_a_name, _listed, _with_a_remark, _by_entry_of_more), sentence)


def _first_whole(ways: tuple[Callable[[str], Translation | None], ...], sentence: str) -> Translation | None:
    partly = None
    for way in ways:
        found = way(sentence)
        if found is not None and found.is_whole:
            return found
        partly = partly or found
    return partly


class _Entry(NamedTuple):
    """An entry of the table: the English clause, its fixed words, and the Chinese one."""

    english: str
    fixed: tuple[str, ...]
    chinese: str

    def takes(self, sentence: str) -> bool:
        """Return whether the sentence may be this one, which is quicker to tell than by the pattern."""
        return all(words in sentence for words in self.fixed)


@cache
def sentences() -> dict[str, str]:
    """Return the table: each English clause, ours, the parser's of options or of a file's kind, and the Chinese one."""
    table, kinds = read_table("messages"), read_table("file_kinds").values()
    named = {kind["en"]: kind["zh"] for kind in kinds}
    advised = {kind["advice_en"]: kind["advice_zh"] for kind in kinds if "advice_en" in kind}
    return {**named, **advised, **table["usage"], **table["sentences"]}


@cache
def _plain() -> dict[str, str]:
    return {english: chinese for english, chinese in sentences().items() if not _HOLE.search(english)}


@cache
def _entries() -> tuple[_Entry, ...]:
    """Return the entries with something to fill in, those with the most fixed words first."""
    found = [
        _Entry(english, tuple(filter(None, _HOLE.sub("\0", english).split("\0"))), chinese)
        for english, chinese in sentences().items()
        if _HOLE.search(english)
    ]
    return tuple(sorted(found, key=lambda entry: -sum(map(len, entry.fixed))))


@cache
def _pattern(english: str) -> re.Pattern[str]:
    """Return the pattern of an entry, made when a sentence has its fixed words."""
    pattern, end = "", 0
    for hole in _HOLE.finditer(english):
        pattern += re.escape(english[end : hole.start()])
        pattern += f"(?P<_{hole[1]}>{_NUMBER if hole[2] == '#' else '.+?'})"
        end = hole.end()
    return re.compile(pattern + re.escape(english[end:]), re.DOTALL)


def _by_entry(sentence: str) -> Translation | None:
    """Return the Chinese of the entry that a sentence is; what an entry begins with holds no clause before a colon."""
    if sentence in _plain():
        return Translation(_plain()[sentence])
    return next(_by_entries(sentence, lambda first: ": " not in first), None)


def _by_entry_of_more(sentence: str) -> Translation | None:
    """Return the Chinese of the entry that a sentence is, whatever it begins with."""
    return next(_by_entries(sentence, lambda _: True), None)


def _by_entries(sentence: str, may_begin: Callable[[str], bool]) -> Iterator[Translation]:
    for entry in _entries():
        match = _pattern(entry.english).fullmatch(sentence) if entry.takes(sentence) else None
        if match and (not entry.english.startswith("{1") or may_begin(match["_1"])):
            yield Translation(_HOLE.sub(lambda hole, match=match: _filled(hole, match), entry.chinese))  # type: ignore[misc]


def _filled(hole: re.Match[str], match: re.Match[str]) -> str:
    value = match[f"_{hole[1]}"]
    inner = translate(value) if hole[2] == "*" else None
    return value if inner is None else inner.text


def _clauses(sentence: str) -> Translation | None:
    return _clauses_from(translate, sentence)


def _clauses_without_a_name(sentence: str) -> Translation | None:
    return _clauses_from(_without_a_name, sentence)


def _clauses_from(begun: Callable[[str], Translation | None], sentence: str) -> Translation | None:
    """Return clauses between semicolons, each by itself; a semicolon beside one that stays English stays."""
    parts = sentence.split("; ")
    ways: list[Callable[[str], Translation | None]] = [begun, *[translate] * (len(parts) - 1)]
    found = [_clause(way, part) for way, part in zip(ways, parts, strict=True)] if len(parts) > 1 else []
    if not any(found):
        return None
    text = ""
    for number, (part, each) in enumerate(zip(parts, found, strict=True)):
        if number:
            text += "；" if each and found[number - 1] else "; "
        text += part if each is None else each.text
    return Translation(text, all(each is not None and each.is_whole for each in found))


def _clause(way: Callable[[str], Translation | None], part: str) -> Translation | None:
    """Return a clause in Chinese; what has no letter needs none."""
    return way(part) if _LETTER.search(part) else Translation(part)


def _after_a_name(sentence: str) -> Translation | None:
    """Return what stands behind the name of a file or the like, which stays as it is."""
    partly = None
    for colon in re.finditer(": ", sentence):
        rest = _without_a_name(sentence[colon.end() :])
        if rest is not None:
            found = Translation(f"{sentence[: colon.start()]}：{rest.text}", rest.is_whole)
            if found.is_whole:
                return found
            partly = partly or found
    return partly


def _counted(sentence: str) -> Translation | None:
    """Return a list of what is counted, whose names may have commas: 2 × icon, animation or drawing, 1 × program."""
    if _COUNTED.fullmatch(sentence) is None:
        return None
    return _joined("，", map(translate, _NEXT_COUNTED.split(sentence)))


def _listed(sentence: str) -> Translation | None:
    """Return what is listed between commas, if all of it has an entry."""
    parts = sentence.split(", ")
    return _joined("，", map(translate, parts)) if len(parts) > 1 else None


def _joined(mark: str, parts: Iterable[Translation | None]) -> Translation | None:
    found = list(parts)
    if all(each is not None and each.is_whole for each in found):
        return Translation(mark.join(each.text for each in found if each is not None))
    return None


def _with_a_remark(sentence: str) -> Translation | None:
    """Return a clause with a remark in brackets at its end."""
    match = re.fullmatch(r"(.*?) \((.*)\)", sentence, re.DOTALL)
    clause = translate(match[1]) if match else None
    if match is None or clause is None:
        return None
    remark = translate(match[2])
    return Translation(f"{clause.text}（{match[2] if remark is None else remark.text}）", clause.is_whole)
