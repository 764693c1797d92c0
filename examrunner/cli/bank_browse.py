"""The command bank browse: the terminal app on banks instead of on a session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output


def add_browse(commands: Commands) -> None:
    """Add the command to those of banks."""
    parser = commands.add_parser(
        "browse",
        help="all banks in the terminal app, live",
        description="List banks with their state, problems and chance of being drawn, while files "
        "change; look at questions and sample sheets, edit, review, approve. Takes folders of "
        "banks or a session.",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders, or a session")
    parser.set_defaults(run=_browse, json=False)


def _browse(options: Namespace, out: Output) -> int:
    from examrunner.services.ports import Way

    if not out.is_terminal():
        raise Environment("This needs a terminal.", "examrunner bank lint needs none.")
    code: int = options.open_app(Path(), Way(banks=tuple(options.paths)))
    return code
