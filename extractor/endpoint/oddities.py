"""The oddities of endpoints: mistakes that are put right here, and counted."""

from __future__ import annotations

from enum import StrEnum


class Oddity(StrEnum):
    """A mistake in an endpoint's answer that was put right here."""

    FENCED = "fenced"  # the JSON was in a Markdown fence although none was asked for
    PROSE = "prose"  # words before or after the JSON
    REASONING = "reasoning"  # <think>…</think> before the JSON
    NULL_CONTENT = "null_content"  # the answer was in another field than the content
    RAN_ON = "ran_on"  # nothing but blanks or a fence from the end of the JSON to the token limit
    TOOL_IGNORED = "tool_ignored"  # text instead of the tool call that was asked for
    SCHEMA_IGNORED = "schema_ignored"  # JSON of another shape than asked for
    SCHEMA_REFUSED = "schema_refused"  # a schema of the call's own was refused; the general one was sent
    USAGE_MISSING = "usage_missing"  # tokens are not counted
    USAGE_WRONG = "usage_wrong"  # tokens are counted as they cannot be
    PARAMETER_DROPPED = "parameter_dropped"  # the endpoint does not take a parameter; it was left out
    CACHE_STALE = "cache_stale"  # a kept answer is no longer valid
    NOT_KEPT = "not_kept"  # an answer could not be kept; it was used once
