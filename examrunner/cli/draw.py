"""The commands of the draw before and during the day: commit, slips, draw and update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.arguments import add_json, add_session, quoted
from examrunner.cli.opened import opened
from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.text import counted

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.services.changes import Changes
    from examrunner.services.desk import Desk
    from examrunner.services.simulate import Simulated

WHY_CODES = ("late", "import-error", "other")
QUICK = 300
"""Simulated sessions for the figures beside a commit: a second for a class of 24."""


def add_to(commands: Commands) -> None:
    """Add the commands of this module."""
    _add_commit(commands)
    parser = commands.add_parser(
        "slips",
        help="each student's own papers, to be corrected before the day",
        description="Write a page to print and a text to mail for each student: the papers that "
        "may be drawn, those that may not and why, and after the commit place and key in the draw. "
        "Students named by id are shown instead, and nothing is written.",
    )
    parser.add_argument("student", nargs="*", metavar="STUDENT", help="show these, by id")
    parser.add_argument(
        "--session", metavar="SESSION", help="the session's folder, where there are several"
    )
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="a folder (default: exports/slips of the session)"
    )
    add_json(parser)
    parser.set_defaults(run=_slips)
    parser = commands.add_parser(
        "draw",
        help="draw everyone's paper ahead of time",
        description="Draw a paper for everyone in exam order before the first student comes. The "
        "board shows none of them; the questions are chosen at the reveal. The app draws each "
        "paper at its reveal without this.",
    )
    add_session(parser)
    parser.add_argument("--all", action="store_true", required=True, help="everyone, in exam order")
    parser.add_argument("--public", metavar="TEXT", help="the public value, where one takes part")
    parser.add_argument("--yes", action="store_true", help="begin the day without asking")
    add_json(parser)
    parser.set_defaults(run=_draw)
    parser = commands.add_parser(
        "update",
        help="take late students and corrected lists into a day that has begun",
        description="Read roster.csv and reviews.csv again, show how they differ from the record, "
        "and take in what can be: new students join at the end of the order, lists change until "
        "their paper is drawn, corrected names and extra time count from now on.",
    )
    add_session(parser)
    parser.add_argument("--why", choices=WHY_CODES, help="the reason in the public log")
    parser.add_argument(
        "--banks",
        action="store_true",
        help="let later sheets come from questions written or changed after the commit; the log "
        "says so",
    )
    parser.add_argument("--preview", action="store_true", help="show only")
    parser.add_argument("--yes", action="store_true", help="take it in without asking")
    add_json(parser)
    parser.set_defaults(run=_update)


def _add_commit(commands: Commands) -> None:
    parser = commands.add_parser(
        "commit",
        help="fix lists, order and questions, and print the line that proves it",
        description="Fix roster, order, lists, banks and rules, make the secret of the draw, and "
        "print one line to publish before the day. Beside it stands what the spacing does to this "
        "class. Until the day begins a session may be committed again, with a reason that stays in "
        "the commitment. The first call in the app commits silently where nobody did before.",
    )
    add_session(parser)
    parser.add_argument(
        "--spacing",
        type=int,
        metavar="H",
        help="keep a paper away from the H students before and after; 0 is the plain draw",
    )
    parser.add_argument(
        "--why", choices=WHY_CODES, help="commit again, for this reason, what is committed already"
    )
    add_json(parser)
    parser.set_defaults(run=_commit)


# --- commit --------------------------------------------------------------------------------


def _commit(options: Namespace, out: Output) -> int:
    from examrunner.domain.exam.phases import SessionPhase
    from examrunner.services.begin import commit_again, commit_session, demand_not_begun
    from examrunner.services.folders import session_folder
    from examrunner.services.opening import prepared_of

    folder = session_folder(options.session)
    if options.spacing is not None and options.spacing < 0:
        raise WrongUsage("--spacing takes 0 or more.")
    with opened(folder) as desk:
        is_draft = desk.phase is SessionPhase.DRAFT
        if not is_draft and not options.why:
            return _say_committed(desk, options, out)
        if is_draft and options.why:
            raise WrongUsage("--why is for a session that is committed already.")
        if options.why:
            demand_not_begun(desk)
        found = _figures(desk, options, out)
        spacing = _spacing(options, found, out)
        if is_draft:
            commit_session(desk, spacing=spacing)
        else:
            desk.prepared = None
            prepared_of(desk)
            commit_again(desk, options.why, spacing)
        is_copied = _copied(desk, out)
        out.emit(_commit_data(desk, found))
        _say_line(desk, is_copied=is_copied, out=out)
    return 0


def _figures(desk: Desk, options: Namespace, out: Output) -> Simulated:
    """Show what spacing does to the class as its files have it; raises ExamError for nobody."""
    from examrunner.cli.simulate import say_figures
    from examrunner.domain.problems import BadInput, has_errors
    from examrunner.services.begin import kept_spacing
    from examrunner.services.commit import with_spacing
    from examrunner.services.prepare import prepare
    from examrunner.services.simulate import prepared_material, simulated

    prepared = prepare(desk.folder)
    if has_errors(prepared.problems):
        raise BadInput(prepared.problems)
    kept = kept_spacing(desk.stored, prepared)
    prepared = with_spacing(prepared, kept if options.spacing is None else options.spacing)
    found = simulated(prepared_material(prepared), sessions=QUICK)
    if not options.json:
        say_figures(found.figures, found.material.h, out)
        out.say()
    return found


def _spacing(options: Namespace, found: Simulated, out: Output) -> int | None:
    """Return the spacing that the instructor chose; None for the session's own."""
    if options.spacing is not None or not out.can_ask():
        return int(options.spacing) if options.spacing is not None else None
    answer = out.prompt(f"Spacing h ({found.material.h}; enter keeps it):")
    if answer is None:
        raise Refused("Nobody answered.", "Nothing was committed.")
    if not answer:
        return None
    if not answer.isascii() or not answer.isdigit():
        raise WrongUsage(f"{answer!r} is no spacing.", "Nothing was committed. Give 0 or more.")
    return int(answer)


