"""Does the class fit the window, breaks and reserve slots included, and what would make it fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from examrunner.domain.exam.layout import NOUGHT, Laid, Pause, lay
from examrunner.domain.exam.rules import allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from examrunner.domain.course.people import Student
    from examrunner.domain.exam.settings import ExamRules

STEP = 5
"""A shorter talk is proposed in steps of so many seconds."""
SOME_DAY = date(2000, 1, 2)
"""A plan is the same on every day; it may begin on the day before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the day needs, in seconds, and what it has."""

    attempts: int
    extra_time: int
    """How many students have extra time."""
    needed: int | None
    """The whole day: talks, changeovers, breaks and reserve slots. None without a time limit."""
    window: int | None
    """None where there is no window to fit into."""
    longest_talk: int | None
    """The longest talk, in seconds, with which everyone fits; None if not even one step does."""
    students_that_fit: int | None
    """How many, in roster order, fit at the full talk."""
    start_earlier: int
    """Seconds by which to start earlier so that everyone fits; 0 if they do."""
    breaks: int = 0
    """Seconds of `needed` in which nobody is planned: breaks, and what is too short before one."""
    reserve: int = 0
    """Seconds of `needed` for reserve slots, the changeover before each included."""
    reserve_slots: int = 0
    reserve_left: int | None = None
    """How many of the reserve slots the window still holds; None where that cannot be said."""

    @property
    def fits(self) -> bool | None:
        """Whether the class fits; None where that cannot be said."""
        if self.needed is None or self.window is None:
            return None
        return self.needed <= self.window

    @property
    def end_later(self) -> int:
        """Seconds by which to end later so that everyone fits; 0 if they do."""
        return max(0, (self.needed or 0) - (self.window or 0)) if self.window is not None else 0


def plan(rules: ExamRules, students: Sequence[Student]) -> Plan:
    """Return the plan for these students. The last changeover is not needed and not counted."""
    count = len(students) * rules.papers_per_student
    extra = sum(student.extra_time != 1 for student in students)
    window = _window_seconds(rules)
    if rules.minutes is None:
        return Plan(count, extra, None, window, None, None, 0)
    if rules.window is None:
        rules = replace(rules, breaks=(), reserve=0)
    needed, laid = _needed(rules, students), _laid(rules, students)
    if window is None:
        return Plan(count, extra, needed, None, None, None, 0)
    end = _begin(rules) + timedelta(seconds=window)
    kept = _all_slots(rules, students)[len(students) :]
    in_time = [
        start + slot - _changeover(rules) <= end
        for start, slot in zip(laid.starts[len(students) :], kept, strict=True)
    ]
    return Plan(
        count,
        extra,
        needed,
        window,
        _longest(rules, students, window),
        _most(len(students), lambda number: _needed(rules, students[:number]) <= window),
        _earlier(rules, students, end) if needed > window else 0,
        breaks=_seconds(_lost(laid)),
        reserve=_seconds(sum(kept, NOUGHT)) - _unused(rules, students),
        reserve_slots=rules.reserve,
        reserve_left=sum(in_time),
    )


def slots_of(rules: ExamRules, students: Sequence[Student]) -> list[timedelta]:
    """Return for each student the slot: talks and changeovers of all papers."""
    return [slot_of(rules, student) for student in students]


def slot_of(rules: ExamRules, student: Student) -> timedelta:
    """Return what a student takes of the day: allowance and changeover, for each paper."""
    talk = timedelta(seconds=allowance(rules, student) or 0)
    return (talk + _changeover(rules)) * rules.papers_per_student


def pauses_of(rules: ExamRules, begin: datetime) -> tuple[Pause, ...]:
    """Return the planned breaks, in order, of a day whose window begins at `begin`."""
    if rules.window is None:
        return ()
    first = datetime.combine(SOME_DAY, rules.window.start)
    found = []
    for one in sorted(rules.breaks, key=lambda one: one.at):
        at = begin + (datetime.combine(SOME_DAY, one.at) - first)
        found.append(Pause(at, at + one.minutes))
    return tuple(found)


def _changeover(rules: ExamRules) -> timedelta:
    return timedelta(seconds=rules.changeover_seconds)


def _begin(rules: ExamRules) -> datetime:
    start = rules.window.start if rules.window else datetime.min.time()
    return datetime.combine(SOME_DAY, start)


def _window_seconds(rules: ExamRules) -> int | None:
    if rules.window is None:
        return None
    return _seconds(datetime.combine(SOME_DAY, rules.window.end) - _begin(rules))


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _all_slots(rules: ExamRules, students: Sequence[Student]) -> list[timedelta]:
    """Return the slots of the students and, after them, those kept in reserve."""
    usual = (rules.minutes or NOUGHT) + _changeover(rules)
    return [*slots_of(rules, students), *[usual] * rules.reserve]


def _laid(rules: ExamRules, students: Sequence[Student], earlier: int = 0) -> Laid:
    begin = _begin(rules)
    pauses = pauses_of(rules, begin)
    slots = _all_slots(rules, students)
    return lay(begin - timedelta(seconds=earlier), slots, pauses, _changeover(rules))


def _unused(rules: ExamRules, students: Sequence[Student]) -> int:
    """Return the changeover that reserve slots without any student before them do not need."""
    return 0 if students or not rules.reserve else rules.changeover_seconds


def _over(laid: Laid, rules: ExamRules) -> datetime:
    """Return when the last talk is over: nobody changes over after it."""
    return laid.over - _changeover(rules) if laid.starts else laid.over


def _lost(laid: Laid) -> timedelta:
    """Return how long nobody is planned before the last one is done."""
    return sum((one.length for one in laid.free if one.begin < laid.over), NOUGHT)


def _needed(rules: ExamRules, students: Sequence[Student]) -> int:
    return _seconds(_over(_laid(rules, students), rules) - _begin(rules))


def _longest(rules: ExamRules, students: Sequence[Student], window: int) -> int | None:
    shares = sum((student.extra_time for student in students), Decimal(0))
    shares = shares * rules.papers_per_student + rules.reserve
    if not shares:
        return None

    def fits(steps: int) -> bool:
        talk = timedelta(seconds=steps * STEP)
        return _needed(replace(rules, minutes=talk), students) <= window

    return _most(int(Decimal(window) / shares) // STEP + 1, fits) * STEP or None


def _earlier(rules: ExamRules, students: Sequence[Student], end: datetime) -> int:
    """Return the fewest seconds by which an earlier start lets everyone be done by the end.

    Whoever starts so early that all work lies before the window has surely started early enough.
    """
    work = _seconds(sum(_all_slots(rules, students), NOUGHT))

    def fits(less: int) -> bool:
        return _over(_laid(rules, students, work - less), rules) <= end

    return work - _most(work, fits)


def _most(most: int, holds: Callable[[int], bool]) -> int:
    """Return the largest number up to `most` for which something holds, if it does for all below.

    0 where it holds for none.
    """
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
