"""Who is believed: ``data/witnesses.toml`` says for each field whose value stands where the witnesses differ."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple, get_args

from extractor.data import read_table
from extractor.errors import BugError

Reader = Literal["rules", "model", "both"]
Winner = Literal["rules", "model", "pointed"]


class Witness(NamedTuple):
    """A row: who wins a differing value, what the model alone found, and what it denies; how grave a difference is.

    ``pointed`` is the model where it points to words that stand in the piece, else the rules.
    """

    value: Winner
    added: Winner
    dropped: Winner
    code: str


@cache
def witness(field: str) -> Witness:
    """The row of a field, by its name in the contract (``measures.status``)."""
    row = read_table("witnesses")[field]
    found = Witness(row["value"], row.get("added", "rules"), row.get("dropped", "rules"), f"witnesses_{row['check']}")
    if not {*found[:3]} <= {*get_args(Winner)}:
        raise BugError(f"extractor/data/witnesses.toml: “{field}” names a winner that is none of {get_args(Winner)}")
    return found
