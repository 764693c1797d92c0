"""Export from the results: shown first, written after one confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import ExamError
from examrunner.services import export
from examrunner.services.results import Results, read_results
from examrunner.tui.actions import EXPORT, bindings
from examrunner.tui.lines import EMPTY, Line, line, pad, wrap
from examrunner.tui.paths import path_from
from examrunner.tui.screens.listing import ListScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.tui.actions import Action


class ExportScreen(ListScreen):
    """A table for people, or a gradebook of Canvas with the scores in one column."""

    name_in_registry: ClassVar[str] = "export"
    BINDINGS: ClassVar[list[BindingType]] = bindings("export")
    heading = 8

    def __init__(self) -> None:
        super().__init__()
        self._results: Results | None = None
        self._form = ""
        self._gradebook: Path | None = None
        self._columns: list[str] = []
        """Columns to choose from, where none is proposed."""
        self._column: str | None = None
        self._plan: export.CanvasExport | None = None
        self._force = False
        self._shown: list[str] = []
        self._done = ""

    def compose(self) -> ComposeResult:
        """Add the line in which the gradebook's path is typed."""
        yield from super().compose()
        yield Field(placeholder="the gradebook that you exported from Canvas")

    def on_mount(self) -> None:
        """Read what is on record."""
        try:
            self._results = read_results(self.exam.desk.folder)
        except ExamError as failure:
            self.exam.tell(failure)

    # --- drawing -------------------------------------------------------------------------

    def bar(self) -> Line:
        """Return what this is."""
        return line("export the scores")

    def count(self) -> int:
        """Return the number of rows shown before writing."""
        return len(self._columns) or len(self._shown)

    def head_lines(self) -> list[Line]:
        """Return what is going to be written, and where."""
        rows: list[Line] = [EMPTY]
        for form, key, words in (
            ("csv", "c", "a table for people, every student in a row"),
            ("canvas", "g", "your own Canvas export with the scores in one column"),
        ):
            sign = ("  ▸ ", "accent") if self._form == form else ("    ", "")
            rows.append(line(sign, (f"{key}  ", "key"), (pad(form, 8), "strong"), (words, "dim")))
        rows.append(EMPTY)
        if self._done:
            rows += [line((f"  {text}", "good")) for text in wrap(self._done, self.width - 4)]
        elif self._columns:
            rows.append(line(("  which column takes the scores? enter chooses", "warn")))
        elif self._plan is not None:
            rows += self._plan_words(self._plan)
        elif self._form == "csv" and self._results is not None:
            count = len(export.settled(self._results))
            rows.append(line(f"  {len(self._results.results)} students, {count} with a score"))
            rows.append(line((f"  into {self._out().name}; enter writes it", "dim")))
        return [*rows, *[EMPTY] * self.heading][: self.heading]

    def _plan_words(self, plan: export.CanvasExport) -> list[Line]:
        rows = [line(f"  {len(plan.upload.changes)} scores into ", (plan.column, "strong"))]
        problems = [one.text for one in (*plan.errors, *plan.remarks)]
        rows += [line((f"  {pad(text, self.width - 4).rstrip()}", "warn")) for text in problems[:1]]
        if plan.refusal():
            rows.append(line((f"  {plan.refusal()}", "warn")))
        elif not plan.errors:
            rows.append(line((f"  into {self._out().name}; enter writes it", "dim")))
        return rows

    def row_line(self, place: int, width: int) -> Line:
        """Return one change, or one column to choose."""
        listed = self._columns or self._shown
        return line(f"    {pad(listed[place], width - 6)}")

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done now."""
        plan = self._plan
        may_force = plan is not None and bool(plan.upload.overwrites) and not self._force
        return tuple(one for one in EXPORT if may_force or one.name != "force")

    # --- choosing ------------------------------------------------------------------------

    def _out(self) -> Path:
        desk = self.exam.desk
        return export.default_out(desk.folder, self._form, desk.clock.now().at)

    def _begin(self, form: str) -> None:
        self._form, self._done, self._plan = form, "", None
        self._columns, self._shown, self._column, self._force = [], [], None, False

    def action_csv(self) -> None:
        """Show what the table would hold."""
        self._begin("csv")
        self.draw()

    def action_canvas(self) -> None:
        """Ask for the gradebook."""
        self._begin("canvas")
        self.field.open(str(self._gradebook or ""))
        self.draw()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Take the gradebook's path."""
        self.field.close()
        self._gradebook = path_from(event.value)
        self._look()

    def _look(self) -> None:
        """Compare the gradebook with the scores; ask for the column where none fits alone."""
        if self._gradebook is None or self._results is None:
            self.draw()
            return
        folder, book = self.exam.desk.folder, self._gradebook
        try:
            self._columns = export.column_choices(book, self._column)
            if not self._columns:
                self._plan = export.plan_canvas(
                    folder, self._results, book, self._column, force=self._force
                )
                self._shown = self._plan.lines()
        except ExamError as failure:
            self.exam.tell(failure)
        self.chosen = self.first_row = 0
        self.draw()

    def action_force(self) -> None:
        """Overwrite scores that Canvas has: shown again before anything is written."""
        self._force = True
        self._look()

    # --- writing -------------------------------------------------------------------------

    def action_confirm(self) -> None:
        """Choose the column, or write the file as shown."""
        if self._columns:
            self._column, self._columns = self._columns[self.chosen], []
            self._look()
        elif self._results is not None and (self._form == "csv" or self._plan is not None):
            self.exam.act(self._write)
            self.draw()

    def _write(self) -> None:
        desk = self.exam.desk
        out, clock, actor = self._out(), desk.clock, desk.actor
        assert self._results is not None
        if self._plan is not None:
            written = export.write_canvas(self._plan, out, clock, actor, asked=True)
        else:
            written = export.write_csv(desk.folder, self._results, out, clock, actor, asked=True)
        self._begin("")
        self._done = f"written: {written.file} ({written.scores} scores)"

    def action_back(self) -> None:
        """Close the line, or go back."""
        if self.field.is_open:
            self.field.close()
            self.draw()
        else:
            self.exam.pop_screen()
