"""An hour of running clock costs no memory."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

from tests.fakes import FakeClock
from tests.tui.room import CALL, demo, room

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.room import Room

MINUTE, HOUR = 60, 3600
OURS = "*/examrunner/*"
"""Textual fills caches of its own, up to a limit."""
MOST = 50_000
"""Bytes: a list that grew by one small object a second would pass it."""


async def run(exam: Room, clock: FakeClock, seconds: int) -> int:
    """Let the clock run, each second looked at and drawn. Returns our bytes in use then."""
    for second in range(seconds):
        clock.advance(1)
        exam.app.screen.tick()  # type: ignore[attr-defined]
        exam.app.beat()
        if second % 30 == 0:
            await exam.pilot.pause()
    await exam.settle()
    gc.collect()
    ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, OURS)])  # noqa: FBT003
    return sum(one.size for one in ours.statistics("filename"))


async def test_an_hour_of_running_clock_adds_no_memory(tmp_path: Path) -> None:
    """After the first minutes the sheet, the beat and the lease need no byte more in an hour."""
    clock = FakeClock()
    async with room(demo(tmp_path), clock, (120, 40)) as exam:
        await exam.press(*CALL, "s", "h")
        tracemalloc.start()
        try:
            before = await run(exam, clock, 20 * MINUTE)  # until the caches of lines are full
            after = await run(exam, clock, HOUR)
        finally:
            tracemalloc.stop()
    assert after - before < MOST
