"""Pace of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam.forecast import ENOUGH_SEEN
from examrunner.domain.exam.layout import lay
from examrunner.domain.exam.pace import pace
from tests.fakes import NINE

BEGIN, END = NINE, NINE + timedelta(hours=2)
SLOT = timedelta(seconds=340)
NOTHING = timedelta(0)
MINUTE = timedelta(minutes=1)
SLOTS = st.lists(st.integers(1, 900).map(lambda s: timedelta(seconds=s)), max_size=24)
RATIOS = st.lists(st.floats(0.0, 3.0), max_size=24)


def test_planned_starts_follow_one_another() -> None:
    """Each student is planned to start when the slots before are over."""
    long = timedelta(seconds=490)
    assert lay(BEGIN, [SLOT, long, SLOT]).starts == (
        BEGIN,
        BEGIN + SLOT,
        BEGIN + SLOT + long,
    )
    assert lay(BEGIN, []).starts == ()


def test_a_day_on_time_is_not_behind() -> None:
    """After three planned slots, with three students done, the day is on time."""
    now = pace(BEGIN + 3 * SLOT, BEGIN, END, done=[SLOT] * 3, ahead=[SLOT] * 5)
    assert now.behind == NOTHING
    assert now.ends_at == BEGIN + 8 * SLOT
    assert now.to_go == 5
    assert now.window_end == END


def test_a_day_at_its_begin_is_on_time() -> None:
    """Before the first student nothing is behind, and the plan is the projection."""
    now = pace(BEGIN, BEGIN, END, done=[], ahead=[SLOT] * 10)
    assert now.behind == NOTHING
    assert now.ends_at == BEGIN + 10 * SLOT
    assert now.each == timedelta(hours=2) / 10


def test_a_late_day_is_behind_by_what_it_lost() -> None:
    """Five lost minutes are five minutes behind."""
    now = pace(BEGIN + 3 * SLOT + 5 * MINUTE, BEGIN, END, done=[SLOT] * 3, ahead=[SLOT])
    assert now.behind == 5 * MINUTE


def test_a_quick_day_is_ahead() -> None:
    """Time gained shows as negative."""
    now = pace(BEGIN + 3 * SLOT - 2 * MINUTE, BEGIN, END, done=[SLOT] * 3, ahead=[SLOT])
    assert now.behind == -2 * MINUTE


def test_a_student_under_way_is_neither_lost_nor_done() -> None:
    """The time used by the student under way does not count as delay."""
    used = timedelta(seconds=100)
    now = pace(BEGIN + SLOT + used, BEGIN, END, done=[SLOT], ahead=[SLOT] * 2, used=used)
    assert now.behind == NOTHING
    assert now.ends_at == BEGIN + 3 * SLOT


def test_the_plan_counts_until_enough_students_are_seen() -> None:
    """One or two slow students say nothing about the rest."""
    late = BEGIN + 4 * SLOT
    few = ENOUGH_SEEN - 1
    now = pace(late, BEGIN, END, done=[SLOT] * few, ahead=[SLOT] * 5, seen=[2.0] * few)
    assert now.ends_at == late + 5 * SLOT
    assert now.forecast is None


def test_the_observed_pace_counts_once_enough_students_are_seen() -> None:
    """At half the planned speed the rest takes twice its plan."""
    late = BEGIN + 6 * SLOT
    now = pace(late, BEGIN, END, done=[SLOT] * 3, ahead=[SLOT] * 4, seen=[2.0] * 3)
    assert now.ends_at == late + 8 * SLOT
    assert now.behind == 3 * SLOT


@pytest.mark.parametrize("shift", [-20 * MINUTE, NOTHING, 40 * MINUTE], ids=str)
def test_when_the_day_began_says_nothing_about_its_pace(shift: timedelta) -> None:
    """A day at the planned pace ends by its plan from now on, however early or late it began."""
    now = BEGIN + shift + 4 * SLOT
    seen = pace(now, BEGIN, END, done=[SLOT] * 4, ahead=[SLOT] * 6, seen=[1.0] * 4)
    assert seen.ends_at == now + 6 * SLOT
    assert seen.behind == shift


def test_a_day_faster_than_its_plan_ends_early() -> None:
    """At half the planned time for each, the rest takes half, less what one has had already."""
    now, used = BEGIN + 2 * SLOT, timedelta(seconds=60)
    seen = pace(now, BEGIN, END, done=[SLOT] * 4, ahead=[SLOT] * 6, used=used, seen=[0.5] * 4)
    assert seen.ends_at == now + 3 * SLOT - used
    assert seen.behind == -2 * SLOT - used


def test_time_for_each_is_what_the_window_still_has() -> None:
    """Ninety minutes for eighteen students are five minutes each."""
    now = pace(BEGIN + 30 * MINUTE, BEGIN, END, done=[SLOT] * 5, ahead=[SLOT] * 18)
    assert now.each == 5 * MINUTE


def test_time_for_each_begins_with_the_window() -> None:
    """Before the day begins the hours until then are not given to anybody."""
    early = pace(BEGIN - 30 * MINUTE, BEGIN, END, done=[], ahead=[SLOT] * 24)
    assert early.each == timedelta(hours=2) / 24
    assert early.ends_at == BEGIN + 24 * SLOT


def test_a_day_that_began_early_counts_from_now() -> None:
    """Whoever calls the first student before the window has begun, has begun."""
    used = 2 * MINUTE
    early = pace(BEGIN - 8 * MINUTE, BEGIN, END, done=[], ahead=[SLOT] * 24, used=used)
    assert early.behind == -10 * MINUTE
    assert early.ends_at == BEGIN - 10 * MINUTE + 24 * SLOT
    assert early.each == timedelta(minutes=130) / 24


def test_with_nobody_left_the_day_ends_now() -> None:
    """Nobody to go means no time for each and an end that is now."""
    now = pace(BEGIN + 8 * SLOT, BEGIN, END, done=[SLOT] * 8, ahead=[])
    assert now.to_go == 0
    assert now.each is None
    assert now.ends_at == BEGIN + 8 * SLOT


def test_after_the_window_no_time_is_left_for_each() -> None:
    """Past its end the window has less than nothing for each."""
    now = pace(END + MINUTE, BEGIN, END, done=[SLOT] * 20, ahead=[SLOT] * 2)
    assert now.each is not None
    assert now.each < NOTHING
    assert now.ends_at > END


@given(SLOTS, SLOTS, st.integers(0, 10**4), st.integers(0, 900), RATIOS)
def test_no_day_is_projected_to_end_in_the_past(
    done: list[timedelta], ahead: list[timedelta], seconds: int, used: int, seen: list[float]
) -> None:
    """The projected end is never before now."""
    now, had = BEGIN + timedelta(seconds=seconds), timedelta(seconds=used)
    found = pace(now, BEGIN, END, done=done, ahead=ahead, used=had, seen=seen)
    assert found.ends_at >= now
    assert found.to_go == len(ahead)


@given(SLOTS, st.integers(-600, 600))
def test_a_shift_of_the_day_is_all_that_it_is_behind(done: list[timedelta], late: int) -> None:
    """Behind is exactly the time by which reality differs from the plan."""
    now = BEGIN + sum(done, NOTHING) + timedelta(seconds=late)
    assert pace(now, BEGIN, END, done=done, ahead=[SLOT]).behind == timedelta(seconds=late)


@pytest.mark.parametrize("count", [1, 2, 24])
def test_a_plan_that_is_kept_ends_when_it_was_planned(count: int) -> None:
    """The projection at the begin is the end of the last planned slot."""
    slots = [SLOT] * count
    last = lay(BEGIN, slots).starts[-1] + SLOT
    assert pace(BEGIN, BEGIN, END, done=[], ahead=slots).ends_at == last
