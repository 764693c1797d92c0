"""Rows of a review list joined to the roster and to the course's readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.course.joining import people_of
from examrunner.domain.course.people import Review
from examrunner.domain.course.titles import (
    Titles,
    is_review_of,
    may_be_same,
    reading_id,
    title_key,
    titles_of,
    without_review,
)
from examrunner.domain.problems import Problem, warning
from examrunner.domain.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.domain.course.people import Student

SHOWN_LINES = 12
HINTED = 100
"""So many unknown titles are compared with the course's: nobody reads more."""
COMPARED = 200
"""So many readings of one student are compared with each other."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review as a file tells of it, before it is known who and what is meant."""

    who: tuple[str, ...]
    """Everything the row says about the student: ids, addresses, names."""
    paper: str
    """A title or an id."""
    number: int | None = None
    submitted_on: dt.date | None = None
    line: int | None = None
    column: int | None = None
    file: str | None = None
    graded: bool = False
    """The paper is an assignment of a gradebook, which holds other assignments too."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user said when asked about people and titles."""

    people: Mapping[tuple[str, ...], str | None] = field(default_factory=dict)
    """What a row says about the student, to a student id; None leaves the rows out."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """A title as written, to the id of a reading."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A person whose reviews were left out, since the roster does not say who it is."""

    who: tuple[str, ...]
    lines: tuple[int, ...]
    candidates: tuple[str, ...] = ()
    """Student ids, where there is more than one whom it could be."""


@dataclass(frozen=True, slots=True)
class PossibleDouble:
    """A question to ask: whether these two readings of one student are the same."""

    student_id: str
    reading_a: str
    reading_b: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Reviews of known students on known readings, and what is left to look at or to ask."""

    reviews: tuple[Review, ...]
    readings: tuple[Reading, ...]
    """Those of the course, then those that only the reviews name."""
    problems: tuple[Problem, ...] = ()
    doubles: tuple[PossibleDouble, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


def match_reviews(
    rows: Sequence[ReviewRow],
    students: Sequence[Student],
    course: Course | None,
    answers: Answers | None = None,
) -> Matched:
    """Join rows to students and titles to readings. Nothing is guessed."""
    answers = answers or Answers()
    joined, unmatched, problems = _join(rows, students, answers)
    titled = _Titled(course, answers)
    found = [(who, reading, row) for who, row in joined if (reading := titled.reading(row))]
    reviews, repeats = _once_each(found, students)
    readings = (*titled.known, *titled.own.values())
    return Matched(
        reviews,
        readings,
        (*problems, *titled.problems(), *repeats),
        _doubles(reviews, readings, frozenset(item.id for item in titled.known)),
        unmatched,
    )


def _join(
    rows: Sequence[ReviewRow], students: Sequence[Student], answers: Answers
) -> tuple[list[tuple[str, ReviewRow]], tuple[Unmatched, ...], list[Problem]]:
    people = people_of(students)
    joined: list[tuple[str, ReviewRow]] = []
    missing: dict[tuple[str, ...], list[ReviewRow]] = {}
    candidates: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in rows:
        if row.who in answers.people:
            answer = answers.people[row.who]
            if answer is not None:
                joined.append((answer, row))
            continue
        found = people.find(row.who)
        if found.student_id is None:
            missing.setdefault(row.who, []).append(row)
            candidates[row.who] = found.candidates
        else:
            joined.append((found.student_id, row))
    unmatched = tuple(
        Unmatched(who, tuple(row.line for row in left if row.line), candidates[who])
        for who, left in missing.items()
    )
    names = {student.student_id: student.name for student in students}
    problems = [_nobody(item, missing[item.who], names) for item in unmatched]
    return joined, unmatched, problems


def _nobody(item: Unmatched, rows: Sequence[ReviewRow], names: Mapping[str, str]) -> Problem:
    who = " / ".join(text for text in item.who if text) or "a row without a name"
    count = "1 review" if len(rows) == 1 else f"{len(rows)} reviews"
    left = f"{count} left out ({_lines(rows)})"
    if item.candidates:
        known = " and ".join(f"{names[who]} ({who})" for who in item.candidates)
        text = f"{who} could be {known}: {left}"
        hint = "give the student id in the review list"
        rule = "ambiguous-student"
    else:
        text = f"{who} is not on the roster: {left}"
        hint = "add the student to the roster, or write the id or name as it stands there"
        rule = "unknown-student"
    return _at(rows[0], text, hint, rule)


class _Titled:
    """Finds the reading of each row and collects the titles that the course does not know."""

    def __init__(self, course: Course | None, answers: Answers) -> None:
        self.known: tuple[Reading, ...] = course.readings if course else ()
        self.own: dict[str, Reading] = {}
        self._titles: Titles = titles_of(self.known)
        self._taken = set(self._titles.ids)
        self._hinted = 0
        self._has_course = course is not None
        self._answers = {title_key(text): reading for text, reading in answers.titles.items()}
        self._new: dict[str, list[ReviewRow]] = {}
        self._set_aside: dict[str, list[ReviewRow]] = {}

    def reading(self, row: ReviewRow) -> str | None:
        """Return the id of a row's reading; None where the row tells of no reading at all."""
        found = self._titles.find(row.paper) or self._answers.get(title_key(row.paper))
        if found:
            return found
        if row.graded and self._has_course and not is_review_of(row.paper):
            self._set_aside.setdefault(title_key(row.paper), []).append(row)
            return None
        title = row.paper
        if is_review_of(title):
            title = without_review(title, of=row.graded)
        title = tidy(title)
        key = title_key(title)
        if key in self._answers:
            return self._answers[key]
        if key not in self.own:
            name = reading_id(title, self._taken)
            self._taken.add(name)
            self.own[key] = Reading(name, title)
        self._new.setdefault(key, []).append(row)
        return self.own[key].id

    def problems(self) -> list[Problem]:
        """Return one warning for each title that no reading of the course has."""
        if not self._has_course:
            return []
        strangers = [self._stranger(self.own[key].title, rows) for key, rows in self._new.items()]
        return strangers + [
            _at(
                rows[0],
                f"'{tidy(rows[0].paper)}' is no reading of the course: left out",
                self._near(rows[0].paper) or "an assignment counts if its title names a reading",
                "not-a-reading",
            )
            for rows in self._set_aside.values()
        ]

    def _stranger(self, title: str, rows: Sequence[ReviewRow]) -> Problem:
        text = f"'{title}' is no reading of the course and counts as one of its own"
        return _at(rows[0], f"{text} ({_lines(rows)})", self._near(title), "unknown-title")

    def _near(self, title: str) -> str:
        self._hinted += 1
        near = self._titles.nearest(title) if self._hinted <= HINTED else []
        return f"nearest: {'; '.join(near)}" if near else ""


