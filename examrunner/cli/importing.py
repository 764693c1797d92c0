"""The command `import`, with a sub-command for each kind of file: roster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.cli.import_reviews import add_reviews
from examrunner.cli.output import problems_data
from examrunner.cli.progress import Progress
from examrunner.cli.taking import (
    Done,
    add_into,
    add_taking,
    record_data,
    say_done,
    say_each,
    take,
)
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from argparse import Namespace

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.course.people import Student
    from examrunner.domain.course.reimport import Changed
    from examrunner.services.import_roster import Preview


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
    add_into(parser)
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument(
        "--class", dest="of_class", metavar="NAME", help="the class, where OneRoster holds several"
    )
    add_taking(parser)
    parser.set_defaults(run=_roster)


# --- roster --------------------------------------------------------------------------------


def _roster(options: Namespace, out: Output) -> int:
    from examrunner.services import import_roster
    from examrunner.services.folders import session_folder

    folder = session_folder(options.session)
    with Progress(out) as told:
        plan = import_roster.preview(
            folder, options.file, sheet=options.sheet, of_class=options.of_class, told=told
        )
    return take_roster(plan, options, out)


def take_roster(plan: Preview, options: Namespace, out: Output) -> int:
    """Show what a class list changes, and take it in where that is wanted."""
    if not options.json:
        _say_plan(plan, out)
    new, differs = plan.new_list, plan.changes_something
    done = take(new, options, out, differs=differs)
    if options.json:
        out.emit(_data(plan, done))
    say_done(new, done, out, "; who is gone stays on it", differs=differs)
    return 0


def _say_plan(plan: Preview, out: Output) -> None:
    from examrunner.storage.readers.rosters import KIND_WORDS

    roster, found = plan.roster, plan.compared
    sheet = f", sheet {roster.sheet}" if roster.sheet else ""
    students = counted(len(roster.students), "student")
    out.say(f"{plan.file}: {KIND_WORDS[roster.kind]}{sheet}, {students}.")
    out.problems(plan.problems)
    say_each("new", [_who(one) for one in found.added], out)
    say_each("gone", [_who(one) for one in found.gone], out)
    say_each("changed", [_difference(one) for one in found.changed], out)
    if found.unchanged:
        out.say(f"unchanged  {counted(found.unchanged, 'student')}")
    if not plan.changes_something:
        out.say("roster.csv says the same already.")


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


def _data(plan: Preview, done: Done) -> dict[str, Any]:
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
        "record": record_data(done),
    }
