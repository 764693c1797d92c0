"""The bank browser: every bank with its state, its problems and who may need it, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import ExamError
from examrunner.domain.text import counted
from examrunner.tui.actions import bindings
from examrunner.tui.bank_lines import kinds_words, problem_words, state_words
from examrunner.tui.lines import Line, line, pad
from examrunner.tui.screens.listing import ListScreen

if TYPE_CHECKING:
    from pathlib import Path

    from textual.binding import BindingType
    from textual.worker import Worker

    from examrunner.services.bank_list import Shelf, Shelved
    from examrunner.tui.screens.base import ExamScreen

KINDS, STATES, PROBLEMS, CHANCE = 12, 18, 12, 7
"""Cells of the columns beside the reading."""


class BanksScreen(ListScreen):
    """The list of banks."""

    name_in_registry: ClassVar[str] = "banks"
    BINDINGS: ClassVar[list[BindingType]] = bindings("banks")

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf
        self._is_reading = True
        self._looking: Worker[None] | None = None

    def on_mount(self) -> None:
        """Read the banks beside the first frame, and keep looking at the files."""
        self.look_again()
        self.set_interval(0.5, self.look_again)

    def look_again(self) -> None:
        """Look whether a file was saved, unless a look is still under way: threads do not stop."""
        if self._looking is None or self._looking.is_finished:
            self._looking = self.run_worker(self._look, thread=True, name="banks")

    def _look(self) -> None:
        try:
            is_new = self.shelf.refresh()
        except OSError as fault:
            self.app.call_from_thread(self.exam.say, f"The folder cannot be read: {fault}.")
            return
        if is_new or self._is_reading:
            self.app.call_from_thread(self._show_new)

    def _show_new(self) -> None:
        self._is_reading = False
        self.exam.redraw()

    # --- drawing -------------------------------------------------------------------------

    def bar(self) -> Line:
        """Return what is on the shelf."""
        rows = self.shelf.rows
        questions = sum(len(row.standings) for row in rows)
        there = sum(row.file is not None for row in rows)
        words = f"{counted(there, 'bank')}, {counted(questions, 'question')}"
        return line(("reading the banks" if self._is_reading else words, "strong"))

    def count(self) -> int:
        """Return the number of banks."""
        return len(self.shelf.rows)

    def head_lines(self) -> list[Line]:
        """Return the names of the columns."""
        chance = pad("chance", CHANCE) if self.shelf.chances else ""
        words = f"  {pad('reading', self._room())}{pad('o  c  d  x', KINDS)}"
        return [line((f"{words}{pad('state', STATES)}{pad('problems', PROBLEMS)}{chance}", "dim"))]

    def _room(self) -> int:
        chance = CHANCE if self.shelf.chances else 0
        return max(16, min(60, self.width - 4 - KINDS - STATES - PROBLEMS - chance))

    def row_line(self, place: int, width: int) -> Line:  # noqa: ARG002  columns have a measure
        """Return one bank."""
        row = self.shelf.rows[place]
        ink = "strong" if place == self.chosen else ""
        chance = f"{row.chance:5.0%}" if row.chance is not None else ""
        return line(
            (f"  {pad(row.title, self._room() - 2)}  ", ink),
            (pad(kinds_words(row), KINDS), ""),
            (pad(state_words(row, STATES - 1), STATES), "dim"),
            (
                pad(problem_words(row), PROBLEMS),
                "warn" if row.errors or row.file is None else "dim",
            ),
            (chance, "dim"),
        )

    # --- acting --------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Return the reading of each row."""
        return tuple(row.reading for row in self.shelf.rows)

    def _row(self) -> Shelved | None:
        self.keep_choice()
        return self.shelf.rows[self.chosen] if self.shelf.rows else None

    def action_open(self) -> None:
        """Show the questions of the chosen bank."""
        row = self._row()
        if row is None:
            return
        if row.bank is None and row.file is None:
            self.exam.say(f"{row.reading} has no bank yet: general questions would be asked")
            return
        from examrunner.tui.screens.bank import BankScreen

        self.exam.message = None
        self.app.push_screen(BankScreen(self.shelf, row.reading))

    def action_edit(self) -> None:
        """Open the chosen bank in the editor, at its first problem."""
        row = self._row()
        if row is None or row.file is None:
            self.exam.say(f"{row.reading if row else 'this folder'} has no file to edit yet")
            return
        first = next((one.line for one in row.problems if one.line), None)
        edit_in(self, row.file, first)

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()


def edit_in(screen: ExamScreen, file: Path, at: int | None) -> None:
    """Give the terminal to the user's editor, and take it back."""
    from examrunner.storage.editor import edit

    screen.exam.message = None
    try:
        with screen.app.suspend():
            edit(file, at)
    except ExamError as failure:
        screen.exam.tell(failure)
    screen.exam.redraw()
