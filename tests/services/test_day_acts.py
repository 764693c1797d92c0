"""The day as a whole, and attempts that do not end as planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.exam.events import Origin, Verdict
from examrunner.domain.exam.phases import Phase, SessionPhase
from examrunner.domain.exam.rules import score
from examrunner.services import conduct, day_acts, draws
from examrunner.services.results import as_json, read_results
from examrunner.services.verify import verify
from examrunner.services.watching import Watch
from tests.services.desks import Room, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Open the small session."""
    made = Room(write_small(tmp_path))
    yield made
    made.leave()


def holds(room: Room) -> None:
    """Say that the record holds, the draws included, and survives being opened again."""
    secret = (room.folder / "secret.txt").read_text().strip()
    assert verify(room.ledger, secret) == []
    before = (room.desk.phase, room.desk.attempts(), [row.key for row in room.desk.rows()])
    room.reopen()
    assert (room.desk.phase, room.desk.attempts(), [row.key for row in room.desk.rows()]) == before


def points(room: Room, student: str = "ana") -> object:
    """Return a student's score."""
    return score(room.desk.settings.exam, room.desk.row(room.key(student)).attempts)


# --- void, redraw, retake ------------------------------------------------------------------


def test_a_voided_attempt_is_followed_by_another_paper(room: Room) -> None:
    """The first paper is burnt, the second draw gives the other one, and only that one counts."""
    first = room.running()
    conduct.flag(room.desk, first, first.questions[0].id, 3)
    further = day_acts.void(room.desk, room.desk.attempt(first.id), "interrupted", reason="alarm")
    assert further is not None
    assert (further.phase, further.of, further.number) == (Phase.WAITING, first.id, 2)
    void = room.desk.attempt(first.id)
    assert (void.phase, void.void, void.is_burnt) == (Phase.VOID, "interrupted", True)
    assert void.clock.since is None
    assert room.attempt().id == further.id
    second = room.decided()
    assert second.reading not in (None, first.reading)
    assert second.origin is Origin.DRAWN
    assert points(room) == 10
    holds(room)


def test_after_the_last_paper_is_voided_one_is_chosen_by_hand(room: Room) -> None:
    """A student whose papers are all used up is told as any other who has none to draw."""
    for _ in range(2):
        assert not room.desk.has_no_paper(room.key("ana"))
        day_acts.void(room.desk, room.running(), "interrupted")
    assert room.desk.has_no_paper(room.key("ana"))
    called = room.called()
    with pytest.raises(Refused, match=r"This student has no paper.*\n.*c chooses a paper by hand"):
        draws.reveal(room.desk, called)
    assert draws.reveal(room.desk, called, "paper-c").origin is Origin.CHOSEN
    holds(room)


def test_a_paper_that_nobody_saw_may_come_again(room: Room) -> None:
    """Voided without exposure the paper stays on the list: the log excludes nothing."""
    first = room.revealed()
    day_acts.void(room.desk, first, "import-error", exposed=False)
    assert '"exclude":[]' in room.ledger.lines()[-1]
    holds(room)


def test_a_void_without_a_further_attempt_leaves_no_score(room: Room) -> None:
    """Ill in mid exam: nothing counts, a blank is no zero, and a retake can be granted later."""
    attempt = room.running()
    assert day_acts.void(room.desk, attempt, "illness", again=False) is None
    assert room.desk.row(room.key("ana")).is_done
    assert points(room) is None
    assert room.record()["status"] == "void"
    later = day_acts.retake(room.desk, room.desk.attempt(attempt.id))
    assert later.granted == day_acts.REDRAW
    holds(room)


def test_an_assigned_paper_can_be_voided_too(room: Room) -> None:
    """A paper outside the draw has no line in the log, and is left out of a later draw."""
    attempt = room.revealed(reading="paper-a")
    day_acts.void(room.desk, attempt, "other")
    assert room.revealed().reading == "paper-b"
    holds(room)


def test_a_retake_counts_once_it_is_decided(room: Room) -> None:
    """Until then the first verdict stands; then the later one counts, and both are on record."""
    first = room.decided("ana", Verdict.FAIL)
    assert points(room) == 0
    day_acts.retake(room.desk, first)
    assert points(room) == 0
    with pytest.raises(Refused, match="again already"):
        day_acts.retake(room.desk, first)
    second = room.decided("ana", Verdict.PASS)
    assert second.reading != first.reading
    assert points(room) == 10
    record = room.record()["attempts"]
    assert [one["verdict"] for one in record] == ["fail", "pass"]
    assert record[1]["follows"] == first.id
    assert '"why":"retake"' in "".join(room.ledger.lines())
    holds(room)


def test_a_reason_is_a_code_of_the_log(room: Room) -> None:
    """Free words are no code, and nothing is written."""
    attempt = room.running()
    before = room.ledger.head()
    with pytest.raises(Refused, match="no reason"):
        day_acts.void(room.desk, attempt, "because")
    assert room.ledger.head() == before


# --- the day -------------------------------------------------------------------------------


