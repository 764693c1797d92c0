"""The tree of commands."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from importlib import import_module
from typing import TYPE_CHECKING

from examrunner import __version__
from examrunner.cli.arguments import Parser

if TYPE_CHECKING:
    from examrunner.cli.exam import OpenApp

GROUPS = {
    "exam": ("open", "window", "demo"),
    "rehearse": ("rehearse",),
    "bank": ("bank",),
    "before": ("new", "check", "plan"),
    "importing": ("import",),
    "doctor": ("doctor",),
    "handout": ("handout",),
    "draw": ("commit", "slips", "draw", "update"),
    "simulate": ("simulate",),
    "proof": ("reveal", "verify"),
    "explain": ("explain",),
    "after": ("results", "export"),
    "canvas": ("canvas",),
    "care": ("backup", "restore"),
    "privacy": ("forget", "purge"),
    "paper": ("kit", "enter-paper"),
}
"""Module of this package to the commands that its `add_to` adds, in the order of the help."""
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
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


def parser_of(open_app: OpenApp, word: str = "") -> Parser:
    """Return the parser; `open_app` runs the terminal app on a session.

    Where the first word is a command, only the module of this command is loaded: the others would
    be a twentieth of the app's start.
    """
    parser = Parser(
        prog="examrunner",
        description=ABOUT,
        epilog="A first word that is no command and no option means open.",
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"examrunner {__version__}")
    parser.set_defaults(open_app=open_app)
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    for module, names in GROUPS.items():
        if word in names or word not in COMMANDS:
            import_module(f"examrunner.cli.{module}").add_to(commands)
    return parser


def with_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `open` in front where their first word is no command."""
    word = arguments[0]
    if word.startswith("-") or word in COMMANDS:
        return arguments
    return ["open", *arguments]
