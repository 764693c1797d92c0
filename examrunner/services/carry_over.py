"""Next term: the banks of an examined session, and a memory of what was asked, without students.

Banks and the catalogue beside them are copied byte for byte, as people wrote them. Nothing that is
there is overwritten but the memory, which the program alone writes: a session takes one place in
it, however often it comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import Approval, Approvals
from examrunner.domain.bank.exposure import Used, discreet, remember
from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.exam.phases import DAY_OVER, session_phase
from examrunner.domain.problems import BadInput, has_errors
from examrunner.services.bank_targets import COURSE_FILE
from examrunner.services.exposure import tally
from examrunner.services.folders import demand_session, has_record
from examrunner.storage.files import write_atomically
from examrunner.storage.readers.approval_files import FILE as APPROVALS
from examrunner.storage.readers.approval_files import READABLE, approvals_bytes, read_approvals
from examrunner.storage.readers.bank_files import bank_paths
from examrunner.storage.readers.exposure_files import FILE as MEMORY
from examrunner.storage.readers.exposure_files import exposure_bytes, read_exposure, write_exposure
from examrunner.storage.readers.session_files import demand_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.settings import Settings

SEVERAL = 2
RIGHTS = 0o777
"""The bits of a file's mode that go along with its copy."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What was taken into the next term."""

    session: str
    to: Path
    copied: tuple[str, ...]
    """Names of the files that were made."""
    same: tuple[str, ...]
    """Those that were there, byte for byte."""
    kept: tuple[str, ...]
    """Those that were there and say something else: they stay."""
    memory: Path
    questions: int
    """That the session showed."""
    shown: int
    """How often one of them stood on a sheet."""
    told: int
    """Questions whose answers are in the memory."""
    is_over: bool
    """The day is closed, so that nothing more can come."""


def carry_over(folder: Path, to: Path) -> Carried:
    """Copy a session's banks to a folder and remember there what the session showed.

    Raises WrongUsage where the folder is no session or `to` is no folder, Refused where nobody
    was examined, BadInput where banks or the memory cannot be read, Environment where the disk
    says no. The memory is written last: without it, doing it again goes on.
    """
    from examrunner.services.prepare import bank_folders

    demand_session(folder)
    if to.exists() and not to.is_dir():
        raise WrongUsage(f"{to} is no folder.")
    settings = demand_settings(folder)
    used, is_over = _used(folder, settings)
    memory, problems = read_exposure(to / MEMORY)
    if has_errors(problems):
        raise BadInput(problems)
    now = remember(memory, used)
    try:
        folders = bank_folders(folder, settings)
        files, approvals = _files(folders), _approvals(folders)
        to.mkdir(parents=True, exist_ok=True)
        fates = {
            name: _put(path.read_bytes(), to / name, path.stat().st_mode & RIGHTS)
            for name, path in files.items()
        }
        if approvals is not None:
            fates[APPROVALS] = _put(approvals, to / APPROVALS, READABLE)
        if exposure_bytes(now) != exposure_bytes(memory) or not (to / MEMORY).exists():
            write_exposure(to / MEMORY, now)
    except OSError as fault:
        where = fault.filename or to
        raise Environment(f"{where} cannot be copied: {fault.strerror or fault}.") from fault
    kept = discreet(used).questions
    return Carried(
        session=used.session,
        to=to,
        copied=_of(fates, "copied"),
        same=_of(fates, "same"),
        kept=_of(fates, "kept"),
        memory=to / MEMORY,
        questions=len(kept),
        shown=sum(one.sheets for one in kept),
        told=sum(one.answers is not None for one in kept),
        is_over=is_over,
    )


def _used(folder: Path, settings: Settings) -> tuple[Used, bool]:
    """Return what a session showed, from its record, and whether its day is closed."""
    from examrunner.services.committed import read_stored
    from examrunner.storage.database.looking import look

    nothing = Refused(
        f"Nobody was examined in {settings.session} yet: there is nothing to remember.",
        "The banks of a session that was not held are simply its files.",
    )
    if not has_record(folder / settings.database):
        raise nothing
    with look(folder / settings.database, settings.session) as seen:
        if seen.ledger is None:
            raise nothing
        day = seen.ledger.of_the_day()
        stored = read_stored(seen.ledger, day)
        if stored is None:
            raise nothing
        attempts = seen.ledger.attempts()
    shown = tally(attempts)
    if not shown:
        raise nothing
    used = Used(stored.settings.session, stored.commit, None, stored.course.id, shown)
    phase = session_phase(event.what for event in day)
    return replace(used, on=_day(stored.settings, attempts)), phase in DAY_OVER


def _day(settings: Settings, attempts: Iterable[Attempt]) -> date | None:
    """Return the day of a session: as planned, else that of the first paper shown."""
    from examrunner.services.day import local

    if settings.exam.date is not None:
        return settings.exam.date
    first = min((one.revealed_at for one in attempts if one.revealed_at), default=None)
    return local(settings, first).date() if first else None


def _files(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the banks by name, and the catalogue by which they are judged where it is beside them.

    Of each the one of the first folder that has it counts.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for path in (*bank_paths(folder)[0], folder / COURSE_FILE):
            if path.is_file():
                found.setdefault(path.name, path)
    return found


def _approvals(folders: Iterable[Path]) -> bytes | None:
    """Return what approvals.yaml has to say: as it is, or the entries of several one after another.

    Raises BadInput where several must be joined and one cannot be read.
    """
    files = [path for folder in folders if (path := folder / APPROVALS).is_file()]
    if len(files) < SEVERAL:
        return files[0].read_bytes() if files else None
    entries: list[Approval] = []
    for path in files:
        approvals, problems = read_approvals(path)
        if has_errors(problems):
            raise BadInput(problems)
        entries += approvals.approvals
    return approvals_bytes(Approvals(tuple(entries)))


def _put(data: bytes, target: Path, mode: int) -> str:
    """Write a file where there is none; return what became of it."""
    if target.exists():
        return "same" if target.read_bytes() == data else "kept"
    write_atomically(target, data, mode)
    return "copied"


def _of(fates: dict[str, str], fate: str) -> tuple[str, ...]:
    return tuple(sorted(name for name, one in fates.items() if one == fate))
