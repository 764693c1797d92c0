"""The record: is there one, whose is it, does it hold, and who has it open."""

from __future__ import annotations

import shlex
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, ExamError, Refused
from examrunner.domain.exam.events import Committed
from examrunner.domain.exam.moments import seconds_between
from examrunner.domain.text import counted
from examrunner.services import committed
from examrunner.services.emergency import left_over
from examrunner.services.folders import COMMIT_FILE, LOCK_FILE, SECRET_FILE
from examrunner.services.secret import read_secret
from examrunner.storage import machine, mirror
from examrunner.storage.database.copies import BACKUPS
from examrunner.storage.lock import SessionLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.domain.problems import Problem
    from examrunner.services.committed import Stored
    from examrunner.services.doctor.found import Notes
    from examrunner.services.ports import ClockPort
    from examrunner.storage.database.ledger import Ledger

DIGITS = 12
"""Of the head, as it stands on results and exports."""
MOST = 3
"""So many problems of one kind are told one by one."""
ALIVE = 3
"""Seconds since the last sign of life; it is given each second."""


class Record:
    """A record that can be read, in memory, with what was committed in it."""

    def __init__(self, ledger: Ledger, stored: Stored | None) -> None:
        self.ledger = ledger
        self.stored = stored
        """None where what was committed cannot be read."""


def command(word: str, *rest: str | Path) -> str:
    """Return a command of this program as it can be typed."""
    return shlex.join(["examrunner", word, *map(str, rest)])


def restoring(folder: Path) -> str:
    """Return what to do about a record that does not hold."""
    return f"Leave everything as it is and go on from the newest good copy: {_restore(folder)}"


def _restore(folder: Path) -> str:
    return command("restore", folder)


def is_open(folder: Path, clock: ClockPort) -> bool:
    """Say whether a process has a session open, without touching its lock."""
    path = folder / LOCK_FILE
    held = machine.is_locked(path)
    if held is not None:
        return held
    now, seen = clock.now(), SessionLock(path).last_seen()
    return seen is not None and seen.boot_id == now.boot_id and seconds_between(seen, now) < ALIVE


def look_at_lock(notes: Notes, folder: Path, *, is_held: bool) -> None:
    """Say who has a session open."""
    if is_held:
        notes.ok("open", SessionLock(folder / LOCK_FILE).words())
    else:
        notes.ok("open", "by nobody now")


@contextmanager
def looked_at(
    notes: Notes, folder: Path, path: Path, session: str | None, *, is_held: bool
) -> Iterator[Record | None]:
    """Look at a session's record, and give it for more; None where there is nothing to give."""
    with ExitStack() as stack:
        yield _looked_at(stack, notes, folder, path, session, is_held=is_held)


def _looked_at(
    stack: ExitStack, notes: Notes, folder: Path, path: Path, session: str | None, *, is_held: bool
) -> Record | None:
    from examrunner.storage.database.looking import NoDatabase, look

    traces = traces_of(folder)
    if not path.exists() and not path.is_symlink():
        _without(notes, folder, path, traces)
        return None
    try:
        seen = stack.enter_context(look(path, session))
    except NoDatabase as fault:
        if traces:
            words = f"{path.name} is damaged: its beginning is not that of a record."
            notes.error("record", words, restoring(folder))
        else:
            hint = "Move that file away, or name another database in session.yaml."
            words = f"{path.name} was not made by examrunner: it is no database."
            notes.error("record", words, hint, fault.exit_code)
        return None
    except (Refused, Environment) as fault:
        notes.error("record", fault.message, fault.hint, fault.exit_code)
        return None
    except ExamError as fault:
        notes.error("record", fault.message, restoring(folder))
        return None
    if not seen.sessions:
        _without(notes, folder, path, traces)
        return None
    if seen.ledger is None:
        words = f"{path.name} holds {len(seen.sessions)} sessions, none of this name."
        notes.error("record", words, "Say in session.yaml which one it is (session).")
        return None
    _journal(notes, path, needed=seen.is_half_written, is_held=is_held)
    if seen.is_older:
        words = f"made by an older examrunner (schema {seen.schema}): "
        notes.ok("schema", words + "brought up to date, with a copy, when it is opened")
    if not seen.is_guarded:
        words = "Its guard against changes is gone: other tools have worked on it."
        notes.warn("guard", words, "Compare the head with printed ones.")
    return _told(notes, folder, seen.ledger, seen.schema)


