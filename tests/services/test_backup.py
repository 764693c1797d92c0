"""A record built again from what is left: copies, mirror, emergency files."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.events import Verdict
from examrunner.services import conduct
from examrunner.services.backup import back_up, bring_in_file, plan_restore, restore
from examrunner.services.copier import Copier
from examrunner.services.forget import forget, plan
from examrunner.services.roll import read_roll
from examrunner.services.verify import verify
from examrunner.storage.database.copies import BACKUPS, copies, is_good
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.mirror import MIRROR
from tests.fakes import FakeClock
from tests.services.copying import copied, shown
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from examrunner.domain.exam.attempts import Attempt


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Open the small session; copies are made only when a test says so."""
    monkeypatch.setattr(Copier, "_ask", lambda _, __: None)
    made = Room(write_small(tmp_path))
    yield made
    made.leave()


# --- restoring -----------------------------------------------------------------------------


def crashed(room: Room) -> Any:
    """Examine two students with a copy between them, and let the program die. Returns results."""
    room.decided("ana", Verdict.PASS)
    copied(room)
    attempt = room.running("chi")
    conduct.note(room.desk, attempt, attempt.questions[0].id, "hm", 5)
    copier = room.desk.copier
    assert copier is not None
    copier.bring_up_to_date(copy=False)
    results = shown(room.folder)
    room.desk.copier = None
    room.leave()
    return results


