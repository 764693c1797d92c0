"""Take a class list from elsewhere into a session: compare first, then write all of it or nothing.

Who is gone from the list stays on record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from examrunner.domain.course.matching import match_reviews
from examrunner.domain.course.reimport import Compared, compare
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.problems import (
    BadInput,
    Problem,
    Severity,
    error,
    has_errors,
    warning,
)
from examrunner.domain.text import counted, some
from examrunner.services.folders import (
    REVIEWS_FILE,
    ROSTER_FILE,
    demand_session,
)
from examrunner.services.new_list import CLASS_LIST, NewList, bytes_of, phase_of
from examrunner.services.ports import Watch, unwatched
from examrunner.services.roll import NOBODY
from examrunner.storage.collector import held_back
from examrunner.storage.readers.damage import DAMAGED
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import Roster, read_roster
from examrunner.storage.writers.score_tables import render_roster


@dataclass(frozen=True, slots=True)
class Preview:
    """What a class list would change. Nothing has been written yet."""

    folder: Path
    file: Path
    roster: Roster
    compared: Compared
    phase: SessionPhase
    problems: tuple[Problem, ...]
    """Warnings only: with an error there is no preview."""
    orphans: int
    """Reviews of people who are not on the new list."""
    before: bytes | None
    """roster.csv as it was compared; None where there was none."""

    @property
    def changes_something(self) -> bool:
        """Whether writing it would make a difference."""
        one = self.compared
        return self.before is None or bool(one.added or one.gone or one.changed)

    @property
    def new_list(self) -> NewList:
        """roster.csv as it would be."""
        data = render_roster(self.compared.students)
        return NewList(self.folder, CLASS_LIST, self.phase, self.before, data)


def preview(
    folder: Path,
    file: Path,
    *,
    sheet: str | None = None,
    of_class: str | None = None,
    roster: Roster | None = None,
    told: Watch = unwatched,
) -> Preview:
    """Compare a class list with the session's own; `told` is given what is being done.

    `roster` is the list where it comes from elsewhere than a file; `file` is then its name.

    Raises BadInput with every problem where it cannot be taken in whole, WrongUsage where there is
    no session.
    """
    demand_session(folder)
    with held_back():
        return _looked(folder, file, roster or _read(file, sheet, of_class, told), told)


def _read(file: Path, sheet: str | None, of_class: str | None, told: Watch) -> Roster:
    told(f"reading {file.name}")
    return read_roster(file, sheet=sheet, of_class=of_class)


def _looked(folder: Path, file: Path, roster: Roster, told: Watch) -> Preview:
    problems = [_as_error(one) if one.rule == DAMAGED else one for one in roster.problems]
    if has_errors(problems):
        raise BadInput(problems)
    told(f"reading {ROSTER_FILE}")
    before, own = _own_roster(folder)
    told("comparing")
    compared = compare(own.students, roster.students, roster.given)
    problems += _clashes(compared, roster, str(file))
    if has_errors(problems):
        raise BadInput(problems)
    told(f"reading {REVIEWS_FILE}")
    orphans, found = _orphans(folder, compared)
    problems += [*found, *_lost_columns(own), *_all_other(compared, str(file))]
    return Preview(
        folder, file, roster, compared, phase_of(folder), tuple(problems), orphans, before
    )


def _as_error(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.ERROR)


def _own_roster(folder: Path) -> tuple[bytes | None, Roster]:
    """Return roster.csv as bytes and as students; one without rows has none.

    Raises BadInput where it has errors.
    """
    path = folder / ROSTER_FILE
    before = bytes_of(path)
    roster = read_roster(before or b"student_id,name\n", str(path))
    errors = [one for one in roster.problems if one.severity is Severity.ERROR]
    if errors and {one.rule for one in errors} != {NOBODY}:
        raise BadInput(errors)
    return before, roster


def _clashes(compared: Compared, roster: Roster, file: str) -> list[Problem]:
    return [
        (error if one.is_error else warning)(
            one.text, one.hint, file=file, line=roster.lines[one.place], rule="roster-join"
        )
        for one in compared.clashes
    ]


def _all_other(compared: Compared, file: str) -> list[Problem]:
    """Warn of a list that has nobody in common with the session's own."""
    if not compared.gone or len(compared.added) < len(compared.students):
        return []
    text = f"nobody of {ROSTER_FILE} is on this list"
    return [warning(text, "is this the right file?", file=file, rule="roster-join")]


def _orphans(folder: Path, compared: Compared) -> tuple[int, list[Problem]]:
    """Return how many reviews are of people who are not on the new list, and who these are."""
    path = folder / REVIEWS_FILE
    if not path.exists():
        return 0, []
    matched = match_reviews(read_reviews(path).rows, compared.students, None)
    left = [one for one in matched.unmatched if not one.candidates or one.has_lost_zeros]
    count = sum(len(one.lines) for one in left)
    if not count:
        return 0, []
    names = {one.student_id: f"{one.name} ({one.student_id})" for one in compared.gone}
    who = [next((names[text] for text in one.who if text in names), _said(one.who)) for one in left]
    text = f"{counted(count, 'review')} of people who are not on this list: {some(who, 12)}"
    hint = "the reviews stay in reviews.csv and do not count"
    return count, [warning(text, hint, file=str(path), rule="unknown-student")]


def _said(who: tuple[str, ...]) -> str:
    return " / ".join(text for text in who if text) or "a row without a name"


def _lost_columns(own: Roster) -> list[Problem]:
    """Warn of columns of the old roster.csv that the program does not know and will not write."""
    return [
        replace(one, text=f"{one.text}; they stay in the old copy only", hint="")
        for one in own.problems
        if one.rule == "csv-unused-columns"
    ]
