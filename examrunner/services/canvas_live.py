"""A Canvas course asked directly: who is in the class, and who handed in what.

What comes in takes the same way as a file: compared first, then written whole or not at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.joining import Name
from examrunner.domain.course.matching import ReviewRow
from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import clean, counted, fold, some
from examrunner.services import import_reviews, import_roster
from examrunner.services.ports import Watch, unwatched
from examrunner.storage.live.access import INSTALL, read_access
from examrunner.storage.readers.review_lists import ReviewList, ReviewShape
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import read_settings
from examrunner.storage.readers.submissions_zip import CONTEXT, TITLE, text_of, title_of_file
from examrunner.storage.writers.uploads import machine_csv

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from examrunner.storage.live.connection import Connection
    from examrunner.storage.live.course import Live
    from examrunner.storage.live.shapes import Assignment, CourseLine, Handed, Person

PACKAGES = frozenset(("canvasapi", "requests", "urllib3", "arrow", "pytz"))
"""What the optional extra brings."""
ROSTER_FIELDS = ("name", "canvas_id", "sis_id", "login", "email", "section")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}T.+")


# --- connecting ----------------------------------------------------------------------------


def connect(url: str | None) -> Connection:
    """Return a connection, over which nothing has been asked yet; leaving its context closes it.

    Raises Environment where the optional packages or the token are missing, WrongUsage where the
    address is.
    """
    try:
        from examrunner.storage.live.connection import Connection
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in PACKAGES:
            raise
        hint = f"{INSTALL} adds it. Files from Canvas work without."
        raise Environment("Asking Canvas directly is not installed.", hint) from missing
    return Connection(read_access(url))


def courses(connection: Connection) -> list[CourseLine]:
    """Return the courses that the token's owner teaches or helps with."""
    from examrunner.storage.live.course import list_courses

    return list_courses(connection)


def course(connection: Connection, course_id: str) -> Live:
    """Return a course of Canvas. Raises WrongUsage where it is none."""
    from examrunner.storage.live.course import Live

    return Live(connection, demand_id("course", course_id))


def demand_id(what: str, text: str) -> str:
    """Return an id of Canvas: the number at the end of an address does too."""
    found = re.fullmatch(rf"(?:https?://.*/{what}s/)?(\d{{1,20}})/?", text.strip(), re.ASCII)
    if found is None:
        hint = f"It is the number in the address of its page: .../{what}s/12345"
        raise WrongUsage(f"This is no id of a Canvas {what}: {text!r}.", hint)
    return found[1]


# --- roster --------------------------------------------------------------------------------


def roster(folder: Path, live: Live, told: Watch = unwatched) -> import_roster.Preview:
    """Compare the course's students with the class list. Raises as `import_roster.preview`."""
    people = live.people()
    read = read_roster(as_csv(people), live.words)
    waiting = [one.name for one in people if one.is_invited]
    if waiting:
        text = f"{counted(len(waiting), 'student')} did not accept the invitation: {some(waiting)}"
        told_of = warning(text, "they count", file=live.words, rule="canvas-invited")
        read = replace(read, problems=(*read.problems, told_of))
    return import_roster.preview(folder, Path(live.words), roster=read, told=told)


def as_csv(people: Sequence[Person]) -> bytes:
    """Return students as a class list; what Canvas shows of nobody is no column."""
    shown = [name for name in ROSTER_FIELDS if any(getattr(one, name) for one in people)]
    names = shown or ["name", "canvas_id"]
    return machine_csv([names, *([getattr(one, name) for name in names] for one in people)])


# --- reviews -------------------------------------------------------------------------------


