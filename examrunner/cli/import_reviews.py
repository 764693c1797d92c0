"""`import reviews`: who reviewed what, with questions about titles and people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from examrunner.domain.errors import Refused, WrongUsage, refused_by_machine
from examrunner.domain.text import counted, some

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Collection

    from examrunner.cli.arguments import Commands
    from examrunner.cli.output import Output
    from examrunner.domain.course.linking import PersonQuestion, TitleQuestion
    from examrunner.services.import_reviews import Difference, Preview

LINES = 6
LATER = ""
"""The answer that leaves a question open."""


def add_reviews(kinds: Commands) -> None:
    """Add the sub-command to `import`."""
    parser = kinds.add_parser(
        "reviews",
        help="who reviewed what",
        description="Take reviews into a session: a list (one review a row), a table of students "
        "and papers, a form's answers, a Canvas gradebook with an assignment for each paper, a zip "
        "of Canvas submissions, or HotCRP's reviews, as CSV, XLSX or ODS. A title counts as a "
        "reading by its id, an alias or its full words; what is only alike is asked, and what "
        "stays unknown is a reading of its own. The old reviews.csv is kept among the backups.",
    )
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="the reviews; several files are one"
    )
    add_into(parser)
    parser.add_argument(
        "--course", metavar="FILE", help="match titles with another course.yaml, or cs496"
    )
    parser.add_argument(
        "--add", action="store_true", help="add to the session's reviews instead of replacing them"
    )
    parser.add_argument("--paper", metavar="TITLE", help="what a zip of submissions is about")
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="answers to open questions")
    parser.add_argument(
        "--questions", type=Path, metavar="FILE", help="write the open questions to fill in"
    )
    add_taking(parser)
    parser.set_defaults(run=_reviews)


def _reviews(options: Namespace, out: Output) -> int:
    from examrunner.services import import_reviews
    from examrunner.services.folders import session_folder

    if options.questions is not None and options.questions.exists():
        raise Refused(f"{options.questions} is there already.", "Name a new file.")
    if options.add and options.paper and len(options.files) > 1:
        raise WrongUsage("--paper says what one zip is about.", "Import the zips one by one.")
    folder = session_folder(options.session)
    asked = import_reviews.Asked(
        tuple(options.files),
        options.course,
        options.sheet,
        options.paper,
        options.answers,
        options.add,
    )
    with Progress(out) as told:
        plan = import_reviews.look(folder, asked, told)
    return take_reviews(plan, options, out)


def take_reviews(plan: Preview, options: Namespace, out: Output) -> int:
    """Ask, show what reviews change, and take them in where that is wanted."""
    from examrunner.services import import_reviews

    if out.can_ask() and not options.yes and not options.preview:
        plan = _ask_all(plan, out)
    if not options.json:
        say_plan(plan, out)
    if options.questions is not None:
        _write_questions(plan, options.questions, out)
    new, differs = plan.new_list, plan.changes_something
    if not options.preview:
        import_reviews.demand_reviews(plan)
    if not options.preview and not differs:
        import_reviews.remember(plan)
    done = take(new, options, out, differs=differs)
    out.emit(plan_data(plan, done))
    say_done(new, done, out, differs=differs)
    return 0


# --- asking --------------------------------------------------------------------------------


def _ask_all(plan: Preview, out: Output) -> Preview:
    """Ask one question for each title and person; an empty line leaves one open."""
    from examrunner.services import import_reviews
    from examrunner.storage.readers.answers import NOTHING, Answered
    from examrunner.storage.writers.answers import BETWEEN

    titles: dict[str, str | None] = {}
    people: dict[str, str | None] = {}
    asked = len(plan.titles) + len(plan.people)
    for number, title in enumerate(plan.titles, 1):
        choice = _asked_title(title, f"{number} of {asked}", out)
        if choice != LATER:
            titles[title.title] = choice
    names = {one.student_id: one.name for one in plan.students}
    for number, person in enumerate(plan.people, len(plan.titles) + 1):
        choice = _asked_person(person, names, f"{number} of {asked}", out)
        if choice != LATER:
            people[BETWEEN.join(person.who)] = choice
    answered = Answered(titles, people)
    return import_reviews.answer(plan, answered) if answered != NOTHING else plan


def _asked_title(asked: TitleQuestion, which: str, out: Output) -> str | None:
    from examrunner.domain.course.matching import OWN

    out.say()
    out.say(f"{which}: which reading is this?  {_where(asked.lines)}")
    out.say(asked.title, indent=4)
    for number, one in enumerate(asked.candidates, 1):
        out.say(f"{number}  {one.title}", indent=2)
    if not asked.is_left_out:
        out.say("o  a reading of its own", indent=2)
    out.say("s  leave these reviews out", indent=2)
    choices: dict[str, str | None] = {
        str(number): one.reading_id for number, one in enumerate(asked.candidates, 1)
    }
    return _choice({**choices, "o": OWN, "s": None}, out)


def _asked_person(
    asked: PersonQuestion, names: dict[str, str], which: str, out: Output
) -> str | None:
    signs = _signs(names)
    labels = dict(zip(signs, asked.candidates, strict=False))
    out.say()
    out.say(f"{which}: who on the roster is this?  {_where(asked.lines)}")
    out.say(" / ".join(asked.who), indent=4)
    for label, one in labels.items():
        out.say(f"{label}  {names[one]} ({one})", indent=2)
    out.say(f"{signs[-1]}  leave these reviews out; or type a student id", indent=2)
    choices: dict[str, str | None] = {name: name for name in names}
    return _choice({**choices, **labels, signs[-1]: None}, out)


def _signs(ids: Collection[str]) -> str:
    """Return what stands for three students and for none, where no student id is any of these."""
    taken = {one.casefold() for one in ids}
    return next((signs for signs in ("123s", "abcs", "pqrx") if taken.isdisjoint(signs)), "?!*-")


def _choice(choices: dict[str, str | None], out: Output) -> str | None:
    """Ask until the answer is one of these; an empty one, or none, leaves the question open."""
    while True:
        said = out.prompt("Which? (enter: later)")
        if not said:
            return LATER
        if said in choices or said.casefold() in choices:
            return choices.get(said, choices.get(said.casefold()))
        out.say(f"{said} is none of these.")


def _where(lines: tuple[int, ...]) -> str:
    if not lines:
        return ""
    word = "line" if len(lines) == 1 else "lines"
    return f"({word} {some([str(line) for line in lines], LINES)})"


def _write_questions(plan: Preview, file: Path, out: Output) -> None:
    from examrunner.services.import_reviews import questions
    from examrunner.storage.files import write_atomically

    try:
        write_atomically(file, questions(plan))
    except OSError as fault:
        raise refused_by_machine(fault) from fault
    out.say(f"{file}: {_open(plan)}. Fill it in and give it back with --answers.")


def _open(plan: Preview) -> str:
    count = len(plan.titles) + len(plan.people)
    return counted(count, "open question")


# --- telling -------------------------------------------------------------------------------


def say_plan(plan: Preview, out: Output) -> None:
    """Say what was found, what is open, and what would change."""
    from examrunner.storage.readers.review_shapes import SHAPE_WORDS

    for file, shape in zip(plan.asked.files, plan.shapes, strict=True):
        out.say(f"{file}: {SHAPE_WORDS[shape]}.")
    reviews = counted(len(plan.matched.reviews), "review")
    by = len({one.student_id for one in plan.matched.reviews})
    out.say(f"{reviews} by {by} of {counted(len(plan.students), 'student')}.")
    say_each("linked", [f"'{one.title}' → {one.candidate.title}" for one in plan.links], out)
    out.problems(plan.problems)
    changed = [one for one in plan.differences if one.new or one.gone]
    say_each("changed", [_words(one, plan) for one in changed], out)
    same = sum(not one.new and not one.gone for one in plan.differences)
    if same:
        out.say(f"unchanged  {counted(same, 'student')}")
    if plan.titles or plan.people:
        out.say(f"{_open(plan)}: --questions FILE writes them, --answers FILE takes the answers.")
    if not plan.changes_something:
        out.say("reviews.csv says the same already.")


def _words(one: Difference, plan: Preview) -> str:
    words = [f"{len(one.new)} new ({_some_titles(one.new, plan)})"] if one.new else []
    words += [f"{len(one.gone)} gone ({some(one.gone, 3)})"] if one.gone else []
    return f"{one.student.name}: {', '.join([*words, f'{one.unchanged} as before'])}"


def _some_titles(ids: tuple[str, ...], plan: Preview) -> str:
    known = {one.id for one in plan.course.readings} if plan.course else set()
    return some([one if one in known else plan.title(one) for one in ids], 3)


def plan_data(plan: Preview, done: Done) -> dict[str, Any]:
    """Return what was found and done as data."""
    return {
        **problems_data(plan.problems),
        "shapes": [str(one) for one in plan.shapes],
        "reviews": len(plan.matched.reviews),
        "linked": [
            {
                "title": one.title,
                "reading_id": one.candidate.reading_id,
                "likeness": one.candidate.score,
            }
            for one in plan.links
        ],
        "questions": {
            "titles": [
                {
                    "title": one.title,
                    "lines": list(one.lines),
                    "left_out": one.is_left_out,
                    "likely": [
                        {"reading_id": two.reading_id, "title": two.title, "likeness": two.score}
                        for two in one.candidates
                    ],
                }
                for one in plan.titles
            ],
            "people": [
                {"who": list(one.who), "lines": list(one.lines), "likely": list(one.candidates)}
                for one in plan.people
            ],
        },
        "students": [
            {
                "student": one.student.student_id,
                "new": list(one.new),
                "gone": list(one.gone),
                "unchanged": one.unchanged,
            }
            for one in plan.differences
        ],
        "phase": str(plan.phase),
        "written": done.is_written,
        "kept": str(done.kept) if done.kept else None,
        "taken": done.taken,
        "record": record_data(done),
    }
