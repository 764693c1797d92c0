"""The board: every student, what is next, and the pace. No verdicts."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.phases import UNDER_WAY, Phase, SessionPhase
from examrunner.domain.text import fold
from examrunner.services import conduct, day_acts
from examrunner.services.absence import overdue
from examrunner.services.day import Day, day_of
from examrunner.services.troubles import latecomer
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, pad, width_of
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import break_words, due_words, minutes_words, pace_words, title_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.services.desk import Desk
    from examrunner.services.known import Row

SIDE_FROM = 100
"""From so many columns on, the next student stands at the side."""
SIDE = 44
WIDEST = 120
"""On a wider screen the rest stays empty: eyes must find their way from name to word."""

STATUS = {
    Phase.WAITING: (" ", ""),
    Phase.ABSENT: ("–", "not here"),
    Phase.POSTPONED: ("›", "later"),
    Phase.DECIDED: ("✓", "done"),
    Phase.VOID: ("×", "void"),
}


@lru_cache(1 << 14)
def _found_by(name: str, student_id: str) -> str:
    """Return what a typed part of a name is looked for in."""
    return fold(f"{name} {student_id}")


class BoardScreen(ListScreen):
    """The screen between two students."""

    name_in_registry: ClassVar[str] = "board"
    BINDINGS: ClassVar[list[BindingType]] = bindings("board")

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._names: list[str] = []
        self._day: Day | None = None
        self._types_incident = False
        self._left: str | None = None
        """Key of the student whose screens lie above; the next one is chosen on return."""

    def compose(self) -> ComposeResult:
        """Add the line in which a name is typed."""
        yield from super().compose()
        yield Field("find a name")

    def on_mount(self) -> None:
        """Choose the first student who waits, and keep the pace fresh."""
        self.reload()
        self.choose_next(0)
        self.set_interval(15, self.refresh_pace)

    def on_screen_resume(self) -> None:
        """Come back from a student: choose the next one."""
        self.reload()
        if self._left is not None:
            place = self._place_of(self._left)
            if self._rows[place].attempt.phase not in UNDER_WAY:
                self.choose_next(place)
                self._left = None

    def reload(self) -> None:
        """Take the students from the desk again."""
        self._rows = self.exam.desk.rows()
        self._names = [_found_by(row.student.name, row.student.student_id) for row in self._rows]
        self._day = day_of(self.exam.desk)

    def refresh_pace(self) -> None:
        """Compute the pace again."""
        if self.is_current:
            self._day = day_of(self.exam.desk)
            self.draw()

    def choose_next(self, start: int) -> None:
        """Choose the first student from `start` on who is still to come."""
        count = len(self._rows)
        for wanted in (Phase.WAITING, Phase.POSTPONED):
            for step in range(count):
                place = (start + step) % count
                if self._rows[place].attempt.phase is wanted:
                    self.chosen = place
                    return

    def _place_of(self, key: str) -> int:
        return next(place for place, row in enumerate(self._rows) if row.key == key)

    # --- drawing -------------------------------------------------------------------------

    @property
    def below(self) -> int:  # type: ignore[override]  # depends on the width
        """Rows under the list: the pace, where there is no side."""
        return 0 if self.is_wide else 2

    def bar(self) -> Line:
        """Return what day it is."""
        phase = self.exam.desk.phase
        told = phase in (SessionPhase.SUSPENDED, SessionPhase.CLOSED, SessionPhase.PUBLISHED)
        return line(title_words(self.exam.desk.settings), (f"{GAP}{phase}" if told else "", "warn"))

    def count(self) -> int:
        """Return the number of students."""
        return len(self._rows)

    def head_lines(self) -> list[Line]:
        """Return the heading."""
        planned = "planned  " if self._day and self._day.planned else ""
        return [line((f"     {planned}student", "dim"))]

    def row_line(self, place: int, width: int) -> Line:
        """Return one student."""
        row, width = self._rows[place], min(width, WIDEST)
        sign, word = self._status(row)
        planned = ""
        if self._day and self._day.planned:
            planned = pad(self._day.planned[place], 9)
        room = (width - SIDE if self.is_wide else width) - 5 - len(planned) - 24
        return line(
            (f"  {sign}  ", "good" if sign == "✓" else "warn" if sign in "–!" else ""),
            (planned, "dim"),
            (pad(row.called, room), "strong" if place == self.chosen else ""),
            (f"  {pad(word, 20)}  ", "dim"),
        )

    def lines_above(self, place: int) -> list[Line]:
        """Return the planned break before a student."""
        breaks = self._day.breaks if self._day else ()
        return [line((f"     {break_words(one)}", "dim")) for at, one in breaks if at == place]

    def beside(self, at: int, row: Line) -> Line:
        """Return a row with what stands at the side of the list."""
        beside = self.side_lines() if self.is_wide else []
        if at >= len(beside):
            return row
        space = min(self.width, WIDEST) - SIDE - width_of(row)
        return (*row, (" " * space, ""), *beside[at])

    def _status(self, row: Row) -> tuple[str, str]:
        attempt = row.attempt
        if attempt.phase in UNDER_WAY:
            return "▸", "with you"
        sign, word = STATUS[attempt.phase]
        done = sum(one.phase is Phase.DECIDED for one in row.attempts)
        if attempt.granted and not attempt.is_over:
            word = word or "once more"
        elif attempt.phase is not Phase.DECIDED and done:
            word = f"{done} of {len(row.attempts)} done"
        if attempt.phase is Phase.WAITING and self.exam.desk.has_no_paper(row.key):
            word = "no paper to draw"
        if (missing := self._overdue(row)) is not None:
            sign, word = "!", f"not here for {minutes_words(missing)}"
        return sign, word

    def _overdue(self, row: Row) -> timedelta | None:
        """Return how long a student has been missing whom the rule allows to mark absent."""
        desk = self.exam.desk
        if row.attempt.called_at is None or desk.settings.exam.absent_after is None:
            return None
        return overdue(desk, row.key, self._day)

    @property
    def is_wide(self) -> bool:
        """Whether there is room at the side of the list."""
        return self.width >= SIDE_FROM

    def side_lines(self) -> list[Line]:
        """Return what stands beside the list: who is next, and the pace."""
        rows: list[Line] = [EMPTY]
        if self._rows:
            row = self._rows[self.chosen]
            rows += [
                line((self._status(row)[1] or "next", "dim")),
                line((pad(row.called, SIDE - 2).rstrip(), "strong")),
            ]
        return [*rows, EMPTY, *self.pace_lines()]

    def pace_lines(self) -> list[Line]:
        """Return the pace, a line for each of its words."""
        return [line(span) for span in pace_words(self._day)]

    def foot_lines(self) -> list[Line]:
        """Return the pace where there is no side for it."""
        if self.is_wide:
            return []
        spans = [span for word in pace_words(self._day) for span in ((GAP, ""), word)][1:]
        return [EMPTY, line(("  ", ""), *spans)]

    def status(self) -> Line:
        """Return what was saved last, whose absence is due, and the break whose time it is."""
        if not self.exam.is_calm:
            return super().status()
        chosen = self._rows[self.chosen] if self._rows else None
        missing = self._overdue(chosen) if chosen else None
        if missing is not None:
            words = f"  not here for {minutes_words(missing)}: "
            return line((words, "warn"), ("a", "key"), (" marks absent", ""))
        troubles = self.exam.troubles
        late = latecomer(self.exam.desk, troubles) if troubles is not None else None
        if late is not None:
            name = pad(late.student.name, 30).rstrip()
            return line((f"  (rehearsal) {name} comes in, late", "warn"))
        return (*super().status(), *due_words(self._day))

    # --- acting --------------------------------------------------------------------------

    def _key(self) -> str:
        return self._rows[self.chosen].key

    def action_call(self) -> None:
        """Call the chosen student, or go back to the one who is with you."""
        if not self._rows:
            return
        busy = self.exam.desk.under_way()
        if busy is not None:
            self._left = busy.student
            self.exam.go_to(busy)
            return
        if self._rows[self.chosen].is_done:
            self.exam.say("This student is done; v shows the record.")
            return
        if not self._has_public(self.action_call):
            return
        key = self._key()
        called: list[str] = []
        if self.exam.act(lambda: called.append(conduct.call(self.exam.desk, key))):
            self.reload()
            self._left = called[0]
            self.exam.go_to(self.exam.desk.row(called[0]).attempt)

    def action_absent(self) -> None:
        """Mark the chosen student absent, or back."""
        self._set_aside(conduct.absent)

    def action_later(self) -> None:
        """Let the chosen student come later, or back."""
        self._set_aside(conduct.later)

    def _has_public(self, then: Callable[[], None]) -> bool:
        """Say whether the day may begin; else the public value is asked for first."""
        from examrunner.services.begin import needs_public

        if not needs_public(self.exam.desk):
            return True
        from examrunner.tui.screens.public import PublicScreen

        self.app.push_screen(PublicScreen(lambda: self._go_on(then)))
        return False

    def _go_on(self, then: Callable[[], None]) -> None:
        self.reload()  # the commit has given every student another key
        then()

    def _set_aside(self, deed: Callable[[Desk, str], str]) -> None:
        if not self._rows or not self._has_public(lambda: self._set_aside(deed)):
            return
        key = self._key()
        if self.exam.act(lambda: deed(self.exam.desk, key)):
            self.reload()
            if self._rows[self.chosen].attempt.phase in (Phase.ABSENT, Phase.POSTPONED):
                self.choose_next(self.chosen)
            self.draw()

    def _move(self, by: int) -> None:
        if not self._rows:
            return
        if not self.exam.desk.has_begun:
            self._say_what_counts("order")
            return
        key, moved = self._key(), list[bool]()
        if self.exam.act(lambda: moved.append(day_acts.move(self.exam.desk, key, by))):
            self.reload()
            self.chosen = self._place_of(key)
            self.draw()

    def _say_what_counts(self, what: str) -> None:
        """Say where `what` comes from before the day, and from the commit on how to change it."""
        if self.exam.desk.phase is SessionPhase.COMMITTED:
            self.exam.say(f"not begun yet: the committed {what} counts; commit --why takes another")
        else:
            self.exam.say(f"nothing has begun yet: the {what} of the files counts")

    def action_move_down(self) -> None:
        """Let the chosen student come later in the line."""
        self._move(1)

    def action_move_up(self) -> None:
        """Let the chosen student come earlier in the line."""
        self._move(-1)

    def action_close(self) -> None:
        """Show what is still open, and the end of the day."""
        from examrunner.tui.screens.day import CloseScreen

        if not self.exam.desk.has_begun:
            self.exam.say("nothing has begun yet")
            return
        self.app.push_screen(CloseScreen())

    def action_update(self) -> None:
        """Compare the files with the record, and take in what is new."""
        from examrunner.tui.screens.update import UpdateScreen

        if not self.exam.desk.has_begun:
            self._say_what_counts("class list")
            return
        self.app.push_screen(UpdateScreen())

    def action_match(self) -> None:
        """Take reviews in, and ask which reading a title means."""
        from examrunner.tui.screens.matching import MatchingScreen

        self.app.push_screen(MatchingScreen())

    def action_incident(self) -> None:
        """Open the line in which an incident is typed."""
        if not self.exam.desk.has_begun:
            self.exam.say("nothing has begun yet")
            return
        self._types_incident = True
        self.field.asks("incident")
        self.field.open()

    def action_results(self) -> None:
        """Show verdicts and records."""
        from examrunner.tui.screens.results import ResultsScreen

        self.app.push_screen(ResultsScreen())

    def action_quit(self) -> None:
        """Quit at once; nothing runs."""
        self.app.exit()

    # --- finding -------------------------------------------------------------------------

    def action_find(self) -> None:
        """Open the line in which a name is typed."""
        self._types_incident = False
        self.field.asks("find a name", "stays with the student found", "too")
        self.field.open()

    def on_input_changed(self, event: Field.Changed) -> None:
        """Choose the first student whose name holds what was typed."""
        wanted = "" if self._types_incident else fold(event.value)
        if wanted:
            for place, name in enumerate(self._names):
                if wanted in name:
                    self.chosen = place
                    self.draw()
                    return

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the student found, or the incident."""
        self.field.close()
        words = " ".join(event.value.split())
        if self._types_incident and words:
            self.exam.act(lambda: day_acts.note_incident(self.exam.desk, words))
            self.draw()

    def key_escape(self) -> None:
        """Close the line."""
        self.field.close()
