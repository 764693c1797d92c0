"""A rehearsed crash in a real pseudo-terminal: killed, told, and opened again by itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from examrunner.services.demo import copy_demo
from examrunner.services.troubles import KINDS, troubles_for
from examrunner.storage.readers.rosters import read_roster
from tests.terminal.driver import Terminal, under_shell
from tests.terminal.test_terminal import environment, program, results

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows"),
]


def meets(session: Path, seed: int) -> str:
    """Return the name of the student in whose exam the crash comes."""
    students = read_roster(session / "roster.csv").students
    ids = [one.student_id for one in students]
    who = troubles_for(ids, KINDS, seed).crash
    return next(one.name for one in students if one.student_id == who)


@pytest.mark.parametrize("speed", ["1", "20"])
def test_a_crash_is_told_and_the_exam_goes_on(tmp_path: Path, speed: str) -> None:
    """After the second mark the program dies; the command says so and shows Resume by itself."""
    session, kept = copy_demo(tmp_path / "demo"), tmp_path / "kept"
    name = meets(session, 5)
    words = ("rehearse", str(session), "--with", "crash", "--seed", "5", "--to", str(kept))
    command = under_shell(program(*words, "--speed", speed))
    with Terminal(command, environment(tmp_path)) as terminal:
        terminal.wait("Student 01")
        terminal.press("/", "find a name")
        terminal.send(name)
        terminal.press("enter", rf"{name}[\s\S]*call")
        terminal.press("enter", rf"{name}[\s\S]*reveal")
        terminal.press("enter", "✓ +enter")
        terminal.press("r", "▸ +space")
        terminal.press("space", "1 ·")
        terminal.press("s", "opening +strong")
        terminal.press("e", "Resume", 30)
        terminal.wait("2 of 4 questions marked")
        terminal.wait("it was killed, as by a power cut")
        told = bytes(terminal.raw).split(b"\x1b[?1049l")[1].split(b"\x1b[?1049h")[0]
        assert "killed in the middle of an exam" in " ".join(told.decode().split())
        terminal.press("enter", "core +enough")
        terminal.press("w", "detail +weak")
        terminal.press("d", "esc go on")
        terminal.press("p", "PASS")
        terminal.press("enter", "23 to go")
        terminal.send("q")
        terminal.wait("exit code 0")
        assert terminal.is_given_back()
    record = next(one for one in results(kept, tmp_path)["students"] if one["name"] == name)
    (attempt,) = record["attempts"]
    assert [one["rating"] for one in attempt["questions"][:3]] == ["strong", "enough", "weak"]
    assert 0 < attempt["seconds"] < 300
