"""The command bank rehearse: the sheet of one bank with the clock, and nothing kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output


def add_rehearse(commands: Commands) -> None:
    """Add the command to those of banks."""
    parser = commands.add_parser(
        "rehearse",
        help="try a bank out: the real sheet with the clock, no records",
        description="Open the app with three pretend students who have all reviewed this reading: "
        "call them, examine yourself or a colleague aloud, and see how the questions fit the time. "
        "Everything is thrown away at the end.",
    )
    parser.add_argument("bank", type=Path, metavar="FILE", help="the bank")
    parser.add_argument(
        "--session", type=Path, metavar="SESSION", help="with this session's minutes and sheet"
    )
    parser.set_defaults(run=_rehearse, json=False)


def _rehearse(options: Namespace, out: Output) -> int:
    from examrunner.cli.exam import run_app
    from examrunner.services.bank_rehearse import pretend
    from examrunner.services.folders import session_folder
    from examrunner.services.ports import Way

    if not out.is_terminal():
        raise Environment("This needs a terminal.", "examrunner bank show needs none.")
    like = session_folder(str(options.session)) if options.session else None
    with tempfile.TemporaryDirectory(prefix="examrunner-") as place:
        target = Path(place) / "rehearsal"
        pretend(target, options.bank, like)
        return run_app(target, out, options.open_app, Way())
