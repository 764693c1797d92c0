"""The welcome of bare `examrunner`: demo, a new session from two files, open, recent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import ExamError
from examrunner.tui.actions import WELCOME, bindings
from examrunner.tui.lines import EMPTY, Line, line, pad, wrap
from examrunner.tui.paths import path_from
from examrunner.tui.screens.base import ExamScreen
from examrunner.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from examrunner.services.create import Double, Sources
    from examrunner.tui.actions import Action

QUESTIONS = {
    "roster": "class list: a Canvas gradebook or any table with names and ids",
    "reviews": "who reviewed what: a list, a matrix or a form export",
    "folder": "new folder for this session",
    "open": "session folder",
}
REMARKS = 3
"""So many remarks on the files are shown; all of them are in `examrunner check`."""
NEXT = {"roster": "reviews", "reviews": "folder"}


class WelcomeScreen(ExamScreen):
    """Where a newcomer starts. A file can be dragged into the terminal instead of typed."""

    name_in_registry: ClassVar[str] = "welcome"
    BINDINGS: ClassVar[list[BindingType]] = bindings("welcome")

    def __init__(self) -> None:
        super().__init__()
        self._recent: list[Path] = []
        self._asking = ""
        self._given: dict[str, Path] = {}
        self._sources: Sources | None = None
        self._doubles: list[Double] = []
        """Pairs of titles still to be asked about."""
        self._same: list[Double] = []
        self._said: list[str] = []
        self._remarks: list[str] = []
        """What the two files hold, and what is worth a look in them."""

    def compose(self) -> ComposeResult:
        """Add the line in which a path is typed."""
        yield from super().compose()
        yield Field("path")

    def on_mount(self) -> None:
        """Look up the recent sessions."""
        from examrunner.services.recent import recent

        self._recent = recent()

    # --- drawing -------------------------------------------------------------------------

    def bar(self) -> Line:
        """Return the program's name."""
        return line(("examrunner", "strong"))

    def draw_body(self) -> None:
        """Draw the ways in, or what has been found so far."""
        rows: list[Line] = [EMPTY]
        if self._asking or self._said or self._doubles:
            rows += self._new_lines()
        else:
            rows += self._ways()
        self.canvas("body").show(rows)

    def _ways(self) -> list[Line]:
        ways = (
            ("d", "demo", "a whole exam day with an invented class of 24"),
            ("n", "new", "your own class, from two files"),
            ("o", "open", "a session folder"),
        )
        rows = [
            line((f"  {key}  ", "key"), (pad(word, 8), "strong"), (what, "dim"))
            for key, word, what in ways
        ]
        if self._recent:
            rows += [EMPTY, line(("  recent", "dim"))]
        for number, folder in enumerate(self._recent, 1):
            rows.append(line((f"  {number}  ", "key"), pad(str(folder), self.width - 8).rstrip()))
        return rows

    def _new_lines(self) -> list[Line]:
        rows: list[Line] = [
            line((f"  {pad(name, 9)}", "dim"), str(path)) for name, path in self._given.items()
        ]
        rows.append(EMPTY)
        for text in self._said:
            rows += [line(f"  {row}") for row in wrap(text, self.width - 4)]
        if self._doubles and self._sources is not None:
            pair = self._doubles[0]
            rows += [EMPTY, line(("  Are these one and the same reading?", "warn")), EMPTY]
            for name in (pair.one, pair.other):
                title = self._sources.title(name)
                rows += [line((f"  {row}", "strong")) for row in wrap(title, self.width - 4)]
            rows += [EMPTY, line(("  y", "key"), " the same   ", ("n", "key"), " two readings")]
        return rows

    def actions(self) -> tuple[Action, ...]:
        """Return what can be done now."""
        if self._doubles or self._asking:
            return ()
        return tuple(one for one in WELCOME if one.name != "recent" or self._recent)

    # --- acting --------------------------------------------------------------------------

    def action_demo(self) -> None:
        """Copy the demo and open it."""
        if self._doubles:
            return
        from examrunner.services.demo import copy_demo

        try:
            self.exam.open_folder(copy_demo())
        except ExamError as failure:
            self.exam.tell(failure)

    def action_new(self) -> None:
        """Ask for the two files; while a pair is asked about, `n` says that they are two."""
        if self._doubles:
            self._answer(same=False)
            return
        self._given, self._remarks, self._same = {}, [], []
        self._ask("roster")

    def action_open(self) -> None:
        """Ask for a session folder."""
        if not self._doubles:
            self._ask("open")

    def action_recent(self, key: str) -> None:
        """Open a recent session."""
        if int(key) <= len(self._recent) and not self._doubles:
            self.exam.open_folder(self._recent[int(key) - 1])

    def action_same(self) -> None:
        """Say that a pair of titles is one reading."""
        if self._doubles:
            self._answer(same=True)

    def action_quit(self) -> None:
        """Quit."""
        self.app.exit()

    # --- asking --------------------------------------------------------------------------

    def _ask(self, name: str) -> None:
        self._asking = name
        self.exam.message = None
        self.field.asks(
            "path", "takes it: type, paste or drag it here", "gives up", hint=QUESTIONS[name]
        )
        self.field.open("" if name != "folder" else str(Path("sessions") / "exam"))
        self._said = [*self._remarks, QUESTIONS[name]]
        self.draw()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Take a path and go on to the next question."""
        path = path_from(event.value)
        if path is None:
            return
        asked = self._asking
        if asked == "open":
            self._close()
            self._open(path)
            return
        if asked != "folder" and not path.is_file():
            self.exam.say(f"there is no file {path}")
            return
        self._given[asked] = path
        if asked == "reviews" and not self._read():
            return
        if asked in NEXT and not self._doubles:
            self._ask(NEXT[asked])
        elif asked == "folder":
            self._create()

    def _open(self, folder: Path) -> None:
        from examrunner.services.folders import demand_session

        try:
            demand_session(folder)
        except ExamError as failure:
            self.exam.tell(failure)
            return
        self.exam.open_folder(folder)

    def _read(self) -> bool:
        from examrunner.services.create import doubles, read_sources

        try:
            self._sources = read_sources(self._given["roster"], self._given["reviews"])
        except ExamError as failure:
            self._close()
            self._said = [*str(failure).splitlines(), "", "n starts again"]
            self.draw()
            return False
        self._doubles = list(doubles(self._sources))
        if self._doubles:
            self._close()
        self._remarks = [*self._found(), ""]
        self._said = self._remarks
        self.draw()
        return True

    def _found(self) -> list[str]:
        sources = self._sources
        assert sources is not None
        people, reviews = len(sources.roster.students), len(sources.matched.reviews)
        words = [f"{people} students, {reviews} reviews of {sources.reviewed} readings"]
        shown = sources.problems[:REMARKS]
        words += [f"{one.text}; {one.hint}" if one.hint else one.text for one in shown]
        more = len(sources.problems) - len(shown)
        if more:
            words.append(f"and {more} more remarks: examrunner check lists all")
        return words

    def _answer(self, *, same: bool) -> None:
        pair = self._doubles.pop(0)
        if same:
            self._same.append(pair)
        if self._doubles:
            self.draw()
            return
        self._ask("folder")

    def _create(self) -> None:
        from examrunner.services.create import create_session, with_same

        assert self._sources is not None
        try:
            create_session(self._given["folder"], with_same(self._sources, self._same))
        except ExamError as failure:
            del self._given["folder"]
            self.exam.tell(failure)
            return
        self._close()
        self.exam.open_folder(self._given["folder"])

    def _close(self) -> None:
        self._asking = ""
        self.field.close()

    def key_escape(self) -> None:
        """Give up and show the ways in again."""
        self._close()
        self._said, self._remarks, self._doubles, self._given = [], [], [], {}
        self.draw()
