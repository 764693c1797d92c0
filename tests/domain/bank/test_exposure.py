"""The memory of earlier sessions: counts each once, tells of no student."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.exposure import (
    FEWEST,
    Answers,
    Exposure,
    Shown,
    Used,
    discreet,
    remember,
    seen_in,
)

COMMIT = "0" * 64


def answers(asked: int, **numbers: int) -> Answers:
    """Return answers of so many students."""
    return Answers(asked=asked, **numbers)


USED = st.builds(
    Used,
    session=st.sampled_from(["fall", "spring"]),
    commit=st.sampled_from([str(n) * 64 for n in range(4)]),
    on=st.none() | st.dates(),
    questions=st.lists(
        st.builds(
            Shown,
            question=st.sampled_from(["q1", "q2", "q3"]),
            sheets=st.integers(1, 9),
            answers=st.none() | st.builds(answers, st.integers(0, 9), strong=st.integers(0, 9)),
        ),
        unique_by=lambda one: one.question,
        max_size=3,
    ).map(tuple),
)


@given(st.lists(USED, max_size=4), USED)
def test_remembering_twice_is_remembering_once(before: list[Used], used: Used) -> None:
    """A session takes one place; the others stay as they are."""
    memory = Exposure()
    for one in before:
        memory = remember(memory, one)
    once = remember(memory, used)
    assert remember(once, used) == once
    assert len({one.commit for one in once.sessions}) == len(once.sessions)
    others = [one for one in memory.sessions if one.commit != used.commit]
    assert [one for one in once.sessions if one.commit != used.commit] == others


@given(USED)
def test_no_result_of_one_or_two_students_is_kept(used: Used) -> None:
    """What is left has at least three students behind it; how often it was shown always stays."""
    kept = discreet(used)
    assert {one.question: one.sheets for one in kept.questions} == {
        one.question: one.sheets for one in used.questions
    }
    assert all(one.answers is None or one.answers.asked >= FEWEST for one in kept.questions)


def test_times_of_one_or_two_are_left_out_too() -> None:
    """Three were asked, two of them keyed in from paper: the one time would be one student's."""
    one = Shown("q", 3, Answers(asked=3, strong=3, seconds=40, timed=1)).discreet()
    assert one.answers == Answers(asked=3, strong=3)
    timed = Answers(asked=3, strong=3, seconds=120, timed=3)
    assert Shown("q", 3, timed).discreet().answers == timed
    assert timed.mean_seconds == 40


def test_sessions_add_up() -> None:
    """Sheets and answers over two terms; a session without results adds only its sheets."""
    fall = Used("fall", COMMIT, date(2024, 12, 13), None, (Shown("q", 3, answers(3, weak=3)),))
    spring = Used("spring", "1" * 64, None, None, (Shown("q", 1), Shown("p", 2)))
    seen = seen_in([fall, spring])
    assert (seen["q"].times, seen["q"].sessions) == (4, 2)
    assert seen["q"].answers == answers(3, weak=3)
    assert (seen["p"].times, seen["p"].why) == (2, None)


def why(found: Answers) -> str | None:
    """Return why a question with these answers should be looked at."""
    return seen_in([Used("fall", COMMIT, questions=(Shown("q", 9, found),))])["q"].why


def test_what_tells_students_apart_stays_and_the_rest_comes_back() -> None:
    """All weak, all strong or all led, of at least three: to look at again."""
    assert why(answers(3, weak=3)) == "nobody answered it, of 3 asked"
    assert why(answers(4, strong=4)) == "everybody answered it strongly, of 4 asked"
    assert why(answers(3, enough=3, led=3)) == "everybody had to be led, of 3 asked"
    assert why(answers(3, strong=1, weak=2)) is None
    assert why(answers(2, weak=2)) is None
    assert why(answers(0)) is None
