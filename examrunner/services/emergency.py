"""Bringing the events of an emergency file into the record.

Such a file holds what the disk did not take. Its events are written with their own times, each
once, and only while nothing else has happened to any attempt since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.errors import Refused, WrongUsage
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, bare, by_attempt, fold
from examrunner.services import committed
from examrunner.services.waiting import EMERGENCY
from examrunner.storage import mirror
from examrunner.storage.database.drafts import Draft, Exposure, Told
from examrunner.storage.places import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from examrunner.domain.exam.chain import Event
    from examrunner.storage.database.ledger import Ledger


def left_over(ledger: Ledger) -> list[Path]:
    """Return the emergency files of a record that were left in the usual place."""
    pattern = f"{EMERGENCY}-{ledger.session[:64]}-*.jsonl"
    found = []
    for file in sorted((state_folder() / EMERGENCY).glob(pattern)):
        try:
            _read(file, ledger)
        except WrongUsage:
            continue
        found.append(file)
    return found


def bring_in(ledger: Ledger, file: Path) -> tuple[int, int]:
    """Write the events of an emergency file that are not on record yet.

    Returns how many were written and how many were there already. Raises Refused where an attempt
    was gone on with since, WrongUsage where the file is none or is of another session,
    NotSaved where the disk does not take them.
    """
    told = _read(file, ledger)
    events = ledger.events()
    known = {event.id for event in events}
    new = [one for one in told if one.event.id not in known]
    if not new:
        return 0, len(told)
    before = {event.hash: event.seq for event in events}
    last = before.get(told[0].event.hash)
    ours = {one.event.id for one in told}
    if last is None or any(
        event.attempt and event.seq > last and event.id not in ours for event in events
    ):
        raise Refused(
            f"The exam went on since {file.name} was written: its events would come too late.",
            "Enter what it holds by hand: examrunner enter-paper, or a correction.",
        )
    for number in sorted({one.event.seq for one in new}):
        _write(ledger, [one for one in new if one.event.seq == number])
    return len(new), len(told) - len(new)


def _read(file: Path, ledger: Ledger) -> list[Told]:
    try:
        found = [mirror.told_from(line) for line in file.read_bytes().splitlines()]
    except OSError as fault:
        raise WrongUsage(f"{file} cannot be read: {fault.strerror or fault}.") from fault
    except mirror.UNREADABLE as fault:
        raise WrongUsage(f"{file} is no emergency file of this program.") from fault
    record = ledger.hash_of(1)
    if any(session != ledger.session or told.event.prev != record for session, told in found):
        raise WrongUsage(f"{file.name} does not belong to this record.")
    return [told for _, told in found]


def _write(ledger: Ledger, batch: Sequence[Told]) -> None:
    """Write one batch, with its own time and writer."""
    drafts = [Draft(one.event.what, one.text, one.event.id) for one in batch]
    before = ledger.events()

    def states(events: tuple[Event, ...]) -> list[Attempt]:
        return states_after([*before, *events], batch)

    first = batch[0].event
    ledger.append(
        drafts,
        first.moment,
        first.actor,
        states=states,
        leased=False,
        exposures=exposures_of(ledger, batch),
    )


def states_after(events: Iterable[Event], tail: Sequence[Told]) -> list[Attempt]:
    """Return the attempts that some events are about, as all events leave them."""
    own = by_attempt(events)
    return [fold(bare(name), own[name]) for name in sorted(by_attempt(one.event for one in tail))]


def exposures_of(ledger: Ledger, tail: Sequence[Told]) -> list[Exposure]:
    """Return which questions were shown in some events."""
    stored = committed.read_stored(ledger)
    if stored is None:
        return []
    course = stored.course.id
    return [
        Exposure(course, question, ledger.session, one.event.what.attempt)
        for one in tail
        if isinstance(one.event.what, ev.SheetChosen)
        for question in one.event.what.questions
    ]
