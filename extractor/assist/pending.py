"""What a run would still ask about a notice, given the answers there are: for endpoints that answer in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from extractor.assist.packs import Material
from extractor.assist.responses import Response
from extractor.assist.session import read_with_model
from extractor.endpoint.calls import Call
from extractor.endpoint.failures import CallFailure, EndpointFailure, Reason

Kept = Callable[[Call[Response]], Response | None]
"""The valid answer that is kept for a call, None where there is none."""


@dataclass(frozen=True)
class Collected:
    """The calls about a notice that have no answer yet. ``more_follow``: once they have, others will be known."""

    calls: tuple[Call[Response], ...]
    more_follow: bool = False


def still_unanswered(
    material: Material,
    kept: Kept,
    *,
    finds_issues: bool,
    was_too_large: Callable[[Call[Response]], bool] = lambda _: False,
) -> Collected:
    """Collect the calls that a run would make about a notice. ``finds_issues``: as in ``read_with_model``.

    ``was_too_large`` says of a call that its answer was cut off, or its prompt too long: it is asked in two halves,
    where it can be halved.
    """
    model = _NobodyThere(kept, was_too_large)
    read = asyncio.run(read_with_model(material, model, finds_issues=finds_issues))
    calls = [call for failure, call in model.failed if failure in read.failures]
    # Without the layout a run goes on with the rules' outline; what it asks then hangs on that, and is not wanted.
    first_round = [call for call in calls if call.task == "layout"]
    return Collected(tuple(first_round or calls), more_follow=bool(first_round))


class _NobodyThere:
    """A model (``extractor.assist.session.Model``) that knows what is kept, and notes what else it is asked.
    What fails for good is in the reading's failures; what was halved is not."""

    def __init__(self, kept: Kept, was_too_large: Callable[[Call[Response]], bool]) -> None:
        self._kept = kept
        self._was_too_large = was_too_large
        self.failed: list[tuple[CallFailure, Call[Response]]] = []

    async def ask(self, call: Call[Response]) -> Response:
        answer = self._kept(call)
        if answer is not None:
            return answer
        reason = Reason.TRUNCATED if self._was_too_large(call) else Reason.OFFLINE_MISSING
        failure = EndpointFailure(reason, "no answer is kept")
        self.failed.append((failure, call))
        raise failure

    def has_answer(self, call: Call[Response]) -> bool:
        return self._kept(call) is not None
