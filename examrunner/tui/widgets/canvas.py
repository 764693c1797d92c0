"""A widget that shows lines and repaints only those that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from examrunner.domain.text import safe
from examrunner.tui.lines import cells_of, head_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from examrunner.tui.lines import Line

INK = (
    "accent",
    "dim",
    "key",
    "strong",
    "good",
    "warn",
    "bad",
    "block-good",
    "block-warn",
    "block-bad",
    "row",
)


class Canvas(Widget):
    """Lines of styled text in a box of a fixed size: a change never lays out the screen again."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ink--{name}" for name in INK}

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._chosen: int | None = None
        self._inks: dict[str, Style] = {}

    def show(self, lines: Sequence[Line], chosen: int | None = None) -> None:
        """Show these lines, the row `chosen` set off; repaint what differs."""
        old, old_chosen = self._lines, self._chosen
        self._lines, self._chosen = tuple(lines), chosen
        for row in range(max(len(old), len(lines))):
            before = old[row] if row < len(old) else None
            after = self._lines[row] if row < len(self._lines) else None
            if before != after or (row == old_chosen) != (row == chosen):
                self.refresh(Region(0, row, self.size.width, 1))

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def plain(self) -> str:
        """Return the text that is shown, for tests and for the clipboard."""
        return "\n".join("".join(safe(text) for text, _ in row).rstrip() for row in self._lines)

    def render_line(self, y: int) -> Strip:
        """Return one row for Textual."""
        width = self.size.width
        base = self.rich_style
        if y == self._chosen:
            base += self._ink("row")
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments, left, blank = [], width, width
        for text, name in self._lines[y]:
            shown = head_of(safe(text), left)
            left -= cells_of(shown)
            blank -= cell_len(shown)  # what a terminal that joins emoji leaves free
            segments.append(Segment(shown, base + self._ink(name) if name else base))
        return Strip([*segments, Segment(" " * blank, base)] if blank else segments, width)

    def _ink(self, name: str) -> Style:
        style = self._inks.get(name)
        if style is None:
            style = self.get_component_rich_style(f"ink--{name}", partial=True)
            self._inks[name] = style
        return style

    def notify_style_update(self) -> None:
        """Forget the styles when the theme changes."""
        self._inks.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Tell the screen that its lines must be broken anew."""
        self.refresh()
