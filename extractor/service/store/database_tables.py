"""The tables of the service's SQLite file.

Readings and changes are only ever added. A notice points to its current reading: the program's, or one derived from
that and from people's changes. Derived readings, ``findings`` and ``search`` can be computed again.

Times are ISO 8601 in UTC; hashes are hex SHA-256.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

VERSION = 4
"""The version of these tables; a change of them increments it and adds the upgrade to ``database``."""

METADATA = MetaData()

jobs = Table(
    "jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("created", Text, nullable=False),
)

notices = Table(
    "notices",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("folded", Text, nullable=False, unique=True),  # the id as file systems compare it that ignore case
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),  # of the bytes that came
    Column("created", Text, nullable=False),
    Column("reading", Integer),  # the current one; null until there is one, and the notice is hidden until then
    UniqueConstraint("name", "sha256"),
    sqlite_autoincrement=True,  # numbers are not used again, so that a page of a list never shows another notice
)

readings = Table(
    "readings",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), nullable=False, index=True),
    Column("key", Text, nullable=False),  # of all that affects a record except the file
    Column("made", Text, nullable=False),
    Column("title", Text),
    Column("inspected_body", Text),
    Column("published_on", Text),
    Column("signed_on", Text),
    Column("issues", Integer, nullable=False),
    Column("measures", Integer, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("coverage", Float),
    Column("digits_unread", Integer),  # null: the record does not account for digits
    Column("unanswered", Integer, nullable=False),  # calls to a model that failed for good
    Column("record", LargeBinary, nullable=False),  # JSON
    Column("text", Text, nullable=False),
    Column("base", Integer),  # the program's reading that this one derives from; null: it is the program's
    Column("reviewed", Text),  # when the review was finished; null: it is not
    Column("reviewed_by", Text),
    Column("signature", Text),  # JSON: what the notice is known by among others; null: made by an earlier version
)

places = Table(
    "places",
    METADATA,
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # JSON, as a run's folder has it: where the text is in its source
)

changes = Table(
    "changes",
    METADATA,
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1, 2, … in each notice
    Column("by", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("change", Text, nullable=False),  # JSON
    Column("result", Text),  # JSON: the item that it corrected or added, as it became
    sqlite_with_rowid=False,
)

findings = Table(
    "findings",
    METADATA,
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), primary_key=True),
    Column("category", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("measure_type", Text, primary_key=True),  # empty: an issue without measures
    sqlite_with_rowid=False,
)

items = Table(
    "items",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("job", ForeignKey(jobs.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("source", Text),  # JSON: the file's name and the path inside an archive; null where it was refused
    Column("outcome", Text, nullable=False),
    Column("error", Text),
    Column("upload", Text),  # the file with the bytes, while the item waits
    Column("notice", ForeignKey(notices.c.number, ondelete="SET NULL"), index=True),
)
Index("items_waiting", items.c.number, sqlite_where=items.c.outcome == "pending")

SEARCH = "CREATE VIRTUAL TABLE search USING fts5(name, text, content='', tokenize='unicode61')"
"""The index by notice number, without the texts themselves; ``search_words`` makes its words."""
