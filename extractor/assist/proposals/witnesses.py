"""The table ``data/witnesses.toml``: for each field, whose value is kept where the rules and a model differ."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple, get_args

from extractor.data import read_table
from extractor.errors import BugError

Winner = Literal["rules", "model", "pointed"]


class Witness(NamedTuple):
    """A row: who wins a differing value, an addition and a denial of the model's, and the code of the doubt.

    ``pointed`` is the model where it points to words that are printed in the piece, else the rules.
    """

    value: Winner
    added: Winner
    dropped: Winner
    code: str


@cache
def witness(field: str) -> Witness:
    """Return the row of a field, by its name in the contract (``measures.status``).

    Raises:
        BugError: the table names an unknown winner.
    """
    row = read_table("witnesses")[field]
    found = Witness(row["value"], row.get("added", "rules"), row.get("dropped", "rules"), f"witnesses_{row['check']}")
    if not {*found[:3]} <= {*get_args(Winner)}:
        raise BugError(f"extractor/data/witnesses.toml: “{field}” names a winner that is none of {get_args(Winner)}")
    return found
