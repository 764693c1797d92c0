"""One bank: its questions, sheets that could be drawn from it, and one question whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.tui.actions import bindings
from examrunner.tui.bank_lines import SIGN, problem_words, question_lines, state_words
from examrunner.tui.lines import EMPTY, GAP, Line, line, pad
from examrunner.tui.screens.judging import JudgingScreen
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.screens.scrolling import ScrollScreen

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.services.approving import Waiting
    from examrunner.services.bank_list import Shelf


class BankScreen(JudgingScreen, ListScreen):
    """One bank: its questions, the chosen one whole."""

    name_in_registry: ClassVar[str] = "bank"
    BINDINGS: ClassVar[list[BindingType]] = bindings("bank")

    def __init__(self, shelf: Shelf, reading: str) -> None:
        super().__init__()
        self.shelf = shelf
        self.reading = reading
        self._sheet: tuple[str, ...] = ()
        """Questions of the sample sheet that is shown; none: all are."""

    def names(self) -> tuple[str, ...]:
        """Return the id of each question shown."""
        bank = self.row.bank
        return tuple(bank.questions[place].id for place in self._places()) if bank else ()

    def _places(self) -> list[int]:
        """Return the places of the questions that are shown."""
        bank = self.row.bank
        if bank is None:
            return []
        if not self._sheet:
            return list(range(len(bank.questions)))
        places = {question.id: place for place, question in enumerate(bank.questions)}
        return [places[name] for name in self._sheet if name in places]

    @property
    def below(self) -> int:  # type: ignore[override]  # the chosen question takes the rest
        """Rows under the list: the chosen question."""
        return max(8, (self.app.size.height - 4) // 2)

    def count(self) -> int:
        """Return the number of questions shown."""
        return len(self._places())

    def bar(self) -> Line:
        """Return the bank's title, and what is shown of it."""
        shown = f"a sheet that could be drawn{GAP}" if self._sheet else ""
        title = pad(self.row.title, max(8, self.width - 8 - len(shown))).rstrip()
        return line((shown, "accent"), (title, "strong"))

    def head_lines(self) -> list[Line]:
        """Return what is wrong with the bank, in short."""
        row = self.row
        words = f"  {state_words(row)}{GAP}{problem_words(row)}"
        return [line((words, "warn" if row.errors else "dim"))]

    def row_line(self, place: int, width: int) -> Line:
        """Return one question."""
        at = self._places()[place]
        row = self.row
        assert row.bank is not None
        question, now = row.bank.questions[at], row.standings[at]
        sign = "!" if now.is_changed else SIGN[now.state]
        ink = "strong" if place == self.chosen else ""
        return line(
            (f"  {sign} ", "warn" if sign == "!" else "good" if sign == "✓" else "dim"),
            (pad(question.kind, 10), "dim"),
            (pad(question.say, max(10, width - 16)), ink),
        )

    def foot_lines(self) -> list[Line]:
        """Return the chosen question, as far as there is room, and its problems."""
        one = self.waiting()
        if one is None:
            found = [one for one in self.row.problems if one.severity == "error"]
            told = [f"  {one.line or '-'}: {one.text}" for one in found]
            return [EMPTY, *(line((pad(text, self.width - 2), "warn")) for text in told)]
        rows = [EMPTY, *question_lines(one, self.problems_of(one), self.width)]
        more = len(rows) - self.below
        if more > 0:
            rows[self.below - 1 :] = [line((f"  … {more + 1} more: enter", "warn"))]
        return rows

    def waiting(self) -> Waiting | None:
        """Return the chosen question."""
        self.keep_choice()
        places = self._places()
        return self.row.waiting(places[self.chosen]) if places else None

    # --- acting --------------------------------------------------------------------------

    def action_sheet(self) -> None:
        """Show a sheet that could be drawn, again: another one; from the last back to all."""
        from examrunner.domain.draw.sheets import NoSheet
        from examrunner.services.bank_list import sample_sheet

        row, shelf = self.row, self.shelf
        if row.bank is None:
            return
        try:
            asked = sample_sheet(row, shelf.sheet_rule, shelf.settings.questions)
        except NoSheet as failure:
            self.exam.say(failure.message)
            return
        self._sheet = tuple(question.id for question in asked)
        self.chosen = 0
        self.exam.message = None
        self.draw()

    def action_open(self) -> None:
        """Show the chosen question whole."""
        one = self.waiting()
        if one is not None:
            self.app.push_screen(QuestionScreen(self.shelf, self.reading, one.question.id))

    def action_all(self) -> None:
        """Show all questions again, or go back."""
        if self.closed_field():
            pass
        elif self._sheet:
            self._sheet = ()
        else:
            self.exam.pop_screen()
            return
        self.draw()


class QuestionScreen(JudgingScreen, ScrollScreen):
    """One question whole."""

    name_in_registry: ClassVar[str] = "question"
    BINDINGS: ClassVar[list[BindingType]] = bindings("question")

    def __init__(self, shelf: Shelf, reading: str, question: str) -> None:
        super().__init__()
        self.shelf = shelf
        self.reading = reading
        self._id = question

    def waiting(self) -> Waiting | None:
        """Return the question as the shelf has it by now; None where it is gone."""
        bank = self.row.bank
        ids = [question.id for question in bank.questions] if bank else []
        return self.row.waiting(ids.index(self._id)) if self._id in ids else None

    def bar(self) -> Line:
        """Return the bank's title."""
        return line((pad(self.row.title, self.width - 8).rstrip(), "strong"))

    def draw_body(self) -> None:
        """Draw the question from the row that was scrolled to."""
        one = self.waiting()
        rows = [EMPTY, line(("  this question is gone, or its bank cannot be read", "warn"))]
        if one is not None:
            rows[1:] = question_lines(one, self.problems_of(one), self.width)
        self.canvas("body").show(self.in_view(rows, self.app.size.height - 3))

    def action_back(self) -> None:
        """Close the line, or go back to the bank."""
        if not self.closed_field():
            self.exam.pop_screen()
