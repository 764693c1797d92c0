"""The forecast of the day's end."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam.forecast import (
    BREAK,
    ENOUGH_SEEN,
    Visit,
    forecast,
    quantile_90,
    ratios,
)
from tests.fakes import NINE

SLOT = timedelta(seconds=340)
MINUTE = timedelta(minutes=1)
RATIOS = st.lists(st.floats(0.1, 3.0), min_size=ENOUGH_SEEN, max_size=24)
SLOTS = st.lists(st.integers(1, 900).map(lambda s: timedelta(seconds=s)), max_size=24)


def visit(minute: float, over: float, planned: timedelta = 5 * MINUTE) -> Visit:
    """Return a visit by the minutes of the day at which it began and was over."""
    return Visit(NINE + minute * MINUTE, NINE + over * MINUTE, planned)


@pytest.mark.parametrize(
    ("freedom", "known"),
    [(2, 1.8856), (3, 1.6377), (4, 1.5332), (7, 1.4149), (10, 1.3722), (30, 1.3104)],
)
def test_the_quantile_is_that_of_the_tables(freedom: int, known: float) -> None:
    """The expansion meets the printed quantiles of Student's t to one in a hundred."""
    assert quantile_90(freedom) == pytest.approx(known, abs=0.01)


def test_the_interval_is_the_one_of_the_book() -> None:
    """With equal slots it is m d give or take t s sqrt(m + m^2 / n)."""
    found = forecast(NINE, [0.9, 1.0, 1.1, 1.2], [100 * MINUTE / 60] * 16)
    assert found is not None
    spread = 100 * ((0.15**2 + 0.05**2) * 2 / 3) ** 0.5
    doubt = quantile_90(3) * spread * (16 + 16**2 / 4) ** 0.5
    assert (found.likely - NINE).total_seconds() == pytest.approx(16 * 105)
    assert (found.late - found.likely).total_seconds() == pytest.approx(doubt)
    assert (found.likely - found.early).total_seconds() == pytest.approx(doubt)


def test_a_changeover_counts_and_a_break_does_not() -> None:
    """A visit takes from the end of the one before; a gap over the limit belongs to nobody."""
    pause = BREAK / MINUTE + 1
    seen = ratios([visit(0, 5), visit(6, 11), visit(11 + pause, 16 + pause)])
    assert seen == [1.0, 1.2, 1.0]


def test_a_late_start_is_no_slow_pace() -> None:
    """What came before the first visit is not in its ratio."""
    assert ratios([visit(45, 50)]) == [1.0]


def test_who_had_extra_time_is_measured_against_it() -> None:
    """A student with twice the slot who takes twice as long is as planned."""
    assert ratios([visit(0, 10, 10 * MINUTE), visit(10, 15)]) == [1.0, 1.0]


def test_two_visits_that_ran_at_once_are_counted_once() -> None:
    """A visit that began before the one before was over starts at its end."""
    assert ratios([visit(0, 6), visit(1, 8)]) == [1.2, 0.4]


@given(RATIOS, SLOTS, st.integers(0, 900))
def test_early_likely_and_late_come_in_order(
    seen: list[float], ahead: list[timedelta], used: int
) -> None:
    """No bound lies in the past or on the wrong side."""
    found = forecast(NINE, seen, ahead, timedelta(seconds=used))
    assert found is not None
    assert NINE <= found.early <= found.likely <= found.late


@given(st.lists(st.floats(0.1, 3.0), max_size=ENOUGH_SEEN - 1), SLOTS)
def test_too_few_students_are_no_forecast(seen: list[float], ahead: list[timedelta]) -> None:
    """Until enough are done there is only the plan."""
    assert forecast(NINE, seen, ahead) is None


@given(st.floats(0.1, 3.0), st.integers(ENOUGH_SEEN, 24), SLOTS)
def test_students_who_all_take_the_same_leave_no_doubt(
    ratio: float, count: int, ahead: list[timedelta]
) -> None:
    """Without spread the interval is a point: the plan times the ratio."""
    found = forecast(NINE, [ratio] * count, ahead)
    assert found is not None
    rest = sum(ahead, timedelta(0)) * ratio
    assert abs(found.likely - NINE - rest) < timedelta(milliseconds=1)
    assert found.late - found.early < timedelta(milliseconds=1)


@given(RATIOS, SLOTS, st.integers(1, 900))
def test_one_more_to_come_is_never_done_sooner(
    seen: list[float], ahead: list[timedelta], slot: int
) -> None:
    """Another student puts off the likely and the late end."""
    fewer = forecast(NINE, seen, ahead)
    more = forecast(NINE, seen, [*ahead, timedelta(seconds=slot)])
    assert fewer is not None
    assert more is not None
    assert more.likely > fewer.likely
    assert more.late >= fewer.late


@pytest.mark.parametrize("done", [3, 8, 16])
def test_eight_of_ten_days_end_within_it(done: int) -> None:
    """Over 2,000 days of 24 students drawn at random, 80 % end within the interval."""
    dice = random.Random(20 + done)
    inside = 0
    for _ in range(2_000):
        took = [dice.gauss(1.05, 0.2) for _ in range(24)]
        found = forecast(NINE, took[:done], [SLOT] * (24 - done))
        assert found is not None
        inside += found.early <= NINE + SLOT * sum(took[done:]) <= found.late
    assert inside / 2_000 == pytest.approx(0.8, abs=0.03)
