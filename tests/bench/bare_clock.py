"""The least that a Textual app with a ticking clock can be: the yardstick."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Label

if TYPE_CHECKING:
    from textual.events import Key

ROWS, WORDS = 38, " and what stands beside it in a list of students, verdicts and papers"
"""What the pushed screen shows: as many lines, about as long, as a list has at 120x40."""


class BareScreen(Screen[None]):
    """A screen full of plain lines; escape goes back."""

    def compose(self) -> ComposeResult:
        """Lay out the lines."""
        yield Label("\n".join(f"pushed row {place}{WORDS}" for place in range(ROWS)))


class BareClock(App[None]):
    """Two labels, a clock, and a counter of key presses."""

    def __init__(self) -> None:
        super().__init__()
        self.presses = 0
        self.began = monotonic()

    def compose(self) -> ComposeResult:
        """Lay out the two labels."""
        yield Label("0 s", id="clock")
        yield Label("presses: 0", id="presses")

    def on_mount(self) -> None:
        """Tick once a second."""
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Show the seconds."""
        self.query_one("#clock", Label).update(f"{monotonic() - self.began:.0f} s")

    def on_key(self, event: Key) -> None:
        """Push a screen with `p`, pop it with escape; count any other press."""
        if event.key == "p":
            self.push_screen(BareScreen())
            return
        if event.key == "escape":
            self.pop_screen()
            return
        self.presses += 1
        self.query_one("#presses", Label).update(f"presses: {self.presses}")


if __name__ == "__main__":
    BareClock().run()
