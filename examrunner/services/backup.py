"""Copies on request: a backup now, and a record built again from what is left.

A damaged file is never written to. It is put aside, the newest good copy takes its place, and the
events after it come from the mirror, each checked against the chain.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.domain.exam import events as ev
from examrunner.services.emergency import bring_in, exposures_of, states_after
from examrunner.services.folders import (
    COMMIT_FILE,
    LOCK_FILE,
    PUT_ASIDE,
    RESTORING,
    SECRET_FILE,
    USUAL_DATABASE,
    is_session,
)
from examrunner.storage import mirror
from examrunner.storage.database.copies import (
    BACKUPS,
    Copy,
    copies,
    copy_database,
    is_good,
    make_copy,
    sound_head,
)
from examrunner.storage.database.drafts import Draft, Told
from examrunner.storage.files import make_private, sync_folder, write_atomically
from examrunner.storage.interrupts import held
from examrunner.storage.lock import alone
from examrunner.storage.readers.session_files import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examrunner.services.ports import ClockPort


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore would do; nothing has been written yet."""

    folder: Path
    copy: Copy
    tail: tuple[Told, ...]
    """The mirror's events after the copy, which continue its chain."""
    has_record: bool
    """Whether a record stands where the restored one will go."""
    record: tuple[int, str] | None
    """Number of events and head of the present record; None where it does not hold."""

    @property
    def events(self) -> int:
        """How many events the restored record will hold, the receipt apart."""
        return self.copy.events + len(self.tail)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done."""

    events: int
    head: str
    put_aside: Path | None
    """Where the damaged file lies now."""


def back_up(folder: Path, to: Path | None = None) -> Copy:
    """Make a checked copy of a session's record now, which may be open elsewhere.

    In the session's own folder `backups`, or, with the mirror and the secret, in a folder for
    this session below `to`. Raises Environment where that cannot be done, Refused for a draft.
    """
    record = record_of(folder)
    if not record.exists():
        raise Refused("There is no record to copy yet: nobody has been called.")
    if to is None:
        return make_copy(record, folder / BACKUPS)
    if not to.is_dir():
        raise WrongUsage(f"There is no folder {to}.", "Is the stick mounted?")
    place = to / folder.resolve().name
    copy = make_copy(record, place / BACKUPS)
    try:
        for name in (SECRET_FILE, COMMIT_FILE, mirror.MIRROR):
            if (folder / name).exists():
                write_atomically(place / name, (folder / name).read_bytes())
    except OSError as fault:
        raise Environment(f"{place} cannot be written: {fault.strerror or fault}.") from fault
    return copy


def plan_restore(folder: Path, source: Path | None = None) -> Plan:
    """Find what the record can be built from. `source` is a copy, or a folder with copies.

    Raises Environment where no copy is good, WrongUsage where the source is not there.
    """
    place = source or folder
    if not place.exists():
        raise WrongUsage(f"There is no {place}.", "Name a copy, or a folder that has backups.")
    if place.is_file():
        listed, place = [_as_copy(place)], place.parent
        if place.name == BACKUPS:
            place = place.parent
    else:
        listed = copies(place / BACKUPS) or copies(place)
    chosen = next((copy for copy in listed if is_good(copy.path)), None)
    if chosen is None:
        raise Environment(
            f"No good copy was found in {place}.",
            "Name a folder or a file with --from, such as one on a USB stick.",
        )
    record = record_of(folder)
    lines = [path for path in (place / mirror.MIRROR, folder / mirror.MIRROR) if path.exists()]
    tails = [_tail(path, chosen) for path in lines]
    return Plan(folder, chosen, max(tails, key=len, default=()), record.exists(), _sound(record))


@held()
def restore(plan: Plan, clock: ClockPort, actor: str) -> Restored:
    """Build the record again as planned, and put the one that was there aside.

    Raises Refused where the session is open, Environment where the disk says no; the record that
    was there then stands as it was.
    """
    folder, record = plan.folder, record_of(plan.folder)
    make_private(folder)
    try:
        with (
            alone(folder / LOCK_FILE, actor, clock.now()),
            tempfile.TemporaryDirectory(prefix=RESTORING, dir=folder) as aside,
        ):
            fresh = Path(aside) / record.name
            copy_database(plan.copy.path, fresh)
            what = ev.Restored(plan.copy.path.name, plan.copy.events, len(plan.tail))
            count, head = _build(fresh, plan.tail, what, clock, actor)
            put_aside = _put_aside(record, clock) if plan.has_record else None
            fresh.replace(record)  # it is whole and on disk: this needs no room any more
            sync_folder(folder)
    except OSError as fault:
        raise Environment(f"{folder} cannot be written: {fault.strerror or fault}.") from fault
    for name in (SECRET_FILE, COMMIT_FILE):
        source = plan.copy.path.parent.parent / name
        if source.exists() and not (folder / name).exists():
            write_atomically(folder / name, source.read_bytes())
    return Restored(count, head, put_aside)


@held()
def bring_in_file(folder: Path, file: Path, clock: ClockPort, actor: str) -> tuple[int, int]:
    """Take the events of an emergency file into a session's record.

    Returns how many were written and how many were there already. Raises Refused where the session
    is open, else as `emergency.bring_in` does.
    """
    from examrunner.storage.database.ledger import Ledger

    with alone(folder / LOCK_FILE, actor, clock.now()):
        ledger = Ledger.open_only(record_of(folder))
        if ledger is None:
            raise Refused("This record does not hold exactly one session.")
        with ledger:
            return bring_in(ledger, file)


def record_of(folder: Path) -> Path:
    """Return the file of a session's record, which need not be there."""
    usual = folder / USUAL_DATABASE
    if usual.exists() or not is_session(folder):
        return usual
    settings, _ = read_settings(folder)
    return folder / settings.database if settings else usual


