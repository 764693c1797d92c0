"""A rehearsed crash: the app runs in a process of its own, which dies while this one waits.

Only where processes can be forked; tried only on Linux.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment
from examrunner.services.troubles import is_crash_due
from examrunner.storage.interrupts import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from examrunner.services.desk import Desk
    from examrunner.services.troubles import Troubles

PASSED_ON = ("SIGTERM", "SIGHUP")
"""Signals that are for the app, whoever is asked to end."""


def crash_if_due(desk: Desk, troubles: Troubles) -> None:
    """End this process as a power cut would, once its moment has come: nothing is closed."""
    if is_crash_due(desk, troubles):
        os.kill(os.getpid(), signal.SIGKILL)


def in_child(run: Callable[[], int]) -> int:
    """Run the app in a process of its own; return its exit code once it has ended.

    In that process the code that `run` returns is returned. One that was killed leaves its
    terminal as it was drawn: here it is given back, and the code is that of SIGKILL.
    """
    if sys.platform == "win32":
        raise Environment("A crash cannot be rehearsed on this system.", "Leave it out of --with.")
    from examrunner.tui.terminal import OUTPUT, FoundTerminal

    found = FoundTerminal()
    drawn_on = os.dup(OUTPUT)
    child = os.fork()
    if child == 0:
        os.close(drawn_on)
        return run()
    code = _wait(child)
    if code == -signal.SIGKILL:
        found.restore()
        os.dup2(drawn_on, OUTPUT)
    os.close(drawn_on)
    return code if code >= 0 else exit_code(-code)


def _wait(child: int) -> int:
    """Wait for the process to end; one that is stopped stops this one, too, until both go on."""
    assert sys.platform != "win32"
    before = {}
    for name in PASSED_ON:
        number = getattr(signal, name)
        before[number] = signal.signal(number, lambda one, _: os.kill(child, one))
    try:
        while True:
            _, status = os.waitpid(child, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                return os.waitstatus_to_exitcode(status)
            os.kill(os.getpid(), signal.SIGSTOP)
            os.kill(child, signal.SIGCONT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
