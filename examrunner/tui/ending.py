"""How the app ends when a signal asks for it or its terminal goes away.

A thread waits for either, asleep until one comes. It asks the app to end by its loop; if that has
not happened after a moment, since the loop hangs on a terminal or a disk, the thread closes the
desk and ends the process itself. The wake-up descriptor brings a signal to the thread even while
the main thread is stuck. Windows has none of this: there the app relies on what is on disk.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from examrunner.domain.text import safe
from examrunner.storage.interrupts import exit_code

if TYPE_CHECKING:
    from types import FrameType

    from examrunner.domain.errors import ExamError
    from examrunner.tui.app import ExamApp
    from examrunner.tui.terminal import FoundTerminal

LOOP_SECONDS = 0.8
"""So long the app may take to leave the screen."""
DESK_SECONDS = 0.8
"""So long the desk may take to close; a disk that hangs holds nobody up."""
REST_SECONDS = 0.5
"""So long the interpreter may take for the rest."""


class Ending:
    """The end of one run of the app."""

    def __init__(self, app: ExamApp) -> None:
        self.code = 0
        """The exit code of the signal that ends the app; 0 while none does."""
        self._app = app
        self._has_left = threading.Event()
        self._is_closed = threading.Event()
        self._closing = threading.Lock()
        self._found: FoundTerminal | None = None
        self._is_late = False
        """The thread no longer waits for the loop."""

    def watch(self) -> None:
        """Wait for signals and for the terminal's end from now on. Called by the main thread."""
        if sys.platform == "win32":
            return
        from examrunner.tui.terminal import FoundTerminal, TerminalDriver

        self._found = FoundTerminal()
        self._app.driver_class = TerminalDriver
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _leave_to_thread)
        threading.Thread(target=self._keep, args=(reader,), name="ending", daemon=True).start()

    def close(self) -> None:
        """Close the desk once; whoever comes second waits for the first."""
        self._has_left.set()
        self._close_once()

    def _close_once(self) -> None:
        with self._closing:
            if not self._is_closed.is_set():
                try:
                    self._app.close_desk()
                finally:
                    self._is_closed.set()

    def finish(self, failure: ExamError | None) -> NoReturn:
        """End the process with the signal's code: a terminal that is gone cannot change it.

        Where the thread is giving the terminal back, it ends the process as well.
        """
        if self._is_late:
            threading.Event().wait()
        rows = str(failure or "").splitlines()
        with suppress(OSError):
            print("".join(f"{safe(row)}\n" for row in rows), end="", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(self.code)

    # --- the thread ----------------------------------------------------------------------

    def _keep(self, reader: int) -> None:
        self.code = self._asked(reader)
        with suppress(Exception):  # no app yet, or none any more: then the process ends below
            self._app.call_later(self._app.end, self.code)
        if self._has_left.wait(LOOP_SECONDS):
            if self._is_closed.wait(DESK_SECONDS):
                time.sleep(REST_SECONDS)
        else:
            self._is_late = True
            threading.Thread(target=self._close_once, name="closing", daemon=True).start()
            self._is_closed.wait(DESK_SECONDS)
            if self._found is not None:
                self._found.restore()
        os._exit(self.code)

    def _asked(self, reader: int) -> int:
        """Wait until a signal or the terminal's end asks for the end. Returns the exit code.

        A terminal that is gone reports a hang-up whether or not SIGHUP is ignored. This is
        watched on Linux alone: poll on a terminal is untried on macOS.
        """
        poll = select.poll()
        poll.register(reader, select.POLLIN)
        terminal = sys.__stdin__.fileno() if sys.__stdin__ else -1
        if sys.platform == "linux" and os.isatty(terminal):
            poll.register(terminal, 0)
        while True:
            for place, _ in poll.poll():
                if place == terminal:
                    return exit_code(signal.SIGHUP)
                for number in os.read(reader, 1024):
                    if signal.getsignal(number) is _leave_to_thread:
                        return exit_code(number)
                    self._pass_on(number)

    def _pass_on(self, number: int) -> None:
        """Let the loop obey the signals of job control."""
        from examrunner.tui.terminal import TerminalDriver

        driver = self._app._driver  # noqa: SLF001  Textual has no public name for it
        if not isinstance(driver, TerminalDriver):
            return
        if number == signal.SIGTSTP:
            self._app.call_later(driver.stop_process)
        elif number == signal.SIGCONT:
            self._app.call_later(driver.continue_process)
            self._app.call_later(self._app.refresh, layout=True)


def _leave_to_thread(_number: int, _frame: FrameType | None) -> None:
    """Do nothing in the main thread: the thread has been woken."""
