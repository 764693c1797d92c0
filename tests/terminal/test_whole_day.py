"""A whole day by keyboard alone, at 80x24: 24 students and everything that happens to them."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING

import pytest

from examrunner.services.demo import copy_demo
from examrunner.services.results import read_results
from examrunner.services.verify import verify
from examrunner.storage.database.ledger import Ledger
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, program, results

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows"),
]
CLASS = 24
ABSENT, LATE, VOIDED, EXTRA, PAUSED, ALARMED = 3, 6, 9, 12, 15, 18
EDGES = (20, 22)
FAILED = 4


def give_extra_time(session: Path, number: int) -> None:
    """Let one student have half as much time again."""
    roster = session / "roster.csv"
    rows = list(csv.reader(io.StringIO(roster.read_text(encoding="utf-8"))))
    rows[0].append("extra_time")
    for place, row in enumerate(rows[1:], 1):
        row.append("1.5" if place == number else "")
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    roster.write_text(text.getvalue(), encoding="utf-8")


def to_the_sheet(exam: Terminal, number: int) -> None:
    """Call the chosen student and start the clock."""
    exam.press("enter", rf"Student {number:02d}[\s\S]*reveal")
    exam.press("enter", "✓ +enter")
    exam.press("r", "▸ +space")
    exam.press("space", r"▌ *opening")


def decide(exam: Terminal, verdict: str) -> None:
    """Rate once, stop the clock, give the verdict."""
    exam.press("s", r"opening +strong")
    exam.press("d", "esc go on")
    exam.press(verdict[0], verdict.upper())
    exam.press("enter", "verdict saved")


def test_a_whole_day_by_keyboard(tmp_path: Path) -> None:
    """Absent, late, void with redraw, extra time, pause, alarm and two edges: all on record."""
    session = copy_demo(tmp_path / "demo")
    give_extra_time(session, EXTRA)
    with Terminal(program("open", str(session)), environment(tmp_path)) as exam:
        exam.wait("Student 18")
        for number in range(1, CLASS + 1):
            if number == ABSENT:
                exam.press("a", rf"– .*Student {number:02d} +not here")
            elif number == LATE:
                exam.press("l", rf"› .*Student {number:02d} +later")
            else:
                play(exam, number)
        to_the_sheet(exam, LATE)
        decide(exam, "pass")
        exam.press("c", "2 edges are to be decided")
        exam.wait("1 student was absent")
        exam.press("e", "second look")
        for verdict in ("pass", "fail"):
            exam.press("d", "edge|esc")
            exam.press(verdict[0], verdict.upper())
            exam.send("enter")
            exam.wait("second look at the edges")
        exam.wait("no edge is left")
        exam.press("esc", "1 student was absent")
        exam.press("enter", "The day is closed")
        exam.press("esc", "planned +student")
        exam.send("q")
        assert exam.ends() == 0
    told(session, tmp_path)


def play(exam: Terminal, number: int) -> None:
    """Examine one student, with what happens to this one."""
    to_the_sheet(exam, number)
    if number == VOIDED:
        exam.press("V", "Void this attempt")
        exam.press("1", "▸ 1")
        exam.press("enter", rf"Student {number:02d} +once more")
        choose(exam, number)
        to_the_sheet(exam, number)
    elif number == PAUSED:
        exam.press("space", "paused")
        exam.press("space", r"1 *·|▌")
    elif number == ALARMED:
        exam.press("ctrl+a", "Everything stands still")
        exam.press("enter", "paused")
        exam.press("space", "▌")
    elif number == EXTRA:
        exam.press("?", "any key shows the rest")
        exam.press("enter", "any key closes this card")
        exam.press("enter", r"▌ *opening")
    verdict = "edge" if number in EDGES else "fail" if number == FAILED else "pass"
    decide(exam, verdict)


def choose(exam: Terminal, number: int) -> None:
    """Choose a student on the board by name."""
    exam.press("/", "find a name|>")
    exam.send(f"Student {number:02d}")
    exam.pump(0.2)
    exam.send("enter")
    exam.pump(0.2)


def told(session: Path, home: Path) -> None:
    """Say that the ledger tells the story, and that the results agree."""
    with Ledger.open(
        session / "exam.db", read_results(session).settings.session, create=False
    ) as ledger:
        secret = (session / "secret.txt").read_text(encoding="ascii").strip()
        assert verify(ledger, secret) == []
        events = ledger.events()
        keys = [one.key for one in ledger.people()]

    def kinds(number: int) -> list[str]:
        own = [one for one in events if (one.attempt or "").startswith(f"{keys[number - 1]}.")]
        return [one.kind for one in own]

    usual = ["called", "present", "revealed", "sheet-chosen", "started", "rated"]
    end = ["stopped", "decided"]
    for number in range(1, CLASS + 1):
        expected = [*usual, *end]
        match number:
            case n if n == ABSENT:
                expected = ["absent"]
            case n if n == LATE:
                expected = ["postponed", *usual, *end]
            case n if n == VOIDED:
                expected = [*usual[:-1], "voided", "granted", *usual, *end]
            case n if n == PAUSED:
                expected = [*usual[:-1], "paused", "resumed", "rated", *end]
            case n if n == ALARMED:
                expected = [*usual[:-1], "paused", "resumed", "rated", *end]
            case n if n in EDGES:
                expected = [*usual, *end, "corrected"]
        assert kinds(number) == expected, number
    rest = [one.kind for one in events if one.attempt is None]
    assert rest == ["committed", "opened", "entered", "suspended", "continued", "closed"]
    students = results(session, home)["students"]
    scores = [one["score"] for one in students]
    assert scores[ABSENT - 1] is None
    assert scores[FAILED - 1] == 0
    assert sorted(scores[number - 1] for number in EDGES) == [0, 10]
    assert sum(score == 10 for score in scores) == CLASS - 3
    assert students[EXTRA - 1]["attempts"][0]["allowed"] == 450
    assert [one["phase"] for one in students[VOIDED - 1]["attempts"]] == ["void", "decided"]
