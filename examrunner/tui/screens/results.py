"""Results and records: verdicts, scores, and the timeline behind each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.rules import score, tallied
from examrunner.domain.text import counted
from examrunner.services.second_read import agreement
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, line, pad, width_of, wrap
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.words import VERDICT_INK

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.known import Row


class ResultsScreen(ListScreen):
    """All students with verdict and score."""

    name_in_registry: ClassVar[str] = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings("results")
    below = 3

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
        if row.called != row.student.name:
            title = f"{row.student.student_id}  {title}"
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
            sums = [line(f"  {text}") for text in wrap(self._sums, self.width - 4, 2)]
            return [*[EMPTY] * (2 - len(sums)), *sums, line((f"  {record}", "dim"))]
        return [EMPTY, EMPTY, both]

    def action_record(self) -> None:
        """Open the record of the chosen student."""
        from examrunner.tui.screens.record import RecordScreen

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
