"""Take lists of reviews from elsewhere into a session: look and ask first, then write all of it.

In a draft only reviews.csv changes. In a committed session it is taken in by committing again; in
one that has begun, by events. What was answered about titles and people is kept in answers.csv.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import drawable
from examrunner.domain.course.catalogue import Course, ReviewRules
from examrunner.domain.course.eligibility import eligibility, review_rule_problems
from examrunner.domain.course.linking import (
    Likeness,
    Linked,
    PersonQuestion,
    TitleQuestion,
    links_of,
    people_asked,
    questions_of,
    with_links,
)
from examrunner.domain.course.matching import OWN, Answers, Matched, ReviewRow, match_reviews
from examrunner.domain.course.people import Student
from examrunner.domain.course.unclear import UnclearMark, unclear_problems
from examrunner.domain.errors import refused_by_machine
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.exam.settings import Settings, WithoutBank
from examrunner.domain.problems import BadInput, Problem, error, has_errors
from examrunner.services.create import course_file
from examrunner.services.folders import (
    ANSWERS_FILE,
    REVIEWS_FILE,
    ROSTER_FILE,
    demand_session,
)
from examrunner.services.new_list import REVIEW_LIST, NewList, bytes_of, phase_of
from examrunner.services.ports import Watch, unwatched
from examrunner.services.prepare import bank_folders, resolve
from examrunner.storage.collector import held_back
from examrunner.storage.files import write_atomically
from examrunner.storage.readers.answers import NOTHING, Answered, read_answers
from examrunner.storage.readers.bank_files import read_banks
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.review_lists import ReviewList, ReviewShape, read_reviews
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import read_settings
from examrunner.storage.writers.answers import BETWEEN, render_answers, render_questions
from examrunner.storage.writers.score_tables import render_reviews

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read, and how."""

    files: tuple[Path, ...]
    course: str | None = None
    """The course against which titles are matched; None: that of the session."""
    sheet: str | None = None
    paper: str | None = None
    """What whole zips of submissions are about."""
    answers: Path | None = None
    """A file with answers about titles and people."""
    adds: bool = False
    """The reviews join those of the session; else they take their place."""
    read: ReviewList | None = None
    """The reviews where they come from elsewhere than a file; `files` then holds their name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a student's reviews differ from those of the session so far, as ids of readings."""

    student: Student
    new: tuple[str, ...]
    gone: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What lists of reviews would change. Nothing has been written yet."""

    folder: Path
    settings: Settings
    asked: Asked
    shapes: tuple[ReviewShape, ...]
    students: tuple[Student, ...]
    course: Course | None
    """Against which titles were matched."""
    own_course: Course | None
    """That of the session, whose ids stand in reviews.csv."""
    rows: tuple[ReviewRow, ...]
    remembered: Answered
    """Answers of the session and of this import."""
    phase: SessionPhase
    before: bytes | None
    """reviews.csv as it was compared; None where there was none."""
    told: tuple[Problem, ...]
    """Of the files, before anything was matched."""
    matched: Matched
    unclear: tuple[UnclearMark, ...] = ()
    links: tuple[Linked, ...] = ()
    titles: tuple[TitleQuestion, ...] = ()
    people: tuple[PersonQuestion, ...] = ()
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Warnings only: with an error there is no preview."""

    def as_file(self) -> bytes:
        """Return reviews.csv as it would be."""
        known = self.own_course.by_id() if self.own_course else {}
        own = {one.id: one.title for one in self.matched.readings if one.id not in known}
        return render_reviews(self.matched.reviews, own)

    @property
    def changes_something(self) -> bool:
        """Whether writing it would make a difference."""
        return self.as_file() != self.before

    @property
    def new_list(self) -> NewList:
        """reviews.csv as it would be; the answers are kept before it is written."""
        data = self.as_file()
        return NewList(
            self.folder, REVIEW_LIST, self.phase, self.before, data, lambda: remember(self)
        )

    def title(self, reading: str) -> str:
        """Return a reading's title."""
        return next((one.title for one in self.matched.readings if one.id == reading), reading)


# --- looking -------------------------------------------------------------------------------


def look(folder: Path, asked: Asked, told: Watch = unwatched) -> Preview:
    """Compare lists of reviews with the session's own; `told` is given what is being done.

    Raises BadInput with every problem where they cannot be taken in whole, WrongUsage where there
    is no session.
    """
    demand_session(folder)
    settings, problems = read_settings(folder)
    told(f"reading {ROSTER_FILE}")
    roster = read_roster(folder / ROSTER_FILE)
    problems = [*problems, *(one for one in roster.problems if has_errors([one]))]
    own_course, found = _own_course(folder, settings)
    course, more = read_course(course_file(asked.course)) if asked.course else (own_course, [])
    problems += [*found, *more]
    read = [] if asked.read is None else [asked.read]
    for file in asked.files if asked.read is None else ():
        told(f"reading {file.name}")
        read.append(read_reviews(file, sheet=asked.sheet, paper=asked.paper))
    problems += [one for each in read for one in each.problems]
    if settings is None or has_errors(problems):
        raise BadInput(problems)
    ids = {one.student_id for one in roster.students}
    readings = {one.id for one in course.readings} if course else set()
    remembered = _remembered(folder, ids, readings)
    if asked.answers is not None:
        given = read_answers(asked.answers, str(asked.answers), readings, ids)
        remembered = remembered.with_others(given)
    before = bytes_of(folder / REVIEWS_FILE)
    told("matching titles and people")
    return _compared(
        Preview(
            folder,
            settings,
            asked,
            tuple(one.shape for one in read),
            roster.students,
            course,
            own_course,
            _rows(read, before, asked),
            remembered,
            phase_of(folder),
            before,
            tuple(problems),
            Matched((), ()),
            tuple(mark for one in read for mark in one.unclear),
        )
    )


