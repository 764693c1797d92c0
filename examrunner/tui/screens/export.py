"""Export from the results: shown first, written after one confirmation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import ExamError
from examrunner.domain.text import counted
from examrunner.services import export, export_into
from examrunner.services.export_into import Into
from examrunner.services.results import Results, read_results
from examrunner.tui.actions import EXPORT, bindings
from examrunner.tui.lines import EMPTY, Line, line, pad, wrap
from examrunner.tui.paths import path_from, told
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.tui.actions import Action

TABLES = (
    (export.CSV, "c", "a table for people, every student in a row"),
    (export.XLSX, "x", "the same table as a workbook"),
    (export.JSON, "j", "everything on record as data, without notes"),
)
UPLOADS = (
    ("canvas", "g", "the gradebook that you exported from Canvas"),
    ("moodle", "m", "the grade file that you exported from Moodle"),
    ("brightspace", "d", "the grade file that you exported from Brightspace"),
    ("blackboard", "l", "the grade file that you downloaded from Blackboard"),
    ("oneroster", "o", "the OneRoster archive or folder of the class"),
)
FORMS = (*TABLES, *UPLOADS)
"""Form, key, and what it is or starts from."""
SOURCES = {form: words for form, _, words in UPLOADS}
NAME_CELLS = 26


class ExportScreen(ListScreen):
    """A file for people, or a file of a learning management system with the scores in it."""

    name_in_registry: ClassVar[str] = "export"
    BINDINGS: ClassVar[list[BindingType]] = bindings("export")
    heading = 5

    def __init__(self) -> None:
        super().__init__()
        self._results: Results | None = None
        self._into = Into("")
        """The form that was chosen, and what it starts from."""
        self._choice: export_into.Choice | None = None
        """What the file leaves open, and is asked first."""
        self._plan: export_into.Plan | None = None
        self._shown: list[Line] = []
        self._done = ""
        self._fault = ""
        """Why the file that was given is none."""

    def compose(self) -> ComposeResult:
        """Add the line in which the path of a file is typed."""
        yield from super().compose()
        yield Field("path of the file")

    def on_mount(self) -> None:
        """Read what is on record."""
        try:
            self._results = read_results(self.exam.desk.folder)
        except ExamError as failure:
            self.exam.tell(failure)

    # --- drawing -------------------------------------------------------------------------

    @property
    def _form(self) -> str:
        return self._into.form

    def bar(self) -> Line:
        """Return what this is."""
        return line("export the scores")

    def count(self) -> int:
        """Return the number of rows to choose from, or of those shown before writing."""
        if not self._form:
            return len(FORMS)
        return len(self._choice.answers) if self._choice else len(self._shown)

    def head_lines(self) -> list[Line]:
        """Return what is going to be written, and where."""
        rows: list[Line] = [EMPTY]
        if self._done:
            rows += [line((f"  {text}", "good")) for text in wrap(self._done, self.width - 4, 3)]
        elif not self._form:
            rows.append(line("  what shall be written?"))
            ink, words = (
                ("warn", self._fault) if self._fault else ("dim", "enter or its key chooses")
            )
            rows += [line((f"  {text}", ink)) for text in wrap(words, self.width - 4, 3)]
        elif self._choice is not None:
            rows += [
                line(f"  {self._form}", "  "),
                line((f"  {self._choice.question}", "warn")),
            ]
        elif self._plan is not None:
            rows += self._plan_words(self._plan)
        elif self._form in SOURCES:
            rows.append(line(f"  {self._form}: type or drag in the path of the file"))
        elif self._results is not None:
            scores = counted(len(export.marks(self._results).scores), "score")
            people = counted(len(self._results.results), "student")
            rows += [line(f"  {self._form}: {people}, {scores}"), self._where()]
        return [*rows, *[EMPTY] * self.heading][: self.heading]

    def _where(self) -> Line:
        return line((f"  into {self._out().name}; enter writes it", "dim"))

    def _plan_words(self, plan: export_into.Plan) -> list[Line]:
        scores = counted(len(plan.upload.changes), "score")
        rows = [line(f"  {scores} into ", (plan.column, "strong"))]
        problems = [one.text for one in (*plan.errors, *plan.remarks)]
        more = f" (and {len(problems) - 1} more below)" if len(problems) > 1 else ""
        told = [pad(one + more, self.width - 4).rstrip() for one in problems[:1]]
        rows += [line((f"  {one}", "warn")) for one in told]
        if plan.refusal():
            rows.append(line((f"  {plan.refusal()}", "warn")))
        elif not plan.errors:
            rows.append(self._where())
        return rows

    def row_line(self, place: int, width: int) -> Line:
        """Return one form or answer to choose, or one row of the difference."""
        if not self._form:
            form, key, words = FORMS[place]
            sign = ("  ▸ ", "accent") if place == self.chosen else ("    ", "")
            words = f"into {words}" if form in SOURCES else words
            words = pad(words, width - 22).rstrip()
            return line(sign, (f"{key}  ", "key"), (pad(form, 13), "strong"), (words, "dim"))
        if self._choice is not None:
            return line(f"    {pad(self._choice.answers[place][0], width - 6)}")
        return self._shown[place]

    def _difference(self, plan: export_into.Plan) -> list[Line]:
        """Return what would change, who is left out and why, and what stays, in words."""
        cells = max(1, self.width - NAME_CELLS - 8)
        called = plan.results.called()
        rows: list[tuple[str, str, str]] = []
        rows += [(name, f"{old} -> {new}", "strong") for name, old, new in plan.diff()]
        rows += [
            (called[one.student.student_id], f"left out: {one.why}", "warn")
            for one in plan.left_out
        ]
        rows += [
            (called[one.student.student_id], f"unchanged: {one.old}", "dim")
            for one in plan.upload.unchanged
        ]
        rows += [(name, "not in the class", "dim") for name in plan.strangers]
        lines = [
            line(f"    {pad(name, NAME_CELLS)}  ", (pad(words, cells).rstrip(), style))
            for name, words, style in rows
        ]
        told = [one.text for one in (*plan.errors, *plan.remarks)][1:]
        wrapped = [text for one in told for text in wrap(one, self.width - 6)]
        return [*lines, *(line((f"    {text}", "warn")) for text in wrapped)]

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done now."""
        plan = self._plan
        may_force = plan is not None and bool(plan.upload.overwrites) and not self._into.force
        return tuple(one for one in EXPORT if may_force or one.name != "force")

    # --- choosing ------------------------------------------------------------------------

    def _out(self) -> Path:
        desk = self.exam.desk
        return export.default_out(desk.folder, self._form, desk.clock.now().at)

    def _begin(self, form: str) -> None:
        source = self._into.source if form == self._form else None
        self._into, self._plan = Into(form, source), None
        self._done = self._fault = ""
        self._choice, self._shown = None, []
        self.exam.message = None
        self.chosen = self.first_row = 0

    def action_form(self, key: str) -> None:
        """Choose a form by its key."""
        self._choose(next(form for form, own, _ in FORMS if own == key))

    def _choose(self, form: str) -> None:
        """Show what a table would hold, or ask for the file that an upload starts from."""
        self._begin(form)
        if form in SOURCES:
            self.field.asks("path of the file", "takes it", "gives up", hint=SOURCES[form])
            self.field.open(str(self._into.source or ""))
        self.draw()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Take the path of the file."""
        self.field.close()
        self._into = replace(self._into, source=path_from(event.value))
        self._look()

    def _look(self) -> None:
        """Compare the file with the scores; ask first for what it leaves open."""
        if self._into.source is None or self._results is None:
            self._begin("")
            self.draw()
            return
        try:
            self._choice = export_into.choice(self._into)
            if self._choice is None:
                folder = self.exam.desk.folder
                self._plan = export_into.plan(folder, self._results, self._into)
                self._shown = self._difference(self._plan)
        except ExamError as failure:
            self._begin("")
            self._fault = told(failure)
        self.chosen = self.first_row = 0
        self.draw()

    def action_force(self) -> None:
        """Overwrite scores that stand there: shown again before anything is written."""
        self._into = replace(self._into, force=True)
        self._look()

    # --- writing -------------------------------------------------------------------------

    def action_confirm(self) -> None:
        """Choose the form or an answer, or write the file as shown."""
        if not self._form:
            self._choose(FORMS[self.chosen][0])
        elif self._choice is not None:
            _, self._into = self._choice.answers[self.chosen]
            self._look()
        elif self._results is not None and (self._plan or self._form not in SOURCES):
            self.exam.act(self._write)
            self.draw()

    def _write(self) -> None:
        desk = self.exam.desk
        out, clock, actor = self._out(), desk.clock, desk.actor
        assert self._results is not None
        if self._plan is not None:
            written = export_into.write(self._plan, out, clock, actor, asked=True)
        else:
            table = export.Table(self._form)
            written = export.write_table(
                desk.folder, self._results, table, out, clock=clock, actor=actor, asked=True
            )
        self._begin("")
        self._done = f"written: {written.file} ({counted(written.scores, 'score')})"

    def action_back(self) -> None:
        """Close the line, go back to the forms, or leave."""
        if self.field.is_open:
            self.field.close()
        elif not self._form:
            self.exam.pop_screen()
            return
        self._begin("")
        self.draw()
