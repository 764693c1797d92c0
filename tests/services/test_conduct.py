"""What the examiner does with an attempt: each act writes its events, and no other act is let."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.errors import ExamError, Refused
from examrunner.domain.exam.attempts import Attempt, fold
from examrunner.domain.exam.events import Help, Rating, Verdict
from examrunner.domain.exam.phases import TABLE, UNDER_WAY, Action, Phase
from examrunner.services import conduct, day_acts, draws
from tests.services.desks import SETTINGS, Room, bring, write_small

if TYPE_CHECKING:
    from collections.abc import Callable

    from examrunner.services.desk import Desk

    Act = Callable[[Desk, Attempt], object]

ACTS: dict[str, tuple[tuple[Action, ...], Act]] = {
    "call": ((Action.CALL,), lambda d, a: conduct.call(d, a.student)),
    "send back": ((Action.SEND_BACK,), conduct.send_back),
    "present": ((Action.MARK_PRESENT,), conduct.present),
    "absent": ((Action.MARK_ABSENT,), lambda d, a: conduct.absent(d, a.student)),
    "later": ((Action.POSTPONE,), lambda d, a: conduct.later(d, a.student)),
    "reveal": ((Action.REVEAL,), draws.reveal),
    "start": ((Action.START,), conduct.start),
    "pause": ((Action.PAUSE, Action.RESUME), conduct.pause_or_resume),
    "rate": ((Action.MARK,), lambda d, a: conduct.rate(d, a, "a1", Rating.WEAK, 1)),
    "flag": ((Action.MARK,), lambda d, a: conduct.flag(d, a, "a1", 1)),
    "note": ((Action.MARK,), lambda d, a: conduct.note(d, a, "a1", "word", 1)),
    "not asked": ((Action.MARK,), lambda d, a: conduct.not_asked(d, a, "a1", 1)),
    "undo": ((Action.MARK,), conduct.undo),
    "stop": ((Action.STOP,), conduct.stop),
    "go on": ((Action.GO_ON,), conduct.go_on),
    "decide": ((Action.DECIDE,), lambda d, a: conduct.decide(d, a, Verdict.PASS)),
    "correct": ((Action.CORRECT,), lambda d, a: conduct.correct(d, a, Verdict.FAIL)),
    "void": ((Action.VOID,), lambda d, a: day_acts.void(d, a, "illness")),
    "retake": ((Action.RETAKE,), day_acts.retake),
}
"""Name of what the examiner does to what the table calls it, and how."""
BACK = {("absent", Phase.ABSENT), ("later", Phase.POSTPONED)}
"""The same key brings the student back."""
MARKED = tuple(name for name, (actions, _) in ACTS.items() if Action.MARK in actions)


def is_let(name: str, phase: Phase) -> bool:
    """Say whether the table lets something happen in a phase."""
    return (name, phase) in BACK or any(phase in TABLE[action] for action in ACTS[name][0])


# --- the table of phases -------------------------------------------------------------------


@pytest.mark.parametrize("phase", Phase)
def test_what_the_table_forbids_is_refused_and_writes_nothing(room: Room, phase: Phase) -> None:
    """In each phase all that the table does not allow is Refused, and the record stays."""
    attempt = bring(room, phase)
    before = room.ledger.head()
    forbidden = [name for name in ACTS if not is_let(name, phase)]
    for name in forbidden:
        with pytest.raises(Refused):
            ACTS[name][1](room.desk, attempt)
    assert forbidden
    assert room.ledger.head() == before
    assert room.attempt() == attempt


@pytest.mark.parametrize("name", ACTS)
def test_what_the_table_allows_is_done(tmp_path: Path, name: str) -> None:
    """Each act is possible in each phase that the table names for it, and writes something."""
    for phase in Phase:
        if not is_let(name, phase):
            continue
        (tmp_path / phase).mkdir()
        room = Room(write_small(tmp_path / phase))
        attempt = bring(room, phase)
        written = room.wrote(lambda a=attempt, r=room: ACTS[name][1](r.desk, a))  # type: ignore[misc]
        room.leave()
        repeats = name == "present"  # bring() has marked the student present already
        assert written or repeats or name == "undo"


@pytest.mark.parametrize("phase", sorted(UNDER_WAY))
def test_only_one_student_is_with_the_examiner(room: Room, phase: Phase) -> None:
    """While an attempt is under way nobody else can be called, not even one who was away."""
    bring(room, phase)
    before = room.ledger.head()
    for student in ("chi", "eli"):
        with pytest.raises(Refused, match="Another student is with you"):
            conduct.call(room.desk, room.key(student))
    assert room.ledger.head() == before


# --- before the reveal ---------------------------------------------------------------------


def test_every_step_of_an_exam_writes_its_event(room: Room) -> None:
    """From the call to the verdict each act writes exactly its own events, in order."""
    desk = room.desk
    conduct.later(desk, "zoe")
    steps: list[tuple[Callable[[], object], list[str]]] = [
        (lambda: conduct.call(desk, room.key("ana")), ["called"]),
        (lambda: conduct.send_back(desk, room.attempt()), ["sent-back"]),
        (lambda: conduct.call(desk, room.key("ana")), ["called"]),
        (lambda: conduct.present(desk, room.attempt()), ["present"]),
        (lambda: conduct.present(desk, room.attempt()), []),
        (lambda: draws.reveal(desk, room.attempt()), ["revealed", "sheet-chosen"]),
        (lambda: conduct.start(desk, room.attempt()), ["started"]),
        (lambda: conduct.pause_or_resume(desk, room.attempt()), ["paused"]),
        (lambda: conduct.pause_or_resume(desk, room.attempt()), ["resumed"]),
        (lambda: conduct.stop(desk, room.attempt()), ["stopped"]),
        (lambda: conduct.go_on(desk, room.attempt()), ["went-on"]),
        (lambda: conduct.stop(desk, room.attempt()), ["stopped"]),
        (lambda: conduct.decide(desk, room.attempt(), Verdict.EDGE), ["decided"]),
        (lambda: conduct.correct(desk, room.attempt(), Verdict.PASS), ["corrected"]),
    ]
    assert [room.wrote(act) for act, _ in steps] == [kinds for _, kinds in steps]
    assert room.ledger.verify() == []


def test_a_student_sent_back_must_be_marked_present_again(room: Room) -> None:
    """Being here counts for one call."""
    conduct.send_back(room.desk, room.called())
    conduct.call(room.desk, room.key("ana"))
    assert not room.attempt().is_present
    with pytest.raises(Refused, match="not marked present"):
        draws.reveal(room.desk, room.attempt())


@pytest.mark.parametrize(
    ("act", "kind"), [(conduct.absent, "absent"), (conduct.later, "postponed")]
)
def test_absent_and_later_are_taken_back_by_the_same_act(
    room: Room, act: Callable[[Desk, str], str], kind: str
) -> None:
    """A student who is away can be called; the call taken back, they are away as before."""
    room.called("chi")
    key = room.key("ana")
    assert room.wrote(lambda: act(room.desk, key)) == [kind]
    assert room.wrote(lambda: act(room.desk, key)) == ["returned"]
    assert room.attempt().phase is Phase.WAITING
    act(room.desk, key)
    conduct.send_back(room.desk, room.attempt("chi"))
    away = room.attempt().phase
    assert room.wrote(lambda: conduct.call(room.desk, key)) == ["called"]
    conduct.send_back(room.desk, room.attempt())
    assert room.attempt().phase is away
    assert room.ledger.verify() == []


def test_an_absence_is_a_line_of_the_public_log(room: Room) -> None:
    """Only students who are in the draw have such a line."""
    conduct.absent(room.desk, "zoe")
    assert len(room.ledger.lines()) == 1
    conduct.absent(room.desk, room.key("ana"))
    assert room.ledger.lines() == list(room.desk.log().lines)
    assert '"e":"absent"' in room.ledger.lines()[1]


def test_without_the_secret_an_absence_is_still_recorded(room: Room) -> None:
    """A lost secret costs the line of the log and nothing else; once it is back, it fits."""
    room.decided("chi")
    secret = (room.folder / "secret.txt").read_bytes()
    (room.folder / "secret.txt").unlink()
    room.reopen()
    conduct.absent(room.desk, room.key("ana"))
    assert room.attempt().phase is Phase.ABSENT
    (room.folder / "secret.txt").write_bytes(secret)
    assert room.running("eli").reading == "paper-c"
    assert len(room.desk.log().lines) == 5


def test_a_called_student_can_turn_out_absent(room: Room) -> None:
    """Marking the student who was called as absent lets the next one be called."""
    room.called()
    conduct.absent(room.desk, room.key("ana"))
    assert room.called("chi").phase is Phase.CALLED


# --- marks ---------------------------------------------------------------------------------


def test_every_mark_is_kept(room: Room) -> None:
    """Rating, ticks, help, flags and notes stand on their question, and not asked on another."""
    attempt = room.running()
    first, second = (one.id for one in attempt.questions[:2])
    desk = room.desk
    room.clock.advance(20)
    assert room.wrote(lambda: conduct.tick(desk, room.attempt(), first, 2, 10)) == ["ticked"]
    conduct.tick(desk, room.attempt(), first, 1, 11)
    conduct.tick(desk, room.attempt(), first, 2, 12)
    assert room.wrote(lambda: conduct.flag(desk, room.attempt(), first, 13)) == ["flagged"]
    assert room.wrote(lambda: conduct.note(desk, room.attempt(), first, "Hm", 14)) == ["noted"]
    assert room.wrote(lambda: conduct.rate(desk, room.attempt(), first, Rating.WEAK, 15)) == [
        "rated"
    ]
    assert room.wrote(lambda: conduct.not_asked(desk, room.attempt(), second, 0)) == ["not-asked"]
    asked, left_out = room.attempt().questions[:2]
    assert (asked.points, asked.rating, len(asked.flags)) == ((1,), Rating.WEAK, 1)
    assert (asked.spent, asked.asked_at) == (15, room.clock.at)
    assert (left_out.not_asked, left_out.asked_at, left_out.rating) == ("no-time", None, None)
    assert desk.text(room.attempt().notes[0].event) == "Hm"


def test_help_goes_up_to_the_end_and_no_further(room: Room) -> None:
    """Each key is one level, and past the last one nothing is written."""
    first = room.running().questions[0].id
    seen = []
    for _ in range(3):
        assert conduct.give_help(room.desk, room.attempt(), first, 1)
        seen.append(room.attempt().question(first).help)
    assert seen == [Help.CLARIFIED, Help.PROBED, Help.LED]
    assert room.wrote(lambda: conduct.give_help(room.desk, room.attempt(), first, 1)) == []


def test_undo_takes_marks_back_one_by_one(room: Room) -> None:
    """Marks vanish from the state, the newest first, and stay in the ledger; then none is left."""
    attempt = room.running()
    first = attempt.questions[0].id
    conduct.rate(room.desk, room.attempt(), first, Rating.STRONG, 5)
    conduct.note(room.desk, room.attempt(), first, "Good", 6)
    assert room.wrote(lambda: conduct.undo(room.desk, room.attempt())) == ["undone"]
    assert room.attempt().notes == ()
    assert room.attempt().question(first).rating is Rating.STRONG
    conduct.undo(room.desk, room.attempt())
    assert room.attempt().questions == attempt.questions
    assert conduct.undo(room.desk, room.attempt()) is None
    kinds = [event.kind for event in room.ledger.events(attempt.id)]
    assert kinds[-4:] == ["rated", "noted", "undone", "undone"]
    assert room.ledger.verify() == []


# --- the clock and the verdict -------------------------------------------------------------


def test_deciding_stops_the_clock_and_going_on_continues_it(room: Room) -> None:
    """Time spent deciding is not the student's."""
    room.running()
    room.clock.advance(100)
    conduct.stop(room.desk, room.attempt())
    room.clock.advance(50)
    assert room.attempt().clock.left(room.clock.now()) == 200
    conduct.go_on(room.desk, room.attempt())
    room.clock.advance(10)
    assert room.attempt().clock.left(room.clock.now()) == 190


