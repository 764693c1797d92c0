"""The first frame: the session's name, while the session is being opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.tui.lines import EMPTY, Line, line
from examrunner.tui.screens.base import ExamScreen

if TYPE_CHECKING:
    from examrunner.tui.actions import Action


class OpeningScreen(ExamScreen):
    """Says which session is being opened."""

    name_in_registry: ClassVar[str] = "opening"

    def bar(self) -> Line:
        """Return the session's name."""
        return line((self.exam.session_name, "strong"))

    def draw_body(self) -> None:
        """Say what is going on."""
        self.canvas("body").show([EMPTY, line(("  opening the session", "dim"))])

    def actions(self) -> tuple[Action, ...]:
        """Return no actions: nothing can be done yet."""
        return ()
