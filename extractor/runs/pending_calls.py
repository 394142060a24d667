"""The calls about a notice that have no answer yet, for endpoints that answer in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import Material
from extractor.endpoint.calls import Call
from extractor.endpoint.failures import CallFailure, EndpointFailure, Reason
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.settings import EndpointSettings, PromptEdition
from extractor.pipeline import read_with_model

AnswerLookup = Callable[[Call[Response]], Response | None]
"""A function that returns the valid answer kept for a call, None where there is none."""


@dataclass(frozen=True)
class OpenCalls:
    """The calls about a notice that have no answer yet. ``more_follow``: their answers will lead to further calls."""

    calls: tuple[Call[Response], ...]
    more_follow: bool = False


def still_unanswered(
    material: Material,
    kept: AnswerLookup,
    *,
    asked: EndpointSettings,
    finds_issues: bool,
    was_too_large: Callable[[Call[Response]], bool] = lambda _: False,
) -> OpenCalls:
    """Collect the calls that a run would make about a notice, given the answers that are kept.

    ``finds_issues`` is as in ``read_with_model``; ``asked`` says what is asked (``tasks``), with which ``prompts``. A
    call whose answer was cut off, or whose prompt was too long (``was_too_large``), is made in two halves, where it can
    be halved.
    """
    model = _KeptAnswers(kept, was_too_large, asked)
    read = asyncio.run(read_with_model(material, model, finds_issues=finds_issues))
    calls = [call for failure, call in model.failed if failure in read.failures]
    # Without the layout a run goes on with the rules' outline, and its further calls are not those of the next round.
    first_round = [call for call in calls if call.task == "layout"]
    return OpenCalls(tuple(first_round or calls), more_follow=bool(first_round))


class _KeptAnswers:
    """A model (``extractor.assist.session.Model``) that has only kept answers, and collects the calls without one.

    Calls that fail for good are in the reading's failures; calls that were halved are not.
    """

    def __init__(
        self, kept: AnswerLookup, was_too_large: Callable[[Call[Response]], bool], asked: EndpointSettings
    ) -> None:
        self._kept = kept
        self._was_too_large = was_too_large
        self.sizes = PackSizes(EndpointSettings(prefer="cheap", tasks=asked.tasks))  # a batch is in no hurry
        # A run with auto takes answers to the second edition whatever it would ask with.
        self.editions: tuple[PromptEdition, ...] = ("2" if asked.prompts == "auto" else asked.prompts,)
        self.unasked: frozenset[str] = frozenset()
        self.at_once: int | None = None
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
