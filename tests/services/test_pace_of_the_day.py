"""Planned times and pace of a session, on its own date and on others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Verdict
from examrunner.services.day import day_of
from examrunner.services.opening import open_desk
from tests.classes import SETTINGS, examine, write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from pathlib import Path

ANOTHER_DATE = SETTINGS.replace("2024-12-13", "2024-12-20")


def test_on_its_date_the_pace_counts_from_the_window(tmp_path: Path) -> None:
    """Ten minutes into the window with nobody examined, the day is ten minutes behind."""
    clock = FakeClock()
    clock.advance(600)
    desk = open_desk(write_session(tmp_path / "small"), clock, FakeEntropy(), "ann")
    day = day_of(desk)
    desk.close()
    assert day.planned[:2] == ("09:00", "09:05")
    assert day.pace is not None
    assert day.pace.behind.total_seconds() == 600


def test_on_another_date_the_pace_counts_from_the_first_call(tmp_path: Path) -> None:
    """A rehearsal has a pace of its own, and a session opened a week later has none."""
    folder = write_session(tmp_path / "small", settings=ANOTHER_DATE)
    clock = examine(folder, {"ana": Verdict.PASS})
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    now = day_of(desk).pace
    clock.advance(5 * 86400)
    later = day_of(desk).pace
    desk.close()
    assert now is not None
    assert abs(now.behind.total_seconds()) < 120
    assert later is None
