"""Prompts: templates in ``prompts/``, one a task, and the calls made from them.

The fixed part is the system message, the same to the byte in every call of its task, so that prefix caches hit; the
user message holds the numbered pieces, and the question last. Notice text goes in as a value, already as
``extractor.assist.packs.display`` shows it; no template is ever made from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.pack import Pack, TaskName
from extractor.assist.tasks import TASKS
from extractor.endpoint.call_keys import schema_text
from extractor.endpoint.calls import Call, Message
from extractor.endpoint.settings import PromptEdition
from extractor.errors import BugError
from extractor.record.enumerations import VOCABULARIES, Term

if TYPE_CHECKING:
    from jinja2 import Template

_SUFFIX = ".md.j2"
_FOLDERS: Mapping[PromptEdition, str] = {"2": "", "1": "first", "short": "short"}
"""The folders of the editions inside ``prompts/``. The first one is kept so that answers to it stay valid."""
_EXAMPLE = re.compile(r"^答案:\n(\{.*\})$", re.M)
_ROOM = 2
"""The most that an answer may take, in multiples of its expected length."""
_LEAST_ROOM = 512
"""The least room for an answer, in tokens: one that is written over many lines takes twice as many as expected."""
_HELD_ROOM = 4
"""As ``_ROOM``, where a schema of its own bounds the answer: weak models fill every list that they may write."""


class Prompt(NamedTuple):
    """A template with its head.

    ``task`` describes the task; ``fixed`` is the part that is the same in every call; ``withheld`` are the keys of an
    answer that it does not ask for.
    """

    name: str
    version: str
    task: str
    response: type[Response]
    fixed: str
    template: Template
    withheld: frozenset[str] = frozenset()


@cache
def prompt(task: TaskName, edition: PromptEdition = "2") -> Prompt:
    """Return the prompt of a task, read from the template ``<task>.md.j2`` of an edition.

    Raises:
        BugError: the template does not fit its task.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    source = _template(task, edition).read_text(encoding="utf-8")
    _, head, body = source.split("---\n", 2)
    fields = yaml.safe_load(head)
    # Nothing here is HTML: a notice's < and & must come through as they are shown.
    environment = SandboxedEnvironment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(body)
    response = TASKS[task].response
    named = (fields["id"], fields["response"], str(fields["version"])) == (task, response.__name__, edition)
    if not named or not {"fixed", "pieces", "question"} <= set(template.blocks):
        raise BugError(f"{task}{_SUFFIX}, edition {edition}: its head or its blocks are not those of the task “{task}”")
    values = {name: "\n".join(map(_explained, terms.values())) for name, terms in VOCABULARIES.items()}
    fixed = _block(template, "fixed", {"values_of": values})
    return Prompt(task, edition, fields["task"], response, fixed, template, frozenset(fields.get("withheld", ())))


def call_for(pack: Pack, edition: PromptEdition = "2", withheld: Collection[str] = ()) -> Call[Response]:
    """Return the call that asks a model about ``pack`` with the prompt of an edition.

    Its own schema leaves out the keys ``withheld``, and those that the prompt does not ask for; the prompt is the same
    with and without.
    """
    asked = prompt(pack.task, edition)
    values = {"pieces": pack.body, **TASKS[pack.task].question(pack)}
    question = "\n".join(_block(asked.template, name, values) for name in ("pieces", "question"))
    schema = TASKS[pack.task].schema(pack, asked.withheld.union(withheld))
    return Call(
        task=asked.name,
        prompt_version=asked.version,
        messages=(Message("system", asked.fixed), Message("user", question)),
        response=asked.response,
        context={"pack": pack},
        max_tokens=_ROOM * pack.expected_tokens,
        least_tokens=_LEAST_ROOM if schema is None else max(_LEAST_ROOM, _HELD_ROOM * pack.expected_tokens),
        schema=schema,
    )


@cache
def prompts_key(*editions: PromptEdition) -> str:
    """Return a key, 64 hexadecimal digits, of the templates, schemas and fixed parts of every task in some editions."""
    asked = [(task, edition) for edition in sorted(editions) for task in TASKS]
    sources = (_template(*each).read_bytes() for each in asked)
    schemas = (schema_text(prompt(*each).response).encode() for each in asked)
    fixed = (prompt(*each).fixed.encode() for each in asked)
    return sha256(b"\0".join([*sources, *schemas, *fixed])).hexdigest()


@cache
def examples_of(task: TaskName) -> tuple[Response, ...]:
    """Return the answers that the prompts of a task give as examples, in all editions."""
    asked = [prompt(task, edition) for edition in _FOLDERS]
    return tuple(each.response.model_validate_json(said) for each in asked for said in _EXAMPLE.findall(each.fixed))


def _explained(term: Term) -> str:
    """Return a value with its scope, and with its Chinese name where that adds something."""
    if term.scope == term.key:
        return f"- {term.key}"
    name = "" if term.zh in (*term.scope.split("、"), term.key) else f"{term.zh}:"
    return f"- {term.key} {name}{term.scope}"


def _block(template: Template, name: str, values: Mapping[str, object]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(values)))).strip()


def _template(task: TaskName, edition: PromptEdition) -> Traversable:
    """Return a template's file: inside an installed package, or beside it in a working copy."""
    packaged = files("extractor").joinpath("prompts_data")
    folder = packaged if packaged.is_dir() else Path(__file__).parents[2] / "prompts"
    return folder.joinpath(_FOLDERS[edition], task + _SUFFIX)
