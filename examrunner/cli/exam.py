"""The commands that end in the terminal app: open, window and demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json, add_session, quoted
from examrunner.domain.errors import Environment, WrongUsage

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from typing import TypeAlias

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.ports import Way

    OpenApp: TypeAlias = Callable[[Path, Way], int]


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "open",
        help="examine: the terminal app",
        description="Open a session in the terminal app. The first student who is called in fixes "
        "roster, reviews, banks and rules, and opens the session.",
    )
    add_session(parser)
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--watch", action="store_true", help="only look on while another process examines"
    )
    either.add_argument(
        "--take-over",
        action="store_true",
        help="shut out the process that has the session open; it can write no more",
    )
    parser.add_argument(
        "--copies",
        type=Path,
        metavar="DIR",
        help="keep mirror and backups in this folder as well, such as a USB stick",
    )
    parser.set_defaults(run=_open)
    parser = commands.add_parser(
        "window",
        help="the student's second window: paper and time",
        description="Show the paper, the time left and, where session.yaml allows it, the question "
        "on a second screen, while another process examines. It shows no names, ratings, notes "
        "or verdicts. Started early, it waits for the first student who is called in.",
    )
    add_session(parser)
    parser.set_defaults(run=_window)
    parser = commands.add_parser(
        "demo",
        help="look around with an invented class",
        description="Copy the shipped course and demo session to a folder and open it. A copy that "
        "is there already is opened as it stands.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("examrunner-demo"),
        metavar="DIR",
        help="where to copy it to (default: examrunner-demo)",
    )
    parser.add_argument("--no-open", action="store_true", help="copy only")
    add_json(parser)
    parser.set_defaults(run=_demo)


def _open(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder

    try:
        folder = session_folder(options.session)
    except WrongUsage as wrong:
        raise _with_likely_command(wrong, options.session) from None
    from examrunner.services.ports import Way

    if options.copies is not None and not options.copies.is_dir():
        raise WrongUsage(f"There is no folder {options.copies}.", "Is the stick mounted?")
    way = Way(watch=options.watch, take_over=options.take_over, second=options.copies)
    return run_app(folder, out, options.open_app, way)


def _window(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder
    from examrunner.services.ports import Way

    return run_app(session_folder(options.session), out, options.open_app, Way(window=True))


def _with_likely_command(wrong: WrongUsage, word: str | None) -> WrongUsage:
    """Return the failure with a better hint where the word looks like a mistyped command."""
    from difflib import get_close_matches

    from examrunner.cli.parser import COMMANDS

    near = get_close_matches(word, COMMANDS, n=1) if word and not Path(word).exists() else []
    if not near:
        return wrong
    return WrongUsage(wrong.message, f"Or did you mean the command {near[0]}?")


def run_app(folder: Path, out: Output, open_app: OpenApp, way: Way) -> int:
    """Run the terminal app. Raises Environment where there is no terminal."""
    if not out.is_terminal():
        raise Environment(
            "The app needs a terminal: its keys and its screen.",
            "Without one there are check, plan, results and export.",
        )
    out.flush()
    return open_app(folder, way)


def _demo(options: Namespace, out: Output) -> int:
    from examrunner.services.demo import copy_demo

    session = copy_demo(options.folder)
    if options.no_open or out.as_json:
        command = quoted("open", session)
        out.emit({"ok": True, "folder": str(options.folder), "session": str(session)})
        out.say(f"The demo is in {options.folder}. Next: {command}")
        return 0
    from examrunner.services.ports import Way

    return run_app(session, out, options.open_app, Way())
