"""The course of the day as a picture: how late each call was, and where the verdicts fell.

Drawn from cells on the canvas, like the clock: two strips need no library of plots, and what a
library draws would pass neither the rule that all text goes through Canvas nor a terminal without
colours. The figures stand below in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.events import Verdict
from examrunner.services.day import begin_of, turns
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, MEASURE, Line, Span, line, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.screens.decide import AROUND, fitted
from examrunner.tui.words import VERDICT_INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from examrunner.services.day import Turn

LABEL = 11
"""Cells left of the strips, for their scale."""
TALLEST = 8
"""Rows of the strip of delays, beside its zero."""
MINUTE = timedelta(minutes=1)
SMALLEST_SPAN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Axis:
    """Times of day along so many cells."""

    start: datetime
    end: datetime
    cells: int

    def place(self, at: datetime) -> int:
        """Return the cell of a time."""
        share = (at - self.start) / (self.end - self.start)
        return min(self.cells - 1, max(0, int(share * self.cells)))

    def line(self) -> Line:
        """Return the times at the beginning, in the middle and at the end."""
        middle = self.start + (self.end - self.start) / 2
        marks = [f"{at:%H:%M}" for at in (self.start, middle, self.end)]
        space = self.cells - sum(map(len, marks))
        words = marks[0] + " " * (space // 2) + marks[1] + " " * (space - space // 2) + marks[2]
        return line((" " * LABEL + words, "dim"))


def axis_of(seen: Sequence[Turn], begin: datetime, cells: int) -> Axis:
    """Return an axis that holds the day from its begin or first call to its last end."""
    ends = [one.over_at or one.called_at for one in seen]
    start = min(begin, seen[0].called_at)
    return Axis(start, max(*ends, start + SMALLEST_SPAN), cells)


def delay_lines(seen: Sequence[Turn], axis: Axis) -> list[Line]:
    """Return a bar for each call: above the zero line late, below it early."""
    minutes: dict[int, float] = {}
    for one in seen:
        if one.behind is not None:
            place, late = axis.place(one.called_at), one.behind / MINUTE
            minutes[place] = max(late, minutes.get(place, late), key=abs)
    latest, earliest = max(0.0, *minutes.values()), max(0.0, *(-m for m in minutes.values()))
    unit = max(1, ceil((latest + earliest) / TALLEST))
    rows: list[Line] = []
    for row in range(round(latest / unit), -round(earliest / unit) - 1, -1):
        scale: Span = (f"{row * unit:+9d}  " if row else f"{'on time':>9}  ", "dim")
        bars = [_cell(minutes.get(place), row, unit) for place in range(axis.cells)]
        rows.append((scale, *bars))
    return rows


def _cell(late: float | None, row: int, unit: int) -> Span:
    if late is None:
        return ("·" if row == 0 else " ", "dim" if row == 0 else "")
    height = round(late / unit)
    if row == 0:
        return (" ", "block-good")
    if 0 < row <= height:
        return (" ", "block-warn")
    return (" ", "block-good" if height <= row < 0 else "")


def verdict_lines(seen: Sequence[Turn], axis: Axis) -> list[Line]:
    """Return a row for each verdict, its letter at each time that it was given."""
    rows = []
    for verdict in Verdict:
        counts = [0] * axis.cells
        for one in seen:
            if one.verdict is verdict and one.over_at is not None:
                counts[axis.place(one.over_at)] += 1
        rows.append(((f"{verdict:>9}  ", "dim"), *(_mark(verdict, count) for count in counts)))
    return rows


def _mark(verdict: Verdict, count: int) -> Span:
    """Return the verdict's letter, or a figure where several fall into one cell."""
    if not count:
        return ("·", "dim")
    return (str(verdict)[0] if count == 1 else str(min(count, 9)), VERDICT_INK[verdict])


def figures(seen: Sequence[Turn]) -> list[str]:
    """Return in words what the strips show."""
    words = [f"{len(seen)} called, {seen[0].called_at:%H:%M} to {seen[-1].called_at:%H:%M}"]
    late = [(one.behind, one.called_at) for one in seen if one.behind is not None]
    if late:
        most, at = max(late)
        last = late[-1][0]
        words.append(f"{_behind(most)} at most, at {at:%H:%M}; {_behind(last)} at the last call")
    for verdict in Verdict:
        times = [one.over_at for one in seen if one.verdict is verdict and one.over_at]
        if times:
            start, end = f"{times[0]:%H:%M}", f"{times[-1]:%H:%M}"
            when = f"at {start}" if start == end else f"from {start} to {end}"
            words.append(f"{len(times)} {verdict}, {when}")
    return words


def _behind(late: timedelta) -> str:
    minutes = round(abs(late) / MINUTE)
    if not minutes:
        return "on time"
    return f"{minutes} min {'behind' if late > timedelta(0) else 'ahead'}"


class CourseScreen(ExamScreen):
    """Delays and verdicts over the day."""

    name_in_registry: ClassVar[str] = "course"
    BINDINGS: ClassVar[list[BindingType]] = bindings("course")

    def bar(self) -> Line:
        """Return what this is."""
        return line("the course of the day")

    def draw_body(self) -> None:
        """Draw the strips and their figures."""
        seen = turns(self.exam.desk)
        if not seen:
            self.canvas("body").show([EMPTY, line(("  nobody has been called yet", "dim"))])
            return
        cells = min(self.width, MEASURE + LABEL) - LABEL - 2
        axis = axis_of(seen, begin_of(self.exam.desk, seen[0].called_at), cells)
        rows: list[Line] = [EMPTY]
        if seen[0].behind is not None:
            rows += [line(("  minutes behind the plan at each call", "dim"))]
            rows += [*delay_lines(seen, axis), EMPTY]
        rows += [line(("  verdicts at the time they were given", "dim"))]
        rows += [*verdict_lines(seen, axis), axis.line(), EMPTY]
        for words in figures(seen):
            rows += [line(f"  {row}") for row in wrap(words, self.width - 4)]
        height = self.app.size.height - AROUND
        self.canvas("body").show(fitted(rows, height)[:height])
