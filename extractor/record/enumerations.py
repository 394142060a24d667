"""The closed vocabularies of the contract and of tables, read once from ``data/enumerations.toml``.

The types below are what the contract's fields are annotated with. A type checker sees ``str``; at run time
each is a ``Literal`` of the file's keys, so that validation and JSON Schema follow the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from extractor.data import read_table


class Term(NamedTuple):
    """One value of a vocabulary: its key, its names for people, and what belongs to it."""

    key: str
    zh: str
    en: str
    scope: str


def _vocabularies() -> dict[str, dict[str, Term]]:
    table = read_table("enumerations")
    return {
        name: {key: Term(key, row["zh"], row["en"], row["scope"]) for key, row in rows.items()}
        for name, rows in table.items()
    }


VOCABULARIES: dict[str, dict[str, Term]] = _vocabularies()

if TYPE_CHECKING:
    Genre = str
    InspectionKind = str
    Category = str
    IssueStatus = str
    MeasureType = str
    MeasureStatus = str
    DocumentAction = str
    Qualifier = str
    AccountabilityAction = str
    TotalName = str
    Severity = str
    Reader = str
else:

    def _literal(name: str) -> object:
        return Literal[tuple(VOCABULARIES[name])]

    Genre = _literal("genre")
    InspectionKind = _literal("inspection_kind")
    Category = _literal("category")
    IssueStatus = _literal("issue_status")
    MeasureType = _literal("measure_type")
    MeasureStatus = _literal("measure_status")
    DocumentAction = _literal("document_action")
    Qualifier = _literal("qualifier")
    AccountabilityAction = _literal("accountability_action")
    TotalName = _literal("total_name")
    Severity = _literal("severity")
    Reader = _literal("reader")
