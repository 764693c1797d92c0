"""How the main screens look. Behaviour is asserted elsewhere; these guard the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examrunner.services.opening import open_desk
from examrunner.tui.app import ExamApp
from tests.fakes import FakeClock, FakeEntropy
from tests.tui.room import demo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
ATTENTION = "attention-is-all-you-need"


class Picture:
    """The app on the demo class, with a clock that stands."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.app = ExamApp(
            lambda session: open_desk(session, self.clock, FakeEntropy(), "dr-grey"), folder
        )

    async def settle(self, pilot: Pilot[None]) -> None:
        """Wait until nothing is going on."""
        await self.app.workers.wait_for_complete()
        await pilot.pause()

    async def press(self, pilot: Pilot[None], *keys: str) -> None:
        """Press keys, seven seconds apart."""
        for key in keys:
            await pilot.press(key)
            self.clock.advance(7)
            await self.settle(pilot)

    async def board(self, pilot: Pilot[None]) -> None:
        """Examine two students and miss one."""
        await self.settle(pilot)
        await self.settle(pilot)
        for verdict in "pf":
            await self.press(pilot, "enter", "enter", "r", "space", "1", "s", "s", "e", "w")
            await self.press(pilot, "d", verdict, "enter")
        await self.press(pilot, "a")

    async def sheet(self, pilot: Pilot[None]) -> None:
        """Go to the second question of a paper with a bank."""
        await self.board(pilot)
        await self.press(pilot, "enter", "enter", "c")
        screen: Any = self.app.screen
        place = screen.choices.index(ATTENTION)
        await self.press(pilot, *["down"] * place, "enter", "space", "1", "3", "s")
        await self.press(pilot, "1", "h")
        screen = self.app.screen
        screen.tick()
        await self.settle(pilot)


@SIZES
def test_the_board(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]
) -> None:
    """The board is calm: who is done, who comes next, and the pace."""
    picture = Picture(demo(tmp_path))
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.board)


@SIZES
def test_the_sheet(
    snap_compare: Callable[..., bool], tmp_path: Path, size: tuple[int, int]
) -> None:
    """On the sheet the name and the time are largest, then the question; nothing is cut."""
    picture = Picture(demo(tmp_path))
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.sheet)
