"""What the class list and the reviews say by now, and taking it into the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import ExamError
from examrunner.domain.text import counted
from examrunner.services.changes import Changes, changes_of, take_in, words_of
from examrunner.tui.actions import SCREENS, bindings
from examrunner.tui.lines import EMPTY, Line, line, pad, wrap
from examrunner.tui.screens.base import ExamScreen

if TYPE_CHECKING:
    from textual.binding import BindingType

    from examrunner.tui.actions import Action

KIND = 11
"""Cells of a change's kind."""
INK = {"gone": "warn"}


class UpdateScreen(ExamScreen):
    """Late students, corrected lists and names: shown first, taken in by enter."""

    name_in_registry: ClassVar[str] = "update"
    BINDINGS: ClassVar[list[BindingType]] = bindings("update")

    def __init__(self) -> None:
        super().__init__()
        self._changes: Changes | None = None

    def on_mount(self) -> None:
        """Read the files again."""
        try:
            self._changes = changes_of(self.exam.desk)
        except ExamError as failure:
            self.exam.tell(failure)

    def bar(self) -> Line:
        """Return the title."""
        return line(("Late students and corrected lists", "strong"))

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done now."""
        has_some = self._changes is not None and self._changes.to_take > 0
        return tuple(one for one in SCREENS["update"] if has_some or one.name != "take_in")

    def draw_body(self) -> None:
        """List how the files differ from the record."""
        rows: list[Line] = [EMPTY]
        if self._changes is None:
            rows.append(line(("  The files cannot be compared with the record.", "warn")))
        elif not words_of(self._changes):
            rows.append(line(("  roster.csv and reviews.csv are as on record.", "")))
        else:
            for kind, words in words_of(self._changes):
                texts = wrap(words, self.width - KIND - 4)
                rows.append(line((f"  {pad(kind, KIND)}", INK.get(kind, "key")), (texts[0], "")))
                rows += [line((f"{' ' * (KIND + 2)}{text}", "")) for text in texts[1:]]
        height = self.app.size.height - 5
        if len(rows) > height:
            rows = [*rows[: height - 1], line((f"  and {len(rows) - height + 1} more", "warn"))]
        told = "Lines of the public log are added; none that is there changes."
        if self._changes is not None and self._changes.banks:
            told = "Questions stay those of the commit; examrunner update --banks takes newer ones."
        self.canvas("body").show([*rows, EMPTY, line((f"  {told}", "dim"))])

    def action_take_in(self) -> None:
        """Take everything in that can be, and go back."""
        changes, taken = self._changes, list[int]()
        if changes is None or not changes.to_take:
            return
        if self.exam.act(lambda: taken.append(take_in(self.exam.desk, changes))):
            self.exam.pop_screen()
            self.exam.say(f"{counted(taken[0], 'change')} taken in")
