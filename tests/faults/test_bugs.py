"""A bug ends the program with a code that says so, and tells nobody's name."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.errors import WrongUsage
from examrunner.services.ports import Way
from examrunner.storage.crash import DEBUG, told
from examrunner.tui.start import TELLTALES, open_session
from tests.classes import write_session
from tests.faults.exams import Exam, begin
from tests.terminal.driver import Terminal, under_shell
from tests.terminal.test_terminal import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Fault

BUGGY_APP = """
import sys
from examrunner.services import conduct
def buggy(desk, attempt, *rest):
    name = desk.row(attempt.student).student.name
    raise KeyError(f"no {name} in the list of those who pass")
conduct.rate = buggy
from examrunner.main import run
sys.argv[:] = ["examrunner", "open", sys.argv[1]]
run()
"""
"""The app, but a rating raises an error that holds the student's name."""
BUGGY_COMMAND = """
import sys
from examrunner.services import results
def buggy(*_):
    name = "Zoë Núñez"
    raise RuntimeError(name)
results.as_json = buggy
from examrunner.main import run
sys.argv[:] = ["examrunner", "results", sys.argv[1], "--json"]
run()
"""
NAMES = (b"Student 01", b"those who pass")


def files_of(home: Path) -> list[Path]:
    """Return the files below a folder."""
    return [one for one in home.rglob("*") if one.is_file()]


@pytest.mark.pty
@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows")
def test_a_bug_in_the_app_tells_no_name(tmp_path: Path, fault: Fault) -> None:
    """A key that meets a bug ends the app with code 1, a clean terminal and a nameless report."""
    exam = Exam(tmp_path)
    known = set(files_of(exam.session))
    argv = under_shell([sys.executable, "-c", BUGGY_APP, str(exam.session)])
    with Terminal(argv, environment(tmp_path)) as terminal:
        begin(terminal)
        terminal.press("1", "1 ✓")
        terminal.send("s")
        screen = terminal.wait("exit code 1$")
        assert terminal.is_given_back()
        left = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2]
        assert not [name for name in NAMES if name in left]
        assert "This is a bug of examrunner: KeyError in" in screen
        assert "Traceback" not in screen
        terminal.send("enter")
        terminal.ends()
    (report,) = (tmp_path / ".local/state/examrunner/crashes").iterdir()
    assert report.name in screen.replace("\n", "")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text(encoding="utf-8")
    assert "KeyError" in text
    assert "marking.py" in text
    assert "action_strong" in text
    assert str(tmp_path) not in text
    outside = [
        one for one in files_of(tmp_path) if one not in known and exam.session not in one.parents
    ]
    assert report in outside
    assert not [one for one in outside if any(name in one.read_bytes() for name in NAMES)]
    assert exam.first()["questions"][0]["points"] == [1]
    fault.report(31, "a bug in a key's deed", count=1)


def test_a_bug_in_a_command_tells_no_name(tmp_path: Path, fault: Fault) -> None:
    """A command that meets a bug ends with code 1 and tells the place, not the values."""
    session = write_session(tmp_path / "small")
    ran = subprocess.run(
        [sys.executable, "-c", BUGGY_COMMAND, str(session)],
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    everything = ran.stdout + ran.stderr
    assert b"RuntimeError in" in everything
    assert "Zoë".encode() not in everything
    (report,) = (tmp_path / ".local/state/examrunner/crashes").iterdir()
    assert "Zoë".encode() not in report.read_bytes()
    fault.report(31, "a bug in a command", count=1)


def test_who_looks_for_the_bug_sees_all(tmp_path: Path) -> None:
    """With EXAMRUNNER_DEBUG=1 the whole traceback is there."""
    session = write_session(tmp_path / "small")
    ran = subprocess.run(
        [sys.executable, "-c", BUGGY_COMMAND, str(session)],
        env={**environment(tmp_path), DEBUG: "1"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert b"Traceback" in ran.stderr
    assert "Zoë".encode() in ran.stderr


def test_a_report_names_the_first_cause(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of an error that led to another one both are in the report, and the first is told."""
    monkeypatch.setattr("examrunner.storage.crash.state_folder", lambda: tmp_path)
    bug = KeyError("Bo")
    bug.__cause__ = ValueError("Ana")
    failure = told(bug)
    assert "ValueError" in failure.message
    (report,) = (tmp_path / "crashes").iterdir()
    text = report.read_text(encoding="utf-8")
    assert "KeyError" in text
    assert "ValueError" in text
    assert "Ana" not in text + str(failure)


def test_a_bug_is_told_where_no_report_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full or missing home does not hide the bug."""

    def broken() -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("examrunner.storage.crash.state_folder", broken)
    assert "No report could be written." in str(told(ValueError("Ana")))


@pytest.mark.parametrize("name", TELLTALES)
def test_the_app_does_not_run_while_textual_tells_tales(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Settings by which Textual writes keys or screens elsewhere are refused as wrong usage."""
    monkeypatch.setitem(os.environ, name, "1")
    with pytest.raises(WrongUsage, match=name):
        open_session(tmp_path, Way())


@pytest.mark.pty
@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows")
def test_a_log_of_keys_is_refused(tmp_path: Path, fault: Fault) -> None:
    """With TEXTUAL_LOG set the program ends with code 2 and clear words; no log is written."""
    exam, log = Exam(tmp_path), tmp_path / "log"
    with exam.open(extra={"TEXTUAL_LOG": str(log)}) as terminal:
        terminal.wait("TEXTUAL_LOG would write what you type")
        assert terminal.ends() == 2
    assert not log.exists()
    with exam.open(extra={"TEXTUAL_LOG": str(log), DEBUG: "1"}) as terminal:
        terminal.wait("Student 18")
        terminal.send("q")
        assert terminal.ends() == 0
    fault.report(31, "a log of keys asked for by the environment", count=1)
