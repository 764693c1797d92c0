"""Is a session ready for its day, and does the class fit its window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.eligibility import Reason
from examrunner.domain.exam.clock import shown
from examrunner.domain.exam.plan import Plan, plan
from examrunner.domain.exam.settings import ExamRules, WithoutBank
from examrunner.domain.problems import BadInput, Problem, Severity, has_errors, warning
from examrunner.services.exposure import exposure_problems
from examrunner.services.folders import ROSTER_FILE
from examrunner.services.prepare import Prepared, prepare
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.exam.settings import Settings

NO_BANK = "no-bank"
"""The rule of the problems that `ranked` tells in one table."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say about a session before its day."""

    prepared: Prepared | None
    """None where a file that everything rests on cannot be read."""
    problems: tuple[Problem, ...]
    """Errors first."""
    is_committed: bool
    """The ledger has roster, lists, banks and rules: the files no longer count."""

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
        settings, _ = read_settings(folder)
        return Checked(None, _errors_first(bad.problems), _has_record(folder, settings))
    problems = [*prepared.problems, *_does_not_fit(prepared), *exposure_problems(prepared)]
    return Checked(prepared, _errors_first(problems), _has_record(folder, prepared.settings))


def _has_record(folder: Path, settings: Settings | None) -> bool:
    return settings is not None and (folder / settings.database).is_file()


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


def plan_of(folder: Path) -> tuple[ExamRules, Plan]:
    """Return a session's rules of time and its plan. Raises BadInput."""
    settings, problems = read_settings(folder)
    roster = read_roster(folder / ROSTER_FILE)
    problems = [*problems, *roster.problems]
    if settings is None or has_errors(problems):
        raise BadInput(problems)
    return settings.exam, plan(settings.exam, roster.students)


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
