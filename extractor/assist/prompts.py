"""Prompts: templates in ``prompts/``, one a task, and the calls made from them.

The fixed part is the system message, the same to the byte in every call of its task, so that prefix caches hit; the
user message holds the numbered pieces, and the question last. Notice text goes in as a value, already as
``extractor.assist.display`` shows it; no template is ever made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import yaml

from extractor.assist.packs import FieldsPack, LabelsPack, Pack
from extractor.assist.responses import FieldsAnswer, LabelsAnswer, LayoutAnswer, Response
from extractor.endpoint.call_keys import schema_text
from extractor.endpoint.calls import Call, Message
from extractor.errors import BugError
from extractor.record.enumerations import VOCABULARIES, Term

if TYPE_CHECKING:
    from jinja2 import Template

Task = Literal["fields", "labels", "layout"]
TASKS: tuple[Task, ...] = ("fields", "labels", "layout")

_RESPONSES: dict[str, type[Response]] = {
    answer.__name__: answer for answer in (FieldsAnswer, LabelsAnswer, LayoutAnswer)
}
_SUFFIX = ".md.j2"
_ROOM = 2
"""How many times its expected length an answer may take before it is cut off."""


class Prompt(NamedTuple):
    """A template with its head. ``fixed`` is the part that is the same in every call."""

    name: str
    version: str
    task: str
    response: type[Response]
    fixed: str
    template: Template


@cache
def prompt(task: Task) -> Prompt:
    """The prompt of a task, read from ``prompts/<task>.md.j2``."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    source = _folder().joinpath(task + _SUFFIX).read_text(encoding="utf-8")
    _, head, body = source.split("---\n", 2)
    fields = yaml.safe_load(head)
    # Nothing here is HTML: a notice's < and & must come through as they are shown.
    environment = SandboxedEnvironment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(body)
    if fields["id"] != task or not {"fixed", "pieces", "question"} <= set(template.blocks):
        raise BugError(f"prompts/{task}{_SUFFIX}: its head or its blocks are not those of the task “{task}”")
    values = {name: "\n".join(map(_explained, terms.values())) for name, terms in VOCABULARIES.items()}
    fixed = _block(template, "fixed", {"values_of": values})
    return Prompt(task, str(fields["version"]), fields["task"], _RESPONSES[fields["response"]], fixed, template)


def call_for(pack: Pack) -> Call[Response]:
    """The call that asks a model about ``pack``."""
    asked = prompt(pack.task)
    values = _values(pack)
    question = "\n".join(_block(asked.template, name, values) for name in ("pieces", "question"))
    return Call(
        task=asked.name,
        prompt_version=asked.version,
        messages=(Message("system", asked.fixed), Message("user", question)),
        response=asked.response,
        context={"pack": pack},
        max_tokens=_ROOM * pack.expected_tokens,
    )


@cache
def prompts_key() -> str:
    """A key, 64 hexadecimal digits, of all that is said and asked in the prompts of every task."""
    sources = (_folder().joinpath(task + _SUFFIX).read_bytes() for task in TASKS)
    schemas = (schema_text(prompt(task).response).encode() for task in TASKS)
    fixed = (prompt(task).fixed.encode() for task in TASKS)
    return sha256(b"\0".join([*sources, *schemas, *fixed])).hexdigest()


def _explained(term: Term) -> str:
    """A value with what belongs to it; its Chinese name where that adds something."""
    if term.scope == term.key:
        return f"- {term.key}"
    name = "" if term.zh in (*term.scope.split("、"), term.key) else f"{term.zh}:"
    return f"- {term.key} {name}{term.scope}"


def _values(pack: Pack) -> dict[str, object]:
    if isinstance(pack, LabelsPack):
        return {
            "pieces": pack.body,
            "issues": _range("i", [piece.number for piece in pack.issues]),
            "measures": _range("m", [piece.number for piece in pack.measures]),
        }
    if isinstance(pack, FieldsPack):
        return {"pieces": pack.body, "figures": len(pack.figures)}
    return {"pieces": pack.body, "first": pack.first, "last": pack.first + len(pack.units) - 1}


def _range(mark: str, numbers: list[int]) -> str:
    if not numbers:
        return "无"
    return f"{mark}{numbers[0]}" if len(numbers) == 1 else f"{mark}{numbers[0]}至{mark}{numbers[-1]}"


def _block(template: Template, name: str, values: Mapping[str, object]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(values)))).strip()


def _folder() -> Traversable:
    """The templates' folder: inside an installed package, or beside it in a working copy."""
    packaged = files("extractor").joinpath("prompts_data")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "prompts"
