"""Two processes on one session (faults 12 and 15): frozen, taken over, woken, watched."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.services.demo import copy_demo
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, program, results

if TYPE_CHECKING:
    from tests.faults.conftest import Fault

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel through /proc"),
]
MARKS = 12


def examining(session: Path, home: Path, *options: str) -> Terminal:
    """Start the app on a session."""
    return Terminal(program("open", str(session), *options), environment(home))


def to_the_sheet(terminal: Terminal) -> None:
    """Go from the board to a running sheet."""
    terminal.wait("Student 01")
    terminal.press("enter", "reveal")
    terminal.press("enter", "✓ +enter")
    terminal.press("r", "▸ +space")
    terminal.press("space", r"opening +0:00")


def held(session: Path) -> bool:
    """Return whether anybody holds a lock on the record, as the kernel says."""
    inode = f":{(session / 'exam.db').stat().st_ino} "
    return inode in Path("/proc/locks").read_text(encoding="ascii")


def freeze(terminal: Terminal, session: Path) -> None:
    """Stop a program between two uses of the record: one that stopped within one goes on first."""
    deadline = time.monotonic() + 20
    quiet = 0
    while True:
        assert time.monotonic() < deadline, "the record is never at rest"
        quiet = 0 if held(session) else quiet + 1
        terminal.pump(0.05)
        if quiet < 3:
            continue
        terminal.kill(signal.SIGSTOP)
        _, status = os.waitpid(terminal.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), "it ended instead of stopping"
        if not held(session):
            return
        terminal.kill(signal.SIGCONT)
        quiet = 0


def events(session: Path) -> list[tuple[int, int, str]]:
    """Return place, epoch and kind of all events on disk."""
    connection = sqlite3.connect(session / "exam.db")
    try:
        return connection.execute("SELECT seq, epoch, kind FROM event ORDER BY seq").fetchall()
    finally:
        connection.close()


def test_a_frozen_examiner_that_wakes_writes_nothing(tmp_path: Path, fault: Fault) -> None:
    """Frozen in mid exam, taken over and woken: none of its keys gets on record."""
    session = copy_demo(tmp_path / "demo")
    with examining(session, tmp_path) as frozen:
        to_the_sheet(frozen)
        frozen.press("s", "strong")
        freeze(frozen, session)
        with examining(session, tmp_path) as refused:
            assert refused.ends() == 3
            assert "--take-over" in refused.text()
        with examining(session, tmp_path, "--take-over") as taker:
            taker.wait("Resume")
            taker.press("enter", "opening +strong")
            for _ in range(MARKS):
                frozen.send(fault.random.choice(("s", "e", "w", "h", "1", "n", "enter")))
            frozen.kill(signal.SIGCONT)
            frozen.wait("(?i)taken over")
            frozen.send("esc", *"wwhx1d")
            frozen.wait("(?i)taken over")
            before = events(session)
            taker.press("w", "weak")
            taker.press("d", "esc go on")
            taker.press("p", "PASS")
            taker.press("enter", "✓ .*Student 01")
            frozen.send("ctrl+q", "ctrl+q")
            frozen.ends()
            taker.send("q")
            assert taker.ends() == 0
    after = events(session)
    entered = next(seq for seq, epoch, kind in after if epoch == 2 and kind == "entered")
    assert all(epoch == 2 for seq, epoch, _ in after if seq >= entered)
    assert len(after) > len(before)
    first = results(session, tmp_path)["students"][0]["attempts"][0]
    ratings = [one["rating"] for one in first["questions"]]
    assert ratings[:2] == ["strong", "weak"]
    fault.report(12, "frozen, taken over, woken with keys pressed", count=MARKS)


def test_a_process_frozen_with_the_record_in_hand_is_named(tmp_path: Path, fault: Fault) -> None:
    """Who froze in the middle of a write can't be shut out: the way to end it is told, exit 4."""
    session = copy_demo(tmp_path / "demo")
    with examining(session, tmp_path) as frozen:
        to_the_sheet(frozen)
        freeze(frozen, session)
        holding = sqlite3.connect(session / "exam.db", isolation_level=None)
        holding.execute("BEGIN EXCLUSIVE")
        with examining(session, tmp_path, "--take-over") as taker:
            assert taker.ends() == 4
            assert f"kill -9 {frozen.pid}" in taker.text()
        holding.close()
        frozen.kill(signal.SIGKILL)
        frozen.ends()
    with examining(session, tmp_path) as again:
        again.wait("Resume")
        again.send("ctrl+q", "ctrl+q")
        again.ends()
    fault.report(12, "frozen with the record in hand", count=1)


def test_a_watcher_follows_and_holds_up_nothing(tmp_path: Path, fault: Fault) -> None:
    """A watcher sees the exam; frozen in the middle of it, it holds up no key of the examiner."""
    session = copy_demo(tmp_path / "demo")
    with examining(session, tmp_path) as examiner:
        to_the_sheet(examiner)
        examiner.press("s", "strong")
        with examining(session, tmp_path, "--watch") as watcher:
            watcher.wait("watching")
            watcher.wait(r"running, \d:\d\d left, 1 of 4 asked")
            examiner.press("e", "enough")
            watcher.wait("2 of 4 asked")
            watcher.send("enter", "a", "l")
            watcher.kill(signal.SIGSTOP)
            began = time.monotonic()
            for key, shown in (("w", "weak"), ("h", "clarified"), ("u", "taken back")):
                examiner.press(key, shown)
            took = time.monotonic() - began
            watcher.kill(signal.SIGCONT)
            watcher.wait("3 of 4 asked")
            watcher.send("q")
            assert watcher.ends() == 0
        assert took < 5, "a key waits at most so long for a lock before it is NOT SAVED"
        assert "NOT SAVED" not in examiner.text()
        examiner.send("ctrl+q", "ctrl+q")
        examiner.ends()
    kinds = [kind for _, _, kind in events(session)]
    assert "absent" not in kinds
    assert "postponed" not in kinds
    assert kinds.count("entered") == 1
    fault.report(12, "watched, the watcher frozen meanwhile", count=1)
