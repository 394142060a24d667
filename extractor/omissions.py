"""The parts of a file that its text lacks, as checks of the record; small furniture raises none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from extractor.data import read_table
from extractor.files.parts.left_out import LeftOut, summed
from extractor.record.checks import Doubt, Lang, said
from extractor.record.contract import Check

_LARGE = 0.2  # share of the text, and
_LEAST = 30  # characters: from the larger of both on, struck or folded text and notes are named whatever their wording
_MOST_NAMED = 3  # entries of one check


def named_omissions(left_out: Sequence[LeftOut], text: str, lang: Lang) -> list[Check]:
    """Return the checks that name what was left out of ``text``: one a code, in the order of the text."""
    sums = summed(left_out)
    by_code: defaultdict[str, list[LeftOut]] = defaultdict(list)
    for entry in left_out:
        row = read_table("left_out")[entry.kind]
        if _is_named(entry, row["when"], sums[entry.kind], len(text)):
            by_code[row["check"]].append(entry)
    return [said(Doubt(code, "", {"what": _described(entries, lang)}), lang) for code, entries in by_code.items()]


def with_omissions(named: list[Check], checks: list[Check]) -> list[Check]:
    """Return the checks ``named`` for what was left out, then the other ``checks`` of the record.

    A grave omission explains why no issue was found: then the check that blames the layout is dropped.
    """
    is_grave = any(check.severity == "error" for check in named)
    return named + [check for check in checks if not (is_grave and check.code == "no_issues")]


def _is_named(entry: LeftOut, when: str, size: int, text_size: int) -> bool:
    match when:
        case "always":
            return True
        case "worded":
            return entry.notice_like
        case "large":
            return entry.notice_like or size >= max(_LEAST, _LARGE * text_size)
        case _:
            return False


def _described(entries: Sequence[LeftOut], lang: Lang) -> str:
    """Describe the entries, the largest first, e.g. ``隐藏的文字(35字):“内部:另有…”``."""
    largest = sorted(entries, key=lambda entry: -entry.characters)
    described = [_in_words(entry, lang) for entry in largest[:_MOST_NAMED]]
    if more := len(entries) - len(described):
        described.append(f"另有{more}处" if lang == "zh" else f"and {more} more")
    return (";" if lang == "zh" else "; ").join(described)


def _in_words(entry: LeftOut, lang: Lang) -> str:
    name, size = str(read_table("left_out")[entry.kind][lang]), entry.characters
    if lang == "zh":
        place = re.sub(r"^page ([0-9]+)$", r"第\1页", entry.where)
        facts = ",".join(fact for fact in (place, f"{size}字" if size else "") if fact)
        return name + (f"({facts})" if facts else "") + (f":“{entry.words}”" if entry.words else "")
    facts = ", ".join(fact for fact in (entry.where, f"{size:,} characters" if size else "") if fact)
    return name + (f" ({facts})" if facts else "") + (f" “{entry.words}”" if entry.words else "")
