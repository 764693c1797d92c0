"""The second look: every attempt whose verdict is still edge, with names or without."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, ClassVar

from examrunner.services import day_acts
from examrunner.tui.actions import bindings
from examrunner.tui.lines import GAP, Line, line, pad, width_of
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.words import clock_time, reading_words, readings_words

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt


class EdgesScreen(ListScreen):
    """The edges; without names they stand in an order that says nothing."""

    name_in_registry: ClassVar[str] = "edges"
    BINDINGS: ClassVar[list[BindingType]] = bindings("edges")

    def __init__(self) -> None:
        super().__init__()
        self._edges: list[Attempt] = []
        self._hides = False

    def on_mount(self) -> None:
        """Take the edges."""
        self._take()

    def on_screen_resume(self) -> None:
        """Take them again: one may have been decided."""
        self._take()

    def _take(self) -> None:
        self._edges = day_acts.edges(self.exam.desk)
        if self._hides:
            self._edges.sort(key=lambda one: hashlib.sha256(one.id.encode()).digest())

    def bar(self) -> Line:
        """Return what this is."""
        hidden = (f"{GAP}names hidden, order shuffled", "dim") if self._hides else ("", "")
        return line("second look at the edges", hidden)

    def count(self) -> int:
        """Return the number of edges."""
        return len(self._edges)

    def head_lines(self) -> list[Line]:
        """Say so where there is none."""
        words = "" if self._edges else "no edge is left to be decided"
        return [line((f"  {words}", "dim"))]

    def row_line(self, place: int, width: int) -> Line:
        """Return one edge."""
        attempt, desk = self._edges[place], self.exam.desk
        name = f"edge {place + 1}" if self._hides else desk.row(attempt.student).student.name
        at = clock_time(desk, attempt.judgements[-1].at)
        title = reading_words(desk, attempt)[0]
        spans = readings_words(attempt)
        left = line((f"  {pad(name, 24)}  ", "strong"), (f"{at}  ", "dim"), *spans)
        return (*left, (pad(title, max(0, width - width_of(left) - 2)), ""))

    def action_reader(self) -> None:
        """Let a second reader give verdicts of their own."""
        from examrunner.tui.screens.second_read import SecondReadScreen

        self.app.push_screen(SecondReadScreen())

    def action_hide(self) -> None:
        """Hide the names and shuffle, or show them again."""
        self._hides = not self._hides
        self._take()
        self.draw()

    def action_decide(self) -> None:
        """Decide the chosen edge; the first verdict is kept."""
        from examrunner.tui.screens.decide import CorrectScreen

        if self._edges:
            chosen = CorrectScreen(self._edges[self.chosen].id)
            chosen.hides_name = self._hides
            self.app.push_screen(chosen)

    def action_record(self) -> None:
        """Read the record of the chosen edge."""
        from examrunner.tui.screens.record import RecordScreen

        if self._edges:
            edge = self._edges[self.chosen]
            self.app.push_screen(RecordScreen(edge.student, edge.id, hides_name=self._hides))
