"""How events move the clock of an attempt, and what taking marks back leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import fold, last_mark
from examrunner.domain.exam.moments import NS
from examrunner.domain.exam.phases import Phase
from tests.domain.exam.record import ATTEMPT, BARE, SHEET, Record, rated, revealed, running
from tests.fakes import NINE

QUESTIONS = st.sampled_from(SHEET)
MARKS = st.one_of(
    st.builds(rated, QUESTIONS, st.sampled_from(ev.Rating), st.integers(0, 300)),
    st.builds(
        lambda question, point, on: ev.Ticked(ATTEMPT, question, point, on, 1),
        QUESTIONS,
        st.integers(1, 6),
        st.booleans(),
    ),
    st.builds(
        lambda question, level: ev.Helped(ATTEMPT, question, level, 2),
        QUESTIONS,
        st.sampled_from(ev.Help),
    ),
    QUESTIONS.map(lambda question: ev.Flagged(ATTEMPT, question, 3)),
    QUESTIONS.map(lambda question: ev.Noted(ATTEMPT, question, "ab", 4)),
    QUESTIONS.map(lambda question: ev.NotAsked(ATTEMPT, question, "no-time", 5)),
    st.builds(
        lambda question, what, number: ev.Offered(ATTEMPT, question, what, number, 6),
        QUESTIONS,
        st.sampled_from(ev.Offer),
        st.integers(1, 3),
    ),
)


def test_the_clock_starts_with_the_time_allowed() -> None:
    """From the start on time runs, and the start is on record."""
    record = running(450)
    record.clock.advance(60)
    assert record.attempt.started_at == NINE
    assert record.left == 390


def test_a_pause_costs_nothing() -> None:
    """The clock stands while paused and goes on from where it stood."""
    record = running()
    record.after(60, ev.Paused(ATTEMPT))
    record.clock.advance(500)
    assert (record.attempt.phase, record.left) == (Phase.PAUSED, 240)
    record.add(ev.Resumed(ATTEMPT))
    record.clock.advance(10)
    assert (record.attempt.phase, record.left) == (Phase.RUNNING, 230)


def test_deciding_stops_the_clock_and_going_on_lets_it_run() -> None:
    """Time spent on deciding is not the student's."""
    record = running()
    record.after(100, ev.Stopped(ATTEMPT))
    record.clock.advance(50)
    assert (record.attempt.phase, record.left) == (Phase.STOPPED, 200)
    record.add(ev.WentOn(ATTEMPT))
    record.clock.advance(10)
    assert (record.attempt.phase, record.left) == (Phase.RUNNING, 190)


def test_going_on_returns_to_the_pause() -> None:
    """Whoever went to decide from a pause comes back to the pause, and the clock stands."""
    record = running()
    record.after(100, ev.Paused(ATTEMPT), ev.Stopped(ATTEMPT))
    record.after(50, ev.WentOn(ATTEMPT))
    record.clock.advance(50)
    assert (record.attempt.phase, record.left) == (Phase.PAUSED, 200)
    assert record.attempt.came_from is None


def test_going_on_returns_to_the_reveal() -> None:
    """An attempt stopped before its start has not started when it goes on."""
    record = revealed()
    record.add(ev.Stopped(ATTEMPT))
    record.after(50, ev.WentOn(ATTEMPT))
    attempt = record.attempt
    assert (attempt.phase, attempt.started_at, attempt.clock) == (Phase.REVEALED, None, BARE.clock)


def test_an_attempt_decided_before_its_start_used_no_time() -> None:
    """No start is invented for it."""
    record = revealed()
    record.add(ev.Stopped(ATTEMPT))
    record.after(50, ev.Decided(ATTEMPT, ev.Verdict.FAIL))
    assert record.attempt.started_at is None
    assert record.attempt.clock == BARE.clock


@pytest.mark.parametrize(("counted", "left"), [(False, 195), (True, 75)])
def test_a_break_counts_or_does_not(counted: bool, left: int) -> None:  # noqa: FBT001
    """After a crash the time away is the student's or not, as the examiner says."""
    record = running()
    record.clock.advance(100)
    seen = record.clock.now()
    record.after(120, ev.Recovered(ATTEMPT, seen, counted))
    record.clock.advance(5)
    assert (record.attempt.phase, record.left) == (Phase.RUNNING, left)


@pytest.mark.parametrize(("counted", "left"), [(False, 195), (True, 75)])
def test_a_break_may_contain_a_restart_of_the_machine(counted: bool, left: int) -> None:  # noqa: FBT001
    """Across a boot the break is measured by the wall clock, the rest by the boot clock."""
    record = running()
    record.clock.advance(100)
    seen = record.clock.now()
    record.clock.boot_id, record.clock.boot_ns = "boot-2", 0
    record.clock.at += timedelta(seconds=120)
    record.add(ev.Recovered(ATTEMPT, seen, counted))
    record.clock.advance(5)
    assert record.left == left


def test_a_last_sign_before_the_start_takes_nothing_away() -> None:
    """A heartbeat older than the start counts as the start itself."""
    record = revealed()
    seen = record.clock.now()
    record.after(30, ev.Started(ATTEMPT, 300))
    record.after(60, ev.Recovered(ATTEMPT, seen, counted=False))
    assert record.left == 300


def test_a_wall_clock_set_back_changes_no_time_left() -> None:
    """Within one boot nobody can give or take time by setting the clock."""
    record = running()
    record.clock.advance(60)
    record.clock.at -= timedelta(hours=3)
    assert record.left == 240
    record.add(ev.Paused(ATTEMPT))
    record.clock.at += timedelta(hours=9)
    assert record.left == 240


