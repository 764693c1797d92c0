"""A record as it is, read into memory: nothing is migrated, repaired, locked or written.

The file is opened for reading only, and for no longer than copying takes. What a crash left half
written is taken back in a copy elsewhere, since here it would be a change.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from examrunner.domain.errors import Environment, ExamError, Refused
from examrunner.storage.database import rows
from examrunner.storage.database.engine import FAULTS, check_owner, reading, reason
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.database.migrations import CURRENT, migrate
from examrunner.storage.database.tables import APPEND_ONLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

JOURNAL = "-journal"
TRIES = 3
"""Another process may take the half-written part back meanwhile; then look again."""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
_NO_DATABASE = "file is not a database"
"""SQLite's words; also those of a file that is too short to be one."""


class NoDatabase(Refused):
    """The file is no database at all: it is another program's, or its beginning is gone."""


@dataclass(frozen=True, slots=True)
class Look:
    """A record as it was when it was looked at."""

    schema: int
    """0 is an empty file."""
    is_older: bool
    """An older program made it: opening it brings its schema up to date."""
    is_half_written: bool
    """A crash has left a journal that is still needed."""
    is_guarded: bool
    """The triggers that forbid changing events are as the program made them."""
    sessions: tuple[str, ...]
    ledger: Ledger | None
    """None where the file holds no session, or several and none of them was named."""


@contextmanager
def look(path: Path, session: str | None = None) -> Iterator[Look]:
    """Give a look at a record, of the named session where the file holds several.

    Raises NoDatabase for a file that is none, Refused for one of another program or of a newer
    examrunner, Environment where it cannot be read, ExamError where it is damaged.
    """
    engine: Engine | None = None
    try:
        memory, is_half_written = _in_memory(path)
        engine = _engine(path, memory)
        (schema,) = memory.execute("PRAGMA user_version").fetchone()
        if 0 < schema < CURRENT:
            migrate(engine)
        guards = _count_guards(memory)
        found = _sessions(engine) if schema else ()
    except FAULTS as fault:
        if engine is not None:
            engine.dispose()
        raise _told(path, fault) from fault
    name = found[0] if len(found) == 1 else session if session in found else None
    try:
        yield Look(
            schema,
            0 < schema < CURRENT,
            is_half_written,
            guards == len(APPEND_ONLY),
            found,
            None if name is None else Ledger(engine, name),
        )
    finally:
        engine.dispose()


def _engine(path: Path, memory: sqlite3.Connection) -> Engine:
    """Return an engine on what was read; what is lost after a fault in it is read again."""
    first = [memory]

    def connect() -> sqlite3.Connection:
        return first.pop() if first else _in_memory(path)[0]

    return create_engine("sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True)


def _count_guards(memory: sqlite3.Connection) -> int:
    places = ", ".join("?" * len(APPEND_ONLY))
    query = f"SELECT count(*) FROM sqlite_schema WHERE sql IN ({places})"  # noqa: S608  only marks
    (count,) = memory.execute(query, APPEND_ONLY).fetchone()
    return int(count)


def _sessions(engine: Engine) -> tuple[str, ...]:
    with reading(engine).begin() as connection:
        return tuple(connection.execute(rows.SESSIONS).scalars())


def _in_memory(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Return a file's content in memory, and whether it was half written."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        memory.execute("PRAGMA trusted_schema = OFF")
        memory.execute("PRAGMA cell_size_check = ON")
        for left in reversed(range(TRIES)):
            try:
                _copy(f"{path.absolute().as_uri()}?mode=ro", path, memory)
            except sqlite3.OperationalError as fault:
                if fault.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                    raise
                if _copy_aside(path, memory):
                    return memory, True
                if not left:
                    raise
            else:
                return memory, False
    except BaseException:
        memory.close()
        raise
    raise AssertionError  # pragma: no cover  the last try returns or raises


def _copy(uri: str, path: Path, memory: sqlite3.Connection) -> None:
    """Copy all pages in one reading transaction; it waits for a writer, but not for ever."""
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        check_owner(connection, path)
        connection.backup(memory)


def _copy_aside(path: Path, memory: sqlite3.Connection) -> bool:
    """Copy a half-written file by way of a whole one elsewhere.

    Returns False where the file changed meanwhile. No process has it open as a database, or its
    journal would not be left over: reading it plainly drops nobody's lock.
    """
    path = path.resolve()
    journal = path.with_name(path.name + JOURNAL)
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / path.name
        try:
            before = _marks(path, journal)
            shutil.copyfile(path, aside)
            shutil.copyfile(journal, aside.with_name(journal.name))
            if _marks(path, journal) != before:
                return False
        except FileNotFoundError:
            return False
        _copy(f"{aside.as_uri()}?mode=rw", aside, memory)
    return True


def _marks(*paths: Path) -> list[tuple[int, int, int]]:
    return [(about.st_ino, about.st_size, about.st_mtime_ns) for about in map(Path.stat, paths)]


def _told(path: Path, fault: BaseException) -> ExamError:
    """Return what a fault means: no database, a damaged one, or one that cannot be read."""
    inner = getattr(fault, "orig", None) or fault
    if str(inner) == _NO_DATABASE:
        return NoDatabase(f"{path.name} is no database.")
    code = getattr(inner, "sqlite_errorcode", None)
    is_damage = code is None or code & 0xFF in _DAMAGE  # the rest says where
    if is_damage and not isinstance(inner, OSError):
        return ExamError(f"{path.name} is damaged: {reason(fault)}.")
    return Environment(f"{path.name} cannot be read: {reason(fault)}.")
