"""The service's SQLite file: opened, brought to the current version, read by many and written by one at a time.

SQLAlchemy Core without the ORM: a handful of tables, and statements that are type-checked and composed (the list's
filters) without assembling SQL from strings.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from extractor.disk import system
from extractor.errors import SettingsError
from extractor.service.store import database_tables

_APPLICATION = 0x6E6F7469  # "noti": marks the files of this program
_BUSY_SECONDS = 5
_TABLES = frozenset(("notices", "readings"))  # present in files of every version
_TO_NEXT = {
    1: ("ALTER TABLE readings ADD COLUMN digits_unread INTEGER",),
    2: (
        "CREATE TABLE places (notice INTEGER NOT NULL PRIMARY KEY REFERENCES notices (number) ON DELETE CASCADE, "
        "content BLOB NOT NULL)",
    ),
    3: ("ALTER TABLE readings ADD COLUMN signature TEXT",),
    4: (),  # new tables alone, which are filled when somebody asks for what is in them
    5: ("ALTER TABLE notices ADD COLUMN indexed BOOLEAN NOT NULL DEFAULT 1", "DROP TABLE IF EXISTS kin"),
}
"""The statements that bring a file of each earlier version to the next one."""


class BusyError(Exception):
    """Other writers hold the database for too long; nothing was written."""


@dataclass(frozen=True)
class Database:
    """The service's file. Many may read while one writes."""

    engine: Engine
    _turn: Lock = field(default_factory=Lock)
    _writes: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that reads the state of one moment."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed together, and synced to disk, at the end of the block.

        Raises:
            BusyError: Other writers of this process take too long.
        """
        # SQLite's own lock is polled, so that a later writer may get it before an earlier one.
        if not self._turn.acquire(timeout=2 * _BUSY_SECONDS):
            raise BusyError
        try:
            with self.engine.execution_options(writes=True).begin() as connection:
                yield connection
            self._writes[""] += 1
        finally:
            self._turn.release()

    @property
    def writes(self) -> int:
        """The number of times that this process has written: what was read since the last time is still so."""
        return self._writes[""]

    def probe(self) -> None:
        """Write a value that is there already, which fails on a full disk or a locked file."""
        with self.writing() as connection:
            connection.exec_driver_sql(f"PRAGMA user_version = {database_tables.VERSION}")

    def size(self) -> int:
        """Return the bytes that the database takes on disk."""
        path = Path(str(self.engine.url.database))
        return sum(each.stat().st_size for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())


@contextmanager
def open_database(path: Path) -> Iterator[Database]:
    """Open the service's file, or create it; a file of an earlier version is upgraded.

    Raises:
        SettingsError: The file cannot be opened, is not a service's, or belongs to a later version.
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


def is_service_file(path: Path) -> bool:
    """Return whether the file at ``path`` is a service's, of any version.

    Raises:
        SettingsError: The file is no database.
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
def open_existing(path: Path) -> Iterator[Database]:
    """Open the file of a service, which may be running; otherwise as ``open_database``.

    Raises:
        SettingsError: There is none.
    """
    if not path.is_file():
        raise SettingsError(f"{path}: no such file; give the folder that `serve` has as --data")
    with open_database(path) as database:
        yield database


@contextmanager
def open_snapshot(path: Path) -> Iterator[Connection]:
    """Yield a connection that reads a service's file as it is at one moment, and cannot change it.

    The service may be running.

    Raises:
        SettingsError: The file cannot be read, is not a service's, or belongs to another version.
    """
    engine = create_engine("sqlite://", creator=lambda: _read_only(path), hide_parameters=True, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection, connection.begin():
            _check_version(connection, path)
            yield connection
    except DatabaseError as error:
        raise SettingsError(f"{path}: cannot be read ({error.orig}); give a service's folder (its --data)") from error
    finally:
        engine.dispose()


def _read_only(path: Path) -> sqlite3.Connection:
    # Where nothing can be written, SQLite cannot lock: no service is at work there.
    is_fixed = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    mode = "mode=ro&immutable=1" if is_fixed else "mode=rw"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _check_version(connection: Connection, path: Path) -> None:
    if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != _APPLICATION:
        raise SettingsError(f"{path}: is not a file of this service; give a service's folder (its --data)")
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version in _TO_NEXT:
        raise SettingsError(
            f"{path}: has version {version}, but this program reads version {database_tables.VERSION}; "
            "start its service once with this program, which brings it to that"
        )
    if version != database_tables.VERSION:
        raise _of_another_program(path, version)


def _of_another_program(path: Path, version: int) -> SettingsError:
    return SettingsError(
        f"{path}: has version {version}, but this program reads version {database_tables.VERSION}; "
        "use the program that wrote it, or choose another folder with --data"
    )


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock a folder for this process; the lock ends with the process, even if it is killed.

    Raises:
        SettingsError: Another process holds the lock.
    """
    # A lock of SQLite's, on a separate file, works alike on all systems.
    with closing(sqlite3.connect(folder / "lock", isolation_level=None, timeout=0)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise SettingsError(
                f"{folder}: another service uses this folder; stop it, or choose another folder with --data"
            ) from error
        yield


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # only ``_begin`` begins transactions
    cursor = connection.cursor()
    for pragma in (
        "page_size = 16384",  # of a new file: records and texts are long
        "journal_mode = WAL",
        "synchronous = FULL",  # what was confirmed survives a power cut
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first may be refused when it comes to write.
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
            raise SettingsError(f"{path}: is not a file of this service; choose another folder with --data")
        elif version not in (*_TO_NEXT, database_tables.VERSION):
            raise _of_another_program(path, version)
        else:
            for older in range(version, database_tables.VERSION):
                for statement in _TO_NEXT[older]:
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(f"PRAGMA user_version = {older + 1}")
            database_tables.METADATA.create_all(connection)
