"""The terminal under the app: how it was found, how it is left, how a stopped app comes back.

Only for POSIX systems, and tried only on Linux: `tui.ending` keeps it away from Windows.
"""

from __future__ import annotations

import codecs
import os
import signal
import termios
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.drivers import linux_driver

if TYPE_CHECKING:
    from collections.abc import Callable

INPUT, OUTPUT = 0, 2
"""Where Textual reads keys and draws."""
LEAVE = (
    b"\x18\x1b\\"  # break off whatever sequence was cut in the middle
    b"\x1b[?2026l"  # no synchronised update
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # no mouse reports
    b"\x1b[?2004l\x1b[?2048l\x1b[?1004l"  # no bracketed paste, size or focus reports
    b"\x1b[?7h\x1b[<u\x1b[0m"  # lines wrap, keys as ever, no colour
    b"\x1b[?1049l\x1b[?25h"  # the screen as it was, with its cursor
)
ENTER = (
    "\x1b[?1049h\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"
)
LEAVE_SECONDS = 0.3
"""So long a terminal that takes nothing is tried; then it is left as it is."""


class FoundTerminal:
    """The terminal as the app found it."""

    def __init__(self) -> None:
        try:
            self._attributes: list[Any] | None = termios.tcgetattr(INPUT)
        except termios.error:
            self._attributes = None

    def restore(self) -> None:
        """Give the terminal back without waiting for anything, from any thread.

        What was drawn but not taken yet is thrown away, and what the app still draws goes nowhere.
        A terminal that is gone, or that another program has in front, is left alone.
        """
        try:
            if os.tcgetpgrp(INPUT) != os.getpgrp():
                return
            own = os.open(os.ttyname(OUTPUT), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
            os.dup2(os.open(os.devnull, os.O_WRONLY), OUTPUT)
            _write_at_once(own, LEAVE)
            if self._attributes is not None:
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
                termios.tcsetattr(INPUT, termios.TCSANOW, self._attributes)
        except (OSError, termios.error):
            return


def _write_at_once(terminal: int, data: bytes) -> None:
    """Write to a terminal whose reader may be asleep; what it has not taken makes room."""
    deadline = time.monotonic() + LEAVE_SECONDS
    while data and time.monotonic() < deadline:
        try:
            data = data[os.write(terminal, data) :]
        except BlockingIOError:
            termios.tcflush(terminal, termios.TCOFLUSH)
            _break_off_writes()
            time.sleep(0.01)


def _break_off_writes() -> None:
    """Wake a thread that hangs in a write, by a signal that does nothing else.

    Until then nobody else can write to the terminal, whatever room there is.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.ident is not None:
            signal.pthread_kill(thread.ident, signal.SIGCONT)


def _lenient_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual's driver, without what would end or spoil an exam.

    Textual stops and continues inside signal handlers, and a SIGCONT alone starts its threads a
    second time. Here both are done by the loop, when `tui.ending` passes the signals on. A byte
    that is no UTF-8 is a wrong key, not the end of the app.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_away = False
        """The terminal was given back while the process is stopped."""

    def _sigtstp_application(self, *_: object) -> None:
        """Leave it to the loop."""

    def _sigcont_application(self, *_: object) -> None:
        """Leave it to the loop."""

    def run_input_thread(self) -> None:
        """Read keys."""
        vars(linux_driver)["getincrementaldecoder"] = _lenient_decoder
        super().run_input_thread()

    def stop_application_mode(self) -> None:
        """Give the terminal back, unless that was done."""
        if not self._is_away:
            super().stop_application_mode()

    def close(self) -> None:
        """End the thread that draws, unless that was done."""
        if not self._is_away:
            super().close()

    def stop_process(self) -> None:
        """Give the terminal back and stop, as the shell's job control asks; called by the loop."""
        if not self._is_away:
            self.suspend_application_mode()
            self._is_away = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def continue_process(self) -> None:
        """Take the terminal again after a stop of any kind; called by the loop."""
        if self._is_away:
            before = self._writer_thread
            self.resume_application_mode()
            self._is_away = self._writer_thread is before  # still in the background
        elif self.attrs_before is not None:
            self._take_again(self.attrs_before)

    def _take_again(self, found: list[Any]) -> None:
        """Set the terminal as the app needs it: a shell may have set it otherwise meanwhile."""
        if os.tcgetpgrp(self.fileno) != os.getpgrp():
            return
        attributes = [*found[:6], list(found[6])]
        attributes[0] = self._patch_iflag(attributes[0])
        attributes[3] = self._patch_lflag(attributes[3])
        attributes[6][termios.VMIN] = 1
        termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        self.write(ENTER)
