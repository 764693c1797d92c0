"""Copies while the exam goes on: mirror and backups, here and on a stick."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Environment
from examrunner.domain.exam.events import Verdict
from examrunner.services import conduct
from examrunner.services.copier import COPY_IT, MIRROR_IT, Copier
from examrunner.services.forget import forget, plan
from examrunner.services.roll import read_roll
from examrunner.storage.database import copies as stored_copies
from examrunner.storage.database.copies import BACKUPS, copies, is_good, make_copy
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.mirror import MIRROR, last_told, read_mirror
from tests.fakes import FakeClock
from tests.services.copying import copied
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.storage.database.drafts import Told


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Open the small session; copies are made only when a test says so."""
    monkeypatch.setattr(Copier, "_ask", lambda _, __: None)
    made = Room(write_small(tmp_path))
    yield made
    made.leave()


def test_the_mirror_has_every_event_with_its_text(room: Room) -> None:
    """Each event stands in events.jsonl in order, notes with their words, nothing else."""
    attempt = room.running()
    conduct.note(room.desk, attempt, attempt.questions[0].id, "knew it", 5)
    copied(room)
    told, _ = read_mirror(room.folder / MIRROR)
    assert [one.event for one in told] == room.ledger.events()
    assert [one.text for one in told if one.text] == ["knew it"]
    assert "Ana" not in (room.folder / MIRROR).read_text(encoding="utf-8")


def test_copies_are_private(room: Room) -> None:
    """Mirror and backups can be read by the user alone."""
    room.decided()
    copied(room)
    files = [room.folder / MIRROR, *(one.path for one in copies(room.folder / BACKUPS))]
    assert len(files) >= 2
    assert all(file.stat().st_mode & 0o077 == 0 for file in (*files, room.folder / BACKUPS))


def test_each_student_leaves_a_good_copy(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict asks for a backup, a mark only for the mirror; the backup holds the verdict."""
    attempt = room.running()
    asked: list[str] = []
    monkeypatch.setattr(Copier, "_ask", lambda _, what: asked.append(what))
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 5)
    conduct.stop(room.desk, room.attempt())
    assert asked == [MIRROR_IT, MIRROR_IT]
    conduct.decide(room.desk, room.attempt(), Verdict.PASS)
    assert asked[-1] == COPY_IT
    monkeypatch.undo()
    assert room.desk.copier is not None
    room.desk.copier.copy()
    room.desk.close()
    newest = copies(room.folder / BACKUPS)[0]
    with Ledger.open(newest.path, "small", create=False) as ledger:
        assert ledger.events()[-1].kind == "decided"
        assert ledger.head()[1].startswith(newest.head)
    assert is_good(newest.path)


def test_a_mirror_that_was_cut_or_changed_is_made_anew(room: Room) -> None:
    """Torn, foreign or missing, the mirror is whole again with the next copies."""
    room.decided()
    copied(room)
    mirror = room.folder / MIRROR
    whole = mirror.read_bytes()
    for broken in (whole[:-20], b"", whole.replace(b"called", b"walled"), whole[: len(whole) // 2]):
        mirror.write_bytes(broken)
        room.desk.start_copies()
        copied(room)
        told = last_told(mirror)
        assert told is not None
        assert told.event.hash == room.ledger.head()[1]
    mirror.unlink()
    copied(room)
    assert mirror.read_bytes() == whole


def test_what_is_saved_while_the_mirror_is_made_anew_stands_in_it_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event between two looks at the record is not told twice."""
    room.called()
    conduct.send_back(room.desk, room.attempt())
    told, looks = Ledger.told, list[int]()

    def while_the_exam_goes_on(ledger: Ledger, after: int = 0) -> list[Told]:
        found = told(ledger, after)
        looks.append(after)
        if len(looks) == 1:
            conduct.later(room.desk, room.key("chi"))
        return found

    monkeypatch.setattr(Ledger, "told", while_the_exam_goes_on)
    copied(room)
    conduct.later(room.desk, room.key("zoe"))
    copied(room)
    mirrored, _ = read_mirror(room.folder / MIRROR)
    assert [one.event for one in mirrored] == room.ledger.events()


def test_a_second_folder_gets_everything(room: Room, tmp_path: Path) -> None:
    """A stick gets mirror, backups and secret, and a pulled one warns and blocks nothing."""
    stick = tmp_path / "stick"
    stick.mkdir()
    room.desk.second = stick
    conduct.later(room.desk, room.key("chi"))
    room.decided("ana")
    copier = copied(room)
    place = stick / "small"
    assert {path.name for path in place.iterdir()} >= {MIRROR, BACKUPS, "secret.txt"}
    shutil.rmtree(stick)
    stick.write_text("no folder any more")
    conduct.later(room.desk, room.key("chi"))
    copier.bring_up_to_date(copy=True)
    assert "No copy in" in copier.fault
    assert not room.desk.waiting
    told = last_told(room.folder / MIRROR)
    assert told is not None
    assert told.event.seq == room.ledger.head()[0]
    stick.unlink()
    stick.mkdir()
    copier.bring_up_to_date(copy=True)
    assert copier.fault == ""
    assert (place / MIRROR).read_bytes() == (room.folder / MIRROR).read_bytes()


def test_only_so_many_copies_are_kept(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest stay; the same record twice is one copy; parts of killed copies go."""
    room.called("ana")
    folder = room.folder / BACKUPS
    (folder).mkdir(exist_ok=True)
    left = folder / ".exam.left.part"
    left.write_text("")
    os.utime(left, (0, 0))
    for _ in range(5):
        conduct.later(room.desk, room.key("chi"))
        make_copy(room.folder / "exam.db", folder, kept=3)
        make_copy(room.folder / "exam.db", folder, kept=3)
    found = copies(folder)
    assert [one.events for one in found] == sorted((one.events for one in found), reverse=True)
    assert len(found) == 3
    assert found[0].events == room.ledger.head()[0]
    assert not left.exists()


def test_a_copy_that_does_not_hold_is_not_kept(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy whose chain is broken is refused and leaves no file."""
    room.decided()
    copied(room)
    before = copies(room.folder / BACKUPS)
    conduct.later(room.desk, room.key("chi"))

    def bad(path: Path) -> tuple[int, str]:
        raise Environment(f"{path.name} does not hold.")

    monkeypatch.setattr(stored_copies, "sound_head", bad)
    with pytest.raises(Environment):
        make_copy(room.folder / "exam.db", room.folder / BACKUPS)
    assert copies(room.folder / BACKUPS) == before


def test_a_stick_forgets_with_the_next_copies(room: Room, tmp_path: Path) -> None:
    """With the first copies after a forgetting the second folder holds neither name nor note."""
    room.desk.second = tmp_path / "stick"
    room.desk.second.mkdir()
    attempt = room.running("ana")
    conduct.note(room.desk, attempt, attempt.questions[0].id, "a telling note", 5)
    conduct.stop(room.desk, room.attempt("ana"))
    conduct.decide(room.desk, room.attempt("ana"), Verdict.PASS)
    copied(room)
    place = tmp_path / "stick" / "small"
    assert b"telling" in (place / MIRROR).read_bytes()
    room.leave()
    roll = read_roll(room.folder)
    people = tuple(one for one in roll.people if one.student.name == "Ana")
    forget(plan(roll, people), FakeClock(), "ann")
    room.open_again()
    room.desk.second = tmp_path / "stick"
    room.desk.start_copies()
    copied(room)
    everything = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    assert b"telling" not in everything
    assert b"Ana" not in everything
    assert len(copies(place / BACKUPS)) == 1