def reviews(
    folder: Path,
    live: Live,
    ids: Sequence[str],
    asked: import_reviews.Asked,
    *,
    by_file: bool = False,
    told: Watch = unwatched,
) -> import_reviews.Preview:
    """Compare who handed in what with the session's reviews.

    Each assignment is a paper; where none is named, each whose title is a reading. With `by_file`
    the names of the files handed in say which paper it is. Raises as `import_reviews.look` does.
    """
    if by_file and not ids:
        hint = "--assignment ID names it, several times where there are several."
        raise WrongUsage("Which assignments take reviews of any paper?", hint)
    listed = live.assignments()
    if not ids and _is_without_course(folder):
        hint = f"The session has no course to tell. Name them:\n{offers(listed)}"
        raise WrongUsage("Which assignments are papers?", hint)
    wanted = [assignment_of(listed, one) for one in ids]
    demand_named(wanted)
    wanted = wanted or [one for one in listed if not one.is_anonymous]
    people = {one.canvas_id: one for one in live.people()}
    handed = [one for one in live.submissions(wanted) if was_handed_in(one)]
    rows, problems = _rows(live, wanted, people, handed, by_file=by_file)
    hidden = [one.header for one in listed if one.is_anonymous and not ids]
    if hidden:
        text = f"Canvas hides whose work this is: {some(hidden)}"
        problems.append(warning(text, "left out", file=live.words, rule="submissions-anonymous"))
    if not rows:
        text = "nobody has handed in anything for these assignments"
        raise BadInput([error(text, file=live.words, rule="reviews-empty"), *problems])
    read = ReviewList(tuple(rows), ReviewShape.CANVAS_LIVE, tuple(problems))
    return import_reviews.look(folder, replace(asked, read=read), told)


def _is_without_course(folder: Path) -> bool:
    settings, _ = read_settings(folder)
    return settings is not None and settings.course is None


def was_handed_in(one: Handed) -> bool:
    """Say whether this is a submission, or counts as one since it has points."""
    return bool(one.submitted_at) or (one.score is not None and one.score > 0)


def demand_named(wanted: Iterable[Assignment]) -> None:
    """Raise Refused where an assignment hides whose work is whose."""
    hidden = [one.header for one in wanted if one.is_anonymous]
    if hidden:
        hint = "Turn off anonymous grading there, or name other assignments with --assignment."
        raise Refused(f"Canvas hides whose work this is: {some(hidden)}.", hint)


def _rows(
    live: Live,
    wanted: Sequence[Assignment],
    people: dict[str, Person],
    handed: Sequence[Handed],
    *,
    by_file: bool,
) -> tuple[list[ReviewRow], list[Problem]]:
    titles = {one.id: one.title for one in wanted}
    rows: list[ReviewRow] = []
    strangers, late, nameless = set(), 0, 0
    for one in handed:
        person = people.get(one.user)
        if person is None:
            strangers.add(one.user)
            continue
        late += one.is_late
        texts = (person.canvas_id, person.sis_id, person.login, person.email, Name(person.name))
        who, day = tuple(filter(None, texts)), _day(one.submitted_at)
        if not by_file:
            paper = titles[one.assignment]
            rows.append(ReviewRow(who, paper, submitted_on=day, file=live.words, graded=True))
            continue
        papers, context = _named_by(one)
        nameless += not papers
        rows += [
            ReviewRow(who, paper, submitted_on=day, file=live.words, context=context)
            for paper in papers
        ]
    told = (
        (late, "submission", "came late", "late ones count", "submissions-late"),
        (nameless, "submission", "without the name of a paper", "left out", "submissions-nameless"),
        (len(strangers), "person", "no longer in the course", "left out", "unknown-student"),
    )
    return rows, [
        warning(f"{_counted(number, noun)} {text}", hint, file=live.words, rule=rule)
        for number, noun, text, hint, rule in told
        if number
    ]


def _counted(number: int, noun: str) -> str:
    return counted(number, noun).replace("persons", "people")


def _named_by(one: Handed) -> tuple[list[str], str]:
    """Return the papers that file names, or the first line of a text, tell of; and that text."""
    if one.files:
        return list(dict.fromkeys(filter(None, map(title_of_file, one.files)))), ""
    lines = text_of(one.body)
    first = next((line for line in lines if fold(line) and not fold(line).isdigit()), "")
    title = clean(first[:TITLE])
    return ([title] if title else []), " ".join(lines)[:CONTEXT]


def _day(stamp: str) -> dt.date | None:
    from datetime import datetime

    return datetime.fromisoformat(stamp).date() if _DAY.fullmatch(stamp) else None


def assignment_of(listed: Sequence[Assignment], named: str) -> Assignment:
    """Return the assignment meant by an id or a title. Raises WrongUsage where it is not one."""
    text = named.strip()
    fitting = [one for one in listed if text == one.id]
    fitting = fitting or [one for one in listed if text in (one.title, one.header)]
    if len(fitting) != 1:
        raise WrongUsage(f"The course has no single assignment {named!r}.", offers(listed))
    return fitting[0]


def offers(listed: Sequence[Assignment]) -> str:
    """Return the assignments as they can be typed."""
    lines = "\n".join(f"--assignment {one.id}   {one.title}" for one in listed)
    return lines or "This course has no assignments."
