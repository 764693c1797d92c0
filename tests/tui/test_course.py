"""The course of the day as a picture."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam.events import Verdict
from examrunner.services.day import Turn
from examrunner.tui.lines import width_of
from examrunner.tui.screens.course import (
    LABEL,
    TALLEST,
    Axis,
    axis_of,
    delay_lines,
    figures,
    verdict_lines,
)
from tests.classes import SETTINGS, VERDICTS, examine, write_session
from tests.fakes import NINE, FakeClock
from tests.tui.room import room

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.tui.lines import Line

MINUTE = timedelta(minutes=1)
TURNS = st.lists(
    st.builds(
        lambda at, took, verdict, late: Turn(
            NINE + at * MINUTE, NINE + (at + took) * MINUTE, verdict, late * MINUTE
        ),
        st.integers(0, 300),
        st.integers(0, 30),
        st.sampled_from(Verdict),
        st.integers(-90, 600),
    ),
    min_size=1,
    max_size=40,
).map(lambda seen: sorted(seen, key=lambda one: one.called_at))


def bars(rows: list[Line], ink: str) -> int:
    """Return how many cells are drawn in an ink."""
    return sum(len(text) for row in rows for text, name in row if name == ink)


@given(TURNS, st.integers(60, 100))
def test_every_strip_fits_and_shows_each_time(seen: list[Turn], cells: int) -> None:
    """All rows have the width of the axis, and each call has a cell on the zero line."""
    axis = axis_of(seen, NINE, cells)
    delays = delay_lines(seen, axis)
    assert len(delays) <= TALLEST + 3
    for row in (*delays, *verdict_lines(seen, axis), axis.line()):
        assert width_of(row) == LABEL + cells
    places = {axis.place(one.called_at) for one in seen}
    zero = next(row for row in delays if row[0][0].strip() == "on time")
    assert bars([zero], "block-good") == len(places)


@given(TURNS)
def test_no_verdict_is_lost_on_the_strip(seen: list[Turn]) -> None:
    """Letters and figures of each row add up to its verdicts, up to nine in a cell."""
    rows = verdict_lines(seen, Axis(NINE, NINE + 400 * MINUTE, 400))
    for verdict, row in zip(Verdict, rows, strict=True):
        marks = [mark for mark, _ in row[1:] if mark != "·"]
        total = sum(int(mark) if mark.isdigit() else 1 for mark in marks)
        given_at = [one.over_at for one in seen if one.verdict is verdict]
        assert total == sum(min(given_at.count(at), 9) for at in set(given_at))


def test_late_stands_above_the_line_and_early_below() -> None:
    """Three minutes late are three rows up, two minutes early two rows down, each with a scale."""
    seen = [
        Turn(NINE, NINE + 5 * MINUTE, Verdict.PASS, -2 * MINUTE),
        Turn(NINE + 30 * MINUTE, None, None, 3 * MINUTE),
    ]
    rows = delay_lines(seen, axis_of(seen, NINE, 60))
    assert [row[0][0].strip() for row in rows] == ["+3", "+2", "+1", "on time", "-1", "-2"]
    assert bars(rows[:3], "block-warn") == 3
    assert bars(rows[4:], "block-good") == 2
    assert figures(seen) == [
        "2 called, 15:00 to 15:30",
        "3 min behind at most, at 15:30; 3 min behind at the last call",
        "1 pass, at 15:05",
    ]


async def test_g_shows_the_day_and_escape_the_results(tmp_path: Path) -> None:
    """After three students, ten minutes late: delays, verdicts and the same in words."""
    folder, clock = write_session(tmp_path / "small"), FakeClock()
    clock.advance(600)
    examine(folder, VERDICTS, clock)
    async with room(folder, clock) as desk:
        shown = await desk.press("v", "g")
        assert "minutes behind the plan at each call" in shown
        assert "3 called, 09:10 to 09:19" in shown
        assert "10 min behind at most, at 09:10; 8 min behind at the last call" in shown
        for verdict in ("pass", "edge", "fail"):
            assert f"1 {verdict}, at 09:" in shown
        assert "student" in await desk.press("escape")


async def test_without_a_plan_only_the_verdicts_are_drawn(tmp_path: Path) -> None:
    """A session without hours is never behind; an empty one says that it is empty."""
    folder = write_session(tmp_path / "small", SETTINGS.split("  window")[0])
    async with room(folder) as desk:
        assert "nobody has been called yet" in await desk.press("v", "g")
    clock = examine(folder, VERDICTS)
    async with room(folder, clock) as desk:
        shown = await desk.press("v", "g")
        assert "behind" not in shown
        assert "verdicts at the time they were given" in shown
