"""The tree of commands."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from examrunner import __version__
from examrunner.cli import after, before, exam
from examrunner.cli.arguments import Parser

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ABOUT = """\
Run a day of one-on-one oral exams from the terminal.

  examrunner demo                                    look around with an invented class
  examrunner new DIR --roster FILE --reviews FILE    a session from two CSV files
  examrunner DIR                                     examine
"""


def parser_of(open_app: Callable[[Path], int]) -> Parser:
    """Return the parser; `open_app` runs the terminal app on a session."""
    parser = Parser(
        prog="examrunner",
        description=ABOUT,
        epilog="A first word that is no command and no option means open.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"examrunner {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    exam.add_to(commands, open_app)
    before.add_to(commands)
    after.add_to(commands)
    return parser


def with_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `open` in front where their first word is no command."""
    word = arguments[0]
    if word.startswith("-") or word in COMMANDS:
        return arguments
    return ["open", *arguments]


COMMANDS = (*exam.COMMANDS, *before.COMMANDS, *after.COMMANDS)
