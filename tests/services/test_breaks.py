"""Planned breaks and reserve slots, wherever planned times are made or told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Verdict
from examrunner.main import main
from examrunner.services import conduct
from examrunner.services.day import day_of, turns
from examrunner.services.doctor.rules import rules_in_words
from examrunner.services.handout import handout_of
from examrunner.services.kit import make_kit
from examrunner.services.opening import open_desk
from tests.classes import SETTINGS, examine, write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.desk import Desk

Captured = pytest.CaptureFixture[str]
BREAKS = f"{SETTINGS}  breaks: [{{at: 09:11, minutes: 7}}]\n  reserve: 1\n"
"""Two of the four students before the break, 9:11 to 9:18."""


def opened(folder: Path, clock: FakeClock) -> Desk:
    """Return a desk on the session."""
    return open_desk(folder, clock, FakeEntropy(), "ann")


def test_planned_times_skip_the_break(tmp_path: Path) -> None:
    """The third student is planned after the break, which stands before that student."""
    desk = opened(write_session(tmp_path / "small", BREAKS), FakeClock())
    day = day_of(desk)
    desk.close()
    assert day.planned == ("09:00", "09:05", "09:18", "09:23")
    assert [(place, f"{one.begin:%H:%M}") for place, one in day.breaks] == [(2, "09:11")]
    assert day.due is None


def test_a_break_that_nobody_comes_after_has_no_place(tmp_path: Path) -> None:
    """A break at the end of the window stands between no students."""
    settings = f"{SETTINGS}  breaks: [{{at: 09:25, minutes: 5}}]\n"
    desk = opened(write_session(tmp_path / "small", settings), FakeClock())
    assert day_of(desk).breaks == ()
    desk.close()


def test_a_break_is_due_once_all_before_it_are_done(tmp_path: Path) -> None:
    """From the last verdict before it until its end the break is due, and nothing is behind."""
    folder = write_session(tmp_path / "small", BREAKS)
    clock = examine(folder, {"ana": Verdict.PASS, "chi": Verdict.PASS})
    desk = opened(folder, clock)
    due: dict[str, str] = {}
    behind: dict[str, float] = {}
    while (minute := f"{clock.at:%M}") < "20":
        day = day_of(desk)
        assert day.pace is not None
        due[minute] = f"{day.due:%H:%M}" if day.due else ""
        behind[minute] = day.pace.behind.total_seconds()
        clock.advance(60)
    desk.close()
    assert [due[minute] for minute in ("12", "17", "18")] == ["09:18", "09:18", ""]
    assert (behind["12"], behind["17"]) == (0, 0)
    assert behind["19"] > 0


def test_no_break_is_due_while_a_student_is_there_or_is_still_to_come(tmp_path: Path) -> None:
    """One who was planned before it holds the break up; an absent one does not."""
    folder = write_session(tmp_path / "small", BREAKS)
    desk = opened(folder, examine(folder, {"ana": Verdict.PASS}))
    key = desk.rows()[1].key
    assert day_of(desk).due is None
    conduct.absent(desk, key)
    assert day_of(desk).due is not None
    conduct.call(desk, desk.rows()[2].key)
    assert day_of(desk).due is None
    desk.close()


def test_the_course_of_the_day_knows_breaks(tmp_path: Path) -> None:
    """A student called as the break ends is on time."""
    folder = write_session(tmp_path / "small", BREAKS)
    clock = examine(folder, {"ana": Verdict.PASS, "chi": Verdict.PASS})
    desk = opened(folder, clock)
    while f"{clock.at:%M}" < "18":
        clock.advance(1)
    conduct.call(desk, desk.rows()[2].key)
    last = turns(desk)[-1].behind
    desk.close()
    assert last is not None
    assert last.total_seconds() == 0


def test_the_rules_the_handout_and_the_kit_tell_of_breaks(tmp_path: Path) -> None:
    """Doctor reads both rules out, students learn of the break, the kit's cover has it."""
    folder = write_session(tmp_path / "small", BREAKS)
    desk = opened(folder, FakeClock())
    told = {rule.about: rule.words for rule in rules_in_words(desk.settings, None)}
    assert told["planned breaks"] == "09:11 to 09:18. Nobody is planned then."
    assert "1 slot at the end" in told["reserve"]
    words = " ".join(text for one in handout_of(folder).sections for text in one.words)
    assert "planned break: 09:11 to 09:18." in words
    page = make_kit(desk, tmp_path / "kit.html", blank=True).file.read_text()
    desk.close()
    assert "break 09:11 to 09:18" in page
    assert "09:23" in page


def test_plan_tells_what_is_kept_in_reserve(tmp_path: Path, capsys: Captured) -> None:
    """Breaks and reserve slots stand in the sum, and how many of them are left."""
    folder = write_session(tmp_path / "small", BREAKS)
    assert main(["plan", str(folder)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 break and the waiting before, 1 reserve slot (5:40)" in said
    assert "Reserve slots left over: 0 of 1." in said
    assert main(["plan", str(folder), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["reserve"], data["reserve_left"], data["reserve_seconds"]) == (1, 0, 340)
    assert data["needed_seconds"] == 4 * 340 - 40 + data["breaks_seconds"] + 340
    assert data["fits"] is False
    assert (data["end_later_seconds"], data["start_earlier_seconds"]) == (260, 320)