def answer(preview: Preview, answered: Answered) -> Preview:
    """Return a preview in which some questions are answered."""
    return _compared(replace(preview, remembered=preview.remembered.with_others(answered)))


def _compared(preview: Preview) -> Preview:
    with held_back():
        return _matched(preview)


def _own_course(folder: Path, settings: Settings | None) -> tuple[Course | None, Sequence[Problem]]:
    if settings is None or settings.course is None:
        return None, []
    return read_course(resolve(folder, settings.course))


def _remembered(folder: Path, ids: set[str], readings: set[str]) -> Answered:
    """Return the answers that the session keeps, as far as they still mean something."""
    path = folder / ANSWERS_FILE
    if not path.exists():
        return NOTHING
    kept = read_answers(path, str(path))
    return Answered(
        {said: one for said, one in kept.titles.items() if one in readings or one in (OWN, None)},
        {said: one for said, one in kept.people.items() if one in ids or one is None},
    )


def _rows(read: list[ReviewList], before: bytes | None, asked: Asked) -> tuple[ReviewRow, ...]:
    rows = [row for one in read for row in one.rows] if len(read) > 1 else read[0].rows
    if asked.adds and before is not None:
        return (*read_reviews(before, REVIEWS_FILE).rows, *rows)
    return tuple(rows)


def _matched(preview: Preview) -> Preview:
    """Match the rows with all answers so far, and say what is open and what differs."""
    answers = _answers(preview)
    matched = match_reviews(preview.rows, preview.students, preview.course, answers)
    links: tuple[Linked, ...] = ()
    titles: tuple[TitleQuestion, ...] = ()
    if preview.course is not None and matched.strangers:
        likeness = Likeness(preview.course.readings)
        links = tuple(links_of(matched.strangers, likeness))
        if links:
            answers = with_links(answers, links)
            matched = match_reviews(preview.rows, preview.students, preview.course, answers)
        titles = tuple(questions_of(matched.strangers, likeness))
    people = tuple(people_asked(matched.unmatched, preview.students))
    if not matched.reviews and not people:
        raise BadInput([*matched.problems, error(*NO_REVIEW, rule="nobody-examinable")])
    made = replace(preview, matched=matched, links=links, titles=titles, people=people)
    return replace(made, differences=_differences(made), problems=tuple(_problems(made)))


def _answers(preview: Preview) -> Answers:
    said = preview.remembered
    people = {}
    if said.people:
        named = {row.who: BETWEEN.join(row.who) for row in preview.rows}
        people = {who: said.people[name] for who, name in named.items() if name in said.people}
    return Answers(people, said.titles)


def _differences(preview: Preview) -> tuple[Difference, ...]:
    before = read_reviews(preview.before, REVIEWS_FILE).rows if preview.before else ()
    known = match_reviews(before, preview.students, preview.own_course).reviews
    own: dict[str, set[str]] = {one.student_id: set() for one in preview.students}
    lists: dict[str, set[str]] = {one.student_id: set() for one in preview.students}
    for review in known:
        own[review.student_id].add(review.reading_id)
    for review in preview.matched.reviews:
        lists[review.student_id].add(review.reading_id)
    return tuple(
        Difference(
            student, tuple(sorted(after - had)), tuple(sorted(had - after)), len(had & after)
        )
        for student in preview.students
        for had, after in ((own[student.student_id], lists[student.student_id]),)
    )


def _problems(preview: Preview) -> list[Problem]:
    """Return what is worth a look: of the files, of the matching, and of the review rule."""
    settings, matched = preview.settings, preview.matched
    usable = None
    if settings.without_bank is WithoutBank.EXCLUDE:
        named = {one.reading_id for one in matched.reviews}
        banks, _ = read_banks(bank_folders(preview.folder, settings), named)
        usable = {name for name, one in banks.items() if drawable(one, settings.questions)}
    lists = eligibility(
        preview.students, matched.reviews, preview.course, settings.eligible, usable
    )
    course = preview.course
    rules = settings.reviews or (course.reviews if course else ReviewRules())
    # What is there already may well be in a list that joins it.
    told = [one for one in matched.problems if not preview.asked.adds or one.rule != TWICE]
    short = review_rule_problems(course, rules, preview.students, matched.reviews, lists)
    known = {*preview.remembered.titles, *(one.title for one in preview.links)}
    return [*preview.told, *told, *unclear_problems(preview.unclear, course, known), *short]


TWICE = "reviewed-twice"
NO_REVIEW = (
    "no review belongs to anybody on the roster",
    "the files must name the students as roster.csv does: by id, e-mail address or name",
)


# --- writing -------------------------------------------------------------------------------


def questions(preview: Preview) -> bytes:
    """Return the open questions as a file to fill in."""
    return render_questions(preview.titles, preview.people)


def demand_reviews(preview: Preview) -> None:
    """Raise BadInput where nobody would have a review any more: no import means that."""
    if not preview.matched.reviews:
        raise BadInput([error(*NO_REVIEW, rule="nobody-examinable")])


def own_reviews(folder: Path) -> Asked:
    """Return how to look at the session's own reviews, whose titles may not be known yet."""
    return Asked((folder / REVIEWS_FILE,))


def remember(preview: Preview) -> None:
    """Keep the answers in the session folder, also where reviews.csv stays as it is."""
    if preview.remembered == NOTHING:
        return
    data = render_answers(preview.remembered)
    path = preview.folder / ANSWERS_FILE
    if bytes_of(path) == data:
        return
    try:
        write_atomically(path, data)
    except OSError as fault:
        raise refused_by_machine(fault) from fault
