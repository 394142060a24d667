"""The report on an endpoint: what was found, what is wrong, and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from extractor.endpoint.calls import Mode
from extractor.endpoint.failures import Reason, told_once
from extractor.endpoint.oddities import Oddity
from extractor.endpoint.settings import EndpointSettings

OF_THE_MODEL = frozenset(
    (Reason.INVALID_ANSWER, Reason.EMPTY_ANSWER, Reason.TRUNCATED, Reason.ENDLESS, Reason.REFUSED, Reason.MARKS_UNSEEN)
)
"""Reasons for which a call fails although the endpoint works."""

_COMFORTABLE_CONTEXT = 12_288  # tokens; what the largest calls take, prompt and answer
_SLOW = 10.0  # tokens a second
_PATIENCE = 600  # seconds for a request to a slow endpoint
_NOTICEABLE = 0.7  # of the first-token delay, where a prefix cache works
_MEASURABLE = 0.05  # seconds

ODDITIES = {
    Oddity.FENCED: "it wraps JSON in a Markdown fence; that is taken off",
    Oddity.PROSE: "it puts words around JSON; they are taken off",
    Oddity.REASONING: "it writes its reasoning before the answer; that is cut off, but costs time and tokens",
    Oddity.NULL_CONTENT: "it puts the answer into another field than the content; it is found there",
    Oddity.RAN_ON: "it goes on with blanks behind a whole answer until the token limit; that costs time and tokens",
    Oddity.TOOL_IGNORED: "it answers in text instead of the tool call that was asked for; the text is read",
    Oddity.USAGE_MISSING: "it does not count tokens, so budgets go by estimates and clipped prompts go unnoticed",
    Oddity.USAGE_WRONG: "it counts tokens as they cannot be, so budgets go by estimates",
    Oddity.PARAMETER_DROPPED: "it does not take a parameter (--max-tokens, --temperature, --seed); that is left out",
}
"""The oddities of endpoints, in words."""

_NOT_ABLE = frozenset((Reason.INVALID_ANSWER, Reason.MARKS_UNSEEN))
_LONGER_CONTEXT = "start the server with a longer context (llama-server -c 16384, Ollama num_ctx)"
_REMEDIES = {
    Reason.CONNECTION: "start the server, or correct --base-url (host, port, and /v1 at its end)",
    Reason.TLS: "correct http:// or https:// in --base-url; SSL_CERT_FILE=FILE.pem trusts a certificate of your own",
    Reason.REDIRECTED: "give the address it names as --base-url, if that is where the text may go",
    Reason.OVERSIZED: "look at what answers at this address: no model says so much",
    Reason.AUTH: "put the endpoint's key into {variable}, or name another variable with --api-key-env",
    Reason.NOT_FOUND: "correct --model, or the path of --base-url (it mostly ends with /v1)",
    Reason.TIMEOUT: "give it more time with --timeout",
    Reason.TRUNCATED: "give answers more room (--max-tokens 8192), or switch its reasoning off where it can be",
    Reason.ENDLESS: "use another --mode: in this one the model does not stop (vLLM: start it with "
    """--structured-outputs-config '{{"backend":"xgrammar","disable_any_whitespace":true}}')""",
    Reason.CONTEXT_TOO_LONG: _LONGER_CONTEXT,
    Reason.PROMPT_CLIPPED: _LONGER_CONTEXT,
    Reason.RATE_LIMITED: "try again in a while",
    Reason.SERVER: "try again in a while; the server's own log may say more (behind a proxy: that of the server, too)",
    Reason.BAD_REQUEST: "see the server's log for what it does not take; is the key in {variable} the one it wants?",
    Reason.INVALID_ANSWER: "take a more able model",
    Reason.MARKS_UNSEEN: "take a more able model",
}


@dataclass(frozen=True)
class ModeTrial:
    """The trial of one mode: it ``works`` with these ``oddities``, or fails for ``reason``, as ``sentence`` explains.

    ``requests`` may be several: a wrong answer is sent back, as in a run. ``obeys_schema`` is whether the answer had
    the shape of the schema where nothing else described that shape; None where the mode sends no schema, or unknown.
    """

    mode: Mode
    works: bool
    seconds: float
    requests: int
    oddities: tuple[str, ...] = ()
    reason: Reason | None = None
    sentence: str = ""
    obeys_schema: bool | None = None


@dataclass(frozen=True)
class Speed:
    """The speed of one answer: seconds to its first token, tokens a second from there.

    ``prompt`` is the tokens of the prompt, ``cached`` those of them that came from a cache; 0 where they are not told.
    """

    first_token: float
    per_second: float | None
    cached: int
    prompt: int = 0


@dataclass(frozen=True)
class DoctorReport:
    """The findings about an endpoint.

    ``models`` is None where it lists none. ``context`` (tokens) is None where it states none; then ``long_prompt`` is
    the trial of a prompt of ``long_tokens``. ``slots`` is how many calls it says it answers at once, None where it does
    not say, ``at_once`` how many it answered in the time of one. ``right_sizes`` are the packs, in tokens of pieces,
    that it answered right, ``wrong_size`` the first that it did not. ``takes_pack_schema`` is whether it took a schema
    of a call's own in mode ``json_schema``, None where none was sent. ``cold`` is the speed with a new prompt, ``warm``
    with the same again.
    """

    address: str
    model: str | None
    reached: bool
    models: tuple[str, ...] | None = None
    context: int | None = None
    long_prompt: ModeTrial | None = None
    long_tokens: int = 0
    modes: tuple[ModeTrial, ...] = ()
    slots: int | None = None
    at_once: int | None = None
    right_sizes: tuple[int, ...] = ()
    wrong_size: int | None = None
    takes_pack_schema: bool | None = None
    cold: Speed | None = None
    warm: Speed | None = None
    diagnoses: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def best_mode(self) -> Mode | None:
        """The first mode that works, best one that obeys its schema and answers without oddities; None for none."""
        working = [trial for trial in self.modes if trial.works]
        best = min(working, key=lambda trial: (trial.obeys_schema is False, bool(trial.oddities)), default=None)
        return best.mode if best else None

    @property
    def rate(self) -> float | None:
        """The speed in tokens a second; None if unknown."""
        rates = (speed.per_second for speed in (self.warm, self.cold) if speed)
        return next((rate for rate in rates if rate), None)

    @property
    def obeys_schema(self) -> bool | None:
        """True if some mode that sends a schema brings answers of its shape; None if unknown."""
        known = [trial.obeys_schema for trial in self.modes if trial.obeys_schema is not None]
        return any(known) if known else None

    @property
    def has_prefix_cache(self) -> bool | None:
        """True if the common beginning of prompts is read once only; None if unknown."""
        if self.cold is None or self.warm is None:
            return None
        if self.warm.cached:
            return True
        if self.cold.first_token < _MEASURABLE:
            return None
        return self.warm.first_token < _NOTICEABLE * self.cold.first_token


class AdvisedPace(NamedTuple):
    """The settings that suit an endpoint's pace: requests at once, and seconds for one; None where any will do."""

    concurrency: int | None = None
    timeout: int | None = None


