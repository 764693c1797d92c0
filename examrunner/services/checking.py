"""Is a session ready for its day, and does the class fit its window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.eligibility import Reason
from examrunner.domain.errors import ExamError
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.phases import SessionPhase
from examrunner.domain.exam.plan import Plan, plan
from examrunner.domain.exam.settings import ExamRules, WithoutBank
from examrunner.domain.problems import BadInput, Problem, Severity, has_errors, warning
from examrunner.services.exposure import exposure_problems
from examrunner.services.folders import USUAL_DATABASE, has_record
from examrunner.services.prepare import Prepared, prepare
from examrunner.services.results import read_results
from examrunner.storage.readers.session_files import read_settings

if TYPE_CHECKING:
    from pathlib import Path

NO_BANK = "no-bank"
"""The rule of the problems that `ranked` tells in one table."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say about a session before its day."""

    prepared: Prepared | None
    """None where a file that everything rests on cannot be read."""
    problems: tuple[Problem, ...]
    """Errors first."""

    @property
    def is_ok(self) -> bool:
        """Whether the day is possible."""
        return not has_errors(self.problems)


@dataclass(frozen=True, slots=True)
class Excluded:
    """What `without_bank: exclude` does to one student's odds."""

    name: str
    left: int
    """Papers that may still be drawn."""
    excluded: int


def check(folder: Path) -> Checked:
    """Read a session whole and return everything that is wrong with it."""
    try:
        prepared = prepare(folder)
    except BadInput as bad:
        return Checked(None, _errors_first(bad.problems))
    problems = [*prepared.problems, *_does_not_fit(prepared), *exposure_problems(prepared)]
    return Checked(prepared, _errors_first(problems))


def phase_of(folder: Path) -> SessionPhase:
    """Return how far the day has come; a record that cannot be read counts as a day begun.

    From commit on the ledger has roster, lists, banks and rules: the files do not count.
    """
    settings, _ = read_settings(folder)
    path = folder / (settings.database if settings else USUAL_DATABASE)
    if not has_record(path):
        return SessionPhase.DRAFT
    try:
        return read_results(folder).phase
    except ExamError:
        return SessionPhase.OPEN


def excluded(prepared: Prepared) -> list[Excluded]:
    """Return each student some of whose papers are not drawn for want of a bank."""
    if prepared.settings.without_bank is not WithoutBank.EXCLUDE:
        return []
    found = []
    for student in prepared.students:
        own = prepared.eligible[student.student_id]
        lost = sum(item.reason is Reason.NO_BANK for item in own.left_out)
        if lost:
            found.append(Excluded(student.name, len(own.eligible), lost))
    return found


def plan_of(folder: Path) -> tuple[ExamRules, Plan, SessionPhase]:
    """Return a session's rules of time, its plan and its phase; from commit on, as on record.

    Raises BadInput where the files of a draft cannot be read.
    """
    found = read_results(folder)
    exam = found.settings.exam
    return exam, plan(exam, [one.student for one in found.results]), found.phase


def _does_not_fit(prepared: Prepared) -> list[Problem]:
    found = plan(prepared.settings.exam, prepared.students)
    if found.fits is not False:
        return []
    assert found.needed is not None
    assert found.window is not None
    over = shown(found.needed - found.window)
    text = f"the class does not fit: it needs {shown(found.needed)}, the window is {over} too short"
    return [warning(text, "see: examrunner plan", rule="does-not-fit")]


def _errors_first(problems: list[Problem] | tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda one: one.severity is not Severity.ERROR))
