"""The doctor: what is worth a look, in the files and on the machine."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from examrunner.services.begin import commit_session
from examrunner.services.doctor import machine
from examrunner.services.doctor.found import Check, Findings, State
from examrunner.services.waiting import EMERGENCY
from examrunner.storage import machine as system
from examrunner.storage.mirror import line_of
from examrunner.storage.places import state_folder
from tests.services.desks import Room, write_small
from tests.services.visits import bad, the, visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("fit_machine")


# --- what is worth a look ------------------------------------------------------------------


def test_copies_that_lag_behind_are_told(examined: Path) -> None:
    """Without mirror and backups there is a warning for each; old ones are counted."""
    lines = (examined / "events.jsonl").read_bytes().splitlines(keepends=True)
    (examined / "events.jsonl").write_bytes(b"".join(lines[:-2]))
    assert "2 events behind" in the(visit(examined), "mirror").words
    (examined / "events.jsonl").write_bytes(b"".join(lines)[:-5])
    assert "cannot be read" in the(visit(examined), "mirror").words
    (examined / "events.jsonl").unlink()
    shutil.rmtree(examined / "backups")
    found = visit(examined)
    assert {name for name, _ in bad(found)} == {"mirror", "backups"}
    assert found.code == 0


def test_open_modes_are_named_with_the_command(examined: Path) -> None:
    """Every file counts, backups too; the command takes the rights away."""
    backup = next((examined / "backups").iterdir())
    for path in (examined, examined / "roster.csv", backup):
        path.chmod(0o755)
    check = the(visit(examined), "modes")
    assert check.state is State.WARN
    for name in ("the folder", "roster.csv", f"backups/{backup.name}"):
        assert name in check.words
    assert os.system(check.hint) == 0
    assert bad(visit(examined)) == []


def test_a_second_name_of_the_record_is_told(examined: Path) -> None:
    """SQLite finds a crash's journal by the name, so two names are a danger."""
    os.link(examined / "exam.db", examined.parent / "other.db")
    assert "1 second name" in the(visit(examined), "names").words


def test_a_journal_that_is_not_needed_is_told(examined: Path) -> None:
    """It is never to be deleted by hand, whatever it is."""
    (examined / "exam.db-journal").touch(mode=0o600)
    check = the(visit(examined), "journal")
    assert "without being needed" in check.words
    assert "Never delete" in check.hint


def test_a_lost_secret_is_told(examined: Path) -> None:
    """Without it no paper can be drawn, and a changed commit.json cannot be published."""
    (examined / "commit.json").write_text("{}", encoding="utf-8")
    assert "is not what was committed" in the(visit(examined), "secret").words
    (examined / "secret.txt").unlink()
    found = visit(examined)
    assert found.code == 1
    assert "secret.txt" in the(found, "secret").words


def test_changes_after_the_commit_are_named(examined: Path) -> None:
    """Each file that differs is named once; the record counts."""
    texts = {
        "session.yaml": ("session: small", "session: small\nexam: {minutes: 7}"),
        "roster.csv": ("zoe,Zoe", "zoe,Zoe Other"),
        "reviews.csv": ("2024-10-01", "2024-10-11"),
        "course.yaml": ("title: Paper A", "title: Paper A, year: 2020"),
        "banks/paper-b.yaml": ("Why 1?", "Why not?"),
    }
    for name, (old, new) in texts.items():
        text = (examined / name).read_text("utf-8")
        assert old in text
        (examined / name).write_text(text.replace(old, new), encoding="utf-8")
    found = visit(examined)
    words = the(found, "files").words
    for name in ("session.yaml", "roster.csv", "course.yaml"):
        assert name in words
    assert found.code == 0
    assert next(one.words for one in found.rules if one.about == "time").startswith("5:00")


def test_a_spacing_chosen_at_the_commit_is_no_change_of_the_file(tmp_path: Path) -> None:
    """What session.yaml leaves open it does not contradict: the files are as committed."""
    room = Room(write_small(tmp_path))
    commit_session(room.desk, spacing=2)
    room.leave()
    assert "as they were committed" in the(visit(room.folder), "files").words


