"""From one schema to the next, each step in one transaction together with its number.

A new file gets the tables as they are now; an older one goes through the steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.storage.database.tables import APPEND_ONLY, metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

APPLICATION_ID = 0x6578616D
"""`exam` in ASCII: says whose file this is."""
STEPS: dict[int, Callable[[Connection], None]] = {}
"""Schema n to the step that leads to schema n + 1. Steps are added, never changed."""
CURRENT = 1 + len(STEPS)
"""Number of the schema in `tables`, kept in the file as its user_version; 0 is an empty file."""


def migrate(engine: Engine, before_step: Callable[[int], None] | None = None) -> None:
    """Bring a file to the current schema. Stopped at any point, it has an old or the new one.

    `before_step` is called with the schema that a file with content is about to leave.
    """
    while (before := _version(engine)) < CURRENT:
        if before and before_step is not None:
            before_step(before)
        with engine.begin() as connection:
            # Read again under the write lock: another process may have been faster.
            version = _user_version(connection)
            if version == 0:
                _make_tables(connection)
                version = CURRENT
            elif version < CURRENT:
                STEPS[version](connection)
                version += 1
            connection.exec_driver_sql(f"PRAGMA user_version = {version}")


def write_something(connection: Connection) -> None:
    """Write the schema's number again, so that this commit reaches the disk whatever it holds."""
    connection.exec_driver_sql(f"PRAGMA user_version = {_user_version(connection)}")


def _make_tables(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    for statement in APPEND_ONLY:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _version(engine: Engine) -> int:
    """Return the schema's number without a write lock, which a reader may not get."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        (version,) = cursor.execute("PRAGMA user_version").fetchone()
    finally:
        raw.close()
    return int(version)


def _user_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
