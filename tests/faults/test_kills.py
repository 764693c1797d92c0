"""kill -9 at random points of real exams: what the screen called saved is on the disk."""

from __future__ import annotations

import re
import signal
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam import events as ev
from examrunner.tui.words import what_words
from tests.faults.conftest import Fault, often
from tests.faults.exams import LEFT, Exam

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.terminal.driver import Terminal

pytestmark = [
    pytest.mark.pty,
    pytest.mark.crash,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows"),
]
KILLS = often(60)
LONGEST = 0.5
"""Seconds of work before a kill."""
SLACK = 3
"""Seconds by which a resumed time may differ: one of the last heartbeat, two of rounding."""
MARKS = (*ev.MARKS, ev.Undone, ev.Redone, ev.Decided)
SAVED = re.compile(r"^  (\d\d:\d\d:\d\d )?(.+?)(   u takes it back)?$")
KEYS = ["1", "2", "h", "o", "s", "e", "w", "n", "u", "U", "d"]
WEIGHTS = [8, 8, *[4] * 9]
"""What makes a mark on the sheet, or leaves it, and how often each is pressed."""
WAY = {"enter call": "enter", "enter present": "enter", "r reveal": "r", "space start": "space"}
"""What leads from the board to the running sheet: a word of the footer, and the key."""


class TimeUp(Exception):
    """The moment of the kill has come."""


@dataclass
class Examiner:
    """Plays the keys of an exam day, and remembers what the screen has called saved."""

    chance: Random
    shown: list[str] = field(default_factory=list)
    """What the status line has said to be saved, in order, over all runs."""
    last: str = ""
    """The last of them, with its time."""
    pressed: int = 0
    """Keys pressed that make a mark."""
    decided: bool = False
    """A clock was stopped in this run, or another one begun: how long it ran is not known."""

    def work(self, terminal: Terminal, until: float) -> None:
        """Examine until a moment, then be interrupted wherever that is."""
        try:
            while True:
                self.go_to_sheet(terminal, until)
                self.mark(terminal, until)
        except TimeUp:
            return

    def go_to_sheet(self, terminal: Terminal, until: float) -> None:
        """Go to a running sheet from wherever the exam is."""
        while "s strong" not in (footer := footer_of(terminal)):
            if "p pass" in footer:
                self.decide(terminal, until)
                continue
            keys = [key for words, key in WAY.items() if words in footer]
            if keys:
                terminal.send(keys[0])
            self.wait_for_change(terminal, until, footer_of, footer)

    def decide(self, terminal: Terminal, until: float) -> None:
        """Give a verdict, or go back to the sheet."""
        self.decided = True
        before = footer_of(terminal)
        if self.chance.random() < 0.4:
            terminal.send("esc")
        else:
            terminal.send(self.chance.choice("pf"))
            terminal.send("enter")
            self.pressed += 1
        self.wait_for_change(terminal, until, footer_of, before)
        self.note_saved(terminal)

    def mark(self, terminal: Terminal, until: float) -> None:
        """Make one mark, and take note if the screen says that it is saved."""
        key = self.chance.choices(KEYS, WEIGHTS)[0]
        before = status_of(terminal)
        if key == "d":
            self.decided = True
            terminal.send("d")
            self.wait_for_change(terminal, until, footer_of, footer_of(terminal))
            return
        self.pressed += 1
        if key == "n":
            terminal.send("n", f"note {self.pressed}", "enter")
        else:
            terminal.send(key)
        try:
            self.wait_for_change(terminal, min(until, time.monotonic() + 0.3), status_of, before)
        except TimeUp:
            if time.monotonic() >= until:
                raise  # what is shown only now was not looked at: it need not be saved
            return
        self.note_saved(terminal)

    def note_saved(self, terminal: Terminal) -> None:
        """Remember what the status line says, once it is words of an event and the dot is there."""
        found = SAVED.match(status_of(terminal))
        if found and "●" in terminal.text() and found[2] in WORDS:
            event = f"{found[1]}{found[2]}"  # a key without effect shows the same one again
            if event != self.last:
                self.shown.append(found[2])
            self.last = event

    def wait_for_change(
        self, terminal: Terminal, until: float, part: Callable[[Terminal], str], before: str
    ) -> None:
        """Wait until a part of the screen is another one."""
        while part(terminal) == before:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeUp
            terminal.pump(min(left, 0.02))


WORDS = {
    *(str(one) for kind in (ev.Rating, ev.Help) for one in kind),
    *(f"point {number}{off}" for number in range(1, 7) for off in ("", " off")),
    *(f"{offer} {number}" for offer in ev.Offer for number in range(1, 4)),
    "noted",
    "verdict saved",
}
"""What the status line says of an event that is saved; `taken back` is looked for by itself."""


def footer_of(terminal: Terminal) -> str:
    """Return the last line."""
    return terminal.text().splitlines()[-1]


def status_of(terminal: Terminal) -> str:
    """Return the line above the footer, without what stands at its right end."""
    return re.split(r"(?<=\S) {4,}", terminal.text().splitlines()[-2])[0]


def on_disk(exam: Exam) -> list[str]:
    """Return the marks and verdicts that are on disk, in the words of the status line."""
    if not (exam.session / "exam.db").exists():
        return []  # killed before the first student was called
    return [what_words(one.what) for one in exam.events() if isinstance(one.what, MARKS)]


def missing(shown: list[str], stored: list[str]) -> list[str]:
    """Return what was shown and is not stored, in the order of both."""
    rest = iter(stored)
    return [word for word in shown if not any(word == one for one in rest)]


def resumed(terminal: Terminal) -> int | None:
    """Go on from the Resume screen. Returns the seconds left of a running clock."""
    screen = terminal.wait("enter +(goes on|go on|call)")
    if "Resume" not in screen:
        return None
    found = LEFT.search(screen) if "when last seen" in screen else None
    terminal.send("enter")
    while "Resume" in terminal.text().splitlines()[0]:
        assert terminal.pump(5)
    return int(found[1]) * 60 + int(found[2]) if found else None


def test_what_was_shown_as_saved_survives_kill_9(tmp_path: Path, fault: Fault) -> None:
    """After each of 60 kills every mark that was shown is on disk, and the clock goes on."""
    exam = Exam(tmp_path)
    examiner = Examiner(fault.random)
    left: int | None = None
    began = killed = 0.0
    for _ in range(KILLS):
        with exam.open() as terminal:
            before, left = left, resumed(terminal)
            if before is not None and left is not None and not examiner.decided:
                ran = killed - began
                assert before - ran - SLACK <= left <= before - ran + SLACK
            began, examiner.decided = time.monotonic(), False
            examiner.work(terminal, began + fault.random.uniform(0.05, LONGEST))
            terminal.kill()
            killed = time.monotonic()
            assert terminal.ends() == -signal.SIGKILL
        stored = on_disk(exam)
        assert missing(examiner.shown, stored) == []
        assert len(stored) <= examiner.pressed
    assert len(examiner.shown) > KILLS
    words = f"kill -9 at a random point, {len(examiner.shown)} marks shown as saved, 0 missing"
    fault.report(1, words, count=KILLS)
