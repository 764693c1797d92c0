"""Arguments that several commands share."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser
from typing import TYPE_CHECKING, NoReturn

from examrunner.domain.errors import WrongUsage

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from pathlib import Path
    from typing import TypeAlias

    Commands: TypeAlias = "_SubParsersAction[Parser]"

PATHS = (
    "banks, folders of them or a session; without any: the banks of the session one stands in, "
    "else all below questionbanks, else those of the folder one stands in"
)


class Parser(ArgumentParser):
    """A parser whose complaints go the way of all others."""

    def error(self, message: str) -> NoReturn:
        """Raise WrongUsage."""
        raise WrongUsage(f"{message[:1].upper()}{message[1:]}.", f"See: {self.prog} --help")


def add_session(parser: ArgumentParser) -> None:
    """Let a command take a session."""
    parser.add_argument(
        "session",
        nargs="?",
        metavar="SESSION",
        help="the session's folder, or its name below sessions; may be left out "
        "where there is only one",
    )


def add_json(parser: ArgumentParser) -> None:
    """Let a command give data instead of words."""
    parser.add_argument(
        "--json", action="store_true", help="data on stdout, words on stderr; asks nothing"
    )


def quoted(*words: str | Path) -> str:
    """Return a command as it can be typed."""
    return shlex.join(["examrunner", *(str(word) for word in words)])
