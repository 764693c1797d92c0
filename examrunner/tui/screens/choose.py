"""A paper chosen by hand, before the reveal: recorded as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.services import draws
from examrunner.tui.actions import bindings
from examrunner.tui.lines import Line, line, pad
from examrunner.tui.screens.listing import ListScreen

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt


class ChooseScreen(ListScreen):
    """The readings: the student's own first, at the end those known from an earlier attempt."""

    name_in_registry: ClassVar[str] = "choose"
    BINDINGS: ClassVar[list[BindingType]] = bindings("choose")

    def __init__(self, attempt: str) -> None:
        super().__init__()
        self.attempt_id = attempt
        self.choices: list[str] = []
        self._own = 0
        self._known: frozenset[str] = frozenset()

    @property
    def attempt(self) -> Attempt:
        """The attempt as it stands."""
        return self.exam.desk.attempt(self.attempt_id)

    def on_mount(self) -> None:
        """List the readings."""
        self.choices = draws.choices(self.exam.desk, self.attempt)
        self._known = self.exam.desk.known_papers(self.attempt.student)
        own = self.exam.desk.stored_session().eligible.get(self.attempt.student, ())
        self._own = len(set(own) - self._known)

    def bar(self) -> Line:
        """Return what this is."""
        return line("choose the paper by hand; the record says so")

    def count(self) -> int:
        """Return the number of readings."""
        return len(self.choices)

    def head_lines(self) -> list[Line]:
        """Return the heading."""
        own = f"{'no other' if self._known else 'none'} is the student's own"
        if self._own:
            own = f"the first {f'{self._own} are' if self._own > 1 else 'is'} the student's own"
        return [line((f"  {own}", "dim"))]

    def row_line(self, place: int, width: int) -> Line:
        """Return one reading."""
        name = self.choices[place]
        title = self.exam.desk.stored_session().title(name)
        ink = "" if place < self._own else "dim"
        known = "  known already" if name in self._known else ""
        return line((f"  {pad(title, width - 4 - len(known))}", ink), (known, "warn"))

    def action_choose(self) -> None:
        """Take the chosen reading and reveal it."""
        reading = self.choices[self.chosen]
        if self.exam.act(lambda: draws.reveal(self.exam.desk, self.attempt, reading)):
            self.exam.pop_screen()
