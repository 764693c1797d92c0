"""What screens share on which questions are judged: approved, reviewed, or sent back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import Judged
from examrunner.domain.errors import ExamError
from examrunner.services.approving import judge
from examrunner.services.bank_lint import within
from examrunner.tui.screens.banks import edit_in
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from examrunner.services.approving import Waiting
    from examrunner.services.bank_list import Shelf, Shelved


class JudgingScreen(ExamScreen):
    """A screen with a question that can be judged. A subclass says which one it is."""

    shelf: Shelf
    reading: str
    _judging: tuple[Judged, Waiting] | None = None
    """The question that the open line is about, as it was when the key was pressed."""

    def compose(self) -> ComposeResult:
        """Add the line for who judges, or why a question goes back."""
        yield from super().compose()
        yield Field("name, or why")

    @property
    def row(self) -> Shelved:
        """The bank as the shelf has it by now; an empty one where its file is gone."""
        return self.shelf.row(self.reading)

    def waiting(self) -> Waiting | None:
        """Return the question that would be judged; None where there is none."""
        return None

    def problems_of(self, one: Waiting) -> list[str]:
        """Return what lint says within the lines of a question."""
        row, place = self.row, one.bank.questions.index(one.question)
        return [f"{told.text} [{told.rule}]" for told in within(row.problems, row.lines, place)]

    def action_edit(self) -> None:
        """Open the bank in the editor at the question."""
        one, row = self.waiting(), self.row
        if row.file is not None:
            edit_in(self, row.file, row.line_of(one.question) if one else None)

    def action_approve(self) -> None:
        """Stand behind the question as it is."""
        self._ask(Judged.APPROVED, "approved by whom?")

    def action_review(self) -> None:
        """Say as a second reader that it holds."""
        self._ask(Judged.REVIEWED, "reviewed by whom?")

    def action_return(self) -> None:
        """Send it back to its author with a word why."""
        self._ask(Judged.RETURNED, "why does it go back?")

    def _ask(self, state: Judged, words: str) -> None:
        one = self.waiting()
        if one is None:
            return
        self._judging = state, one
        self.exam.message = None
        self.draw_status()
        self.field.asks(f"{one.question.id}: {words}")
        self.field.open("" if state is Judged.RETURNED else _me())

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the judgement."""
        from datetime import date

        self.field.close()
        if self._judging is None:
            return
        state, one = self._judging
        is_back = state is Judged.RETURNED
        by, note = (_me(), event.value) if is_back else (event.value, "")
        today = date.today()  # noqa: DTZ011  the day on the wall, as people note it
        try:
            judge(one, state, by, today, note)
        except ExamError as failure:
            self.exam.tell(failure)
        else:
            self.shelf.refresh()
            self.exam.say(f"{one.question.id}: {state}")
        self.draw()

    def closed_field(self) -> bool:
        """Close the line where it is open; say whether it was."""
        if not self.field.is_open:
            return False
        self.field.close()
        return True


def _me() -> str:
    from examrunner.storage.person import examiner

    return examiner()