def line_of(desk: Desk) -> str:
    """Return the line to publish."""
    from examrunner.domain.draw.ticket import VERSION

    stored = desk.stored_session()
    return f"{stored.settings.session} draw {stored.commit} {VERSION}"


def _copied(desk: Desk, out: Output) -> bool:
    """Put the line on the clipboard of the person at the terminal."""
    from examrunner.storage.clipboard import copy

    return out.can_ask() and copy(line_of(desk))


def _say_committed(desk: Desk, options: Namespace, out: Output) -> int:
    """Say again what was committed; nothing changes."""
    from examrunner.domain.exam.phases import SessionPhase
    from examrunner.services.begin import demand_not_begun

    again = "--why commits it again, until the day begins."
    if options.spacing is not None:
        demand_not_begun(desk)
        raise Refused("The session is committed already.", again)
    out.emit(_commit_data(desk, None))
    out.say("The session is committed already; the line to publish is still this one:")
    out.whole(line_of(desk))
    if desk.phase is SessionPhase.COMMITTED:
        out.say(again)
    return 0


def _say_line(desk: Desk, *, is_copied: bool, out: Output) -> None:
    stored = desk.stored_session()
    again = f" (commit {stored.commitment.n})" if stored.commitment.n else ""
    out.say(f"Committed{again} with h = {stored.commitment.h}.")
    out.say("Publish this line where students see it before the day:")
    out.whole(line_of(desk))
    if is_copied:
        out.say("It is on the clipboard.")
    left_out = len(desk.rows()) - len(stored.commitment.roster)
    if left_out:
        out.say(f"{counted(left_out, 'student')} without a paper to draw not in it.")
    out.say(f"Own rows for students to check: {quoted('slips', '--session', desk.folder)}")


def _commit_data(desk: Desk, found: Simulated | None) -> dict[str, Any]:
    from examrunner.cli.simulate import figures_data

    stored = desk.stored_session()
    return {
        "ok": True,
        "problems": [],
        "line": line_of(desk),
        "commit": stored.commit,
        "number": stored.commitment.n or 1,
        "why": stored.commitment.why,
        "phase": str(desk.phase),
        "spacing": stored.commitment.h,
        "public": stored.commitment.public,
        "students": len(stored.commitment.roster),
        "without_papers": len(desk.rows()) - len(stored.commitment.roster),
        "figures": [figures_data(one) for one in found.figures] if found else None,
    }


# --- slips ---------------------------------------------------------------------------------


