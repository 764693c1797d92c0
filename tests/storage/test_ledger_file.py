"""A ledger's file: whose it is, who may read it, and how its schema grows."""

from __future__ import annotations

import sqlite3
import stat
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event as hooks

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.storage.database import engine as engine_module
from examrunner.storage.database import migrations
from examrunner.storage.database.engine import open_engine
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.database.tables import metadata
from tests.storage.ledgers import SESSION, add, examined, held, raw

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a ledger may be made."""
    return tmp_path / "session" / "exam.db"


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


# --- opening -------------------------------------------------------------------------------


def test_the_connection_is_set_to_lose_nothing(path: Path) -> None:
    """Each setting of the durable design is in force, as SQLite itself says."""
    engine = open_engine(path, create=True)
    expected: dict[str, object] = {
        "journal_mode": "delete",
        "synchronous": 3,
        "fullfsync": 1,
        "busy_timeout": 5000,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "secure_delete": 1,
        "temp_store": 2,
    }
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected}
    engine.dispose()
    assert found == expected


def test_file_and_folder_are_private(path: Path) -> None:
    """File and folder are private to the user, and so is the journal while it is there."""
    with held(path) as ledger, ledger._transaction(ledger._writing) as connection:
        connection.exec_driver_sql("UPDATE lease SET holder = 'bob'")
        modes = {one.name: mode(one) for one in path.parent.iterdir()}
    assert modes == {"exam.db": 0o600, "exam.db-journal": 0o600}
    assert mode(path.parent) == 0o700


def test_a_loose_file_becomes_private(path: Path) -> None:
    """A file that others could read is private once it was opened."""
    held(path).close()
    path.chmod(0o644)
    Ledger.open(path, SESSION, create=False).close()
    assert mode(path) == 0o600


def test_an_odd_path_is_just_a_path(tmp_path: Path) -> None:
    """A folder's name with characters of a URL in it is taken as it is."""
    path = tmp_path / "50% ?mode=ro#é" / "exam.db"
    with held(path) as ledger:
        examined(ledger)
    assert path.is_file()


def test_a_missing_file_is_not_made(path: Path) -> None:
    """Opening what is not there is an Environment and makes nothing."""
    path.parent.mkdir()
    with pytest.raises(Environment, match="no record"):
        Ledger.open(path, SESSION, create=False)
    assert list(path.parent.iterdir()) == []


def test_an_empty_file_becomes_a_ledger(path: Path) -> None:
    """A file left empty by a process that died while making it is used."""
    path.parent.mkdir()
    path.touch()
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert ledger.events() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"PRAGMA user_version = {migrations.CURRENT + 1}", "newer examrunner.*Update"),
        ("PRAGMA application_id = 77", "not made by examrunner"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_untouched(
    path: Path, statement: str, words: str
) -> None:
    """A newer or foreign file is refused and stays as it is, byte for byte."""
    held(path).close()
    raw(path, statement)
    before = path.read_bytes()
    with pytest.raises(Refused, match=f"(?s){words}"):
        Ledger.open(path, SESSION, create=True)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["exam.db"]


def test_another_programs_database_is_refused_untouched(path: Path) -> None:
    """A database without an application id but with tables, in WAL too, stays as it is."""
    path.parent.mkdir()
    raw(path, "PRAGMA journal_mode = WAL", "CREATE TABLE recipe (name)")
    before = path.read_bytes()
    with pytest.raises(Refused, match="not made by examrunner"):
        Ledger.open(path, SESSION, create=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"student,score\n" * 500, b"x", b"SQLite format 3\0" + b"a" * 9000]
)
def test_a_file_that_is_no_database_is_told(path: Path, content: bytes) -> None:
    """A file that is no database is an Environment and stays as it is."""
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(Environment, match=r"exam\.db cannot be used"):
        Ledger.open(path, SESSION, create=True)
    assert path.read_bytes() == content


def test_a_folder_in_the_files_place_is_told(path: Path) -> None:
    """A folder where the file should be is an Environment."""
    path.mkdir(parents=True)
    with pytest.raises(Environment, match="cannot be used"):
        Ledger.open(path, SESSION, create=True)


def test_an_old_sqlite_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite without STRICT tables is an Environment before anything is made."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(Environment, match="too old"):
        Ledger.open(path, SESSION, create=True)
    assert not path.parent.exists()


# --- append only ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'eve'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "UPDATE OR REPLACE event SET seq = 2",
    ],
)
def test_an_event_cannot_be_changed(path: Path, statement: str) -> None:
    """No statement changes, removes or replaces an event."""
    with held(path) as ledger:
        before = add(ledger, ev.Called("s-1.1"))
        with (
            pytest.raises(Exception, match="events are never changed"),
            ledger._transaction(ledger._writing) as connection,
        ):
            connection.exec_driver_sql(statement)
        assert tuple(ledger.events()) == before


