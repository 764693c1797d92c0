"""Hostile texts in a real terminal: every byte that is written to it is looked at."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pyte
import pytest
from rich.cells import cell_len

from examrunner.services import conduct
from examrunner.services.opening import open_desk
from examrunner.storage.readers import rosters
from tests.classes import write_session
from tests.fakes import FakeClock, FakeEntropy
from tests.hostile import REFUSED, SHOWN, let_in
from tests.hostile_files import table
from tests.terminal.driver import Terminal
from tests.terminal.test_terminal import environment, program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Fault

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no pty on Windows"),
]

SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|[P^_X\]][^\x1b\x07]*(?:\x1b\\|\x07)"  # DCS, PM, APC, SOS, OSC
    r"|[ -/]*[0-~])"
)
FREE = re.compile(r"\x1b\[[0-9;]*[mHGd]")
"""Colours and cursor moves: they differ from screen to screen."""
CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


class JoinsNothing(pyte.Screen):
    """A screen on which every part of a joined emoji takes its own cells, as on many terminals."""

    def draw(self, data: str) -> None:
        """Draw a text; the emulator would drop all that follows a joiner."""
        super().draw("".join(one for one in data if unicodedata.combining(one) or cell_len(one)))


class Careful(Terminal):
    """A terminal that can tell its text also where half of a wide character was overwritten."""

    def __init__(self, folder: Path, home: Path, rows: int = 24) -> None:
        super().__init__(program("open", str(folder)), environment(home), rows=rows)
        self._screen = JoinsNothing(80, rows)
        self._stream = pyte.ByteStream(self._screen)

    def text(self) -> str:
        """Return the screen as text."""
        return "\n".join(self.cells(y).rstrip() for y in range(self._screen.lines))

    def cells(self, y: int, start: int = 0, end: int = 80) -> str:
        """Return some cells of a row; the second one of a wide character is empty."""
        return "".join(self._screen.buffer[y][x].data for x in range(start, end))


def controls(raw: bytes) -> set[str]:
    """Return every control sequence and control character but colours, moves and line ends."""
    text = raw.decode("utf-8")
    rest = SEQUENCE.sub("", text)
    return {
        *SEQUENCE.findall(FREE.sub("", text)),
        *CONTROL.findall(rest),
        *re.findall("\x1b", rest),
    }


def looked_through(folder: Path, home: Path, pages: int) -> tuple[set[str], str]:
    """Look at all screens of a session in a terminal. Returns the controls, and the text seen."""
    with Careful(folder, home, rows=50) as terminal:
        seen = terminal.wait("s0000|[0-9] to go|planned|student")
        for page in range(pages):
            terminal.press("pgdn", "student")
            seen += terminal.text() if page % 4 == 0 else ""
        terminal.send("\x1b[H")
        terminal.press("enter", "reveal")
        terminal.press("enter", "✓ +enter")
        terminal.press("r", "▸ +space")
        seen += terminal.text()
        terminal.press("space", "core +")
        terminal.press("n", "enter +keeps it")
        terminal.send("\x1b[200~pasted \x00\x07\u202e note\x1b[201~")
        terminal.press("enter", "note +pasted")
        terminal.press("s", "✓ opening")
        terminal.press("d", "esc go on")
        terminal.press("p", "PASS")
        terminal.press("enter", "✓ ")
        terminal.press("v", "results")
        seen += terminal.text()
        terminal.press("\x1b[H", "results")
        terminal.press("enter", "record")
        seen += terminal.wait("verdict saved")
        terminal.press("?", "any key closes")
        terminal.press("x", "verdict saved")
        terminal.press("esc", "results")
        terminal.press("esc", "hostile")
        terminal.send("q")
        assert terminal.ends() == 0
        return controls(bytes(terminal.raw)), seen


def class_of(folder: Path, names: list[str]) -> Path:
    """Write a session of students of these names, who each reviewed a paper of that title."""
    rows = [[f"s{n:04}", text] for n, text in enumerate(names)]
    return write_session(
        folder,
        "session: hostile\n",
        roster=table(["student_id", "name"], *rows).decode(),
        reviews=table(["student_id", "paper"], *rows).decode(),
    )


def test_no_text_sends_anything_to_the_terminal(tmp_path: Path, fault: Fault) -> None:
    """With every text as name and title, no sequence is sent but those of a tame class."""
    names = [SHOWN["action link"], *let_in()]
    tame, _ = looked_through(class_of(tmp_path / "tame", ["Ann", "Bo"]), tmp_path, 1)
    wild, seen = looked_through(class_of(tmp_path / "wild", names), tmp_path, len(names) // 40)
    assert wild - tame == set()
    assert {one for one in wild if one.startswith("\x1b]")} <= {"\x1b]22;default\x07"}
    assert "[@click=app.quit]x[/]" in seen
    fault.report(24, "texts on every screen of a real terminal", count=len(names))


def test_what_came_in_unchecked_is_made_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """Control characters in a ledger, as another program could leave them, show as marks."""
    names = [text for what, text in REFUSED.items() if what not in ("surrogate", "too long")]
    folder = class_of(tmp_path / "left", [f"N{n}" for n in range(len(names))])
    real = rosters.read_roster(folder / "roster.csv")
    students = tuple(
        replace(one, name=text) for one, text in zip(real.students, names, strict=True)
    )
    for module in ("examrunner.storage.readers.rosters", "examrunner.services.prepare"):
        monkeypatch.setattr(f"{module}.read_roster", lambda *_: replace(real, students=students))
    desk = open_desk(folder, FakeClock(), FakeEntropy(), "ann")
    conduct.absent(desk, desk.rows()[-1].key)
    desk.close()
    monkeypatch.undo()
    tame, _ = looked_through(class_of(tmp_path / "tame", ["Ann", "Bo"]), tmp_path, 1)
    wild, seen = looked_through(folder, tmp_path, 1)
    assert wild - tame == set()
    assert "Ann␛[31m Lee" in seen
    assert "Ann␛]0;owned␇" in seen
    assert "Ann␡" in seen
    fault.report(24, "names with control characters in the ledger", count=len(names))


def test_emoji_leave_every_other_cell_in_its_place(tmp_path: Path) -> None:
    """On a terminal that joins no emoji, no column is pushed out and no other row is touched."""
    wide = [SHOWN[what] for what in ("joined emoji", "emoji style", "flag", "wide", "soft hyphen")]
    folder = class_of(
        tmp_path / "emoji", [*wide, "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 40]
    )
    with Careful(folder, tmp_path) as terminal:
        terminal.wait("terling")
        for _ in range(6):
            terminal.press("down", "hostile")
        for _ in range(6):
            terminal.press("up", "hostile")
        for number in range(1, 7):
            terminal.press("a", f"(?s)(not here.*){{{number + 1}}}")
        for y in range(2, 8):
            assert "not here" in terminal.cells(y, 55, 66)
            assert terminal.cells(y, 0, 5) == "  –  "
        assert terminal.cells(1, 0, 80).strip() == "student"
        assert {terminal.cells(y, 0, 80).strip() for y in range(8, 20)} == {""}
        terminal.send("q")
        assert terminal.ends() == 0


def test_bytes_that_are_no_text_end_nothing(tmp_path: Path) -> None:
    """A key that sends bytes outside UTF-8 is no command, and the exam goes on."""
    folder = class_of(tmp_path / "bytes", ["Ann"])
    with Terminal(program("open", str(folder)), environment(tmp_path)) as terminal:
        terminal.wait("Ann")
        terminal.send_bytes(b"\xff\xfe\xe1\x80z\xc3")
        terminal.press("enter", "reveal")
        terminal.press("esc", "hostile")
        terminal.send("q")
        assert terminal.ends() == 0
