"""Signals, a terminal that closes or sleeps, and keys that mean something to other programs."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Rated, Ticked
from examrunner.tui.words import what_words
from tests.faults.exams import Exam, begin, resume

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import Fault
    from tests.terminal.driver import Terminal

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and ptys are tried on Linux"),
]
ENDINGS = [
    (signal.SIGHUP, 129),
    (signal.SIGTERM, 143),
    (signal.SIGQUIT, 131),
    (signal.SIGINT, 130),
]
PROMISED = 2.0
"""Seconds after which a signal has ended the app."""
STALLED = 3.0
"""The same where nobody reads the terminal."""
MANY = 300
LONG = 6
"""Seconds of a stall that is longer than a gap between two signs of life may be."""
ON_SHEET = r"▌ (opening|core) +\d"


@pytest.fixture
def exam(tmp_path: Path) -> Exam:
    """Return a copy of the demo session."""
    return Exam(tmp_path)


def seconds(deed: Callable[[], object]) -> float:
    """Return how long something took."""
    before = time.monotonic()
    deed()
    return time.monotonic() - before


def stall(terminal: Terminal, keys: tuple[str, ...], count: int) -> None:
    """Press keys that draw and record nothing while nobody reads the terminal.

    Returns once the program waits: it has used no processor time for a while.
    """
    for _, key in zip(range(count), cycle(keys), strict=False):
        terminal.send(key)
    used, quiet = -1.0, 0
    while quiet < 3:
        time_used = terminal.cpu_seconds()
        quiet = quiet + 1 if time_used - used < 0.001 else 0
        used = time_used
        signal.sigtimedwait([], 0.1)


# --- the app ends --------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_a_signal_ends_the_exam_in_order(
    exam: Exam, fault: Fault, number: signal.Signals, code: int
) -> None:
    """The app ends in time with the signal's code, the terminal is as before, all marks stay."""
    with exam.open() as terminal:
        begin(terminal)
        terminal.press("1", "1 ✓")
        terminal.press("s", "▌ core")
        terminal.kill(number)
        took = seconds(lambda: terminal.ends(10))
        assert terminal.poll() == code
        assert took < PROMISED
        assert terminal.is_given_back()
        assert "Traceback" not in terminal.text()
    assert exam.first()["questions"][0]["rating"] == "strong"
    with exam.open() as terminal:
        assert 290 < resume(terminal) <= 300
    fault.report(6, f"{number.name} in mid exam, over in {took:.1f} s", count=1)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_app_though_nobody_reads_its_terminal(
    exam: Exam, fault: Fault, number: signal.Signals, code: int
) -> None:
    """With the loop hanging on a full terminal the app ends in time and gives the terminal back."""
    with exam.open(before=":") as terminal:
        begin(terminal)
        terminal.press("s", "▌ core")
        program = terminal.child()
        stall(terminal, ("j", "k", "?", " ", "b", " "), MANY)
        os.kill(program, number)
        took = seconds(lambda: wait_gone(program))
        assert took < STALLED
        assert terminal.wait(rf"exit code {code}")
        assert terminal.is_given_back()
        terminal.send("enter")
        terminal.ends()
    assert exam.first()["questions"][0]["rating"] == "strong"
    fault.report(5, f"{number.name} to a stalled app, over in {took:.1f} s", count=1)


def wait_gone(process: int, longest: float = 10.0) -> None:
    """Wait until a process is no more, or only a corpse."""
    deadline = time.monotonic() + longest
    while time.monotonic() < deadline:
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return
        if stat.rsplit(")", 1)[1].split()[0] == "Z":
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError(f"process {process} is still there")


@pytest.mark.parametrize("before", ["", "trap '' HUP"], ids=["hang-up", "hang-up ignored"])
def test_an_exam_outlives_its_terminal_twice(exam: Exam, fault: Fault, before: str) -> None:
    """A closed terminal leaves no process and takes no mark, and the exam goes on in a new one."""
    slowest = 0.0
    with exam.open(before=before) as terminal:
        begin(terminal)
        terminal.press("1", "1 ✓")
        slowest = close_terminal(terminal, before)
    with exam.open(before=before) as terminal:
        resume(terminal)
        terminal.press("s", "▌ core")
        slowest = max(slowest, close_terminal(terminal, before))
    with exam.open() as terminal:
        resume(terminal)
        terminal.press("e", "▌ detail")
        terminal.send("ctrl+q", "ctrl+q")
        terminal.ends()
    first = exam.first()["questions"]
    assert [(one["rating"], one["points"]) for one in first[:2]] == [
        ("strong", [1]),
        ("enough", []),
    ]
    words = "terminal closed" + (" with SIGHUP ignored" if before else "")
    fault.report(4, f"{words}, at most {slowest:.1f} s", count=2)


def close_terminal(terminal: Terminal, before: str) -> float:
    """Close the terminal. Returns how long the program stayed."""
    program = terminal.child() if before else terminal.pid
    terminal.hang_up()
    took = seconds(lambda: wait_gone(program))
    assert took < PROMISED
    code = terminal.gone(5)
    if not before:
        assert code == 129
    return took


# --- the app goes on -----------------------------------------------------------------------


