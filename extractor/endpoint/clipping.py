"""Whether an endpoint read all of a prompt: some cut what is too long for them at its start, and do not say so."""

from __future__ import annotations

from extractor.endpoint.calls import Call, Response
from extractor.endpoint.failures import AnswerFailure, Reason
from extractor.endpoint.tokens import least_tokens, most_tokens

_LONG_ENOUGH = 300  # tokens; of shorter prompts the frame is too large a part
_TOLERANCE = 0.6  # of the tokens a character that another prompt of the task took


class ClipWatch:
    """What prompts took so far: those of one task are alike, so one that takes far less for its length was cut."""

    def __init__(self) -> None:
        self._rates: dict[str, float] = {}  # tokens counted for each token expected, by task

    def check(self, call: Call[Response], counted: int) -> None:
        """Take note that the endpoint counted so many tokens for a call's prompt.

        Raises:
            AnswerFailure: it cannot have read all of it.
        """
        usual = most_tokens(call.messages)
        if usual < _LONG_ENOUGH:
            return
        rate = self._rates.get(call.task, 0.0)
        least = max(least_tokens(call.messages), int(_TOLERANCE * rate * usual))
        if counted < least:
            raise AnswerFailure(
                Reason.PROMPT_CLIPPED,
                f"the endpoint read {counted} tokens of a prompt that has at least {least}: "
                "it cuts long prompts without a word; give it a longer context",
            )
        self._rates[call.task] = max(rate, counted / usual)
