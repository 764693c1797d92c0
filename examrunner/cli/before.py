"""The commands before the day: new, check and plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session, quoted
from examrunner.cli.output import problems_data
from examrunner.domain.errors import WrongUsage
from examrunner.domain.exam.clock import shown
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.course.linking import TitleQuestion
    from examrunner.domain.exam.plan import Plan
    from examrunner.domain.exam.settings import ExamRules
    from examrunner.services.create import Double, Parts, Sources

FILES = 2
"""A session is made from so many."""


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = commands.add_parser(
        "new",
        help="make a session from a class list and a table of reviews",
        description="Make a session folder from two files. The class list may be a Canvas "
        "gradebook or any table with names and ids or e-mail addresses; the reviews may be a list "
        "(one review a row), a form's answers, a table of students and papers, or a gradebook.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="the new session's folder")
    parser.add_argument("--roster", type=Path, required=True, metavar="FILE", help="the class list")
    parser.add_argument(
        "--reviews", type=Path, required=True, metavar="FILE", help="who reviewed what"
    )
    parser.add_argument(
        "--class", dest="of_class", metavar="NAME", help="the class, where OneRoster holds several"
    )
    parser.add_argument(
        "--sheet",
        action="append",
        default=[],
        metavar="NAME",
        help="the sheet of a workbook; given twice, the class list's and then the reviews'",
    )
    parser.add_argument("--paper", metavar="TITLE", help="what a zip of submissions is about")
    parser.add_argument(
        "--course",
        metavar="FILE",
        help="the course's readings and rules (course.yaml), or cs496 for the shipped one; "
        "without it the titles in the reviews are the readings",
    )
    add_json(parser)
    parser.set_defaults(run=_new)
    parser = commands.add_parser(
        "check",
        help="find everything that is wrong with a session",
        description="Read a session whole and list every problem at once. Errors make the day "
        "impossible and give exit code 1; warnings are worth a look.",
    )
    add_session(parser)
    add_json(parser)
    parser.set_defaults(run=_check)
    parser = commands.add_parser(
        "plan",
        help="does the class fit the window, and what would make it fit",
        description="Add up the time that the class needs, extra time, breaks and reserve slots "
        "included, and compare it with the session's window.",
    )
    add_session(parser)
    add_json(parser)
    parser.set_defaults(run=_plan)


# --- new -----------------------------------------------------------------------------------


def _new(options: Namespace, out: Output) -> int:
    from examrunner.services import create

    create.demand_free(options.folder)
    course = create.course_file(options.course) if options.course else None
    sources = create.read_sources(options.roster, options.reviews, course, _parts(options))
    asked = create.doubles(sources)
    if out.can_ask() and asked:
        same = [pair for pair in asked if _is_same(sources, pair, out)]
        sources, asked = create.with_same(sources, same), ()
    create.create_session(options.folder, sources)
    command = quoted("open", options.folder)
    titles = create.titles_to_ask(sources)
    out.emit(_new_data(options.folder, sources, titles, command))
    _say_found(sources, asked, out)
    _say_open(options, sources, titles, out)
    out.say()
    out.say(
        f"The session is in {options.folder}. Look it over with: {quoted('check', options.folder)}"
    )
    out.say(f"Examine with: {command}")
    return 0


def _parts(options: Namespace) -> Parts:
    from examrunner.services.create import Parts

    sheets = options.sheet
    if len(sheets) > FILES:
        raise WrongUsage(
            "--sheet is given too often.", "Once, or for the class list and then the reviews."
        )
    first, last = (sheets[0], sheets[-1]) if sheets else (None, None)
    return Parts(options.of_class, first, last, options.paper)


def _is_same(sources: Sources, pair: Double, out: Output) -> bool:
    who = "1 student has" if pair.students == 1 else f"{pair.students} students have"
    out.say(f"{who} both of these on the list of reviews:")
    for name in (pair.one, pair.other):
        out.say(sources.title(name), indent=4)
    return out.ask("Are they the same reading?")


def _say_found(sources: Sources, asked: tuple[Double, ...], out: Output) -> None:
    from examrunner.storage.readers.review_shapes import SHAPE_WORDS
    from examrunner.storage.readers.rosters import KIND_WORDS

    matched = sources.matched
    students = counted(len(sources.roster.students), "student")
    reviews = counted(len(matched.reviews), "review")
    out.say(f"roster   {KIND_WORDS[sources.roster.kind]}, {students}")
    readings = counted(sources.reviewed, "reading")
    out.say(f"reviews  {SHAPE_WORDS[sources.listed.shape]}, {reviews} of {readings}")
    if sources.course is not None:
        out.say(
            f"course   {sources.course.title or sources.course.id}, "
            f"{len(sources.course.readings)} readings"
        )
    _say_group(
        out,
        ("title", "titles"),
        "that no reading of the course has; readings of their own:",
        [one for one in sources.own_titles().values() if sources.course is not None],
    )
    _say_group(
        out,
        ("person", "people"),
        "who cannot be found on the roster; the reviews are left out:",
        [" / ".join(one.who) or f"line {one.lines[0]}" for one in matched.unmatched],
    )
    _say_group(
        out,
        ("pair", "pairs"),
        "of titles that may be one reading; if so, make them alike in reviews.csv:",
        [f"{sources.title(one.one)}  =?  {sources.title(one.other)}" for one in asked],
    )
    told = {"unknown-title", "unknown-student", "ambiguous-student"}
    rest = [problem for problem in sources.problems if problem.rule not in told]
    if rest:
        out.say()
        out.problems(rest)


def _say_open(
    options: Namespace, sources: Sources, titles: tuple[TitleQuestion, ...], out: Output
) -> None:
    """Name what was left out though it may mean a reading, and the command that asks."""
    _say_group(
        out,
        ("title", "titles"),
        "that may mean a reading; left out until somebody says so:",
        [one.title for one in titles if one.is_left_out],
    )
    count = len(titles) + len(sources.matched.unmatched)
    if count:
        asks = quoted("import", "reviews", options.reviews, "--session", options.folder)
        out.say()
        out.say(f"{counted(count, 'open question')} about titles and people: {asks} asks.")


def _say_group(out: Output, nouns: tuple[str, str], about: str, items: list[str]) -> None:
    if not items:
        return
    out.say()
    out.say(f"{len(items)} {nouns[len(items) > 1]} {about}")
    for item in items:
        out.say(item, indent=4)


def _new_data(
    folder: Path, sources: Sources, titles: tuple[TitleQuestion, ...], command: str
) -> dict[str, Any]:
    matched = sources.matched
    return {
        **problems_data(sources.problems),
        "folder": str(folder),
        "roster": {
            "kind": str(sources.roster.kind),
            "students": len(sources.roster.students),
        },
        "reviews": {
            "shape": str(sources.listed.shape),
            "count": len(matched.reviews),
            "readings": sources.reviewed,
        },
        "own_readings": [
            {"id": name, "title": title} for name, title in sources.own_titles().items()
        ],
        "titles_to_ask": [
            {"title": one.title, "lines": list(one.lines), "left_out": one.is_left_out}
            for one in titles
        ],
        "unmatched": [
            {"who": list(one.who), "lines": list(one.lines), "candidates": list(one.candidates)}
            for one in matched.unmatched
        ],
        "possible_doubles": [
            {"student": one.student_id, "a": one.reading_a, "b": one.reading_b}
            for one in matched.doubles
        ],
        "next": command,
    }


# --- check ---------------------------------------------------------------------------------


def _check(options: Namespace, out: Output) -> int:
    from examrunner.cli.check_words import check_data, say_check
    from examrunner.services.checking import check, phase_of
    from examrunner.services.folders import session_folder

    folder = session_folder(options.session)
    found, phase = check(folder), phase_of(folder)
    out.emit(check_data(found, phase))
    say_check(found, phase, folder, out)
    return 0 if found.is_ok else 1


# --- plan ----------------------------------------------------------------------------------


def _plan(options: Namespace, out: Output) -> int:
    from examrunner.cli.check_words import say_record
    from examrunner.services.checking import plan_of
    from examrunner.services.folders import session_folder

    rules, plan, phase = plan_of(session_folder(options.session))
    out.emit(_plan_data(plan))
    say_record(phase, out)
    _say_plan(rules, plan, out)
    return 0


def _plan_data(plan: Plan) -> dict[str, Any]:
    return {
        "ok": True,
        "fits": plan.fits,
        "attempts": plan.attempts,
        "with_extra_time": plan.extra_time,
        "needed_seconds": plan.needed,
        "window_seconds": plan.window,
        "longest_talk_seconds": plan.longest_talk,
        "students_that_fit": plan.students_that_fit,
        "start_earlier_seconds": plan.start_earlier,
        "end_later_seconds": plan.end_later,
        "breaks_seconds": plan.breaks,
        "reserve": plan.reserve_slots,
        "reserve_seconds": plan.reserve,
        "reserve_left": plan.reserve_left,
    }


def _say_plan(rules: ExamRules, plan: Plan, out: Output) -> None:
    if rules.minutes is None:
        out.say(f"{plan.attempts} attempts without a time limit: there is nothing to add up.")
        return
    assert plan.needed is not None
    extra = f", {plan.extra_time} with extra time" if plan.extra_time else ""
    talk = shown(rules.minutes.total_seconds())
    out.say(
        f"{plan.attempts} attempts of {talk}{extra}, {rules.changeover_seconds} s "
        f"between two of them{_extras(rules, plan)}: {shown(plan.needed)} in total."
    )
    if plan.window is None or rules.window is None:
        out.say("The session has no window to compare that with (exam: window in session.yaml).")
        return
    hours = f"{rules.window.start:%H:%M} to {rules.window.end:%H:%M}"
    if plan.fits:
        left = shown(plan.window - plan.needed)
        out.say(f"They fit: the window from {hours} has {shown(plan.window)}, {left} to spare.")
    else:
        out.say(f"They do not fit: the window from {hours} has only {shown(plan.window)}.")
    if plan.reserve_slots:
        out.say(f"Reserve slots left over: {plan.reserve_left} of {plan.reserve_slots}.")
    if not plan.fits:
        _say_what_would_do(plan, out)


def _extras(rules: ExamRules, plan: Plan) -> str:
    """Return the breaks and reserve slots that count, too."""
    words = ""
    if plan.breaks:
        breaks = counted(len(rules.breaks), "break")
        words += f", {shown(plan.breaks)} for {breaks} and the waiting before"
    if plan.reserve_slots:
        words += f", {counted(plan.reserve_slots, 'reserve slot')} ({shown(plan.reserve)})"
    return words


def _say_what_would_do(plan: Plan, out: Output) -> None:
    out.say("Any one of these would do:")
    if plan.start_earlier == plan.end_later:
        out.say(f"start {shown(plan.start_earlier)} earlier, or end so much later", indent=4)
    else:
        out.say(f"start {shown(plan.start_earlier)} earlier", indent=4)
        out.say(f"end {shown(plan.end_later)} later", indent=4)
    if plan.longest_talk is not None:
        out.say(
            f"talks of {shown(plan.longest_talk)} (minutes: {_minutes(plan.longest_talk)})",
            indent=4,
        )
    if plan.students_that_fit:
        students = counted(plan.students_that_fit, "student")
        out.say(f"examine {students}, the rest at another time", indent=4)


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}" if rest else str(minutes)
