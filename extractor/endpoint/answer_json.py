"""The JSON of an answer within its text: models put fences, words and their reasoning around it."""

from __future__ import annotations

import json
import re

from pydantic_core import from_json

from extractor.endpoint.calls import Mode
from extractor.endpoint.oddities import Oddity

_THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.I)  # its beginning may be cut off
_FENCE = "```"
_BLANKS_AND_FENCES = " \t\r\n`"
_OPENED_FENCE = re.compile(r"(?:`{3,})?\s*(?:json|JSON)?\s*(?=\{)")
_LANGUAGE = re.compile(r"[A-Za-z]*\s*")
_OPENING = re.compile(r"[{\[]")
_BEGUN = re.compile(r'[{\[]\s*(?:"(?:[^"\\]|\\.)*"\s*:|\{\s*")')  # what no words in brackets look like
_MOST_TRIES = 64  # places where JSON may begin; more are no answer
_LONGEST_PROSE = 300_000  # characters in which JSON is looked for


def found_json(content: str, mode: Mode) -> tuple[str, tuple[Oddity, ...]]:
    """Return the JSON object in ``content``, and what was around it; all of the text where there is none.

    Of several objects the last counts: those before it the model may have quoted from its prompt.
    """
    text = content.strip()
    if is_json(text):
        return text, ()
    oddities: list[Oddity] = []
    ends = [thought.end() for thought in _THOUGHT_END.finditer(text)]
    rest = next((after for end in reversed(ends) if (after := text[end:].strip())), text)
    if rest != text:
        oddities.append(Oddity.REASONING)
    if len(rest) >= 2 * len(_FENCE) and rest.startswith(_FENCE) and rest.endswith(_FENCE):
        if mode != "md_json":
            oddities.append(Oddity.FENCED)
        rest = _LANGUAGE.sub("", rest[len(_FENCE) : -len(_FENCE)], count=1).strip()
    if is_json(rest):
        return rest, tuple(oddities)
    found = _last_object(rest) if len(rest) <= _LONGEST_PROSE else None
    if found is None:
        return rest, tuple(oddities)
    return found, (*oddities, Oddity.FENCED if "```" in rest else Oddity.PROSE)


def whole_answer(content: str) -> str | None:
    """Return the JSON object of an answer that was cut off behind it, None where it was cut off earlier.

    Only blanks and the marks of a fence may be behind the object, and only those and thoughts before it.
    """
    text = content.strip(_BLANKS_AND_FENCES)
    ends = [thought.end() for thought in _THOUGHT_END.finditer(text)]
    rest = text[ends[-1] :] if ends else text
    body = _OPENED_FENCE.sub("", rest.lstrip(), count=1)
    return body if body.startswith("{") and is_json(body) else None


def _last_object(text: str) -> str | None:
    """Return the last JSON object in ``text`` that is part of no other value.

    Where one is begun and broken there is none: what is whole inside of it, or before it, is not the answer.
    """
    decoder = json.JSONDecoder()
    found: str | None = None
    opening = _OPENING.search(text)
    for _ in range(_MOST_TRIES):
        if opening is None:
            break
        try:
            value, end = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            if _BEGUN.match(text, opening.start()):
                return None
            end = opening.end()
        else:
            if isinstance(value, dict):
                found = text[opening.start() : end]
        opening = _OPENING.search(text, end)
    return found


def is_json(text: str) -> bool:
    """Return whether ``text`` is one JSON value."""
    try:
        from_json(text)
    except (ValueError, TypeError):  # TypeError: half of a surrogate pair, which UTF-8 has no bytes for
        return False
    return True
