"""Open a session: take the lock, read what there is, and commit at the first call."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import BadInput, has_errors
from examrunner.services.desk import Desk
from examrunner.services.folders import LOCK_FILE, ROSTER_FILE, UNFINISHED, has_record
from examrunner.services.lost import demand_no_copies
from examrunner.storage.database.drafts import Busy, Draft
from examrunner.storage.files import keep_private
from examrunner.storage.lock import SessionLock

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.exam.moments import Moment
    from examrunner.services.ports import ClockPort, Entropy, Way
    from examrunner.services.prepare import Prepared
    from examrunner.storage.database.ledger import Ledger

AGAIN = "Quit and open the session again."
USUAL = Settings(session="")
"""Stands for the settings of a session whose ledger has not been read yet."""

_preparing = threading.Lock()


def open_way(folder: Path, clock: ClockPort, entropy: Entropy, actor: str, way: Way) -> Desk:
    """Open a session in one of the ways. Raises as `open_desk` does."""
    if way.watch:
        from examrunner.services.watching import Watch

        return Watch(folder, clock, actor)
    return open_desk(folder, clock, entropy, actor, take_over=way.take_over, second=way.second)


def open_desk(
    folder: Path,
    clock: ClockPort,
    entropy: Entropy,
    actor: str,
    *,
    take_over: bool = False,
    second: Path | None = None,
) -> Desk:
    """Open a session for examining; `second` is a further folder for copies.

    Raises BadInput for files that cannot be read, Refused where another process has it open (with
    `take_over` that one is shut out instead) or the record was made by a newer program,
    Environment where the disk says no. On any of these nothing has changed.
    """
    is_usual = has_record(folder / USUAL.database)
    settings = USUAL if is_usual else _written_settings(folder)
    lock = SessionLock(folder / LOCK_FILE)
    last_seen = lock.last_seen()
    lock.acquire(actor, clock.now(), last_seen, take_over=take_over)
    desk = Desk(folder, settings, lock=lock, clock=clock, entropy=entropy, actor=actor)
    desk.second = second
    keep_private(folder)
    try:
        ledger = _ledger_of(desk)
        if ledger is None:
            _open_draft(desk)
        else:
            _open_committed(desk, ledger, last_seen)
        desk.beat()
    except Busy as busy:
        desk.close()
        raise _told_who(busy, lock) from busy
    except BaseException:
        desk.close()
        raise
    return desk


def _told_who(busy: Busy, lock: SessionLock) -> Busy:
    """Return the failure with the way out: a frozen process keeps what it held when it froze."""
    hint = "Wait a moment and try again. If a process hangs, end it: nothing saved is lost."
    if type(lock.held_by) is int:
        hint = f"If it hangs, end it: kill -9 {lock.held_by}. Nothing that was saved is lost."
    return Busy(busy.message, hint)


def _written_settings(folder: Path) -> Settings:
    """Return the settings of the folder's session.yaml, whose reader is loaded here only."""
    from examrunner.storage.readers.session_files import demand_settings

    return demand_settings(folder)


def _ledger_of(desk: Desk) -> Ledger | None:
    """Return the ledger of a committed session, None for a draft.

    A file of the usual name that holds one session needs no settings: they are in it. This
    saves the start of the exam day the reading and checking of session.yaml.
    """
    if not has_record(desk.folder / desk.settings.database):
        return None
    from examrunner.storage.database.ledger import Ledger

    if desk.settings is USUAL:
        ledger = Ledger.open_only(desk.folder / USUAL.database)
        if ledger is not None:
            return ledger
        desk.settings = _written_settings(desk.folder)
    path = desk.folder / desk.settings.database
    return Ledger.open(path, desk.settings.session, create=False) if has_record(path) else None


def _open_draft(desk: Desk) -> None:
    from examrunner.storage.readers.rosters import read_roster

    demand_no_copies(desk.folder)
    roster = read_roster(desk.folder / ROSTER_FILE)
    if has_errors(roster.problems):
        raise BadInput(roster.problems)
    desk.seat([(one.student_id, one) for one in roster.students], [])
    if desk.lock.held_by is not None:
        desk.lock.put_aside(desk.clock.now())


def _open_committed(desk: Desk, ledger: Ledger, last_seen: Moment | None) -> None:
    from examrunner.services import committed
    from examrunner.services.verify import demand_sound

    desk.ledger = ledger
    demand_sound(ledger)
    left_over = _bring_in(ledger)
    day = ledger.of_the_day()
    stored = committed.read_stored(ledger, day)
    if stored is None:
        # The program died between making the file and the commit: still a draft.
        ledger.close()
        desk.ledger = None
        _open_draft(desk)
        return
    desk.use(ledger, stored)
    desk.left_over = left_over
    if (desk.folder / UNFINISHED).exists():
        desk.left_over += " A forgetting was interrupted: run examrunner forget again."
    desk.seat([(one.key, one.student) for one in ledger.people()], ledger.attempts())
    desk.heed(day)
    _, before = ledger.take_lease(desk.actor, desk.clock.now())
    busy = desk.under_way()
    if busy is not None and busy.phase is Phase.RUNNING:
        desk.last_seen = _latest(desk, last_seen, before)
    is_taken = desk.lock.held_by is not None
    if is_taken:
        desk.lock.put_aside(last_seen or desk.clock.now())
    desk.write([Draft(ev.Entered(ledger.epoch, is_taken))])
    desk.saved = None
    desk.start_copies()


def _bring_in(ledger: Ledger) -> str:
    """Take in what an earlier process could not save. Returns what there is to say about it."""
    from examrunner.services.emergency import bring_in, left_over

    words = []
    for file in left_over(ledger):
        try:
            new, _ = bring_in(ledger, file)
            file.unlink()
        except (ExamError, OSError) as fault:
            words.append(f"{file} waits and was not taken in: {fault}")
        else:
            words.append(f"{new} events that had not been saved were taken in")
    return " ".join(words)


def _latest(desk: Desk, lock: Moment | None, lease: Moment | None) -> Moment:
    """Return when the program was last alive: the newest sign of life, events included."""
    busy = desk.under_way()
    assert busy is not None
    signs = [event.moment for event in desk.events(busy.id)]
    if lock is not None and lock.boot_id == desk.clock.now().boot_id:
        lease = None  # it also beats while a break is still to be judged, the lock does not
    signs += [moment for moment in (lock, lease) if moment is not None]
    last_boot = max(signs, key=lambda moment: moment.at).boot_id
    return max((m for m in signs if m.boot_id == last_boot), key=lambda m: m.boot_ns)


def prepared_of(desk: Desk) -> Prepared:
    """Return the session folder read whole; read without errors it is kept until the commit."""
    from examrunner.services.prepare import prepare

    with _preparing:
        if desk.prepared is None or has_errors(desk.prepared.problems):
            desk.prepared = prepare(desk.folder)
        return desk.prepared


def warm(desk: Desk) -> None:
    """Load, beside the running app, what the next keys will need."""
    if desk.is_watching:
        return
    if desk.ledger is None:
        prepared_of(desk)
        import examrunner.services.commit
        import examrunner.storage.database.ledger
    else:
        desk.log()
    import examrunner.services.draws  # noqa: F401  loaded for the next key
