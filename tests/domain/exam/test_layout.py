"""Students laid out in time around planned breaks, and the pace and the plan that rest on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.exam.forecast import BREAK, Visit, forecast, ratios
from examrunner.domain.exam.layout import NOUGHT, Pause, lay, overlap
from examrunner.domain.exam.pace import pace
from examrunner.domain.exam.plan import pauses_of, plan, slots_of
from examrunner.domain.exam.settings import Break, ExamRules, Window
from tests.fakes import NINE

MINUTE = timedelta(minutes=1)
CHANGE = timedelta(seconds=40)
SLOT = 5 * MINUTE + CHANGE
TEN = Pause(NINE + 60 * MINUTE, NINE + 70 * MINUTE)
END = NINE + 120 * MINUTE
RULES = ExamRules(
    window=Window(time(9), time(11)), breaks=(Break(time(10), 10 * MINUTE),), reserve=1
)
SLOTS = st.lists(st.integers(40, 1500).map(lambda s: timedelta(seconds=s)), max_size=30)


@st.composite
def day_breaks(draw: st.DrawFn) -> tuple[Pause, ...]:
    """Return breaks in order that do not overlap."""
    marks = sorted(draw(st.sets(st.integers(0, 240), max_size=8)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Pause(NINE + one * MINUTE, NINE + two * MINUTE) for one, two in pairs)


@st.composite
def rules_with_breaks(draw: st.DrawFn) -> ExamRules:
    """Return rules whose breaks lie in the window and do not overlap."""
    marks = sorted(draw(st.sets(st.integers(0, 119), max_size=6)))
    breaks = tuple(
        Break(time(9 + one // 60, one % 60), (two - one) * MINUTE)
        for one, two in zip(marks[::2], marks[1::2], strict=False)
    )
    talk = timedelta(seconds=draw(st.integers(60, 600)))
    reserve, gap = draw(st.integers(0, 3)), draw(st.integers(0, 90))
    return replace(RULES, breaks=breaks, reserve=reserve, minutes=talk, changeover_seconds=gap)


PEOPLE = st.lists(st.sampled_from(["1", "1", "1", "1.5", "2"]), max_size=25).map(
    lambda factors: [
        Student(f"s{n}", f"S {n}", extra_time=Decimal(f)) for n, f in enumerate(factors)
    ]
)


@given(SLOTS, day_breaks())
def test_no_talk_overlaps_a_break_and_the_order_is_kept(
    slots: list[timedelta], breaks: tuple[Pause, ...]
) -> None:
    """Each talk lies outside every break, after the slot before it."""
    laid = lay(NINE, slots, breaks, CHANGE)
    for start, slot in zip(laid.starts, slots, strict=True):
        assert overlap(start, start + slot - CHANGE, breaks) == NOUGHT
    for (one, slot), (two, _) in pairwise(zip(laid.starts, slots, strict=True)):
        assert two >= one + slot


@given(SLOTS, day_breaks())
def test_the_day_is_the_sum_of_its_slots_and_of_what_is_free(
    slots: list[timedelta], breaks: tuple[Pause, ...]
) -> None:
    """From the begin to the end of the last slot there is nothing but slots and free time."""
    laid = lay(NINE, slots, breaks, CHANGE)
    free = overlap(NINE, laid.over, laid.free)
    assert laid.over - NINE == sum(slots, NOUGHT) + free


def test_a_changeover_may_lie_in_a_break() -> None:
    """A talk that ends as the break begins is planned before it; a second longer, after it."""
    fits = [TEN.begin - NINE + CHANGE]
    assert lay(NINE, fits, [TEN], CHANGE).starts == (NINE,)
    longer = [fits[0] + timedelta(seconds=1)]
    assert lay(NINE, longer, [TEN], CHANGE).starts == (TEN.end,)


@given(rules_with_breaks(), PEOPLE)
def test_a_plan_is_the_sum_of_its_parts(rules: ExamRules, people: list[Student]) -> None:
    """Talks, changeovers, breaks and reserve slots are all that a day needs."""
    found = plan(rules, people)
    slots = sum(slots_of(rules, people), NOUGHT).total_seconds()
    last = rules.changeover_seconds if people else 0
    assert found.needed == slots - last + found.breaks + found.reserve


@given(rules_with_breaks(), PEOPLE)
def test_what_a_plan_proposes_makes_the_class_fit(rules: ExamRules, people: list[Student]) -> None:
    """Fewer students, a shorter talk, or a window that begins earlier or ends later: each fits."""
    found = plan(rules, people)
    assert rules.window is not None
    assert found.students_that_fit is not None
    if found.students_that_fit:
        assert plan(rules, people[: found.students_that_fit]).fits
    if found.longest_talk:
        assert plan(replace(rules, minutes=timedelta(seconds=found.longest_talk)), people).fits
    for earlier, later in ((found.start_earlier, 0), (0, found.end_later)):
        begin = NINE.replace(hour=9) - timedelta(seconds=earlier)
        end = NINE.replace(hour=11) + timedelta(seconds=later)
        if begin.date() == end.date() == NINE.date():
            window = Window(begin.time(), end.time())
            assert plan(replace(rules, window=window), people).fits
            if earlier and found.students_that_fit < len(people):
                window = replace(window, start=(begin + timedelta(seconds=1)).time())
                assert not plan(replace(rules, window=window), people).fits


def test_breaks_and_reserve_slots_count_in_the_plan() -> None:
    """Ten talks before ten o'clock, two minutes lost, ten of break, five more and one reserve."""
    people = [Student(f"s{n}", f"S {n}") for n in range(15)]
    found = plan(RULES, people)
    assert found.breaks == 200 + 600
    assert found.reserve == 340
    assert found.needed == 16 * 340 - 40 + found.breaks
    assert (found.fits, found.reserve_left) == (True, 1)
    full = plan(RULES, [Student(f"s{n}", f"S {n}") for n in range(19)])
    assert (full.fits, full.reserve_left, full.students_that_fit) == (False, 0, 17)


