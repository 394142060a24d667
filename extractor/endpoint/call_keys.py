"""The key that a call's answer is kept under: a hash of all that can change the answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from extractor.endpoint.calls import Call, Mode, Response
from extractor.endpoint.settings import EndpointSettings

_FORM = 1  # of the key itself
_WITH_OWN_SCHEMA = ("json_schema", "auto")  # modes, as they are set, in which a call's own schema may be sent


def call_key(call: Call[Response], settings: EndpointSettings) -> str:
    """Return the key of a call, 64 hexadecimal digits.

    It covers the model, the mode as it was set, the sampling, the messages, the answer's schema, the prompt's version
    and further fields; with ``cache_by_address`` the endpoint's address, too. With mode ``auto`` it holds ``auto``: a
    run from the cache asks no endpoint and does not know which mode the probe would pick.
    """
    return call_keys(call, settings)[0]


def call_keys(call: Call[Response], settings: EndpointSettings) -> tuple[str, ...]:
    """Return the keys under which an answer to a call may be kept, that of the call as it would be sent first.

    An answer given under another schema of the same prompt serves as well, once it is found valid.
    """
    general = _key(call, settings, None)
    if call.schema is None or settings.mode not in _WITH_OWN_SCHEMA:
        return (general,)
    own = _key(call, settings, _text(call.schema))
    return (own, general) if settings.sends_pack_schema else (general, own)


def _key(call: Call[Response], settings: EndpointSettings, own_schema: str | None) -> str:
    return _hashed(
        [
            *_deciding(settings),
            # As the task says, without the room above it: a whole answer is the same with more room.
            settings.max_tokens or call.max_tokens,
            [list(message) for message in call.messages],
            own_schema or schema_text(call.response),
            [call.task, call.prompt_version],
        ]
    )


def settings_key(settings: EndpointSettings) -> str:
    """Return a key, 64 hexadecimal digits, of all settings that can change an answer."""
    return _hashed([*_deciding(settings), settings.max_tokens, settings.pack_schema, settings.tasks])


def _deciding(settings: EndpointSettings) -> list[object]:
    return [
        _FORM,
        settings.model,
        settings.mode,
        [settings.temperature, settings.seed],
        settings.extra_body,
        settings.address if settings.cache_by_address else None,
    ]


def _hashed(parts: list[object]) -> str:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def sends_own_schema(call: Call[Response], settings: EndpointSettings, mode: Mode) -> bool:
    """Return whether a call is sent in ``mode`` with the schema that it has of its own."""
    return mode == "json_schema" and call.schema is not None and settings.sends_pack_schema


def token_limit(call: Call[Response], settings: EndpointSettings) -> int:
    """Return the most tokens that an answer to ``call`` may take."""
    return settings.max_tokens or max(call.max_tokens, call.least_tokens)


@lru_cache(maxsize=64)
def schema_text(response: type[BaseModel]) -> str:
    """Return the JSON schema of an answer, the same text for the same schema."""
    return _text(response.model_json_schema())


def _text(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
