"""Does the class fit the window, and what would make it fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.exam.plan import STEP, plan
from examrunner.domain.exam.settings import ExamRules, Window

TWO_HOURS = Window(time(9), time(11))
RULES = ExamRules(window=TWO_HOURS)
FACTORS = st.decimals(1, 4, places=2)


def people(*factors: Decimal | int) -> list[Student]:
    """Return students with these factors of extra time."""
    return [
        Student(f"s{number}", f"Student {number}", extra_time=Decimal(factor))
        for number, factor in enumerate(factors)
    ]


def test_the_last_changeover_is_not_counted() -> None:
    """24 talks of five minutes with 23 changeovers of 40 seconds take 2:15:20."""
    found = plan(RULES, people(*[1] * 24))
    assert found.needed == 24 * 300 + 23 * 40
    assert found.window == 7200
    assert found.fits is False


def test_what_would_make_the_class_fit() -> None:
    """A class that is too large is told the longest talk, the number that fits, and the start."""
    found = plan(RULES, people(*[1] * 24))
    assert found.longest_talk == 260
    assert found.students_that_fit == 21
    assert found.start_earlier == 920


def test_a_class_that_fits_needs_no_change() -> None:
    """A class that fits starts at its time and is examined whole."""
    found = plan(RULES, people(*[1] * 20))
    assert found.fits is True
    assert found.students_that_fit == 20
    assert found.start_earlier == 0


def test_extra_time_is_counted() -> None:
    """Extra time lengthens the student's own talk and no changeover."""
    found = plan(RULES, people(1, Decimal("1.5"), 2))
    assert found.needed == 300 + 450 + 600 + 2 * 40
    assert found.extra_time == 2


def test_each_paper_is_an_attempt_of_its_own() -> None:
    """With two papers each student has two talks, with a changeover between all of them."""
    found = plan(replace(RULES, papers_per_student=2), people(1, 2))
    assert found.attempts == 4
    assert found.needed == 2 * 300 + 2 * 600 + 3 * 40


def test_without_a_window_only_the_sum_is_known() -> None:
    """Without a window nothing can be said about fitting."""
    found = plan(replace(RULES, window=None), people(1, 1))
    assert found.needed == 640
    assert found.fits is None


def test_without_a_time_limit_nothing_adds_up() -> None:
    """Without a time limit there is no sum, window or not."""
    found = plan(replace(RULES, minutes=None), people(1, 1))
    assert found.needed is None
    assert found.fits is None


def test_seconds_of_a_window_count() -> None:
    """A window that ends half a minute past the hour is half a minute longer."""
    rules = replace(RULES, window=Window(time(9), time(11, 0, 30)))
    assert plan(rules, people(1)).window == 7230


def test_no_talk_may_be_short_enough() -> None:
    """Where the changeovers alone fill the window no talk is proposed."""
    rules = replace(RULES, window=Window(time(9), time(9, 5)))
    found = plan(rules, people(*[1] * 20))
    assert found.longest_talk is None
    assert found.students_that_fit == 1


@given(st.lists(FACTORS, min_size=1, max_size=40), st.integers(0, 90), st.integers(1, 2))
def test_the_longest_talk_fits_and_the_next_does_not(
    factors: list[Decimal], gap: int, papers: int
) -> None:
    """The proposed talk makes the class fit, and one two steps longer does not.

    One step longer may still fit, by the rounding of each student's time.
    """
    rules = replace(RULES, changeover_seconds=gap, papers_per_student=papers)
    found = plan(rules, people(*factors))
    longest = found.longest_talk or 0
    if longest:
        fitting = replace(rules, minutes=timedelta(seconds=longest))
        assert plan(fitting, people(*factors)).fits is True
    longer = replace(rules, minutes=timedelta(seconds=longest + 2 * STEP))
    assert plan(longer, people(*factors)).fits is False


@given(st.lists(FACTORS, max_size=40))
def test_the_students_that_fit_do_fit(factors: list[Decimal]) -> None:
    """As many students as are said to fit do fit, and one more does not."""
    found = plan(RULES, people(*factors))
    assert found.students_that_fit is not None
    count = found.students_that_fit
    assert plan(RULES, people(*factors[:count])).fits is True
    if count < len(factors):
        assert plan(RULES, people(*factors[: count + 1])).fits is False
