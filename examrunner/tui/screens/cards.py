"""The key card, and the blank screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import ModalScreen

from examrunner.tui.actions import EVERYWHERE, SCREENS
from examrunner.tui.lines import EMPTY, Line, line, pad
from examrunner.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click, Key


class Cover(ModalScreen[None]):
    """Covers the screen below until any key or click; that key does nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def compose(self) -> ComposeResult:
        """Lay out one block of lines."""
        yield Canvas(id="body")

    def on_key(self, event: Key) -> None:
        """Close on any key; one that comes after the first goes to the screen below."""
        if self.is_current:
            event.stop()
            self.dismiss()

    def on_click(self, event: Click) -> None:
        """Close on a click."""
        event.stop()
        if self.is_current:
            self.dismiss()


class KeyCard(Cover):
    """What each key of a screen does; any key closes it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.card = name

    def on_mount(self) -> None:
        """Draw the card."""
        rows: list[Line] = [
            EMPTY,
            line((f"  keys: {self.card.replace('-', ' ')}", "strong")),
            EMPTY,
        ]
        rows += [
            line((f"  {pad(action.written, 7)}", "key"), (action.help, ""))
            for action in (*SCREENS[self.card], *EVERYWHERE)
        ]
        rows.append(line(("  ctrl+p ", "key"), ("the same as a list to search", "")))
        rows += [EMPTY, line(("  any key closes this card", "dim"))]
        self.query_one(Canvas).show(rows)


class BlankScreen(Cover):
    """Nothing at all; any key shows the screen again and does nothing else."""
