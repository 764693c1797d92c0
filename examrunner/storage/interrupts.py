"""Signals that end a command: at once, but never in the middle of a step that must not be torn.

No exception is thrown into running code, where it could be swallowed or break a clean-up: a signal
ends the process on the spot, or, inside `held`, at the end of that step. The app has a way of its
own (`tui.ending`). SIGQUIT keeps its meaning: it is the way out of a step that hangs.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALLED = 128
_SIGPIPE = 13
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those of them that the platform has are taken; SIGBREAK is Ctrl-Break on Windows (untried)."""


def exit_code(number: int) -> int:
    """Return what a shell reports of a program that a signal ended."""
    return _SIGNALLED + number


INTERRUPTED = exit_code(signal.SIGINT)
PIPE_CLOSED = exit_code(_SIGPIPE)


class _Steps:
    """How many steps that must not be torn are under way, and which signal waits for their end."""

    depth = 0
    waiting = 0


def take() -> None:
    """Let signals end the process in this module's way; one that is ignored stays ignored."""
    for number in _taken():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end_or_wait)


def over() -> None:
    """Let the code of a command that is done stand: only the interpreter's end is left."""
    for number in _taken():
        if signal.getsignal(number) is _end_or_wait:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def held() -> Iterator[None]:
    """Hold signals back during a step that is done whole or not at all."""
    _Steps.depth += 1
    try:
        yield
    finally:
        _Steps.depth -= 1
        if _Steps.waiting and not _Steps.depth:
            _end(_Steps.waiting)


def _taken() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]


def _end_or_wait(number: int, _frame: FrameType | None) -> None:
    if _Steps.depth:
        _Steps.waiting = _Steps.waiting or number
    else:
        _end(number)


def _end(number: int) -> NoReturn:
    os._exit(exit_code(number))