def test_without_a_window_nothing_is_kept_in_reserve() -> None:
    """There is no end before which slots could stay free."""
    found = plan(replace(RULES, window=None, breaks=()), [Student("a", "A")])
    assert (found.needed, found.reserve_left) == (300, None)


def test_breaks_are_in_order_however_they_are_written() -> None:
    """The breaks of a day count from the begin of its window."""
    rules = replace(RULES, breaks=(Break(time(10, 30), MINUTE), *RULES.breaks))
    assert pauses_of(rules, NINE)[0] == TEN
    assert [one.begin - NINE for one in pauses_of(rules, NINE)] == [60 * MINUTE, 90 * MINUTE]


@given(st.integers(0, 10))
def test_a_break_is_never_behind(minute: int) -> None:
    """With all done who were planned before it, the day is on time as long as the break lasts."""
    now = TEN.begin + minute * MINUTE
    seen = pace(now, NINE, END, done=[SLOT] * 10, ahead=[SLOT] * 5, breaks=[TEN], changeover=CHANGE)
    assert seen.behind == NOUGHT
    assert seen.ends_at == TEN.end + 5 * SLOT
    assert seen.each == 50 * MINUTE / 5


def test_what_was_late_before_a_break_is_late_in_it_and_after_it() -> None:
    """A break does not make a day later than it was."""
    for now in (TEN.begin, TEN.begin + 5 * MINUTE, TEN.end):
        seen = pace(
            now, NINE, END, done=[SLOT] * 8, ahead=[SLOT] * 7, breaks=[TEN], changeover=CHANGE
        )
        assert seen.behind == 2 * SLOT


def test_a_talk_that_runs_into_a_break_is_not_cut() -> None:
    """Who is under way when a break begins ends first; the next one comes after the break."""
    begun = TEN.begin - 2 * MINUTE
    seen = pace(
        TEN.begin,
        NINE,
        END,
        done=[SLOT] * 9,
        ahead=[SLOT] * 2,
        used=TEN.begin - begun,
        breaks=[TEN],
        changeover=CHANGE,
    )
    assert seen.ends_at == TEN.end + SLOT


def test_the_forecast_skips_a_break() -> None:
    """Who does not come before a break comes after it, in the early and in the late case."""
    ahead = [SLOT] * 3
    plain = forecast(TEN.begin - 8 * MINUTE, [1.0, 1.1, 0.9], ahead)
    found = forecast(
        TEN.begin - 8 * MINUTE, [1.0, 1.1, 0.9], ahead, breaks=[TEN], changeover=CHANGE
    )
    assert plain is not None
    assert found is not None
    assert found.likely == TEN.end + 2 * SLOT
    assert found.early > plain.early + TEN.length
    assert found.early <= found.likely <= found.late


def test_a_short_planned_break_is_no_slow_student() -> None:
    """Three minutes of planned break are no changeover; the rest of the gap is one."""
    short = Pause(NINE + 5 * MINUTE, NINE + 8 * MINUTE)
    assert short.length < BREAK
    seen = [
        Visit(NINE, NINE + 5 * MINUTE, 5 * MINUTE),
        Visit(NINE + 9 * MINUTE, NINE + 13 * MINUTE, 5 * MINUTE),
    ]
    assert ratios(seen, [short]) == [1.0, 1.0]
