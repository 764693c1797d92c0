"""The command `canvas`: a course of Canvas asked directly, with a sub-command for each errand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session
from examrunner.cli.progress import Progress
from examrunner.cli.taking import add_taking
from examrunner.domain.errors import Refused
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from examrunner.cli.arguments import Commands, Parser
    from examrunner.cli.output import Output
    from examrunner.services.canvas_scores import Plan, Sent
    from examrunner.storage.live.connection import Connection
    from examrunner.storage.live.shapes import Assignment

TESTED = "Tested against recorded answers of the documented interface, not against a live Canvas."
ACCESS = (
    "The token comes from CANVAS_API_TOKEN in the environment or from the system's keyring "
    "(service examrunner-canvas, user name the host; where the package keyring is installed), the "
    "address from --url or CANVAS_API_URL. It needs the optional part of the program: "
    "pip install 'examrunner[canvas]'."
)


def add_to(commands: Commands) -> None:
    """Add the command of this module; each errand is a command below it."""
    parser = commands.add_parser(
        "canvas",
        help="ask Canvas directly: class list and reviews in, scores out (optional part)",
        description=f"Ask Canvas directly, with a token. {TESTED} Files from Canvas and for it "
        "work without: see import and export canvas.",
        epilog=ACCESS,
    )
    errands = parser.add_subparsers(title="errands", metavar="ERRAND", required=True)
    _add_courses(errands)
    _add_roster(errands)
    _add_reviews(errands)
    _add_scores(errands)


def _add_errand(errands: Commands, name: str, words: str, description: str) -> Parser:
    return errands.add_parser(
        name, help=words, description=f"{description} {TESTED}", epilog=ACCESS
    )


def _add_courses(errands: Commands) -> None:
    parser = _add_errand(
        errands,
        "courses",
        "your courses, or a course's assignments, with their ids",
        "List the courses that you teach or help with; with --course the assignments of that one.",
    )
    _add_course(parser, needed=False)
    add_json(parser)
    parser.set_defaults(run=_courses)


def _add_roster(errands: Commands) -> None:
    parser = _add_errand(
        errands,
        "roster",
        "who is in the class",
        "Take the course's students, active and invited ones, into a session as import roster "
        "takes a file: the difference is shown first, and the old roster.csv is kept.",
    )
    add_session(parser)
    _add_course(parser)
    add_taking(parser)
    parser.set_defaults(run=_roster)


def _add_reviews(errands: Commands) -> None:
    parser = _add_errand(
        errands,
        "reviews",
        "who handed in what",
        "Take submissions into a session as import reviews takes a file: each assignment is a "
        "paper, whose title is matched with the course's readings.",
    )
    add_session(parser)
    _add_course(parser)
    parser.add_argument(
        "--assignment",
        action="append",
        default=[],
        metavar="ID",
        help="only this assignment; may be given several times (default: all whose titles are "
        "readings)",
    )
    parser.add_argument(
        "--by-file",
        action="store_true",
        help="the names of the files handed in, or a text's first line, say which paper it is",
    )
    parser.add_argument(
        "--add", action="store_true", help="add to the session's reviews instead of replacing them"
    )
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers to open questions")
    parser.add_argument(
        "--questions", type=Path, metavar="FILE", help="write the open questions to fill in"
    )
    add_taking(parser)
    parser.set_defaults(run=_reviews)


def _add_scores(errands: Commands) -> None:
    parser = _add_errand(
        errands,
        "scores",
        "the settled scores into Canvas",
        "Compare the settled scores with those in Canvas, show what would change, and hand over "
        "just that. What left is recorded, with a receipt in the session's folder exports.",
    )
    add_session(parser)
    _add_course(parser)
    parser.add_argument(
        "--assignment",
        metavar="ID",
        help="what takes the scores, by id or title; may be left out where only one is an oral or "
        "final exam",
    )
    parser.add_argument(
        "--absent",
        choices=("blank", "zero", "excused"),
        help="what absent students get, where it is to differ from the session's setting",
    )
    parser.add_argument(
        "--force", action="store_true", help="also replace other scores that stand there"
    )
    parser.add_argument("--preview", action="store_true", help="show only")
    parser.add_argument("--yes", action="store_true", help="hand over without asking")
    add_json(parser)
    parser.set_defaults(run=_scores)


def _add_course(parser: Parser, *, needed: bool = True) -> None:
    parser.add_argument(
        "--course",
        required=needed,
        metavar="ID",
        help="the course's id, or the address of its page",
    )
    parser.add_argument("--url", metavar="URL", help="where Canvas is")


# --- in ------------------------------------------------------------------------------------


def _courses(options: Namespace, out: Output) -> int:
    from examrunner.services import canvas_live

    with canvas_live.connect(options.url) as connection, Progress(out) as connection.told:
        if options.course is not None:
            listed = canvas_live.course(connection, options.course).assignments()
        else:
            courses = canvas_live.courses(connection)
    if options.course is not None:
        return _say_assignments(listed, out)
    lines = [
        {"id": one.id, "code": one.code, "name": one.name, "roles": list(one.roles)}
        for one in courses
    ]
    out.emit({"ok": True, "problems": [], "courses": lines})
    out.table(("id", "code", "course"), [(one.id, one.code, one.name) for one in courses])
    return 0


def _say_assignments(listed: Sequence[Assignment], out: Output) -> int:
    points = [None if one.points is None else str(one.points) for one in listed]
    lines = [
        {"id": one.id, "title": one.title, "points": text, "grading": one.grading}
        for one, text in zip(listed, points, strict=True)
    ]
    out.emit({"ok": True, "problems": [], "assignments": lines})
    rows = [(one.id, text or "", one.title) for one, text in zip(listed, points, strict=True)]
    out.table(("id", "points", "assignment"), rows)
    return 0


def _roster(options: Namespace, out: Output) -> int:
    from examrunner.cli.importing import take_roster
    from examrunner.services import canvas_live

    folder = _folder(options)
    with canvas_live.connect(options.url) as connection, Progress(out) as told:
        connection.told = told
        live = canvas_live.course(connection, options.course)
        plan = canvas_live.roster(folder, live, told)
    return take_roster(plan, options, out)


def _reviews(options: Namespace, out: Output) -> int:
    from examrunner.cli.import_reviews import take_reviews
    from examrunner.services import canvas_live
    from examrunner.services.import_reviews import Asked

    if options.questions is not None and options.questions.exists():
        raise Refused(f"{options.questions} is there already.", "Name a new file.")
    folder = _folder(options)
    ids = [canvas_live.demand_id("assignment", one) for one in options.assignment]
    with canvas_live.connect(options.url) as connection, Progress(out) as told:
        connection.told = told
        live = canvas_live.course(connection, options.course)
        asked = Asked((Path(live.words),), answers=options.answers, adds=options.add)
        by_file = options.by_file
        plan = canvas_live.reviews(folder, live, ids, asked, by_file=by_file, told=told)
    return take_reviews(plan, options, out)


def _folder(options: Namespace) -> Path:
    """Return the session's folder, which is there before Canvas is asked."""
    from examrunner.services.folders import demand_session, session_folder

    folder = session_folder(options.session)
    demand_session(folder)
    return folder


