"""What all screens share: a bar, a body, a status line and a footer from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.screen import Screen

from examrunner.tui.actions import SCREENS, Action
from examrunner.tui.footer import footer
from examrunner.tui.lines import EMPTY, Line, Span, before, cut, line
from examrunner.tui.widgets.canvas import Canvas

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.tui.app import ExamApp
    from examrunner.tui.widgets.field import Field

SMALLEST = (80, 24)
"""Below so many columns and rows a screen says so instead of cutting words."""

REHEARSAL: Span = ("REHEARSAL", "warn")
"""Stands in the bar where nothing is at stake: real students would be lost with the copy."""


class ExamScreen(Screen[None]):
    """A screen of lines. A subclass gives its name, its bar and its body."""

    name_in_registry: ClassVar[str]
    AUTO_FOCUS = ""
    """No field takes the keys unless it was opened."""
    BINDINGS: ClassVar[list[BindingType]] = []
    typing: Field | None = None
    """The line that is open: it takes all keys, and the footer is its own."""
    _saved_mark: Span = ("", "")
    """What the bar says about saving."""

    def compose(self) -> ComposeResult:
        """Lay out the four parts."""
        yield Canvas(id="bar")
        yield Canvas(id="body")
        yield Canvas(id="status")
        yield Canvas(id="keys")

    @property
    def exam(self) -> ExamApp:
        """The app, as what it is."""
        return cast("ExamApp", self.app)

    @property
    def width(self) -> int:
        """Columns to draw in."""
        return self.app.size.width

    @property
    def is_too_small(self) -> bool:
        """Whether there is no room for what a screen shows."""
        size = self.app.size
        return size.width < SMALLEST[0] or size.height < SMALLEST[1]

    def canvas(self, name: str) -> Canvas:
        """Return one of the parts."""
        return self.query_one(f"#{name}", Canvas)

    @property
    def field(self) -> Field:
        """The screen's field. Only some screens have one."""
        from examrunner.tui.widgets.field import Field

        return self.query_one(Field)

    # Textual calls these three after those of the subclass, which need not draw themselves.

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.draw()

    def on_resize(self) -> None:
        """Break all lines anew for the new size."""
        self.draw()

    def on_screen_resume(self) -> None:
        """Draw what changed while another screen was on top."""
        self.draw()

    def draw(self) -> None:
        """Draw every part; only rows that differ are repainted."""
        if not self.is_mounted or not self.query("#keys"):
            return
        if self.is_too_small:
            self._draw_too_small()
            return
        self._draw_bar()
        self.draw_body()
        self.draw_status()
        self.draw_keys()

    def draw_keys(self) -> None:
        """Draw the footer: what the keys do now."""
        if self.is_too_small:
            return
        line_open = self.typing
        keys = cut(line_open.keys(), self.width) if line_open else None
        self.canvas("keys").show([keys or footer(self.actions(), self.width)])

    def _draw_too_small(self) -> None:
        size = self.app.size
        words = f" {size.width}x{size.height} is too small: 80x24 at least"
        for name in ("bar", "status", "keys"):
            self.canvas(name).show([EMPTY])
        self.canvas("body").show([line((words, "warn"))])

    def _draw_bar(self) -> None:
        self._saved_mark = self.exam.saved_mark()
        right = line(self._saved_mark, "  ") if self._saved_mark[0] else EMPTY
        if self.exam.is_rehearsal:
            right = line(REHEARSAL, "  ", *right)
        self.canvas("bar").show([before(line("  ", *self.bar()), right, self.width)])

    def bar(self) -> Line:
        """Return what stands at the top."""
        return EMPTY

    def draw_body(self) -> None:
        """Draw the middle."""

    def draw_status(self) -> None:
        """Draw the line above the footer, and the bar where its mark is another one by now."""
        if self._saved_mark != self.exam.saved_mark():
            self._draw_bar()
        self.canvas("status").show([self.status()])

    def status(self) -> Line:
        """Return the line above the footer: what was saved last, or what is wrong."""
        return self.exam.status_line()

    def actions(self) -> tuple[Action, ...]:
        """Return the actions that the footer offers now."""
        return SCREENS[self.name_in_registry]

    def action_keys(self) -> None:
        """Show the key card."""
        self.exam.show_keys(self.name_in_registry)

    def action_blank(self) -> None:
        """Blank the screen."""
        self.exam.show_blank()

    def action_back(self) -> None:
        """Go back to the screen below."""
        self.exam.pop_screen()
