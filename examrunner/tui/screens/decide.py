"""Deciding: what was seen, and pass, edge or fail. Also the correction of a verdict.

What the marks suggest stays hidden until it is asked for: the student is still there, and the
examiner's own judgement comes first. It is never chosen by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.settings import VerdictRule
from examrunner.domain.exam.suggest import STEPS, Suggestion, suggest
from examrunner.services import conduct, draws
from examrunner.services.anchors import recalled
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, pad, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.widgets.field import Field
from examrunner.tui.words import VERDICT_INK, place_words, question_words, reading_words

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt

AROUND = 3
"""Rows of a screen around its body."""
FAR = len(STEPS) - 1
"""Steps between pass and fail."""
NOT_PLAIN = (Verdict.EDGE, Verdict.FAIL)
"""Verdicts of which someone may ask for the reason."""


class VerdictScreen(ExamScreen):
    """Choose a verdict, perhaps a reason, and confirm."""

    hides_name = False
    """The second look may be taken without knowing whose attempt it is."""

    def __init__(self, attempt: str) -> None:
        super().__init__()
        self.attempt_id = attempt
        self._verdict: Verdict | None = None
        self._reason = ""
        self._shows_suggestion = False

    def compose(self) -> ComposeResult:
        """Add the line in which a reason is typed."""
        yield from super().compose()
        yield Field("reason")

    @property
    def attempt(self) -> Attempt:
        """The attempt as it stands."""
        return self.exam.desk.attempt(self.attempt_id)

    def draw_body(self) -> None:
        """Draw what was seen and the choice."""
        attempt = self.attempt
        student = self.exam.desk.row(attempt.student).student
        name = "name hidden" if self.hides_name else student.name
        title, _ = reading_words(self.exam.desk, attempt)
        rows: list[Line] = [EMPTY, line((f"  {pad(name, self.width - 4).rstrip()}", "strong"))]
        rows += [line((f"  {text}", "dim")) for text in wrap(title, self.width - 4, 3)]
        rows.append(EMPTY)
        rows += [line("  ", *question_words(one)) for one in attempt.questions]
        rows += [EMPTY, self._time(attempt), EMPTY]
        rows += self.before()
        rows.append(self._choice())
        suggestion = suggest(attempt, draws.sheet(self.exam.desk, attempt))
        rows += self._said(suggestion)
        around = AROUND + self.field.is_open
        self.canvas("body").show(fitted(rows, self.app.size.height - around))

    def _time(self, attempt: Attempt) -> Line:
        used = shown(int(attempt.clock.elapsed(self.exam.desk.clock.now())))
        if attempt.clock.seconds is None:
            return line((f"  {used} used, no time limit", "dim"))
        return line((f"  {used} of {shown(attempt.clock.seconds)} used", "dim"))

    def _choice(self) -> Line:
        return choice_line(self._verdict)

    def _said(self, suggestion: Suggestion) -> list[Line]:
        """Return what the marks suggest if asked for, and the reason or that one may be given."""
        words = "v shows what the marks suggest"
        if self._shows_suggestion:
            words = suggestion_words(suggestion)
        rows: list[Line] = [EMPTY]
        rows += [line((f"  {text}", "dim")) for text in wrap(words, self.width - 4)]
        if self._reason:
            rows += [EMPTY, *(line(f"  {t}") for t in wrap(self._reason, self.width - 4, 4))]
        elif self._verdict in NOT_PLAIN or suggestion.steps_to(self._verdict) >= FAR:
            rows += [EMPTY, line(("  n adds a reason, should someone ask later", "dim"))]
        return rows

    def before(self) -> list[Line]:
        """Return what stands above the choice."""
        return []

    def _choose(self, verdict: Verdict) -> None:
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

    def action_suggestion(self) -> None:
        """Show what the marks suggest, or hide it again."""
        self._shows_suggestion = not self._shows_suggestion
        self.draw()

    def action_reason(self) -> None:
        """Open the line for a reason."""
        self.field.open(self._reason)
        self.draw()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the reason; it is saved with the verdict."""
        self._reason = " ".join(event.value.split())
        self._close()

    def _close(self) -> None:
        self.field.close()
        self.draw()


