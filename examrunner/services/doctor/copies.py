"""The copies of a record: are there any, do they hold, and do they tell the same as the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError
from examrunner.domain.text import counted, some
from examrunner.services.doctor.record import restoring
from examrunner.storage import mirror
from examrunner.storage.database.copies import BACKUPS

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.doctor.found import Notes
    from examrunner.storage.database.copies import Copy
    from examrunner.storage.database.ledger import Ledger

OTHER = "One of the two was changed or put in the other's place: compare the head with printed ones"


class Copies:
    """The copies of a session, listed before its record is looked at: none can be ahead of it."""

    def __init__(self, folder: Path) -> None:
        from examrunner.storage.database.copies import copies

        path = folder / mirror.MIRROR
        self.backups = copies(folder / BACKUPS)
        self.has_mirror = path.exists()
        self.last = mirror.last_told(path)
        """The mirror's last event; None where its end cannot be read."""


def look_at_copies(
    notes: Notes, folder: Path, found: Copies, ledger: Ledger | None, *, is_held: bool, deep: bool
) -> None:
    """Look at backups and mirror. Without a ledger only at whether there is a good backup."""
    good = _backups(notes, found, deep=deep)
    if good is not None:
        _compare(notes, folder, good, ledger, is_held=is_held)
    if ledger is not None:
        _mirror(notes, folder, found, ledger, is_held=is_held)
        if deep:
            _line_by_line(notes, folder, ledger, is_held=is_held)


def _backups(notes: Notes, found: Copies, *, deep: bool) -> Copy | None:
    """Tell of backups that are not good, and return the newest good one."""
    if not found.backups:
        notes.warn("backups", "None.", "The app makes one after each student and at the end.")
        return None
    bad: list[str] = []
    good: Copy | None = None
    for copy in found.backups:
        if is_sound(copy):
            good = good or copy
        else:
            bad.append(copy.path.name)
        if good and not deep:
            break
    if bad:
        words = f"Not good: {some(bad)}."
        notes.warn("backups", words, "They are never used. Is the disk failing?")
    if good is None:
        notes.error("backups", "None of them is good.", "Look for a copy elsewhere: a USB stick.")
    elif deep:
        notes.ok("backups", f"all {len(found.backups)} looked at")
    return good


def _compare(
    notes: Notes, folder: Path, good: Copy, ledger: Ledger | None, *, is_held: bool
) -> None:
    """Tell how far the newest good backup has come, and whether it tells the same."""
    words = f"the newest good one has {counted(good.events, 'event')}"
    if ledger is None:
        notes.ok("backups", words)
        return
    count, _ = ledger.head()
    if good.events > count:
        words = f"A good copy has {counted(good.events - count, 'event')} more than the record: "
        notes.error("backups", f"{words}its end was cut off.", restoring(folder))
    elif not (ledger.hash_of(good.events) or "").startswith(good.head):
        words = f"{good.path.name} does not tell the same as the record."
        notes.error("backups", words, f"{OTHER}. Going on from the copy: {restoring(folder)}")
    elif good.events < count and not is_held:
        hint = "The next opening makes a new one; or: examrunner backup"
        notes.warn("backups", f"{words}, {count - good.events} fewer than the record.", hint)
    else:
        notes.ok("backups", f"{words} of {count}")


def is_sound(copy: Copy) -> bool:
    """Say whether a copy holds and is what its name says."""
    from examrunner.storage.database.looking import look

    try:
        with look(copy.path) as seen:
            ledger = seen.ledger
            if ledger is None or ledger.check():
                return False
            count, head = ledger.head()
            return (count, head[: len(copy.head)]) == (copy.events, copy.head)
    except ExamError:
        return False


def _mirror(notes: Notes, folder: Path, found: Copies, ledger: Ledger, *, is_held: bool) -> None:
    count, _ = ledger.head()
    if not found.has_mirror:
        notes.warn("mirror", f"There is no {mirror.MIRROR}.", "The next opening makes it.")
        return
    if found.last is None:
        words = f"The end of {mirror.MIRROR} cannot be read."
        if not is_held:  # else a line may just be on its way
            notes.warn("mirror", words, "The next opening writes it anew from the record.")
        return
    event = found.last.event
    behind = count - event.seq
    if behind < 0:
        words = f"{mirror.MIRROR} has {counted(-behind, 'event')} more than the record: "
        notes.error("mirror", f"{words}its end was cut off.", restoring(folder))
    elif ledger.hash_of(event.seq) != event.hash:
        words = f"{mirror.MIRROR} does not tell the same as the record."
        notes.error("mirror", words, f"{OTHER}.")
    elif behind and not is_held:
        words = f"{mirror.MIRROR} is {counted(behind, 'event')} behind."
        notes.warn("mirror", words, "The next opening brings it up to date.")
    else:
        notes.ok("mirror", f"{mirror.MIRROR} is up to date")


def _line_by_line(notes: Notes, folder: Path, ledger: Ledger, *, is_held: bool) -> None:
    """Compare every line of the mirror with the record."""
    try:
        lines = (folder / mirror.MIRROR).read_bytes().splitlines()
    except OSError:
        return  # told already
    own = [mirror.line_of(ledger.session, told).encode() for told in ledger.told()]
    # Of a session that is open the file may have got lines since, the last one half written.
    pairs = list(zip(lines, own, strict=False))
    wrong = [place for place, (line, mine) in enumerate(pairs, 1) if line != mine]
    if is_held and wrong == [len(lines)]:
        wrong = []
    if wrong:
        words = f"{counted(len(wrong), 'line')} of {mirror.MIRROR} not as in the record, "
        notes.error("mirror", f"{words}the first is line {wrong[0]}.", f"{OTHER}.")
    else:
        notes.ok("mirror", f"line by line as the record: {counted(len(pairs), 'line')}")
