"""Marking answers: what the keys of the sheet write. Each is on disk before it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.exam.events import MARKS, NotAskedWhy, Rating
from examrunner.domain.exam.phases import Action as Deed
from examrunner.domain.exam.phases import allowed
from examrunner.services import conduct
from examrunner.tui.actions import WHY_NOT
from examrunner.tui.lines import Line, line
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.words import what_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Key

    from examrunner.domain.bank.banks import Question
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.moments import Moment
    from examrunner.services.desk import Desk


class MarkingScreen(ExamScreen):
    """The questions of one attempt, which of them is current, and the keys that mark it."""

    def __init__(self, attempt: str) -> None:
        super().__init__()
        self.attempt_id = attempt
        self._questions: list[Question] = []
        self._current = 0
        self.scrolled = 0
        self._spent: dict[int, float] = {}
        self._since = 0.0
        """Seconds on the clock when the current question became current."""
        self._asks_why = False
        """The next key says why the current question is not asked."""
        self.aside = ""
        """What is shown in the place of the other questions: nothing, info or review."""

    def draw_answers(self) -> None:
        """Draw what a mark changes."""

    def status(self) -> Line:
        """Return what was saved last; only here a mark can be taken back."""
        told, last = super().status(), self.exam.desk.saved
        if self.exam.is_calm and last is not None and isinstance(last.what, MARKS):
            return line(*told, ("   u", "key"), (" takes it back", "dim"))
        return told

    @property
    def attempt(self) -> Attempt:
        """The attempt as it stands."""
        return self.exam.desk.attempt(self.attempt_id)

    def _first_open(self) -> int:
        asked = self.attempt.questions
        open_ones = [n for n, one in enumerate(asked) if not one.rating and not one.not_asked]
        started = [place for place in open_ones if asked[place].asked_at]
        return (started or open_ones or [len(asked) - 1])[0]

    def _next_open(self) -> int:
        """Return the next question without rating, from the last on to the first; else this one."""
        asked = self.attempt.questions
        later = [*range(self._current + 1, len(asked)), *range(self._current)]
        is_open = [n for n in later if not asked[n].rating and not asked[n].not_asked]
        return is_open[0] if is_open else self._current

    # --- time ----------------------------------------------------------------------------

    def _seconds(self) -> int:
        """Return how long the current question has been current."""
        elapsed = self.attempt.clock.elapsed(self.exam.desk.clock.now())
        return int(self._spent.get(self._current, 0.0) + elapsed - self._since)

    def _keep_seconds(self, until: Moment | None = None) -> None:
        """Put the seconds so far, or those `until` then, down to the current question."""
        elapsed = self.attempt.clock.elapsed(until or self.exam.desk.clock.now())
        before = self._spent.get(self._current, 0.0)
        self._spent[self._current] = before + max(0.0, elapsed - self._since)
        self._since = elapsed

    def _go_to(self, place: int) -> None:
        self._keep_seconds()
        self._current = min(max(0, place), len(self._questions) - 1)
        self.scrolled = 0
        self.aside = ""

    # --- marks ---------------------------------------------------------------------------

    def _mark(self, deed: Callable[[str, int], object], *, move_on: bool = False) -> None:
        if not allowed(Deed.MARK, self.attempt.phase):
            return
        question, spent = self._questions[self._current].id, self._seconds()
        if not self.exam.act(lambda: deed(question, spent)):
            return
        if move_on:
            self._go_to(self._next_open())
        self.draw_answers()

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

    def action_offer(self) -> None:
        """Offer the next prepared probe, after the last one the next hint."""
        desk, attempt, question = self.exam.desk, self.attempt, self._questions[self._current]
        asked = attempt.question(question.id)
        if asked.probes >= len(question.probes) and asked.hints >= len(question.hints):
            self.exam.say("no probe or hint is left for this question")
            return
        self._mark(lambda _, spent: conduct.offer(desk, attempt, question, spent))

    def action_not_asked(self) -> None:
        """Say that there is no time for the current question, and move on."""
        self._leave_out(NotAskedWhy.NO_TIME)

    def action_why_not(self) -> None:
        """Ask why the current question is not asked; the next key says it."""
        if allowed(Deed.MARK, self.attempt.phase):
            self._asks_why = True
            self.draw()

    def _leave_out(self, why: NotAskedWhy) -> None:
        desk, attempt = self.exam.desk, self.attempt
        self._mark(lambda q, spent: conduct.not_asked(desk, attempt, q, spent, why), move_on=True)

    def on_key(self, event: Key) -> None:
        """Take the key that says why a question is not asked; any other drops the choice."""
        if not self._asks_why or event.key.startswith("ctrl+"):
            return
        event.stop()
        event.prevent_default()
        self._asks_why = False
        codes = {action.keys: action.name for action in WHY_NOT if action.name != "back"}
        if event.key in codes:
            self._leave_out(NotAskedWhy(codes[event.key]))
        self.draw()

    def action_undo(self) -> None:
        """Take the last mark back and go to its question."""
        self._turn(conduct.undo, "taken back", "nothing to take back", "U brings it back")

    def action_redo(self) -> None:
        """Let the mark that was taken back last count again and go to its question."""
        nothing = "nothing was taken back since the last mark"
        self._turn(conduct.redo, "counts again", nothing, "u takes it back")

    def _turn(
        self, deed: Callable[[Desk, Attempt], object], done: str, nothing: str, other: str
    ) -> None:
        turned: list[object] = []
        if not self.exam.act(lambda: turned.append(deed(self.exam.desk, self.attempt))):
            return
        what = turned[0]
        if not isinstance(what, MARKS):
            self.exam.say(nothing)
            return
        self._go_to([question.id for question in self._questions].index(what.question))
        self.exam.say(f"{done}: {what_words(what)}   {other}")
