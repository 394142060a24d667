"""What a call is kept under: one key for all that can change its answer."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from pydantic import BaseModel

from extractor.endpoint.calls import Call, Response
from extractor.endpoint.settings import EndpointSettings

_FORM = 1  # of the key itself


def call_key(call: Call[Response], settings: EndpointSettings) -> str:
    """Return the key of a call, 64 hexadecimal digits: the model, the mode as it was set, the sampling, the messages,
    the answer's schema, the prompt's version, further fields. Where ``settings`` ask for it the endpoint's address too.

    With mode ``auto`` the key says ``auto``: which mode the probe picked is known only to who asks the endpoint, and
    a run from the cache does not.
    """
    return _hashed(
        [
            *_deciding(settings),
            token_limit(call, settings),
            [list(message) for message in call.messages],
            schema_text(call.response),
            [call.task, call.prompt_version],
        ]
    )


def settings_key(settings: EndpointSettings) -> str:
    """Return a key, 64 hexadecimal digits, of all settings that can change an answer."""
    return _hashed([*_deciding(settings), settings.max_tokens])


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


def token_limit(call: Call[Response], settings: EndpointSettings) -> int:
    """Return the most tokens that an answer to ``call`` may take."""
    return settings.max_tokens or call.max_tokens


@lru_cache(maxsize=64)
def schema_text(response: type[BaseModel]) -> str:
    """Return the JSON schema of an answer, the same text for the same schema."""
    return json.dumps(response.model_json_schema(), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
