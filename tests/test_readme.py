"""The README is true: every command shown there works as shown."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam.events import Verdict
from tests.classes import GRADEBOOK, close_day, examine, write_files
from tests.terminal.driver import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (examrunner .+)$", README, re.MULTILINE)
WELCOME = "examrunner"


def environment() -> dict[str, str]:
    """Return the environment of a user with a terminal."""
    return {**os.environ, "TERM": "xterm-256color"}


def run(command: str, folder: Path, env: Mapping[str, str]) -> None:
    """Run a command as shown; the app is opened in a terminal and quit."""
    words = [sys.executable, "-m", *shlex.split(command)]
    if words[3] == "open":
        with Terminal(words, env, cwd=folder) as terminal:
            terminal.wait("Rivera")
            terminal.send("q")
            assert terminal.ends() == 0
        return
    more = ["--yes"] if "canvas" in words else []
    done = subprocess.run([*words, *more], cwd=folder, env=env, capture_output=True, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)


@pytest.mark.pty
@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows")
def test_every_command_of_the_readme_works(tmp_path: Path) -> None:
    """Run in the README's order on a small class, each command succeeds."""
    roster, reviews = write_files(tmp_path)
    roster.rename(tmp_path / "class.csv")
    reviews.rename(tmp_path / "reviewed.csv")
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK, encoding="utf-8")
    assert len(COMMANDS) >= 8
    second = [sys.executable, "-m", *shlex.split(COMMANDS[0].replace("final", "second"))]
    subprocess.run(second, cwd=tmp_path, check=True, capture_output=True)
    for command in COMMANDS:
        if command.startswith("examrunner reveal"):
            close_day(tmp_path / "exams" / "final")
        run(command, tmp_path, environment())
        if command.startswith("examrunner open"):
            examine(tmp_path / "exams" / "final", {"ana": Verdict.PASS, "eli": Verdict.FAIL})


def test_the_make_targets_and_files_of_the_readme_exist() -> None:
    """`make demo` and `make test` are in the Makefile; linked and named files are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / link.replace("%5B", "[").replace("%5D", "]")).is_file(), link
    for name in re.findall(r"`(questionbanks/[\w./-]+)`", README):
        assert (ROOT / name).exists(), name


def test_every_command_of_the_program_is_in_its_help() -> None:
    """Each command that the README shows stands in `--help`."""
    done = subprocess.run(
        [sys.executable, "-m", WELCOME, "--help"], capture_output=True, text=True, check=True
    )
    for command in COMMANDS:
        assert command.split()[1] in done.stdout
