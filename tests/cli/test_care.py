"""backup and restore, and the ways to open a session, as words and as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner import main as program
from examrunner.cli.output import Output
from examrunner.main import main
from examrunner.storage.database.copies import BACKUPS, copies
from examrunner.storage.mirror import MIRROR

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.ports import Way

Captured = pytest.CaptureFixture[str]


def test_backup_names_the_copy(session: Path, capsys: Captured) -> None:
    """The copy's file, events and head are shown, and are the same as data."""
    assert main(["backup", str(session)]) == 0
    told = capsys.readouterr().out
    assert main(["backup", str(session), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["file"] in told
    assert data["head"] in told
    assert data["ok"] is True
    newest = copies(session / BACKUPS)[0]
    assert (newest.events, newest.head) == (data["events"], data["head"])


def test_a_damaged_record_is_restored(session: Path, capsys: Captured) -> None:
    """Damage, restore, results: the same results as before, and the damaged file is kept."""
    main(["results", str(session), "--json"])
    before = json.loads(capsys.readouterr().out)["students"]
    record = session / "exam.db"
    damaged = b"\0" * 5000 + record.read_bytes()[5000:]
    record.write_bytes(damaged)
    assert main(["restore", str(session), "--yes"]) == 0
    told = capsys.readouterr().out
    assert "damaged" in told
    assert "restored:" in told
    main(["results", str(session), "--json"])
    assert json.loads(capsys.readouterr().out)["students"] == before
    (aside,) = session.glob("exam-put-aside-*.db")
    assert aside.read_bytes() == damaged


def test_a_restore_is_asked_for(session: Path, capsys: Captured) -> None:
    """Without a yes nothing is restored: exit code 3."""
    before = (session / "exam.db").read_bytes()
    assert main(["restore", str(session)]) == 3
    assert "--yes" in capsys.readouterr().err
    assert (session / "exam.db").read_bytes() == before
    assert not list(session.glob("exam-put-aside*"))


def test_restoring_an_older_copy_says_what_it_has_less(session: Path, capsys: Captured) -> None:
    """A present record that holds more than the copy is told before anything is done."""
    copy = copies(session / BACKUPS)[0]
    main(["export", "csv", str(session), "--out", str(session.parent / "scores.csv")])
    (session / MIRROR).unlink()
    assert main(["restore", str(session), "--from", str(copy.path)]) == 3
    assert "more than would be restored" in capsys.readouterr().out


def test_a_restore_as_data(session: Path, capsys: Captured) -> None:
    """With --json the words go to stderr and the data say what was done."""
    (session / "exam.db").unlink()
    assert main(["restore", str(session), "--yes", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] is True
    assert data["put_aside"] is None
    assert data["events"] > 10


def test_a_file_that_is_no_emergency_file(session: Path, tmp_path: Path, capsys: Captured) -> None:
    """It is refused with exit code 2, and a missing one too."""
    text = tmp_path / "notes.txt"
    text.write_text("hello\n")
    assert main(["restore", str(session), "--emergency", str(text)]) == 2
    assert main(["restore", str(session), "--emergency", str(tmp_path / "none")]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[Way]:
    """Catch the ways in which the app would be started."""
    caught: list[Way] = []

    def open_session(_folder: Path, way: Way) -> int:
        caught.append(way)
        return 0

    monkeypatch.setattr(Output, "is_terminal", lambda _: True)
    monkeypatch.setattr(program, "_open_session", open_session)
    return caught


def test_the_ways_to_open(session: Path, tmp_path: Path, ways: list[Way]) -> None:
    """--watch, --take-over and --copies reach the app; the first two exclude each other."""
    assert main(["open", str(session), "--watch"]) == 0
    assert main(["open", str(session), "--take-over", "--copies", str(tmp_path)]) == 0
    assert main(["open", str(session), "--take-over", "--watch"]) == 2
    assert main(["open", str(session), "--copies", str(tmp_path / "none")]) == 2
    assert [(way.watch, way.take_over, way.second) for way in ways] == [
        (True, False, None),
        (False, True, tmp_path),
    ]
