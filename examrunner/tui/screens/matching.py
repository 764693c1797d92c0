"""Reviews from a file: which reading a title means, and who somebody is, asked one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.course.linking import TitleQuestion
from examrunner.domain.course.matching import OWN
from examrunner.domain.errors import ExamError
from examrunner.domain.text import counted, some
from examrunner.tui.actions import SCREENS, bindings
from examrunner.tui.lines import EMPTY, Line, line, wrap
from examrunner.tui.paths import path_from
from examrunner.tui.screens.scrolling import ScrollScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.domain.course.linking import PersonQuestion
    from examrunner.services.import_reviews import Asked, Preview
    from examrunner.tui.actions import Action

SHOWN_LINES = 6
SHOWN_STUDENTS = 8
MARGIN = 4
ANSWERS = frozenset(("choice", "own", "leave_out", "later"))


class MatchingScreen(ScrollScreen):
    """One question at a time; then what would change, and enter writes it."""

    name_in_registry: ClassVar[str] = "matching"
    BINDINGS: ClassVar[list[BindingType]] = bindings("matching")

    def __init__(self) -> None:
        super().__init__()
        self._preview: Preview | None = None
        self._questions: list[TitleQuestion | PersonQuestion] = []
        self._answers: list[tuple[TitleQuestion | PersonQuestion, str | None, bool]] = []
        """What was asked, the answer, and whether there is one: later is none."""

    def compose(self) -> ComposeResult:
        """Add the line in which a path is typed."""
        yield from super().compose()
        yield Field("a file with reviews", "reads it")

    def on_mount(self) -> None:
        """Look at the session's own reviews first."""
        from examrunner.services.import_reviews import own_reviews

        asked = own_reviews(self.exam.desk.folder)
        self._look(asked.files[0].name, asked)

    def _look(self, name: str, asked: Asked) -> None:
        from examrunner.services.import_reviews import look

        try:
            self._take(look(self.exam.desk.folder, asked))
        except ExamError as failure:
            self.exam.tell(failure)
        else:
            self.exam.say(f"{name}: {counted(len(self._questions), 'question')}")

    def _take(self, preview: Preview) -> None:
        self._preview = preview
        self._questions = [*preview.titles, *preview.people]
        self._answers = []
        self.draw()

    # --- drawing -------------------------------------------------------------------------

    @property
    def asked(self) -> TitleQuestion | PersonQuestion | None:
        """The question that is open now; None once all were asked."""
        place = len(self._answers)
        return self._questions[place] if place < len(self._questions) else None

    def bar(self) -> Line:
        """Return what is asked, and how far it is."""
        if self.asked is None:
            return line(("Reviews", "strong"))
        which = f"  {len(self._answers) + 1} of {len(self._questions)}"
        is_title = isinstance(self.asked, TitleQuestion)
        what = "Which reading is this?" if is_title else "Who is this?"
        return line((what, "strong"), (which, "dim"))

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done now."""
        hidden = ANSWERS if self.asked is None else {"write"}
        if self.asked is not None and not self._has_own():
            hidden = {*hidden, "own"}
        if not self._answers:
            hidden = {*hidden, "undo"}
        return tuple(one for one in SCREENS["matching"] if one.name not in hidden)

    def draw_body(self) -> None:
        """Draw the open question, or what would change."""
        rows = [EMPTY, *(self._question() if self.asked is not None else self._changes())]
        self.canvas("body").show(self.in_view(rows, self.app.size.height - 3))

    def _question(self) -> list[Line]:
        asked = self.asked
        assert asked is not None
        is_title = isinstance(asked, TitleQuestion)
        said = asked.title if isinstance(asked, TitleQuestion) else " / ".join(asked.who)
        rows = self._wrapped(said, "strong", MARGIN // 2)
        where = some([str(one) for one in asked.lines], SHOWN_LINES)
        rows += [line((f"  on line {where}", "dim"))] if where else []
        rows.append(EMPTY)
        for number, words in enumerate(self._choices(asked), 1):
            rows += self._choice(str(number), words)
        if not self._choices(asked):
            what = "reading of the course" if is_title else "student"
            rows.append(line((f"  no {what} is like it", "dim")))
        rows.append(EMPTY)
        if self._has_own():
            rows += self._choice("o", "a reading of its own")
        rows += self._choice("s", "leave these reviews out")
        later = "left out" if not self._has_own() else "a reading of its own"
        rows += self._choice("n", f"later: until then it is {later}")
        return rows

    def _choices(self, asked: TitleQuestion | PersonQuestion) -> list[str]:
        if isinstance(asked, TitleQuestion):
            return [one.title for one in asked.candidates]
        assert self._preview is not None
        names = {one.student_id: one.name for one in self._preview.students}
        return [f"{names[one]} ({one})" for one in asked.candidates]

    def _has_own(self) -> bool:
        return isinstance(self.asked, TitleQuestion) and not self.asked.is_left_out

    def _choice(self, key: str, words: str) -> list[Line]:
        first, *more = wrap(words, self.width - MARGIN - 3)
        return [line((f"  {key}  ", "key"), (first, "")), *(line(f"     {one}") for one in more)]

    def _changes(self) -> list[Line]:
        preview = self._answered()
        if preview is None:
            return [line(("  There is nothing to look at.", "warn"))]
        reviews = counted(len(preview.matched.reviews), "review")
        students = counted(len({one.student_id for one in preview.matched.reviews}), "student")
        rows = self._wrapped(f"{reviews} of {students}", "strong", 2)
        for link in preview.links:
            rows += self._wrapped(f"{link.title}  is  {link.candidate.title}", "dim", 2)
        open_ones = len(preview.titles) + len(preview.people)
        if open_ones:
            rows += self._wrapped(f"{counted(open_ones, 'question')} left open", "warn", 2)
        rows.append(EMPTY)
        changed = [one for one in preview.differences if one.new or one.gone]
        for one in changed[:SHOWN_STUDENTS]:
            words = f"{one.student.name}: {len(one.new)} new, {len(one.gone)} gone"
            rows += self._wrapped(f"{words}, {one.unchanged} as before", "", 2)
        if len(changed) > SHOWN_STUDENTS:
            rows.append(line((f"  and {len(changed) - SHOWN_STUDENTS} more students", "dim")))
        if not preview.changes_something:
            rows.append(line(("  reviews.csv says the same already.", "dim")))
        return rows

    def _wrapped(self, words: str, ink: str, margin: int) -> list[Line]:
        return [line((" " * margin + one, ink)) for one in wrap(words, self.width - 2 * margin)]

    # --- answering -----------------------------------------------------------------------

    def action_choice(self, key: str) -> None:
        """Take one of the likely readings or students."""
        asked = self.asked
        if asked is None:
            return
        if isinstance(asked, TitleQuestion):
            ids = [one.reading_id for one in asked.candidates]
        else:
            ids = list(asked.candidates)
        if int(key) <= len(ids):
            self._answer(ids[int(key) - 1])

    def action_own(self) -> None:
        """Say that the title is a reading of its own."""
        if self._has_own():
            self._answer(OWN)

    def action_leave_out(self) -> None:
        """Leave the reviews out."""
        if self.asked is not None:
            self._answer(None)

    def action_later(self) -> None:
        """Leave the question open."""
        if self.asked is not None:
            self._answers.append((self.asked, None, False))
            self.draw()

    def action_undo(self) -> None:
        """Take the last answer back."""
        if self._answers:
            self._answers.pop()
            self.draw()

    def _answer(self, answer: str | None) -> None:
        assert self.asked is not None
        self._answers.append((self.asked, answer, True))
        self.draw()

    def _answered(self) -> Preview | None:
        """Return the preview with the answers so far."""
        from examrunner.services.import_reviews import answer
        from examrunner.storage.readers.answers import Answered
        from examrunner.storage.writers.answers import BETWEEN

        if self._preview is None:
            return None
        titles: dict[str, str | None] = {}
        people: dict[str, str | None] = {}
        for asked, said, is_answered in self._answers:
            if is_answered and isinstance(asked, TitleQuestion):
                titles[asked.title] = said
            elif is_answered and not isinstance(asked, TitleQuestion):
                people[BETWEEN.join(asked.who)] = said
        return answer(self._preview, Answered(titles, people))

    # --- files and writing ---------------------------------------------------------------

    def action_file(self) -> None:
        """Open the line in which a path is typed."""
        self.field.open()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Look at another file."""
        from examrunner.services.import_reviews import Asked

        path = path_from(event.value)
        self.field.close()
        if path is None:
            return
        if not path.is_file():
            self.exam.say(f"there is no file {path}")
            return
        self._look(path.name, Asked((path,)))

    def action_write(self) -> None:
        """Write reviews.csv and the answers; a day that has begun is asked what it takes in."""
        from examrunner.services import import_reviews, new_list
        from examrunner.tui.screens.update import UpdateScreen

        preview = self._answered() if self.asked is None else None
        if preview is None:
            return
        desk = self.exam.desk
        if not preview.changes_something:
            if self.exam.act(lambda: import_reviews.remember(preview)):
                self.exam.pop_screen()
            return
        if not self.exam.act(lambda: new_list.write_open(preview.new_list, desk)):
            return
        self.exam.pop_screen()
        if desk.has_begun:
            self.app.push_screen(UpdateScreen())
        self.exam.say("reviews.csv is written; the old one is among the backups")

    def action_back(self) -> None:
        """Close the line, or go back without change."""
        if self.field.is_open:
            self.field.close()
            return
        self.exam.pop_screen()