@contextmanager
def damage_told(notes: Notes, folder: Path) -> Iterator[None]:
    """Tell of what cannot be read on the way, once, instead of failing."""
    try:
        yield
    except ExamError as fault:
        if not any(check.words == fault.message for check in notes.findings.checks):
            notes.error("record", fault.message, restoring(folder))
    except mirror.UNREADABLE:
        words = "The record is damaged: it holds something that cannot be read."
        notes.error("record", words, restoring(folder))


def traces_of(folder: Path) -> list[str]:
    """Return what tells that a session had a record once."""
    return [name for name in (BACKUPS, mirror.MIRROR, COMMIT_FILE) if (folder / name).exists()]


def _without(notes: Notes, folder: Path, path: Path, traces: list[str]) -> None:
    if not traces:
        notes.ok("record", "none yet: the first student who is called begins it")
        return
    what = "is empty" if path.exists() else "is gone"
    tell = "tells" if len(traces) == 1 else "tell"
    words = f"{path.name} {what}, but {' and '.join(traces)} {tell} of a record."
    hint = f"Bring it back before anybody is called: {_restore(folder)}"
    notes.error("record", words, hint)


def _journal(notes: Notes, path: Path, *, needed: bool, is_held: bool) -> None:
    journal = path.with_name(f"{path.name}-journal")
    if needed:
        words = f"{journal.name} is left from a crash and is needed: never delete it."
        hint = f"Opening the session puts {path.name} in order; nothing shown as saved is lost."
        notes.warn("journal", words, hint)
    elif journal.exists() and not is_held:
        words = f"{journal.name} lies here without being needed."
        notes.warn("journal", words, "Never delete it by hand: the next opening does what is due.")


def _told(notes: Notes, folder: Path, ledger: Ledger, schema: int) -> Record | None:
    """Tell of a record that can be read: what is in it, and what does not hold."""
    hold = tell_problems(notes, ledger.check(), restoring(folder))
    count, head, lease, event = 0, "", None, None
    with damage_told(notes, folder):
        count, head = ledger.head()
        lease, event = ledger.lease(), ledger.last("committed")
    if not count:
        return None
    since = f", last opened by {lease.holder} on {lease.since:%d %b %Y}" if lease else ""
    notes.ok("record", f"{ledger.session}, schema {schema}{since}")
    if hold:
        notes.ok("chain", "file, chain, texts and documents hold")
    notes.findings.head = (count, head)
    notes.ok("head", f"{counted(count, 'event')}, {head[:DIGITS]}: compare it with printed ones")
    if event is None or not isinstance(event.what, Committed):
        notes.error("commit", "The record lacks what was committed.", restoring(folder))
        return Record(ledger, None)
    record = Record(ledger, None)
    with damage_told(notes, folder):
        record.stored = committed.read_stored(ledger)
        if record.stored is not None:
            _secret(notes, folder, record.stored)
    return record


def tell_problems(notes: Notes, problems: list[Problem], hint: str) -> bool:
    """Tell of problems of a record, a few of each kind; returns whether there are none."""
    for rule in dict.fromkeys(one.rule for one in problems):
        found = [one for one in problems if one.rule == rule]
        for one in found[:MOST]:
            notes.error(rule, one.text, hint if one is problems[0] else "")
        if len(found) > MOST:
            notes.error(rule, f"And {len(found) - MOST} more of this kind.")
    return not problems


def _secret(notes: Notes, folder: Path, stored: Stored) -> None:
    try:
        read_secret(folder, stored.commitment)
    except Environment as fault:
        notes.error("secret", fault.message, fault.hint)
        return
    try:
        same = (folder / COMMIT_FILE).read_text(encoding="utf-8") == stored.commitment.text
    except (OSError, ValueError):
        same = False
    if same:
        notes.ok("secret", f"{SECRET_FILE} and {COMMIT_FILE} are the commit's")
    else:
        words = f"{COMMIT_FILE} is not what was committed; the record has it and counts."
        notes.warn("secret", words, "Bring it back from a backup to publish it.")


def look_at_emergency(notes: Notes, folder: Path, ledger: Ledger) -> None:
    """Look for events that were written elsewhere while the disk was away."""
    known = {event.id for event in ledger.events()}
    try:
        files = {path: mirror.read_mirror(path)[0] for path in left_over(ledger)}
    except OSError:
        return  # there is no place for them, so there are none
    for path, told in files.items():
        new = sum(one.event.id not in known for one in told)
        if new:
            words = f"{path.name} holds {counted(new, 'event')} not on record."
            hint = f"Bring them in: {command('restore', folder, '--emergency', path)}"
            notes.error("emergency", words, hint)
        else:
            words = f"{path} holds nothing that is not on record; it may be deleted."
            notes.warn("emergency", words)
