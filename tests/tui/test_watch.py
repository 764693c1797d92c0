"""The board of a session that another process examines."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from examrunner.services.watching import Watch
from examrunner.tui.app import ExamApp
from tests.fakes import FakeClock
from tests.tui.room import CALL, SIZE, Room, demo, room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

WIDE = (120, 40)


@asynccontextmanager
async def watching(
    folder: Path, clock: FakeClock, size: tuple[int, int] = SIZE
) -> AsyncIterator[Room]:
    """Open the app on a session, to look on."""
    app = ExamApp(lambda session: Watch(session, clock, "bob"), folder)
    app.beats = False
    async with app.run_test(size=size) as pilot:
        made = Room(app, pilot, clock)
        await made.settle()
        await made.settle()
        try:
            yield made
        finally:
            app.close_desk()


def copied(exam: Room) -> None:
    """Let the copies of an exam be up to date."""
    assert exam.app.desk.copier is not None
    exam.app.desk.copier.bring_up_to_date(copy=True)


async def test_a_watcher_sees_who_is_examined_on_what(tmp_path: Path) -> None:
    """Name, paper, phase, time left and how much was asked; it follows; no verdict on the board."""
    clock, folder = FakeClock(), demo(tmp_path)
    async with room(folder, clock) as exam:
        await exam.press(*CALL, "s")
        copied(exam)
        title = exam.app.desk.rows()[0].attempt.reading
        assert title is not None
        shown = exam.app.desk.stored_session().title(title)
        async with watching(folder, clock) as watcher:
            clock.advance(30)
            screen = await watcher.press("down")
            assert "watching" in screen
            assert shown[:30] in screen
            assert "running, 4:30 left, 1 of 4 asked" in screen
            await exam.press("e", "d", "p", "enter")
            copied(exam)
            watcher.app.beat()
            screen = await watcher.press("down")
            assert "nobody is with the examiner" in screen
            assert "✓  09:00    Student 01" in screen
            assert "pass" not in screen
            assert all(len(row) <= SIZE[0] for row in screen.splitlines())


async def test_a_watcher_has_no_key_that_changes_anything(tmp_path: Path) -> None:
    """Calling, absences and quitting by mistake are not there; the record can be read."""
    clock, folder = FakeClock(), demo(tmp_path)
    async with room(folder, clock) as exam:
        await exam.press(*CALL, "s", "d", "p", "enter")
        copied(exam)
        head = exam.app.desk.ledger.head() if exam.app.desk.ledger else None
        async with watching(folder, clock, WIDE) as watcher:
            screen = await watcher.press("enter", "a", "l")
            assert "call" not in screen
            screen = await watcher.press("v", "enter")
            assert "strong" in screen
            screen = await watcher.press("d", "f", "enter")
            assert "only watches" in screen
        assert exam.app.desk.ledger is not None
        assert exam.app.desk.ledger.head() == head
