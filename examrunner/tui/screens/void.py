"""Void: an attempt that counts no more, why, and whether the student gets another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.services import day_acts
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, Line, line, pad, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.words import reading_words

if TYPE_CHECKING:
    from textual.binding import BindingType

REASONS = tuple(day_acts.WHY)


class VoidScreen(ExamScreen):
    """Choose a reason by its number; two questions have a default; enter voids."""

    name_in_registry: ClassVar[str] = "void"
    BINDINGS: ClassVar[list[BindingType]] = bindings("void")

    def __init__(self, attempt: str, *, hides_name: bool = False) -> None:
        super().__init__()
        self.attempt_id = attempt
        self.hides_name = hides_name
        self._why = 0
        self._is_known = True
        self._again = True

    def bar(self) -> Line:
        """Return the title."""
        return line(("Void this attempt", "warn"))

    def draw_body(self) -> None:
        """Draw whose attempt it is, the reasons and the two questions."""
        desk = self.exam.desk
        attempt = desk.attempt(self.attempt_id)
        title = reading_words(desk, attempt)[0]
        name = "name hidden" if self.hides_name else desk.row(attempt.student).student.name
        rows: list[Line] = [
            EMPTY,
            line((f"  {pad(name, self.width - 4).rstrip()}", "strong")),
            *(line((f"  {text}", "")) for text in wrap(title, self.width - 4)),
            EMPTY,
        ]
        for place, code in enumerate(REASONS):
            mark = "▸" if place == self._why else " "
            ink = "strong" if place == self._why else ""
            rows.append(
                line(f"  {mark} ", (str(place + 1), "key"), (f"  {day_acts.WHY[code]}", ink))
            )
        known = "yes: it is not drawn again" if self._is_known else "no: it may be drawn again"
        again = "yes: a further attempt waits" if self._again else "no: this student is done"
        rows += [
            EMPTY,
            line("    ", ("k", "key"), f"  the student knows the paper: {known}"),
            line("    ", ("a", "key"), f"  the student is examined again: {again}"),
            EMPTY,
            line(("  What was marked stays on record and counts no more.", "dim")),
        ]
        self.canvas("body").show(rows)

    def action_why(self, key: str) -> None:
        """Choose a reason."""
        self._why = min(int(key), len(REASONS)) - 1
        self.draw()

    def action_known(self) -> None:
        """Say whether the student knows the paper."""
        self._is_known = not self._is_known
        self.draw()

    def action_again(self) -> None:
        """Say whether the student gets a further attempt."""
        self._again = not self._again
        self.draw()

    def action_confirm(self) -> None:
        """Void it and go back to the board."""
        desk = self.exam.desk
        attempt = desk.attempt(self.attempt_id)
        if self.exam.act(
            lambda: day_acts.void(
                desk, attempt, REASONS[self._why], exposed=self._is_known, again=self._again
            )
        ):
            self.exam.go_to(desk.attempt(self.attempt_id))
