"""Watching: the board of a session that another process examines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, wrap
from examrunner.tui.screens.board import SIDE, BoardScreen
from examrunner.tui.words import due_words, reading_words, title_words

if TYPE_CHECKING:
    from textual.binding import BindingType


class WatchScreen(BoardScreen, inherit_bindings=False):
    """The board, kept up to date, on which nothing can be done."""

    name_in_registry: ClassVar[str] = "watch"
    BINDINGS: ClassVar[list[BindingType]] = bindings("watch")

    def draw_body(self) -> None:
        """Draw what the last beat brought."""
        self.reload()
        super().draw_body()

    def bar(self) -> Line:
        """Say that this window only watches."""
        return line(title_words(self.exam.desk.settings), (f"{GAP}watching", "warn"))

    def status(self) -> Line:
        """Return what was saved last and the break whose time it is; no key marks anything here."""
        return (*self.exam.status_line(), *due_words(self._day))

    def _under_way(self, width: int) -> list[Line]:
        """Return who is examined, on what, and how long still."""
        desk = self.exam.desk
        attempt = desk.under_way()
        if attempt is None:
            return [line(("nobody is with the examiner", "dim"))]
        rows = [line((desk.row(attempt.student).student.name, "strong"))]
        if attempt.reading is not None:
            rows += [line((text, "")) for text in wrap(reading_words(desk, attempt)[0], width)]
        left = attempt.clock.left(desk.clock.now())
        marked = sum(one.asked_at is not None for one in attempt.questions)
        words = [str(attempt.phase)]
        if attempt.started_at is not None and left is not None:
            words.append(f"{shown(left)} left")
        if attempt.questions:
            words.append(f"{marked} of {len(attempt.questions)} asked")
        return [*rows, line((", ".join(words), "dim"))]

    def side_lines(self) -> list[Line]:
        """Return what stands beside the list."""
        return [EMPTY, *self._under_way(SIDE - 2), EMPTY, *self.pace_lines()]

    @property
    def below(self) -> int:  # type: ignore[override]  # depends on the width
        """Rows under the list: who is examined, where there is no side."""
        return 0 if self.is_wide else 4

    def foot_lines(self) -> list[Line]:
        """Return what stands below the list, where there is no side for it."""
        if self.is_wide:
            return []
        rows = [line(("  ", ""), *row) for row in self._under_way(self.width - 4)]
        if len(rows) > self.below - 1:
            rows = [rows[0], rows[1], rows[-1]]
        return [EMPTY, *rows]
