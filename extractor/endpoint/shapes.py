"""The shape of a request in each mode, and its answer parsed: Instructor's two halves around our own request.

Instructor's own way, one ``create`` that also retries, does not do here. It renders messages as Jinja templates when a
validation context is given, so that ``{{`` in a text would be executed; it puts each failed answer into the prompt of
the next try; it logs answers; and it builds a model class for each call, which takes longer than the request itself.
So the shape of a request is taken from Instructor once a mode and response, and each answer is handed to its parser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

import instructor
from instructor.v2 import mode_registry
from pydantic import BaseModel

from extractor.endpoint.call_keys import sends_own_schema, token_limit
from extractor.endpoint.calls import NO_COMPLAINT, Call, Complaint, Message, Mode, Response
from extractor.endpoint.settings import EndpointSettings
from extractor.errors import BugError

_MODES = {
    "tools": instructor.Mode.TOOLS,
    "json_schema": instructor.Mode.JSON_SCHEMA,
    "json": instructor.Mode.JSON,
    "md_json": instructor.Mode.MD_JSON,
}
_OTHER_TEMPERATURE = 0.3  # enough that a model writes something else, and little enough that it still reads well
_SYSTEM, _USER = "<system>", "<user>"


@dataclass(frozen=True)
class _Shape:
    """The additions of a mode to a request: fields, and words behind the first system and the last user message."""

    fields: Mapping[str, Any]
    behind_system: str
    behind_user: str


def request_body(
    call: Call[Response],
    settings: EndpointSettings,
    mode: Mode,
    complaint: Complaint = NO_COMPLAINT,
    dropped: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a request as JSON.

    ``complaint`` describes what was wrong with the last answer; ``dropped`` are parameters that the endpoint refuses.
    """
    shape = _shape(call.response, mode)
    body: dict[str, Any] = {
        "model": settings.model,
        "messages": _messages(call.messages, shape, complaint.words),
        **_fields(shape, call, settings, mode),
        "max_tokens": token_limit(call, settings),
    }
    body |= _sampling(settings, complaint.before)
    for name in dropped:
        value = body.pop(name, None)
        if name == "max_tokens" and value is not None:
            body["max_completion_tokens"] = value  # what newer OpenAI models call it
    return body | settings.extra_body


def _fields(shape: _Shape, call: Call[Response], settings: EndpointSettings, mode: Mode) -> Mapping[str, Any]:
    """Return a mode's fields, read only: copying a schema takes longer than all the rest."""
    if not sends_own_schema(call, settings, mode):
        return shape.fields
    asked = shape.fields["response_format"]
    named = {**asked["json_schema"], "schema": call.schema}
    return {**shape.fields, "response_format": {**asked, "json_schema": named}}


def _bounded(part: Any, most: Mapping[str, int]) -> Any:
    """Return a part of a request with a largest length for each list that ``most`` names and that has none.

    The bounds are no part of a call's key: an answer within them is the same without.
    """
    if isinstance(part, list):
        return [_bounded(each, most) for each in part]
    if not isinstance(part, dict):
        return part
    bounded = {name: _bounded(each, most) for name, each in part.items()}
    for name, field in bounded.get("properties", {}).items() if isinstance(bounded.get("properties"), dict) else ():
        if name in most and isinstance(field, dict) and field.get("type") == "array":
            field.setdefault("maxItems", most[name])
    return bounded


def _sampling(settings: EndpointSettings, same_before: int) -> dict[str, Any]:
    """Return the sampling of a request, another one where the same complaint as before would bring the same answer."""
    sampling: dict[str, Any] = {}
    if settings.temperature is not None:
        sampling["temperature"] = max(settings.temperature, _OTHER_TEMPERATURE) if same_before else settings.temperature
    if settings.seed is not None:
        sampling["seed"] = settings.seed + same_before
    return sampling


def parsed_answer(call: Call[Response], mode: Mode, text: str) -> Response:
    """Return the answer in ``text``, the JSON of a completion, checked against the call's context.

    Raises:
        pydantic.ValidationError: it is not what was asked for.
    """
    handlers = mode_registry.get_handlers(instructor.Provider.OPENAI, _MODES[mode])
    answer = handlers.response_parser(
        response=_completion(text, mode),
        response_model=call.response,
        validation_context=dict(call.context),
        strict=False,  # "3" for 3 is no reason to ask again
    )
    answer.__dict__.pop("_raw_response", None)  # equal answers are to be equal, and small
    return cast(Response, answer)


@lru_cache(maxsize=64)
def _shape(response: type[BaseModel], mode: Mode) -> _Shape:
    handlers = mode_registry.get_handlers(instructor.Provider.OPENAI, _MODES[mode])
    messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
    _, request = handlers.request_handler(response_model=response, kwargs={"messages": messages})
    prepared = request.pop("messages")
    if "tool_choice" in request:
        # There is one tool, so this names it, too. By its name llama.cpp takes no notice of it, and LM Studio refuses.
        request["tool_choice"] = "required"
    roles = [message["role"] for message in prepared]
    if roles != ["system", "user"] or not (
        prepared[0]["content"].startswith(_SYSTEM) and prepared[1]["content"].startswith(_USER)
    ):
        raise BugError(f"this version of Instructor ({instructor.__version__}) shapes {mode} requests in another way")
    request = _bounded(request, getattr(response, "longest_lists", {}))
    return _Shape(request, prepared[0]["content"][len(_SYSTEM) :], prepared[1]["content"][len(_USER) :])


def _messages(messages: Sequence[Message], shape: _Shape, complaint: str) -> list[dict[str, str]]:
    """Return the messages as they are sent.

    The complaint comes at the very end, behind what prefix caches know, and in the last message: some models take no
    two messages of the user in a row.
    """
    sent = [{"role": message.role, "content": message.content} for message in messages]
    if shape.behind_system:
        if sent[0]["role"] != "system":
            sent.insert(0, {"role": "system", "content": ""})
        sent[0]["content"] = (sent[0]["content"] + shape.behind_system).lstrip()
    if sent[-1]["role"] != "user":
        sent.append({"role": "user", "content": ""})
    sent[-1]["content"] = (sent[-1]["content"] + shape.behind_user + _appeal(complaint)).lstrip()
    return sent


def _appeal(complaint: str) -> str:
    if not complaint:
        return ""
    return f"\n\nAn earlier answer could not be used. {complaint}\nAnswer again, in full and in the form asked for."


def _completion(text: str, mode: Mode) -> SimpleNamespace:
    """Return the parts of a completion that a parser reads, with ``text`` in the place of the JSON.

    Building OpenAI's own classes would take longer than all the rest.
    """
    tool_calls = [SimpleNamespace(function=SimpleNamespace(arguments=text))] if mode == "tools" else None
    message = SimpleNamespace(content=text, tool_calls=tool_calls, refusal=None)
    return SimpleNamespace(choices=[SimpleNamespace(finish_reason="stop", message=message)])
