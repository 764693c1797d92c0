"""A new session from two files: a class list and a table of who reviewed what."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.catalogue import Course
from examrunner.domain.course.linking import Likeness, TitleQuestion, questions_of
from examrunner.domain.course.matching import Answers, Matched, match_reviews
from examrunner.domain.course.unclear import unclear_problems
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import BadInput, Problem, error, has_errors
from examrunner.services.demo import is_in_package, shipped_course
from examrunner.services.folders import REVIEWS_FILE, ROSTER_FILE, SETTINGS_FILE, is_session
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.folders import is_free, whole_folder
from examrunner.storage.readers.bank_files import NOT_BANKS
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.review_lists import ReviewList, read_reviews
from examrunner.storage.readers.rosters import Roster, read_roster
from examrunner.storage.readers.session_files import session_name, write_settings
from examrunner.storage.writers.score_tables import write_reviews, write_roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHIPPED_COURSE = "cs496"
"""The name by which the course that the program brings is meant."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the files hold, joined; nothing has been written yet."""

    roster: Roster
    listed: ReviewList
    course: Course | None
    course_file: Path | None
    matched: Matched
    problems: tuple[Problem, ...]
    """Warnings only: with an error there are no sources."""

    @property
    def reviewed(self) -> int:
        """How many readings somebody has reviewed."""
        return len({review.reading_id for review in self.matched.reviews})

    def own_titles(self) -> dict[str, str]:
        """Return the title of each reading that only the reviews name, by id."""
        known = self.course.by_id() if self.course else {}
        return {one.id: one.title for one in self.matched.readings if one.id not in known}

    def title(self, reading: str) -> str:
        """Return a reading's title."""
        titles = {one.id: one.title for one in self.matched.readings}
        return titles.get(reading, reading)


@dataclass(frozen=True, slots=True)
class Parts:
    """Which part of a file is meant where it holds several."""

    of_class: str | None = None
    """One class of a OneRoster export."""
    roster_sheet: str | None = None
    reviews_sheet: str | None = None
    """One sheet of a workbook."""
    paper: str | None = None
    """What a whole zip of submissions is about."""


@dataclass(frozen=True, slots=True)
class Double:
    """Two readings that may be one, and how many students have both in their lists."""

    one: str
    other: str
    students: int


def course_file(named: str) -> Path:
    """Return the file of a course, given by its path, its folder or its name."""
    path = Path(named).expanduser()
    if path.is_dir():
        return path / "course.yaml"
    if named == SHIPPED_COURSE and not path.exists():
        return shipped_course()
    return path


def read_sources(
    roster: Path, reviews: Path, course: Path | None = None, parts: Parts | None = None
) -> Sources:
    """Read and join the files of a new session.

    Raises BadInput with every problem of all files where one of them cannot be used.
    """
    catalogue, problems = read_course(course) if course else (None, [])
    parts = parts or Parts()
    people = read_roster(roster, sheet=parts.roster_sheet, of_class=parts.of_class)
    listed = read_reviews(reviews, sheet=parts.reviews_sheet, paper=parts.paper)
    problems += [*people.problems, *listed.problems]
    if has_errors(problems):
        raise BadInput(problems)
    matched = match_reviews(listed.rows, people.students, catalogue)
    problems += [*matched.problems, *unclear_problems(listed.unclear, catalogue)]
    if not matched.reviews:
        problems.append(
            error(
                "no review belongs to anybody on the roster",
                "both files must name the students alike: by id, e-mail address or name",
                file=str(reviews),
                rule="nobody-examinable",
            )
        )
        raise BadInput(problems)
    return Sources(people, listed, catalogue, course, matched, tuple(problems))


def titles_to_ask(sources: Sources) -> tuple[TitleQuestion, ...]:
    """Return the titles that may mean a reading of the course; importing the reviews asks."""
    if sources.course is None or not sources.matched.strangers:
        return ()
    likeness = Likeness(sources.course.readings)
    return tuple(questions_of(sources.matched.strangers, likeness))


def doubles(sources: Sources) -> tuple[Double, ...]:
    """Return each pair of readings to ask about once, the commonest first."""
    pairs = Counter((one.reading_a, one.reading_b) for one in sources.matched.doubles)
    merged: Counter[tuple[str, str]] = Counter()
    for (one, other), count in pairs.items():
        known = (other, one) if (other, one) in merged else (one, other)
        merged[known] += count
    return tuple(Double(one, other, count) for (one, other), count in merged.most_common())


def with_same(sources: Sources, same: Iterable[Double]) -> Sources:
    """Return the sources with pairs of readings taken for one; a reading of the course stays."""
    known = sources.course.by_id() if sources.course else {}
    meant: dict[str, str] = {}
    for pair in same:
        one, other = _end(meant, pair.one), _end(meant, pair.other)
        if one == other or {one, other} <= known.keys():
            continue
        kept, dropped = (other, one) if other in known else (one, other)
        meant[dropped] = kept
    titles = sources.own_titles()
    answers = Answers(titles={titles[name]: _end(meant, name) for name in meant})
    matched = match_reviews(sources.listed.rows, sources.roster.students, sources.course, answers)
    first = [one for one in sources.problems if one not in sources.matched.problems]
    return replace(sources, matched=matched, problems=(*first, *matched.problems))


def create_session(folder: Path, sources: Sources) -> None:
    """Write a session folder, whole or not at all.

    Raises Refused where something stands there already, Environment where the disk says no.
    """
    demand_free(folder)
    target = folder.resolve()
    try:
        with whole_folder(target) as made:
            settings = _settings(target, made, sources)
            write_settings(made / SETTINGS_FILE, settings)
            write_roster(made / ROSTER_FILE, sources.roster.students)
            write_reviews(made / REVIEWS_FILE, sources.matched.reviews, sources.own_titles())
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise Environment(f"{folder} cannot be made: {reason}.", "Nothing was written.") from fault


def demand_free(folder: Path) -> None:
    """Raise Refused where a new session would meet something that stands there already."""
    if is_session(folder):
        raise Refused(
            f"{folder} holds a session already.", "Nothing was changed. Name another folder."
        )
    if not is_free(folder):
        raise Refused(
            f"{folder} is there already and is not empty.",
            "Nothing was changed. Name a new folder: the session gets one of its own.",
        )


def _end(meant: Mapping[str, str], name: str) -> str:
    while name in meant:
        name = meant[name]
    return name


def _settings(target: Path, made: Path, sources: Sources) -> Settings:
    """Return the settings of a new session; a course that ships in the package is copied."""
    settings = Settings(session=session_name(target))
    if sources.course_file is None:
        return settings
    course = sources.course_file.resolve()
    if is_in_package(course):
        own = Path("course")
        make_private(made / own)
        for file in course.parent.glob("*.yaml"):
            write_atomically(made / own / file.name, file.read_bytes())
        written, banks = own / course.name, own
    else:
        written, banks = _relative(course, target), _relative(course.parent, target)
    names = (banks.as_posix(),) if _has_banks(course.parent) else ()
    return replace(settings, course=written.as_posix(), banks=names)


def _relative(path: Path, folder: Path) -> Path:
    """Return a path as seen from a folder; on another drive of Windows it stays whole."""
    try:
        return Path(os.path.relpath(path, folder))
    except ValueError:
        return path


def _has_banks(folder: Path) -> bool:
    return any(file.stem not in NOT_BANKS for file in folder.glob("*.yaml"))
