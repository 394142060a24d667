"""The file that the service keeps everything in: opened, checked, written by one at a time.

SQLAlchemy's Core, and no layer of objects above it: a handful of tables, and statements that are checked and composed
(the list's filters) without a line of SQL put together from strings.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from extractor.disk import system
from extractor.errors import SettingsError
from extractor.service.store import database_tables

_APPLICATION = 0x6E6F7469  # tells this program's files from others: "noti"
_BUSY_SECONDS = 5
_TABLES = frozenset(("notices", "readings"))  # that a file of any version has
_TO_NEXT = {1: ("ALTER TABLE readings ADD COLUMN digits_unread INTEGER",)}
"""What brings a file of each earlier version to the one after it."""


class BusyError(Exception):
    """Others write for too long; nothing was done."""


@dataclass(frozen=True)
class Database:
    """The service's file. Many may read while one writes."""

    engine: Engine
    _turn: Lock = field(default_factory=Lock)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of one moment."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of the block, or nothing of it; on disk when the block has ended.

        Raises:
            BusyError: the others that write here take too long.
        """
        # Whoever waits for a lock of SQLite's polls, and the one that came last may be first.
        if not self._turn.acquire(timeout=2 * _BUSY_SECONDS):
            raise BusyError
        try:
            with self.engine.execution_options(writes=True).begin() as connection:
                yield connection
        finally:
            self._turn.release()

    def probe(self) -> None:
        """Write what stands there already, so that a full disk or a lock shows."""
        with self.writing() as connection:
            connection.exec_driver_sql(f"PRAGMA user_version = {database_tables.VERSION}")

    def size(self) -> int:
        """Bytes on disk."""
        path = Path(str(self.engine.url.database))
        return sum(each.stat().st_size for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """Open the service's file, or make it; one of an earlier version is brought to this one's.

    Raises:
        SettingsError: it cannot be opened, is no such file, or a later version's.
    """
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True, pool_size=16, max_overflow=48)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    database = Database(engine)
    try:
        try:
            _set_up(database, path)
        except DatabaseError as error:
            raise SettingsError(f"{path}: cannot be used ({error.orig}); choose another folder with --data") from error
        yield database
    finally:
        with suppress(DatabaseError), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA optimize")
        engine.dispose()


def is_ours(path: Path) -> bool:
    """Return whether the file at ``path`` is a service's, of whichever version.

    Raises:
        SettingsError: it is no database.
    """
    if system.kind(path) != "file":
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (application,) = database.execute("PRAGMA application_id").fetchone()
            found = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"{path}: cannot be used ({error}); choose another folder with --data") from error
    return bool(application == _APPLICATION) and found >= _TABLES


@contextmanager
def existing(path: Path) -> Iterator[Database]:
    """Open the file of a service that may be running; else as ``opened``.

    Raises:
        SettingsError: there is none.
    """
    if not path.is_file():
        raise SettingsError(f"{path}: there is no such file; name the folder that `serve` was given as --data")
    with opened(path) as database:
        yield database


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep a folder to this process; the system lets go of it when the process ends, however.

    Raises:
        SettingsError: another process holds it.
    """
    # SQLite's own lock on a file of its own: the same on all systems.
    with closing(sqlite3.connect(folder / "lock", isolation_level=None, timeout=0)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise SettingsError(
                f"{folder}: another service works there; stop it, or choose another folder with --data"
            ) from error
        yield


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by ``_begin`` alone
    cursor = connection.cursor()
    for pragma in (
        "page_size = 16384",  # of a new file: records and texts are long
        "journal_mode = WAL",
        "synchronous = FULL",  # what was answered for is there after a power cut, too
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that begins by reading and writes later may be refused in between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_up(database: Database, path: Path) -> None:
    with database.writing() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        is_new = not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        if is_new:
            database_tables.METADATA.create_all(connection)
            connection.exec_driver_sql(database_tables.SEARCH)
            connection.exec_driver_sql(f"PRAGMA user_version = {database_tables.VERSION}")
            connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION}")
        elif application != _APPLICATION:
            raise SettingsError(f"{path}: is no file of this service; choose another folder with --data")
        elif version not in (*_TO_NEXT, database_tables.VERSION):
            raise SettingsError(
                f"{path}: is of version {version}, this program reads version {database_tables.VERSION}; "
                "use the program that wrote it, or another folder with --data"
            )
        else:
            for older in range(version, database_tables.VERSION):
                for statement in _TO_NEXT[older]:
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(f"PRAGMA user_version = {older + 1}")
