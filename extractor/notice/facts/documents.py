"""Documents: each 《…》 and what was done with it."""

from __future__ import annotations

import re
from typing import NamedTuple

from extractor.data import read_table
from extractor.text.places import Place, sentence_start


class DocumentFound(NamedTuple):
    """A 《…》: the place of its title without the marks, its action, and whether its closing mark is missing."""

    title: Place
    action: str
    damaged: bool


_LONGEST_TITLE = 200
_MARK = re.compile(r"[《》。\n]")
_REST_OF_BROKEN = re.compile(r"[^《》。;:、\n]{1,30}(?=》)")
"""The rest of a title that the page broke over a line's end."""
_JOINED = re.compile(r"[《》、,和及与以()\s“”等]*")
_UNCLOSED = re.compile(r"[^《》。;,\n]{4,60}?(?=(?:已|正式|正在|业)经?(?:印发|制定|出台|实施|修订|下发))")
_ACTIONS = ("revised", "drafted", "issued", "applied")
_VERB = re.compile("|".join(f"(?P<{action}>{'|'.join(read_table('documents')[action])})" for action in _ACTIONS))
_CARRIED_OUT = frozenset({"实施", "执行"})
"""Verbs that follow the making of a document: 制定实施 and 发布执行 are one act, 建立落实…制度 is none on it."""
_CHAIN_GAP = 4
"""Verbs closer than this (code points) are one act, and the first names it: 更新编印 revises, 制定并印发 issues."""
_AFTER = re.compile(
    r"[^,。;:《]{0,10}?(?:(?P<drafted>征求意见|意见征求|草拟|起草)|(?P<revised>修订|修编|更新)|"
    r"(?P<issued>编制|印发|出台|制定|下发))"
)


def find_documents(text: str) -> list[DocumentFound]:
    """Find the documents of the folded text in printed order; titles may hold 《…》 of their own."""
    found = []
    position = text.find("《")
    while position >= 0:
        end = _closing(text, position)
        if end is not None:
            title = Place(position + 1, end)
            found.append(DocumentFound(title, _action(text, title), damaged=False))
            position = text.find("《", end)
            continue
        unclosed = _UNCLOSED.match(text, position + 1)
        if unclosed:
            title = Place(*unclosed.span())
            found.append(DocumentFound(title, _action(text, title), damaged=True))
        position = text.find("《", position + 1)
    return found


def _closing(text: str, opening: int) -> int | None:
    """Return the place of the 》 that closes the 《 at ``opening``, if it stands in the same sentence."""
    depth = 0
    for mark in _MARK.finditer(text, opening, opening + _LONGEST_TITLE):
        if mark.group() == "《":
            depth += 1
        elif mark.group() == "》":
            depth -= 1
            if depth == 0:
                return mark.start() if mark.start() > opening + 1 else None
        elif depth == 1 or mark.group() == "\n":
            starts = mark.group() == "\n" and mark.start() > opening + 1 and depth == 1
            broken = _REST_OF_BROKEN.match(text, mark.end()) if starts else None
            return broken.end() if broken else None
    return None


def _action(text: str, title: Place) -> str:
    if "征求意见" in text[title.start : title.end]:
        return "drafted"
    start = sentence_start(text, title.start)
    before = _without_titles(text[start : title.start - 1])
    clause_start = max(before.rfind(","), before.rfind(":")) + 1
    governing = _first_of_last_chain(before[clause_start:])
    if governing in (None, "applied"):
        after = _AFTER.match(text, title.end + 1, min(len(text), title.end + 24))
        if after and after.lastgroup and (governing is None or after.lastgroup == "drafted"):
            return after.lastgroup
    if governing is None and _JOINED.fullmatch(before[clause_start:]):
        governing = _first_of_last_chain(before)
    return governing or "applied"


def _without_titles(text: str) -> str:
    return re.sub(r"《[^《》]*》", lambda match: "《" + "\u00b7" * (len(match.group()) - 2) + "》", text)


def _first_of_last_chain(text: str) -> str | None:
    """Return the action of the verb chain nearest to the end of ``text``: its first verb's."""
    verbs = list(_VERB.finditer(text))
    if not verbs:
        return None
    first = verbs[-1]
    if first.lastgroup == "applied" and first.group() not in _CARRIED_OUT:
        return first.lastgroup
    for verb in reversed(verbs[:-1]):
        between = text[verb.end() : first.start()]
        if len(between) > _CHAIN_GAP or any(mark in between for mark in "、,《的") or verb.lastgroup == "applied":
            break
        first = verb
    return first.lastgroup