# --- restoring -----------------------------------------------------------------------------


def _as_copy(path: Path) -> Copy:
    found = next((copy for copy in copies(path.parent) if copy.path == path), None)
    if found is not None:
        return found
    events, head = sound_head(path)
    return Copy(path, events, head[:12])


def _sound(record: Path) -> tuple[int, str] | None:
    """Return the head of the present record; None where it is damaged."""
    try:
        return sound_head(record)
    except (ExamError, OSError):
        return None


def _tail(path: Path, copy: Copy) -> tuple[Told, ...]:
    """Return a mirror's events that follow a copy, as far as they continue its chain."""
    try:
        told, _ = mirror.read_mirror(path)
    except OSError:
        return ()
    known = [one for one in told if one.event.seq == copy.events]
    if copy.events and (not known or not known[0].event.hash.startswith(copy.head)):
        return ()
    tail: list[Told] = []
    prev = known[0].event.hash if known else None
    for one in told:
        if one.event.seq <= copy.events:
            continue
        if prev is not None and one.event.prev != prev:
            break
        prev = one.event.hash
        tail.append(one)
    return tuple(tail)


def _build(
    fresh: Path, tail: Sequence[Told], what: ev.Restored, clock: ClockPort, actor: str
) -> tuple[int, str]:
    from examrunner.storage.database.ledger import Ledger

    ledger = Ledger.open_only(fresh)
    assert ledger is not None
    with ledger:
        if tail:
            known = ledger.events()
            states = states_after([*known, *(one.event for one in tail)], tail)
            ledger.replay(tail, states, exposures_of(ledger, tail))
        gone = [one.event.what for one in tail if isinstance(one.event.what, ev.Forgotten)]
        if gone:  # the copy may be older than the request to forget
            ledger.forget({one.student: () for one in gone}, clock.now(), actor)
        ledger.append([Draft(what)], clock.now(), actor, leased=False)
        problems = ledger.verify()
        if problems:
            raise Environment(f"The restored record does not hold: {problems[0].text}")
        return ledger.head()


def _put_aside(record: Path, clock: ClockPort) -> Path:
    """Move a record, and a journal beside it, out of the way; nothing of it is changed."""
    stamp = f"{clock.now().at:%Y%m%d-%H%M%S}"
    aside = record.with_name(f"{PUT_ASIDE}{stamp}.db")
    journal = record.with_name(f"{record.name}-journal")
    record.rename(aside)
    if journal.exists():
        journal.rename(aside.with_name(f"{aside.name}-journal"))
    return aside
