"""Take a class list from elsewhere into a session: compare first, then write all of it or nothing.

In a draft only roster.csv changes. In a committed session it is taken in by committing again; in
one that has begun, by events. Who is gone from the list stays on record.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.matching import match_reviews
from examrunner.domain.course.reimport import Compared, compare
from examrunner.domain.errors import Refused, refused_by_machine
from examrunner.domain.exam.phases import DAY_OVER, SessionPhase, session_phase
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
    LOCK_FILE,
    OLD_ROSTER,
    REVIEWS_FILE,
    ROSTER_FILE,
    demand_session,
)
from examrunner.services.roll import NOBODY, open_record
from examrunner.storage.database.copies import BACKUPS
from examrunner.storage.files import write_atomically
from examrunner.storage.kept import keep_copy
from examrunner.storage.lock import alone
from examrunner.storage.readers.damage import DAMAGED
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import Roster, read_roster
from examrunner.storage.readers.session_files import demand_settings
from examrunner.storage.writers.score_tables import render_roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from examrunner.domain.exam.moments import Moment
    from examrunner.services.changes import Changes
    from examrunner.services.desk import Desk
    from examrunner.services.ports import ClockPort

BEGUN = (SessionPhase.OPEN, SessionPhase.SUSPENDED)


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


def preview(
    folder: Path,
    file: Path,
    *,
    sheet: str | None = None,
    of_class: str | None = None,
    roster: Roster | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Preview:
    """Compare a class list with the session's own; `told` is given what is being done.

    `roster` is the list where it comes from elsewhere than a file; `file` is then its name.

    Raises BadInput with every problem where it cannot be taken in whole, WrongUsage where there is
    no session.
    """
    demand_session(folder)
    told(f"reading {file.name}")
    if roster is None:
        roster = read_roster(file, sheet=sheet, of_class=of_class)
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


def phase_of(folder: Path) -> SessionPhase:
    """Return how far a session is, which may be open elsewhere. Raises BadInput, Environment."""
    settings = demand_settings(folder)
    record = folder / settings.database
    if not record.exists():
        return SessionPhase.DRAFT
    with open_record(record, settings) as ledger:
        if ledger.last("committed") is None:
            return SessionPhase.DRAFT
        return session_phase(event.what for event in ledger.of_the_day())


def write(plan: Preview, clock: ClockPort, actor: str) -> Path | None:
    """Write roster.csv of a session whose day has not begun. Returns where the old one is kept.

    Raises Refused where the app has the session open, the day is over, or roster.csv has changed
    since it was compared, Environment where the disk says no. Then nothing has changed.
    """
    _demand_not_over(plan)
    moment = clock.now()
    with ExitStack() as held_while:
        try:
            held_while.enter_context(alone(plan.folder / LOCK_FILE, actor, moment))
        except Refused as taken:
            hint = "Close it there first. Nothing was changed."
            raise Refused(taken.message, hint) from taken
        if phase_of(plan.folder) is not plan.phase:
            raise Refused("The session has gone on meanwhile.", "Import the list again.")
        return _replace(plan, moment)


def write_begun(plan: Preview, desk: Desk) -> tuple[Path | None, Changes]:
    """Write roster.csv of a day that has begun, whose desk holds the lock.

    Returns where the old one is kept, and what there is to take into the record (by `take_in` of
    changes). Raises as `write` does, and BadInput where the session's files cannot be read any
    more with it: then roster.csv is as it was.
    """
    from examrunner.services.changes import changes_of

    _demand_not_over(plan)
    kept = _replace(plan, desk.clock.now())
    try:
        return kept, changes_of(desk)
    except BaseException:
        if plan.before is not None:
            write_atomically(plan.folder / ROSTER_FILE, plan.before)
        raise


def _demand_not_over(plan: Preview) -> None:
    if plan.phase in DAY_OVER:
        hint = "Open the day again first." if plan.phase is SessionPhase.CLOSED else ""
        raise Refused(f"The session is {plan.phase}: its class list changes no more.", hint)


def _replace(plan: Preview, moment: Moment) -> Path | None:
    """Keep the old roster.csv among the backups and put the new one in its place."""
    path = plan.folder / ROSTER_FILE
    now = path.read_bytes() if path.exists() else None
    if now != plan.before:
        raise Refused(f"{ROSTER_FILE} has changed meanwhile.", "Import the list again.")
    try:
        kept = (
            keep_copy(plan.folder / BACKUPS, OLD_ROSTER, now, moment.at)
            if now is not None
            else None
        )
        write_atomically(path, render_roster(plan.compared.students))
    except OSError as fault:
        raise refused_by_machine(fault) from fault
    return kept


def _as_error(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.ERROR)


def _own_roster(folder: Path) -> tuple[bytes | None, Roster]:
    """Return roster.csv as bytes and as students; one without rows has none.

    Raises BadInput where it has errors.
    """
    path = folder / ROSTER_FILE
    try:
        before = path.read_bytes() if path.exists() else None
    except OSError as fault:
        raise refused_by_machine(fault) from fault
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
    left = [one for one in matched.unmatched if not one.candidates]
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
