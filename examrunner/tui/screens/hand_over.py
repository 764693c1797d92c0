"""The hand-over: who comes in, what is allowed, then the reveal and the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.draw.ticket import NONE
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.rules import allowance
from examrunner.services import conduct, draws
from examrunner.services.absence import missing_since, overdue
from examrunner.services.troubles import nobody_comes
from examrunner.tui.actions import SCREENS, bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, pad, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import (
    clock_time,
    minutes_words,
    place_words,
    reading_words,
    rule_words,
    short_pace,
)

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.tui.actions import Action


MEASURE = 84
"""Cells of a line that is read aloud."""


class HandOverScreen(ExamScreen):
    """From the call to the start of the clock."""

    name_in_registry: ClassVar[str] = "hand-over"
    BINDINGS: ClassVar[list[BindingType]] = bindings("hand-over")

    def __init__(self, attempt: str) -> None:
        super().__init__()
        self.attempt_id = attempt

    def compose(self) -> ComposeResult:
        """Add the line for the number that the student says."""
        yield from super().compose()
        yield Field("any number the student says", "reveals, empty for none", "goes back")

    def on_mount(self) -> None:
        """Keep fresh since when the student is waited for."""
        self.set_interval(15, self.refresh_wait)

    def refresh_wait(self) -> None:
        """Draw anew while nobody has come in."""
        if self.is_current and not self.attempt.is_present:
            self.draw()

    @property
    def attempt(self) -> Attempt:
        """The attempt as it stands."""
        return self.exam.desk.attempt(self.attempt_id)

    def bar(self) -> Line:
        """Return where in the day this is."""
        return line(place_words(self.exam.desk, self.attempt), *short_pace(self.exam.desk))

    def draw_body(self) -> None:
        """Draw who comes in and the three steps."""
        attempt = self.attempt
        row = self.exam.desk.row(attempt.student)
        student = row.student
        rows: list[Line] = []
        if student.say_name:
            rows.append(line((f"  say {pad(student.say_name, self.width - 8).rstrip()}", "accent")))
        if student.photo:
            rows.append(line((f"  photo {pad(student.photo, self.width - 10).rstrip()}", "dim")))
        rows += [line((f"  {words}", "dim")) for words in self._allowed()]
        rows.append(EMPTY)
        rows += self._steps(attempt)
        if attempt.phase is Phase.CALLED:
            rows += [EMPTY, *self._missing(), *self._script()]
        room = max(2, self.app.size.height - 4 - len(rows))
        name = [line((f"  {text}", "strong")) for text in wrap(row.called, self.width - 4, room)]
        self.canvas("body").show([EMPTY, *name, *rows])

    def _allowed(self) -> list[str]:
        desk, attempt = self.exam.desk, self.attempt
        student = desk.row(attempt.student).student
        seconds = allowance(desk.settings.exam, student)
        words = ["no time limit" if seconds is None else f"{shown(seconds)} allowed"]
        if student.extra_time != 1:
            words[0] += f" (extra time x {student.extra_time})"
        if student.stop_clock:
            words.append("may stop the clock: space pauses it")
        if student.written:
            words.append("reads each question: the second window shows it, the kit has a card")
        if attempt.granted:
            words.append(f"a further attempt: {attempt.granted}")
        elif len(desk.row(attempt.student).attempts) > 1:
            words.append(f"paper {attempt.number} of {len(desk.row(attempt.student).attempts)}")
        return words

    def _missing(self) -> list[Line]:
        """Return since when a student was called who is not here, and what the rule says then."""
        desk, key = self.exam.desk, self.attempt.student
        troubles = self.exam.troubles
        since, rule = missing_since(desk, key), desk.settings.exam.absent_after
        if since is None:
            return []
        ago = minutes_words(desk.clock.now().at - since)
        rows = [line((f"  called at {clock_time(desk, since)}, {ago} ago", "dim"))]
        if troubles is not None and nobody_comes(desk, troubles, key):
            rows.append(line(("  (rehearsal) nobody comes in", "warn")))
        missing = overdue(desk, key)
        if missing is not None and rule is not None:
            words = (
                f" marks absent: not here for {minutes_words(missing)}, "
                f"the rule allows it after {rule_words(rule)}"
            )
            rows.append(line(("  a", "key"), (words, "warn")))
        return [*rows, EMPTY]

    def _script(self) -> list[Line]:
        """Return what every student is told at the start, in the same words."""
        desk = self.exam.desk
        seconds = allowance(desk.settings.exam, desk.row(self.attempt.student).student)
        count = sum(number for _, number in desk.settings.sheet)
        talk = "" if seconds is None else f"We have {shown(seconds)}. "
        end = "" if seconds is None else " When time is up, I end the talk."
        told = (
            f"Tell every student the same: {talk}I ask {'one question' if count == 1 else count} "
            f"{'' if count == 1 else 'questions '}on one paper that you reviewed. Take your time, "
            f"and ask me to say a question in other words.{end}"
        )
        return [line((f"  {text}", "dim")) for text in wrap(told, min(self.width - 4, MEASURE))]

    def _steps(self, attempt: Attempt) -> list[Line]:
        here = attempt.is_present or attempt.phase is Phase.REVEALED
        revealed = attempt.phase is Phase.REVEALED
        rows = [
            self._step(here, not here, "enter", "present", "the student is here"),
            self._step(revealed, here, "r", "reveal", "the paper; from then on it counts"),
        ]
        if revealed:
            rows += [EMPTY, *self._paper(attempt), EMPTY]
        rows.append(self._step(False, revealed, "space", "start", "the clock"))  # noqa: FBT003
        return rows

    def _step(self, done: bool, due: bool, key: str, word: str, what: str) -> Line:  # noqa: FBT001
        sign = ("  ✓  ", "good") if done else ("  ▸  ", "accent") if due else ("     ", "")
        ink = "" if due else "dim"
        return line(
            sign, (f"{key:<7}", "key" if due else "dim"), (word, ink), (f"{GAP}{what}", "dim")
        )

    def _paper(self, attempt: Attempt) -> list[Line]:
        title, about = reading_words(self.exam.desk, attempt)
        rows = [line((f"     {text}", "strong")) for text in wrap(title, self.width - 8, 4)]
        rows += [line((f"     {text}", "dim")) for text in wrap(about, self.width - 8, 2)]
        return rows

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done in this step."""
        attempt = self.attempt
        if attempt.phase is Phase.REVEALED:
            hidden = {"present", "reveal", "absent", "later", "choose", "back"}
        elif attempt.is_present:
            hidden = {"present", "start"}
        else:
            hidden = {"reveal", "start"}
        return tuple(one for one in SCREENS["hand-over"] if one.name not in hidden)

    # --- acting --------------------------------------------------------------------------

    def action_present(self) -> None:
        """Note that the student is here."""
        if self.attempt.phase is Phase.CALLED:
            self.exam.act(lambda: conduct.present(self.exam.desk, self.attempt))
            self.draw()

    def action_reveal(self) -> None:
        """Draw the paper and show it; where students say a number, ask for it first."""
        desk, attempt = self.exam.desk, self.attempt
        if attempt.phase is not Phase.CALLED:
            return
        asks = desk.settings.draw.spoken_number and attempt.is_present
        if asks and draws.is_drawn(desk, attempt):
            self.field.open()
        else:
            self._reveal(NONE)

    def _reveal(self, nonce: str) -> bool:
        done = self.exam.act(lambda: draws.reveal(self.exam.desk, self.attempt, nonce=nonce))
        self.draw()
        return done

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Reveal with the number that was said."""
        said = "".join(event.value.split())
        self.field.close()
        if not self._reveal(said or NONE):
            self.field.open(event.value)

    def action_start(self) -> None:
        """Start the clock and show the sheet."""
        if self.attempt.phase is Phase.REVEALED and self.exam.act(
            lambda: conduct.start(self.exam.desk, self.attempt)
        ):
            self.exam.go_to(self.attempt)

    def action_absent(self) -> None:
        """Mark the student absent and go back to the board."""
        if self.attempt.phase is Phase.CALLED and self.exam.act(
            lambda: conduct.absent(self.exam.desk, self.attempt.student)
        ):
            self.exam.pop_screen()

    def action_later(self) -> None:
        """Let the student come later and go back to the board."""
        if self.attempt.phase is Phase.CALLED and self.exam.act(
            lambda: conduct.later(self.exam.desk, self.attempt.student)
        ):
            self.exam.pop_screen()

    def action_choose(self) -> None:
        """Choose the paper by hand."""
        if self.attempt.phase is Phase.CALLED:
            from examrunner.tui.screens.choose import ChooseScreen

            self.exam.push_screen(ChooseScreen(self.attempt_id))

    def action_back(self) -> None:
        """Close the line, take the call back, or leave a revealed attempt and see the board."""
        if self.field.is_open:
            self.field.close()
            self.draw()
            return
        if self.attempt.phase is Phase.REVEALED or self.exam.act(
            lambda: conduct.send_back(self.exam.desk, self.attempt)
        ):
            self.exam.pop_screen()
