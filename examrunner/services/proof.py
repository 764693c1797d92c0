"""The proof of a session's draws: what is published after the day, and what is checked before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.draw.commitment import bank_hash, bank_items, questions_in
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.published import Published, published
from examrunner.domain.draw.ticket import NONE
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import DAY_OVER, SessionPhase, session_phase
from examrunner.domain.text import counted
from examrunner.services import committed
from examrunner.services.folders import demand_session, has_record
from examrunner.services.lost import demand_no_copies
from examrunner.services.secret import read_secret
from examrunner.storage.database.drafts import Draft
from examrunner.storage.interrupts import held
from examrunner.storage.readers.session_files import demand_settings
from examrunner.storage.writers.proof_folder import proof_written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from examrunner.domain.draw.verification import Verified
    from examrunner.services.committed import Stored
    from examrunner.services.ports import ClockPort
    from examrunner.storage.database.ledger import Ledger

FEWEST_DIGITS = 8
"""Digits of a head below which it names no event of the record."""
NOTHING = "Nothing has been drawn yet: the session is not committed."


@dataclass(frozen=True, slots=True)
class Proof:
    """What was published of a session."""

    folder: Path
    session: str
    commit: str
    """C."""
    head: str
    """Hash of the log's last line."""
    draws: int
    files: tuple[str, ...]
    is_new: bool
    """The secret was revealed by this; else it had been before."""


@contextmanager
def record_of(folder: Path) -> Iterator[tuple[Ledger, Stored, SessionPhase]]:
    """Give the record of a committed session, which may be open elsewhere, and its phase.

    Raises WrongUsage where the folder is no session, Refused where it is a draft.
    """
    from examrunner.storage.database.ledger import Ledger

    demand_session(folder)
    settings = demand_settings(folder)
    path = folder / settings.database
    if not has_record(path):
        demand_no_copies(folder)
        raise Refused(NOTHING)
    with Ledger.open(path, settings.session, create=False) as ledger:
        day = ledger.of_the_day()
        stored = committed.read_stored(ledger, day)
        if stored is None:
            raise Refused(NOTHING)
        yield ledger, stored, session_phase(event.what for event in day)


def published_of(ledger: Ledger, stored: Stored, secret: str, lines: Sequence[str]) -> Published:
    """Return the four files of a session's proof, with these lines of the public log.

    A bank that is not the committed one of its reading stands under its own hash (design, 4).
    """
    event = ledger.last("committed")
    assert event is not None
    used = {*committed.load(event.what, ledger.document).banks.items(), *stored.banks.items()}
    for later in ledger.of_the_day():
        if isinstance(later.what, ev.Rebanked):
            used |= set(later.what.banks.items())
    banks = {}
    for reading, sha in sorted(used):
        items = bank_items(questions_in(ledger.document(sha)).values())
        own = bank_hash(items)
        banks[reading if stored.commitment.banks.get(reading) == own else own] = items
    return published(stored.commitment, lines, secret, banks)


def verify_folder(folder: Path, commit: str | None = None, heads: tuple[str, ...] = ()) -> Verified:
    """Verify a published folder. `commit` is the line that was published, `heads` of receipts."""
    from examrunner.domain.draw.verification import Verified, verify
    from examrunner.storage.readers.published import read_published

    found = read_published(folder)
    if not isinstance(found, Published):
        return Verified(found)
    return verify(found, commit=commit, heads=heads)


def verify_session(
    folder: Path, commit: str | None = None, heads: tuple[str, ...] = ()
) -> Verified:
    """Verify a session's own record: its chain, its states, and every line of its public log.

    A day that is not over needs no end line, and `heads` may be those of the record, too. Raises
    as `record_of` does, and Environment where the secret is lost.
    """
    from examrunner.domain.draw.verification import verify

    with record_of(folder) as (ledger, stored, phase):
        wrong = tuple(ledger.verify())
        secret = read_secret(folder, stored.commitment)
        files = published_of(ledger, stored, secret, ledger.lines())
        own = _heads_of_record(ledger, heads)
        rest = tuple(one for one in heads if one not in own)
        found = verify(files, commit=commit, heads=rest)
    over = phase is SessionPhase.PUBLISHED
    problems = tuple(one for one in found.problems if over or one.rule != "end")
    notes = (*found.notes, *own.values())
    return replace(found, problems=(*wrong, *problems), notes=notes)


def _heads_of_record(ledger: Ledger, heads: Sequence[str]) -> dict[str, str]:
    """Return those heads that results and exports of this record carry, each with a note on it."""
    known = {}
    events = ledger.events() if heads else []
    for given in heads:
        head = given.strip().lower()
        for event in events:
            if len(head) >= FEWEST_DIGITS and event.hash.startswith(head):
                known[given] = (
                    f"The record has the head {head} after {counted(event.seq, 'event')}: up to "
                    "there it is as it was then."
                )
    return known


@held()
def reveal(folder: Path, target: Path, clock: ClockPort, actor: str) -> Proof:
    """End the public log, and write the folder to publish; may be done again to another place.

    Raises Refused unless the day is closed or where `target` holds anything, Environment where
    the disk says no; the day is then as it was.
    """
    with record_of(folder) as (ledger, stored, phase):
        if phase not in DAY_OVER:
            raise Refused(
                f"The day is {phase}: its secret must stay one.",
                "Close the day first: open the session, c on the board.",
            )
        session, secret = stored.settings.session, read_secret(folder, stored.commitment)
        log = DrawLog.replay(stored.commitment, secret, ledger.lines())
        is_new = not log.ended
        end = log.end().line if is_new else None
        files = published_of(ledger, stored, secret, log.lines)
        try:
            _demand_free(target)
            with proof_written(target, files, session, log.public or NONE) as names:
                if end is not None:
                    drafts = [Draft(ev.Published(end))]
                    ledger.append(drafts, clock.now(), actor, leased=False)
        except OSError as fault:
            words = f"{target} cannot be written: {fault.strerror or fault}."
            raise Environment(words, "Reveal to another folder.") from fault
    return Proof(target, session, stored.commit, log.head, len(log.draws), names, is_new)


def _demand_free(target: Path) -> None:
    """Raise Refused unless a folder is new or empty: nothing of anybody's is written over."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise Refused(f"{target} is no folder.", "Name a new folder.")
    if target.is_dir() and (others := sorted(one.name for one in target.iterdir())):
        raise Refused(f"{target} holds {others[0]}.", "Name a new folder.")
