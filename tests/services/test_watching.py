"""One examiner per session: who is shut out writes nothing, who watches holds up nothing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.exam.events import Entered, Rating, Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, draws
from examrunner.services.opening import open_desk
from examrunner.services.watching import Watch
from examrunner.storage.mirror import MIRROR
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.services.desk import Desk


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Open the small session."""
    made = Room(write_small(tmp_path))
    yield made
    made.leave()


def mirrored(room: Room, *, copy: bool = False) -> None:
    """Bring the copies up to date, in this thread."""
    assert room.desk.copier is not None
    room.desk.copier.bring_up_to_date(copy=copy)


def taken_over(room: Room) -> Desk:
    """Let another process take the session over."""
    return open_desk(room.folder, room.clock, room.entropy, "bob", take_over=True)


def test_a_held_session_is_taken_over_only_on_purpose(room: Room) -> None:
    """Without the word it is refused with the ways out; with it the record says so."""
    room.running()
    with pytest.raises(Refused, match="open already: by ann") as told:
        open_desk(room.folder, room.clock, room.entropy, "bob")
    assert "--watch" in told.value.hint
    assert "--take-over" in told.value.hint
    other = taken_over(room)
    assert other.ledger is not None
    entered = other.ledger.last("entered")
    assert entered is not None
    assert entered.what == Entered(2, taken_over=True)
    other.close()


def test_who_was_shut_out_writes_nothing(room: Room) -> None:
    """After a take-over every write of the first examiner is refused and none is on record."""
    attempt = room.running()
    first = attempt.questions[0].id
    other = taken_over(room)
    assert other.ledger is not None
    before = other.ledger.head()
    for _ in range(3):
        with pytest.raises(Refused, match="Taken over"):
            conduct.rate(room.desk, room.attempt(), first, Rating.STRONG, 5)
    room.clock.advance(11)
    with pytest.raises(Refused, match="Taken over"):
        room.desk.beat()
    assert other.ledger.head() == before
    assert room.attempt().question(first).rating is None
    conduct.rate(other, other.attempt(attempt.id), first, Rating.WEAK, 5)
    assert other.ledger.verify() == []
    other.close()


def test_the_taker_is_the_one_found_alive(room: Room) -> None:
    """A third process is refused because of the taker, also once the first has gone."""
    room.running()
    other = taken_over(room)
    room.desk.close()
    with pytest.raises(Refused, match="by bob"):
        open_desk(room.folder, room.clock, room.entropy, "eve")
    other.close()
    open_desk(room.folder, room.clock, room.entropy, "eve").close()


def test_a_take_over_of_nobody_is_an_ordinary_opening(room: Room) -> None:
    """Where nobody has the session open, the record does not speak of a take-over."""
    room.running()
    room.desk.close()
    other = taken_over(room)
    assert other.ledger is not None
    entered = other.ledger.last("entered")
    assert entered is not None
    assert entered.what == Entered(2)
    other.close()


# --- watching ------------------------------------------------------------------------------


def test_nothing_to_watch_is_told(room: Room) -> None:
    """Before the first call there is no copy, and so nothing to watch."""
    with pytest.raises(Refused, match="nothing to watch yet"):
        Watch(room.folder, room.clock, "bob")


def test_a_watcher_sees_what_happens(room: Room) -> None:
    """Phases, marks, notes, times and verdicts follow, and the sheet can be read."""
    room.called()
    mirrored(room, copy=True)
    watch = Watch(room.folder, room.clock, "bob")
    attempt = draws.reveal(room.desk, room.attempt())
    conduct.start(room.desk, attempt)
    first = room.attempt().questions[0].id
    conduct.note(room.desk, room.attempt(), first, "knew it", 3)
    room.clock.advance(20)
    mirrored(room)
    watch.beat()
    seen = watch.under_way()
    assert seen == room.attempt()
    assert seen is not None
    assert seen.clock.left(watch.clock.now()) == 280
    assert watch.text(seen.notes[0].event) == "knew it"
    assert draws.sheet(watch, seen) == draws.sheet(room.desk, room.attempt())
    conduct.undo(room.desk, room.attempt())
    conduct.stop(room.desk, room.attempt())
    conduct.decide(room.desk, room.attempt(), Verdict.EDGE)
    mirrored(room)
    watch.beat()
    assert watch.attempt(seen.id) == room.attempt()
    assert watch.attempt(seen.id).phase is Phase.DECIDED
    assert watch.follow() is False
    watch.close()


def test_a_watcher_can_write_nothing(room: Room) -> None:
    """Every act of a watcher is refused."""
    room.running()
    mirrored(room, copy=True)
    watch = Watch(room.folder, room.clock, "bob")
    seen = watch.under_way()
    assert seen is not None
    before = room.ledger.head()
    for act in (
        lambda: conduct.stop(watch, seen),
        lambda: conduct.later(watch, room.key("chi")),
        lambda: conduct.rate(watch, seen, seen.questions[0].id, Rating.WEAK, 1),
    ):
        with pytest.raises(Refused, match="only watches"):
            act()
    assert room.ledger.head() == before
    watch.close()


def test_a_watcher_never_touches_the_database(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection to exam.db is opened by a watcher, and none is left open anywhere."""
    room.running()
    mirrored(room, copy=True)
    opened: list[str] = []
    connect = sqlite3.connect

    def noting(name: Any, **named: Any) -> sqlite3.Connection:
        opened.append(str(name))
        made: sqlite3.Connection = connect(name, **named)
        return made

    monkeypatch.setattr(sqlite3, "connect", noting)
    watch = Watch(room.folder, room.clock, "bob")
    assert opened
    assert not [name for name in opened if str(room.folder / "exam.db") in name]
    opened.clear()
    watch.beat()
    watch.close()
    assert opened == []


def test_a_mirror_made_anew_is_read_anew(room: Room) -> None:
    """When events.jsonl is replaced, as after forgetting, the watcher starts over."""
    room.decided("ana")
    mirrored(room, copy=True)
    watch = Watch(room.folder, room.clock, "bob")
    mirror = room.folder / MIRROR
    whole = mirror.read_bytes()
    mirror.unlink()
    mirror.write_bytes(whole)
    room.called("chi")
    mirrored(room)
    watch.beat()
    watch.beat()
    assert watch.attempts() == room.desk.attempts()
    watch.close()


def test_a_line_that_is_being_written_is_waited_for(room: Room) -> None:
    """Half a line at the end of the mirror is left until it is whole."""
    room.decided("ana")
    mirrored(room, copy=True)
    mirror = room.folder / MIRROR
    whole = mirror.read_bytes()
    cut = whole.rindex(b"\n", 0, -1) + 40
    mirror.write_bytes(whole[:cut])
    watch = Watch(room.folder, room.clock, "bob")
    assert watch.attempt(room.attempt().id).phase is Phase.STOPPED
    with mirror.open("ab") as file:
        file.write(whole[cut:])
    watch.beat()
    assert watch.attempt(room.attempt().id).phase is Phase.DECIDED
    watch.close()
