"""The app of the student's second window: it only looks on, and only one key does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import ExamError, Refused
from examrunner.services.window import View, view_of
from examrunner.tui.app import ExamApp
from examrunner.tui.screens.window import WindowScreen

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.screen import Screen

    from examrunner.services.desk import Desk

BEAT = 1.0
"""Seconds between two looks at the mirror, or for the session while there is none."""
LATE = 0.02
"""Seconds after a full one at which the clock is looked at."""


class WindowApp(ExamApp, inherit_bindings=False):
    """The app of the second window; `opener` raises Refused while there is nothing to show."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    _is_seeking = False
    """A thread looks whether there is a session to follow."""

    def get_default_screen(self) -> Screen[None]:
        """Return the only screen."""
        return WindowScreen()

    def view(self) -> View | None:
        """Return what the student sees; None while there is no session to follow yet."""
        return view_of(self._desk) if self._desk is not None else None

    def _begin(self) -> None:
        self.beat()
        self._arm()

    def _arm(self) -> None:
        """Look again after a second at most, and where a clock runs as its next second shows."""
        if not self.beats:
            return
        view = self.view()
        left = view.left if view is not None else None
        self.set_timer(BEAT if left is None else (left % 1 or BEAT) + LATE, self._wake)

    def _wake(self) -> None:
        self.beat()
        self._arm()

    def beat(self) -> None:
        """Take in what is new and draw it; look for the session where there was none."""
        if self._desk is not None:
            self._desk.beat()
            self.redraw()
        elif not self._is_seeking:
            self._is_seeking = True
            self.run_worker(self._open, thread=True, name="open")

    def opened(self, desk: Desk) -> None:
        """Follow a session from now on."""
        self._desk = desk
        self.redraw()

    def give_up(self, failure: ExamError) -> None:
        """Wait on where there is nothing to show yet; end where it cannot be read at all."""
        self._is_seeking = False
        if not isinstance(failure, Refused):
            super().give_up(failure)

    def redraw(self) -> None:
        """Draw the window anew."""
        if isinstance(self.screen, WindowScreen):
            self.screen.draw()

    def action_blank(self) -> None:
        """Do nothing: the window shows nothing that must be hidden from the student."""
