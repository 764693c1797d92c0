"""The record of one student: verdicts, questions with what was said to them, and the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.suggest import suggest
from examrunner.services import day_acts, draws
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, hanging, line, pad, width_of, wrap
from examrunner.tui.record_lines import asked_rows
from examrunner.tui.screens.scrolling import ScrollScreen
from examrunner.tui.words import (
    VERDICT_INK,
    clock_time,
    reading_words,
    receipt_words,
    what_words,
)

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt

MIN_TEXT = 30
"""A text beside a row of the timeline is never squeezed below so many cells."""


class RecordScreen(ScrollScreen):
    """Everything on record about one student."""

    name_in_registry: ClassVar[str] = "record"
    BINDINGS: ClassVar[list[BindingType]] = bindings("record")

    def __init__(self, key: str, attempt: str | None = None, *, hides_name: bool = False) -> None:
        """`attempt`: the one that keys are about; None: the last with a verdict, or a paper."""
        super().__init__()
        self._key = key
        self._chosen = attempt
        self.hides_name = hides_name

    def _known(self) -> list[Attempt]:
        """Return the attempts whose paper is known."""
        return [one for one in self.exam.desk.row(self._key).attempts if one.reading]

    @property
    def attempt_id(self) -> str | None:
        """The attempt that may be corrected, voided or taken again."""
        known = self._known()
        decided = [one for one in known if one.phase is Phase.DECIDED]
        last = (decided or known)[-1].id if known else None
        return self._chosen or last

    def bar(self) -> Line:
        """Return whose record it is."""
        return line("record")

    def draw_body(self) -> None:
        """Draw the attempts and their timelines."""
        row = self.exam.desk.row(self._key)
        name = "name hidden" if self.hides_name else row.called
        rows: list[Line] = [EMPTY, line((f"  {pad(name, self.width - 4)}", "strong"))]
        rows += self._incidents()
        for attempt in row.attempts:
            rows += self._attempt(attempt)
        self.canvas("body").show(self.in_view(rows, self.app.size.height - 3))

    def _attempt(self, attempt: Attempt) -> list[Line]:
        desk = self.exam.desk
        rows: list[Line] = [EMPTY]
        if attempt.reading is None:
            return [*rows, line((f"  {attempt.phase}", "dim"))]
        title, about = reading_words(desk, attempt)
        is_meant = len(self._known()) > 1 and attempt.id == self.attempt_id
        head = line(("▸ " if is_meant else "  ", "accent"))
        rows += hanging(head, "  ", wrap(title, self.width - 4), "strong")
        rows.append(line((f"  {about}", "dim")))
        if not self.hides_name:
            rows += [line((f"  {text}", "dim")) for text in receipt_words(desk, attempt)]
        known = None if self.hides_name else suggest(attempt, draws.sheet(desk, attempt))
        suggested = known.verdict if known else None
        for judgement in attempt.judgements:
            verdict = judgement.verdict
            reason = desk.text(judgement.event) if judgement.has_reason else ""
            head = line(
                (f"  {clock_time(desk, judgement.at)}  ", "dim"),
                (str(verdict or "no verdict"), VERDICT_INK[verdict] if verdict else "dim"),
                (f"{GAP}suggested {suggested}" if suggested else "", "dim"),
            )
            rows += self._told(head, reason)
        for one in () if self.hides_name else attempt.readings:
            reason = desk.text(one.event) if one.has_reason else ""
            head = line(
                (f"  {clock_time(desk, one.at)}  ", "dim"),
                (str(one.verdict), VERDICT_INK[one.verdict]),
                (f"{GAP}second reading by {one.reader}, beside {one.beside or 'none'}", "dim"),
            )
            rows += self._told(head, reason)
        rows.append(EMPTY)
        rows += asked_rows(desk, attempt, self.width - 4)
        return [*rows, EMPTY, *self._timeline(attempt)]

    def _timeline(self, attempt: Attempt) -> list[Line]:
        desk = self.exam.desk
        kinds = {one.id: one.kind for one in attempt.questions}
        rows: list[Line] = []
        for event in desk.events(attempt.id):
            what = event.what
            if isinstance(what, ev.SecondRead):
                continue  # it stands above, with the verdicts
            kind = kinds.get(getattr(what, "question", ""), "")
            words = what_words(what)
            text = desk.text(event.id) if getattr(what, "text", None) else ""
            head = f"  {clock_time(desk, event.at)}  {pad(kind, 9)}{words}"
            rows += self._told(line((head, "dim")), text)
        return rows

    def _incidents(self) -> list[Line]:
        """Return what happened while the student was with the examiner, apart from the marks."""
        desk = self.exam.desk
        found = () if self.hides_name else desk.incidents.get(self._key, ())
        rows: list[Line] = [EMPTY] if found else []
        for event in found:
            head = line((f"  {clock_time(desk, event.at)}  ", "dim"), ("incident", "warn"))
            rows += self._told(head, desk.text(event.id) or "forgotten")
        return rows

    def _told(self, head: Line, text: str) -> list[Line]:
        """Return a row of the timeline with the whole text that belongs to it."""
        if not text:
            return [head]
        room = max(MIN_TEXT, self.width - 2 - len(GAP) - width_of(head))
        rows = wrap(text, room)
        rest = " " * (self.width - 2 - room)
        return hanging((*head, (GAP, "")), rest, rows, "")

    def action_correct(self) -> None:
        """Correct the verdict of the chosen attempt."""
        from examrunner.tui.screens.decide import CorrectScreen

        name = self.attempt_id
        if name is None or self.exam.desk.attempt(name).phase is not Phase.DECIDED:
            self.exam.say("there is no verdict to correct yet")
            return
        chosen = CorrectScreen(name)
        chosen.hides_name = self.hides_name
        self.app.push_screen(chosen)

    def action_which(self, key: str) -> None:
        """Choose the attempt that the other keys are about."""
        known = self._known()
        if int(key) <= len(known):
            self._chosen = known[int(key) - 1].id
            self.draw()

    def action_retake(self) -> None:
        """Let the student take the chosen attempt again, on another paper."""
        name = self.attempt_id
        if name is None:
            self.exam.say("there is no attempt to take again yet")
            return
        desk = self.exam.desk
        if self.exam.act(lambda: day_acts.retake(desk, desk.attempt(name))):
            self.exam.say("a further attempt waits on the board")
        self.draw()