def test_files_that_are_gone_stand_in_the_way(examined: Path) -> None:
    """Unreadable files are a warning once committed; with none of them nothing can be opened."""
    (examined / "roster.csv").unlink()
    assert "cannot be read any more" in the(visit(examined), "files").words
    (examined / "session.yaml").unlink()
    found = visit(examined)
    assert found.code == 1
    assert "nothing can be opened" in the(found, "files").words


@pytest.fixture
def emergency() -> Iterator[Path]:
    """Return the folder of emergency files, empty again afterwards."""
    folder = state_folder() / EMERGENCY
    folder.mkdir(exist_ok=True)
    yield folder
    shutil.rmtree(folder)


def test_an_emergency_file_is_told(examined: Path, emergency: Path) -> None:
    """What it holds beyond the record is counted, with the command that brings it in."""
    from examrunner.storage.database.ledger import Ledger

    with Ledger.open(examined / "exam.db", "small", create=False) as ledger:
        last = ledger.told()[-1]
        last = replace(last, event=replace(last.event, prev=ledger.hash_of(1) or ""))
    path = emergency / f"{EMERGENCY}-small-{last.event.id[:12]}.jsonl"
    path.write_text(line_of("small", last) + "\n", encoding="utf-8")
    assert "nothing that is not on record" in the(visit(examined), "emergency").words
    new = replace(last, event=replace(last.event, id="f" * 32))
    path.write_text(line_of("small", new) + "\n", encoding="utf-8")
    found = visit(examined)
    assert found.code == 1
    assert "1 event not on record" in the(found, "emergency").words
    assert f"--emergency {path}" in the(found, "emergency").hint


# --- the machine ---------------------------------------------------------------------------


def test_a_small_disk_and_a_slow_one_are_told(
    examined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Little room and slow commits are warnings, no room is an error."""
    monkeypatch.setattr(machine, "SLOW", 0)
    monkeypatch.setattr(system, "free_bytes", lambda _: 3_400_000)
    found = visit(examined)
    assert the(found, "disk space").words == "3.4 MB free, 50 MB are wanted."
    assert the(found, "saving").words.startswith("Slow: ")
    assert found.code == 0
    monkeypatch.setattr(system, "free_bytes", lambda _: 300)
    assert visit(examined).code == 4


def test_disks_of_others_are_told(examined: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network drive and a synced folder each get a warning of their own."""
    monkeypatch.setattr(system, "file_system", lambda _: "nfs4")
    assert "nfs4" in the(visit(examined), "file system").words
    monkeypatch.undo()
    synced = examined.parent / "Dropbox"
    synced.mkdir()
    shutil.copytree(examined, synced / examined.name)
    assert "Dropbox copies this folder" in the(visit(synced / examined.name), "file system").words


def test_an_untried_platform_is_called_untried(
    examined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On macOS and Windows the doctor says so plainly."""
    for name in ("macOS", "Windows"):
        monkeypatch.setattr(system, "name", lambda name=name: name)
        assert "untried on this platform" in the(visit(examined), "platform").words


def test_a_watched_app_is_told(examined: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that makes Textual write a log is named."""
    monkeypatch.setenv("TEXTUAL_LOG", "log.txt")
    assert "TEXTUAL_LOG is set" in the(visit(examined), "debugging").words


def test_clocks_that_cannot_be_right_are_told() -> None:
    """A wrong year, and a time before the last event; a minute of difference is none."""
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def told(at: datetime, latest: datetime) -> Check:
        found = Findings()
        machine.look_at_clocks(found.notes("machine"), at, None, (latest, "the last event"))
        return the(found, "wall clock")

    assert told(now, now + timedelta(seconds=50)).state is State.OK
    assert "earlier than the last event" in told(now, now + timedelta(hours=2)).words
    assert "that year cannot be right" in told(now.replace(year=1970), now).words


def test_names_of_students_are_not_told(tmp_path: Path) -> None:
    """What the doctor says can be shown to anybody: students are counted, not named."""
    folder = write_small(tmp_path, "session: small\ncourse: course.yaml\nreviews: {required: 20}\n")
    roster = "student_id,name\nana,Quixote\nchi,Panza\neli,Dulcinea\nzoe,Rocinante\n"
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    found = visit(folder)
    words = " ".join(one.words + one.hint for one in found.checks)
    words += " ".join(one.words for one in found.rules)
    assert "too few reviews: 4" in words
    assert not any(name in words for name in ("Quixote", "Panza", "Dulcinea", "Rocinante"))
