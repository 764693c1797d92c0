"""A disk that takes nothing: the exam goes on, events wait in order, none is lost or made up."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.errors import Environment, ExamError, Refused
from examrunner.domain.exam.attempts import fold
from examrunner.domain.exam.events import Noted, Rating, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, draws
from examrunner.services import waiting as emergency
from examrunner.storage.database.drafts import Draft, NotSaved
from examrunner.storage.database.ledger import Ledger
from examrunner.storage.mirror import read_mirror
from tests.services.desks import Room, fill_disk, write_small
from tests.services.test_conduct import ACTS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Open the small session."""
    made = Room(write_small(tmp_path))
    yield made
    made.leave()


class Disk:
    """Whether the ledger's writes fail: before they are made, or only their answer is lost."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.is_away = False
        self.is_unheard = False
        written = Ledger._written

        def write(ledger: Ledger, *arguments: Any) -> Any:
            if self.is_away:
                raise OSError(5, "Input/output error")
            found = written(ledger, *arguments)
            if self.is_unheard:
                raise OSError(5, "Input/output error")
            return found

        patch.setattr(Ledger, "_written", write)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Give a disk that can be taken away."""
    return Disk(monkeypatch)


def test_a_full_disk_keeps_what_happened_in_memory(room: Room) -> None:
    """On a full disk a note shows, waits, and is saved once when there is space again."""
    attempt = room.running()
    first, before = attempt.questions[0].id, room.ledger.head()
    full = fill_disk(room.ledger)
    next(full)
    conduct.note(room.desk, attempt, first, "x" * 50_000, 5)
    assert len(room.attempt().notes) == 1
    assert room.desk.text(room.attempt().notes[0].event) == "x" * 50_000
    assert (room.desk.waiting.count, room.ledger.head()) == (1, before)
    assert "full" in room.desk.waiting.reason
    next(full)
    assert room.desk.save_waiting()
    assert room.desk.save_waiting()
    assert room.ledger.head()[0] == before[0] + 1
    assert room.desk.events(attempt.id) == room.ledger.events(attempt.id)
    assert room.ledger.verify() == []


def test_a_whole_exam_goes_on_without_a_disk(room: Room, disk: Disk) -> None:
    """From the call to the verdict nothing needs the disk; saved later it keeps its own times."""
    conduct.later(room.desk, room.key("chi"))
    disk.is_away = True
    room.called()
    draws.reveal(room.desk, room.attempt())
    conduct.start(room.desk, room.attempt())
    first = room.attempt().questions[0].id
    for rating in (Rating.WEAK, Rating.STRONG):
        room.clock.advance(20)
        conduct.rate(room.desk, room.attempt(), first, rating, 20)
    conduct.undo(room.desk, room.attempt())
    conduct.stop(room.desk, room.attempt())
    conduct.decide(room.desk, room.attempt(), Verdict.PASS, "clear")
    in_memory = room.attempt()
    assert in_memory.question(first).rating is Rating.WEAK
    disk.is_away = False
    room.clock.advance(300)
    room.desk.beat()
    assert not room.desk.waiting
    assert room.attempt().clock.used == 40
    assert room.record()["score"] == 10
    assert room.record()["attempts"][0]["seconds"] == 40
    assert room.ledger.verify() == []
    assert room.attempt().decided_at == in_memory.decided_at


