"""The command rehearse: the real path with nothing at stake."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.cli.arguments import add_json, add_session, quoted
from examrunner.domain.errors import WrongUsage
from examrunner.domain.problems import BadInput, has_errors
from examrunner.domain.text import counted
from examrunner.storage.interrupts import exit_code

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.rehearse import Report
    from examrunner.services.troubles import Troubles

FASTEST = 20
KILLED = exit_code(9)
"""What the app's process ends with in a rehearsed crash."""
CRASHED = (
    "(rehearsal) The program was killed in the middle of an exam, as by a power cut. Every mark "
    "was on disk before it showed. It opens again where it stopped."
)


def add_to(commands: Commands) -> None:
    """Add the command of this module."""
    parser = commands.add_parser(
        "rehearse",
        help="the whole day on a copy, by hand or by itself",
        description="Take what a session's files hold, nothing of its record, and open a copy "
        "with a secret of its own: it never shows what the real day will draw. With --auto the "
        "program plays the day itself, with absences, a latecomer and an alarm, and reports.",
    )
    add_session(parser)
    parser.add_argument("--auto", action="store_true", help="play the whole day without a person")
    parser.add_argument(
        "--seed", type=int, default=1, help="of --auto and --with: the same seed, the same day"
    )
    parser.add_argument(
        "--public", metavar="TEXT", help="a pretended public value that takes part in the draw"
    )
    parser.add_argument(
        "--speed",
        type=int,
        default=1,
        metavar="N",
        help=f"without --auto: the clock runs N times as fast, 1 to {FASTEST}",
    )
    parser.add_argument(
        "--with",
        dest="troubles",
        metavar="LIST",
        help="without --auto: troubles to practise, of no-show, latecomer, crash (with commas)",
    )
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="keep the copy as a session of its own"
    )
    add_json(parser)
    parser.set_defaults(run=_rehearse)


def _rehearse(options: Namespace, out: Output) -> int:
    from examrunner.services.folders import session_folder

    folder = session_folder(options.session)
    if not 1 <= options.speed <= FASTEST:
        raise WrongUsage(f"--speed is 1 to {FASTEST}.")
    if options.troubles is not None and (options.auto or options.json):
        raise WrongUsage("--with is for a rehearsal by hand.", "--auto has troubles of its own.")
    if options.to is not None:
        return _on_copy(options, out, folder, options.to)
    with tempfile.TemporaryDirectory(prefix="examrunner-") as place:
        return _on_copy(options, out, folder, Path(place) / "rehearsal")


def _on_copy(options: Namespace, out: Output, folder: Path, target: Path) -> int:
    from examrunner.services.rehearse import copy_inputs, rehearse

    if options.auto or options.json:
        report = rehearse(folder, target, options.seed, options.public)
        out.emit({**report.data(), "kept": options.to is not None})
        _say(report, out, kept=options.to is not None)
        return 0
    from examrunner.cli.exam import run_app
    from examrunner.services.ports import Way
    from examrunner.storage.clock import SystemClock

    copy_inputs(folder, target, options.public)
    troubles = _troubles(options, target)
    way = Way(speed=options.speed, began=SystemClock().now(), troubles=troubles)
    code = run_app(target, out, options.open_app, way)
    if troubles.crash is None or code != KILLED:
        return code
    out.say(CRASHED)
    again = replace(troubles, crash=None, has_crashed=True)
    return run_app(target, out, options.open_app, replace(way, troubles=again))


def _troubles(options: Namespace, target: Path) -> Troubles:
    from examrunner.services.folders import ROSTER_FILE
    from examrunner.services.troubles import Troubles, kinds_of, troubles_for
    from examrunner.storage.readers.rosters import read_roster

    if options.troubles is None:
        return Troubles()
    roster = read_roster(target / ROSTER_FILE)
    if has_errors(roster.problems):
        raise BadInput(roster.problems)
    students = [one.student_id for one in roster.students]
    return troubles_for(students, kinds_of(options.troubles), options.seed)


def _say(report: Report, out: Output, *, kept: bool) -> None:
    verdicts = ", ".join(f"{count} {name}" for name, count in sorted(report.verdicts.items()))
    out.say(f"{counted(report.students, 'student')}, {report.decided} with a verdict: {verdicts}.")
    for words, who in (
        ("absent", report.absent),
        ("came later", report.later),
        ("interrupted by an alarm, voided and drawn again", report.voided),
        ("without a paper that may be drawn", report.no_paper),
    ):
        if who:
            out.say(f"{words}: {', '.join(who)}")
    out.say(f"{counted(report.edges, 'edge')} decided in a second look; the day is closed.")
    out.say(f"{counted(report.repeated_papers, 'paper')} came up a second time on that day.")
    out.say(f"record: {report.events} events, head {report.head[:12]}, seed {report.seed}")
    if kept:
        out.say(f"Kept in {report.folder}. Next: {quoted('results', report.folder)}")
