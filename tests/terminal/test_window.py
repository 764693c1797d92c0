"""The student's second window in a terminal of its own, beside the exam in another one."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from tests.classes import ROSTER, SETTINGS, write_session
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, program, pytestmark

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["pytestmark"]

NOTE = "hesitates at the second step"
REASON = "knew the abstract only"
RECORD = ("strong", "enough", "weak", "clarified", "probed", "led", "pass", "edge", "fail")


def private_words() -> list[str]:
    """Return everything that the student must never see: names, marks, note and reason."""
    people = csv.DictReader(io.StringIO(ROSTER))
    names = {word.strip(",") for one in people for word in one["name"].split()}
    return [*names, *RECORD, "note", "flag", *NOTE.split()[:1], *REASON.split()[:1]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session that shows its questions to the student."""
    return write_session(tmp_path / "small", f"{SETTINGS}second_window: {{question: true}}\n")


def test_exam_and_window_side_by_side(folder: Path, tmp_path: Path) -> None:
    """The window follows a whole exam in another process; no private byte ever reaches it."""
    env = environment(tmp_path)
    with (
        Terminal(program("window", str(folder)), env) as window,
        Terminal(program("open", str(folder)), env) as exam,
    ):
        window.wait("nothing to show yet")
        exam.wait("Chi Okafor")
        exam.press("enter", "reveal")
        window.wait("please wait")
        exam.press("enter", "✓ +enter")
        exam.press("r", "▸ +space")
        window.wait("the clock has not started")
        assert re.search("Attention Is All You Need|Image GPT", window.text())
        exam.press("space", "1 ·")
        window.wait("Which question does this reading set out to answer")
        exam.press("h", "clarified")
        exam.press("n", "enter keeps it")
        exam.press(NOTE + "\r", "noted")
        exam.press("s", "strong")
        window.wait("Take me through the one main idea")
        exam.press("d", "esc go on")
        window.wait("the clock is stopped")
        exam.press("f", "FAIL")
        exam.press("n", "enter")
        exam.send(REASON, "enter")
        exam.press("enter", "✓ .*Rivera.*done")
        window.wait("please wait")
        window.send("esc", "x", "ctrl+c", "q")
        assert window.ends() == 0
        assert window.is_given_back()
        exam.send("q")
        assert exam.ends() == 0
    drawn = window.raw.decode("utf-8", "replace")
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)
    assert "please wait" in seen
    assert [one for one in private_words() if re.search(rf"\b{one}\b", seen, re.IGNORECASE)] == []
