"""The second reader: sheet and timeline without name and verdict, and a verdict of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Verdict
from examrunner.services.second_read import LONGEST_NAME, second_read, to_read
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, wrap
from examrunner.tui.record_lines import asked_rows
from examrunner.tui.screens.decide import choice_line
from examrunner.tui.screens.scrolling import ScrollScreen
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import reading_words, timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt

WHOLE = 10_000
"""Rows of a timeline: all of them."""
FOOT = 4
"""Rows below what is read: the choice and the reason."""


class SecondReadScreen(ScrollScreen):
    """One attempt after the other, shuffled; what is given here changes no verdict."""

    name_in_registry: ClassVar[str] = "second-read"
    BINDINGS: ClassVar[list[BindingType]] = bindings("second-read")

    def __init__(self) -> None:
        super().__init__()
        self._reader = ""
        """Empty until the reader has given a name."""
        self._everyone = False
        self._queue: list[Attempt] = []
        self._read = 0
        self._verdict: Verdict | None = None
        self._reason = ""

    def compose(self) -> ComposeResult:
        """Add the line in which name and reason are typed."""
        yield from super().compose()
        yield Field("name", escape="goes back")

    def on_mount(self) -> None:
        """Ask once who reads; the examiner is offered."""
        self.field.open(self.exam.desk.actor)

    def _take(self) -> None:
        self._queue = to_read(self.exam.desk, self._reader, everyone=self._everyone)
        self._verdict, self._reason, self.scrolled = None, "", 0

    # --- drawing -------------------------------------------------------------------------

    def bar(self) -> Line:
        """Return what this is, and how many are left."""
        if not self._reader:
            return line("second reader")
        which = "all decided" if self._everyone else "the edges"
        count = f"{self._read + 1} of {self._read + len(self._queue)}, " if self._queue else ""
        about = f"{GAP}{count}{which}, shuffled; names and verdicts hidden"
        return line("second reader", (about, "dim"))

    def draw_body(self) -> None:
        """Draw sheet and timeline, and the choice below."""
        height = self.app.size.height - 3 - self.field.is_open
        if not self._reader:
            words = "Who reads? The name stands on record beside each verdict given here."
            rows = [EMPTY, *(line(f"  {text}") for text in wrap(words, self.width - 4))]
        elif not self._queue:
            rest = "" if self._everyone else " a reads all attempts with a verdict."
            rows = [EMPTY, line((f"  Nothing is left to read.{rest}", "dim"))]
        else:
            rows = self._attempt_rows(height - FOOT) + self._foot()
        self.canvas("body").show(rows)

    def _attempt_rows(self, height: int) -> list[Line]:
        attempt, desk = self._queue[0], self.exam.desk
        rows: list[Line] = [EMPTY]
        title = reading_words(desk, attempt)[0]
        rows += [line((f"  {text}", "strong")) for text in wrap(title, self.width - 4)]
        if attempt.used is not None:
            limit = attempt.clock.seconds
            of = f" of {shown(limit)}" if limit is not None else ""
            rows.append(line((f"  {shown(int(attempt.used))}{of} used", "dim")))
        rows += [EMPTY, *asked_rows(desk, attempt, self.width - 4)]
        told = timeline(desk, attempt, WHOLE, self.width - 4)
        rows += [EMPTY, *(line("  ", *row) for row in told)]
        rows = self.in_view(rows, height)
        return rows + [EMPTY] * (height - len(rows))

    def _foot(self) -> list[Line]:
        reason = wrap(self._reason, self.width - 4, 1)[0]
        return [EMPTY, choice_line(self._verdict), line((f"  {reason}", "dim")), EMPTY]

    # --- acting --------------------------------------------------------------------------

    def _choose(self, verdict: Verdict) -> None:
        if self._queue:
            self._verdict = verdict
            self.draw()

    def action_pass(self) -> None:
        """Choose pass."""
        self._choose(Verdict.PASS)

    def action_edge(self) -> None:
        """Choose edge."""
        self._choose(Verdict.EDGE)

    def action_fail(self) -> None:
        """Choose fail."""
        self._choose(Verdict.FAIL)

    def action_reason(self) -> None:
        """Open the line for a reason."""
        if self._queue:
            self.field.asks("reason")
            self.field.open(self._reason)
            self.draw()

    def action_everyone(self) -> None:
        """Read all attempts that have a verdict, or only the edges again."""
        if self._reader:
            self._everyone = not self._everyone
            self._take()
            self.draw()

    def action_confirm(self) -> None:
        """Save the reader's verdict and show the next attempt."""
        verdict = self._verdict
        if not self._queue:
            return
        if verdict is None:
            self.exam.say("p pass, e edge or f fail first")
            return
        desk, attempt = self.exam.desk, self._queue[0]
        if self.exam.act(lambda: second_read(desk, attempt, verdict, self._reader, self._reason)):
            self._read += 1
            self._take()
            self.draw()

    def action_back(self) -> None:
        """Close the line of a reason, or go back."""
        if self.field.is_open and self._reader:
            self.field.close()
            self.draw()
        else:
            self.exam.pop_screen()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the name, once; after that the reason, saved with the verdict."""
        words = " ".join(event.value.split())
        if self._reader:
            self._reason = words
        elif words:
            self._reader = words[:LONGEST_NAME]
            self._take()
        else:
            return
        self.field.close()
        self.draw()
