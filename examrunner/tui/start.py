"""The two ways into the terminal app, as the command line calls them."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

from examrunner.tui.app import ExamApp

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.desk import Desk


def open_session(folder: Path) -> int:
    """Run the app on one session. Returns the exit code."""
    return _run(ExamApp(_open, folder))


def welcome() -> int:
    """Run the app from its welcome. Returns the exit code."""
    return _run(ExamApp(_open))


def _open(folder: Path) -> Desk:
    """Open the session; runs in a thread behind the first frame."""
    from examrunner.services.opening import open_desk
    from examrunner.services.recent import remember
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    desk = open_desk(folder, SystemClock(), secrets.token_bytes, examiner())
    remember(folder)
    return desk


def _run(app: ExamApp) -> int:
    """Run the app, then say in the restored terminal why it ended."""
    try:
        app.run()
    finally:
        app.close_desk()
    if app.failure is not None:
        print(app.failure, file=sys.stderr)  # noqa: T201  the app's screen is gone
        return app.failure.exit_code
    return app.return_code or 0
