"""The command `import`, with a sub-command for each kind of file: roster."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from examrunner.cli.arguments import add_json, quoted
from examrunner.cli.import_reviews import add_reviews
from examrunner.cli.output import problems_data
from examrunner.domain.errors import Refused
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Sequence

    from examrunner.cli.arguments import Commands, Parser
    from examrunner.cli.output import Output
    from examrunner.domain.course.people import Student
    from examrunner.domain.course.reimport import Changed
    from examrunner.services.changes import Changes
    from examrunner.services.import_roster import Preview

T = TypeVar("T")

COMMANDS = ("import",)
WHY_CODES = ("late", "import-error", "other")
SHOWN = 40
"""So many students of a kind are named; the others are counted."""
PAUSE = 0.5
"""Seconds before it is said what takes so long."""


def add_to(commands: Commands) -> None:
    """Add the command of this module; each kind of file is a command below it."""
    parser = commands.add_parser(
        "import",
        help="take files of other systems into a session: who is in the class, who reviewed what",
        description="Take files of Canvas and other systems into a session. What they change is "
        "shown first, and all of it is taken in or nothing.",
    )
    kinds = parser.add_subparsers(title="kinds of files", metavar="KIND", required=True)
    _add_roster(kinds)
    add_reviews(kinds)


def _add_roster(kinds: Commands) -> None:
    parser = kinds.add_parser(
        "roster",
        help="who is in the class",
        description="Take a class list into a session: a Canvas gradebook or roster report, a "
        "registrar's or Gradescope's list, OneRoster (a folder or a zip), or any table with names "
        "and ids or e-mail addresses, as CSV, XLSX or ODS. Students are joined by id, e-mail "
        "address and exact name; what the new list has no column for stays. The old roster.csv is "
        "kept among the backups.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the class list")
    add_common(parser)
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument(
        "--class", dest="of_class", metavar="NAME", help="the class, where OneRoster holds several"
    )
    parser.add_argument(
        "--why", choices=WHY_CODES, help="the reason in the public log, once the day has begun"
    )
    parser.set_defaults(run=_roster)


def add_common(parser: Parser) -> None:
    """Add what every import takes."""
    parser.add_argument(
        "--session", metavar="SESSION", help="the session's folder, where there are several"
    )
    parser.add_argument("--preview", action="store_true", help="show only")
    parser.add_argument("--yes", action="store_true", help="take it in without asking")
    add_json(parser)


@contextmanager
def passing(out: Output) -> Iterator[Callable[[str], None]]:
    """Give what says on a terminal's last line what is being done, once it takes long."""
    from time import monotonic

    began = monotonic()

    def told(words: str) -> None:
        if monotonic() - began > PAUSE:
            out.passing(f"{words} ...")

    try:
        yield told
    finally:
        out.passing("")


# --- roster --------------------------------------------------------------------------------


def _roster(options: Namespace, out: Output) -> int:
    from examrunner.services import import_roster
    from examrunner.services.folders import session_folder

    folder = session_folder(options.session)
    with passing(out) as told:
        plan = import_roster.preview(
            folder, options.file, sheet=options.sheet, of_class=options.of_class, told=told
        )
    return take_roster(plan, options, out)


def take_roster(plan: Preview, options: Namespace, out: Output) -> int:
    """Show what a class list changes, and take it in where that is wanted."""
    if not options.json:
        _say_plan(plan, out)
    done = _Done()
    if plan.changes_something and not options.preview and may(options, "Write this?", out):
        done = _write(plan, options, out)
    if options.json:
        out.emit(_data(plan, done))
    _say_done(plan, done, out)
    return 0


class _Done:
    """What came of it."""

    def __init__(self) -> None:
        self.is_written = False
        self.kept: Path | None = None
        self.changes: Changes | None = None
        self.taken = 0


def may(options: Namespace, question: str, out: Output) -> bool:
    """Say whether something may be written. Raises Refused where nobody can say so."""
    if options.yes:
        return True
    if not out.can_ask():
        raise Refused("Nobody can be asked.", "--yes takes it in, --preview shows only.")
    return out.ask(question)


