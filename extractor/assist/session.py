"""The calls about one notice: packs are asked, all at once, and their answers returned.

The model (``Model``) decides how calls are sent and failed requests repeated. A session decides that a pack whose
answer was cut off, or whose prompt was too long, is asked again in two halves, and that a pack that fails for good is
left to the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple, Protocol

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import AnsweredPack, AnswerT, Pack, PackT
from extractor.assist.prompts import call_for, prompt
from extractor.assist.tasks import FIELDS, LABELS, LAYOUT, TASKS, Task
from extractor.endpoint.calls import Call
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.settings import PromptEdition
from extractor.endpoint.tokens import estimate_tokens
from extractor.errors import BugError


class Model(Protocol):
    """A model that answers calls, and how it is asked."""

    @property
    def editions(self) -> Sequence[PromptEdition]:
        """The editions of the prompts whose answers serve, that to ask with first."""

    @property
    def unasked(self) -> frozenset[str]:
        """The fields of the contract that it is not asked about any more."""

    async def ask(self, call: Call[Response]) -> Response:
        """Return a valid answer.

        Raises:
            EndpointFailure: the endpoint failed for good.
            AnswerFailure: the model's answer cannot be used.
        """

    @property
    def sizes(self) -> PackSizes:
        """The sizes of what it is asked at once."""

    @property
    def at_once(self) -> int | None:
        """The number of calls that are worth beginning at once; None for any number."""

    def has_answer(self, call: Call[Response]) -> bool:
        """Say whether an answer is at hand, so that no request is needed."""


_MOST_CUTS = 3
"""The most times a pack is halved. Each part repeats the instructions, and where an eighth of a pack is still too much,
less of it will not help."""


class _Question(NamedTuple):
    """A call about a pack, the keys that it does not ask for, and the edition of its prompt."""

    call: Call[Response]
    withheld: frozenset[str]
    edition: PromptEdition


class Session:
    """The calls about one notice, those that failed for good, and how many packs were not asked about in the end."""

    def __init__(self, model: Model) -> None:
        self.failures: list[CallFailure] = []
        self.given_up = 0
        self._model = model
        self._edition: PromptEdition | None = None
        self._was_asked = False

    async def ask(
        self,
        task: Task[PackT, AnswerT],
        material: Material,
        is_hopeless: Callable[[Sequence[AnsweredPack[PackT, AnswerT]]], bool] = lambda _: False,
    ) -> list[AnsweredPack[PackT, AnswerT]]:
        """Ask about a notice's packs of a task, all at once; about none where the task is left to the rules.

        Where calls go one by one, no more are made once the answers so far are ``is_hopeless``.
        """
        if task.name == LABELS.name and not self._model.sizes.asks_labels:
            return []
        if self._edition is None:
            self._begin(LAYOUT if task.name == LAYOUT.name else FIELDS, material)
        packs = self._packs(task, material)
        # What an earlier run asked is used, whatever was learnt since: the record stays as it was.
        kept = [pack for pack in packs if self._was_asked and self._has_answer(task, material, pack, _MOST_CUTS)]
        left = [pack for pack in packs if pack not in kept]
        answered = await self._ask_all(task, material, kept, _MOST_CUTS)
        if task.is_needless(self._model.unasked):
            self.given_up += len(left) if kept else 0
            return answered
        while left and not is_hopeless(answered):
            count = 1 if self._model.at_once == 1 else len(left)
            answered += await self._ask_all(task, material, left[:count], _MOST_CUTS)
            left = left[count:]
        self.given_up += len(left)
        return answered

    def _packs(self, task: Task[PackT, AnswerT], material: Material) -> list[PackT]:
        """Return a notice's packs, sized for the model; those of an earlier run where their answers are at hand."""
        sizing = task.sizing
        if sizing is None:
            return task.packs(material)

        def longest(budget: int) -> int:
            return max((pack.expected_tokens for pack in sizing.packs(material, budget)), default=0)

        chosen, *others = self._model.sizes.budgets(sizing.tokens(material), longest)
        packs = sizing.packs(material, chosen)
        if not packs or not self._was_asked:
            return packs
        best, kept = packs, self._with_answers(task, material, packs)
        for budget in others:
            if len(kept) == len(best):
                break
            earlier = sizing.packs(material, budget)
            # By what they show: a pack that is the same at both sizes is no reason to change.
            if _length(found := self._with_answers(task, material, earlier)) > _length(kept):
                best, kept = earlier, found
        return best

    def _begin(self, task: Task[Any, Any], material: Material) -> None:
        """Find out by a task's first pack whether an earlier run asked about the notice, and with which edition."""
        editions = self._model.editions
        asked = product(task.packs(material)[:1], editions)
        kept = (way for pack, edition in asked for way in self._ways(pack, edition) if self._model.has_answer(way.call))
        found = next(kept, None)
        self._edition, self._was_asked = found.edition if found else editions[0], found is not None

    def _question(self, pack: Pack) -> _Question:
        """Return the call about a pack, one with an answer at hand where there is one."""
        ways = self._ways(pack, self._edition or self._model.editions[0])
        made = next(ways)
        if not self._was_asked or self._model.has_answer(made.call):
            return made
        return next((other for other in ways if self._model.has_answer(other.call)), made)

    def _ways(self, pack: Pack, edition: PromptEdition) -> Iterator[_Question]:
        """Yield the questions about a pack that may have been asked, that to ask now first."""
        task, of_edition = TASKS[pack.task], prompt(pack.task, edition).withheld
        # Only a schema of the call's own can leave out what the prompt speaks of.
        unasked = self._model.unasked if self._model.sizes.capacity.takes_pack_schema else frozenset()
        ways = (task.withheld(unasked), frozenset[str](), *task.keys_of_one_field)
        for keys in dict.fromkeys(each - of_edition for each in ways):
            yield _Question(call_for(pack, edition, keys), of_edition | keys, edition)

    def _with_answers(self, task: Task[PackT, AnswerT], material: Material, packs: Sequence[PackT]) -> list[PackT]:
        """Return the packs whose answers are at hand."""
        return [pack for pack in packs if self._has_answer(task, material, pack, _MOST_CUTS)]

    def _note(self, task: Task[PackT, AnswerT], pack: PackT, *, right: bool) -> None:
        """Note how a pack was answered, where the model's packs are sized."""
        if task.sizing:
            self._model.sizes.answered(estimate_tokens(pack.body), right=right)

    async def _ask_all(
        self, task: Task[PackT, AnswerT], material: Material, packs: Sequence[PackT], cuts: int
    ) -> list[AnsweredPack[PackT, AnswerT]]:
        answered = await asyncio.gather(*(self._ask_pack(task, material, pack, cuts) for pack in packs))
        return [each for group in answered for each in group]

    async def _ask_pack(
        self, task: Task[PackT, AnswerT], material: Material, pack: PackT, cuts: int
    ) -> list[AnsweredPack[PackT, AnswerT]]:
        """Ask about a pack, or, where that is too much at once, about its halves; they may be cut ``cuts`` times."""
        call, withheld, _ = self._question(pack)
        parts = None
        if cuts and not self._model.has_answer(call):
            parts = task.halves(material, pack)
            # Halves with answers at hand were asked in an earlier run, where the whole pack was too much.
            if parts and self._has_answer(task, material, parts[0], cuts - 1):
                return await self._ask_all(task, material, parts, cuts - 1)
        try:
            answer = await self._answer(task, call)
        except (EndpointFailure, AnswerFailure) as failure:
            if self._model.sizes.is_too_much(failure.reason):
                self._note(task, pack, right=False)
            if failure.reason.wants_less and parts:
                # What does not stop, or was about other marks, will hardly be better in a quarter of it.
                cuts = 1 if failure.reason in (Reason.ENDLESS, Reason.MARKS_UNSEEN) else cuts
                return await self._ask_all(task, material, parts, cuts - 1)
            self.failures.append(failure)
            return [AnsweredPack(pack, None)]
        rest = task.rest(material, pack, answer)
        self._note(task, pack, right=rest is None)
        return [AnsweredPack(pack, answer, withheld), *await self._ask_rest(task, material, rest)]

    async def _ask_rest(
        self, task: Task[PackT, AnswerT], material: Material, rest: PackT | None
    ) -> list[AnsweredPack[PackT, AnswerT]]:
        """Ask once more about the pieces that an answer left out, and about these alone."""
        if rest is None:
            return []
        call, withheld, _ = self._question(rest)
        try:
            answer = await self._answer(task, call)
        except (EndpointFailure, AnswerFailure) as failure:
            self.failures.append(failure)
            return [AnsweredPack(rest, None)]
        found = [AnsweredPack(rest, answer, withheld)]
        left = task.rest(material, rest, answer)
        if left is None:
            return found
        self.failures.append(AnswerFailure(Reason.INVALID_ANSWER, "the model left pieces out, twice"))
        return [*found, AnsweredPack(left, None)]

    async def _answer(self, task: Task[PackT, AnswerT], call: Call[Any]) -> AnswerT:
        answer = await self._model.ask(call)
        if not isinstance(answer, task.response):
            raise BugError(f"the answer to a {task.name} call is a {type(answer).__name__}")
        return answer

    def _has_answer(self, task: Task[PackT, AnswerT], material: Material, pack: PackT, cuts: int) -> bool:
        """Say whether an answer to a pack is at hand, or to the parts that it was cut into."""
        if self._model.has_answer(self._question(pack).call):
            return True
        parts = task.halves(material, pack) if cuts else None
        return parts is not None and self._has_answer(task, material, parts[0], cuts - 1)


def _length(packs: Iterable[Pack]) -> int:
    """Return the code points that packs show."""
    return sum(len(pack.body) for pack in packs)
