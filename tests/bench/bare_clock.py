"""The least that a Textual app with a ticking clock can be: the yardstick."""

from __future__ import annotations

from time import monotonic

from textual.app import App, ComposeResult
from textual.widgets import Label


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

    def on_key(self) -> None:
        """Count a press."""
        self.presses += 1
        self.query_one("#presses", Label).update(f"presses: {self.presses}")


if __name__ == "__main__":
    BareClock().run()
