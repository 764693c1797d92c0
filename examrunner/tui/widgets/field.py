"""The one-line field of a screen: hidden until a key opens it, and then the only taker of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widgets import Input

from examrunner.domain.text import without_hidden
from examrunner.tui.lines import GAP, Line, line

if TYPE_CHECKING:
    from textual.events import Paste

    from examrunner.tui.screens.base import ExamScreen

OPEN = "-open"
LONGEST = 2_000
"""Characters that the line takes; more cannot be looked through in an exam."""


class Field(Input):
    """A line to type in. While it is closed it takes no key.

    What it shows is what is kept: control and hidden characters never get in, also not pasted.
    The screen's footer says what is typed and what the two keys do that end it.
    """

    def __init__(self, what: str, enter: str = "keeps it", escape: str = "drops it") -> None:
        super().__init__()
        self.asks(what, enter, escape)

    def asks(
        self, what: str, enter: str = "keeps it", escape: str = "drops it", hint: str = ""
    ) -> None:
        """Say what is typed, what enter and escape do, and perhaps more while it is empty."""
        self._asked = (what, enter, escape)
        self.placeholder = hint or what

    def keys(self) -> Line:
        """Return the footer while it is open."""
        what, enter, escape = self._asked
        return line(
            (f"  {what} ", "warn"),
            *((f"{GAP}enter", "key"), f" {enter}"),
            *((f"{GAP}esc", "key"), f" {escape}"),
        )

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self.has_class(OPEN)

    def open(self, value: str = "") -> None:
        """Show the line with this text and give it the keys."""
        self.value = without_hidden(value)
        self.add_class(OPEN)
        self.focus()
        self._tell_screen(self)

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
        self._tell_screen(None)

    def _tell_screen(self, takes_keys: Field | None) -> None:
        screen = cast("ExamScreen", self.screen)
        screen.typing = takes_keys
        screen.draw_keys()
