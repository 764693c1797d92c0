"""Screens that choose one row of a list: only the rows in view are made into lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.tui.lines import EMPTY, line
from examrunner.tui.screens.base import ExamScreen

if TYPE_CHECKING:
    from textual.events import Click

    from examrunner.tui.lines import Line


class ListScreen(ExamScreen):
    """A list with a chosen row. A subclass says how many rows there are and draws one."""

    chosen = 0
    first_row = 0
    heading = 1
    """Rows above the list in the body."""
    below = 0
    """Rows under the list in the body."""
    _drawn: tuple[int | None, ...] = ()
    """What stands in each row in view: a place, or None for a line that cannot be chosen."""
    _rows_then: tuple[str, ...] = ()
    """Names of the rows when the choice was looked at last."""

    def count(self) -> int:
        """Return the number of rows."""
        return 0

    def names(self) -> tuple[str, ...]:
        """Return a name for each row, where rows may come and go; else nothing."""
        return ()

    def keep_choice(self) -> None:
        """Stay on the row that was chosen, wherever it stands by now."""
        names = self.names()
        if self._rows_then and names != self._rows_then:
            chosen = self._rows_then[min(self.chosen, len(self._rows_then) - 1)]
            if chosen in names:
                self.chosen = names.index(chosen)
        self._rows_then = names

    def row_line(self, place: int, width: int) -> Line:
        """Return one row in so many cells."""
        return line((str(place), "dim")) if width else EMPTY

    def lines_above(self, place: int) -> list[Line]:  # noqa: ARG002  a subclass looks at it
        """Return lines that stand above a row and cannot be chosen."""
        return []

    def beside(self, at: int, row: Line) -> Line:  # noqa: ARG002  a subclass looks at it
        """Return a row in view, counted from 0, with what stands at the side of it."""
        return row

    def head_lines(self) -> list[Line]:
        """Return the `heading` rows above the list."""
        return [EMPTY] * self.heading

    def foot_lines(self) -> list[Line]:
        """Return the `below` rows under the list."""
        return []

    def list_height(self) -> int:
        """Return how many rows of the list are in view."""
        return max(1, self.app.size.height - 3 - self.heading - self.below)

    def draw_body(self) -> None:
        """Draw the rows in view, the chosen one set off."""
        self.keep_choice()
        height, count = self.list_height(), self.count()
        self.chosen = min(max(0, self.chosen), max(0, count - 1))
        if self.chosen < self.first_row:
            self.first_row = self.chosen
        elif self.chosen >= self.first_row + height:
            self.first_row = self.chosen - height + 1
        self.first_row = max(0, min(self.first_row, count - height))
        listed = self._in_view(height)
        while count and all(place != self.chosen for place, _ in listed):
            self.first_row += 1
            listed = self._in_view(height)
        self._drawn = tuple(place for place, _ in listed)
        rows = [row for _, row in listed] + [EMPTY] * (height - len(listed))
        rows = [self.beside(at, row) for at, row in enumerate(rows)]
        row = self.heading + self._drawn.index(self.chosen) if count else None
        self.canvas("body").show([*self.head_lines(), *rows, *self.foot_lines()], row)

    def _in_view(self, height: int) -> list[tuple[int | None, Line]]:
        """Return the rows from the first one on, as many as are in view."""
        listed: list[tuple[int | None, Line]] = []
        for place in range(self.first_row, min(self.count(), self.first_row + height)):
            listed += [(None, above) for above in self.lines_above(place)]
            listed.append((place, self.row_line(place, self.width)))
        return listed[:height]

    def move(self, by: int) -> None:
        """Choose another row."""
        self.chosen = min(max(0, self.chosen + by), max(0, self.count() - 1))
        self.draw()

    def action_up(self) -> None:
        """Choose the row above."""
        self.move(-1)

    def action_down(self) -> None:
        """Choose the row below."""
        self.move(1)

    def action_page_up(self) -> None:
        """Go up a page."""
        self.move(-self.list_height())

    def action_page_down(self) -> None:
        """Go down a page."""
        self.move(self.list_height())

    def action_first(self) -> None:
        """Choose the first row."""
        self.move(-self.count())

    def action_last(self) -> None:
        """Choose the last row."""
        self.move(self.count())

    def on_mouse_scroll_down(self) -> None:
        """Scroll with the wheel."""
        self.move(3)

    def on_mouse_scroll_up(self) -> None:
        """Scroll with the wheel."""
        self.move(-3)

    def on_click(self, event: Click) -> None:
        """Choose the row under the mouse."""
        row = event.screen_y - 1 - self.heading
        place = self._drawn[row] if 0 <= row < len(self._drawn) else None
        if place is not None:
            self.chosen = place
            self.draw()
