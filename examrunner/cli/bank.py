"""The command bank: everything that is done to question banks before the day.

Each sub-command stands in a module of its own; whoever adds one adds it to `add_to`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.cli import (
    bank_approve,
    bank_browse,
    bank_io,
    bank_lint,
    bank_rehearse,
    bank_todo,
    bank_write,
)

if TYPE_CHECKING:
    from examrunner.cli.arguments import Commands


def add_to(commands: Commands) -> None:
    """Add the command with all its own ones."""
    parser = commands.add_parser(
        "bank",
        help="question banks: write, check, show, try out, approve",
        description="A bank is one YAML file for each reading. A draft needs only `kind` and "
        "`say`; everything more is help for the examiner.",
    )
    own = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="bank_command", required=True
    )
    bank_todo.add_todo(own)
    bank_write.add_new(own)
    bank_lint.add_lint(own)
    bank_write.add_show(own)
    bank_rehearse.add_rehearse(own)
    bank_approve.add_approve(own)
    bank_browse.add_browse(own)
    bank_write.add_schema(own)
    bank_io.add_import(own)
    bank_io.add_export(own)
    bank_todo.add_carry_over(own)