def test_a_mark_taken_back_leaves_no_trace() -> None:
    """After undo the attempt is as it was before the mark."""
    record = running()
    record.add(rated("q1"))
    before = record.attempt
    mark = record.after(10, rated("q1", ev.Rating.WEAK))
    record.add(ev.Undone(ATTEMPT, mark.id))
    assert record.attempt.questions == before.questions


def test_the_only_mark_taken_back_makes_a_question_unasked() -> None:
    """Without its first mark a question was not asked."""
    record = running()
    before = record.attempt
    for what in (rated("q1"), ev.Noted(ATTEMPT, "q1", "ab", 0)):
        mark = record.add(what)
        record.add(ev.Undone(ATTEMPT, mark.id))
    assert record.attempt.questions == before.questions
    assert record.attempt.notes == ()


def test_undo_goes_back_mark_by_mark() -> None:
    """Each undo takes the newest mark that still stands, and then there is none."""
    record = running()
    marks = [record.add(rated(question)) for question in SHEET]
    for mark in reversed(marks):
        newest = last_mark(record.events)
        assert newest is not None
        assert newest.id == mark.id
        record.add(ev.Undone(ATTEMPT, newest.id))
    assert last_mark(record.events) is None


def test_only_marks_are_taken_back() -> None:
    """Pauses and other things that happened are no marks."""
    record = running()
    mark = record.add(rated())
    record.add(ev.Paused(ATTEMPT), ev.Resumed(ATTEMPT))
    assert last_mark(record.events) == mark
    assert last_mark(running().events) is None


@given(st.lists(MARKS, max_size=12), st.data())
def test_a_fold_with_undo_is_the_fold_without_the_mark(
    marks: list[ev.Mark], data: st.DataObject
) -> None:
    """Whatever was taken back, the rest adds up as if it had never been."""
    record, kept = running(), running()
    for mark in marks:
        event = record.after(1, mark)
        kept.clock.advance(1)
        if data.draw(st.booleans()):
            record.add(ev.Undone(ATTEMPT, event.id))
        else:
            kept.add(mark)
    assert record.attempt.questions == kept.attempt.questions
    assert len(record.attempt.notes) == len(kept.attempt.notes)
    assert record.attempt.clock == kept.attempt.clock


@given(st.lists(MARKS, max_size=12))
def test_folding_is_deterministic_and_goes_step_by_step(marks: list[ev.Mark]) -> None:
    """The same events give the same attempt, all at once or one after another."""
    record = running()
    for mark in marks:
        record.after(1, mark)
    attempt = BARE
    for event in record.events:
        attempt = fold(attempt, [event])
    assert attempt == record.attempt == record.attempt


@given(st.lists(MARKS, max_size=12), st.sampled_from([*ev.Verdict, None]))
def test_marks_never_make_or_change_a_verdict(
    marks: list[ev.Mark], verdict: ev.Verdict | None
) -> None:
    """Only the examiner decides, whatever the ratings say."""
    record = running()
    record.add(*marks or [rated()])
    assert record.attempt.judgements == ()
    record.add(ev.Stopped(ATTEMPT), ev.Decided(ATTEMPT, verdict))
    record.add(*marks or [rated()])
    assert record.attempt.verdict == verdict
    assert len(record.attempt.judgements) == 1


@given(st.lists(MARKS, max_size=12))
def test_a_question_without_a_mark_is_untouched(marks: list[ev.Mark]) -> None:
    """A question is asked where a mark after the last not-asked one says so; a note does not."""
    record = running()
    before = record.attempt
    for mark in marks:
        record.after(1, mark)
    for asked in record.attempt.questions:
        own = [mark for mark in marks if mark.question == asked.id]
        if not own:
            assert asked == before.question(asked.id)
        is_asked = is_left_out = False
        for mark in own:
            if isinstance(mark, ev.NotAsked):
                is_asked, is_left_out = False, True
            elif not (is_left_out and isinstance(mark, ev.Noted)):
                is_asked, is_left_out = True, False
        assert (asked.asked_at is not None) is is_asked


@given(st.integers(0, 300 * NS), st.integers(0, 300 * NS))
def test_time_left_is_exact_to_the_nanosecond_clock(used: int, paused: int) -> None:
    """Nothing is counted in ticks, so nothing is lost between them."""
    record = running()
    record.clock.boot_ns += used
    record.add(ev.Paused(ATTEMPT))
    record.clock.boot_ns += paused
    assert record.left == 300 - used / NS


# --- from paper ----------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 280])
def test_time_from_paper_is_the_one_on_the_sheet(seconds: int) -> None:
    """What is keyed in has the time that was noted; the clock of the keying never runs."""
    record = Record()
    record.add(ev.FromPaper(ATTEMPT, 3, seconds), ev.Called(ATTEMPT), ev.Started(ATTEMPT, 300))
    record.clock.advance(1_000)
    assert (record.attempt.from_paper, record.attempt.used) == (3, seconds)
    assert record.left == 300 - seconds
    record.add(ev.Stopped(ATTEMPT), ev.Decided(ATTEMPT, ev.Verdict.PASS))
    assert (record.attempt.used, record.attempt.clock.used) == (seconds, seconds)


def test_paper_without_a_time_has_none() -> None:
    """A time that nobody noted is unknown, even where the app had a clock running before."""
    record = running()
    assert record.attempt.used is None
    record.after(60, ev.FromPaper(ATTEMPT, 1))
    record.after(60, ev.Stopped(ATTEMPT))
    assert (record.attempt.phase, record.attempt.used) == (Phase.STOPPED, None)


def test_time_used_is_known_once_the_clock_stands() -> None:
    """Without a start there is none; from the stop on it is what the clock says."""
    assert revealed().attempt.used is None
    record = running()
    record.after(42, ev.Stopped(ATTEMPT))
    assert record.attempt.used == 42