# --- out -----------------------------------------------------------------------------------


def _scores(options: Namespace, out: Output) -> int:
    from examrunner.services import canvas_live

    folder = _folder(options)
    with canvas_live.connect(options.url) as connection:
        return _compare(connection, folder, options, out)


def _compare(connection: Connection, folder: Path, options: Namespace, out: Output) -> int:
    """Show the difference, and send it where that is wanted."""
    from examrunner.cli.export_words import say_plan
    from examrunner.domain.exam.settings import Absent
    from examrunner.services import canvas_live, canvas_scores
    from examrunner.services.results import read_results

    with Progress(out) as connection.told:
        connection.told("reading the record")
        results = read_results(folder)
        live = canvas_live.course(connection, options.course)
        absent = Absent(options.absent) if options.absent else None
        named = options.assignment
        plan = canvas_scores.plan(folder, results, live, named, absent=absent, force=options.force)
    say_plan(plan.shown, out)
    if plan.shown.errors:
        out.emit(_data(plan, None))
        return 1
    if plan.shown.refusal():
        hint = "--force overwrites them." if plan.shown.upload.overwrites else ""
        return _refuse(plan, Refused(plan.shown.refusal(), hint), out)
    if options.preview:
        out.emit(_data(plan, None))
        return 0
    asked = not options.yes
    if asked and not out.can_ask():
        why = Refused("Nothing was sent: nobody is here to say yes.", "--yes sends unasked.")
        return _refuse(plan, why, out)
    scores = counted(len(plan.shown.upload.changes), "score")
    where = f"{plan.assignment.header}, {live.name or live.words}, at {live.host}"
    if asked and not out.ask(f"Send {scores} to {where}?"):
        out.say("Nothing was sent.")
        return 0
    return _send(plan, connection, out, asked=asked)


def _send(plan: Plan, connection: Connection, out: Output, *, asked: bool) -> int:
    from examrunner.services import canvas_scores, export
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    clock = SystemClock()
    file = export.default_out(plan.shown.folder, canvas_scores.FORM, clock.now().at)
    with Progress(out) as told:
        connection.told = told
        told("sending the scores")
        sent = canvas_scores.send(plan, file, clock, examiner(), asked=asked, told=told)
    written = sent.written
    out.say(f"{counted(written.scores, 'score')} sent. Record: {written.record}.")
    out.say(f"Receipt: {written.file}")
    if sent.missing:
        out.say(f"Canvas does not show the new score of: {some(sent.missing, 12)}")
    if sent.fault is not None and not out.as_json:
        raise sent.fault
    out.emit(_data(plan, sent))
    if sent.fault is not None:
        return sent.fault.exit_code
    return 1 if sent.missing else 0


def _refuse(plan: Plan, failure: Refused, out: Output) -> int:
    """Refuse after showing: as data this is one document, as words the usual message."""
    from examrunner.cli.output import failure_data

    if not out.as_json:
        raise failure
    shown = _data(plan, None)
    problems = [*shown["problems"], *failure_data(failure)["problems"]]
    out.emit({**shown, "ok": False, "problems": problems})
    return failure.exit_code


def _data(plan: Plan, sent: Sent | None) -> dict[str, Any]:
    from examrunner.cli.export_words import plan_data
    from examrunner.cli.output import failure_data
    from examrunner.services.canvas_scores import FORM

    shown = plan_data(plan.shown, sent.written if sent else None)
    found = {
        **shown,
        "form": FORM,
        "canvas": plan.live.host,
        "course": plan.live.id,
        "assignment": plan.assignment.id,
        "not_shown": list(sent.missing) if sent else [],
    }
    if sent is not None and sent.fault is not None:
        problems = [*shown["problems"], *failure_data(sent.fault)["problems"]]
        found |= {"ok": False, "problems": problems}
    elif sent is not None and sent.missing:
        found["ok"] = False
    return found
