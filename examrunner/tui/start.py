"""The two ways into the terminal app, as the command line calls them."""

from __future__ import annotations

import secrets
import sys
from functools import partial
from typing import TYPE_CHECKING

from examrunner.tui.app import ExamApp

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.desk import Desk


def open_session(folder: Path) -> int:
    """Run the app on one session. Returns the exit code."""
    app = ExamApp(folder.resolve().name, partial(_open, folder))
    app.run()
    return _ended(app)


def _open(folder: Path) -> Desk:
    """Open the session; runs in a thread behind the first frame."""
    from examrunner.services.opening import open_desk
    from examrunner.services.recent import remember
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    desk = open_desk(folder, SystemClock(), secrets.token_bytes, examiner())
    remember(folder)
    return desk


def _ended(app: ExamApp) -> int:
    """Say, in the restored terminal, why the app ended."""
    app.close_desk()
    if app.failure is not None:
        print(app.failure, file=sys.stderr)  # noqa: T201  the app's screen is gone
        return app.failure.exit_code
    return app.return_code or 0
