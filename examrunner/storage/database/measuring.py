"""How long a commit takes on a disk, measured with the ledger's own settings."""

from __future__ import annotations

import sqlite3
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment
from examrunner.storage.database.engine import FAULTS, open_engine, reading, reason

if TYPE_CHECKING:
    from pathlib import Path

COMMITS = 7
SYNCHRONOUS = ("off", "normal", "full", "extra")
"""What PRAGMA synchronous answers, as words."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A disk as the ledger finds it."""

    seconds: float
    """Median of some commits."""
    journal: str
    synchronous: str
    sqlite: str


def measure(folder: Path) -> Measured:
    """Measure commits to a new database in a folder. Raises Environment where there can be none."""
    try:
        engine = open_engine(folder / "scratch.db", create=True)
    except Environment as fault:
        raise _unsaved(fault.__cause__ or fault) from fault
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE scratch (n INTEGER)")
        taken = []
        for number in range(COMMITS):
            began = time.perf_counter()
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO scratch VALUES (?)", (number,))
            taken.append(time.perf_counter() - began)
        with reading(engine).begin() as connection:
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    except FAULTS as fault:
        raise _unsaved(fault) from fault
    finally:
        engine.dispose()
    return Measured(
        statistics.median(taken), str(journal), SYNCHRONOUS[synchronous], sqlite3.sqlite_version
    )


def _unsaved(fault: BaseException) -> Environment:
    return Environment(f"Nothing can be saved here: {reason(fault)}.")
