"""The sheet: the five minutes. Every key that changes something is on disk before it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Rating
from examrunner.domain.exam.phases import Action as Deed
from examrunner.domain.exam.phases import Phase, allowed
from examrunner.services import conduct, draws
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, pad, width_of, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.sheet_lines import SheetView, sheet_lines
from examrunner.tui.widgets.canvas import Canvas
from examrunner.tui.widgets.clock_face import HEIGHT, clock_face
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import place_words, reading_words, short_pace, undone_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.domain.bank.banks import Question
    from examrunner.domain.exam.attempts import Attempt

LAST_MINUTE = 60
SHORT_TALK = 120
"""Below so many seconds allowed, the last quarter is what turns the colour."""
HEAD = HEIGHT + 2
LATE = 0.02
"""Seconds after a full one at which the clock is looked at."""


class SheetScreen(ExamScreen):
    """One attempt while its clock runs or is paused."""

    name_in_registry: ClassVar[str] = "sheet"
    BINDINGS: ClassVar[list[BindingType]] = bindings("sheet")

    def __init__(self, attempt: str) -> None:
        super().__init__()
        self.attempt_id = attempt
        self._questions: list[Question] = []
        self._current = 0
        self.scrolled = 0
        self._spent: dict[int, float] = {}
        self._since = 0.0
        """Seconds on the clock when the current question became current."""
        self._about: tuple[str, str] = ("", "")
        self._second = ""

    def compose(self) -> ComposeResult:
        """Lay out bar, head with the clock, sheet, note line, status and footer."""
        yield Canvas(id="bar")
        yield Canvas(id="head")
        yield Canvas(id="body")
        yield Canvas(id="status")
        yield Field(placeholder="note: enter keeps it, esc drops it")
        yield Canvas(id="keys")

    def on_mount(self) -> None:
        """Take the questions and go to the first that is open."""
        desk, attempt = self.exam.desk, self.attempt
        self._questions = draws.sheet(desk, attempt)
        self._about = reading_words(desk, attempt)
        self._spent = {place: float(asked.spent) for place, asked in enumerate(attempt.questions)}
        self._current = self._first_open()
        self._since = attempt.clock.elapsed(desk.clock.now())
        self.draw()
        self._arm()

    def on_screen_resume(self) -> None:
        """Go on after another screen: time elsewhere belongs to no question."""
        self._since = self.attempt.clock.elapsed(self.exam.desk.clock.now())
        self.draw()

    def _first_open(self) -> int:
        asked = self.attempt.questions
        open_ones = [n for n, one in enumerate(asked) if not one.rating and not one.not_asked]
        started = [place for place in open_ones if asked[place].asked_at]
        return (started or open_ones or [len(asked) - 1])[0]

    @property
    def attempt(self) -> Attempt:
        """The attempt as it stands."""
        return self.exam.desk.attempt(self.attempt_id)

    # --- time ----------------------------------------------------------------------------

    def _seconds(self) -> int:
        """Return how long the current question has been current."""
        elapsed = self.attempt.clock.elapsed(self.exam.desk.clock.now())
        return int(self._spent.get(self._current, 0.0) + elapsed - self._since)

    def _go_to(self, place: int) -> None:
        elapsed = self.attempt.clock.elapsed(self.exam.desk.clock.now())
        before = self._spent.get(self._current, 0.0)
        self._spent[self._current] = before + elapsed - self._since
        self._since = elapsed
        self._current = min(max(0, place), len(self._questions) - 1)
        self.scrolled = 0

    def _arm(self) -> None:
        """Wake up when the clock shows its next second: a steadier beat than any interval."""
        elapsed = self.attempt.clock.elapsed(self.exam.desk.clock.now())
        self.set_timer(1 - elapsed % 1 + LATE, self._wake)

    def _wake(self) -> None:
        self.tick()
        self._arm()

    def tick(self) -> None:
        """Repaint what a new second changes, and nothing else."""
        if not self.is_current or not self._questions:
            return
        attempt = self.attempt
        elapsed = attempt.clock.elapsed(self.exam.desk.clock.now())
        second = f"{int(elapsed)} {self._clock_text(attempt)}"
        if second != self._second:
            self._second = second
            self._draw_head()
            self._draw_sheet()

    def _clock_text(self, attempt: Attempt) -> str:
        now = self.exam.desk.clock.now()
        left = attempt.clock.left(now)
        return shown(left if left is not None else float(int(attempt.clock.elapsed(now))))

    def _clock_ink(self, attempt: Attempt) -> tuple[str, str]:
        """Return the ink of the clock and the word below it: colour is never alone."""
        left = attempt.clock.left(self.exam.desk.clock.now())
        paused = "paused" if attempt.phase is Phase.PAUSED else ""
        if left is None:
            return "block-good", paused or "no limit"
        allowed_seconds = attempt.clock.seconds or 0
        soon = LAST_MINUTE if allowed_seconds > SHORT_TALK else allowed_seconds / 4
        if left <= 0:
            return "block-bad", paused or "time is up"
        if left <= soon:
            return "block-warn", paused or ("last minute" if soon == LAST_MINUTE else "nearly up")
        return "block-good", paused

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
        ink, word = self._clock_ink(attempt)
        face = clock_face(self._clock_text(attempt), 0, ink)
        room = self.width - max(width_of(row) for row in face) - 6
        name = self.exam.desk.row(attempt.student).student.name
        title, about = self._about
        left: list[Line] = [EMPTY, line((pad(name, room).rstrip(), "strong")), EMPTY]
        left += [line((text, "strong")) for text in wrap(title, room, HEAD - 3)]
        left += [line((text, "dim")) for text in wrap(about, room)]
        if len(left) > HEAD:
            left = [row for row in left if row]
        left += [EMPTY] * (HEAD - len(left))
        right: list[Line] = [EMPTY, *face, line((word, ink.replace("block-", "")))]
        rows = []
        for one, other in zip(left[:HEAD], right, strict=True):
            space = self.width - 4 - width_of(one) - width_of(other)
            rows.append((("  ", ""), *one, (" " * max(1, space), ""), *other))
        self.canvas("head").show(rows)

    def _draw_sheet(self) -> None:
        attempt = self.attempt
        asked = attempt.questions
        current = asked[self._current].id
        notes = [self.exam.desk.text(n.event) for n in attempt.notes if n.question == current]
        view = SheetView(self._questions, asked, self._current, self._seconds(), notes)
        height = self.app.size.height - HEAD - 3
        rows = sheet_lines(view, self.width, height)
        self.scrolled = min(self.scrolled, max(0, len(rows) - height))
        rows = rows[self.scrolled :]
        if len(rows) > height:
            rows = [*rows[: height - 1], line((f"  … {len(rows) - height + 1} more: pgdn", "warn"))]
        self.canvas("body").show(rows)

    # --- marks ---------------------------------------------------------------------------

    def _mark(self, deed: Callable[[str, int], object], *, move_on: bool = False) -> None:
        if not allowed(Deed.MARK, self.attempt.phase):
            return
        question, spent = self._questions[self._current].id, self._seconds()
        if not self.exam.act(lambda: deed(question, spent)):
            return
        if move_on:
            self._go_to(self._current + 1)
        self._draw_sheet()
        self.draw_status()

    def _rate(self, rating: Rating) -> None:
        desk, attempt = self.exam.desk, self.attempt
        self._mark(lambda q, spent: conduct.rate(desk, attempt, q, rating, spent), move_on=True)

    def action_strong(self) -> None:
        """Rate strong and move on."""
        self._rate(Rating.STRONG)

    def action_enough(self) -> None:
        """Rate enough and move on."""
        self._rate(Rating.ENOUGH)

    def action_weak(self) -> None:
        """Rate weak and move on."""
        self._rate(Rating.WEAK)

    def action_point(self, key: str) -> None:
        """Tick a point, or take the tick off."""
        point = int(key)
        if point <= len(self._questions[self._current].look_for):
            desk, attempt = self.exam.desk, self.attempt
            self._mark(lambda q, spent: conduct.tick(desk, attempt, q, point, spent))

    def action_help(self) -> None:
        """Put the help up one level."""
        desk, attempt = self.exam.desk, self.attempt
        self._mark(lambda q, spent: conduct.give_help(desk, attempt, q, spent))

    def action_flag(self) -> None:
        """Flag the current question."""
        desk, attempt = self.exam.desk, self.attempt
        self._mark(lambda q, spent: conduct.flag(desk, attempt, q, spent))

    def action_not_asked(self) -> None:
        """Say that the current question is not asked, and move on."""
        desk, attempt = self.exam.desk, self.attempt
        self._mark(lambda q, spent: conduct.not_asked(desk, attempt, q, spent), move_on=True)

    def action_undo(self) -> None:
        """Take the last mark back and go to its question."""
        taken: list[object] = []
        if self.exam.act(lambda: taken.append(conduct.undo(self.exam.desk, self.attempt))):
            what = taken[0]
            if what is None:
                self.exam.say("nothing to take back")
                return
            ids = [question.id for question in self._questions]
            self._go_to(ids.index(getattr(what, "question", ids[self._current])))
            self.exam.say(undone_words(what))

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

    def action_pause(self) -> None:
        """Pause the clock or let it go on."""
        self.exam.act(lambda: conduct.pause_or_resume(self.exam.desk, self.attempt))
        self.draw()

    def action_decide(self) -> None:
        """Stop the clock and decide."""
        if self.exam.act(lambda: conduct.stop(self.exam.desk, self.attempt)):
            self.exam.go_to(self.attempt)

    # --- notes ---------------------------------------------------------------------------

    def action_note(self) -> None:
        """Open the note line; while it is open no command key works."""
        self.canvas("status").display = False
        self.field.open()
        self._draw_note_keys()

    def draw(self) -> None:
        """Draw every part; an open note line keeps its own footer."""
        super().draw()
        if self.query(".-open"):
            self._draw_note_keys()

    def _draw_note_keys(self) -> None:
        self.canvas("keys").show(
            [
                line(
                    ("  note ", "warn"),
                    (f"{GAP}enter", "key"),
                    " keeps it",
                    (f"{GAP}esc", "key"),
                    " drops it",
                )
            ]
        )

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the note and close the line."""
        text = " ".join(event.value.split())
        self._close_note()
        if text:
            desk, attempt = self.exam.desk, self.attempt
            self._mark(lambda q, spent: conduct.note(desk, attempt, q, text, spent))

    def key_escape(self) -> None:
        """Drop what was typed and close the line."""
        self._close_note()

    def _close_note(self) -> None:
        self.canvas("status").display = True
        self.field.close()
        self.draw()