def pace_of(settings: EndpointSettings, report: DoctorReport) -> AdvisedPace:
    """Return the settings that suit the pace at which an endpoint was seen to answer."""
    if report.rate is not None and report.rate < _SLOW:
        return AdvisedPace(1, max(_PATIENCE, math.ceil(settings.timeout)))
    has_fewer = report.slots and settings.concurrency and settings.concurrency > report.slots
    return AdvisedPace(report.slots if has_fewer else None)


def diagnoses(report: DoctorReport) -> tuple[str, ...]:
    """Return a sentence for each thing that is wrong."""
    found: list[str] = []
    if report.models and report.model not in report.models:
        found.append(f"the endpoint does not list a model {report.model}")
    if not report.best_mode:
        found += told_once([trial.sentence for trial in report.modes])
        reasons = {trial.reason for trial in report.modes}
        if report.obeys_schema and reasons & _NOT_ABLE and reasons <= OF_THE_MODEL:
            found.append("the endpoint is sound, but the model is not able enough for what a run asks")
    ignoring = [trial.mode for trial in report.modes if trial.obeys_schema is False]
    if ignoring:
        found.append(
            f"the endpoint ignores the schema of an answer (modes: {', '.join(ignoring)}): "
            "answers are of the right shape by luck only"
        )
    for oddity, words in ODDITIES.items():
        if modes := ", ".join(trial.mode for trial in report.modes if oddity in trial.oddities):
            found.append(f"{words} (modes: {modes})")
    if report.context and report.context < _COMFORTABLE_CONTEXT:
        found.append(f"its context has {report.context} tokens: long prompts will not fit")
    if _cannot_take_long(report):
        assert report.long_prompt is not None
        found.append(f"of a prompt as long as a run's: {report.long_prompt.sentence}")
    return tuple(found)


def _cannot_take_long(report: DoctorReport) -> bool:
    """Return whether a long prompt was tried and failed by its length."""
    reasons = (Reason.CONTEXT_TOO_LONG, Reason.PROMPT_CLIPPED, Reason.TIMEOUT)
    return report.long_prompt is not None and report.long_prompt.reason in reasons


def suggestions(settings: EndpointSettings, report: DoctorReport) -> tuple[str, ...]:
    """Return the settings to use and the remedies for what is wrong."""
    found: list[str] = []
    tried = [] if report.best_mode else report.modes
    for reason in dict.fromkeys(trial.reason for trial in tried if trial.reason):
        found += remedies(settings, reason)
    if report.best_mode is not None:
        fails = any(trial.mode == settings.mode and not trial.works for trial in report.modes)
        because = f" (the mode that is set, {settings.mode}, does not work)" if fails else ""
        found.append(f"--mode {report.best_mode}{because}")
    if settings.model is None and report.model:
        found.append(f"--model {report.model}")
    if _cannot_take_long(report) or (report.context and report.context < _COMFORTABLE_CONTEXT):
        found.append(_LONGER_CONTEXT)
    pace = pace_of(settings, report)
    if pace.timeout is not None:
        found.append(
            f"it is slow ({report.rate:.1f} tokens a second): --timeout {pace.timeout} --concurrency {pace.concurrency}"
        )
    elif pace.concurrency is not None:
        found.append(f"--concurrency {pace.concurrency} (the server answers so many at once; more wait)")
    if any(Oddity.REASONING in trial.oddities for trial in report.modes):
        found.append("switch its reasoning off where it can be (--extra-body, by the model's documentation)")
    return tuple(dict.fromkeys(found))


def remedies(settings: EndpointSettings, reason: Reason) -> tuple[str, ...]:
    """Return the remedies for calls that fail for ``reason``."""
    remedy = _REMEDIES.get(reason)
    return (remedy.format(variable=settings.api_key_env),) if remedy else ()
