"""Who is in a session, as far as anybody is still known, and who is meant by a text."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.course.traces import is_stand_in
from examrunner.domain.errors import ExamError, Refused
from examrunner.domain.exam.attempts import Attempt
from examrunner.domain.exam.chain import Event
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import BadInput
from examrunner.domain.text import tidy
from examrunner.services.folders import (
    CALENDAR_FILE,
    OLD_ROSTER,
    ROSTER_FILE,
    demand_session,
    has_record,
)
from examrunner.services.lost import demand_no_copies
from examrunner.storage.database.copies import BACKUPS
from examrunner.storage.database.drafts import Person
from examrunner.storage.readers.calendar_rows import read_issued
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import demand_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.problems import Problem
    from examrunner.storage.database.ledger import Ledger

NOBODY = "roster-empty"
"""The rule of a class list without rows: everyone was forgotten."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Who is in a session, as far as anybody is still known."""

    folder: Path
    settings: Settings
    record: Path | None
    """The database of a committed session."""
    people: tuple[Person, ...] = ()
    """Those of a draft, and who stands only in the class list, have no key."""
    attempts: tuple[Attempt, ...] = ()
    files: tuple[Student, ...] = ()
    """The students as the class list has them now, and as older lists and invitations had them."""
    last: Event | None = None

    def known(self) -> tuple[Person, ...]:
        """Return those who were not forgotten."""
        return tuple(one for one in self.people if not is_stand_in(one.key, one.student))

    def forms(self, people: Iterable[Person]) -> tuple[Student, ...]:
        """Return these people's data, and what the class list says of them by now."""
        meant = tuple(one.student for one in people)
        ids = {one.student_id for one in meant}
        return (*meant, *(one for one in self.files if one.student_id in ids))


def read_roll(folder: Path) -> Roll:
    """Return who is in a session, which may be open elsewhere.

    Raises BadInput where its files cannot be read, Environment where its record cannot, Refused
    where its record got lost: what is left of it would be forgotten, too.
    """
    demand_session(folder)
    settings = demand_settings(folder)
    roster = read_roster(folder / ROSTER_FILE)
    record = folder / settings.database
    older = [*_on_older_lists(folder), *_invited(folder)]
    listed = tuple(dict.fromkeys([*roster.students, *older]))
    roll = Roll(folder, settings, None, files=listed)
    if has_record(record):
        with closing(open_record(record, settings)) as ledger, ledger.snapshot():
            if ledger.last("committed") is not None:
                head = ledger.head()[0]
                last = ledger.told(after=head - 1)[0].event
                people, attempts = tuple(ledger.people()), tuple(ledger.attempts())
                roll = replace(roll, record=record, people=people, attempts=attempts, last=last)
    if roll.record is None:
        demand_no_copies(folder)
    if roll.record is None and not roster.students and not _is_empty(roster.problems):
        raise BadInput(roster.problems)
    ids = {one.student.student_id for one in roll.people}
    only = {one.student_id: one for one in reversed(listed) if one.student_id not in ids}
    added = tuple(
        Person("", len(ids) + place, one) for place, one in enumerate(reversed(only.values()))
    )
    return replace(roll, people=(*roll.people, *added))


def _on_older_lists(folder: Path) -> list[Student]:
    """Return the students of the class lists that an import has replaced and kept."""
    paths = sorted((folder / BACKUPS).glob(f"{OLD_ROSTER}*.csv"), reverse=True)
    return [student for path in paths for student in read_roster(path).students]


def _invited(folder: Path) -> list[Student]:
    """Return the students whom the invitations name, as far as these can be read."""
    try:
        issued = read_issued(folder / CALENDAR_FILE)
    except BadInput:
        return []
    named = [one for one in issued.values() if one.student_id and one.name]
    return [Student(one.student_id, one.name, one.email or None) for one in named]


def _is_empty(problems: Iterable[Problem]) -> bool:
    return NOBODY in {problem.rule for problem in problems}


def open_record(record: Path, settings: Settings) -> Ledger:
    """Open the record of a session that is nobody's at the moment."""
    from examrunner.storage.database.ledger import Ledger

    return Ledger.open(record, settings.session, create=False)


def find(roll: Roll, text: str) -> Person:
    """Return the one student with this id, e-mail address or exact name.

    Raises Refused where several have it, ExamError where nobody has.
    """
    found = [one for one in roll.known() if is_meant(text, one.student)]
    if len(found) > 1:
        listed = "\n".join(who(one.student) for one in found)
        raise Refused(f"Several students are meant by {text!r}: name one by id.", listed)
    if not found:
        raise ExamError(
            f"Nobody in this session has the id, e-mail address or name {text!r}.",
            "Whoever was forgotten is not found any more.",
        )
    return found[0]


def is_meant(text: str, student: Student) -> bool:
    """Say whether a text is an id, the e-mail address or the name, in either order, of one."""
    wanted = tidy(text).casefold()
    last, comma, first = student.name.partition(",")
    names = [student.name, f"{first} {last}" if comma else ""]
    if not comma:
        given, _, family = student.name.rpartition(" ")
        names.append(f"{family}, {given}" if given else "")
    same = [tidy(name).casefold() for name in names if name]
    ids = (student.student_id, student.canvas_id, student.sis_id, student.login)
    return bool(wanted) and (
        text.strip() in ids or wanted == (student.email or "").casefold() or wanted in same
    )


def who(student: Student) -> str:
    """Return a student in words that tell him from others."""
    return ", ".join(text for text in (student.name, student.student_id, student.email) if text)