@pytest.mark.parametrize("damage", ["gone", "cut", "zeroed", "empty", "text"])
def test_a_lost_record_comes_back_whole(room: Room, damage: str) -> None:
    """From the newest copy and the mirror's tail every mark and note is back, and it verifies."""
    expected = crashed(room)
    record = room.folder / "exam.db"
    data = record.read_bytes()
    match damage:
        case "gone":
            record.unlink()
        case "cut":
            record.write_bytes(data[: len(data) // 2])
        case "zeroed":
            record.write_bytes(bytes(8192) + data[8192:])
        case "empty":
            record.write_bytes(b"")
        case "text":
            record.write_bytes(b"hello" * 1000)
    planned = plan_restore(room.folder)
    assert len(planned.tail) > 5
    done = restore(planned, FakeClock(), "ann")
    assert done.events == planned.events + 1
    assert shown(room.folder) == expected
    with Ledger.open(record, "small", create=False) as ledger:
        secret = (room.folder / "secret.txt").read_text().strip()
        assert verify(ledger, secret) == []
        assert ledger.exposures("tiny")
        restored = ledger.last("restored")
    assert restored is not None
    assert (done.put_aside is None) == (damage == "gone")
    if done.put_aside is not None:
        assert done.put_aside.exists()
    room.open_again()
    assert room.desk.under_way() is not None


def test_a_damaged_newest_copy_is_passed_over(room: Room) -> None:
    """The newest copy that holds is taken, and the mirror fills the longer gap."""
    conduct.later(room.desk, room.key("eli"))
    copied(room)
    expected = crashed(room)
    newest = copies(room.folder / BACKUPS)[0]
    data = newest.path.read_bytes()
    newest.path.write_bytes(data[:4096] + bytes(4096) + data[8192:])
    (room.folder / "exam.db").unlink()
    planned = plan_restore(room.folder)
    assert planned.copy.path != newest.path
    restore(planned, FakeClock(), "ann")
    assert shown(room.folder) == expected


def test_a_changed_mirror_is_used_up_to_the_change(room: Room) -> None:
    """A line of the mirror that was edited, and all after it, never come into the record."""
    crashed(room)
    mirror = room.folder / MIRROR
    lines = mirror.read_text(encoding="utf-8").splitlines(keepends=True)
    edited = json.loads(lines[-3])
    edited["actor"] = "eve"
    mirror.write_text("".join([*lines[:-3], json.dumps(edited) + "\n", *lines[-2:]]))
    (room.folder / "exam.db").unlink()
    with pytest.raises(Environment, match="does not continue"):
        restore(plan_restore(room.folder), FakeClock(), "ann")
    assert not (room.folder / "exam.db").exists()


def test_a_session_comes_back_from_the_stick(room: Room, tmp_path: Path) -> None:
    """A new folder and a stick's copies make the session whole: record, mirror's tail, secret."""
    room.desk.second = tmp_path / "stick"
    room.desk.second.mkdir()
    expected = crashed(room)
    shutil.rmtree(room.folder)
    fresh = tmp_path / "fresh" / "small"
    fresh.mkdir(parents=True)
    restore(plan_restore(fresh, tmp_path / "stick" / "small"), FakeClock(), "ann")
    assert (fresh / "secret.txt").exists()
    room.folder = fresh
    write = (tmp_path / "fresh" / "small" / "roster.csv").write_text
    write("student_id,name\nana,Ana\n")
    assert shown(fresh) == expected


def test_an_open_session_is_not_restored(room: Room) -> None:
    """While somebody examines, a restore is refused and nothing is put aside."""
    room.decided()
    copied(room)
    before = room.ledger.head()
    with pytest.raises(Refused, match="open already"):
        restore(plan_restore(room.folder), FakeClock(), "eve")
    assert room.ledger.head() == before
    assert not list(room.folder.glob("exam-put-aside*"))
    assert not list(room.folder.glob(".restore*"))


def test_without_a_good_copy_nothing_is_done(room: Room, tmp_path: Path) -> None:
    """A folder without copies, a file that is none and a missing path are told apart."""
    (tmp_path / "none").mkdir()
    with pytest.raises(Environment, match="No good copy"):
        plan_restore(room.folder, tmp_path / "none")
    with pytest.raises(WrongUsage, match="There is no"):
        plan_restore(room.folder, tmp_path / "missing")
    text = tmp_path / "text.db"
    text.write_text("hello" * 1000)
    with pytest.raises(Environment):
        plan_restore(room.folder, text)


def test_a_backup_can_go_elsewhere(room: Room, tmp_path: Path) -> None:
    """`--to` gets a copy, the mirror and the secret; a draft and a missing folder are refused."""
    with pytest.raises(Refused, match="no record"):
        back_up(room.folder)
    room.decided()
    copied(room)
    with pytest.raises(WrongUsage):
        back_up(room.folder, tmp_path / "missing")
    (tmp_path / "stick").mkdir()
    copy = back_up(room.folder, tmp_path / "stick")
    assert (copy.events, copy.head) == (room.ledger.head()[0], room.ledger.head()[1][:12])
    assert (tmp_path / "stick" / "small" / "secret.txt").exists()
    assert is_good(copy.path)


# --- an emergency file ---------------------------------------------------------------------


def left_file(room: Room, monkeypatch: pytest.MonkeyPatch, attempt: Attempt | None = None) -> Path:
    """Mark and note while the disk is away, and end. Returns the emergency file."""
    attempt = attempt or room.running()

    def away(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "_written", away)
        conduct.note(room.desk, attempt, attempt.questions[0].id, "knew the loss", 5)
        conduct.stop(room.desk, room.attempt())
        conduct.decide(room.desk, room.attempt(), Verdict.PASS)
        room.desk.close()
    file = room.desk.waiting.file
    assert file is not None
    return file


def test_what_was_not_saved_is_taken_in_at_the_next_start(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening the session again writes what waited, with its own times, and removes the file."""
    file = left_file(room, monkeypatch)
    decided_at = room.attempt().decided_at
    room.open_again()
    assert not file.exists()
    assert "3 events" in room.desk.left_over
    assert room.attempt().verdict is Verdict.PASS
    assert room.attempt().decided_at == decided_at
    assert room.desk.text(room.attempt().notes[0].event) == "knew the loss"
    assert room.ledger.verify() == []


def test_a_clock_that_was_set_back_keeps_nothing_out(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the exam went on is told by the order of events, never by the time of day."""
    room.running()
    room.clock.at -= timedelta(hours=1)
    room.desk.beat()
    room.reopen()
    left_file(room, monkeypatch, room.attempt())
    room.open_again()
    assert room.attempt().verdict is Verdict.PASS


def test_an_emergency_file_can_be_taken_in_by_hand(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Moved elsewhere it is taken in by the command, once; another session's is refused."""
    file = left_file(room, monkeypatch)
    kept = tmp_path / "kept.jsonl"
    file.rename(kept)
    assert bring_in_file(room.folder, kept, FakeClock(), "ann") == (3, 0)
    assert bring_in_file(room.folder, kept, FakeClock(), "ann") == (0, 3)
    foreign = tmp_path / "foreign.jsonl"
    foreign.write_text(kept.read_text().replace('"session":"small"', '"session":"large"'))
    with pytest.raises(WrongUsage, match="does not belong"):
        bring_in_file(room.folder, foreign, FakeClock(), "ann")
    foreign.write_text("hello\n")
    with pytest.raises(WrongUsage, match="no emergency file"):
        bring_in_file(room.folder, foreign, FakeClock(), "ann")
    assert room.record()["score"] == 10


def test_events_that_come_too_late_are_refused(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the exam went on without them they are not written, and the file stays."""
    file = left_file(room, monkeypatch)
    kept = tmp_path / "kept.jsonl"
    file.rename(kept)
    room.clock.advance(60)
    room.open_again()
    conduct.stop(room.desk, room.attempt())
    conduct.decide(room.desk, room.attempt(), Verdict.FAIL)
    kept.rename(file)
    room.reopen()
    assert "too late" in room.desk.left_over
    assert file.exists()
    assert room.attempt().verdict is Verdict.FAIL
    assert room.ledger.verify() == []
    file.unlink()


# --- forgetting ----------------------------------------------------------------------------


def test_an_old_copy_does_not_bring_a_name_back(room: Room, tmp_path: Path) -> None:
    """Restored from a stick that is older than the forgetting, the student stays forgotten."""
    room.desk.second = tmp_path / "stick"
    room.desk.second.mkdir()
    room.decided("ana")
    copied(room)
    room.leave()
    roll = read_roll(room.folder)
    people = tuple(one for one in roll.people if one.student.name == "Ana")
    forget(plan(roll, people), FakeClock(), "ann")
    (room.folder / "exam.db").unlink()
    shutil.rmtree(room.folder / BACKUPS)
    restore(plan_restore(room.folder, tmp_path / "stick" / "small"), FakeClock(), "ann")
    assert b"Ana" not in (room.folder / "exam.db").read_bytes()
    assert "Ana" not in json.dumps(shown(room.folder))
