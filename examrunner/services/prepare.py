"""Read a session folder whole and find everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import in_force
from examrunner.domain.bank.banks import Bank, State, drawable
from examrunner.domain.bank.fallback import PROGRAM_FALLBACK
from examrunner.domain.course.catalogue import Course, Reading, ReviewRules
from examrunner.domain.course.eligibility import (
    Eligibility,
    draw_likelihood,
    eligibility,
    review_rule_problems,
)
from examrunner.domain.course.matching import match_reviews
from examrunner.domain.course.people import Review, Student
from examrunner.domain.exam.settings import Settings, WithoutBank
from examrunner.domain.problems import BadInput, Problem, error, has_errors, warning
from examrunner.storage.readers.approval_files import known_approvals
from examrunner.storage.readers.bank_files import read_banks
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction


NOTHING: Mapping[str, bytes] = MappingProxyType({})
ROSTER = "roster.csv"
REVIEWS = "reviews.csv"


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a session is made of, and every problem found on the way."""

    folder: Path
    settings: Settings
    course: Course | None
    students: tuple[Student, ...]
    reviews: tuple[Review, ...]
    readings: dict[str, Reading]
    banks: dict[str, Bank]
    fallback: Bank
    eligible: dict[str, Eligibility]
    """Student id to the readings that may be drawn, and why others may not."""
    problems: tuple[Problem, ...]
    bank_problems: tuple[Problem, ...]
    """Those of them that are about banks and their approval."""

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return the readings that may be drawn, by student id, in exam order."""
        return {one.student_id: self.eligible[one.student_id].eligible for one in self.students}

    def without_bank(self) -> list[tuple[str, Fraction]]:
        """Return the readings that may be drawn and have no bank, the likeliest first.

        With each comes the chance that anybody draws it. A bank that cannot be used is an error
        of its own.
        """
        papers = self.settings.exam.papers_per_student
        ranked = draw_likelihood(self.lists().values(), papers)
        wrong = [one for one in self.bank_problems if has_errors([one])]
        there = {Path(one.file).stem for one in wrong if one.file}.union(self.banks)
        return [(name, chance) for name, chance in ranked.items() if name not in there]


def prepare(folder: Path, instead: Mapping[str, bytes] = NOTHING) -> Prepared:
    """Read settings, course, roster, reviews and banks.

    `instead` holds lists that are not written yet, by the names of the files they take the place
    of. Raises BadInput where a file that everything rests on cannot be read; all other problems
    are in the result.
    """
    settings, problems = read_settings(folder)
    course, found = _course(folder, settings)
    own = {name: folder / name for name in (ROSTER, REVIEWS)}
    roster = read_roster(instead.get(ROSTER, own[ROSTER]), str(own[ROSTER]))
    listed = read_reviews(instead.get(REVIEWS, own[REVIEWS]), str(own[REVIEWS]))
    problems = [*problems, *found, *roster.problems, *listed.problems]
    if settings is None or has_errors(problems):
        raise BadInput(problems)
    students = roster.students
    matched = match_reviews(listed.rows, students, course)
    named = {review.reading_id for review in matched.reviews}
    named |= {one.assigned for one in students if one.assigned}
    banks, found = read_banks(bank_folders(folder, settings), named)
    known, wrong = known_approvals(bank_folders(folder, settings))
    found += wrong
    banks = {name: in_force(bank, known) for name, bank in banks.items()}
    usable = {name for name, bank in banks.items() if drawable(bank, settings.questions)}
    only = usable if settings.without_bank is WithoutBank.EXCLUDE else None
    lists = eligibility(students, matched.reviews, course, settings.eligible, only)
    rules = settings.reviews or (course.reviews if course else ReviewRules())
    found += _usable(banks, usable, settings)
    problems += [*matched.problems, *found]
    each = settings.exam.papers_per_student
    problems += review_rule_problems(course, rules, students, matched.reviews, lists, papers=each)
    problems += _examinable(students, lists)
    prepared = Prepared(
        folder=folder,
        settings=settings,
        course=course,
        students=students,
        reviews=matched.reviews,
        readings={reading.id: reading for reading in matched.readings},
        banks={name: bank for name, bank in banks.items() if name in usable},
        fallback=course.fallback if course and course.fallback else PROGRAM_FALLBACK,
        eligible={one.student_id: one for one in lists},
        problems=(),
        bank_problems=tuple(found),
    )
    return replace(prepared, problems=(*problems, *_bankless(prepared)))


def resolve(folder: Path, written: str) -> Path:
    """Return a path of session.yaml as a real one: relative ones start at the folder."""
    return folder / Path(written).expanduser()


def bank_folders(folder: Path, settings: Settings) -> list[Path]:
    """Return the folders in which banks are looked up, in order."""
    return [resolve(folder, written) for written in settings.banks]


def _course(folder: Path, settings: Settings | None) -> tuple[Course | None, list[Problem]]:
    if settings is None or settings.course is None:
        return None, []
    return read_course(resolve(folder, settings.course))


def _usable(banks: dict[str, Bank], usable: set[str], settings: Settings) -> list[Problem]:
    hint = "add one"
    if settings.questions is not State.DRAFT:
        hint = f"examrunner bank approve, or lower `questions: {settings.questions}`"
    return [
        error(
            f"the bank of `{name}` has no question that may be drawn",
            hint,
            file=f"{name}.yaml",
            rule="empty-bank",
        )
        for name in sorted(set(banks) - usable)
    ]


def _examinable(students: tuple[Student, ...], lists: tuple[Eligibility, ...]) -> list[Problem]:
    given = {one.student_id for one in students if one.assigned}
    if any(one.eligible or one.student_id in given for one in lists):
        return []
    return [
        error(
            "nobody can be examined: no student has a reviewed paper that may be drawn",
            "check that ids in roster.csv and reviews.csv agree",
            rule="nobody-examinable",
        )
    ]


def _bankless(prepared: Prepared) -> list[Problem]:
    """Say which readings have no bank, the likeliest to be drawn first."""
    ranked = prepared.without_bank()
    if prepared.settings.without_bank is WithoutBank.EXCLUDE or not ranked:
        return []
    make = error if prepared.settings.without_bank is WithoutBank.REFUSE else warning
    hints = {
        WithoutBank.FALLBACK: "general questions are asked unless a bank is written",
        WithoutBank.REFUSE: "write one, or set `without_bank: fallback` in session.yaml",
    }
    hint = hints[prepared.settings.without_bank]
    return [
        make(
            f"no bank for `{name}`, drawn by anyone with a chance of {float(chance):.0%}",
            hint,
            rule="no-bank",
        )
        for name, chance in ranked
    ]
