"""Purge: everyone in every session from before a day is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError, WrongUsage
from examrunner.services.day import local
from examrunner.services.folders import is_session
from examrunner.services.forget import Done, Plan, finish, forget, is_unfinished, plan
from examrunner.services.roll import Roll, read_roll

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.services.ports import ClockPort


@dataclass(frozen=True, slots=True)
class Old:
    """A session from before the day, and what purging it would change."""

    folder: Path
    on: date
    plan: Plan


@dataclass(frozen=True, slots=True)
class Alone:
    """A session that is left alone, and why."""

    folder: Path
    why: str
    is_fault: bool = True
    """It may be old enough, and something stood in the way."""


def look(parent: Path, before: date) -> tuple[list[Old], list[Alone]]:
    """Return the sessions below a folder, or the one that it is, that are to be purged.

    With them come those that are left alone. Raises WrongUsage where there is no such folder.
    """
    if not parent.is_dir():
        raise WrongUsage(f"There is no folder {parent}.", "Name the folder that holds sessions.")
    old: list[Old] = []
    alone: list[Alone] = []
    for folder in _sessions(parent):
        try:
            found = _old(folder, before)
        except ExamError as failure:
            alone.append(Alone(folder, _why(failure)))
            continue
        if isinstance(found, Alone):
            alone.append(found)
        elif found is not None:
            old.append(found)
    return old, alone


def _why(failure: ExamError) -> str:
    """Return a fault as one line: the first of several."""
    return failure.message.partition("\n")[0]


def _sessions(parent: Path) -> list[Path]:
    if is_session(parent):
        return [parent]
    return sorted(path for path in parent.iterdir() if path.is_dir() and is_session(path))


def _old(folder: Path, before: date) -> Old | Alone | None:
    roll = read_roll(folder)
    on = day_of(roll)
    if on is None:
        return Alone(folder, "it has no date and no record", is_fault=False)
    if on >= before:
        return None
    planned = plan(roll, roll.known(), is_purge=True)
    return None if _is_purged(planned) and not is_unfinished(folder) else Old(folder, on, planned)


def _is_purged(planned: Plan) -> bool:
    texts = planned.texts + planned.mentions
    return not planned.people and not texts and planned.found.is_empty and not planned.emergency


def day_of(roll: Roll) -> date | None:
    """Return the day of a session: as its settings say, or of the last event on record."""
    if roll.settings.exam.date is not None:
        return roll.settings.exam.date
    return local(roll.settings, roll.last.at).date() if roll.last else None


def purge(
    old: Iterable[Old], clock: ClockPort, actor: str
) -> tuple[list[tuple[Old, Done]], list[Alone]]:
    """Forget everyone in these sessions; those that cannot be purged are returned with the why."""
    done: list[tuple[Old, Done]] = []
    alone: list[Alone] = []
    for one in old:
        try:
            planned = one.plan
            if is_unfinished(one.folder):
                finish(one.folder, clock, actor)
                roll = read_roll(one.folder)
                planned = plan(roll, roll.known(), is_purge=True)
            done.append((one, forget(planned, clock, actor)))
        except ExamError as failure:
            alone.append(Alone(one.folder, _why(failure)))
    return done, alone
