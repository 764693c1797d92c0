"""A list of a session gives way to a new one: the class list or the reviews.

In a draft only the file changes. In a committed session it is taken in by committing again; in
one that has begun, by events.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import Refused, refused_by_machine
from examrunner.domain.exam.phases import DAY_OVER, SessionPhase, session_phase
from examrunner.services.folders import (
    LOCK_FILE,
    OLD_REVIEWS,
    OLD_ROSTER,
    REVIEWS_FILE,
    ROSTER_FILE,
    has_record,
)
from examrunner.services.roll import open_record
from examrunner.storage.database.copies import BACKUPS
from examrunner.storage.files import write_atomically
from examrunner.storage.kept import keep_copy
from examrunner.storage.lock import alone
from examrunner.storage.readers.session_files import demand_settings

if TYPE_CHECKING:
    from examrunner.domain.exam.moments import Moment
    from examrunner.services.changes import Changes
    from examrunner.services.desk import Desk
    from examrunner.services.ports import ClockPort

BEGUN = (SessionPhase.OPEN, SessionPhase.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of list, and what is said of it."""

    file: str
    old: str
    """The name of the old one among the backups, without time."""
    stays: str
    again: str


CLASS_LIST = Kind(
    ROSTER_FILE, OLD_ROSTER, "its class list changes no more", "Import the list again."
)
REVIEW_LIST = Kind(
    REVIEWS_FILE, OLD_REVIEWS, "its reviews change no more", "Import the reviews again."
)


@dataclass(frozen=True, slots=True)
class NewList:
    """A list as it would be written, and what it was compared with."""

    folder: Path
    kind: Kind
    phase: SessionPhase
    before: bytes | None
    """The file as it was compared; None where there was none."""
    data: bytes
    first: Callable[[], None] = lambda: None
    """Writes what belongs with it, once nothing stands against it and before it is written."""

    @property
    def path(self) -> Path:
        """The session's file."""
        return self.folder / self.kind.file


def bytes_of(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none. Raises Environment."""
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as fault:
        raise refused_by_machine(fault) from fault


def phase_of(folder: Path) -> SessionPhase:
    """Return how far a session is, which may be open elsewhere. Raises BadInput, Environment."""
    settings = demand_settings(folder)
    record = folder / settings.database
    if not has_record(record):
        return SessionPhase.DRAFT
    with open_record(record, settings) as ledger:
        if ledger.last("committed") is None:
            return SessionPhase.DRAFT
        return session_phase(event.what for event in ledger.of_the_day())


def write(new: NewList, clock: ClockPort, actor: str) -> Path | None:
    """Write the list of a session whose day has not begun. Returns where the old one is kept.

    Raises Refused where the app has the session open, the day is over, or the file has changed
    since it was compared, Environment where the disk says no. Then nothing has changed.
    """
    _demand_not_over(new)
    moment = clock.now()
    with ExitStack() as held_while:
        try:
            held_while.enter_context(alone(new.folder / LOCK_FILE, actor, moment))
        except Refused as taken:
            raise Refused(taken.message, "Close it there first. Nothing was changed.") from taken
        if phase_of(new.folder) is not new.phase:
            raise Refused("The session has gone on meanwhile.", new.kind.again)
        return _replace(new, moment)


def changes_with(new: NewList, desk: Desk) -> Changes:
    """Return what there is to take into the record of this desk, once the list is written.

    Raises BadInput where the session's files cannot be read any more with it.
    """
    from examrunner.services.changes import changes_of

    return changes_of(desk, {new.kind.file: new.data})


def write_begun(new: NewList, desk: Desk) -> tuple[Path | None, Changes]:
    """Write the list of a day that has begun, whose desk holds the lock.

    Returns where the old one is kept, and what there is to take into the record (by `take_in` of
    changes). Raises as `write` and `changes_with` do; then the list is as it was.
    """
    _demand_not_over(new)
    changes = changes_with(new, desk)
    return _replace(new, desk.clock.now()), changes


def write_open(new: NewList, desk: Desk) -> Path | None:
    """Write the list of a session that this desk holds; what a draft knew of it is read anew.

    Raises as `write` does.
    """
    _demand_not_over(new)
    kept = _replace(new, desk.clock.now())
    desk.prepared = None
    return kept


def _demand_not_over(new: NewList) -> None:
    if new.phase in DAY_OVER:
        hint = "Open the day again first." if new.phase is SessionPhase.CLOSED else ""
        raise Refused(f"The session is {new.phase}: {new.kind.stays}.", hint)


def _replace(new: NewList, moment: Moment) -> Path | None:
    """Keep the old list among the backups and put the new one in its place."""
    now = bytes_of(new.path)
    if now != new.before:
        raise Refused(f"{new.kind.file} has changed meanwhile.", new.kind.again)
    new.first()
    try:
        kept = None
        if now is not None:
            kept = keep_copy(new.folder / BACKUPS, new.kind.old, now, moment.at)
        write_atomically(new.path, new.data)
    except OSError as fault:
        raise refused_by_machine(fault) from fault
    return kept
