"""What the student may see, and which question counts as the one that is asked."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Asked, Attempt, fold
from examrunner.domain.exam.chain import Event
from examrunner.domain.exam.events import Rating
from examrunner.services import conduct
from examrunner.services.window import Stage, View, current_question, view_of
from tests.fakes import FakeClock
from tests.services.desks import USUAL_KINDS, Room

SHEET = ("a1", "a2", "a3", "a4")
BARE = Attempt(
    "s.1",
    "s",
    1,
    questions=tuple(Asked(one, kind) for one, kind in zip(SHEET, USUAL_KINDS, strict=True)),
)
QUESTIONS = st.sampled_from(SHEET)
MARKS = st.one_of(
    st.builds(ev.Rated, st.just("s.1"), QUESTIONS, st.sampled_from(Rating), st.just(1)),
    st.builds(ev.Ticked, st.just("s.1"), QUESTIONS, st.just(1), st.booleans(), st.just(1)),
    st.builds(ev.NotAsked, st.just("s.1"), QUESTIONS, st.just("skipped"), st.just(1)),
    st.builds(ev.Noted, st.just("s.1"), QUESTIONS, st.just(""), st.just(1)),
)


def events(marks: list[ev.Mark]) -> list[Event]:
    """Return marks as events, as the ledger has them."""
    now = FakeClock().now()
    return [
        Event(
            seq=place, id=str(place), epoch=1, actor="ann", moment=now, what=what, prev="", hash=""
        )
        for place, what in enumerate(marks, 1)
    ]


@given(st.lists(MARKS, max_size=12))
def test_the_question_is_an_open_one_as_long_as_there_is_one(marks: list[ev.Mark]) -> None:
    """Whatever was marked, it is on the sheet, neither rated nor left out; else there is none."""
    listed = events(marks)
    attempt = fold(BARE, listed)
    open_ones = {one.id for one in attempt.questions if not one.rating and not one.not_asked}
    found = current_question(attempt, listed)
    assert found in open_ones if open_ones else found is None


@given(st.lists(MARKS, max_size=12), QUESTIONS)
def test_a_mark_on_an_open_question_makes_it_the_one(marks: list[ev.Mark], name: str) -> None:
    """The question of the last mark is asked, unless that mark or an earlier one closed it."""
    listed = events([*marks, ev.Ticked("s.1", name, 1, on=True, spent=1)])
    attempt = fold(BARE, listed)
    if attempt.question(name).rating is None:
        assert current_question(attempt, listed) == name


def test_a_view_has_no_place_for_people_or_marks() -> None:
    """Whatever the screen does, it is given paper, time and question, and nothing else."""
    names = {field.name for field in fields(View)}
    assert names == {"stage", "title", "authors", "left", "seconds", "question"}


def test_extra_time_is_shown_before_the_clock_starts(room: Room) -> None:
    """Once the paper is revealed the time of this student stands there, and does not run."""
    room.revealed()
    room.clock.advance(100)
    view = view_of(room.desk)
    assert (view.stage, view.left, view.seconds) == (Stage.READY, 300, 300)
    assert view.title in ("Paper A", "Paper B")


def test_between_two_students_nothing_is_shown(room: Room) -> None:
    """Before the reveal and after the verdict the view says nothing at all."""
    room.called()
    assert view_of(room.desk) == View(Stage.WAIT)
    conduct.send_back(room.desk, room.attempt())
    room.decided("chi")
    assert view_of(room.desk) == View(Stage.WAIT)
