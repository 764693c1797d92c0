"""The ways into the terminal app, as the command line calls them."""

from __future__ import annotations

import os
import secrets
from functools import partial
from typing import TYPE_CHECKING

from examrunner.domain.errors import WrongUsage
from examrunner.services.theme import chosen
from examrunner.tui.app import ExamApp
from examrunner.tui.themes import at_start

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.desk import Desk
    from examrunner.services.ports import Way

TELLTALES = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_SCREENSHOT")
"""Settings by which Textual keeps or sends texts: its log, its tools, its pictures."""


def open_session(folder: Path, way: Way) -> int:
    """Run the app on one session. Returns the exit code."""
    if way.window:
        from examrunner.tui.window_app import WindowApp

        return _run(WindowApp(_look, folder, partial(at_start, chosen)))
    if way.banks is not None:
        return _browse(way.banks)
    if way.troubles is not None and way.troubles.crash is not None:
        from examrunner.tui.crash import in_child

        return in_child(lambda: _examine(folder, way))
    return _examine(folder, way)


def _examine(folder: Path, way: Way) -> int:
    app = ExamApp(partial(_open, way=way), folder, partial(at_start, chosen))
    app.troubles = way.troubles
    return _run(app)


def _browse(paths: tuple[Path, ...]) -> int:
    from examrunner.services.bank_list import shelf_of
    from examrunner.tui.screens.banks import BanksScreen

    shelf = shelf_of(paths)
    return _run(ExamApp(_open, theme=partial(at_start, chosen), first=lambda: BanksScreen(shelf)))


def welcome() -> int:
    """Run the app from its welcome. Returns the exit code."""
    return _run(ExamApp(_open, theme=partial(at_start, chosen)))


def _open(folder: Path, way: Way | None = None) -> Desk:
    """Open the session; runs in a thread behind the first frame."""
    from examrunner.services.opening import open_way
    from examrunner.services.ports import Way
    from examrunner.services.recent import remember
    from examrunner.storage.clock import FastClock, SystemClock
    from examrunner.storage.person import examiner

    way = way or Way()
    clock = FastClock(way.speed, way.began) if way.speed > 1 else SystemClock()
    desk = open_way(folder, clock, secrets.token_bytes, examiner(), way)
    remember(folder)
    return desk


def _look(folder: Path) -> Desk:
    """Look on at a session. Raises Refused while there is nothing to see yet."""
    from examrunner.services.watching import Watch
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    return Watch(folder, SystemClock(), examiner())


def _run(app: ExamApp) -> int:
    """Run the app. Raises the failure that ended it, once the terminal is restored."""
    from examrunner.tui.ending import Ending

    _demand_silence()
    ending = Ending(app)
    ending.watch()
    try:
        app.run()
    finally:
        ending.close()
    if ending.code:
        ending.finish(app.failure)
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0


def _demand_silence() -> None:
    """Refuse settings of Textual that write keys and screens to a file or to another program."""
    from examrunner.storage.crash import DEBUG, is_debug

    told = [name for name in TELLTALES if os.environ.get(name)]
    if told and not is_debug():
        raise WrongUsage(
            f"{' and '.join(told)} would write what you type and what the screen shows elsewhere.",
            f"Unset it. {DEBUG}=1 allows it, for sessions without real students.",
        )