def test_keys_typed_into_a_stalled_terminal_count(exam: Exam, fault: Fault) -> None:
    """Keys typed while nobody reads the screen are saved in order once it is read again."""
    with exam.open() as terminal:
        begin(terminal)
        stall(terminal, ("j", "k"), MANY)
        terminal.send("k", "k", "k", "1", "2", "s")
        terminal.wait("strong   u takes it back")
        marks = [one.what for one in exam.events() if isinstance(one.what, Ticked | Rated)]
        assert [what_words(one) for one in marks] == ["point 1", "point 2", "strong"]
        terminal.kill(signal.SIGTERM)
        assert terminal.ends() == 143
    fault.report(5, "keys typed into a terminal that is not read", count=3)


def test_the_clock_goes_on_while_the_terminal_sleeps(exam: Exam, fault: Fault) -> None:
    """Seconds in which nobody read the screen count; where they are asked about, c counts them."""
    with exam.open() as terminal:
        begin(terminal)
        began = time.monotonic()
        stall(terminal, ("j", "k"), MANY)
        while time.monotonic() - began < LONG:
            signal.sigtimedwait([], 0.2)
        while terminal.pump(0.5):
            pass
        if "Resume" in terminal.text():
            terminal.press("c", ON_SHEET)
        terminal.press("d", "esc go on")
        ran = time.monotonic() - began
        terminal.send("p", "enter")
        terminal.wait("enter call")
        terminal.send("q")
        assert terminal.ends() == 0
    assert ran - 2 <= exam.first()["seconds"] <= ran + 1
    fault.report(5, f"terminal not read for {LONG} s", count=1)


def test_keys_that_arrive_together_are_done_one_by_one(exam: Exam, fault: Fault) -> None:
    """What was typed ahead of a slow screen goes where it was meant: notes, cards and marks."""
    with exam.open() as terminal:
        begin(terminal)
        known = len(exam.events())
        typed = ["1", "n", "we said dew", "enter", "s", "?", "?", "?", "1", "2", "b", "b"]
        typed += ["?", "u", "u", "h"]  # a card has two pages here; any key turns it, then closes it
        terminal.send(*typed)
        terminal.wait("clarified   u")
        terminal.send("ctrl+q", "ctrl+q")
        terminal.ends()
    marks = [what_words(one.what) for one in exam.events()[known:]]
    assert marks == ["point 1", "noted", "strong", "point 1", "point 2", "clarified"]
    assert exam.first()["notes"][0]["text"] == "we said dew"
    fault.report(5, "keys that arrive in one go", count=len(typed))


def test_keys_that_are_signals_elsewhere_do_nothing(exam: Exam, fault: Fault) -> None:
    """A storm of control keys and broken bytes in mid exam records nothing and ends nothing."""
    storm = ["ctrl+c", "ctrl+z", "ctrl+\\", "ctrl+s", "ctrl+d"]
    with exam.open() as terminal:
        begin(terminal)
        known = len(exam.events())
        for _ in range(MANY):
            terminal.send(fault.random.choice(storm))
            terminal.pump(0.001)
        terminal.send_bytes(b"\xff\xfe\xc3\x28\x80")
        terminal.press("h", "clarified")
        terminal.press("s", "▌ core")
        assert len(exam.events()) == known + 2
        terminal.send("ctrl+q", "ctrl+q")
        terminal.ends()
        assert "Traceback" not in terminal.text()
    fault.report(7, "control keys in mid exam", count=MANY)


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_a_stopped_app_comes_back_whole(exam: Exam, fault: Fault, number: signal.Signals) -> None:
    """After a stop and SIGCONT the screen is drawn anew, the clock is right, the end is clean."""
    with exam.open(before=":") as terminal:
        begin(terminal)
        program = terminal.child()
        for _ in range(2):
            os.kill(program, number)
            wait_stopped(terminal, program)
            while terminal.pump(0.1):
                pass
            if number == signal.SIGTSTP:
                assert terminal.is_given_back()
            terminal.clear()
            before = time.monotonic()
            while time.monotonic() - before < 1.1:
                signal.sigtimedwait([], 0.1)
            os.kill(program, signal.SIGCONT)
            terminal.wait(ON_SHEET)
        terminal.wait(r"▌ opening +0:0[2-9]")
        terminal.press("s", "▌ core")
        terminal.send("ctrl+q", "ctrl+q")
        terminal.wait("exit code")
        assert terminal.is_given_back()
        terminal.send("enter")
        terminal.ends()
    fault.report(8, f"{number.name} and SIGCONT", count=2)


def wait_stopped(terminal: Terminal, process: int) -> None:
    """Read a terminal until a process in it stands still: it has to give the screen back first."""
    deadline = time.monotonic() + 15
    while not re.search(r"^State:\s+T", Path(f"/proc/{process}/status").read_text(), re.MULTILINE):
        assert time.monotonic() < deadline, f"process {process} does not stop"
        terminal.pump(0.01)


def test_a_stopped_app_can_be_ended(exam: Exam) -> None:
    """SIGTERM to a stopped app, followed by SIGCONT, ends it like any other."""
    with exam.open(before=":") as terminal:
        begin(terminal)
        program = terminal.child()
        os.kill(program, signal.SIGTSTP)
        wait_stopped(terminal, program)
        os.kill(program, signal.SIGTERM)
        os.kill(program, signal.SIGCONT)
        wait_gone(program)
        terminal.wait("exit code 143")
        assert terminal.is_given_back()
        terminal.send("enter")
        terminal.ends()
