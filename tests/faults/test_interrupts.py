"""Commands under storms of signals: files are whole or absent, and nothing is told as a bug."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Exported
from examrunner.services.folders import REVIEWS_FILE, ROSTER_FILE, SETTINGS_FILE
from examrunner.storage import interrupts
from tests.classes import VERDICTS, examine, write_files, write_session
from tests.faults.exams import events_of
from tests.terminal.test_terminal import environment, program

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import Fault

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals"),
]
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
BETWEEN = 0.005
"""Seconds between two signals of a storm."""
RUNS = 8
"""Runs of one command for each kind of storm."""


def stormed(command: list[str], home: Path, number: int, begin: float) -> tuple[int, str]:
    """Run a command; from a moment on send it a signal every 5 ms. Returns code and stderr.

    Before our code runs a signal finds the interpreter as it is: no program can change that, so
    the storm waits until the process has taken the signals over.
    """
    running = subprocess.Popen(
        command,
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    with running:
        while running.poll() is None and not has_taken(running.pid):
            signal.sigtimedwait([], 0.001)
        started = time.monotonic()
        while running.poll() is None:
            if time.monotonic() - started >= begin:
                running.send_signal(number)
            signal.sigtimedwait([], BETWEEN)
        assert running.stderr is not None
        return running.returncode, running.stderr.read()


def has_taken(process: int) -> bool:
    """Say whether a process handles SIGTERM itself: our code has begun."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    (caught,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def storms(
    fault: Fault,
    home: Path,
    command: Callable[[int], list[str]],
    check: Callable[[int, int], None],
) -> int:
    """Run a command under storms of each signal, and check after each run what it left.

    Storms begin at a random moment of the time that a quiet run takes. Returns how many runs a
    signal ended.
    """
    before = time.monotonic()
    assert stormed(command(0), home, 0, math.inf) == (0, "")
    check(0, 0)
    longest = time.monotonic() - before
    ended = 0
    for run in range(RUNS):
        for number, code in CODES.items():
            begin = fault.random.uniform(0, longest)
            place = run * len(CODES) + number + 1
            found, told = stormed(command(place), home, number, begin)
            assert found in (0, code), told
            assert told == ""
            ended += found == code
            check(place, found)
    return ended


def test_a_new_session_is_whole_or_absent(tmp_path: Path, fault: Fault) -> None:
    """`new` under a storm leaves a whole session or nothing, not even a temporary folder."""
    roster, reviews = write_files(tmp_path)
    made = tmp_path / "made"
    made.mkdir()
    known: set[str] = set()

    def command(place: int) -> list[str]:
        files = ["--roster", str(roster), "--reviews", str(reviews)]
        return program("new", str(made / f"s{place}"), *files)

    def check(place: int, code: int) -> None:
        folder = made / f"s{place}"
        assert {one.name for one in made.iterdir()} <= {folder.name} | known
        if folder.exists():
            known.add(folder.name)
            assert {one.name for one in folder.iterdir()} == {
                SETTINGS_FILE,
                ROSTER_FILE,
                REVIEWS_FILE,
            }
        assert folder.exists() or code

    ended = storms(fault, tmp_path, command, check)
    assert ended
    fault.report(7, f"signals every 5 ms during `new`, {len(known)} sessions whole", count=ended)


def test_an_export_and_its_record_are_both_there_or_neither(tmp_path: Path, fault: Fault) -> None:
    """`export` under a storm leaves a file with its event, or no file and no event."""
    folder = write_session(tmp_path / "small")
    examine(folder, VERDICTS)
    out = tmp_path / "out"
    out.mkdir()

    def command(place: int) -> list[str]:
        return program("export", "csv", str(folder), "--out", str(out / f"{place}.csv"))

    def check(place: int, code: int) -> None:
        recorded = {one.what.file for one in events_of(folder) if isinstance(one.what, Exported)}
        assert {one.name for one in out.iterdir()} == recorded
        assert f"{place}.csv" in recorded or code

    ended = storms(fault, tmp_path, command, check)
    assert ended
    words = f"signals every 5 ms during `export`, {len(list(out.iterdir()))} files whole"
    fault.report(7, words, count=ended)


@pytest.mark.parametrize("words", [["check"], ["results"], ["results", "--json"]])
def test_a_command_that_only_reads_ends_quietly(
    tmp_path: Path, fault: Fault, words: list[str]
) -> None:
    """A storm ends a reading command with the signal's code and without a word."""
    folder = write_session(tmp_path / "small")
    examine(folder, VERDICTS)
    before = sorted(one.name for one in folder.iterdir())
    for number, code in CODES.items():
        command = program(words[0], str(folder), *words[1:])
        found, told = stormed(command, tmp_path, number, fault.random.uniform(0, 0.1))
        assert (found, told) in ((code, ""), (0, ""))
    assert sorted(one.name for one in folder.iterdir()) == before
    fault.report(7, f"signals every 5 ms during `{' '.join(words)}`", count=len(CODES))


# --- the steps themselves ------------------------------------------------------------------


def ended_by(number: int, body: str) -> int:
    """Run a little program that takes signals over, and return how it ended."""
    start = (
        f"import os, signal\nfrom examrunner.storage import interrupts as i\ni.take()\nn={number}\n"
    )
    return subprocess.run([sys.executable, "-c", start + body], check=False).returncode


@pytest.mark.parametrize("number", CODES)
def test_a_held_signal_waits_for_the_end_of_the_step(tmp_path: Path, number: int) -> None:
    """Inside a step, nested ones too, a signal waits, then ends the process."""
    body = """
with i.held():
    with i.held():
        os.kill(os.getpid(), n)
    os.kill(os.getpid(), signal.SIGINT)
    assert open({0!r}, "w").write("done")
assert open({0!r}, "w").write("too late")
""".format(str(tmp_path / "told"))
    assert ended_by(number, body) == CODES[signal.Signals(number)]
    assert (tmp_path / "told").read_text() == "done"


def test_an_ignored_signal_stays_ignored() -> None:
    """What the caller had set to be ignored, as nohup does, does not end a command."""
    start = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    body = "i.take()\nos.kill(os.getpid(), signal.SIGHUP)\nos._exit(7)"
    code = f"{start}import os\nfrom examrunner.storage import interrupts as i\n{body}"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def test_a_command_that_is_done_keeps_its_code() -> None:
    """A signal that comes when all is written does not turn success into failure."""
    assert ended_by(2, "i.over()\nos.kill(os.getpid(), n)\nos._exit(0)") == 0


def test_a_failing_step_still_ends_by_the_signal(tmp_path: Path) -> None:
    """A step that fails after a signal came leaves no part of a file, and the signal's code."""
    body = f"""
from pathlib import Path
from examrunner.storage import files
real = os.fsync
def fail(_):
    os.kill(os.getpid(), n)
    raise OSError("no")
os.fsync = fail
files.write_atomically(Path({str(tmp_path)!r}, "x"), b"x")
"""
    assert ended_by(15, body) == 143
    assert list(tmp_path.iterdir()) == []


def test_exit_codes_are_what_shells_report() -> None:
    """128 and the number of the signal."""
    assert interrupts.exit_code(15) == 143
    assert (interrupts.INTERRUPTED, interrupts.PIPE_CLOSED) == (130, 141)
