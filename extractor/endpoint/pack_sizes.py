"""The share of a notice that is asked at once, by what is known of the model, what is preferred, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Literal

from extractor.endpoint.failures import Reason
from extractor.endpoint.model_capacity import RUNGS, ModelCapacity, unknown
from extractor.endpoint.settings import EndpointSettings, PromptEdition

Preference = Literal["fast", "cheap"]

_FEW = 3  # notices of a run that is rather fast than cheap
_AT_ONCE = 8  # calls side by side, where nothing is known of a server elsewhere; on this machine one
_SMALL = 400  # tokens of packs, at which a model is asked in short
_SMALLEST = {True: 800, None: 800, False: 2800}
"""The smallest packs in tokens that many calls at once are worth, by whether prompts' beginnings are cached."""
_WIDER = {800: 1000}
"""The packs, a quarter larger, that may stand in for small ones."""
SIZES = tuple(sorted({*RUNGS, *_WIDER.values()}))
"""The sizes of packs in tokens among which a run chooses."""


class PackSizes:
    """The sizes of packs for one model: they are chosen by its capacity, which its answers correct.

    ``prefer`` is what a run prefers where the settings leave it open; ``editions`` are those of the prompts whose
    answers serve, the one that is asked with first; ``asks_labels`` is whether issues and measures are asked about.
    """

    def __init__(self, settings: EndpointSettings, capacity: ModelCapacity | None = None) -> None:
        self.capacity = capacity or unknown(settings)
        self.prefer: Preference = "fast" if settings.prefer == "auto" else settings.prefer
        self.editions = _editions(settings, self.capacity)
        self.asks_labels = settings.tasks == "all"
        self._pinned = settings.pack_tokens
        self._is_open = settings.prefer == "auto"
        self._at_once = settings.concurrency
        self._is_local = settings.is_local

    def expect(self, notices: int) -> str:
        """Choose for a run over so many notices, unless the settings choose; return the choice in words."""
        why = "--prefer"
        if self._is_open:
            self.prefer = "fast" if notices <= _FEW else "cheap"
            why = "one notice" if notices == 1 else f"{notices:,} notices"
        how = {"fast": "many calls at once", "cheap": "few calls"}[self.prefer]
        size = f"; packs of {self._pinned:,} tokens" if self._pinned else f"; packs of {self.capacity.most:,} at most"
        short = "; the short prompts, for a model that takes little at once" if self.editions[0] == "short" else ""
        return f"prefer {self.prefer} ({why}): {how}{size}{short}"

    def budget(self, total: int) -> int:
        """Return the tokens of one pack of a notice that has ``total`` tokens of pieces."""
        if self._pinned:
            return self._pinned
        most = self.capacity.most
        if self.prefer == "cheap":
            return most
        at_once = self._at_once or self.capacity.at_once or (1 if self._is_local else _AT_ONCE)
        wanted = max(total / at_once, _SMALLEST[self.capacity.caches_prefix])
        return min(most, next((rung for rung in RUNGS if rung >= wanted), RUNGS[-1]))

    def budgets(self, total: int, longest: Callable[[int], int]) -> list[int]:
        """Return the budgets at which answers may be kept: the one that is chosen, then the others, largest first.

        ``longest`` returns the expected tokens of the longest answer at a budget.
        """
        return list(dict.fromkeys((self._widened(self.budget(total), longest), *reversed(SIZES))))

    def _widened(self, budget: int, longest: Callable[[int], int]) -> int:
        """Return a larger budget where the longest answer grows by no more than the packs do.

        Each call has a question of its own, so fewer of them are cheaper; but a run waits for its longest answer.
        """
        wider = _WIDER.get(budget)
        if wider is None or self._pinned or wider > self.capacity.most:
            return budget
        return wider if longest(wider) * budget <= longest(budget) * wider else budget

    def is_too_much(self, reason: Reason) -> bool:
        """Return whether less at once might have been answered, by the reason for which a call failed.

        Elsewhere an answer that does not come in time is a busy endpoint's, on this machine it is a slow model's.
        """
        return reason.is_of_the_size or (self._is_local and reason is Reason.TIMEOUT)

    def answered(self, tokens: int, *, right: bool) -> None:
        """Note that a pack of so many tokens was answered right, or its answer was cut or could not be used."""
        self.capacity = self.capacity.answered(tokens, right=right)

    def showed_schema(self, *, taken: bool) -> None:
        """Note whether the endpoint took a schema of a call's own, or only the general one."""
        if self.capacity.takes_pack_schema is not taken:
            self.capacity = replace(self.capacity, takes_pack_schema=taken)

    def cannot_say(self, fields: Collection[str]) -> None:
        """Note the fields that the model was seen not to be able to say, beside those known before."""
        self.capacity = replace(self.capacity, unsayable=tuple(sorted({*self.capacity.unsayable, *fields})))

    def ran(self, at_once: int, *, caches_prefix: bool) -> None:
        """Note how many calls ran side by side, and whether a prompt's beginning was found in a prefix cache."""
        self.capacity = replace(
            self.capacity,
            at_once=self.capacity.at_once if self._at_once else at_once,
            caches_prefix=True if caches_prefix else self.capacity.caches_prefix,
        )


def _editions(settings: EndpointSettings, capacity: ModelCapacity) -> tuple[PromptEdition, ...]:
    """Return the editions of the prompts whose answers serve, that to ask with first."""
    if settings.prompts != "auto":
        return (settings.prompts,)
    return ("short", "2") if capacity.most <= _SMALL else ("2", "short")
