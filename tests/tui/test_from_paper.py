"""The record screen says what was keyed in from paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Rating, Verdict
from examrunner.services.enter_paper import Answer, Filled
from tests.services.paper import key_in, kit_room
from tests.tui.room import room

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_record_says_that_it_came_from_paper(tmp_path: Path) -> None:
    """Sheet number, note and marks show; times that nobody noted do not."""
    made = kit_room(tmp_path)
    marks = {1: Answer(Rating.STRONG)}
    key_in(made, Filled(1, Verdict.PASS, marks, note="from 9:42 on"))
    made.leave()
    async with room(made.folder, size=(120, 40)) as there:
        text = await there.press("v")
        assert "pass" in text
        assert "0:00" not in text
        text = await there.press("enter")
        assert "keyed in later from paper sheet 1" in text
        assert "from 9:42 on" in text
        (opening,) = [line for line in text.splitlines() if line.startswith("  opening   strong")]
        assert ":" not in opening
