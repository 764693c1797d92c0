"""One exam to which everything happens: a full disk, a terminal closed twice, a clock set back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from examrunner.services.demo import copy_demo
from tests.faults.exams import LEFT, begin, events_of, resume
from tests.faults.test_clock_faults import SET_CLOCK, set_clock
from tests.faults.test_full_disk_exam import disk, fill, mark_until_full, pytestmark
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, results

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Fault

__all__ = ["disk", "pytestmark"]
"""A fixture and the marks that are shared: they need a small disk of their own."""
HOUR_BACK = -3600


def test_the_worst_day(disk: Path, tmp_path: Path, fault: Fault) -> None:
    """No mark is missing, every clock is right, and the record says what happened."""
    session, offset = copy_demo(disk / "demo"), tmp_path / "offset"
    set_clock(offset, 0)
    argv = [sys.executable, "-c", SET_CLOCK, str(offset), str(session)]
    env = environment(tmp_path)
    with Terminal(argv, env) as terminal:
        begin(terminal)
        terminal.press("s", "opening +strong")
        terminal.hang_up()
        assert terminal.gone(5) == 129
    with Terminal(argv, env) as terminal:
        before = resume(terminal)
        terminal.press("w", "core +weak")
        set_clock(offset, HOUR_BACK)
        terminal.wait("the machine's clock was set")
        filler = fill(disk)
        mark_until_full(terminal)
        terminal.press("e", "detail +enough")
        terminal.hang_up()
        assert terminal.gone(5) == 129
    filler.unlink()
    with Terminal(argv, env) as terminal:
        screen = terminal.wait("the break counts")
        left = LEFT.search(screen)
        assert left is not None
        assert before - 30 < int(left[1]) * 60 + int(left[2]) <= before
        terminal.press("enter", "detail +enough")
        terminal.press("d", "esc go on")
        terminal.press("p", "PASS")
        terminal.press("enter", "✓ .*Student 01")
        terminal.send("q")
        assert terminal.ends() == 0
    first = results(session, tmp_path)["students"][0]
    assert first["score"] == 10
    ratings = [one["rating"] for one in first["attempts"][0]["questions"]]
    assert ratings[:3] == ["strong", "weak", "enough"]
    assert first["attempts"][0]["seconds"] < 60
    kinds = [event.kind for event in events_of(session)]
    assert kinds.count("recovered") == 2
    assert kinds.count("entered") == 3
    assert kinds.count("clock-jumped") >= 1
    fault.report(10, "full disk, terminal closed twice, clock set back in one exam", count=1)
