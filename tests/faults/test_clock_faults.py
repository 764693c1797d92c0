"""Clocks that jump: the machine sleeps, and somebody sets the time of day in mid exam."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import ClockJumped, Rated
from tests.faults.exams import LEFT, Exam, begin, resume
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Fault

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform != "linux", reason="ptys and time name spaces: tried on Linux"),
]
ASLEEP = 120
BACK, FORWARD = -600, 7200
SLEEPING = ["unshare", "-T", "--boottime", str(ASLEEP), "--fork"]
"""Runs a program on a machine that has slept: only its boot clock is ahead."""
SET_CLOCK = """
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from examrunner.storage.clock import SystemClock
told, session = Path(sys.argv[1]), sys.argv[2]
machine = SystemClock.now
def now(clock):
    moment = machine(clock)
    return replace(moment, at=moment.at + timedelta(seconds=int(told.read_text())))
SystemClock.now = now
from examrunner.main import run
sys.argv[:] = ["examrunner", "open", session]
run()
"""
"""The program on a machine whose time of day is off by the seconds in a file."""


def can_shift_the_boot_clock() -> bool:
    """Say whether this machine and user may make a time name space."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        return False
    return subprocess.run([*SLEEPING, "true"], capture_output=True, check=False).returncode == 0


def set_clock(file: Path, seconds: int) -> None:
    """Set the time of day of a running program."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(seconds), encoding="ascii")
    fresh.replace(file)


@pytest.mark.root
@pytest.mark.parametrize("key", ["enter", "c"])
def test_time_asleep_is_seen_and_counted_only_if_wanted(
    tmp_path: Path, fault: Fault, key: str
) -> None:
    """After a sleep of 120 s the Resume screen shows both times, and each key takes its own."""
    if not can_shift_the_boot_clock():
        pytest.skip("NOT RUN: a sleeping machine needs root and unshare with time name spaces")
    exam = Exam(tmp_path)
    with exam.open() as terminal:
        begin(terminal)
        terminal.press("s", "▌ core")
        terminal.kill()
        terminal.ends()
    command = [*SLEEPING, *program("open", str(exam.session))]
    with Terminal(command, environment(tmp_path)) as terminal:
        screen = terminal.wait("the break counts")
        left = LEFT.search(screen)
        assert left is not None
        then = int(left[1]) * 60 + int(left[2])
        with_break = re.search(r"go on with (\d+):(\d\d); the break counts", screen)
        assert with_break is not None
        after = int(with_break[1]) * 60 + int(with_break[2])
        assert ASLEEP <= then - after <= ASLEEP + 10
        terminal.press(key, "▌ core")
        terminal.send("ctrl+q", "ctrl+q")
        terminal.ends()
    command = [*SLEEPING, *program("open", str(exam.session))]
    with Terminal(command, environment(tmp_path)) as terminal:
        found = resume(terminal)
        wanted = after if key == "c" else then
        assert wanted - 5 <= found <= wanted
        terminal.send("ctrl+q", "ctrl+q")
        terminal.ends()
    words = f"the machine slept {ASLEEP} s, the break judged by {key}"
    fault.report(8, words, count=1)


def test_the_time_of_day_may_be_set_in_mid_exam(tmp_path: Path, fault: Fault) -> None:
    """Set back and forward, it moves no countdown; the record says so, in the order of events."""
    exam, offset = Exam(tmp_path), tmp_path / "offset"
    set_clock(offset, 0)
    argv = [sys.executable, "-c", SET_CLOCK, str(offset), str(exam.session)]
    with Terminal(argv, environment(tmp_path)) as terminal:
        begin(terminal)
        began = time.monotonic()
        for seconds, key, shows in ((BACK, "s", "▌ core"), (FORWARD, "e", "▌ detail")):
            set_clock(offset, seconds)
            terminal.wait("clock was set")
            terminal.press(key, shows)
        terminal.wait(r"▌ detail +0:0[1-9]")
        ran = time.monotonic() - began
        terminal.kill()
        assert terminal.ends() == -signal.SIGKILL
    with Terminal(argv, environment(tmp_path)) as terminal:
        left = resume(terminal)
        assert 300 - ran - 2 <= left <= 300 - ran + 2
        terminal.press("w", "▌ critique")
        terminal.send("ctrl+q", "ctrl+q")
        terminal.ends()
    events = exam.events()
    assert [one.seq for one in events] == list(range(1, len(events) + 1))
    jumps = [one.what.seconds for one in events if isinstance(one.what, ClockJumped)]
    wanted = (BACK, FORWARD - BACK)
    assert all(abs(found - told) <= 1 for found, told in zip(jumps, wanted, strict=True))
    rated = [str(one.what.rating) for one in events if isinstance(one.what, Rated)]
    assert rated == ["strong", "enough", "weak"]
    spent = [one["seconds"] for one in exam.first()["questions"][:3]]
    assert all(0 <= seconds <= ran + 10 for seconds in spent)
    fault.report(9, f"time of day set by {BACK} and {FORWARD - BACK} s in mid exam", count=2)
