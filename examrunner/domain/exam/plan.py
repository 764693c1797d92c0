"""Does the class fit the window, and what would make it fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from examrunner.domain.exam.rules import allowance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from examrunner.domain.course.people import Student
    from examrunner.domain.exam.settings import ExamRules

STEP = 5
"""A shorter talk is proposed in steps of so many seconds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the day needs, in seconds, and what it has."""

    attempts: int
    extra_time: int
    """How many students have extra time."""
    needed: int | None
    """None where there is no time limit to add up."""
    window: int | None
    """None where there is no window to fit into."""
    longest_talk: int | None
    """The longest talk, in seconds, with which everyone fits; None if not even one step does."""
    students_that_fit: int | None
    """How many, in roster order, fit at the full talk."""
    start_earlier: int
    """Seconds by which to start earlier so that everyone fits; 0 if they do."""

    @property
    def fits(self) -> bool | None:
        """Whether the class fits; None where that cannot be said."""
        if self.needed is None or self.window is None:
            return None
        return self.needed <= self.window


def plan(rules: ExamRules, students: Sequence[Student]) -> Plan:
    """Return the plan for these students. The last changeover is not needed and not counted."""
    papers = rules.papers_per_student
    count = len(students) * papers
    extra = sum(student.extra_time != 1 for student in students)
    window = _window_seconds(rules)
    if rules.minutes is None:
        return Plan(count, extra, None, window, None, None, 0)
    needed = _needed(rules, students)
    if window is None:
        return Plan(count, extra, needed, None, None, None, 0)
    fitting = 0
    while fitting < len(students) and _needed(rules, students[: fitting + 1]) <= window:
        fitting += 1
    return Plan(
        count,
        extra,
        needed,
        window,
        _longest(rules, students, window),
        fitting,
        max(0, needed - window),
    )


def _window_seconds(rules: ExamRules) -> int | None:
    if rules.window is None:
        return None
    begin, end = rules.window.start, rules.window.end
    return _seconds(end) - _seconds(begin)


def _seconds(at: time) -> int:
    return (at.hour * 60 + at.minute) * 60 + at.second


def _needed(rules: ExamRules, students: Sequence[Student]) -> int:
    talks = sum(allowance(rules, student) or 0 for student in students)
    gaps = max(0, len(students) * rules.papers_per_student - 1) * rules.changeover_seconds
    return talks * rules.papers_per_student + gaps


def _longest(rules: ExamRules, students: Sequence[Student], window: int) -> int | None:
    gaps = max(0, len(students) * rules.papers_per_student - 1) * rules.changeover_seconds
    shares = sum((student.extra_time for student in students), Decimal(0))
    shares *= rules.papers_per_student
    if not shares or window <= gaps:
        return None
    talk = int(Decimal(window - gaps) / shares) // STEP * STEP
    # Each student's time is rounded to a whole second, which may add up to more than the window.
    while talk and _needed(replace(rules, minutes=timedelta(seconds=talk)), students) > window:
        talk -= STEP
    return talk or None
