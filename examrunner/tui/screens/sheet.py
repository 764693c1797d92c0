"""The sheet: the five minutes. Every key that changes something is on disk before it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.fitting import Open, fit
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, day_acts, draws
from examrunner.services.own_review import own_review, review_text
from examrunner.tui.actions import WHY_NOT, Action, bindings
from examrunner.tui.lines import EMPTY, Line, between, line, pad, width_of, wrap
from examrunner.tui.screens.marking import MarkingScreen
from examrunner.tui.sheet_lines import SheetView, info_lines, sheet_lines
from examrunner.tui.widgets.canvas import Canvas
from examrunner.tui.widgets.clock_face import HEIGHT, clock_face, clock_words
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import fit_words, place_words, reading_words, short_pace, timeline

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.storage.readers.own_reviews import OwnReview

HEAD = HEIGHT + 2
WIDE, TALL = 120, 34
"""From so many columns on the timeline stands beside the sheet, from so many rows below it."""
TIMELINE = 40
"""Columns of the timeline beside the sheet."""
BELOW = 6
"""Rows of the timeline below it."""
LATE = 0.02
"""Seconds after a full one at which the clock is looked at."""


class SheetScreen(MarkingScreen):
    """One attempt while its clock runs or is paused."""

    name_in_registry: ClassVar[str] = "sheet"
    BINDINGS: ClassVar[list[BindingType]] = bindings("sheet")

    def __init__(self, attempt: str) -> None:
        super().__init__(attempt)
        self._about: tuple[str, str] = ("", "")
        self._remarks: dict[str, str] = {}
        self._second = ""
        self._review: OwnReview | None = None
        self._review_text = ""
        self._told: tuple[object, list[Line]] = (None, [])
        """The timeline, behind what it rests on."""
        self._types_incident = False

    def compose(self) -> ComposeResult:
        """Lay out bar, head with the clock, sheet, note line, status and footer."""
        yield Canvas(id="bar")
        yield Canvas(id="head")
        yield Canvas(id="body")
        yield Canvas(id="status")
        yield Field("note")
        yield Canvas(id="keys")

    def on_mount(self) -> None:
        """Take the questions and go to the first that is open."""
        desk, attempt = self.exam.desk, self.attempt
        self._questions = draws.sheet(desk, attempt)
        self._remarks = draws.remarks(desk, attempt)
        self._review = own_review(desk, attempt)
        self._about = reading_words(desk, attempt)
        on_record = {place: float(one.spent) for place, one in enumerate(attempt.questions)}
        self._spent = on_record | self.exam.unfinished_of[attempt.id].spent
        self._current = self._first_open()
        self._since = attempt.clock.elapsed(desk.clock.now())
        is_new = not any(one.asked_at or one.not_asked for one in attempt.questions)
        if is_new and desk.row(attempt.student).student.written:
            self.exam.say("reads each question: second window or card")
        self._arm()

    def on_screen_suspend(self) -> None:
        """Keep the question's seconds until now, or until a break that is still to be judged."""
        self._keep_seconds(self.exam.desk.last_seen)

    def on_screen_resume(self) -> None:
        """Go on after another screen: time elsewhere belongs to no question."""
        self._since = self.attempt.clock.elapsed(self.exam.desk.clock.now())

    # --- time ----------------------------------------------------------------------------

    def _arm(self) -> None:
        """Wake up when the clock shows its next second: a steadier beat than any interval."""
        elapsed = self.attempt.clock.elapsed(self.exam.desk.clock.now())
        self.set_timer(1 - elapsed % 1 + LATE, self._wake)

    def _wake(self) -> None:
        self.tick()
        self._arm()

    def tick(self) -> None:
        """Repaint what a new second changes, and nothing else."""
        if not self.is_current or not self._questions or self.is_too_small:
            return
        attempt = self.attempt
        elapsed = attempt.clock.elapsed(self.exam.desk.clock.now())
        second = f"{int(elapsed)} {self._clock_text(attempt)}"
        if second != self._second:
            self._second = second
            self._draw_head()
            self._draw_sheet()
            self.draw_status()

    def _clock_text(self, attempt: Attempt) -> str:
        now = self.exam.desk.clock.now()
        left = attempt.clock.left(now)
        return shown(left if left is not None else float(int(attempt.clock.elapsed(now))))

    def _clock_words(self, attempt: Attempt) -> tuple[str, str]:
        left = attempt.clock.left(self.exam.desk.clock.now())
        paused = "paused" if attempt.phase is Phase.PAUSED else ""
        return clock_words(left, attempt.clock.seconds, paused)

    # --- drawing -------------------------------------------------------------------------

    def bar(self) -> Line:
        """Return where in the day this is; no other student's name."""
        return line(place_words(self.exam.desk, self.attempt), *short_pace(self.exam.desk))

    def draw_body(self) -> None:
        """Draw the head and the sheet."""
        if self._questions:
            self._draw_head()
            self._draw_sheet()

    def _draw_head(self) -> None:
        attempt = self.attempt
        ink, word = self._clock_words(attempt)
        face = clock_face(self._clock_text(attempt), 0, ink)
        room = self.width - max(width_of(row) for row in face) - 6
        name = self.exam.desk.row(attempt.student).student.name
        title, about = self._about
        left: list[Line] = [EMPTY, line((pad(name, room).rstrip(), "strong")), EMPTY]
        left += [line((text, "strong")) for text in wrap(title, room, HEAD - 3)]
        left += [line((text, "dim")) for text in wrap(about, room)]
        left += [line(("r", "key"), (" own review", "dim"))] if self._review else []
        if len(left) > HEAD:
            left = [row for row in left if row]
        left += [EMPTY] * (HEAD - len(left))
        right: list[Line] = [EMPTY, *face, line((word, ink.replace("block-", "")))]
        rows = []
        for one, other in zip(left[:HEAD], right, strict=True):
            space = self.width - 4 - width_of(one) - width_of(other)
            rows.append((("  ", ""), *one, (" " * max(1, space), ""), *other))
        self.canvas("head").show(rows)

    def draw_answers(self) -> None:
        """Draw the sheet and the line above the footer."""
        if not self.is_too_small:
            self._draw_sheet()
            self.draw_status()

    def _draw_sheet(self) -> None:
        height, width = self.app.size.height - HEAD - 3, self.width
        beside, below = width >= WIDE, 0
        if beside:
            width -= TIMELINE + 2
        elif self.app.size.height >= TALL:
            below = BELOW
        rows = self._sheet_rows(width, height - (below + 1 if below else 0))
        if below or beside:
            cells = TIMELINE if beside else width - 4
            told = self._timeline(below or height, cells)
            rows = _beside(rows, told, width) if beside else [*rows, EMPTY, *map(_indented, told)]
        self.canvas("body").show(rows)

    def _timeline(self, most: int, cells: int) -> list[Line]:
        """Return the timeline, made anew only once something has happened."""
        rests_on = (self.attempt.last_event, most, cells)
        if self._told[0] != rests_on:
            self._told = rests_on, timeline(self.exam.desk, self.attempt, most, cells)
        return self._told[1]

    def _sheet_rows(self, width: int, height: int) -> list[Line]:
        attempt = self.attempt
        asked = attempt.questions
        question = self._questions[self._current]
        notes = [self.exam.desk.text(n.event) for n in attempt.notes if n.question == question.id]
        aside = self._aside_lines(width) if self.aside else None
        spent = self._seconds()
        view = SheetView(self._questions, asked, self._current, spent, notes, self._remarks, aside)
        rows = sheet_lines(view, width, height)
        self.scrolled = min(self.scrolled, max(0, len(rows) - height))
        rows = rows[self.scrolled :]
        if len(rows) > height:
            rows = [*rows[: height - 1], line((f"  … {len(rows) - height + 1} more: pgdn", "warn"))]
        return rows

    def _aside_lines(self, width: int) -> list[Line]:
        if self.aside == "info":
            return info_lines(self._questions[self._current], width)
        name = self._review.name if self._review else ""
        text = wrap(self._review_text, width - 8)
        return [line((f"    {name}", "dim")), *(line(f"    {row}") for row in text)]

    def status(self) -> Line:
        """Return what was saved last, and at the right what still fits the time left."""
        if self._asks_why:
            return line(("  why is this question not asked?", "warn"))
        if not self._questions or self.exam.desk.waiting:
            return super().status()
        left = self.attempt.clock.left(self.exam.desk.clock.now())
        current, seconds = self._current, self._seconds()
        still = [
            Open(
                one.kind,
                max(0, question.seconds - (seconds if place == current else one.spent)),
                place == current,
            )
            for place, (question, one) in enumerate(
                zip(self._questions, self.attempt.questions, strict=True)
            )
            if not one.rating and not one.not_asked
        ]
        words = fit_words(fit(still, left), left)
        return between(super().status(), line("    ", (words, "dim"), "  "), self.width)

    # --- moving --------------------------------------------------------------------------

    def action_next(self) -> None:
        """Look at the next question; looking is not asking."""
        self._go_to(self._current + 1)
        self.draw()

    def action_previous(self) -> None:
        """Look at the question before."""
        self._go_to(self._current - 1)
        self.draw()

    def action_scroll_down(self) -> None:
        """Scroll a sheet that does not fit."""
        self.scrolled += 5
        self.draw()

    def action_scroll_up(self) -> None:
        """Scroll back."""
        self.scrolled = max(0, self.scrolled - 5)
        self.draw()

    def action_info(self) -> None:
        """Show misconceptions and sample answers, or the other questions again."""
        self._show_aside("info")

    def action_review(self) -> None:
        """Show the student's own review, or the other questions again."""
        if self._review is None:
            self.exam.say("there is no file of the student's own review")
            return
        self._review_text = self._review_text or review_text(self._review)
        self._show_aside("review")

    def _show_aside(self, what: str) -> None:
        self.aside = "" if self.aside == what else what
        self.scrolled = 0
        self.draw()

    def action_pause(self) -> None:
        """Pause the clock or let it go on."""
        self.exam.act(lambda: conduct.pause_or_resume(self.exam.desk, self.attempt))
        self.draw()

    def action_decide(self) -> None:
        """Stop the clock and decide."""
        if self.exam.act(lambda: conduct.stop(self.exam.desk, self.attempt)):
            self._go_to(self._current)
            self.exam.unfinished_of[self.attempt_id].spent = self._spent
            self.exam.go_to(self.attempt)

    # --- notes ---------------------------------------------------------------------------

    def action_note(self) -> None:
        """Open the note line; while it is open no command key works."""
        self._open_line("note")

    def action_incident(self) -> None:
        """Open the line in which an incident is typed; the clock runs on."""
        self._open_line("incident", is_incident=True)

    def _open_line(self, what: str, *, is_incident: bool = False) -> None:
        self._types_incident = is_incident
        self.canvas("status").display = False
        self.field.asks(what)
        self.field.open()

    def actions(self) -> tuple[Action, ...]:
        """Return the actions that the footer offers now."""
        return WHY_NOT if self._asks_why else super().actions()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the note or the incident and close the line."""
        text = " ".join(event.value.split())
        self._close_note()
        desk, attempt = self.exam.desk, self.attempt
        if text and self._types_incident:
            self.exam.act(lambda: day_acts.note_incident(desk, text))
            self.draw_status()
        elif text:
            self._mark(lambda q, spent: conduct.note(desk, attempt, q, text, spent))

    def key_escape(self) -> None:
        """Drop what was typed and close the line, or what stands aside."""
        self.aside = ""
        self._close_note()

    def _close_note(self) -> None:
        self.canvas("status").display = True
        self.field.close()
        self.draw()


def _indented(row: Line) -> Line:
    return line("  ", *row)


def _beside(rows: list[Line], told: list[Line], width: int) -> list[Line]:
    """Return rows with the timeline at their right."""
    both = []
    for place in range(max(len(rows), len(told))):
        left = rows[place] if place < len(rows) else EMPTY
        right = told[place] if place < len(told) else EMPTY
        space = width + 2 - width_of(left)
        both.append((*left, (" " * max(1, space), ""), *right) if right else left)
    return both
