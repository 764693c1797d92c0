"""Any keys in any order: what the phase table forbids never happens, and nothing breaks."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.attempts import Attempt, fold
from examrunner.domain.exam.phases import UNDER_WAY
from examrunner.services.verify import verify
from examrunner.tui.actions import SCREENS
from tests.classes import write_session
from tests.fakes import FakeClock
from tests.tui.room import CALL, room

if TYPE_CHECKING:
    from pathlib import Path

KEYS = 180
LEAVES = {"q", "ctrl+q"}
"""Keys that end the app."""
FILES = {"x", "g"}
"""Keys that lead to exports: their files are another test's."""
EVERY = sorted(
    {key for actions in SCREENS.values() for action in actions for key in action.keys.split(",")}
    - LEAVES
)
LIKELY = ("enter", "enter", "enter", "r", "space", "s", "d", "p", "e", "down")
"""What an examiner presses most: without them a walk would rarely come to a verdict."""


@pytest.mark.parametrize("seed", range(4))
async def test_any_walk_leaves_a_record_that_holds(tmp_path: Path, seed: int) -> None:
    """After hundreds of keys at random the app runs, memory and ledger agree, the record holds."""
    chance, clock = random.Random(seed), FakeClock()
    folder = write_session(tmp_path / "walk")
    async with room(folder, clock) as exam:
        await exam.press(*CALL)
        for _ in range(KEYS):
            key = chance.choice(LIKELY) if chance.random() < 0.4 else chance.choice(EVERY)
            if key in FILES and exam.app.screen.__class__.__name__ == "ResultsScreen":
                continue
            clock.advance(chance.choice((0, 1, 7)))
            await exam.pilot.press(key)
            if chance.random() < 0.1:
                exam.app.beat()
        await exam.settle()
        assert exam.app.failure is None
        desk = exam.app.desk
        busy = [one for one in desk.attempts() if one.phase in UNDER_WAY]
        assert len(busy) <= 1
        ledger = desk.ledger
        assert ledger is not None
        for one in desk.attempts():
            bare = Attempt(one.id, one.student, one.number)
            assert one == fold(bare, ledger.events(one.id))
        secret = (folder / "secret.txt").read_text(encoding="ascii").strip()
        assert verify(ledger, secret) == []
        assert not desk.waiting
