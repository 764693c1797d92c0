"""The one-line field of a screen: hidden until a key opens it, and then the only taker of keys."""

from __future__ import annotations

from textual.widgets import Input

OPEN = "-open"


class Field(Input):
    """A line to type in. While it is closed it takes no key."""

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self.has_class(OPEN)

    def open(self, value: str = "") -> None:
        """Show the line with this text and give it the keys."""
        self.value = value
        self.add_class(OPEN)
        self.focus()

    def close(self) -> None:
        """Hide the line and give the keys back to the screen."""
        self.remove_class(OPEN)
        self.screen.set_focus(None)
