"""The papers on which a student may be examined, and who is short of reviews."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, warning

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from examrunner.domain.course.catalogue import Course, Reading, ReviewRules
    from examrunner.domain.course.people import Review, Student
    from examrunner.domain.exam.settings import EligibleRules


class Reason(StrEnum):
    """Why a reviewed reading may not be drawn."""

    NOT_REVIEWABLE = "not-reviewable"
    TYPE = "type"
    PRESENTED = "presented"
    NO_BANK = "no-bank"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A reviewed reading that may not be drawn, and why."""

    reading_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What one student may be examined on."""

    student_id: str
    eligible: tuple[str, ...]
    """In the order of their UTF-8 bytes, as in the draw."""
    left_out: tuple[LeftOut, ...] = ()


def eligibility(
    students: Iterable[Student],
    reviews: Iterable[Review],
    course: Course | None,
    rules: EligibleRules,
    drawable: Collection[str] | None = None,
) -> tuple[Eligibility, ...]:
    """Return what each student of the roster may be drawn on, in the roster's order.

    `drawable` holds the readings that have a drawable bank where the others are excluded
    (`without_bank: exclude`); None means that every reading may be drawn. A reading that the
    course does not hold counts as a paper.
    """
    known = course.by_id() if course else {}
    lists = _lists(reviews)
    result = []
    for student in students:
        eligible = []
        left_out = []
        for reading in sorted(lists.get(student.student_id, ())):
            reason = reason_against(reading, known.get(reading), student, rules, drawable)
            if reason:
                left_out.append(LeftOut(reading, reason))
            else:
                eligible.append(reading)
        result.append(Eligibility(student.student_id, tuple(eligible), tuple(left_out)))
    return tuple(result)


def reason_against(
    reading_id: str,
    reading: Reading | None,
    student: Student,
    rules: EligibleRules,
    drawable: Collection[str] | None,
) -> Reason | None:
    """Return why a student may not be drawn on a reading, as `eligibility` judges it."""
    if reading and not reading.reviewable:
        return Reason.NOT_REVIEWABLE
    if reading and reading.type not in rules.types:
        return Reason.TYPE
    if rules.exclude_presented and reading_id in student.presented:
        return Reason.PRESENTED
    if drawable is not None and reading_id not in drawable:
        return Reason.NO_BANK
    return None


def review_rule_problems(
    course: Course | None,
    rules: ReviewRules,
    students: Iterable[Student],
    reviews: Iterable[Review],
    eligible: Iterable[Eligibility] = (),
    *,
    papers: int = 1,
) -> list[Problem]:
    """Warn of each student who is short of reviews or has fewer than `papers` to be drawn on.

    Reviews of readings that the course calls not reviewable don't count. Without a course no
    review rule applies.
    """
    known = course.by_id() if course else {}
    calendar = course.calendar_ids() if course else frozenset()
    lists = _lists(reviews)
    drawn_on = {item.student_id: len(item.eligible) for item in eligible}
    problems = []
    for student in students:
        who = student.student_id
        counted = {
            reading
            for reading in lists.get(who, ())
            if reading not in known or known[reading].reviewable
        }
        follows = _follows(drawn_on.get(who))
        if course:
            problems += _short_of(student, rules, counted, calendar, follows)
        if drawn_on.get(who) == 0:
            text = f"{student.name} has no reviewed paper that may be drawn: left out of the draw"
            hint = "a paper can still be assigned or chosen by hand"
            problems.append(warning(text, hint, rule="nothing-eligible"))
        elif (own := drawn_on.get(who, papers)) < papers:
            text = f"{student.name} has {own} of {papers} papers that may be drawn"
            hint = "the rest can be chosen by hand on the day"
            problems.append(warning(text, hint, rule="too-few-papers"))
    return problems


def _short_of(
    student: Student,
    rules: ReviewRules,
    counted: set[str],
    calendar: frozenset[str],
    follows: str,
) -> list[Problem]:
    problems = []
    if rules.required is not None and len(counted) < rules.required:
        text = f"{student.name} has {len(counted)} of {rules.required} reviews"
        problems.append(warning(text, follows, rule="too-few-reviews"))
    there = len(counted & calendar)
    if rules.from_calendar is not None and there < rules.from_calendar:
        text = f"{student.name} has {there} of {rules.from_calendar} reviews from the calendar"
        problems.append(warning(text, follows, rule="too-few-from-calendar"))
    return problems


def _follows(papers: int | None) -> str:
    match papers:
        case None:
            return "the draw goes over the papers that were reviewed"
        case 0:
            return "there is no paper to draw"
        case 1:
            return "the draw has only one paper to give"
        case _:
            return f"the draw goes over the {papers} eligible papers"


def draw_likelihood(lists: Iterable[Sequence[str]], papers: int = 1) -> dict[str, Fraction]:
    """Return how likely each paper is to be drawn by anyone at all, the likeliest first.

    Each list is one student's eligible papers, of which `papers` different ones are drawn, each
    equally likely: 1 - (1 - p/k)(1 - p/k') ... over the students who have the paper. Spacing
    keeps every student's chances and ties the draws of different students together, so with it
    this is an estimate.
    """
    sizes: dict[str, Counter[int]] = {}
    for eligible in lists:
        for reading in set(eligible):
            sizes.setdefault(reading, Counter())[len(set(eligible))] += 1
    likely = {reading: 1 - _missed(counts, papers) for reading, counts in sizes.items()}
    return dict(sorted(likely.items(), key=lambda item: (-item[1], item[0])))


def _missed(counts: Counter[int], papers: int) -> Fraction:
    """Return the chance that no student draws a paper, from how many have lists of each size."""
    missed = Fraction(1)
    for size, students in counts.items():
        missed *= Fraction(max(size - papers, 0), size) ** students
    return missed


def _lists(reviews: Iterable[Review]) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {}
    for review in reviews:
        lists.setdefault(review.student_id, set()).add(review.reading_id)
    return lists
