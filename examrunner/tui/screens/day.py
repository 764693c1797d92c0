"""The day as a whole: an alarm, and the end with what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.text import some
from examrunner.services import day_acts
from examrunner.services.day import day_of
from examrunner.tui.actions import SCREENS, bindings
from examrunner.tui.lines import EMPTY, Line, line, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import clock_time, pace_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.tui.actions import Action


INCIDENT = "incident"


class NoteScreen(ExamScreen):
    """A screen with a line in which an incident is typed."""

    def compose(self) -> ComposeResult:
        """Add the line in which an incident is typed."""
        yield from super().compose()
        yield Field(INCIDENT)

    def action_incident(self) -> None:
        """Open the line; while it is open no command key works."""
        self.field.open()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep what was typed and close the line."""
        self.field.close()
        self.keep(" ".join(event.value.split()))
        self.draw()

    def keep(self, words: str) -> None:
        """Put an incident on record."""
        if words:
            self.exam.act(lambda: day_acts.note_incident(self.exam.desk, words))

    def action_back(self) -> None:
        """Close the line, or go back where it is not open."""
        if self.field.is_open:
            self.field.close()
            self.draw()
        else:
            self.leave()

    def leave(self) -> None:
        """Go back; a screen that must be answered stays."""


class AlarmScreen(NoteScreen):
    """Everything stands still until the examiner lets the day go on."""

    name_in_registry: ClassVar[str] = "alarm"
    BINDINGS: ClassVar[list[BindingType]] = bindings("alarm")

    def on_mount(self) -> None:
        """Keep the length of the break fresh."""
        self.set_interval(1, self.draw)

    @property
    def attempt_id(self) -> str | None:
        """The attempt that was interrupted: it may be voided from here."""
        busy = self.exam.desk.under_way()
        return busy.id if busy else None

    def bar(self) -> Line:
        """Return the title."""
        return line(("Everything stands still", "warn"))

    def draw_body(self) -> None:
        """Say since when, and what it means for the rest of the day."""
        desk = self.exam.desk
        since = desk.suspended_at
        rows: list[Line] = [EMPTY]
        if since is not None:
            long = shown(int((desk.clock.now().at - since).total_seconds()))
            rows.append(line((f"  since {clock_time(desk, since)}, {long} ago", "strong")))
        busy = desk.under_way()
        if busy is not None and busy.started_at is not None:
            left = busy.clock.left(desk.clock.now())
            time = f", {shown(left)} left" if left is not None else ""
            rows.append(line((f"  the clock of the student with you stands{time}", "")))
        rows += [EMPTY, *(line("  ", word) for word in pace_words(day_of(desk)))]
        words = (
            "When it goes on you may examine as planned and end later, let students come later "
            "(l on the board), or void the attempt that was interrupted (V)."
        )
        rows += [EMPTY, *(line((f"  {text}", "dim")) for text in wrap(words, self.width - 4))]
        self.canvas("body").show(rows)

    def action_continue(self) -> None:
        """Let the day go on; a paused clock waits for space."""
        if self.exam.act(lambda: day_acts.go_on(self.exam.desk)):
            self.exam.pop_screen()


class CloseScreen(NoteScreen):
    """What is still open, and the end of the day; or a closed day, opened again."""

    name_in_registry: ClassVar[str] = "close"
    BINDINGS: ClassVar[list[BindingType]] = bindings("close")

    @property
    def is_closed(self) -> bool:
        """Whether the day has been closed."""
        return self.exam.desk.phase is SessionPhase.CLOSED

    def bar(self) -> Line:
        """Return the title."""
        return line(("The day is closed" if self.is_closed else "Close the day", "strong"))

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done now."""
        hidden = ("close", "edges", "incident") if self.is_closed else ("reopen",)
        return tuple(one for one in SCREENS["close"] if one.name not in hidden)

    def draw_body(self) -> None:
        """List what a complete day would not have."""
        if self.is_closed:
            words = "Verdicts are final. Opening the day again is on record."
            self.canvas("body").show([EMPTY, line((f"  {words}", ""))])
            return
        found = day_acts.still_open(self.exam.desk)
        rows: list[Line] = [EMPTY]
        for keys, one, several in (
            (found.under_way, "student is with you", "students are with you"),
            (found.to_come, "student is still to come", "students are still to come"),
            (found.absent, "student was absent", "students were absent"),
            (found.edges, "edge is to be decided", "edges are to be decided"),
        ):
            if keys:
                rows += self._listed(keys, one if len(keys) == 1 else several)
        if found.waiting:
            rows.append(line((f"  {found.waiting} events are not saved yet", "bad")))
        if len(rows) == 1:
            rows.append(line(("  Nothing is open: everyone has a verdict.", "good")))
        rows += [EMPTY, line(("  Closed, no verdict changes any more. Exports go on.", "dim"))]
        self.canvas("body").show(rows)

    def _listed(self, keys: Sequence[str], what: str) -> list[Line]:
        names = [self.exam.desk.row(key).student.name for key in keys]
        rows = [line((f"  {len(keys)} {what}", "warn"))]
        told = some(names)
        return rows + [line((f"    {text}", "dim")) for text in wrap(told, self.width - 6)]

    def action_close(self) -> None:
        """Close the day."""
        if not self.is_closed and self.exam.act(lambda: day_acts.close(self.exam.desk)):
            self.draw()

    def action_incident(self) -> None:
        """Open the line of an incident; a closed day takes none."""
        if self.is_closed:
            self.exam.say("The day is closed; o opens it again.")
        else:
            super().action_incident()

    def action_reopen(self) -> None:
        """Open the line for a reason; enter opens the day again, with a reason or without."""
        if self.is_closed:
            self.field.asks("reason, or none", "opens the day again", "leaves it closed")
            self.field.open()

    def keep(self, words: str) -> None:
        """Open a closed day again, with these words as the reason; else keep an incident."""
        if not self.is_closed:
            super().keep(words)
            return
        self.exam.act(lambda: day_acts.reopen(self.exam.desk, words))
        self.field.asks(INCIDENT)

    def action_edges(self) -> None:
        """Take a second look at the edges."""
        from examrunner.tui.screens.edges import EdgesScreen

        self.app.push_screen(EdgesScreen())

    def leave(self) -> None:
        """Go back to the board."""
        self.exam.pop_screen()
