"""The bank browser: every bank with its state, its problems and who may need it, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.bank.approval import Judged
from examrunner.domain.bank.banks import State
from examrunner.domain.errors import ExamError
from examrunner.domain.text import counted
from examrunner.services.approving import judge
from examrunner.services.bank_list import Shelved
from examrunner.tui.actions import bindings
from examrunner.tui.lines import EMPTY, GAP, Line, hanging, line, pad, wrap
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.worker import Worker

    from examrunner.domain.bank.banks import Question
    from examrunner.services.bank_list import Shelf

KINDS, STATES, PROBLEMS, CHANCE = 12, 18, 12, 7
"""Cells of the columns beside the reading."""
USUAL = ("opening", "core", "detail", "critique")
SIGN = {State.APPROVED: "✓", State.REVIEWED: "+", State.DRAFT: "·", State.RETIRED: "–"}


class BanksScreen(ListScreen):
    """The list of banks."""

    name_in_registry: ClassVar[str] = "banks"
    BINDINGS: ClassVar[list[BindingType]] = bindings("banks")

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf
        self._is_reading = True
        self._looking: Worker[None] | None = None

    def on_mount(self) -> None:
        """Read the banks beside the first frame, and keep looking at the files."""
        self.look_again()
        self.set_interval(0.5, self.look_again)

    def look_again(self) -> None:
        """Look whether a file was saved, unless a look is still under way: threads do not stop."""
        if self._looking is None or self._looking.is_finished:
            self._looking = self.run_worker(self._look, thread=True, name="banks")

    def _look(self) -> None:
        try:
            is_new = self.shelf.refresh()
        except OSError as fault:
            self.app.call_from_thread(self.exam.say, f"The folder cannot be read: {fault}.")
            return
        if is_new or self._is_reading:
            self.app.call_from_thread(self._show_new)

    def _show_new(self) -> None:
        self._is_reading = False
        self.exam.redraw()

    # --- drawing -------------------------------------------------------------------------

    def bar(self) -> Line:
        """Return what is on the shelf."""
        rows = self.shelf.rows
        questions = sum(len(row.standings) for row in rows)
        there = sum(row.file is not None for row in rows)
        words = f"{counted(there, 'bank')}, {counted(questions, 'question')}"
        return line(("reading the banks" if self._is_reading else words, "strong"))

    def count(self) -> int:
        """Return the number of banks."""
        return len(self.shelf.rows)

    def head_lines(self) -> list[Line]:
        """Return the names of the columns."""
        chance = pad("chance", CHANCE) if self.shelf.chances else ""
        words = f"  {pad('reading', self._room())}{pad('o  c  d  x', KINDS)}"
        return [line((f"{words}{pad('state', STATES)}{pad('problems', PROBLEMS)}{chance}", "dim"))]

    def _room(self) -> int:
        chance = CHANCE if self.shelf.chances else 0
        return max(16, min(60, self.width - 4 - KINDS - STATES - PROBLEMS - chance))

    def row_line(self, place: int, width: int) -> Line:  # noqa: ARG002  columns have a measure
        """Return one bank."""
        row = self.shelf.rows[place]
        ink = "strong" if place == self.chosen else ""
        chance = f"{row.chance:5.0%}" if row.chance is not None else ""
        return line(
            (f"  {pad(row.title, self._room() - 2)}  ", ink),
            (pad(kinds_words(row), KINDS), ""),
            (pad(state_words(row), STATES), "dim"),
            (
                pad(problem_words(row), PROBLEMS),
                "warn" if row.errors or row.file is None else "dim",
            ),
            (chance, "dim"),
        )

    # --- acting --------------------------------------------------------------------------

    def _row(self) -> Shelved | None:
        return self.shelf.rows[self.chosen] if self.shelf.rows else None

    def action_open(self) -> None:
        """Show the questions of the chosen bank."""
        row = self._row()
        if row is None:
            return
        if row.bank is None and row.file is None:
            self.exam.say("no bank yet: general questions would be asked")
            return
        self.app.push_screen(BankScreen(self.shelf, row.reading))

    def action_edit(self) -> None:
        """Open the chosen bank in the editor, at its first problem."""
        row = self._row()
        if row is None or row.file is None:
            self.exam.say("there is no file to edit yet")
            return
        first = next((one.line for one in row.problems if one.line), None)
        edit_in(self, row.file, first)

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit()


class BankScreen(ListScreen):
    """One bank: its questions, the chosen one whole."""

    name_in_registry: ClassVar[str] = "bank"
    BINDINGS: ClassVar[list[BindingType]] = bindings("bank")

    def __init__(self, shelf: Shelf, reading: str) -> None:
        super().__init__()
        self.shelf = shelf
        self.reading = reading
        self._sheet: tuple[str, ...] = ()
        """Questions of the sample sheet that is shown; none: all are."""
        self._keeps: Judged | None = None

    def compose(self) -> ComposeResult:
        """Add the line for who judges, or why a question goes back."""
        yield from super().compose()
        yield Field()

    @property
    def row(self) -> Shelved:
        """The bank as the shelf has it by now; an empty one where its file is gone."""
        gone = Shelved(self.reading, self.reading, None, None, (), (), None)
        return next((row for row in self.shelf.rows if row.reading == self.reading), gone)

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
        """Return the chosen question whole, as far as there is room, and its problems."""
        question = self._question()
        if question is None:
            found = [one for one in self.row.problems if one.severity == "error"]
            return [
                EMPTY,
                *(_told(f"  {one.line or '-'}: {one.text}", self.width) for one in found),
            ]
        rows: list[Line] = [EMPTY, *self._whole(question)]
        return rows[: self.below]

    def _question(self) -> Question | None:
        places = self._places()
        bank = self.row.bank
        return bank.questions[places[self.chosen]] if places and bank else None

    def _whole(self, question: Question) -> list[Line]:
        width = min(self.width - 4, 100)
        now = self.row.waiting(self._places()[self.chosen])
        head = f"  {question.id}, {question.seconds} s, {now.why}"
        rows = [line((head, "dim"))]
        rows += [line((f"  {text}", "strong")) for text in wrap(question.say, width)]
        for point in question.look_for:
            label = "must " if point.must else "also "
            rows += hanging(line((f"  {label}", "key" if point.must else "dim")), "       ",
                            wrap(point.text, width - 7), "")  # fmt: skip
        for name, texts in (("probe", question.probes), ("hint", question.hints)):
            for text in texts:
                rows += hanging(
                    line((f"  {name:<6}", "dim")), "        ", wrap(text, width - 8), ""
                )
        for one in self._problems(question):
            rows += hanging(line(("  ! ", "warn")), "    ", wrap(one, width - 4), "warn")
        return rows

    def _problems(self, question: Question) -> list[str]:
        """Return what lint says within the lines of a question."""
        row = self.row
        begin = row.lines.get(question.id)
        if begin is None:
            return []
        later = [at for at in row.lines.values() if at > begin]
        end = min(later, default=1 << 30)
        return [
            f"{one.text} [{one.rule}]"
            for one in row.problems
            if one.line is not None and begin <= one.line < end
        ]

    # --- acting --------------------------------------------------------------------------

    def action_sheet(self) -> None:
        """Show a sheet that could be drawn, again: another one; from the last back to all."""
        from examrunner.domain.draw.sheets import NoSheet
        from examrunner.services.bank_list import sample_sheet

        bank, rule = self.row.bank, self.shelf.sheet_rule
        if bank is None:
            return
        try:
            self._sheet = tuple(question.id for question in sample_sheet(bank, rule))
        except NoSheet as failure:
            self.exam.say(failure.message)
            return
        self.chosen = 0
        self.draw()

    def action_all(self) -> None:
        """Show all questions again, or go back."""
        if self.field.is_open:
            self.field.close()
        elif self._sheet:
            self._sheet = ()
        else:
            self.exam.pop_screen()
            return
        self.draw()

    def action_edit(self) -> None:
        """Open the bank in the editor at the chosen question."""
        places, row = self._places(), self.row
        if row.file is None:
            return
        ids = [question.id for question in row.bank.questions] if row.bank else []
        edit_in(self, row.file, row.lines.get(ids[places[self.chosen]]) if places else None)

    def action_approve(self) -> None:
        """Stand behind the question as it is."""
        self._ask(Judged.APPROVED, "approved by: enter keeps it, esc drops it")

    def action_review(self) -> None:
        """Say as a second reader that it holds."""
        self._ask(Judged.REVIEWED, "reviewed by: enter keeps it, esc drops it")

    def action_return(self) -> None:
        """Send it back to its author with a word why."""
        self._ask(Judged.RETURNED, "why it goes back: enter keeps it, esc drops it")

    def _ask(self, state: Judged, words: str) -> None:
        if self._question() is None:
            return
        self._keeps = state
        self.field.placeholder = words
        self.field.open("" if state is Judged.RETURNED else self._me())

    def _me(self) -> str:
        from examrunner.storage.person import examiner

        return examiner()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Keep the judgement."""
        from datetime import date

        state, places = self._keeps, self._places()
        self.field.close()
        if state is None or not places:
            return
        is_back = state is Judged.RETURNED
        by, note = (self._me(), event.value) if is_back else (event.value, "")
        today = date.today()  # noqa: DTZ011  the day on the wall, as people note it
        one = self.row.waiting(places[self.chosen])
        try:
            judge(one, state, by, today, note)
        except ExamError as failure:
            self.exam.tell(failure)
        else:
            self.shelf.refresh()
            self.exam.say(f"{one.question.id}: {state}")
        self.draw()


def edit_in(screen: ListScreen, file: Path, at: int | None) -> None:
    """Give the terminal to the user's editor, and take it back."""
    from examrunner.storage.editor import edit

    try:
        with screen.app.suspend():
            edit(file, at)
    except ExamError as failure:
        screen.exam.tell(failure)
    screen.exam.redraw()


def _told(text: str, width: int) -> Line:
    return line((pad(text, width - 2), "warn"))


def kinds_words(row: Shelved) -> str:
    """Return how many questions there are of each usual kind."""
    return "  ".join(str(row.kinds.get(kind, 0)) for kind in USUAL) if row.file else ""


def state_words(row: Shelved) -> str:
    """Return how far a bank's questions have come."""
    if row.file is None:
        return "no bank"
    if row.bank is None:
        return "unreadable"
    told = [f"{number} {state}" for state, number in sorted(row.states.items())]
    return ", ".join(told) or "empty"


def problem_words(row: Shelved) -> str:
    """Return how much is wrong with a bank."""
    if row.errors:
        return counted(row.errors, "error")
    return counted(len(row.problems), "warning") if row.problems else ""
