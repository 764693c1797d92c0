"""A bank tried out on the real path: pretend students, the real sheet and clock, no records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import State, drawable
from examrunner.domain.course.people import Review, Student
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.settings import REHEARSAL, Settings, WithoutBank
from examrunner.domain.problems import BadInput
from examrunner.services.folders import REVIEWS_FILE, ROSTER_FILE, SETTINGS_FILE, USUAL_DATABASE
from examrunner.storage.files import make_private
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.session_files import demand_settings, write_settings
from examrunner.storage.writers.score_tables import write_reviews, write_roster

if TYPE_CHECKING:
    from pathlib import Path

STUDENTS = 3
"""So many pretend students: the second and third show what the bank has beyond one sheet."""
COURSE = "course.yaml"


def pretend(target: Path, bank: Path, like: Path | None = None) -> Settings:
    """Write a session folder in which everybody has reviewed one reading.

    Minutes, sheet and rules are those of the session `like`, else the usual ones; drafts are
    asked. Raises BadInput where bank or session cannot be read, Refused where the bank has no
    question to ask, Environment where the disk says no.
    """
    found, problems = read_bank(bank)
    if found is None:
        raise BadInput(problems)
    if not drawable(found, State.DRAFT):
        raise Refused(f"{bank} has no question to ask yet.", "`kind` and `say` make one.")
    usual = demand_settings(like) if like is not None else Settings(session="")
    course = bank.parent / COURSE
    settings = replace(
        usual,
        session=f"try-{found.reading}"[:60],
        kind=REHEARSAL,
        course=str(course.resolve()) if course.is_file() else None,
        banks=(str(bank.parent.resolve()),),
        exam=replace(usual.exam, window=None, date=None, breaks=(), reserve=0),
        questions=State.DRAFT,
        without_bank=WithoutBank.FALLBACK,
        database=USUAL_DATABASE,
    )
    students = [Student(f"try-{n}", f"Pretend student {n}") for n in range(1, STUDENTS + 1)]
    reviews = [Review(student.student_id, found.reading) for student in students]
    try:
        make_private(target)
        write_settings(target / SETTINGS_FILE, settings)
        write_roster(target / ROSTER_FILE, students)
        write_reviews(target / REVIEWS_FILE, reviews)
    except OSError as fault:
        raise Environment(f"{target} cannot be written: {fault.strerror or fault}.") from fault
    return settings
