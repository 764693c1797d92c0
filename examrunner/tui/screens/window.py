"""The student's second window: one quiet page, drawn anew as the session goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.screen import Screen

from examrunner.tui.actions import bindings
from examrunner.tui.widgets.canvas import Canvas
from examrunner.tui.window_lines import window_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.tui.window_app import WindowApp


class WindowScreen(Screen[None], inherit_bindings=False):
    """Paper, time and question, and no bar, footer or message beside them."""

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")

    def compose(self) -> ComposeResult:
        """Lay out one block of lines."""
        yield Canvas(id="window")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.draw()

    def on_resize(self) -> None:
        """Lay everything out anew for the new size."""
        self.draw()

    def draw(self) -> None:
        """Draw what the student sees now; only rows that differ are repainted."""
        if self.is_mounted and self.query("#window"):
            size = self.app.size
            view = cast("WindowApp", self.app).view()
            self.query_one("#window", Canvas).show(window_lines(view, size.width, size.height))

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()
