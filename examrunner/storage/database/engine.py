"""A database file, opened the one way that loses nothing (reliability notes, section 3).

DELETE journal with synchronous EXTRA: the only setting that lost no acknowledged write in
simulated power cuts. Every writing transaction begins with BEGIN IMMEDIATE, so that no two
writers ever start from the same state; a reading one begins with BEGIN and needs no write lock.

The file is opened by SQLite alone: closing another handle on it would drop SQLite's locks.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from examrunner.domain.errors import Environment, Refused
from examrunner.storage.database.drafts import Busy
from examrunner.storage.database.migrations import APPLICATION_ID, CURRENT, migrate
from examrunner.storage.files import PRIVATE_FILE, make_private, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

FAULTS = (SQLAlchemyError, sqlite3.Error, OSError, OverflowError, UnicodeError)
"""What a database call can raise: sqlite3 lets the last two through for odd values and files."""

OLDEST = (3, 37)
"""The first SQLite with STRICT tables."""
SETTINGS = {
    "busy_timeout": "5000",
    "foreign_keys": "ON",
    "synchronous": "EXTRA",
    "fullfsync": "ON",  # these two are macOS's; elsewhere they do nothing
    "checkpoint_fullfsync": "ON",
    "recursive_triggers": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
    "mmap_size": "0",
}
EXTRA = 3
"""What PRAGMA synchronous answers when it is EXTRA."""
SMALLEST = 512
"""Bytes of the smallest database that is not empty."""
_READS = "examrunner_reads"


def open_engine(path: Path, *, create: bool) -> Engine:
    """Open a ledger's file for writing and bring its schema up to date.

    All use of the engine shares one connection, which any one thread at a time may use. Raises
    Refused for a file of another program or of a newer examrunner, Environment where it cannot
    be read or made; then nothing was written.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise Environment(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed.")
    if not create and not _is_there(path):
        raise Environment(f"There is no record {path.name} in {path.parent}.")
    engine = create_engine(
        "sqlite://", creator=_Connector(path), poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    try:
        if create:
            _make(path)
        migrate(engine, before_step=partial(_keep_copy, path))
        _keep_private(path)
    except FAULTS as fault:
        engine.dispose()
        if is_busy(fault):
            raise Busy(f"{path.name} is held by another process, which does not let go.") from fault
        raise Environment(
            f"{path.name} cannot be used: {reason(fault)}.",
            "Leave the file as it is and bring back a copy of it.",
        ) from fault
    except BaseException:
        engine.dispose()
        raise
    return engine


def _is_there(path: Path) -> bool:
    """Say whether a file is there, or may be: in a folder that may not be looked into."""
    try:
        return path.exists()
    except OSError:
        return True


def _keep_copy(path: Path, schema: int) -> None:
    """Keep a copy of an older file before its schema changes; without one it does not change."""
    from examrunner.storage.database.copies import BACKUPS, copy_database

    target = path.parent / BACKUPS / f"before-schema-{schema + 1}.db"
    make_private(target.parent)
    copy_database(path, target)


def reading(engine: Engine) -> Engine:
    """Return the same engine for transactions that only read."""
    return engine.execution_options(**{_READS: True})


def reason(fault: BaseException) -> str:
    """Return what the machine says, without statements or values."""
    inner = getattr(fault, "orig", None) or fault
    if is_odd_value(fault):
        return "it holds a text or a number that cannot be stored"
    return getattr(inner, "strerror", None) or str(inner)


def is_odd_value(fault: BaseException) -> bool:
    """Say whether a call failed since what it was to store cannot be stored anywhere."""
    inner = getattr(fault, "orig", None) or fault
    return isinstance(inner, UnicodeError | OverflowError | sqlite3.IntegrityError)


def is_busy(fault: BaseException) -> bool:
    """Say whether a call failed only since another process has the file: nothing is in doubt."""
    inner = getattr(fault, "orig", None) or fault
    code = getattr(inner, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY  # the rest says why


def _make(path: Path) -> None:
    """Make an empty file, private from the start, unless there is one."""
    make_private(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        sync_folder(path.parent)


def _keep_private(path: Path) -> None:
    """Take the others' rights from a file; its journal gets the same ones."""
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):
            path.chmod(PRIVATE_FILE)


class _Connection(sqlite3.Connection):
    """A connection that lets go of its lock on the file when it is closed.

    SQLite itself keeps it for as long as a cursor is about that Ctrl-C has left in its work.
    """

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self.rollback()
        super().close()


class _Connector:
    """Makes one connection at a time.

    A Ctrl-C in the middle of dropping one can leave it open somewhere, with its lock on the file;
    it is closed before the next one is made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: sqlite3.Connection | None = None

    def __call__(self) -> sqlite3.Connection:
        if self._last is not None:
            self._last.close()
        self._last = _connect(self._path)
        return self._last


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, factory=_Connection
    )
    try:
        _set_up(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    check_owner(connection, path)
    (journal,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    if journal != "delete" or synchronous != EXTRA:
        raise sqlite3.OperationalError(f"journal {journal}, synchronous {synchronous}")


def check_owner(connection: sqlite3.Connection, path: Path) -> None:
    """Raise Refused for a file that is not ours to write, before anything is written."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not version and 0 < path.stat().st_size < SMALLEST:
        raise sqlite3.DatabaseError("file is not a database")  # SQLite would take it for empty
    if application != APPLICATION_ID and (application or version or tables):
        raise Refused(f"{path.name} was not made by examrunner.", "Name another database.")
    if version > CURRENT:
        raise Refused(
            f"{path.name} was made by a newer examrunner (schema {version}, this one knows "
            f"{CURRENT}).",
            "Update examrunner; nothing has been changed.",
        )


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