def test_going_on_from_a_pause_is_a_pause(room: Room) -> None:
    """A clock that stood before deciding still stands afterwards."""
    conduct.pause_or_resume(room.desk, room.running())
    conduct.stop(room.desk, room.attempt())
    conduct.go_on(room.desk, room.attempt())
    room.clock.advance(60)
    assert room.attempt().phase is Phase.PAUSED
    assert room.attempt().clock.left(room.clock.now()) == 300


def test_extra_time_is_allowed_at_the_start(tmp_path: Path) -> None:
    """The factor in the roster lengthens the talk."""
    roster = "student_id,name,extra_time\nana,Ana,1.5\n"
    room = Room(write_small(tmp_path, roster=roster, reviews="student_id,paper\nana,Paper A\n"))
    assert room.running().clock.seconds == 450
    room.leave()


@pytest.mark.parametrize(("rule", "is_refused"), [("required", True), ("optional", False)])
def test_a_verdict_may_be_left_out_only_where_none_is_asked(
    tmp_path: Path, rule: str, *, is_refused: bool
) -> None:
    """Without a verdict an attempt is decided only in a session that lets it."""
    room = Room(write_small(tmp_path, f"{SETTINGS}exam: {{verdict: {rule}}}\n"))
    conduct.stop(room.desk, room.running())
    if is_refused:
        with pytest.raises(Refused, match="needs a verdict"):
            conduct.decide(room.desk, room.attempt(), None)
    else:
        conduct.decide(room.desk, room.attempt(), None)
    expected = Phase.STOPPED if is_refused else Phase.DECIDED
    assert room.attempt().phase is expected
    room.leave()


# --- the whole -----------------------------------------------------------------------------


@settings(max_examples=15)
@given(steps=st.lists(st.tuples(st.sampled_from(["ana", "chi"]), st.sampled_from(list(ACTS)))))
def test_memory_and_ledger_agree_whatever_is_done(steps: list[tuple[str, str]]) -> None:
    """After any acts the states in memory, in the ledger and folded from the events are one."""
    with tempfile.TemporaryDirectory() as parent:
        room = Room(write_small(Path(parent)))
        room.called()
        for student, name in steps:
            attempt = room.attempt(student)
            for act in (name, "present", "reveal", "start"):
                try:
                    ACTS[act][1](room.desk, room.desk.attempt(attempt.id))
                except ExamError:
                    continue
        desk, ledger = room.desk, room.ledger
        stored = {one.id: one for one in ledger.attempts()}
        for one in desk.attempts():
            bare = Attempt(one.id, one.student, one.number)
            assert one == stored.get(one.id, bare)
            assert one == fold(bare, ledger.events(one.id))
        assert sum(one.phase in UNDER_WAY for one in desk.attempts()) <= 1
        assert ledger.lines() == list(desk.log().lines)
        assert ledger.verify() == []
        room.leave()
