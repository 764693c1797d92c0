"""Resume: an attempt was under way when the program was last seen alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.moments import seconds_between
from examrunner.domain.exam.phases import Phase
from examrunner.domain.text import counted
from examrunner.services import conduct
from examrunner.tui.actions import SCREENS, bindings
from examrunner.tui.lines import EMPTY, Line, line, pad, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.words import clock_time, reading_words

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.tui.actions import Action

PHASE_WORDS = {
    Phase.CALLED: "called in, the paper not revealed yet",
    Phase.REVEALED: "the paper is revealed, the clock not started",
    Phase.RUNNING: "the clock was running",
    Phase.PAUSED: "the clock was paused",
    Phase.STOPPED: "the verdict was open",
}


class ResumeScreen(ExamScreen):
    """Says what was open and how much time was left; nothing resumes by itself."""

    name_in_registry: ClassVar[str] = "resume"
    BINDINGS: ClassVar[list[BindingType]] = bindings("resume")

    def __init__(self, *, is_over: bool = False) -> None:
        """`is_over`: the exam's screen lies below, with whatever was being typed in it."""
        super().__init__()
        self._is_over = is_over

    @property
    def attempt(self) -> Attempt:
        """The attempt that is under way."""
        attempt = self.exam.desk.under_way()
        assert attempt is not None
        return attempt

    def bar(self) -> Line:
        """Return the title."""
        return line(("Resume", "strong"))

    def draw_body(self) -> None:
        """Draw what was open and the choice."""
        desk = self.exam.desk
        attempt = desk.under_way()
        if attempt is None:
            return
        name = desk.row(attempt.student).student.name
        rows: list[Line] = [EMPTY, line((f"  {pad(name, self.width - 4).rstrip()}", "strong"))]
        if attempt.reading:
            title, _ = reading_words(desk, attempt)
            rows += [line((f"  {text}", "")) for text in wrap(title, self.width - 4, 4)]
        rows += [EMPTY, line((f"  {PHASE_WORDS[attempt.phase]}", ""))]
        marked = sum(one.asked_at is not None or bool(one.not_asked) for one in attempt.questions)
        if attempt.questions:
            what = f"{marked} of {len(attempt.questions)} questions marked, "
            rows.append(line((f"  {what}{counted(len(attempt.notes), 'note')}; all saved", "dim")))
        rows += self._times(attempt)
        self.canvas("body").show(rows)

    def _times(self, attempt: Attempt) -> list[Line]:
        desk, clock = self.exam.desk, attempt.clock
        if attempt.phase is not Phase.RUNNING or desk.last_seen is None:
            left = clock.left(desk.clock.now())
            if left is None or attempt.started_at is None:
                return [EMPTY, line(("  enter", "key"), " goes on")]
            return [
                EMPTY,
                line((f"  {shown(left)} left", "strong")),
                EMPTY,
                line(("  enter", "key"), " goes on"),
            ]
        now, seen = desk.clock.now(), desk.last_seen
        then, counted = clock.left(seen), clock.left(now)
        away = shown(int(seconds_between(seen, now)))
        at = clock_time(desk, seen.at)
        rows: list[Line] = [EMPTY]
        if then is None or counted is None:
            used = shown(int(clock.elapsed(seen)))
            rows.append(line((f"  {used} used when it was last seen at {at}, {away} ago", "")))
            rows += [EMPTY, line(("  enter", "key"), f" goes on at {used}")]
            rows.append(line(("  c", "key"), f"     goes on at {shown(int(clock.elapsed(now)))}"))
            return rows
        rows.append(
            line((f"  {shown(then)} left", "strong"), f" when last seen at {at}, {away} ago")
        )
        rows += [
            EMPTY,
            line(("  enter", "key"), f"  go on with {shown(then)}; the break does not count"),
        ]
        rows.append(line(("  c", "key"), f"      go on with {shown(counted)}; the break counts"))
        return rows

    def actions(self) -> tuple[Action, ...]:
        """Return what can be chosen; only a running clock offers to count the break."""
        running = self.attempt.phase is Phase.RUNNING if self.exam.desk.under_way() else False
        return tuple(one for one in SCREENS["resume"] if running or one.name != "counted")

    def on_mount(self) -> None:
        """Keep the length of the break fresh."""
        self.set_interval(1, self.draw)

    def _resume(self, *, counted: bool) -> None:
        attempt = self.attempt
        if not self.exam.act(lambda: conduct.recover(self.exam.desk, attempt, counted=counted)):
            return
        if self._is_over:
            self.app.pop_screen()
        else:
            self.exam.go_to(self.exam.desk.attempt(attempt.id))

    def action_resume(self) -> None:
        """Go on where it stopped."""
        self._resume(counted=False)

    def action_counted(self) -> None:
        """Go on; the time in between counts."""
        if self.attempt.phase is Phase.RUNNING:
            self._resume(counted=True)

    def action_board(self) -> None:
        """See the board; the attempt stays open, and so does whether the break counts."""
        from examrunner.tui.screens.board import BoardScreen

        self.exam.desk.put_off = self.exam.desk.last_seen
        while not isinstance(self.app.screen, BoardScreen):
            self.exam.pop_screen()
