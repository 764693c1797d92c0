"""The one-line field of a screen: hidden until a key opens it, and then the only taker of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from examrunner.domain.text import without_hidden

if TYPE_CHECKING:
    from textual.events import Paste

OPEN = "-open"
LONGEST = 2_000
"""Characters that the line takes; more cannot be looked through in an exam."""


class Field(Input):
    """A line to type in. While it is closed it takes no key.

    What it shows is what is kept: control and hidden characters never get in, also not pasted.
    """

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self.has_class(OPEN)

    def open(self, value: str = "") -> None:
        """Show the line with this text and give it the keys."""
        self.value = without_hidden(value)
        self.add_class(OPEN)
        self.focus()

    def replace(self, text: str, start: int, end: int) -> None:
        """Take what was typed or pasted, as far as it can be shown and there is room."""
        room = LONGEST - len(self.value) + abs(end - start)
        super().replace(without_hidden(text)[: max(0, room)], start, end)

    def on_paste(self, event: Paste) -> None:
        """Take all lines of a pasted text as one."""
        event.stop()
        event.prevent_default()
        self.replace(" ".join(event.text.splitlines()), *self.selection)

    def close(self) -> None:
        """Hide the line and give the keys back to the screen."""
        self.remove_class(OPEN)
        self.screen.set_focus(None)
