"""The terminal app: it opens a session in a thread and hands it to the screens."""

from __future__ import annotations

import gc
from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

from examrunner.domain.errors import Environment, ExamError, refused_by_machine
from examrunner.domain.exam.phases import Action, SessionPhase, allowed
from examrunner.tui.actions import bindings
from examrunner.tui.lines import Line, Span, line
from examrunner.tui.paths import short
from examrunner.tui.screens.opening import OpeningScreen
from examrunner.tui.themes import DEFAULT, THEMES, is_without_colour
from examrunner.tui.typing import OneKeyAtATime
from examrunner.tui.unfinished import Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.screen import Screen

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk
    from examrunner.services.troubles import Troubles

BUSY = frozenset({"hand-over", "sheet", "decide"})
"""Screens with a student at the table: no slip of a finger ends the app there."""
STAYS = line(("  A student is with you. ctrl+q again quits; the exam can be resumed.", "warn"))


def _collect_again() -> None:
    """Let garbage be collected again once the first screens are out; what is loaded stays."""
    gc.freeze()
    gc.enable()


class ExamApp(OneKeyAtATime):
    """The app of one session."""

    CSS_PATH = "examrunner.tcss"
    TITLE = "examrunner"
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")

    def __init__(
        self,
        opener: Callable[[Path], Desk],
        folder: Path | None = None,
        theme: Callable[[str | None], str] = lambda _: DEFAULT,
        first: Callable[[], Screen[None]] | None = None,
    ) -> None:
        """`theme` chooses a theme by the terminal's colours, `first` gives another first screen."""
        super().__init__(ansi_color=True if is_without_colour() else None)
        for one in THEMES.values():
            self.register_theme(one)
        self.theme = theme(self.console.color_system)
        self.folder = folder
        """The session's folder; None while the welcome asks for one."""
        self._opener = opener
        self._first = first
        self._desk: Desk | None = None
        self.failure: ExamError | None = None
        """Why the app ended, where it could not go on; told after the terminal is restored."""
        self._message: Line | None = None
        self._told_on: Screen[object] | None = None
        self.beats = True
        """Whether the app gives its sign of life each second by itself."""
        self.troubles: Troubles | None = None
        """What happens in a rehearsal; None on a real day."""
        self.unfinished_of = defaultdict[str, Unfinished](Unfinished)
        self._copy_fault = ""

    @property
    def message(self) -> Line | None:
        """What is said above the footer instead of the event saved last, on its own screen only."""
        return self._message if self._told_on is self.screen else None

    @message.setter
    def message(self, words: Line | None) -> None:
        self._message, self._told_on = words, self.screen

    @property
    def desk(self) -> Desk:
        """The open session."""
        assert self._desk is not None
        return self._desk

    @property
    def is_rehearsal(self) -> bool:
        """Whether nobody is really examined."""
        return self._desk is not None and self._desk.settings.is_rehearsal

    def get_default_screen(self) -> Screen[None]:
        """Return the first screen: it needs only the session's name."""
        if self._first is not None:
            return self._first()
        if self.folder is None:
            from examrunner.tui.screens.welcome import WelcomeScreen

            return WelcomeScreen()
        return OpeningScreen()

    @property
    def session_name(self) -> str:
        """The session's name, as far as it is known before the session has been read."""
        return self.folder.resolve().name if self.folder else ""

    def on_mount(self) -> None:
        """Open the session as soon as the first frame is out."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        if self.folder is not None:
            self.run_worker(self._open, thread=True, name="open")

    def open_folder(self, folder: Path) -> None:
        """Open a session from the welcome."""
        self.folder = folder
        self.message = None
        self.push_screen(OpeningScreen())
        self.call_after_refresh(self._begin)

    def _open(self) -> None:
        assert self.folder is not None
        try:
            desk = self._opener(self.folder)
        except (ExamError, OSError) as fault:
            failure = fault if isinstance(fault, ExamError) else refused_by_machine(fault)
            self.call_from_thread(self.give_up, failure)
            return
        self.call_from_thread(self.opened, desk)

    def give_up(self, failure: ExamError) -> None:
        """End the app; the failure is told once the terminal is restored."""
        self.failure = failure
        self.exit(return_code=failure.exit_code)

    def opened(self, desk: Desk) -> None:
        """Show the board, or the Resume screen where an attempt is under way."""
        self._desk = desk
        if desk.is_watching:
            from examrunner.tui.screens.watch import WatchScreen

            self.push_screen(WatchScreen())
        else:
            self._begin_exam(desk)
        if self.beats:
            self.set_interval(1.0, self.beat)
        self.call_after_refresh(_collect_again)
        self.call_after_refresh(self.run_worker, self._warm, thread=True, name="warm")

    def _begin_exam(self, desk: Desk) -> None:
        from examrunner.tui.screens.board import BoardScreen

        self.push_screen(BoardScreen())
        if desk.under_way() is not None:
            from examrunner.tui.screens.resume import ResumeScreen

            self.push_screen(ResumeScreen())
        if desk.phase is SessionPhase.SUSPENDED:
            self._show_alarm()
        if desk.left_over:
            self.say(desk.left_over)
        if self.troubles is not None and self.troubles.has_crashed:
            self.say("(rehearsal) it was killed, as by a power cut; every mark was on disk")

    def _show_alarm(self) -> None:
        from examrunner.tui.screens.day import AlarmScreen

        self.push_screen(AlarmScreen())

    def _warm(self) -> None:
        from examrunner.services.opening import warm

        try:
            warm(self.desk)
        except ExamError as failure:
            self.call_from_thread(self.tell, failure)
        else:
            self.call_from_thread(self.redraw)

    def beat(self) -> None:
        """Give a sign of life; tell what it brought to light."""
        desk = self.desk
        waited, saved = desk.waiting.count, desk.saved
        try:
            desk.beat()
        except ExamError as failure:
            self.tell(failure)
        if waited and not desk.waiting:
            self.say(f"saved: all {waited} events that waited are on disk")
        elif desk.saved is not saved or desk.is_watching:
            self.redraw()
        self._tell_of_copies(desk)
        if desk.asks_about_break:
            self._ask_about_sleep()

    def _tell_of_copies(self, desk: Desk) -> None:
        """Say once that copies fail, or work again; never in the place of what matters more."""
        fault = desk.copier.fault if desk.copier else ""
        if fault != self._copy_fault and not desk.waiting and self.message is None:
            self._copy_fault = fault
            self.say(fault or "copies are made again")

    def _ask_about_sleep(self) -> None:
        """Ask whether the time counts in which the machine slept."""
        from examrunner.tui.screens.resume import ResumeScreen

        if not any(isinstance(screen, ResumeScreen) for screen in self.screen_stack):
            self.push_screen(ResumeScreen(is_over=True))

    def action_alarm(self) -> None:
        """Let everything stand still."""
        if self._desk is None or self._desk.is_watching:
            return
        from examrunner.services import day_acts

        desk = self._desk
        if desk.phase is SessionPhase.DRAFT:
            self.say("nothing has begun yet")
        elif self.act(lambda: day_acts.suspend(desk)):
            self._show_alarm()

    def action_void(self) -> None:
        """Ask whether the attempt on this screen counts no more."""
        name = getattr(self.screen, "attempt_id", None)
        if self._desk is None or self._desk.is_watching or name is None:
            return
        if not allowed(Action.VOID, self._desk.attempt(name).phase):
            self.say("only an attempt whose paper is known can be voided")
            return
        from examrunner.tui.screens.void import VoidScreen

        self.push_screen(VoidScreen(name, hides_name=getattr(self.screen, "hides_name", False)))

    def action_emergency(self) -> None:
        """Keep what waits in a file elsewhere."""
        if self._desk is None or not self._desk.waiting:
            self.say("everything is saved: no emergency file is needed")
            return
        try:
            self.say(f"kept for now in a file in {short(self._desk.emergency_file().parent)}")
        except ExamError as failure:
            self.tell(failure)

    def close_desk(self) -> None:
        """Let go of the session, if it was opened; what could not be saved is in a file."""
        if self._desk is None:
            return
        try:
            self._desk.close()
        except ExamError as failure:
            self.failure = failure
        waiting = self._desk.waiting
        if waiting and waiting.file is not None:
            self.failure = Environment(
                f"{waiting.count} events could not be saved. They are in {waiting.file}.",
                "When the disk is back: examrunner restore SESSION --emergency FILE",
            )

    async def action_quit(self) -> None:
        """Quit; with a student at the table only when it is asked for a second time."""
        is_busy = any(getattr(one, "name_in_registry", "") in BUSY for one in self.screen_stack)
        is_over = self._desk is not None and self._desk.is_shut_out
        if is_over or not is_busy or self.message == STAYS:
            self.exit()
            return
        self.message = STAYS
        self.redraw()

    def end(self, code: int) -> None:
        """End because something outside asks for it; what is shown as saved is on disk."""
        self.exit(return_code=code)

    def _fatal_error(self) -> None:
        """End after a bug, without the values of variables: they hold names and verdicts."""
        from examrunner.storage.crash import is_debug, told

        if is_debug():
            super()._fatal_error()
            return
        self.failure = self.failure or told(self._exception)
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """End after a bug that has words of its own: they may hold names, too."""
        self._return_code = 1
        self._fatal_error()

    # --- acting --------------------------------------------------------------------------

    def act(self, deed: Callable[[], object]) -> bool:
        """Do something that is saved; say what went wrong instead of ending the exam."""
        try:
            deed()
        except ExamError as failure:
            self.tell(failure)
            return False
        self.message = None
        if self.troubles is not None:
            from examrunner.tui.crash import crash_if_due

            crash_if_due(self.desk, self.troubles)
        return True

    def tell(self, failure: ExamError) -> None:
        """Show a failure above the footer."""
        from examrunner.tui.words import failure_line

        self.message = failure_line(failure, self.size.width)
        self.redraw()

    def say(self, words: str) -> None:
        """Show words above the footer of this screen until the next deed."""
        self.message = line((f"  {words}", "dim"))
        self.redraw()

    def redraw(self) -> None:
        """Draw the screen on top anew."""
        from examrunner.tui.screens.base import ExamScreen

        if isinstance(self.screen, ExamScreen):
            self.screen.draw()

    def saved_mark(self) -> Span:
        """Return the sign that everything shown is on disk, or that it is not."""
        if self._desk is not None and self._desk.is_watching:
            return ("", "")
        if self._desk is not None and self._desk.waiting:
            return ("NOT SAVED", "bad")
        is_shut_out = self._desk is not None and self._desk.is_shut_out
        return ("TAKEN OVER", "bad") if is_shut_out else ("●", "good")

    def status_line(self) -> Line:
        """Return what is said above the footer."""
        if self.message is not None:
            return self.message
        if self._desk is None:
            return ()
        from examrunner.tui.words import desk_line

        return desk_line(self._desk)

    @property
    def is_calm(self) -> bool:
        """Whether the line above the footer says nothing but what was saved last."""
        desk = self._desk
        return self.message is None and desk is not None and not (desk.waiting or desk.is_shut_out)

    # --- going places --------------------------------------------------------------------

    def go_to(self, attempt: Attempt) -> None:
        """Show the screen that belongs to the phase of an attempt, right above the board."""
        from examrunner.tui.screens.board import BoardScreen
        from examrunner.tui.screens.route import screen_for

        self.message = None
        while not isinstance(self.screen, BoardScreen):
            self.pop_screen()
        screen = screen_for(attempt, has_break=self.desk.last_seen is not None)
        if screen is not None:
            self.push_screen(screen)
        if self.desk.phase is SessionPhase.SUSPENDED:
            self._show_alarm()

    def show_keys(self, name: str) -> None:
        """Show the key card of a screen."""
        from examrunner.tui.screens.cards import KeyCard

        self.push_screen(KeyCard(name))

    def action_blank(self) -> None:
        """Blank the screen from wherever there is something to hide."""
        from examrunner.tui.screens.base import ExamScreen

        if isinstance(self.screen, ExamScreen) and not isinstance(self.screen, OpeningScreen):
            self.show_blank()

    def show_blank(self) -> None:
        """Blank the screen until a key is pressed."""
        from examrunner.tui.screens.cards import BlankScreen

        self.push_screen(BlankScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return the palette: what the keys of this screen do, and the themes."""
        from examrunner.tui.palette import palette
        from examrunner.tui.screens.base import ExamScreen

        return palette(self, screen) if isinstance(screen, ExamScreen) else ()
