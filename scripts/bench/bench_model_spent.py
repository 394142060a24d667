"""What calls took, told from the requests that a scripted endpoint logged, for ``scripts/bench/bench_model.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from fake_endpoint import count_tokens
from gold_answers import known

from extractor.endpoint.tokens import estimate_tokens

FIRST_TOKEN = 0.3  # seconds
PER_SECOND = 50.0  # tokens


@dataclass(frozen=True)
class Spent:
    """What the calls about a notice took: tokens (see ``extractor.endpoint.tokens``) ``sent`` in messages and
    schemas, ``shared`` of these as the beginning of another call's, ``written`` in answers; ``slowest`` is what the
    longest answer takes by the latency model, in seconds. They add up with ``+``."""

    calls: int = 0
    sent: int = 0
    shared: int = 0
    written: int = 0
    slowest: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.calls + other.calls,
            self.sent + other.sent,
            self.shared + other.shared,
            self.written + other.written,
            max(self.slowest, other.slowest),
        )


def spent(log: Sequence[Mapping[str, Any]]) -> dict[str, Spent]:
    """Return what a reader's calls took, by notice.

    Raises:
        ValueError: a request was about nothing that gold knows, so the answer was none.
    """
    prompts = [_prompt(entry["body"]) for entry in log]
    total: dict[str, Spent] = {}
    for entry, prompt, beginning in zip(log, prompts, _shared(prompts), strict=True):
        about = known(entry["body"])
        if about is None:
            raise ValueError("a call was about nothing that gold knows")
        shared = estimate_tokens(prompt[:beginning])
        sent = shared + estimate_tokens(prompt[beginning:])
        seconds = FIRST_TOKEN + (count_tokens(about.answer) + 1) / PER_SECOND
        one = Spent(1, sent, shared, estimate_tokens(about.answer), seconds)
        total[about.notice_id] = total.get(about.notice_id, Spent()) + one
    return total


def _prompt(body: Mapping[str, Any]) -> str:
    """A request as one text: a schema first, which is the same in every call of its kind, then the messages."""
    schema = body.get("tools") or body.get("response_format")
    told = json.dumps(schema, ensure_ascii=False, separators=(",", ":")) if schema else ""
    return told + "\n".join(message["content"] for message in body["messages"])


def _shared(prompts: Sequence[str]) -> Iterable[int]:
    """How many characters each prompt begins with in common with another one: with a neighbour, in sorted order."""
    order = sorted(range(len(prompts)), key=prompts.__getitem__)
    longest = [0] * len(prompts)
    for one, other in pairwise(order):
        common = _common(prompts[one], prompts[other])
        longest[one] = max(longest[one], common)
        longest[other] = common
    return longest


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