def choice_line(chosen: Verdict | None) -> Line:
    """Return the three verdicts, the chosen one set off."""
    spans: list[tuple[str, str]] = [("  ", "")]
    for key, verdict in (("p", Verdict.PASS), ("e", Verdict.EDGE), ("f", Verdict.FAIL)):
        if verdict is chosen:
            spans.append((f"▸ {verdict.upper()}", VERDICT_INK[verdict]))
        else:
            spans += [(f"  {key}", "key"), (f" {verdict}", "")]
        spans.append((GAP, ""))
    if chosen is not None:
        spans += [("enter", "key"), (" confirms", "")]
    return tuple(spans)


def suggestion_words(suggestion: Suggestion) -> str:
    """Return what the marks suggest, with the reasons."""
    because = "; ".join(suggestion.reasons)
    if suggestion.verdict is None:
        return f"nothing suggested: {because or 'no question on the sheet'}"
    return f"suggested: {suggestion.verdict}, because {because}"


def fitted(rows: list[Line], height: int) -> list[Line]:
    """Return the rows with as many of the empty ones as there is room for, the last ones kept."""
    spare = len(rows) - height
    kept: list[Line] = []
    for row in rows:
        if row == EMPTY and spare > 0:
            spare -= 1
        else:
            kept.append(row)
    return kept


class DecideScreen(VerdictScreen):
    """The verdict on the attempt that was just examined."""

    name_in_registry: ClassVar[str] = "decide"
    BINDINGS: ClassVar[list[BindingType]] = bindings("decide")

    def on_mount(self) -> None:
        """Begin with what was put in before the examining went on."""
        begun = self.exam.unfinished_of[self.attempt_id]
        self._verdict, self._reason = begun.verdict, begun.reason

    def bar(self) -> Line:
        """Return where in the day this is."""
        return line(place_words(self.exam.desk, self.attempt), (f"{GAP}deciding", "dim"))

    def action_confirm(self) -> None:
        """Save the verdict and go back to the board."""
        desk = self.exam.desk
        if self._verdict is None and desk.settings.exam.verdict is VerdictRule.REQUIRED:
            self.exam.say("p pass, e edge or f fail first")
            return
        if self.exam.act(lambda: conduct.decide(desk, self.attempt, self._verdict, self._reason)):
            self.exam.pop_screen()
            anchor = recalled(desk)
            if anchor:
                self.exam.say(anchor)

    def action_go_on(self) -> None:
        """Go on examining, or close the reason's line."""
        if self.field.is_open:
            self._close()
        elif self.exam.act(lambda: conduct.go_on(self.exam.desk, self.attempt)):
            begun = self.exam.unfinished_of[self.attempt_id]
            begun.verdict, begun.reason = self._verdict, self._reason
            self.exam.go_to(self.attempt)


class CorrectScreen(VerdictScreen):
    """A later verdict on a decided attempt."""

    name_in_registry: ClassVar[str] = "correct"
    BINDINGS: ClassVar[list[BindingType]] = bindings("correct")

    def bar(self) -> Line:
        """Return what this is."""
        return line("correct a verdict")

    def before(self) -> list[Line]:
        """Return the verdict in force, which is kept."""
        verdict = self.attempt.verdict or "no verdict"
        return [line((f"  so far: {verdict}; it stays on record", "dim")), EMPTY]

    def action_confirm(self) -> None:
        """Save the later verdict and go back to the record."""
        verdict = self._verdict
        if verdict is None:
            self.exam.say("p pass, e edge or f fail first")
        elif self.exam.act(
            lambda: conduct.correct(self.exam.desk, self.attempt, verdict, self._reason)
        ):
            self.exam.pop_screen()

    def action_back(self) -> None:
        """Go back without change, or close the reason's line."""
        if self.field.is_open:
            self._close()
        else:
            self.exam.pop_screen()