def _once_each(
    found: Sequence[tuple[str, str, ReviewRow]], students: Sequence[Student]
) -> tuple[tuple[Review, ...], list[Problem]]:
    """Keep the earliest of a student's reviews of one reading, and tell of the others."""
    together: dict[tuple[str, str], list[ReviewRow]] = {}
    for student_id, reading, row in found:
        together.setdefault((student_id, reading), []).append(row)
    names = {student.student_id: student.name for student in students}
    reviews = []
    problems = []
    for (student_id, reading), rows in together.items():
        first = min(rows, key=lambda row: row.submitted_on or dt.date.max)
        reviews.append(Review(student_id, reading, first.number, first.submitted_on))
        if len(rows) > 1:
            who = names.get(student_id, student_id)
            text = f"{who} reviewed {reading} {len(rows)} times ({_lines(rows)}): counted once"
            problems.append(_at(rows[1], text, "", "reviewed-twice"))
    return tuple(reviews), problems


def _doubles(
    reviews: Iterable[Review], readings: Sequence[Reading], known: frozenset[str]
) -> tuple[PossibleDouble, ...]:
    """Two readings of the course are told apart by the course itself and never asked about."""
    names = {item.id: (item.title, *item.also_titled, *item.aliases) for item in readings}
    lists: dict[str, list[str]] = {}
    for review in reviews:
        lists.setdefault(review.student_id, []).append(review.reading_id)
    found = []
    for student_id, ids in lists.items():
        for index, one in enumerate(ids[:COMPARED]):
            for other in ids[index + 1 : COMPARED]:
                if {one, other} <= known:
                    continue
                if may_be_same(names.get(one, (one,)), names.get(other, (other,))):
                    found.append(PossibleDouble(student_id, one, other))
    return tuple(found)


def _lines(rows: Sequence[ReviewRow]) -> str:
    lines = list(dict.fromkeys(row.line for row in rows if row.line))
    if len(lines) == 1:
        return f"line {lines[0]}"
    shown = ", ".join(str(line) for line in lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES} more" if len(lines) > SHOWN_LINES else ""
    return f"lines {shown}{more}"


def _at(row: ReviewRow, text: str, hint: str, rule: str) -> Problem:
    return warning(text, hint, file=row.file, line=row.line, column=row.column, rule=rule)
