"""An attempt is what its events add up to."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import (
    Asked,
    Attempt,
    Judgement,
    Note,
    attempt_id,
    fold,
)
from examrunner.domain.exam.phases import Phase
from examrunner.domain.plain import canonical, from_plain, to_plain
from tests.domain.exam.record import ATTEMPT, BARE, SHEET, Record, rated, revealed, running
from tests.fakes import NINE

PASS, EDGE, FAIL = ev.Verdict.PASS, ev.Verdict.EDGE, ev.Verdict.FAIL


def round_trip(attempt: Attempt) -> Attempt:
    """Return an attempt as it comes back from storage."""
    return from_plain(Attempt, json.loads(canonical(to_plain(attempt))))


def test_an_attempt_is_named_for_its_student_and_number() -> None:
    """Ids tell attempts of one student apart."""
    assert attempt_id("s", 1) == ATTEMPT
    assert attempt_id("s", 2) != attempt_id("s", 1)


def test_no_events_leave_a_bare_attempt() -> None:
    """Nothing happened, so nothing is known."""
    assert fold(BARE, []) == BARE
    assert BARE.phase is Phase.WAITING
    assert BARE.verdict is None


@pytest.mark.parametrize(
    ("whats", "phase", "is_present"),
    [
        ([ev.Called], Phase.CALLED, False),
        ([ev.Called, ev.Present], Phase.CALLED, True),
        ([ev.Called, ev.Present, ev.SentBack], Phase.WAITING, False),
        ([ev.Absent, ev.Called, ev.Present, ev.SentBack], Phase.ABSENT, False),
        ([ev.Postponed, ev.Called, ev.SentBack], Phase.POSTPONED, False),
        ([ev.Postponed, ev.Returned, ev.Called, ev.SentBack], Phase.WAITING, False),
        ([ev.Called, ev.Present, ev.Absent], Phase.ABSENT, False),
        ([ev.Called, ev.Present, ev.Postponed], Phase.POSTPONED, False),
        ([ev.Absent], Phase.ABSENT, False),
        ([ev.Absent, ev.Returned], Phase.WAITING, False),
        ([ev.Postponed, ev.Returned, ev.Called], Phase.CALLED, False),
        ([ev.Called, ev.Present, ev.Absent, ev.Returned, ev.Called], Phase.CALLED, False),
    ],
)
def test_before_the_reveal_only_phase_and_presence_change(
    whats: list[type[ev.Called | ev.Present | ev.SentBack | ev.Absent | ev.Postponed]],
    phase: Phase,
    is_present: bool,  # noqa: FBT001  a column of the table
) -> None:
    """Calling, absence and postponing move the attempt and leave no trace of a paper."""
    record = Record()
    record.add(*(what(ATTEMPT) for what in whats))
    attempt = record.attempt
    assert attempt.phase is phase
    assert attempt.is_present is is_present
    assert (attempt.reading, attempt.questions, attempt.clock) == (None, (), BARE.clock)


def test_a_changed_list_leaves_the_attempt_as_it_was() -> None:
    """Its line is for the draw; the attempt only notes that something happened."""
    record = Record()
    record.add(ev.Called(ATTEMPT))
    before = record.attempt
    event = record.add(ev.Relisted(ATTEMPT, "{}"))
    assert record.attempt.last_event == event.id
    assert record.attempt.phase is before.phase


def test_revealing_names_paper_origin_and_examiner() -> None:
    """The paper is known from here on, with who revealed it and when."""
    record = Record()
    record.add(ev.Called(ATTEMPT))
    record.clock.advance(30)
    record.add(ev.Revealed(ATTEMPT, "lora", ev.Origin.CHOSEN), actor="bob")
    attempt = record.attempt
    assert attempt.phase is Phase.REVEALED
    assert (attempt.reading, attempt.origin, attempt.examiner) == ("lora", ev.Origin.CHOSEN, "bob")
    assert attempt.called_at == NINE
    assert attempt.revealed_at == NINE + timedelta(seconds=30)


def test_the_sheet_is_asked_in_its_order() -> None:
    """Questions keep the order of the event, and none of them is asked yet."""
    attempt = revealed().attempt
    assert [asked.id for asked in attempt.questions] == list(SHEET)
    assert attempt.question("q2") == Asked("q2", "core")
    assert (attempt.bank, attempt.is_fallback) == ("ff", False)
    with pytest.raises(KeyError):
        attempt.question("q9")


def test_a_sheet_of_general_questions_says_so() -> None:
    """A reading without a bank is marked, so that nobody takes its questions for its own."""
    record = revealed()
    record.add(ev.SheetChosen(ATTEMPT, "ee", ("g1",), ("opening",), fallback=True))
    assert record.attempt.is_fallback
    assert [asked.id for asked in record.attempt.questions] == ["g1"]


def test_a_sheet_needs_a_kind_for_each_question() -> None:
    """Questions and kinds that do not match are a fault, never cut to fit."""
    record = revealed()
    record.add(ev.SheetChosen(ATTEMPT, "ee", ("q1", "q2"), ("core",)))
    with pytest.raises(ValueError, match="zip"):
        _ = record.attempt


def test_looking_is_not_asking() -> None:
    """Minutes with a question on the screen leave no trace in it."""
    record = running()
    record.clock.advance(120)
    assert all(asked == Asked(asked.id, asked.kind) for asked in record.attempt.questions)


def test_the_first_mark_says_when_a_question_was_asked() -> None:
    """Later marks add to `spent` and leave the time of asking alone."""
    record = running()
    record.after(40, ev.Helped(ATTEMPT, "q1", ev.Help.CLARIFIED, 40))
    record.after(20, rated("q1", ev.Rating.STRONG, 60))
    asked = record.attempt.question("q1")
    assert asked.asked_at == NINE + timedelta(seconds=40)
    assert (asked.spent, asked.rating) == (60, ev.Rating.STRONG)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (rated("q1", ev.Rating.WEAK, 7), {"rating": ev.Rating.WEAK}),
        (ev.Ticked(ATTEMPT, "q1", 2, on=True, spent=7), {"points": (2,)}),
        (ev.Helped(ATTEMPT, "q1", ev.Help.LED, 7), {"help": ev.Help.LED}),
        (ev.Flagged(ATTEMPT, "q1", 7), {"flags": (NINE,)}),
        (ev.Noted(ATTEMPT, "q1", "ab", 7), {}),
    ],
)
def test_each_mark_leaves_its_own_trace(mark: ev.Mark, expected: dict[str, object]) -> None:
    """A mark changes what it is about, on its own question, and nothing else."""
    record = running()
    event = record.add(mark)
    made = {"asked_at": NINE, "spent": 7} | expected
    asked = record.attempt.question("q1")
    assert asked == Asked("q1", "opening", **made)  # type: ignore[arg-type]  # any of its fields
    assert record.attempt.question("q2") == Asked("q2", "core")
    noted = (Note(event.id, NINE, "q1"),) if isinstance(mark, ev.Noted) else ()
    assert record.attempt.notes == noted


def test_ticks_go_on_and_off() -> None:
    """Ticked points stand in order, each once, and leave when they are taken off."""
    record = running()
    for point, on in ((8, True), (3, True), (1, True), (3, True), (3, False), (9, False)):
        record.add(ev.Ticked(ATTEMPT, "q1", point, on=on, spent=0))
    assert record.attempt.question("q1").points == (1, 8)


def test_help_is_the_level_given_last() -> None:
    """Each level of help replaces the one before."""
    record = running()
    for level in ev.HELP_LEVELS[1:]:
        record.add(ev.Helped(ATTEMPT, "q1", level, 0))
        assert record.attempt.question("q1").help is level


def test_a_second_rating_replaces_the_first() -> None:
    """The rating in force is the last one."""
    record = running()
    record.add(rated(rating=ev.Rating.STRONG), rated(rating=ev.Rating.WEAK))
    assert record.attempt.question("q1").rating is ev.Rating.WEAK


def test_flags_and_notes_add_up() -> None:
    """Each sign and each note stays, with its own time."""
    record = running()
    record.after(10, ev.Flagged(ATTEMPT, "q1", 0), ev.Noted(ATTEMPT, "q2", "ab", 0))
    record.after(10, ev.Flagged(ATTEMPT, "q1", 0), ev.Noted(ATTEMPT, "q1", "cd", 0))
    one, two = NINE + timedelta(seconds=10), NINE + timedelta(seconds=20)
    assert record.attempt.question("q1").flags == (one, two)
    assert [(note.question, note.at) for note in record.attempt.notes] == [("q2", one), ("q1", two)]


def test_a_question_that_is_not_asked_has_a_reason_and_no_time() -> None:
    """Not asked is a reason, never a rating and never a time of asking."""
    record = running()
    record.add(ev.NotAsked(ATTEMPT, "q3", "no-time", 4))
    assert record.attempt.question("q3") == Asked("q3", "detail", spent=4, not_asked="no-time")


@pytest.mark.parametrize(
    "mark",
    [
        rated("q3"),
        ev.Ticked(ATTEMPT, "q3", 1, on=True, spent=0),
        ev.Helped(ATTEMPT, "q3", ev.Help.PROBED, 0),
        ev.Flagged(ATTEMPT, "q3", 0),
    ],
)
def test_an_answer_after_all_clears_not_asked(mark: ev.Mark) -> None:
    """Whoever marks an answer has asked the question."""
    record = running()
    record.add(ev.NotAsked(ATTEMPT, "q3", "no-time", 0))
    record.after(5, mark)
    asked = record.attempt.question("q3")
    assert asked.not_asked is None
    assert asked.asked_at == NINE + timedelta(seconds=5)


def test_a_note_keeps_not_asked() -> None:
    """A note may say why a question was not asked, so it does not make it an asked one."""
    record = running()
    record.add(ev.NotAsked(ATTEMPT, "q3", "other", 0), ev.Noted(ATTEMPT, "q3", "ab", 0))
    assert record.attempt.question("q3").not_asked == "other"


def test_a_mark_on_a_foreign_question_changes_no_question() -> None:
    """A question that is not on the sheet gets no answer."""
    record = running()
    before = record.attempt.questions
    record.add(rated("q9"))
    assert record.attempt.questions == before


@pytest.mark.parametrize("verdict", [*ev.Verdict, None])
def test_deciding_keeps_who_when_and_whether_there_was_a_reason(verdict: ev.Verdict | None) -> None:
    """A verdict is on record with its examiner, and its reason lies under its event."""
    record = running()
    record.after(200, ev.Stopped(ATTEMPT))
    event = record.after(9, ev.Decided(ATTEMPT, verdict, "ab"))
    at = NINE + timedelta(seconds=209)
    attempt = record.attempt
    assert attempt.judgements == (Judgement(event.id, at, verdict, has_reason=True, actor="ann"),)
    assert (attempt.phase, attempt.verdict, attempt.decided_at) == (Phase.DECIDED, verdict, at)
    assert attempt.clock.used == 200


def test_corrections_keep_all_verdicts() -> None:
    """The last verdict is in force, the earlier ones stay, and the first keeps its time."""
    record = running()
    record.add(ev.Stopped(ATTEMPT), ev.Decided(ATTEMPT, EDGE))
    record.after(600, ev.Corrected(ATTEMPT, FAIL, "ab"))
    record.after(600, ev.Corrected(ATTEMPT, PASS))
    attempt = record.attempt
    assert [one.verdict for one in attempt.judgements] == [EDGE, FAIL, PASS]
    assert [one.has_reason for one in attempt.judgements] == [False, True, False]
    assert attempt.verdict is PASS
    assert attempt.decided_at == NINE


def test_an_attempt_keeps_the_id_of_its_last_event() -> None:
    """Also where that event took another one back."""
    record = running()
    mark = record.add(rated())
    undo = record.add(ev.Undone(ATTEMPT, mark.id))
    assert record.attempt.last_event == undo.id


def test_a_small_attempt_comes_back_from_storage() -> None:
    """Without verdict, without time limit and with one question it is a whole attempt."""
    record = Record()
    record.add(
        ev.Called(ATTEMPT),
        ev.Revealed(ATTEMPT, "lora", ev.Origin.ASSIGNED),
        ev.SheetChosen(ATTEMPT, "ff", ("q1",), ("core",)),
        ev.Started(ATTEMPT, None),
    )
    record.after(42.25, rated("q1", ev.Rating.STRONG, 42), ev.Stopped(ATTEMPT))
    record.add(ev.Decided(ATTEMPT, None))
    attempt = record.attempt
    assert attempt.phase is Phase.DECIDED
    assert attempt.verdict is None
    assert attempt.clock.left(record.clock.now()) is None
    assert attempt.clock.used == 42.25
    assert round_trip(attempt) == attempt


def test_a_running_attempt_comes_back_from_storage() -> None:
    """Its clock runs on from the same moment."""
    record = running()
    record.after(10, ev.Paused(ATTEMPT))
    record.after(10, ev.Resumed(ATTEMPT), ev.Ticked(ATTEMPT, "q1", 1, on=True, spent=3))
    assert round_trip(record.attempt) == record.attempt
