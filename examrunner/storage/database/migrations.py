"""Numbered steps from one schema to the next, each in one transaction with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.storage.database.tables import APPEND_ONLY, metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

APPLICATION_ID = 0x6578616D
"""`exam` in ASCII: says whose file this is."""


def first(connection: Connection) -> None:
    """Make all tables."""
    metadata.create_all(connection)
    for statement in APPEND_ONLY:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


STEPS: tuple[Callable[[Connection], None], ...] = (first,)
"""Step n leads from schema n to schema n + 1. Steps are added, never changed."""
CURRENT = len(STEPS)


def migrate(engine: Engine, version: int) -> None:
    """Bring a file from schema `version` to the current one.

    Stopped at any point, the file has the old schema or the new one.
    """
    for number in range(version, CURRENT):
        with engine.begin() as connection:
            STEPS[number](connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {number + 1}")
