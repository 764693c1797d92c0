"""The public value: typed before the first student, where the session names a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.phases import SessionPhase
from examrunner.services.begin import commit_session, give_public, public_source
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, Line, line, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType


class PublicScreen(ExamScreen):
    """Commit first, then take the value: nobody can have chosen lists or secret by it."""

    name_in_registry: ClassVar[str] = "public"
    BINDINGS: ClassVar[list[BindingType]] = bindings("public")

    def __init__(self, then: Callable[[], None]) -> None:
        super().__init__()
        self._then = then
        """What was about to be done when the value was found missing."""

    def compose(self) -> ComposeResult:
        """Add the line in which the value is typed."""
        yield from super().compose()
        yield Field("the public value", "keeps it, - for none", "goes back")

    def on_mount(self) -> None:
        """Commit a draft session, and open the line."""
        if self.exam.desk.phase is SessionPhase.DRAFT and not self.exam.act(
            lambda: commit_session(self.exam.desk)
        ):
            self.exam.pop_screen()
            return
        self.field.open()

    def bar(self) -> Line:
        """Return the title."""
        return line(("Before the first student", "strong"))

    def draw_body(self) -> None:
        """Say what is asked for, and what was committed before."""
        source = public_source(self.exam.desk) or ""
        rows = [EMPTY, *(line((f"  {text}", "strong")) for text in wrap(source, self.width - 4))]
        words = (
            "Its value takes part in every draw. Type it as everybody in the room sees or hears "
            "it; from then on nobody can choose a draw, you included."
        )
        rows += [EMPTY, *(line((f"  {text}", "")) for text in wrap(words, self.width - 4))]
        stored = self.exam.desk.stored
        if stored is not None:
            rows += [
                EMPTY,
                line(("  Committed before it, as", "dim")),
                line((f"  {stored.commit}", "accent")),
            ]
        self.canvas("body").show(rows)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the value and go on with what was about to be done."""
        if self.exam.act(lambda: give_public(self.exam.desk, event.value)):
            self.exam.pop_screen()
            self._then()
        else:
            self.field.open(event.value)

    def action_back(self) -> None:
        """Go back; the session stays committed and the day has not begun."""
        self.exam.pop_screen()