def test_everything_stands_still(room: Room) -> None:
    """A running clock stops with the day; nothing begins until it goes on."""
    attempt = room.running()
    room.clock.advance(30)
    day_acts.suspend(room.desk, "fire alarm")
    assert room.attempt().phase is Phase.PAUSED
    room.clock.advance(600)
    with pytest.raises(Refused, match="suspended"):
        conduct.pause_or_resume(room.desk, room.attempt())
    with pytest.raises(Refused, match="suspended"):
        day_acts.suspend(room.desk)
    conduct.flag(room.desk, room.attempt(), attempt.questions[0].id, 3)
    holds(room)
    day_acts.go_on(room.desk)
    conduct.pause_or_resume(room.desk, room.attempt())
    assert room.attempt().clock.left(room.clock.now()) == 270
    with pytest.raises(Refused, match="not suspended"):
        day_acts.go_on(room.desk)
    told = as_json(read_results(room.folder))["day"]
    assert [(one["kind"], one["text"]) for one in told] == [
        ("suspended", "fire alarm"),
        ("continued", None),
    ]


def test_a_closed_day_changes_no_verdict(room: Room) -> None:
    """Closed, nothing can be called, corrected or voided; opened again with a reason, it can."""
    decided = room.decided()
    conduct.call(room.desk, room.key("chi"))
    with pytest.raises(Refused, match="with you"):
        day_acts.close(room.desk)
    conduct.send_back(room.desk, room.attempt("chi"))
    day_acts.close(room.desk)
    assert room.desk.phase is SessionPhase.CLOSED
    assert as_json(read_results(room.folder))["phase"] == "closed"
    for act in (
        lambda: conduct.correct(room.desk, decided, Verdict.FAIL),
        lambda: conduct.call(room.desk, room.key("chi")),
        lambda: day_acts.void(room.desk, decided, "other"),
        lambda: day_acts.close(room.desk),
        lambda: day_acts.move(room.desk, room.key("chi"), 1),
    ):
        with pytest.raises(Refused, match="closed"):
            act()
    holds(room)
    day_acts.reopen(room.desk, "a student came after all")
    conduct.correct(room.desk, decided, Verdict.FAIL)
    with pytest.raises(Refused, match="not closed"):
        day_acts.reopen(room.desk)
    holds(room)


def test_what_is_still_open_is_listed(room: Room) -> None:
    """Students to come, absent ones and undecided edges are named before the day is closed."""
    room.decided("ana", Verdict.EDGE)
    conduct.absent(room.desk, room.key("chi"))
    found = day_acts.still_open(room.desk)
    assert found.edges == (room.key("ana"),)
    assert found.absent == (room.key("chi"),)
    assert found.to_come == (room.key("eli"), room.key("zoe"))
    (edge,) = day_acts.edges(room.desk)
    conduct.correct(room.desk, edge, Verdict.PASS, "second look")
    assert day_acts.edges(room.desk) == []
    assert [one.verdict for one in room.attempt().judgements] == [Verdict.EDGE, Verdict.PASS]


def test_the_order_can_be_changed(room: Room) -> None:
    """Those to come change places; who is done stays, the draw is untouched, and it is kept."""
    room.decided("ana")
    lines = room.ledger.lines()

    def names() -> list[str]:
        return [row.student.student_id for row in room.desk.rows()]

    assert day_acts.move(room.desk, room.key("zoe"), -1)
    assert names() == ["ana", "chi", "zoe", "eli"]
    assert not day_acts.move(room.desk, room.key("eli"), 1)
    assert not day_acts.move(room.desk, room.key("ana"), 1)
    assert day_acts.move(room.desk, room.key("chi"), 2)
    assert names() == ["ana", "zoe", "eli", "chi"]
    assert room.ledger.lines() == lines
    holds(room)


def test_an_incident_stands_apart_from_marks(room: Room) -> None:
    """It is on record with its words and who was at the table, and changes no attempt."""
    room.decided("ana")
    day_acts.note_incident(room.desk, "drilling next door")
    attempt = room.running("chi")
    day_acts.note_incident(room.desk, "reads from a phone")
    assert room.attempt("chi") == attempt
    alone, together = as_json(read_results(room.folder))["day"]
    assert (alone["kind"], alone["student"]) == ("incident", None)
    assert (together["student"], together["text"]) == ("chi", "reads from a phone")
    (kept,) = room.reopen().incidents[room.key("chi")]
    assert room.desk.text(kept.id) == "reads from a phone"
    with pytest.raises(Refused):
        day_acts.note_incident(room.desk, "  ")
    assert "phone" not in room.ledger.events()[-1].body()


def test_a_watcher_sees_the_day(room: Room) -> None:
    """Suspension, order and a granted attempt reach who watches."""
    first = room.running()
    day_acts.void(room.desk, first, "interrupted")
    day_acts.move(room.desk, room.key("zoe"), -2)
    day_acts.suspend(room.desk)
    assert room.desk.copier is not None
    room.desk.copier.bring_up_to_date(copy=True)
    watch = Watch(room.folder, room.clock, "bob")
    assert watch.phase is SessionPhase.SUSPENDED
    assert [row.key for row in watch.rows()] == [row.key for row in room.desk.rows()]
    assert watch.attempts() == room.desk.attempts()
    watch.close()


def test_draws_after_a_void_are_checked_by_the_log(room: Room) -> None:
    """The public log holds draw, void and second draw, each with its code, in order."""
    first = room.revealed()
    day_acts.void(room.desk, first, "not-eligible")
    draws.reveal(room.desk, room.called())
    kinds = [line.split('"e":"')[1].split('"')[0] for line in room.ledger.lines()]
    assert kinds == ["start", "draw", "sheet", "void", "draw", "sheet"]
    holds(room)
