"""What the service keeps, as tables of one SQLite file.

Readings and changes are only ever added. A notice points to the reading that holds: the program's, or one made from it
and from the changes that people made; the latter, ``findings`` and ``search`` can be made again.

Times are ISO 8601 in UTC; hashes are hex SHA-256.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

VERSION = 2
"""Of these tables. Whoever changes them counts on and says in ``database`` how the older are brought there."""

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
    Column("reading", Integer),  # the one that holds; null until there is one, and until then nobody sees the notice
    UniqueConstraint("name", "sha256"),
    sqlite_autoincrement=True,  # a number is not given again, so a page of a list never shows another notice
)

readings = Table(
    "readings",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), nullable=False, index=True),
    Column("key", Text, nullable=False),  # all that can change a record, but for the file
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
    Column("base", Integer),  # the program's reading that people changed; null: this is one
    Column("reviewed", Text),  # when the review was finished; null: it is not
    Column("reviewed_by", Text),
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
    Column("source", Text),  # JSON: the file's name and the way inside an archive; null where it was not taken
    Column("outcome", Text, nullable=False),
    Column("error", Text),
    Column("upload", Text),  # the file that holds the bytes, while they are waiting
    Column("notice", ForeignKey(notices.c.number, ondelete="SET NULL"), index=True),
)
Index("items_waiting", items.c.number, sqlite_where=items.c.outcome == "pending")

SEARCH = "CREATE VIRTUAL TABLE search USING fts5(name, text, content='', tokenize='unicode61')"
"""By notice number, holding no text itself; see ``searching`` for what goes in."""
