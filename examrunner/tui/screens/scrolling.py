"""Screens of one long text that is scrolled by rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.tui.lines import line
from examrunner.tui.screens.base import ExamScreen

if TYPE_CHECKING:
    from examrunner.tui.lines import Line


class ScrollScreen(ExamScreen):
    """A screen whose body may be longer than the terminal is high."""

    scrolled = 0
    """Rows of the body above those in view."""

    def in_view(self, rows: list[Line], height: int) -> list[Line]:
        """Return the rows in view, at most so many; the last says where more of them follow."""
        self.scrolled = max(0, min(self.scrolled, len(rows) - height))
        rows = rows[self.scrolled :]
        if len(rows) > height:
            rows = [*rows[: height - 1], line((f"  … {len(rows) - height + 1} more: ↓", "warn"))]
        return rows

    def action_up(self) -> None:
        """Scroll up."""
        self.scrolled -= 1
        self.draw()

    def action_down(self) -> None:
        """Scroll down."""
        self.scrolled += 1
        self.draw()
