"""An exam room for tests: the app on the demo class, keys in, screen text out."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from examrunner.services.demo import copy_demo
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from examrunner.tui.app import ExamApp
from examrunner.tui.widgets.canvas import Canvas
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    from textual.pilot import Pilot

    from examrunner.services.desk import Desk

SIZE = (80, 24)
CALL = ("enter", "enter", "r", "space")
"""From the board to a running sheet."""


class Room:
    """The app under test."""

    def __init__(self, app: ExamApp, pilot: Pilot[None], clock: FakeClock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    async def settle(self) -> None:
        """Wait until nothing is going on."""
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def press(self, *keys: str) -> str:
        """Press keys one after the other. Returns the screen."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()
        return self.text()

    async def type(self, text: str) -> None:
        """Type into the open field."""
        await self.pilot.press(*text)
        await self.settle()

    def text(self) -> str:
        """Return what the screen on top shows."""
        return "\n".join(canvas.plain() for canvas in self.app.screen.query(Canvas))

    def record(self, place: int = 0) -> Any:
        """Return a student of the results' JSON, read from the disk."""
        return as_json(read_results(self.app.desk.folder))["students"][place]


@asynccontextmanager
async def room(
    folder: Path, clock: FakeClock | None = None, size: tuple[int, int] = SIZE
) -> AsyncIterator[Room]:
    """Open the app on a session folder and wait for its board."""
    clock = clock or FakeClock()

    def opener(session: Path) -> Desk:
        return open_desk(session, clock, FakeEntropy(str(session.name)), "dr-grey")

    app = ExamApp(opener, folder)
    app.beats = False  # the fake clock does not tick: a test says when a second has passed
    async with app.run_test(size=size) as pilot:
        made = Room(app, pilot, clock)
        await made.settle()
        await made.settle()
        try:
            yield made
        finally:
            app.close_desk()


def demo(folder: Path) -> Path:
    """Return a copy of the demo session."""
    return copy_demo(folder / "demo")
