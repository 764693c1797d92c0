"""Rows of a review list joined to the roster and to the course's readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

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


OWN = "own reading"
"""The answer that a title is a reading of its own; no reading has such an id."""


class ReviewRow(NamedTuple):
    """One review as a file tells of it, before it is known who and what is meant.

    A tuple, since a large list makes very many of them.
    """

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
    context: str = ""
    """The beginning of what was handed in, where the title is only its first line."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user said when asked about people and titles."""

    people: Mapping[tuple[str, ...], str | None] = field(default_factory=dict)
    """What a row says about the student, to a student id; None leaves the rows out."""
    titles: Mapping[str, str | None] = field(default_factory=dict)
    """A title as written, to the id of a reading, or OWN; None leaves its reviews out."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A title that nothing names exactly, and about which nothing was said."""

    title: str
    lines: tuple[int, ...]
    is_left_out: bool
    """It is left out, as an assignment of a gradebook; else it is a reading of its own."""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A person whose reviews were left out, since the roster does not say who it is."""

    who: tuple[str, ...]
    lines: tuple[int, ...]
    candidates: tuple[str, ...] = ()
    """Student ids of those whom it could be."""
    has_lost_zeros: bool = False
    """An id is that of a candidate but for zeros at the front."""


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
    strangers: tuple[Stranger, ...] = ()


def match_reviews(
    rows: Sequence[ReviewRow],
    students: Sequence[Student],
    course: Course | None,
    answers: Answers | None = None,
) -> Matched:
    """Join rows to students and titles to readings. Nothing is guessed."""
    answers = answers or Answers()
    ids, known, unmatched, problems = _join(rows, students, answers)
    titled = _Titled(course, answers)
    meant = titled.take(known)
    pairs = list(zip(ids, meant, strict=True))
    reviews, repeats = _once_each(pairs, known, students)
    readings = (*titled.known, *titled.own.values())
    return Matched(
        reviews,
        readings,
        (*problems, *titled.problems(), *repeats),
        _doubles(reviews, readings, frozenset(item.id for item in titled.known)),
        unmatched,
        titled.strangers(),
    )


def _join(
    rows: Sequence[ReviewRow], students: Sequence[Student], answers: Answers
) -> tuple[list[str], Sequence[ReviewRow], tuple[Unmatched, ...], list[Problem]]:
    """Return the students of the rows that somebody is known for, and those rows."""
    people = people_of(students)
    found = {who: people.find(who) for who in {row.who for row in rows} - answers.people.keys()}
    known = {who: one.student_id for who, one in found.items() if one.student_id is not None}
    known |= {who: answer for who, answer in answers.people.items() if answer is not None}
    missing: dict[tuple[str, ...], list[ReviewRow]] = {}
    joined = rows
    if found.keys() - known.keys() or None in answers.people.values():
        joined = [row for row in rows if row.who in known]
        for row in rows:
            if row.who not in known and row.who in found:
                missing.setdefault(row.who, []).append(row)
    ids = [known[row.who] for row in joined]
    unmatched = tuple(
        Unmatched(
            who,
            tuple(row.line for row in left if row.line),
            found[who].candidates,
            found[who].has_lost_zeros,
        )
        for who, left in missing.items()
    )
    names = {student.student_id: student.name for student in students}
    problems = [_nobody(item, missing[item.who], names) for item in unmatched]
    return ids, joined, unmatched, problems


def _nobody(item: Unmatched, rows: Sequence[ReviewRow], names: Mapping[str, str]) -> Problem:
    who = " / ".join(text for text in item.who if text) or "a row without a name"
    count = "1 review" if len(rows) == 1 else f"{len(rows)} reviews"
    left = f"{count} left out{lines_told(rows)}"
    known = " and ".join(f"{names[who]} ({who})" for who in item.candidates)
    if item.has_lost_zeros:
        text = f"{who} is not on the roster, but {known} is: {left}"
        hint = "a spreadsheet may have dropped zeros in one of the files: export it again"
        rule = "unknown-student"
    elif item.candidates:
        text = f"{who} could be {known}: {left}"
        hint = "give the student id in the review list"
        if len(item.candidates) == 1:
            hint = "the name is not that of the id: correct one of the two"
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
        self._sorts_out = self._has_course
        """Whether something tells which assignments of a gradebook are about readings."""
        self._answers = {title_key(text): reading for text, reading in answers.titles.items()}
        self._found: dict[tuple[str, bool], str | None] = {}
        self._strange: dict[tuple[str, bool], str] = {}
        """What nothing names exactly, and its key."""
        self._rows: dict[tuple[str, bool], list[ReviewRow]] = {}
        """Rows of each such title, by its key and whether it is left out."""

    def take(self, rows: Sequence[ReviewRow]) -> list[str | None]:
        """Return the id of each row's reading; None where the row tells of no reading at all."""
        listed = [(row.paper, row.graded) for row in rows]
        titles = dict.fromkeys(listed)
        called = sum(graded and is_review_of(paper) for paper, graded in titles)
        self._sorts_out |= called > 1  # one alone may be a paper's title: Review of Deep Learning
        for said in titles:
            self._found[said] = self._reading(*said)
        if self._strange:
            for row in rows:
                if key := self._strange.get((row.paper, row.graded)):
                    is_left_out = self._found[row.paper, row.graded] is None
                    self._rows.setdefault((key, is_left_out), []).append(row)
        return [self._found[said] for said in listed]

    def _reading(self, paper: str, graded: bool) -> str | None:  # noqa: FBT001  a key's parts
        if found := self._titles.find(paper):
            return found
        title = paper
        if is_review_of(title):
            title = without_review(title, of=graded)
        title = tidy(title)
        key = title_key(title)
        answered = next((one for one in (title_key(paper), key) if one in self._answers), None)
        if answered is not None and self._answers[answered] != OWN:
            return self._answers[answered]
        if answered is None:
            self._strange[paper, graded] = key
            if graded and self._sorts_out and not is_review_of(paper):
                return None
        if key not in self.own:
            name = reading_id(title, self._taken)
            self._taken.add(name)
            self.own[key] = Reading(name, title)
        return self.own[key].id

    def strangers(self) -> tuple[Stranger, ...]:
        """Return the titles that a person may be asked about."""
        return self._strangers() if self._has_course else ()

    def _strangers(self) -> tuple[Stranger, ...]:
        return tuple(
            Stranger(
                tidy(rows[0].paper) if is_left_out else self.own[key].title,
                _lines_of(rows),
                is_left_out,
                next((row.context for row in rows if row.context), ""),
            )
            for (key, is_left_out), rows in self._rows.items()
        )

    def problems(self) -> list[Problem]:
        """Return one warning for each title that no reading of the course has.

        Without a course titles are readings, and only what is left out is told.
        """
        found = zip(self._rows.values(), self._strangers(), strict=True)
        if not self._has_course:
            return [_no_review(rows[0], one.title) for rows, one in found if one.is_left_out]
        return [self._told(rows, one) for rows, one in sorted(found, key=_is_set_aside)]

    def _told(self, rows: Sequence[ReviewRow], one: Stranger) -> Problem:
        text = f"'{one.title}' is no reading of the course"
        near = self._near(one.title)
        if one.is_left_out:
            hint = near or "an assignment counts if its title names a reading"
            return _at(rows[0], f"{text}: left out", hint, "not-a-reading")
        text = f"{text} and counts as one of its own{lines_told(rows)}"
        return _at(rows[0], text, near, "unknown-title")

    def _near(self, title: str) -> str:
        self._hinted += 1
        near = self._titles.nearest(title) if self._hinted <= HINTED else []
        return f"nearest: {'; '.join(near)}" if near else ""


