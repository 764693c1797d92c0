"""What is told of a bug: where it was, and nothing of what it happened to.

A message or a variable may hold a student's name, a verdict or a note. So neither the terminal
nor the report file gets any of them; the report is private to the user.
"""

from __future__ import annotations

import os
import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import examrunner
from examrunner.domain.errors import ExamError
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.places import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

DEBUG = "EXAMRUNNER_DEBUG"
_CRASHES = "crashes"


def is_debug() -> bool:
    """Say whether whoever runs the program has asked to see all there is, names included."""
    return os.environ.get(DEBUG) == "1"


def told(bug: BaseException | None) -> ExamError:
    """Return a bug as a failure that can be shown, after writing the report file."""
    errors = list(_chain(bug or RuntimeError()))
    place, file = _place(errors), _written(_report(errors))
    where = f"A report without names or values: {file}" if file else "No report could be written."
    return ExamError(
        f"This is a bug of examrunner: {_name(errors[-1])}{place}.",
        f"Whatever was shown as saved is on disk: open the session again.\n{where}",
    )


def _chain(bug: BaseException) -> Iterator[BaseException]:
    """Give an error and those it came from, the first cause last."""
    known: set[int] = set()
    here: BaseException | None = bug
    while here is not None and id(here) not in known:
        known.add(id(here))
        yield here
        inner = getattr(here, "error", None)  # of Textual's WorkerFailed
        hidden = None if here.__suppress_context__ else here.__context__
        here = inner if isinstance(inner, BaseException) else here.__cause__ or hidden


def _frames(error: BaseException) -> list[tuple[FrameType, int]]:
    return list(traceback.walk_tb(error.__traceback__))


def _place(errors: list[BaseException]) -> str:
    """Return in words where the first cause was, in our own code if it came by there."""
    for error in reversed(errors):
        frames = _frames(error)
        own = [one for one in frames if _module(one[0]).startswith("examrunner")]
        if frames:
            return f" in {_line(*(own or frames)[-1])}"
    return ""


def _report(errors: list[BaseException]) -> str:
    program = f"examrunner {examrunner.__version__}, Python {platform.python_version()}"
    lines = [f"{program}, {platform.system()}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"]
    for error in reversed(errors):
        lines += ["", _name(error), *(f"  {_line(*one)}" for one in _frames(error))]
    return "\n".join(lines) + "\n"


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _line(frame: FrameType, number: int) -> str:
    """Return module, file, line and function; the file without its folders, which name people."""
    code = frame.f_code
    return f"{_module(frame)} ({Path(code.co_filename).name}), line {number}, {code.co_name}"


def _written(report: str) -> Path | None:
    try:
        folder = state_folder() / _CRASHES
        make_private(folder)
        file = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
        write_atomically(file, report.encode())
    except OSError:
        return None
    return file
