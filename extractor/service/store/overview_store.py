"""The overview of all notices: their tallies, put together without parsing them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select

from extractor.service.store.collected_store import up_to_date
from extractor.service.store.database import Database
from extractor.service.store.database_tables import kin, notices, readings, tallies

_TALLIED = (
    select(
        *(notices.c.id, notices.c.name, tallies.c.tally, readings.c.reviewed),
        *(kin.c.duplicate_of, kin.c.may_be, kin.c.series, kin.c.edition),
    )
    .join_from(notices, tallies, tallies.c.notice == notices.c.number)
    .join(readings, readings.c.number == notices.c.reading)
    .join(kin, kin.c.notice == notices.c.number, isouter=True)
    .order_by(notices.c.number)
)


def overview_json(database: Database) -> str:
    """Return the tallies of all notices as a JSON list, the oldest first, each beside its place among the others."""
    with up_to_date(database) as connection:
        return f"[{','.join(_entries(connection.execute(_TALLIED)))}]"


def _entries(rows: object) -> Iterator[str]:
    for row in rows:  # type: ignore[attr-defined]
        placed = {
            "id": row.id,
            "file": row.name,
            "reviewed": row.reviewed is not None,
            "duplicate_of": row.duplicate_of,
            "series": row.series,
            "edition": row.edition,
        }
        yield f"{json.dumps(placed, ensure_ascii=False)[:-1]},{row.tally[1:]}"
