"""The tree of commands."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from examrunner import __version__
from examrunner.cli import (
    after,
    bank,
    before,
    canvas,
    care,
    doctor,
    draw,
    exam,
    explain,
    handout,
    importing,
    paper,
    privacy,
    proof,
    rehearse,
    simulate,
)
from examrunner.cli.arguments import Parser

if TYPE_CHECKING:
    from examrunner.cli.exam import OpenApp

GROUPS = (
    before,
    importing,
    doctor,
    handout,
    draw,
    simulate,
    proof,
    explain,
    after,
    canvas,
    care,
    privacy,
    paper,
)
"""The modules of commands, in the order of the help; `exam` comes first of all."""
COMMANDS = (
    *exam.COMMANDS,
    *rehearse.COMMANDS,
    *bank.COMMANDS,
    *(name for group in GROUPS for name in group.COMMANDS),
)
ABOUT = """\
Run a day of one-on-one oral exams from the terminal.

  examrunner demo                                    look around with an invented class
  examrunner new DIR --roster FILE --reviews FILE    a session from two CSV files
  examrunner DIR                                     examine
"""


class _Help(RawDescriptionHelpFormatter):
    """Leaves room for the longest command beside its help: argparse forgets its indent."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self._action_max_length = max(map(len, COMMANDS)) + 2 * self._indent_increment


def parser_of(open_app: OpenApp) -> Parser:
    """Return the parser; `open_app` runs the terminal app on a session."""
    parser = Parser(
        prog="examrunner",
        description=ABOUT,
        epilog="A first word that is no command and no option means open.",
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"examrunner {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    exam.add_to(commands, open_app)
    rehearse.add_to(commands, open_app)
    bank.add_to(commands, open_app)
    for group in GROUPS:
        group.add_to(commands)
    return parser


def with_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `open` in front where their first word is no command."""
    word = arguments[0]
    if word.startswith("-") or word in COMMANDS:
        return arguments
    return ["open", *arguments]