def test_nothing_else_is_tried_while_events_wait(
    room: Room, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A beat on a disk that takes nothing tries what waits, and never the lease besides."""
    attempt = room.running()
    disk.is_away = True
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 5)
    beats: list[object] = []
    monkeypatch.setattr(Ledger, "beat", lambda _, moment: beats.append(moment))
    before = room.clock.now()
    room.clock.advance(5)
    room.desk.waiting.failed(before, room.clock.now(), "slow")  # not tried for 50 seconds
    for _ in range(2):
        room.clock.advance(20)
        room.desk.beat()
    assert beats == []
    disk.is_away = False
    room.clock.advance(20)
    room.desk.beat()
    assert not room.desk.waiting
    room.clock.advance(20)
    room.desk.beat()
    assert len(beats) == 1


def test_an_unheard_answer_is_written_once(room: Room, disk: Disk) -> None:
    """A mark that was saved although the answer got lost waits, and is found, not doubled."""
    attempt = room.running()
    first = attempt.questions[0].id
    disk.is_unheard = True
    conduct.flag(room.desk, attempt, first, 5)
    assert room.desk.waiting.count == 1
    disk.is_unheard = False
    room.desk.beat()
    assert len(room.attempt().question(first).flags) == 1
    assert room.desk.events(attempt.id) == room.ledger.events(attempt.id)
    assert room.ledger.verify() == []


def test_a_draw_made_without_a_disk_is_the_draw(room: Room, disk: Disk) -> None:
    """A paper revealed while nothing could be saved is the one that the log then holds."""
    attempt = room.called()
    disk.is_away = True
    drawn = draws.reveal(room.desk, attempt).reading
    disk.is_away = False
    assert room.desk.save_waiting()
    assert room.attempt().reading == drawn
    assert room.ledger.lines() == list(room.desk.log().lines)
    room.reopen()
    assert room.ledger.lines() == list(room.desk.log().lines)


def test_what_no_disk_can_store_is_refused(room: Room) -> None:
    """A text that cannot be stored anywhere does not wait: it would hold up all that follows."""
    attempt = room.running()
    with pytest.raises(NotSaved) as told:
        room.desk.write([Draft(Noted(attempt.id, attempt.questions[0].id, "", 1), "\ud800")])
    assert not told.value.may_pass
    assert not room.desk.waiting
    assert room.attempt() == attempt


def test_tries_become_rare_when_they_are_slow(room: Room, disk: Disk) -> None:
    """A try that took half a second is followed by five without one."""
    attempt = room.running()
    disk.is_away = True
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 5)
    before = room.clock.now()
    room.clock.advance(0.5)
    room.desk.waiting.failed(before, room.clock.now(), "slow")
    room.clock.advance(4)
    assert not room.desk.waiting.is_due(room.clock.now())
    room.clock.advance(1)
    assert room.desk.waiting.is_due(room.clock.now())


def test_events_of_a_shut_out_examiner_end_in_a_file(room: Room, disk: Disk) -> None:
    """Who is shut out while events wait keeps them in a file, and the ledger has none of them."""
    attempt = room.running()
    disk.is_away = True
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 5)
    disk.is_away = False
    other = Ledger.open(room.folder / "exam.db", room.ledger.session, create=False)
    other.take_lease("bob", room.clock.now())
    other.close()
    with pytest.raises(Refused, match="Taken over"):
        room.desk.save_waiting()
    file = room.desk.emergency_file()
    found, _ = read_mirror(file)
    assert [told.event.kind for told in found] == ["flagged"]
    assert "flagged" not in [event.kind for event in room.ledger.events()]


def test_leaving_without_a_disk_leaves_a_file(room: Room, disk: Disk) -> None:
    """Closing while events wait writes them, notes included, to a private file elsewhere."""
    attempt = room.running()
    disk.is_away = True
    conduct.note(room.desk, attempt, attempt.questions[0].id, "knew the loss", 5)
    room.desk.close()
    file = room.desk.waiting.file
    assert file is not None
    (told,), _ = read_mirror(file)
    assert told.text == "knew the loss"
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_an_emergency_file_goes_once_all_is_saved(room: Room, disk: Disk) -> None:
    """The file is written anew as events come, and removed when the disk has them."""
    attempt = room.running()
    disk.is_away = True
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 5)
    file = room.desk.emergency_file()
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 6)
    assert room.desk.emergency_file() == file
    assert len(read_mirror(file)[0]) == 2
    disk.is_away = False
    room.desk.beat()
    assert not file.exists()


def test_an_emergency_file_goes_where_it_can(
    room: Room, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first folder that takes it gets the file; with none at all paper is left."""
    attempt = room.running()
    disk.is_away = True
    conduct.flag(room.desk, attempt, attempt.questions[0].id, 5)
    blocked = tmp_path / "a file"
    blocked.write_text("")
    free = tmp_path / "stick"
    monkeypatch.setattr(emergency, "usual_folders", lambda: (lambda: blocked / "x", lambda: free))
    assert room.desk.emergency_file().parent == free
    room.desk.waiting.file = None
    monkeypatch.setattr(emergency, "usual_folders", lambda: (lambda: blocked / "x",))
    with pytest.raises(Environment, match="emergency"):
        room.desk.emergency_file()
    disk.is_away = False


@settings(max_examples=15)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["ana", "chi"]), st.sampled_from(list(ACTS)), st.booleans()),
        max_size=12,
    )
)
def test_with_and_without_a_disk_the_same_happens(steps: list[tuple[str, str, bool]]) -> None:
    """Whenever the disk fails, the states are those of a disk that never did, and all is saved."""
    with tempfile.TemporaryDirectory() as parent, pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        rooms = []
        for name in ("sound", "failing"):
            (Path(parent) / name).mkdir()
            rooms.append(Room(write_small(Path(parent) / name)))
        for room in rooms:
            room.called()
        for student, act, is_away in steps:
            for room in rooms:
                disk.is_away = is_away and room is rooms[1]
                room.clock.advance(1)
                name = room.attempt(student).id
                for one in (act, "present", "reveal", "start"):
                    try:
                        ACTS[one][1](room.desk, room.desk.attempt(name))
                    except ExamError:
                        continue
                disk.is_away = False
        sound, failing = rooms
        assert failing.desk.save_waiting()
        for student in ("ana", "chi"):
            mine, other = sound.attempt(student), failing.attempt(student)
            assert (mine.phase, mine.reading, mine.clock) == (
                other.phase,
                other.reading,
                other.clock,
            )
            assert [one.rating for one in mine.questions] == [one.rating for one in other.questions]
            bare = type(other)(other.id, other.student, other.number)
            assert other == fold(bare, failing.ledger.events(other.id))
        assert failing.ledger.verify() == []
        kinds = [event.kind for event in sound.ledger.events()]
        assert kinds == [event.kind for event in failing.ledger.events()]
        assert failing.ledger.lines() == list(failing.desk.log().lines)
        for room in rooms:
            room.leave()


def test_phase_rules_hold_while_events_wait(room: Room, disk: Disk) -> None:
    """What the phase table forbids is refused whether or not the disk is there."""
    room.running()
    disk.is_away = True
    conduct.stop(room.desk, room.attempt())
    assert room.attempt().phase is Phase.STOPPED
    with pytest.raises(Refused):
        conduct.start(room.desk, room.attempt())
    disk.is_away = False
