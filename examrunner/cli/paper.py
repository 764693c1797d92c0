"""The commands for the day on which nothing works: kit and enter-paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session
from examrunner.cli.filled import add_filling, asked, from_options, has_filling
from examrunner.cli.opened import opened
from examrunner.cli.output import failure_data
from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.desk import Desk
    from examrunner.services.enter_paper import Entry

FIXES = "This fixes roster, reviews, banks and rules, as the first call would."


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "kit",
        help="paper sheets for a day on which nothing works",
        description="Write one printable HTML file with a paper sheet for each student: the paper "
        "and the questions that the app would draw in exam order, and blanks for the marks. A new "
        "kit replaces the session's old one.",
    )
    add_session(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="a new file to write it to (default: in the session's folder kit)",
    )
    parser.add_argument(
        "--blank", action="store_true", help="names only, no papers and questions; fixes nothing"
    )
    parser.add_argument("--yes", action="store_true", help="fix a draft session without asking")
    add_json(parser)
    parser.set_defaults(run=_kit)
    parser = commands.add_parser(
        "enter-paper",
        help="key in a filled paper sheet",
        description="Key in a filled sheet of the paper kit. On a terminal, with nothing of the "
        "sheet given as an option, it asks step by step. What would be written is shown first. "
        "Questions are named by their place on the sheet, as in --rating 1=strong 2=weak.",
    )
    add_session(parser)
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="the sheet's number")
    add_filling(parser)
    parser.add_argument("--paper", metavar="READING", help="the paper, where none is printed")
    parser.add_argument("--kit", type=int, metavar="N", help="which kit the sheet is from")
    parser.add_argument("--blank", action="store_true", help="the sheet is from a blank kit")
    parser.add_argument("--dry-run", action="store_true", help="show only")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    add_json(parser)
    parser.set_defaults(run=_enter_paper)


# --- kit -----------------------------------------------------------------------------------


def _kit(options: Namespace, out: Output) -> int:
    from examrunner.services import kit
    from examrunner.services.export import demand_new
    from examrunner.services.folders import session_folder

    folder = session_folder(options.session)
    if options.out is not None:
        demand_new(options.out)
    with opened(folder) as desk:
        is_draft = desk.ledger is None
        if is_draft and not options.blank and not _may_fix(desk, options, out):
            out.say("Nothing was written.")
            return 0
        is_asked = is_draft and not options.yes
        made = kit.make_kit(desk, options.out, blank=options.blank, asked=is_asked)
        is_recorded = desk.ledger is not None
    out.emit(
        {
            "ok": True,
            "problems": [],
            "written": {"file": str(made.file), "sha256": made.sha256, "sheets": made.sheets},
            "recorded": is_recorded,
        }
    )
    out.say(f"{made.file}: {counted(made.sheets, 'sheet')}.")
    out.say("Print it from a browser, and keep it where no student sees it.")
    if not is_recorded:
        out.say("The session is still a draft: this kit is not on record.")
    return 0


def _may_fix(desk: Desk, options: Namespace, out: Output) -> bool:
    """Fix a draft session where that is wanted. Raises Refused where nobody can be asked."""
    from examrunner.services.kit import open_session

    if not options.yes:
        if not out.can_ask():
            raise Refused(FIXES, "--yes says yes to that; a kit made with --blank fixes nothing.")
        if not out.ask(f"{FIXES} Go on?"):
            return False
    open_session(desk)
    return True


# --- enter-paper ---------------------------------------------------------------------------


def _enter_paper(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder

    session, number = _session_and_number(options)
    is_given = has_filling(options)
    if not is_given and not out.can_ask():
        raise WrongUsage("Nothing of the sheet is given.", "See: examrunner enter-paper --help")
    if number is None and is_given:
        raise WrongUsage("Which sheet? Its number stands at its top left.")
    with opened(session_folder(session)) as desk:
        if desk.ledger is None:
            if options.dry_run:
                raise Refused("A draft session has no record to try it on.")
            if not _may_fix(desk, options, out):
                out.say("Nothing was written.")
                return 0
        if number is not None:
            return _enter_one(desk, number, options, out, is_given=is_given)
        while answer := out.prompt("Sheet number (enter ends):"):
            if answer.isascii() and answer.isdecimal():
                _enter_asked(desk, int(answer[:9]), options, out)
    return 0


def _session_and_number(options: Namespace) -> tuple[str | None, int | None]:
    """Return session and number; where only a number stands, the session was left out."""
    session, number = options.session, options.number
    if number is None and session and session.isdecimal() and not Path(session).exists():
        session, number = None, session
    if number is not None and not (number.isascii() and number.isdecimal()):
        raise WrongUsage(f"{number!r} is no number of a sheet.")
    return session, int(number[:9]) if number is not None else None


def _enter_asked(desk: Desk, number: int, options: Namespace, out: Output) -> None:
    """Key in one of several sheets: what is refused is said, and the next one can follow."""
    try:
        _enter_one(desk, number, options, out, is_given=False)
    except (Refused, WrongUsage) as failure:
        out.say(failure.message)
        for line in failure.hint.splitlines():
            out.say(line, indent=2)


def _enter_one(desk: Desk, number: int, options: Namespace, out: Output, *, is_given: bool) -> int:
    from examrunner.services import enter_paper as service

    sheet = service.find_sheet(desk, number, kit=options.kit, blank=options.blank)
    if is_given:
        filled = from_options(number, options)
    else:
        service.demand_free(desk, sheet)
        filled = asked(desk, sheet, options, out)
    entry = service.plan_entry(desk, sheet, filled)
    for line in service.entry_lines(desk, entry):
        out.say(line)
    if options.dry_run:
        out.emit(_entry_data(desk, entry, written=False))
        out.say("Nothing was written: a dry run.")
        return 0
    if not options.yes:
        if not out.can_ask():
            return _refuse(desk, entry, out)
        if not out.ask("Write this to the record?"):
            out.say("Nothing was written.")
            return 0
    service.write_entry(desk, entry)
    out.emit(_entry_data(desk, entry, written=True))
    out.say(f"Sheet {number} is on record.")
    return 0


def _refuse(desk: Desk, entry: Entry, out: Output) -> int:
    """Refuse after showing: as data this is one document, as words the usual message."""
    failure = Refused("Nothing was written: nobody is here to say yes.", "--yes writes unasked.")
    if not out.as_json:
        raise failure
    out.emit({**_entry_data(desk, entry, written=False), **failure_data(failure)})
    return failure.exit_code


def _entry_data(desk: Desk, entry: Entry, *, written: bool) -> dict[str, Any]:
    from examrunner.domain.exam.events import kind_of

    return {
        "ok": True,
        "problems": [],
        "sheet": entry.sheet.number,
        "student": desk.row(entry.attempt.student).student.student_id,
        "attempt": entry.attempt.number,
        "reading": entry.paper.reading,
        "origin": str(entry.paper.origin),
        "verdict": entry.filled.verdict,
        "seconds": entry.filled.seconds,
        "events": [kind_of(type(draft.what)) for draft in entry.drafts],
        "written": written,
    }
