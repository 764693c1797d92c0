"""Processes killed in a migration leave the old schema or the new one, and a copy beside it."""

from __future__ import annotations

import os
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as hooks

from examrunner.storage.database import engine as engine_module
from examrunner.storage.database import migrations
from examrunner.storage.database.copies import BACKUPS
from examrunner.storage.database.ledger import Ledger
from tests.storage.ledgers import SESSION, examined, held, process, raw

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.faults.conftest import Fault

pytestmark = pytest.mark.crash

FIRST = migrations.CURRENT
STATEMENTS = {
    FIRST: (
        "CREATE TABLE room (name TEXT NOT NULL) STRICT",
        "INSERT INTO room VALUES ('A'), ('B')",
        "CREATE INDEX room_name ON room (name)",
    ),
    FIRST + 1: (
        "ALTER TABLE room ADD COLUMN floor INTEGER",
        "UPDATE room SET floor = 2",
        "DROP INDEX room_name",
    ),
}
"""Two steps that a later version might take."""
NEWEST = FIRST + len(STATEMENTS)


def _step(schema: int, connection: Connection) -> None:
    for statement in STATEMENTS[schema]:
        connection.exec_driver_sql(statement)


def be_newer(patch: pytest.MonkeyPatch) -> None:
    """Be the later version that knows these steps."""
    patch.setattr(migrations, "STEPS", {schema: partial(_step, schema) for schema in STATEMENTS})
    for module in (migrations, engine_module):
        patch.setattr(module, "CURRENT", NEWEST)


def open_as_newer(name: str, deadly: str) -> None:
    """Open a ledger as a later version does; die at the n-th call that it makes of the database.

    Calls are counted from 0, statements and commits alike; each dies before it is made.
    """
    be_newer(pytest.MonkeyPatch())
    calls = 0

    def die(*_: Any) -> None:
        nonlocal calls
        if calls == int(deadly):
            os.kill(os.getpid(), signal.SIGKILL)
        calls += 1

    hooks.listen(Engine, "before_cursor_execute", die)
    hooks.listen(Engine, "commit", die)
    Ledger.open(Path(name), SESSION, create=False).close()


def test_a_kill_at_each_statement_leaves_one_schema(
    tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each statement and commit, a file has one whole schema, and goes on from it."""
    old = tmp_path / "old" / "exam.db"
    with held(old) as ledger:
        examined(ledger)
        events = ledger.events()
    path = tmp_path / "session" / "exam.db"
    seen = []
    for deadly in range(60):
        shutil.rmtree(path.parent, ignore_errors=True)
        shutil.copytree(old.parent, path.parent)
        if open_in_child(path, deadly) == 0:
            break
        assert len(raw(path, "SELECT * FROM event")) == len(events)
        (version,) = raw(path, "PRAGMA user_version")[0]
        seen.append(version)
        assert rooms(path) == expected_rooms(version)
        demand_copies(path, version)
        with monkeypatch.context() as patch:
            be_newer(patch)
            Ledger.open(path, SESSION, create=False).close()
        assert rooms(path) == expected_rooms(NEWEST)
        demand_copies(path, NEWEST)
    assert rooms(path) == expected_rooms(NEWEST)
    assert seen == sorted(seen)
    # Each step's statements, BEGIN and COMMIT, the version read and written.
    assert {seen.count(version) for version in (FIRST, FIRST + 1)} == {7}
    fault.report(19, "process killed at each statement of two migrations", count=len(seen))


def open_in_child(path: Path, deadly: int) -> int:
    """Open a ledger as a later version does, in a child. Returns its exit code."""
    child = process(open_as_newer, path, deadly)
    child.communicate(timeout=30)
    assert child.returncode in (0, -signal.SIGKILL)
    return child.returncode


def rooms(path: Path) -> list[object] | None:
    """Return the new table's rows with the number of its indexes; None without that table."""
    if not raw(path, "SELECT * FROM sqlite_schema WHERE name = 'room'"):
        return None
    return [*raw(path, "SELECT * FROM room"), raw(path, "PRAGMA index_list(room)")]


def expected_rooms(version: int) -> list[object] | None:
    """Return what `rooms` finds in a whole schema."""
    index = [(0, "room_name", 0, "c", 0)]
    whole: dict[int, list[object] | None] = {
        FIRST: None,
        FIRST + 1: [("A",), ("B",), index],
        NEWEST: [("A", 2), ("B", 2), []],
    }
    return whole[version]


def demand_copies(path: Path, version: int) -> None:
    """Demand that for each step that was taken a whole copy of the file before it is there."""
    for schema in range(FIRST, version):
        copy = path.parent / BACKUPS / f"before-schema-{schema + 1}.db"
        assert raw(copy, "PRAGMA user_version") == [(schema,)]
        assert raw(copy, "PRAGMA integrity_check") == [("ok",)]
        assert rooms(copy) == expected_rooms(schema)


def test_the_copy_before_a_step_opens_in_this_version(tmp_path: Path) -> None:
    """Who goes back to this version goes on from the copy that the newer one made."""
    path = tmp_path / "exam.db"
    with held(path) as ledger:
        events = examined(ledger)
    assert open_in_child(path, -1) == 0
    copy = tmp_path / BACKUPS / f"before-schema-{FIRST + 1}.db"
    path.write_bytes(copy.read_bytes())
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert tuple(ledger.events()) == events
        assert ledger.verify() == []


def test_without_room_for_a_copy_nothing_is_migrated(tmp_path: Path) -> None:
    """Where no copy can be made of an older file, opening it fails and leaves it as it is."""
    path = tmp_path / "exam.db"
    with held(path) as ledger:
        examined(ledger)
    (tmp_path / BACKUPS).write_text("a file where the folder should be")
    before = path.read_bytes()
    child = process(open_as_newer, path, -1)
    child.communicate(timeout=30)
    assert child.returncode == 1
    assert path.read_bytes() == before
