"""Tables of trust: for each field, whose value is kept where the rules and a model differ, and how sure it is then.

``data/witnesses.toml`` says what a model gets that nobody measured, and what one may get at most. A measured model gets
that where its counts say that it is the better reader (``extractor.assist.proposals.trust_counts``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple, get_args

from extractor.data import read_table
from extractor.errors import BugError

Winner = Literal["rules", "model", "pointed", "unread"]
Question = Literal["value", "added", "dropped"]
"""The kinds of proposals: another value, one that the rules do not have, or that one of theirs is none."""
Origin = Literal["measured", "shipped", "unmeasured", "eager"]

QUESTIONS: tuple[Question, ...] = get_args(Question)
CHANCE = 0.5


class Sureness(NamedTuple):
    """The measured share of right values: where both readers agree, and where a question was decided.

    ``model`` and ``rules`` are by question, for values taken on the model's word and for those kept against it. What
    was measured on too few values is None or absent.
    """

    both: float | None = None
    model: Mapping[Question, float] = {}
    rules: Mapping[Question, float] = {}


class Witness(NamedTuple):
    """A row: who wins a differing value, an addition and a denial of the model's, and the code of the doubt.

    ``pointed`` is the model where it points to words that are printed in the piece, ``unread`` the model where the
    rules read nothing in that place; else the rules.
    """

    value: Winner
    added: Winner
    dropped: Winner
    code: str
    sure: Sureness = Sureness()


@dataclass(frozen=True)
class TrustTable:
    """The rows by which the readings of the rules and of the model ``model`` are merged.

    ``origin`` says where they are from: ``measured`` by this user, ``shipped`` with the program, those for an
    ``unmeasured`` model, or the ``eager`` ones under which a model is measured. ``lost`` are the fields in which a
    measured model is surely the worse reader: it is not asked about them. ``key`` changes whenever one of these does.
    """

    origin: Origin
    model: str
    rows: Mapping[str, Witness]
    key: str
    lost: frozenset[str] = frozenset()

    def witness(self, field: str) -> Witness:
        """Return the row of a field, by its name in the contract (``measures.status``)."""
        return self.rows[field]

    def doubting(self, fields: Collection[str]) -> TrustTable:
        """Return the table under which a model decides nothing in ``fields``; what it says there becomes checks."""
        rows = {
            name: row._replace(value="rules", added="rules", dropped="rules", sure=Sureness())
            for name, row in self.rows.items()
            if name in fields
        }
        return replace(self, rows={**self.rows, **rows}) if rows else self

    @property
    def decided(self) -> list[str]:
        """The fields in which the model decides, at least where it adds."""
        return [field for field, row in self.rows.items() if {row.value, row.added, row.dropped} & {"model", "pointed"}]

    def shown(self) -> dict[str, object]:
        """Return what a report says of the table; ``key`` is shortened."""
        return {"table": self.origin, "key": self.key[:12], "decides": self.decided, "not_asked": sorted(self.lost)}


class WitnessRow(NamedTuple):
    """A row of the data file: what an unmeasured and what an able model get, and the share that proves it able."""

    cautious: Witness
    able: Witness
    proof: float


@cache
def witness_rows() -> Mapping[str, WitnessRow]:
    """Return the rows of the data file by field.

    Raises:
        BugError: a row names an unknown winner.
    """
    return {field: _row(field, row) for field, row in read_table("witnesses").items()}


@cache
def unmeasured() -> TrustTable:
    """Return the table for a model that nobody measured: it may add where nothing was read, and doubt."""
    return TrustTable("unmeasured", "", {name: row.cautious for name, row in witness_rows().items()}, "unmeasured")


@cache
def eager() -> TrustTable:
    """Return the table under which a model gets the most that one may get: to measure it by."""
    return TrustTable("eager", "", {name: row.able for name, row in witness_rows().items()}, "eager")


def _row(field: str, row: Mapping[str, object]) -> WitnessRow:
    able = row["able"]
    assert isinstance(able, dict)
    code, proof = f"witnesses_{row['check']}", row.get("proof", CHANCE)
    assert isinstance(proof, float)
    return WitnessRow(_witness(field, row, code), _witness(field, able, code), proof)


def _witness(field: str, winners: Mapping[str, object], code: str) -> Witness:
    named = {question: winners.get(question, "rules") for question in QUESTIONS}
    if not {*named.values()} <= {*get_args(Winner)}:
        raise BugError(f"extractor/data/witnesses.toml: “{field}” names a winner that is none of {get_args(Winner)}")
    return Witness(code=code, **named)  # type: ignore[arg-type]
