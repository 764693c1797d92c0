"""`export ics`: invitations for calendars, and the order for the door."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json, add_session
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output

AT_THE_DOOR = (
    "An order at the door tells who has which place, and with the published proof of the draw "
    "who had which paper: keep it to the class."
)


def add_ics(forms: Commands) -> None:
    """Add the form to `export`."""
    parser = forms.add_parser(
        "ics",
        help="invitations for calendars",
        description="Write a calendar file for each student, with equal slots and nothing "
        "private, one for the examiner with the planned times and breaks, and a list of which file "
        "is whose. A later export replaces the events in the calendars that took the earlier one, "
        "and cancels those of students who have left.",
    )
    add_session(parser)
    parser.add_argument("--to", type=Path, metavar="DIR", help="a new folder (default: in exports)")
    parser.add_argument("--location", default="", metavar="TEXT", help="where the exam is")
    parser.add_argument(
        "--door", action="store_true", help="also the order for the door, to print: text and HTML"
    )
    parser.add_argument(
        "--names",
        action="store_true",
        help="names instead of ids at the door and in the examiner's calendar",
    )
    add_json(parser)
    parser.set_defaults(run=_ics)


def _ics(options: Namespace, out: Output) -> int:
    from examrunner.services import calendar
    from examrunner.services.folders import session_folder
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    folder = session_folder(options.session)
    wishes = calendar.Wishes(options.location, names=options.names, door=options.door)
    done = calendar.invite(folder, options.to, wishes, SystemClock(), examiner())
    out.emit(
        {
            "ok": True,
            "problems": [],
            "folder": str(done.folder),
            "students": done.students,
            "cancelled": done.cancelled,
            "sequence": done.sequence,
            "warnings": list(done.warnings),
        }
    )
    for words in done.warnings:
        out.say(f"warning: {words}")
    which = "" if done.sequence == 0 else f", issue {done.sequence + 1}"
    out.say(f"{done.folder}: {counted(done.students, 'invitation')}{which}.")
    if done.cancelled:
        out.say(f"{counted(done.cancelled, 'invitation')} cancelled: who has left gets that file.")
    out.say("index.csv says which file is whose.")
    if options.door:
        out.say(AT_THE_DOOR)
    return 0
