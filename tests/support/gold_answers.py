"""A model that knows the gold labels, behind ``fake_endpoint``: ``serving("gold_answers:answer")``.

It is told by a request alone what it is asked about: one of our packs or any half of one, a whole notice and the record
to make of it (a plain Instructor call), or a chunk of a notice (LangExtract). What it knows nothing about gets no
answer from it. Answers hold no blanks and leave out what goes without saying, as a terse model writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from checkout import GOLD
from fake_endpoint import Request, schema_of
from notice_extractor_eval.gold_folder import Example, read_folder, reviewed
from perfect_answers import answer_from, dump, layout_from
from pydantic import BaseModel

from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.layout.model_outline import lay_out
from extractor.assist.packs.material import Material, read_first, with_outline
from extractor.assist.packs.pack import AnsweredPack, Pack
from extractor.assist.prompts import call_for, prompt
from extractor.assist.tasks import TASKS
from extractor.endpoint.pack_sizes import SIZES
from extractor.notice.assemble import in_folded
from extractor.record.contract import Notice, Span
from extractor.text.folding import fold

_CHUNK, _CHUNK_ENDS = "\nQ: ", "\nA: "  # around what LangExtract asks about, behind its examples


class Known(NamedTuple):
    """An answer, and the gold notice it is about."""

    notice_id: str
    answer: str


class Item(NamedTuple):
    """An item of gold with a place of its own: an issue (by its title), a measure, a figure, a date, a document.

    ``value`` is the contract's record of it.
    """

    kind: str
    place: Span
    value: BaseModel


def answer(request: Request) -> str | None:
    """Return what gold says to a request, None where it is about nothing that gold knows."""
    found = known(request)
    return found.answer if found else None


def known(request: Request) -> Known | None:
    """Return what gold says to a request, and of which notice."""
    first, last = (request["messages"][number]["content"] for number in (0, -1))
    if any(first.startswith(prompt(task).fixed) for task in TASKS):
        return _about_a_pack(last)
    for gold, text in examples():
        chunk = last.rpartition(_CHUNK)[2].removesuffix(_CHUNK_ENDS)
        if last.endswith(_CHUNK_ENDS) and chunk in text:
            return Known(gold.notice_id, _written(_extracted(gold, text, chunk, schema_of(request))))
        if text in last:
            return Known(gold.notice_id, _written(_shaped(gold, text, schema_of(request))))
    return None


@cache
def examples() -> tuple[Example, ...]:
    """The gold notices, each with its text."""
    return tuple(reviewed(read_folder(GOLD)))


def items(gold: Notice) -> Iterator[Item]:
    """Yield what a notice's record holds, in printed order, what is larger before what it holds."""
    found = []
    for issue in gold.issues:
        found += [Item("issue", place, issue) for place in issue.spans["title"]]
        for measure in issue.measures:
            found.append(Item("measure", measure.text, measure))
            found += [Item("figure", each.text, each) for each in measure.quantities]
            found += [Item("date", each.text, each) for each in measure.dates]
            found += [Item("document", each.text, each) for each in measure.documents]
    yield from sorted(found, key=lambda item: (item.place.start, -item.place.end))


# --- our own packs ----------------------------------------------------------------------------------------------------


def _about_a_pack(sent: str) -> Known | None:
    """What a mode or a complaint adds stands behind the pack's own words."""
    for budget in (*reversed(SIZES), None):
        for gold, text in examples():
            about = gold.notice_id, text
            answers = _answers_to_halves(*about) if budget is None else _answers_to_packs(*about, budget=budget)
            for question, told in answers.items():
                if sent.startswith(question):
                    return Known(gold.notice_id, told)
    return None


@cache
def _answers_to_packs(notice_id: str, text: str, *, budget: int) -> dict[str, str]:
    """Built for a size of packs when a call comes that is about no pack of a larger size."""
    return {_question(pack): _told(notice_id, material, pack) for material, pack in _packs(notice_id, text, budget)}


@cache
def _answers_to_halves(notice_id: str, text: str) -> dict[str, str]:
    """Built only when a call comes that is about no whole pack: there are thousands."""
    return {
        _question(half): _told(notice_id, material, half)
        for material, pack in _packs(notice_id, text)
        for half in _halves(material, pack)
    }


def _packs(notice_id: str, text: str, budget: int = SIZES[-1]) -> Iterator[tuple[Material, Pack]]:
    """Yield the packs over the rules' outline, and over the one that perfect answers about the layout lead to."""
    material = read_first(text, notice_id)
    layout = layout_packs(material)
    told = [AnsweredPack(pack, layout_from(_gold(notice_id), pack)) for pack in layout]
    laid = with_outline(material, lay_out(material.reading, told).reading)
    yield from ((material, pack) for pack in (*layout, *_round_two(material, budget)))
    yield from ((laid, pack) for pack in _round_two(laid, budget))


def _round_two(material: Material, budget: int) -> list[Pack]:
    return [*fields_packs(material), *labels_packs(material, budget)]


def _halves(material: Material, pack: Pack) -> Iterator[Pack]:
    for half in TASKS[pack.task].halves(material, pack) or ():
        yield half
        yield from _halves(material, half)


def _question(pack: Pack) -> str:
    return call_for(pack).messages[-1].content


def _told(notice_id: str, material: Material, pack: Pack) -> str:
    return dump(answer_from(_gold(notice_id), material, pack))


@cache
def _gold(notice_id: str) -> Notice:
    """The gold labels in places of the folded text, which packs speak of."""
    gold, text = next(each for each in examples() if each[0].notice_id == notice_id)
    return in_folded(gold, fold(text))


# --- what others ask --------------------------------------------------------------------------------------------------


def _shaped(value: Any, text: str, schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> Any:
    """Return a record in the shape of a schema, with quoted words where gold has a place.

    What gold does not have is left out.
    """
    definitions = schema.get("$defs", {}) if definitions is None else definitions
    if isinstance(value, Span):
        return text[value.start : value.end]
    if "$ref" in schema:
        return _shaped(value, text, definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if isinstance(value, list):
        return [_shaped(each, text, schema["items"], definitions) for each in value]
    if isinstance(value, BaseModel):
        held = {name: getattr(value, name) for name in schema["properties"]}
        return {
            name: _shaped(each, text, schema["properties"][name], definitions)
            for name, each in held.items()
            if each not in (None, [])
        }
    return value


def _extracted(gold: Notice, text: str, chunk: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The extractions that lie whole in a chunk, each with the attributes that the schema asks for."""
    start = text.index(chunk)
    attributes = dict(map(_attributes, schema["properties"]["extractions"]["items"]["anyOf"]))
    return {
        "extractions": [
            {
                item.kind: text[item.place.start : item.place.end],
                f"{item.kind}_attributes": {name: getattr(item.value, name) for name in attributes[item.kind]},
            }
            for item in items(gold)
            if item.kind in attributes and start <= item.place.start and item.place.end <= start + len(chunk)
        ]
    }


def _attributes(variant: Mapping[str, Any]) -> tuple[str, list[str]]:
    kind, attributes = variant["required"]
    return kind, list(variant["properties"][attributes]["anyOf"][0]["properties"])


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
