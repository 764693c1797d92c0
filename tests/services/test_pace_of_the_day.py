"""Planned times and pace of a session, on its own date and on others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.pace import pace
from examrunner.services import conduct, draws
from examrunner.services.day import Day, day_of
from examrunner.services.opening import open_desk
from examrunner.tui.words import pace_words
from tests.classes import SETTINGS, examine, write_session
from tests.fakes import NINE, FakeClock, FakeEntropy

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = FakeEntropy()
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


def test_without_a_window_nothing_is_ever_behind(tmp_path: Path) -> None:
    """A session without hours has neither planned times nor a pace."""
    desk = open_desk(write_session(tmp_path / "small", "session: s\n"), FakeClock(), RANDOM, "ann")
    day = day_of(desk)
    desk.close()
    assert day == Day((), None)


def test_without_a_limit_there_is_no_plan(tmp_path: Path) -> None:
    """Where talks have no length, a window plans nothing."""
    folder = write_session(tmp_path / "small", f"{SETTINGS}  minutes: none\n")
    desk = open_desk(folder, FakeClock(), RANDOM, "ann")
    day = day_of(desk)
    desk.close()
    assert day == Day((), None)


def test_before_the_first_call_of_another_day_there_is_no_pace(tmp_path: Path) -> None:
    """The planned times are shown all the same."""
    folder = write_session(tmp_path / "small", settings=ANOTHER_DATE)
    desk = open_desk(folder, FakeClock(), RANDOM, "ann")
    day = day_of(desk)
    desk.close()
    assert len(day.planned) == 4
    assert day.pace is None


def test_a_decided_first_paper_counts_as_time_used(tmp_path: Path) -> None:
    """Two papers a student: after the first one, done on time, the day is not behind."""
    settings = f"{SETTINGS}  papers_per_student: 2\n"
    clock = FakeClock()
    desk = open_desk(write_session(tmp_path / "small", settings), clock, RANDOM, "ann")
    for seconds in (340, 100):
        key = conduct.call(desk, next(row.key for row in desk.rows()))
        conduct.present(desk, desk.row(key).attempt)
        draws.reveal(desk, desk.row(key).attempt)
        clock.advance(seconds)
        found = day_of(desk).pace
        assert found is not None
        assert found.behind.total_seconds() == 0
        conduct.stop(desk, desk.row(key).attempt)
        conduct.decide(desk, desk.row(key).attempt, Verdict.PASS)
    desk.close()


def test_who_is_absent_is_not_waited_for(tmp_path: Path) -> None:
    """An absent student is not among those to come."""
    desk = open_desk(write_session(tmp_path / "small"), FakeClock(), RANDOM, "ann")
    before = day_of(desk).pace
    conduct.absent(desk, desk.rows()[1].key)
    after = day_of(desk).pace
    desk.close()
    assert before is not None
    assert after is not None
    assert (before.to_go, after.to_go) == (4, 3)


@pytest.mark.parametrize("late", [-900, 0, 1200], ids=["early", "on time", "late"])
def test_the_forecast_counts_the_talks_and_not_when_the_day_began(
    tmp_path: Path, late: int
) -> None:
    """Three students of five minutes each: the fourth is expected to take as long from now."""
    folder, clock = write_session(tmp_path / "small"), FakeClock()
    clock.advance(late)
    examine(folder, dict.fromkeys(("ana", "chi", "eli"), Verdict.PASS), clock)
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    found, now = day_of(desk).pace, clock.at
    words = [text for text, _ in pace_words(day_of(desk))]
    desk.close()
    assert found is not None
    assert found.forecast is not None
    assert 261 <= (found.ends_at - now).total_seconds() <= 291
    assert found.forecast.early <= found.ends_at <= found.forecast.late
    early, last = found.forecast.early, found.forecast.late
    assert words[2] == f"done {early:%H:%M} to {last:%H:%M} (8 of 10)"


def test_before_three_are_done_the_end_is_the_plan_and_says_so(tmp_path: Path) -> None:
    """Two students are no forecast."""
    folder = write_session(tmp_path / "small")
    clock = examine(folder, {"ana": Verdict.PASS, "chi": Verdict.PASS})
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    day = day_of(desk)
    desk.close()
    assert day.pace is not None
    assert day.pace.forecast is None
    assert [text for text, _ in pace_words(day)] == [
        "2 min ahead",
        "2 to go, 10:09 each by 09:30",
        "done 09:21 by plan",
    ]


def test_the_pace_fits_one_line_of_80_columns() -> None:
    """Far behind, with a hundred to go: nothing is cut."""
    begin, end = NINE, NINE + timedelta(hours=2)
    at, slot = NINE + timedelta(hours=2, minutes=3), timedelta(minutes=1)
    seen = pace(
        at, begin, end + timedelta(hours=1), done=[slot] * 3, ahead=[slot] * 3, seen=[1] * 3
    )
    words = [text for text, _ in pace_words(Day((), seen))]
    assert len("  " + "   ".join(words)) <= 80
