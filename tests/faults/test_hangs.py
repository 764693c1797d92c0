"""Something hangs, a disk or a database, and the app is told to end all the same."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.exams import Exam, begin
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Fault

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and ptys are tried on Linux"),
]
HANGING = """
import sys, threading
from examrunner.services import conduct
from examrunner.services.desk import Desk
def hang(*_, **__):
    threading.Event().wait()
place, session = sys.argv[1:]
if place == "closing":
    Desk.close = hang
else:
    conduct.rate = hang
from examrunner.main import run
sys.argv[:] = ["examrunner", "open", session]
run()
"""
"""The app on a disk that never answers, when a rating is saved or when the desk is closed."""
PROMISED = 2.0


@pytest.mark.parametrize(("place", "keys"), [("closing", ""), ("saving", "s")])
def test_what_hangs_holds_no_end_up(tmp_path: Path, fault: Fault, place: str, keys: str) -> None:
    """SIGTERM ends an app whose disk hangs in 2 s, and the terminal is given back."""
    exam = Exam(tmp_path)
    argv = [sys.executable, "-c", HANGING, place, str(exam.session)]
    with Terminal(argv, environment(tmp_path)) as terminal:
        begin(terminal)
        terminal.press("1", "point 1")
        terminal.send(keys)
        terminal.pump(0.3)
        before = time.monotonic()
        terminal.kill(signal.SIGTERM)
        assert terminal.ends() == 143
        took = time.monotonic() - before
        assert took < PROMISED
        assert terminal.is_given_back()
    assert exam.first()["questions"][0]["points"] == [1]
    fault.report(6, f"SIGTERM while {place} hangs, over in {took:.1f} s", count=1)
