"""The settings of an endpoint as one value; ``extractor.endpoint.setting_sources`` reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from extractor.endpoint.calls import Mode

OPENAI_URL = "https://api.openai.com/v1"
_OWN_FIELDS = ("model", "messages", "stream", "n")  # of a request: they have settings of their own, or none
_SHORTEST_SECRET = 6  # characters of a value in a query; a version's number is none
_OPENAI_HOSTS = ("api.openai.com", ".openai.azure.com")
_DEADLINE = 5  # times the timeout of a request, where the settings do not say
_OF_THIS_MACHINE = frozenset(("127.0.0.1", "localhost", "::1", "0.0.0.0", "host.docker.internal"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

PromptEdition = Literal["2", "1", "short"]
"""The editions of the prompts: the newest, the first, and a short one for models that take little at once."""

Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class EndpointSettings(BaseModel):
    """The endpoint and how it is asked; made by hand, it reads no environment and no file.

    Times are in seconds. The flags in ``extractor.commands.endpoint_options`` explain each setting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), hide_input_in_errors=True)

    base_url: str = OPENAI_URL
    model: Annotated[str, Field(min_length=1)] | None = None
    api_key: SecretStr | None = None  # read from the variable that ``api_key_env`` names
    api_key_env: str = "OPENAI_API_KEY"
    mode: Mode | Literal["auto"] = "auto"
    prompts: PromptEdition | Literal["auto"] = "auto"
    tasks: Literal["all", "fields"] = "all"
    temperature: Annotated[float, Field(ge=0, le=2)] | None = 0.0
    seed: int | None = None
    max_tokens: Positive | None = None
    timeout: Seconds = 120.0
    call_deadline: Seconds | None = None
    notice_deadline: Seconds | None = None
    concurrency: Positive | None = None
    prefer: Literal["fast", "cheap", "auto"] = "auto"
    pack_tokens: Positive | None = None
    rpm: Positive | None = None
    tpm: Positive | None = None
    budget_tokens: Positive | None = None
    budget_usd: Annotated[float, Field(gt=0)] | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict)
    prices: Path | None = None
    retries: Annotated[int, Field(ge=0)] = 5
    answer_retries: Annotated[int, Field(ge=0, le=5)] = 2
    backoff: Seconds = 0.5
    cache_by_address: bool = False
    pack_schema: Literal["auto", "on", "off"] = "auto"

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or not _has_sound_port(parts):
            raise ValueError("is no web address; it begins with http:// or https:// and mostly ends with /v1")
        return value.rstrip("/")

    @field_validator("api_key_env")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            # Likely the key itself: it must not be echoed.
            raise ValueError("must be the name of an environment variable that holds the key, not the key")
        return value

    @field_validator("extra_body", mode="before")
    @classmethod
    def _from_json(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError('must be a JSON object, for example {"top_k": 1}') from None

    @field_validator("extra_body")
    @classmethod
    def _leaves_our_own(cls, value: dict[str, Any]) -> dict[str, Any]:
        if taken := [name for name in _OWN_FIELDS if name in value]:
            raise ValueError(f"must not set {taken[0]}")
        return value

    @property
    def is_configured(self) -> bool:
        """True if an endpoint is set: a model's name, and an address or a key to go with it.

        A key alone, which many have in their environment for other programs, makes no calls that cost.
        """
        return self.model is not None and (self.api_key is not None or self.base_url != OPENAI_URL)

    @property
    def sends_pack_schema(self) -> bool:
        """True if a call's own schema is sent in mode ``json_schema``.

        With ``auto`` it goes to all but OpenAI's hosts: those take other keywords, and prepare each new schema slowly.
        """
        host = urlsplit(self.base_url).hostname or ""
        return self.pack_schema == "on" or (self.pack_schema == "auto" and not host.endswith(_OPENAI_HOSTS))

    @property
    def address(self) -> str:
        """The endpoint's address as it may be shown: without user, password and query."""
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))

    @property
    def is_local(self) -> bool:
        """True if the address is one of this machine: a server there answers few calls at once, and asks for no pay."""
        return (urlsplit(self.base_url).hostname or "") in _OF_THIS_MACHINE

    @property
    def span(self) -> float:
        """Seconds that a call may take, repetitions included."""
        return self.call_deadline or _DEADLINE * self.timeout

    @property
    def url(self) -> str:
        """The endpoint's address without its query: paths are put behind it."""
        return urlunsplit(urlsplit(self.base_url)._replace(query="", fragment=""))

    @property
    def query(self) -> dict[str, str]:
        """The query of the endpoint's address, which goes with each request."""
        return dict(parse_qsl(urlsplit(self.base_url).query))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that must not be shown anywhere, longest first: the key, and those in the address."""
        parts = urlsplit(self.base_url)
        key = self.api_key.get_secret_value() if self.api_key else ""
        values = [value for value in self.query.values() if len(value) >= _SHORTEST_SECRET]
        held = [key, parts.password or parts.username or "", parts.query, *values]
        return tuple(sorted({*held, *map(unquote, held)} - {""}, key=len, reverse=True))

    def shown(self) -> dict[str, object]:
        """Return what may be written into a report: no key, of further fields the names alone."""
        values = self.model_dump(mode="json", exclude={"api_key", "base_url", "extra_body", "prices"})
        return {"address": self.address, **values, "extra_body": sorted(self.extra_body)}


def _has_sound_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False
