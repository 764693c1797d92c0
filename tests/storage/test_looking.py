"""Looking at a record: as it is, whatever state it is in, and without changing a byte."""

from __future__ import annotations

import os
import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, ExamError, Refused
from examrunner.domain.exam import events as ev
from examrunner.storage.database import looking
from examrunner.storage.database.drafts import Draft
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.database.looking import NoDatabase, look
from tests.storage.ledgers import NOW, SESSION, examined, held, process, raw, say

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a record with some events, which nobody has open."""
    path = tmp_path / "exam.db"
    with held(path) as ledger:
        examined(ledger)
    return path


def bytes_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the content and mode of every file of a folder."""
    return {one.name: (one.read_bytes(), one.stat().st_mode) for one in folder.iterdir()}


def crash(path: str) -> None:
    """Begin to write more than fits into memory, and die."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DROP TRIGGER event_no_update")
    connection.execute("UPDATE event SET actor = 'eve' || hex(zeroblob(4000))")
    os.kill(os.getpid(), signal.SIGKILL)


def write_slowly(path: str) -> None:
    """Hold the write lock until told to end."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE more (n INTEGER)")
    say("writing")
    signal.pause()


def test_a_look_gives_what_the_ledger_gives(path: Path) -> None:
    """Head, events and texts are the record's, and the file is as it was."""
    before = bytes_of(path.parent)
    with look(path) as seen:
        assert seen.ledger is not None
        assert (seen.schema, seen.is_older, seen.is_half_written) == (1, False, False)
        assert seen.sessions == (SESSION,)
        assert seen.is_guarded
        found = (seen.ledger.head(), seen.ledger.events(), seen.ledger.texts())
        assert seen.ledger.verify() == []
    assert bytes_of(path.parent) == before
    with Ledger.open(path, SESSION, create=False) as ledger:
        assert found == (ledger.head(), ledger.events(), ledger.texts())


def test_loose_modes_stay_as_they_are(path: Path) -> None:
    """Opening for the exam takes others' rights away; looking does not."""
    path.chmod(0o644)
    with look(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_crash_is_looked_at_without_taking_it_back(path: Path) -> None:
    """What was half written is not seen, and file and journal stay for the next opening."""
    process(crash, path).communicate()
    before = bytes_of(path.parent)
    assert f"{path.name}-journal" in before
    assert b"eve" in before[path.name][0]
    with look(path) as seen:
        assert seen.is_half_written
        assert seen.ledger is not None
        assert {event.actor for event in seen.ledger.events()} == {"ann"}
        assert seen.ledger.verify() == []
    assert bytes_of(path.parent) == before


def test_a_journal_that_goes_away_meanwhile_is_no_fault(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another process has put the file in order in between, it is looked at again."""
    process(crash, path).communicate()
    copy_aside = looking._copy_aside

    def in_order_first(path: Path, memory: sqlite3.Connection) -> bool:
        assert raw(path, "SELECT DISTINCT actor FROM event") == [("ann",)]
        return copy_aside(path, memory)

    monkeypatch.setattr(looking, "_copy_aside", in_order_first)
    with look(path) as seen:
        assert not seen.is_half_written
        assert seen.ledger is not None
        assert seen.ledger.check() == []


def test_a_writer_is_neither_seen_nor_disturbed(path: Path) -> None:
    """A look in the middle of a write shows what was there before, at once."""
    writer = process(write_slowly, path)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        with look(path) as seen:
            assert not seen.is_half_written
            assert seen.ledger is not None
            assert seen.ledger.check() == []
    finally:
        writer.kill()
        writer.communicate()


def test_what_happens_after_a_look_is_not_in_it(path: Path) -> None:
    """A look holds no lock: the record can be written while it lasts, and it stays the same."""
    with look(path) as seen, held(path) as ledger:
        assert seen.ledger is not None
        before = seen.ledger.head()
        ledger.append([Draft(ev.Entered(2))], NOW, "ann")
        assert ledger.head() != before
        assert seen.ledger.head() == before


def test_a_text_file_is_no_database(tmp_path: Path) -> None:
    """Whatever its size, a file without a database's beginning is none."""
    path = tmp_path / "exam.db"
    for text in ("hello", "hello\n" * 1000):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(NoDatabase, match=r"exam\.db is no database"), look(path):
            pass


def test_foreign_and_newer_files_are_refused(path: Path, tmp_path: Path) -> None:
    """Their own messages say which it is, and nothing is written."""
    raw(tmp_path / "other.db", "CREATE TABLE t (x)")
    raw(path, "PRAGMA user_version = 99")
    before = bytes_of(tmp_path)
    with pytest.raises(Refused, match="not made by examrunner"), look(tmp_path / "other.db"):
        pass
    with pytest.raises(Refused, match="newer examrunner"), look(path):
        pass
    assert bytes_of(tmp_path) == before


def test_an_empty_file_holds_no_session(tmp_path: Path) -> None:
    """A program that died before its commit leaves one."""
    path = tmp_path / "exam.db"
    path.touch()
    with look(path) as seen:
        assert (seen.schema, seen.sessions, seen.ledger) == (0, (), None)


def test_a_missing_file_cannot_be_read(tmp_path: Path) -> None:
    """That is the machine's fault, not damage, and no file comes to be."""
    with pytest.raises(Environment, match="cannot be read"), look(tmp_path / "exam.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_damage_is_told_as_damage(path: Path) -> None:
    """A file cut in the middle is no matter of the machine: exit code 1."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(ExamError, match=r"exam\.db is damaged") as told, look(path):
        pass
    assert told.value.exit_code == 1


def test_of_several_sessions_the_named_one_is_given(path: Path) -> None:
    """Without a name there is none to choose."""
    with Ledger.open(path, "second", create=False) as ledger:
        ledger.append([Draft(ev.Entered(1))], NOW, "ann", leased=False)
    with look(path) as seen:
        assert set(seen.sessions) == {SESSION, "second"}
        assert seen.ledger is None
    with look(path, SESSION) as seen:
        assert seen.ledger is not None
        assert seen.ledger.session == SESSION
        assert seen.ledger.check() == []
