"""Results and records: verdicts, scores, and the timeline behind each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.rules import score, tallied
from examrunner.domain.exam.suggest import suggest
from examrunner.domain.text import counted
from examrunner.services import day_acts, draws
from examrunner.services.second_read import agreement
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, hanging, line, pad, width_of, wrap
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.words import (
    VERDICT_INK,
    clock_time,
    question_words,
    reading_words,
    receipt_words,
    what_words,
)

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.known import Row


MIN_TEXT = 30
"""A text beside a row of the timeline is never squeezed below so many cells."""


class ResultsScreen(ListScreen):
    """All students with verdict and score."""

    name_in_registry: ClassVar[str] = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings("results")
    below = 2

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._sums = ""

    def on_mount(self) -> None:
        """Take the students."""
        self._take()

    def on_screen_resume(self) -> None:
        """Take them again: a verdict may have been corrected."""
        self._take()

    def _take(self) -> None:
        rows = self.exam.desk.rows()
        if rows != self._rows:
            self._rows = rows
            self._sums = self._summed()

    def bar(self) -> Line:
        """Return what this is."""
        return line("results", (f"{GAP}verdicts show here: b blanks the screen", "dim"))

    def count(self) -> int:
        """Return the number of students."""
        return len(self._rows)

    def head_lines(self) -> list[Line]:
        """Return the heading."""
        name = pad("student", 22)
        return [line((f"  {name}verdict    score   time   paper", "dim"))]

    def row_line(self, place: int, width: int) -> Line:
        """Return one student."""
        row = self._rows[place]
        rules = self.exam.desk.settings.exam
        points = score(rules, row.attempts)
        decided = [one for one in row.attempts if one.phase is Phase.DECIDED]
        last = decided[-1] if decided else None
        verdict = " ".join(str(one.verdict or "none") for one in decided)
        word = verdict or ("" if row.attempt.phase is Phase.WAITING else str(row.attempt.phase))
        ink = VERDICT_INK.get(last.verdict, "") if last and last.verdict else "dim"
        used = shown(int(last.used)) if last and last.used is not None else ""
        title = self._title(last) if last else ""
        return line(
            f"  {pad(row.student.name, 20)}  ",
            (pad(word, 11), ink),
            f"{'' if points is None else points!s:>5}   ",
            (pad(used, 7), "dim"),
            (pad(title, max(0, width - 51)), "dim"),
        )

    def _title(self, attempt: Attempt) -> str:
        return self.exam.desk.stored_session().title(attempt.reading or "")

    def _summed(self) -> str:
        """Return how many of each verdict there are, and who is missing."""
        attempts = [one for row in self._rows for one in row.attempts]
        phases = Counter(one.phase for one in attempts)
        verdicts, void = tallied(attempts)
        words = [f"{verdicts[verdict]} {verdict}" for verdict in VERDICT_INK if verdicts[verdict]]
        waiting = phases[Phase.WAITING] + phases[Phase.POSTPONED]
        words += [f"{phases[Phase.ABSENT]} absent"] if phases[Phase.ABSENT] else []
        words += [f"{waiting} to come"] if waiting else []
        words += [f"{void} void"] if void else []
        seen = agreement(attempts)
        words += [f"{counted(seen.n, 'second reading')}, {seen.agree} agree"] if seen.n else []
        return ", ".join(words)

    def foot_lines(self) -> list[Line]:
        """Return the sums and the head of the record."""
        record = ""
        ledger = self.exam.desk.ledger
        if ledger is not None:
            count, head = ledger.head()
            record = f"record {count} events, head {head[:12]}"
        both = line(f"  {self._sums}", (f"{GAP}{record}", "dim"))
        if width_of(both) > self.width:
            return [line(f"  {self._sums}"), line((f"  {record}", "dim"))]
        return [EMPTY, both]

    def action_record(self) -> None:
        """Open the record of the chosen student."""
        if self._rows:
            self.app.push_screen(RecordScreen(self._rows[self.chosen].key))

    def action_course(self) -> None:
        """Draw the course of the day."""
        from examrunner.tui.screens.course import CourseScreen

        self.app.push_screen(CourseScreen())

    def action_export(self) -> None:
        """Export the scores."""
        from examrunner.tui.screens.export import ExportScreen

        self.app.push_screen(ExportScreen())

    def action_edges(self) -> None:
        """Take a second look at the edges."""
        from examrunner.tui.screens.edges import EdgesScreen

        self.app.push_screen(EdgesScreen())


class RecordScreen(ExamScreen):
    """Everything on record about one student."""

    name_in_registry: ClassVar[str] = "record"
    BINDINGS: ClassVar[list[BindingType]] = bindings("record")

    def __init__(self, key: str, *, hides_name: bool = False) -> None:
        super().__init__()
        self._key = key
        self._hides_name = hides_name
        self.scrolled = 0

    @property
    def attempt_id(self) -> str | None:
        """The last attempt whose paper is known: the one that may be voided or taken again."""
        known = [one for one in self.exam.desk.row(self._key).attempts if one.reading]
        return known[-1].id if known else None

    def bar(self) -> Line:
        """Return whose record it is."""
        return line("record")

    def draw_body(self) -> None:
        """Draw the attempts and their timelines."""
        row = self.exam.desk.row(self._key)
        name = "name hidden" if self._hides_name else row.student.name
        rows: list[Line] = [EMPTY, line((f"  {pad(name, self.width - 4)}", "strong"))]
        for attempt in row.attempts:
            rows += self._attempt(attempt)
        height = self.app.size.height - 3
        self.scrolled = max(0, min(self.scrolled, len(rows) - height))
        rows = rows[self.scrolled :]
        if len(rows) > height:
            rows = [*rows[: height - 1], line((f"  … {len(rows) - height + 1} more: ↓", "warn"))]
        self.canvas("body").show(rows)

    def _attempt(self, attempt: Attempt) -> list[Line]:
        desk = self.exam.desk
        rows: list[Line] = [EMPTY]
        if attempt.reading is None:
            return [*rows, line((f"  {attempt.phase}", "dim"))]
        title, about = reading_words(desk, attempt)
        rows += [line((f"  {text}", "strong")) for text in wrap(title, self.width - 4)]
        rows.append(line((f"  {about}", "dim")))
        if not self._hides_name:
            rows += [line((f"  {text}", "dim")) for text in receipt_words(desk, attempt)]
        known = None if self._hides_name else suggest(attempt, draws.sheet(desk, attempt))
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
        for one in () if self._hides_name else attempt.readings:
            reason = desk.text(one.event) if one.has_reason else ""
            head = line(
                (f"  {clock_time(desk, one.at)}  ", "dim"),
                (str(one.verdict), VERDICT_INK[one.verdict]),
                (f"{GAP}second reading by {one.reader}, beside {one.beside or 'none'}", "dim"),
            )
            rows += self._told(head, reason)
        rows.append(EMPTY)
        decided = attempt.phase is Phase.DECIDED
        is_timed = attempt.from_paper is None
        rows += [
            line("  ", *question_words(one, decided=decided, is_timed=is_timed))
            for one in attempt.questions
        ]
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

    def _told(self, head: Line, text: str) -> list[Line]:
        """Return a row of the timeline with the whole text that belongs to it."""
        if not text:
            return [head]
        room = max(MIN_TEXT, self.width - 2 - len(GAP) - width_of(head))
        rows = wrap(text, room)
        rest = " " * (self.width - 2 - room)
        return hanging((*head, (GAP, "")), rest, rows, "")

    def action_up(self) -> None:
        """Scroll up."""
        self.scrolled = max(0, self.scrolled - 1)
        self.draw()

    def action_down(self) -> None:
        """Scroll down."""
        self.scrolled += 1
        self.draw()

    def action_correct(self) -> None:
        """Correct the verdict of the last decided attempt."""
        from examrunner.tui.screens.decide import CorrectScreen

        decided = [
            one for one in self.exam.desk.row(self._key).attempts if one.phase is Phase.DECIDED
        ]
        if not decided:
            self.exam.say("there is no verdict to correct yet")
            return
        self.app.push_screen(CorrectScreen(decided[-1].id))

    def action_retake(self) -> None:
        """Let the student take the last attempt again, on another paper."""
        name = self.attempt_id
        if name is None:
            self.exam.say("there is no attempt to take again yet")
            return
        desk = self.exam.desk
        if self.exam.act(lambda: day_acts.retake(desk, desk.attempt(name))):
            self.exam.say("a further attempt waits on the board")
        self.draw()