def _slips(options: Namespace, out: Output) -> int:
    from examrunner.services import slips
    from examrunner.services.folders import session_folder
    from examrunner.storage.writers.slips import render_text

    folder = session_folder(options.session)
    found = slips.slips_of(folder)
    if options.student:
        found = slips.only(found, options.student)
        out.emit({"ok": True, "problems": [], **slips.data_of(found), "written": None})
        for place, slip in enumerate(found.slips):
            for line in render_text(found.title, slip, found.words).splitlines():
                out.say(line)
            if place + 1 < len(found.slips):
                out.say()
        return 0
    target = options.to or slips.default_folder(folder)
    slips.write_slips(found, target)
    out.emit({"ok": True, "problems": [], **slips.data_of(found), "written": str(target)})
    out.say(f"{target}: {counted(len(found.slips), 'slip')}.")
    out.say(
        f"{slips.PAGE} is for the printer; {slips.INDEX} says whose text is whose, for mailing."
    )
    return 0


# --- draw ----------------------------------------------------------------------------------


def _draw(options: Namespace, out: Output) -> int:
    from examrunner.services.begin import begin_day, give_public, needs_public, public_source
    from examrunner.services.draws import demand_no_numbers, draw_all
    from examrunner.services.folders import session_folder

    with opened(session_folder(options.session)) as desk:
        demand_no_numbers(desk)
        has_begun = desk.has_begun
        if options.public is not None:
            if has_begun or public_source(desk) is None:
                raise Refused("No public value is asked for.", "Leave --public out.")
            give_public(desk, options.public)
        elif needs_public(desk) and out.can_ask():
            give_public(desk, out.prompt(f"{public_source(desk)}:") or "")
        if not has_begun and not _may_begin(options, out):
            out.say("Nothing was drawn.")
            return 0
        begin_day(desk)
        drawn = draw_all(desk)
        ahead = sum(one.is_drawn_ahead for one in desk.attempts())
    out.emit({"ok": True, "problems": [], "drawn": len(drawn), "drawn_ahead": ahead})
    out.say(f"{counted(len(drawn), 'paper')} drawn now, {ahead} ahead in all; none is shown.")
    return 0


def _may_begin(options: Namespace, out: Output) -> bool:
    if options.yes:
        return True
    words = "This begins the day: nothing is committed again after it."
    if not out.can_ask():
        raise Refused(words, "--yes says yes to that.")
    return out.ask(f"{words} Go on?")


# --- update --------------------------------------------------------------------------------


def _update(options: Namespace, out: Output) -> int:
    from examrunner.services.changes import changes_of, take_in
    from examrunner.services.folders import session_folder

    with opened(session_folder(options.session)) as desk:
        changes = changes_of(desk, banks=options.banks)
        if not options.json:
            say_changes(changes, out)
        some = changes.to_take > 0 or (options.banks and bool(changes.banks))
        asks = not options.preview and not options.yes and some
        if asks and not out.can_ask():
            raise Refused("Nobody can be asked.", "--yes takes it in, --preview shows only.")
        takes = not options.preview and some
        if asks and not out.ask("Take this in?"):
            takes = False
        taken = take_in(desk, changes, options.why, banks=options.banks) if takes else 0
    out.emit({"ok": True, "problems": [], **changes_data(changes), "taken": taken})
    if taken:
        out.say(f"{counted(taken, 'change')} taken in.")
    elif some:
        out.say("Nothing was taken in.")
    if changes.banks and not options.banks:
        out.say("Questions are those of the commit; --banks takes the newer ones.")
    return 0


def say_changes(changes: Changes, out: Output) -> None:
    """Say how the session's files differ from the record."""
    from examrunner.services.changes import words_of

    told = words_of(changes)
    for kind, words in told:
        out.say(f"{kind:<8} {words}")
    if not told:
        out.say("roster.csv and reviews.csv are as on record.")


def changes_data(changes: Changes) -> dict[str, Any]:
    """Return how the session's files differ from the record, as data."""
    return {
        "new": [one.student_id for one in changes.new],
        "lists": [
            {
                "student": one.row.student.student_id,
                "before": list(one.before),
                "after": list(one.after),
                "drawn": one.is_drawn,
            }
            for one in changes.lists
        ],
        "changed": [
            {"student": one.row.student.student_id, "fields": list(one.fields)}
            for one in changes.people
        ],
        "gone": [row.student.student_id for row in changes.gone],
        "banks": list(changes.banks),
    }