def _no_review(row: ReviewRow, title: str) -> Problem:
    text = f"'{title}' is not called a review, as other assignments are: left out"
    hint = "with --course FILE an assignment counts, too, if its title names a reading"
    return _at(row, text, hint, "not-a-reading")


def _is_set_aside(one: tuple[Sequence[ReviewRow], Stranger]) -> bool:
    return one[1].is_left_out


def _once_each(
    pairs: Sequence[tuple[str, str | None]],
    rows: Sequence[ReviewRow],
    students: Sequence[Student],
) -> tuple[tuple[Review, ...], list[Problem]]:
    """Keep the earliest of a student's reviews of one reading, and tell of the others."""
    first = dict(zip(pairs, rows, strict=True))
    problems = []
    if len(first) < len(pairs):
        together: dict[tuple[str, str | None], list[ReviewRow]] = {}
        for pair, row in zip(pairs, rows, strict=True):
            together.setdefault(pair, []).append(row)
        names = {student.student_id: student.name for student in students}
        for (who, reading), several in together.items():
            if len(several) > 1 and reading is not None:
                early = min(several, key=lambda row: row.submitted_on or dt.date.max)
                first[who, reading] = early
                times = f"{len(several)} times{lines_told(several)}: counted once"
                text = f"{names.get(who, who)} reviewed {reading} {times}"
                problems.append(_at(several[1], text, "", "reviewed-twice"))
    reviews = tuple(
        Review(who, reading, row.number, row.submitted_on)
        for (who, reading), row in first.items()
        if reading is not None
    )
    return reviews, problems


def _doubles(
    reviews: Iterable[Review], readings: Sequence[Reading], known: frozenset[str]
) -> tuple[PossibleDouble, ...]:
    """Two readings of the course are told apart by the course itself and never asked about."""
    names = {item.id: (item.title, *item.also_titled, *item.aliases) for item in readings}
    if names.keys() <= known:
        return ()
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


def _lines_of(rows: Sequence[ReviewRow]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(row.line for row in rows if row.line))


def lines_told(rows: Sequence[ReviewRow]) -> str:
    """Return where rows stand, in parentheses behind a blank; nothing where they have no lines."""
    lines = _lines_of(rows)
    if not lines:
        return ""
    if len(lines) == 1:
        return f" (line {lines[0]})"
    shown = ", ".join(str(line) for line in lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES} more" if len(lines) > SHOWN_LINES else ""
    return f" (lines {shown}{more})"


def _at(row: ReviewRow, text: str, hint: str, rule: str) -> Problem:
    return warning(text, hint, file=row.file, line=row.line, column=row.column, rule=rule)
