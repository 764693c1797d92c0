"""The installed program in a real pseudo-terminal: start, one exam, kill and resume."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.services.demo import copy_demo
from tests.classes import GRADEBOOK, REVIEWS, ROSTER
from tests.terminal.driver import Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows"),
]


def environment(home: Path) -> dict[str, str]:
    """Return a clean environment with a home of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "PYTHONWARNINGS": "default"}


def program(*arguments: str) -> list[str]:
    """Return the command line of the program."""
    return [sys.executable, "-m", "examrunner", *arguments]


def results(session: Path, home: Path) -> Any:
    """Return what `results --json` prints."""
    command = program("results", str(session), "--json")
    done = subprocess.run(command, env=environment(home), capture_output=True, check=True)
    return json.loads(done.stdout)


def test_an_exam_survives_kill_9(tmp_path: Path) -> None:
    """An exam that was killed comes back with its marks and its time, and is finished."""
    session = copy_demo(tmp_path / "demo")
    env = environment(tmp_path)
    with Terminal(program("open", str(session)), env) as terminal:
        terminal.wait(r"Student 18")
        terminal.press("enter", "reveal")
        terminal.press("enter", "✓ +enter")
        terminal.press("r", "▸ +space")
        terminal.press("space", "1 ·")
        terminal.press("1", "1 ✓")
        terminal.press("h", "clarified")
        terminal.press("s", "opening +strong")
        terminal.kill()
        assert terminal.ends() == -signal.SIGKILL
    with Terminal(program("open", str(session)), env) as terminal:
        terminal.wait("Resume")
        terminal.wait("1 of 4 questions marked")
        found = re.search(r"(\d):(\d\d) left", terminal.wait(r"\d left"))
        assert found is not None
        assert 270 < int(found[1]) * 60 + int(found[2]) <= 300
        terminal.press("enter", "opening +strong")
        terminal.press("d", "esc go on")
        terminal.press("p", "PASS")
        terminal.press("enter", "✓ .*Student 01.*done")
        terminal.send("q")
        assert terminal.ends() == 0
    first = results(session, tmp_path)["students"][0]
    assert first["score"] == 10
    question = first["attempts"][0]["questions"][0]
    assert (question["rating"], question["points"], question["help"]) == (
        "strong",
        [1],
        "clarified",
    )


def test_a_session_opens_once(tmp_path: Path) -> None:
    """A second window is refused with exit code 3 and told who holds the session."""
    session = copy_demo(tmp_path / "demo")
    env = environment(tmp_path)
    with Terminal(program("open", str(session)), env) as first:
        first.wait("Student 01")
        with Terminal(program("open", str(session)), env) as second:
            assert second.ends() == 3
            assert "open already" in second.text()
        first.send("q")
        assert first.ends() == 0


def test_no_control_character_of_a_name_reaches_the_terminal(tmp_path: Path) -> None:
    """A roster with escape sequences in a name is refused; none of them is printed."""
    session = copy_demo(tmp_path / "demo")
    roster = "student_id,name\ns01,\x1b]0;owned\x07Ana\n"
    (session / "roster.csv").write_text(roster, encoding="utf-8")
    with Terminal(program("open", str(session)), environment(tmp_path)) as terminal:
        assert terminal.ends() == 1
        assert b"owned" not in bytes(terminal.raw).replace(b"\\x1b]0;owned", b"")


def test_a_newcomer_reaches_the_first_sheet_from_two_files(tmp_path: Path) -> None:
    """Bare `examrunner`, `n`, two paths and a folder: the first student is examined."""
    (tmp_path / "class list.csv").write_text(GRADEBOOK, encoding="utf-8")
    names = {"ana": "Ana Rivera", "chi": "Okafor, Chi", "eli": "Eli Lane", "zoe": "Zoë Núñez"}
    rows = [line.split(",", 1) for line in REVIEWS.splitlines()[1:]]
    table = "".join(f'"{names[who.split("@")[0]]}",{rest}\n' for who, rest in rows)
    (tmp_path / "reviews.csv").write_text(f"name,paper,date\n{table}", encoding="utf-8")
    env = environment(tmp_path)
    with Terminal(program(), env, cwd=tmp_path) as terminal:
        terminal.wait("n +new")
        terminal.press("n", "class list")
        terminal.press("'class list.csv'\r", "who reviewed what")
        terminal.press("reviews.csv\r", "new folder")
        terminal.press("\r", "Rivera")
        terminal.press("enter", "reveal")
        terminal.press("enter", "✓ +enter")
        terminal.press("r", "▸ +space")
        terminal.press("space", "opening +0:00 of 1:00")
        terminal.press("s", "✓ opening")
        terminal.press("d", "esc go on")
        terminal.press("p", "PASS")
        terminal.press("enter", "✓ .*Rivera")
        terminal.press("v", "results")
        terminal.press("x", "export")
        terminal.press("g", "the gradebook that you exported")
        terminal.press("class list.csv\r", "1 score into Oral exam")
        terminal.press("enter", "written")
        terminal.send("ctrl+q")
        terminal.ends()
    session = tmp_path / "sessions" / "exam"
    upload = next((session / "exports").glob("canvas*.csv")).read_text(encoding="utf-8")
    assert '"Rivera, Ana",101,,ana,CS 1,10' in upload
    assert "Chi" not in upload
    assert ROSTER  # the class of the other tests, given here as a gradebook
