"""Absent after the rule's minutes, on the board and on the hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.services import conduct
from examrunner.services.watching import Watch
from examrunner.tui.app import ExamApp
from examrunner.tui.widgets.canvas import Canvas
from tests.classes import SETTINGS, write_session
from tests.services.desks import Room
from tests.services.test_watching import mirrored
from tests.tui.room import room

if TYPE_CHECKING:
    from pathlib import Path

RULE = f"{SETTINGS}  absent_after: 10\n"


async def test_the_hand_over_says_since_when_and_offers_absent(tmp_path: Path) -> None:
    """From the rule's minutes on the key stands there with the words of the rule."""
    async with room(write_session(tmp_path / "small", RULE)) as made:
        assert "called at 09:00:00, 0 min ago" in await made.press("enter")
        made.clock.advance(599)
        made.app.screen.refresh_wait()  # type: ignore[attr-defined]
        assert "called at 09:00:00, 9 min ago" in made.text()
        assert "marks absent" not in made.text()
        made.clock.advance(121)
        made.app.screen.refresh_wait()  # type: ignore[attr-defined]
        words = "a marks absent: not here for 12 min, the rule allows it after 10 min"
        assert words in made.text()
        await made.press("a")
        assert made.record()["status"] == "absent"
        assert "not here after the rule's minutes" in made.text()


async def test_who_is_there_is_not_waited_for(tmp_path: Path) -> None:
    """After enter nothing more is said about the call."""
    async with room(write_session(tmp_path / "small", RULE)) as made:
        assert "called at" not in await made.press("enter", "enter")


async def test_the_board_marks_who_is_not_here(tmp_path: Path) -> None:
    """The student's row says for how long; the status line says the key, for the chosen one."""
    async with room(write_session(tmp_path / "small", RULE)) as made:
        await made.press("enter", "l")
        made.clock.advance(12 * 60)
        made.app.screen.refresh_pace()  # type: ignore[attr-defined]
        screen = made.text()
        row = next(text for text in screen.splitlines() if "Rivera" in text)
        assert "not here for 12 min" in row
        assert "a marks absent" not in screen
        assert "not here for 12 min: a marks absent" in await made.press("home")
        await made.press("a")
        assert made.record()["status"] == "absent"


async def test_who_watches_is_offered_nothing(tmp_path: Path) -> None:
    """The row says for how long the student is missing; no key is named that does nothing."""
    made = Room(write_session(tmp_path / "small", RULE))
    try:
        conduct.later(made.desk, conduct.call(made.desk, made.key("ana")))
        mirrored(made, copy=True)
        made.clock.advance(12 * 60)
        app = ExamApp(lambda folder: Watch(folder, made.clock, "bob"), made.folder)
        app.beats = False
        async with app.run_test(size=(80, 24)) as pilot:
            for _ in range(2):
                await app.workers.wait_for_complete()
                await pilot.pause()
            await pilot.press("home")
            await pilot.pause()
            screen = "\n".join(canvas.plain() for canvas in app.screen.query(Canvas))
        assert "not here for 12 min" in screen
        assert "marks absent" not in screen
    finally:
        made.leave()
