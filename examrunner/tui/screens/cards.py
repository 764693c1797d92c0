"""The key card, and the blank screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.screen import ModalScreen

from examrunner.tui.actions import SCREENS, everywhere
from examrunner.tui.lines import EMPTY, Line, line, pad
from examrunner.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Click, Key

SIGNS = {
    "board": "✓ done   – not here   › comes later   ▸ with you   × void",
    "sheet": "✓ said or rated   · not yet   bold points must be said   ! a false belief",
    "hand-over": "✓ done   ▸ what comes next",
}
"""What the signs on a screen mean."""
MOVES = ("up", "down", "page_up", "page_down", "first", "last")
MOVING = "up, down, by pages, to either end"
"""What the keys that move in a list do; they share a row."""
AROUND = 6
"""Rows of the card that are no keys: heading, signs, the way out, and air."""


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
            self.pressed(event.key)

    def on_click(self, event: Click) -> None:
        """Close on a click."""
        event.stop()
        if self.is_current:
            self.dismiss()

    def pressed(self, _key: str) -> None:
        """Close."""
        self.dismiss()


class KeyCard(Cover):
    """What each key of a screen does; any key closes it, or shows the rest first."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.card = name
        self._page = 0

    def on_mount(self) -> None:
        """Draw the card."""
        self.draw()

    def on_resize(self) -> None:
        """Draw it anew: as many keys as there is room for."""
        self._page = 0
        self.draw()

    def _pages(self) -> list[list[Line]]:
        actions = SCREENS[self.card]
        moves = [action for action in actions if action.name in MOVES]
        keys = " ".join(action.written for action in moves)
        rows = [line((f"  {keys}", "key"), f"  {MOVING}")] if moves else []
        rows += [
            line((f"  {pad(action.written, 7)}", "key"), (action.help, ""))
            for action in (*actions, *everywhere(self.card))
            if action not in moves and action.help
        ]
        room = max(1, self.app.size.height - AROUND)
        return [rows[start : start + room] for start in range(0, len(rows), room)]

    def draw(self) -> None:
        """Draw the page that is due."""
        pages = self._pages()
        is_last = self._page == len(pages) - 1
        way = "any key closes this card" if is_last else "any key shows the rest, esc closes"
        way += "; ctrl+p: the same to search, and themes"
        head = line((f"  keys: {self.card.replace('-', ' ')}", "strong"))
        signs = line((f"  {SIGNS.get(self.card, '')}", "dim"))
        rows = [EMPTY, head, signs, EMPTY, *pages[self._page], EMPTY, line((f"  {way}", "dim"))]
        self.query_one(Canvas).show(rows)

    def pressed(self, key: str) -> None:
        """Show the next page; close after the last."""
        if key == "escape" or self._page == len(self._pages()) - 1:
            self.dismiss()
        else:
            self._page += 1
            self.draw()


class BlankScreen(Cover):
    """Nothing at all; any key shows the screen again and does nothing else."""
