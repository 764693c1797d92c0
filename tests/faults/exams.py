"""An exam on a real terminal, for tests that break something in the middle of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from examrunner.services.demo import copy_demo
from examrunner.services.results import as_json, read_results
from examrunner.storage.database.ledger import Ledger
from tests.terminal.driver import Terminal, under_shell
from tests.terminal.test_terminal import environment, program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from examrunner.domain.exam.chain import Event

LEFT = re.compile(r"(\d+):(\d\d) left")


class Exam:
    """A copy of the demo session, and the program that is opened on it again and again."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.session = copy_demo(folder / "demo")

    def open(self, *, before: str = "", extra: Mapping[str, str] | None = None) -> Terminal:
        """Open the app; `before` is what a shell does first, and then a shell is its parent."""
        argv = program("open", str(self.session))
        if before:
            argv = under_shell(argv, before=before)
        return Terminal(argv, {**environment(self.home), **(extra or {})})

    def events(self) -> list[Event]:
        """Return the events that are on disk."""
        return events_of(self.session)

    def first(self) -> Any:
        """Return the first attempt as the results show it, from the disk."""
        return as_json(read_results(self.session))["students"][0]["attempts"][0]


def events_of(session: Path) -> list[Event]:
    """Return the events of a session as they are on disk, after a check of the whole record."""
    with Ledger.open(
        session / "exam.db", read_results(session).settings.session, create=False
    ) as ledger:
        assert ledger.verify() == []
        return ledger.events()


def begin(terminal: Terminal) -> None:
    """Go from the board to the first student's running sheet."""
    terminal.wait("Student 18")
    terminal.press("enter", "reveal")
    terminal.press("enter", "✓ +enter")
    terminal.press("r", "▸ +space")
    terminal.press("space", "▌ opening")


def resume(terminal: Terminal) -> int:
    """Go on with what was under way. Returns how many seconds were left."""
    screen = terminal.wait(r"\d left")
    found = LEFT.search(screen)
    assert found is not None
    terminal.press("enter", "▌ ")
    return int(found[1]) * 60 + int(found[2])
