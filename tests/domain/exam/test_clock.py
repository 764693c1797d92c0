"""The clock of one attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam.clock import Clock, shown
from examrunner.domain.exam.moments import NS, Moment, seconds_between
from tests.fakes import FakeClock
from tests.strategies import moments

START = FakeClock().now()
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 600 * NS)), max_size=12)


def after(moment: Moment, ns: int) -> Moment:
    """Return a later moment of the same boot."""
    at = moment.at + timedelta(microseconds=ns // 1000)
    return replace(moment, at=at, boot_ns=moment.boot_ns + ns)


def seconds_of(text: str) -> int:
    """Return the whole seconds that a shown duration stands for."""
    total = 0
    for part in text.lstrip("-").split(":"):
        total = total * 60 + int(part)
    return -total if text.startswith("-") else total


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (300, "5:00"),
        (299.999, "5:00"),
        (205, "3:25"),
        (60, "1:00"),
        (59.1, "1:00"),
        (59, "0:59"),
        (1, "0:01"),
        (0.2, "0:01"),
        (0, "0:00"),
        (-0.5, "0:00"),
        (-0.999, "0:00"),
        (-1, "-0:01"),
        (-7.4, "-0:07"),
        (-60, "-1:00"),
        (-61.9, "-1:01"),
        (3599, "59:59"),
        (3599.5, "1:00:00"),
        (3600, "1:00:00"),
        (3750, "1:02:30"),
        (36000, "10:00:00"),
        (-3750.9, "-1:02:30"),
    ],
)
def test_time_left_is_rounded_up_and_time_over_down(seconds: float, text: str) -> None:
    """0:00 means that none is left, and a second over shows once it has passed."""
    assert shown(seconds) == text


@given(st.integers(-(10**6), 10**6))
def test_whole_seconds_are_shown_exactly(seconds: int) -> None:
    """What is shown of whole seconds reads back as the same seconds."""
    assert seconds_of(shown(seconds)) == seconds


@given(st.floats(-(10**5), 10**5), st.floats(0, 10**3))
def test_what_is_shown_never_rises_as_time_passes(left: float, passed: float) -> None:
    """Less time left never shows as more."""
    assert seconds_of(shown(left - passed)) <= seconds_of(shown(left))


def test_a_clock_that_never_ran_has_all_its_time() -> None:
    """Nothing is used before the start."""
    assert Clock(seconds=300).elapsed(START) == 0
    assert Clock(seconds=300).left(START) == 300


def test_without_a_limit_nothing_is_left_and_time_is_still_kept() -> None:
    """A clock without a limit has no time left to show, but knows what was used."""
    clock = Clock(seconds=None, since=START)
    assert clock.left(after(START, 90 * NS)) is None
    assert clock.elapsed(after(START, 90 * NS)) == 90


def test_time_left_goes_below_nothing() -> None:
    """A clock past its time says by how much; it stops nobody."""
    assert Clock(seconds=300, since=START).left(after(START, 307 * NS)) == -7


def test_sleep_of_the_machine_counts() -> None:
    """The boot clock counts sleep, so two minutes asleep are two minutes of the exam."""
    assert Clock(seconds=300, since=START).left(after(START, 120 * NS)) == 180


@given(steps=STEPS, allowed=st.integers(0, 10**4), until=st.integers(0, 600 * NS))
def test_used_and_left_make_up_what_is_allowed(
    steps: list[tuple[bool, int]], allowed: int, until: int
) -> None:
    """However often the clock is stopped, used and left add up to the time allowed."""
    clock, now, running = Clock(seconds=allowed, since=START), START, 0
    for goes, ns in steps:
        running += ns if clock.since else 0
        now = after(now, ns)
        clock = clock.go(now) if goes else clock.stop(now)
    running += until if clock.since else 0
    now = after(now, until)
    left = clock.left(now)
    assert left is not None
    assert clock.elapsed(now) + left == pytest.approx(allowed)
    assert clock.elapsed(now) == pytest.approx(running / NS)


@given(moments(), st.integers(0, 10**12), st.integers(-(10**6), 10**6))
def test_setting_the_wall_clock_changes_nothing_within_a_boot(
    start: Moment, ns: int, set_by: int
) -> None:
    """Within one boot only the boot clock counts, whatever somebody does to the wall clock."""
    start = replace(start, at=START.at)
    now = replace(after(start, ns), at=START.at + timedelta(seconds=set_by))
    assert seconds_between(start, now) == ns / NS


def test_across_boots_the_wall_clock_counts() -> None:
    """After a restart of the machine the boot clock starts anew, so the wall clock decides."""
    later = Moment(START.at + timedelta(seconds=95), "boot-2", 3 * NS)
    assert seconds_between(START, later) == 95
    assert Clock(seconds=300, since=START).left(later) == 205


@given(moments(), moments())
def test_no_duration_is_negative(one: Moment, other: Moment) -> None:
    """A clock that jumps back counts as one that stood."""
    assert seconds_between(one, other) >= 0


@given(moments())
def test_no_time_passes_between_a_moment_and_itself(moment: Moment) -> None:
    """From a moment to itself it is nothing."""
    assert seconds_between(moment, moment) == 0


def test_a_standing_clock_does_not_move() -> None:
    """What is left at the stop is left an hour later."""
    clock = Clock(seconds=300, since=START).stop(after(START, 100 * NS))
    assert clock.left(after(START, 3700 * NS)) == 200


def test_stopping_and_going_twice_is_as_good_as_once() -> None:
    """A second stop or go changes nothing."""
    stopped = Clock(seconds=300, since=START).stop(after(START, 10 * NS))
    assert stopped.stop(after(START, 50 * NS)) == stopped
    going = stopped.go(after(START, 60 * NS))
    assert going.go(after(START, 80 * NS)) == going