def _write(plan: Preview, options: Namespace, out: Output) -> _Done:
    from examrunner.cli.draw import say_changes
    from examrunner.cli.opened import opened
    from examrunner.services import import_roster
    from examrunner.services.changes import take_in
    from examrunner.storage.clock import SystemClock
    from examrunner.storage.person import examiner

    done = _Done()
    if plan.phase not in import_roster.BEGUN:
        done.kept = import_roster.write(plan, SystemClock(), examiner())
        done.is_written = True
        return done
    with opened(plan.folder) as desk:
        done.kept, done.changes = import_roster.write_begun(plan, desk)
        done.is_written = True
        if not options.json:
            out.say()
            out.say("Against the record of the day that has begun:")
            say_changes(done.changes, out)
        if done.changes.to_take and may(options, "Take this into the record?", out):
            done.taken = take_in(desk, done.changes, options.why)
    return done


def _say_plan(plan: Preview, out: Output) -> None:
    from examrunner.storage.readers.rosters import KIND_WORDS

    roster, found = plan.roster, plan.compared
    sheet = f", sheet {roster.sheet}" if roster.sheet else ""
    students = counted(len(roster.students), "student")
    out.say(f"{plan.file}: {KIND_WORDS[roster.kind]}{sheet}, {students}.")
    out.problems(plan.problems)
    _say_each("new", found.added, _who, out)
    _say_each("gone", found.gone, _who, out)
    _say_each("changed", found.changed, _difference, out)
    if found.unchanged:
        out.say(f"unchanged  {counted(found.unchanged, 'student')}")
    if not plan.changes_something:
        out.say("roster.csv says the same already.")


def _say_each(word: str, listed: Sequence[T], text_of: Callable[[T], str], out: Output) -> None:
    for one in listed[:SHOWN]:
        out.say(f"{word:9}  {text_of(one)}")
    if len(listed) > SHOWN:
        out.say(f"{word:9}  and {len(listed) - SHOWN:,} more")


def _who(student: Student) -> str:
    return f"{student.name} ({student.student_id})"


def _difference(one: Changed) -> str:
    said = [f"{name.replace('_', ' ')} {_values(one, name)}" for name in one.fields]
    return f"{_who(one.before)}: {some(said, len(said))}"


def _values(one: Changed, name: str) -> str:
    before, after = (_text(getattr(student, name)) for student in (one.before, one.after))
    return f"{before or 'nothing'} → {after or 'nothing'}"


def _text(value: object) -> str:
    """Return the value of a field as roster.csv has it."""
    if value is None or isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    return str(value)


def _say_done(plan: Preview, done: _Done, out: Output) -> None:
    from examrunner.domain.exam.phases import SessionPhase

    if not plan.changes_something:
        return
    if not done.is_written:
        out.say("Nothing was written.")
        return
    kept = f"; the old one is kept as {done.kept}" if done.kept else ""
    out.say(f"roster.csv is written{kept}.")
    if plan.phase is SessionPhase.COMMITTED:
        again = quoted("commit", plan.folder, "--why", "import-error")
        out.say(f"The session is committed without it: {again} takes it in.")
    elif done.changes is not None and done.taken:
        out.say(f"{counted(done.taken, 'change')} taken into the record; who is gone stays on it.")
    elif done.changes is not None and done.changes.to_take:
        out.say(f"Nothing was taken into the record: {quoted('update', plan.folder)} does so.")


def _data(plan: Preview, done: _Done) -> dict[str, Any]:
    found = plan.compared
    return {
        **problems_data(plan.problems),
        "kind": str(plan.roster.kind),
        "sheet": plan.roster.sheet,
        "students": len(found.students),
        "added": [one.student_id for one in found.added],
        "gone": [one.student_id for one in found.gone],
        "changed": [
            {
                "student": one.before.student_id,
                "fields": {
                    name: [_text(getattr(one.before, name)), _text(getattr(one.after, name))]
                    for name in one.fields
                },
            }
            for one in found.changed
        ],
        "unchanged": found.unchanged,
        "reviews_of_others": plan.orphans,
        "phase": str(plan.phase),
        "written": done.is_written,
        "kept": str(done.kept) if done.kept else None,
        "taken": done.taken,
    }