def test_every_table_is_strict(path: Path) -> None:
    """Every table refuses values of another type than its columns'."""
    held(path).close()
    found = raw(path, "SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite_%'")
    assert dict(found) == dict.fromkeys(metadata.tables, 1)


def test_a_time_of_another_form_is_refused(path: Path) -> None:
    """The tables take a time only in the one form the program writes."""
    held(path).close()
    with pytest.raises(sqlite3.IntegrityError):
        raw(path, "UPDATE lease SET since = '2024-12-13 15:00:00'")


# --- migrations ----------------------------------------------------------------------------


def schema(path: Path) -> list[Any]:
    """Return all that a file has of schema and numbers."""
    listed = raw(path, "SELECT name, sql FROM sqlite_schema ORDER BY name")
    return [listed, raw(path, "PRAGMA user_version"), raw(path, "PRAGMA application_id")]


class Stop(Exception):
    """A test ends a migration here."""


def stop_at(engine: Engine, number: int) -> list[str]:
    """Let the engine fail before its n-th statement, counted from 0. Returns what it ran."""
    ran: list[str] = []

    @hooks.listens_for(engine, "before_cursor_execute")
    def _count(*arguments: Any) -> None:
        if len(ran) == number:
            raise Stop
        ran.append(arguments[2])

    return ran


def bare_engine(path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return an engine on a file whose migration has not been run."""
    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "migrate", lambda *_, **__: None)
        return open_engine(path, create=True)


def add_room(connection: Connection) -> None:
    """Lead from schema 1 to schema 2."""
    connection.exec_driver_sql("CREATE TABLE room (name TEXT) STRICT")
    connection.exec_driver_sql("INSERT INTO room VALUES ('A')")


def add_floor(connection: Connection) -> None:
    """Lead from schema 2 to schema 3."""
    connection.exec_driver_sql("ALTER TABLE room ADD COLUMN floor INTEGER")
    connection.exec_driver_sql("UPDATE room SET floor = 2")


def test_making_a_file_stops_with_all_or_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before any statement, a new file is still empty; once run, it is whole."""
    number, states = 0, []
    while True:
        engine = bare_engine(path, monkeypatch)
        stop_at(engine, number)
        try:
            migrations.migrate(engine)
        except Stop:
            states.append(schema(path))
        else:
            break
        finally:
            engine.dispose()
        number += 1
    assert number > len(metadata.tables)
    assert all(state == [[], [(0,)], [(0,)]] for state in states)
    assert Ledger.open(path, SESSION, create=False).verify() == []


def test_each_step_stops_with_the_old_or_the_new_schema(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before any statement of two steps, a file has schema 1, 2 or 3, none between."""
    with held(path) as ledger:
        examined(ledger)
    first = schema(path)
    monkeypatch.setattr(migrations, "STEPS", {1: add_room, 2: add_floor})
    monkeypatch.setattr(migrations, "CURRENT", 3)
    monkeypatch.setattr(engine_module, "CURRENT", 3)
    seen = []
    for number in range(20):
        engine = bare_engine(path, monkeypatch)
        ran = stop_at(engine, number)
        try:
            migrations.migrate(engine)
        except Stop:
            pass
        finally:
            engine.dispose()
        version = raw(path, "PRAGMA user_version")[0][0]
        seen.append(version)
        if version == 1:
            assert schema(path) == first
        elif version == 2:
            assert raw(path, "SELECT * FROM room") == [("A",)]
            assert raw(path, "SELECT count(*) FROM pragma_table_info('room')") == [(1,)]
            raw(path, "DROP TABLE room", "PRAGMA user_version = 1")
        else:
            assert raw(path, "SELECT * FROM room") == [("A", 2)]
            break
    assert len(ran) == 10
    assert seen == [1] * 5 + [2] * 5 + [3]
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert len(ledger.events()) == 5
        assert ledger.verify() == []


def test_two_processes_that_make_a_file_do_not_collide(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that finds the file made by another one in between goes on with it."""
    engine = bare_engine(path, monkeypatch)
    Ledger.open(path, SESSION, create=False).close()
    versions = iter([0, migrations.CURRENT])  # what a slow process has read, and reads next
    monkeypatch.setattr(migrations, "_version", lambda _: next(versions))
    migrations.migrate(engine)
    engine.dispose()
    assert raw(path, "PRAGMA user_version") == [(migrations.CURRENT,)]
