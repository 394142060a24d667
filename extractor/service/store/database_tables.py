"""The tables of the service's SQLite file.

Readings and changes are only ever added. A notice points to its current reading: the program's, or one derived from
that and from people's changes. Derived readings, ``findings`` and ``search`` can be computed again.

Times are ISO 8601 in UTC; hashes are hex SHA-256.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 6
"""The version of these tables; a change of them increments it and adds the upgrade to ``database``.

A further table that none of the others leads to, as ``deletions``, needs no other version.
"""

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
    Column("indexed", Boolean, nullable=False, default=False),  # whether the current reading is in the search index
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

deletions = Table(
    "deletions",
    METADATA,
    # Notices that are gone: nothing else is left of them.
    Column("number", Integer, primary_key=True),
    Column("notice_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("by", Text),
    Column("deleted", Text, nullable=False),
    Column("changes", Integer, nullable=False),  # how many people had made
    Column("reviewed_by", Text),
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

tallies = Table(
    "tallies",
    METADATA,
    # No row: the notice's current reading is not collected yet. So it has no facts, either.
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), primary_key=True),
    Column("tally", Text, nullable=False),  # JSON: the notice in short, for the overview
    Column("known_by", Text, nullable=False),  # a hash of its signature: another one, and its kin is found again
    Column("genre", Text),
    Column("inspection", Text),
    Column("called", Text, nullable=False),  # its names in small letters, which a filter by body looks through
)

kin = Table(
    "kin",
    METADATA,
    # No row: its place among the others is to be found again.
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), primary_key=True),
    Column("duplicate_of", Text),
    Column("may_be", Text),
    Column("series", Text),
    Column("edition", Text),
)

kin_keys = Table(
    "kin_keys",
    METADATA,
    # Notices that share no key, by no chain of such, are placed apart from each other.
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), primary_key=True),
    Column("key", Integer, primary_key=True, index=True),
    sqlite_with_rowid=False,
)

facts = Table(
    "facts",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("holder", Integer, nullable=False),  # the fact whose words are searched for it: its measure, else its issue
    Column("issue", Integer),  # the index of its issue
    Column("category", Text),
    Column("status", Text),
    Column("term", Text),  # the sum, the name of a total, what was done, or the severity
    Column("unit", Text),
    Column("reason", Text),
    Column("reader", Text, nullable=False),
    Column("types", Text, nullable=False),  # with a line end around each
    Column("bodies", Text, nullable=False),
    Column("sure", Float, nullable=False),
    Column("is_checked", Boolean, nullable=False),
    Column("value", Float),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Index("facts_of_kind", "kind", "notice"),
)

shown_facts = Table(
    "shown_facts",
    METADATA,
    Column("number", ForeignKey(facts.c.number, ondelete="CASCADE"), primary_key=True),
    Column("title", Text, nullable=False),
    Column("data", Text, nullable=False),  # JSON
)

passages = Table(
    "passages",
    METADATA,
    Column("number", ForeignKey(facts.c.number, ondelete="CASCADE"), primary_key=True),
    Column("words", Text, nullable=False),  # as lists search them
)

fact_counts = Table(
    "fact_counts",
    METADATA,
    # What a list without its items asks for: how many facts of a notice have these columns alike.
    Column("number", Integer, primary_key=True),
    Column("notice", ForeignKey(notices.c.number, ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False, index=True),
    *(Column(name, Text) for name in ("category", "status", "term", "unit", "reason", "reader", "types")),
    Column("times", Integer, nullable=False),
    Column("value", Float, nullable=False),  # of all of them
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
