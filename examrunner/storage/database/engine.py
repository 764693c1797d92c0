"""A database file, opened the one way that loses nothing (reliability notes, section 3).

DELETE journal with synchronous EXTRA: the only setting that lost no acknowledged write in
simulated power cuts. Every transaction begins with BEGIN IMMEDIATE, so that no two writers ever
read the same state.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from examrunner.domain.errors import Environment, Refused
from examrunner.storage.database.migrations import APPLICATION_ID, CURRENT, migrate
from examrunner.storage.files import PRIVATE_FILE, make_private

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

SETTINGS = {
    "foreign_keys": "ON",
    "synchronous": "EXTRA",
    "busy_timeout": "5000",
    "recursive_triggers": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
    "mmap_size": "0",
}
EXTRA = 3
"""What PRAGMA synchronous answers when it is EXTRA."""


def open_engine(path: Path, *, create: bool) -> Engine:
    """Open a ledger's file and bring its schema up to date.

    Raises Refused for a file of another program or of a newer examrunner, Environment where it
    cannot be read or made; then nothing was written.
    """
    if create:
        make_private(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
    elif not path.is_file():
        raise Environment(f"There is no record {path.name} in {path.parent}.")
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begin)
    try:
        version = _version(engine, path)
        if version < CURRENT:
            migrate(engine, version)
    except (DBAPIError, UnicodeDecodeError, sqlite3.Error) as fault:
        engine.dispose()
        raise Environment(
            f"{path.name} cannot be used: {reason(fault)}.",
            "Leave the file as it is and bring back a copy of it.",
        ) from fault
    except BaseException:
        engine.dispose()
        raise
    return engine


def reason(fault: BaseException) -> str:
    """Return what the database says, without statements or values."""
    inner = getattr(fault, "orig", None)
    return str(inner if inner is not None else fault)


def _connected(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for name, value in SETTINGS.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    if sys.platform == "darwin":
        cursor.execute("PRAGMA fullfsync = ON")
        cursor.execute("PRAGMA checkpoint_fullfsync = ON")
    journal = cursor.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if journal != "delete" or synchronous != EXTRA:
        raise sqlite3.OperationalError(f"journal {journal}, synchronous {synchronous}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _version(engine: Engine, path: Path) -> int:
    """Return the schema's number after checking whose file it is."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        application = raw.execute("PRAGMA application_id").fetchone()[0]
        version: int = raw.execute("PRAGMA user_version").fetchone()[0]
        tables: int = raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application != APPLICATION_ID and (application or version or tables):
        raise Refused(f"{path.name} was not made by examrunner.", "Name another database.")
    if version > CURRENT:
        raise Refused(
            f"{path.name} was made by a newer examrunner (schema {version}, this one knows "
            f"{CURRENT}).",
            "Update examrunner; nothing has been changed.",
        )
    return version
