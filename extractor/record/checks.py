"""Checks: doubts about a record in words. ``data/checks.toml`` holds their severity and their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from extractor.data import read_table
from extractor.record.contract import Check, DisputedValue

Lang = Literal["zh", "en"]


class Doubt(NamedTuple):
    """A code of ``data/checks.toml``, a path into the record, and what to fill into its words.

    ``disputed`` are the values on which the readers differ.
    """

    code: str
    path: str
    values: dict[str, str]
    disputed: Sequence[DisputedValue] = ()


def said(doubt: Doubt, lang: Lang) -> Check:
    """A doubt in words."""
    row = read_table("checks")[doubt.code]
    message = row[lang].format(**doubt.values)
    disputed = list(doubt.disputed)
    return Check(code=doubt.code, severity=row["severity"], message=message, path=doubt.path, disputed=disputed)
