"""Marks taken back and brought back, and the help that prepared probes and hints are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, last_mark, last_undone
from tests.domain.exam.record import ATTEMPT, SHEET, Record, rated, running
from tests.domain.exam.test_attempt_time import MARKS
from tests.fakes import NINE

ANSWERS = ("questions", "notes")
"""What marks change."""


def answers(attempt: Attempt) -> list[object]:
    """Return what the marks of an attempt add up to."""
    return [getattr(attempt, name) for name in ANSWERS]


def undo(record: Record) -> None:
    """Take the last mark back, where there is one."""
    if (event := last_mark(record.events)) is not None:
        record.after(1, ev.Undone(ATTEMPT, event.id))


def redo(record: Record) -> None:
    """Let the mark taken back last count again, where there is one."""
    if (event := last_undone(record.events)) is not None:
        record.after(1, ev.Redone(ATTEMPT, event.id))


@given(st.lists(MARKS, min_size=1, max_size=10), st.integers(1, 12))
def test_undo_then_redo_is_identity(marks: list[ev.Mark], times: int) -> None:
    """However many marks are taken back, bringing as many back leaves what there was."""
    record = running()
    for mark in marks:
        record.after(1, mark)
    before = answers(record.attempt)
    for _ in range(times):
        undo(record)
    assert (answers(record.attempt) == answers(running().attempt)) or times < len(marks)
    for _ in range(times):
        redo(record)
    assert answers(record.attempt) == before
    assert last_undone(record.events) is None


@given(st.lists(MARKS | st.sampled_from(["undo", "redo"]), max_size=20))
def test_undo_and_redo_are_two_stacks(steps: list[ev.Mark | str]) -> None:
    """Any run of marks, undos and redos leaves what the marks that stand add up to, in order."""
    record, standing, gone = running(), list[ev.Mark](), list[ev.Mark]()
    for step in steps:
        if step == "undo":
            undo(record)
            gone += [standing.pop()] if standing else []
        elif step == "redo":
            redo(record)
            standing += [gone.pop()] if gone else []
        else:
            assert not isinstance(step, str)
            record.after(1, step)
            standing.append(step)
            gone.clear()
    plain = running()
    for mark in standing:
        plain.after(1, mark)
    assert _timeless(record.attempt) == _timeless(plain.attempt)


def _timeless(attempt: Attempt) -> list[object]:
    """Return what was marked, without the moments: undos take some of their own."""
    asked = [
        replace(one, asked_at=one.asked_at and NINE, flags=(NINE,) * len(one.flags))
        for one in attempt.questions
    ]
    return [*asked, *(note.question for note in attempt.notes)]


def test_a_new_mark_ends_what_may_be_brought_back() -> None:
    """What was taken back before another mark was made is not offered again."""
    record = running()
    record.add(rated("q1"))
    undo(record)
    assert last_undone(record.events) is not None
    record.add(rated("q2"))
    assert last_undone(record.events) is None


def test_pauses_and_deciding_do_not_end_it() -> None:
    """Only a mark ends what may be brought back."""
    record = running()
    mark = record.add(rated("q1"))
    undo(record)
    record.add(ev.Paused(ATTEMPT), ev.Resumed(ATTEMPT), ev.Stopped(ATTEMPT), ev.WentOn(ATTEMPT))
    assert last_undone(record.events) == mark


def test_a_record_of_odd_steps_still_reads() -> None:
    """A mark brought back that was never taken back, or twice, counts once."""
    record = running()
    mark = record.add(rated("q1", ev.Rating.STRONG))
    record.add(ev.Redone(ATTEMPT, mark.id), ev.Undone(ATTEMPT, mark.id))
    record.add(ev.Undone(ATTEMPT, mark.id), ev.Redone(ATTEMPT, mark.id))
    assert record.attempt.question("q1").rating is ev.Rating.STRONG
    assert last_undone(record.events) is None


@given(
    st.sampled_from(SHEET),
    st.lists(st.tuples(st.sampled_from(ev.Offer), st.integers(1, 3)), min_size=1, max_size=6),
    st.sampled_from(ev.Help),
)
def test_offers_only_raise_the_help(
    question: str, offers: list[tuple[ev.Offer, int]], before: ev.Help
) -> None:
    """A probe makes an answer at least probed, a hint led; help that was higher stays."""
    record = running()
    record.add(ev.Helped(ATTEMPT, question, before, 1))
    for what, number in offers:
        record.add(ev.Offered(ATTEMPT, question, what, number, 2))
    asked = record.attempt.question(question)
    least = ev.Help.LED if any(what is ev.Offer.HINT for what, _ in offers) else ev.Help.PROBED
    levels = ev.HELP_LEVELS.index
    assert levels(asked.help) == max(levels(least), levels(before))
    last = dict(offers)
    assert (asked.probes, asked.hints) == (
        last.get(ev.Offer.PROBE, 0),
        last.get(ev.Offer.HINT, 0),
    )


def test_undo_takes_an_offer_and_its_help_back_together() -> None:
    """One step back, and neither the probe nor the help that it was is left."""
    record = running()
    record.add(rated("q1"))
    before = record.attempt.question("q1")
    record.add(ev.Offered(ATTEMPT, "q1", ev.Offer.PROBE, 1, 9))
    assert record.attempt.question("q1").help is ev.Help.PROBED
    undo(record)
    assert record.attempt.question("q1") == before
