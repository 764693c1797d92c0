"""Looking on: a session that another process examines, seen through its copies.

Watchers read the newest backup, in a copy of their own, and the mirror: never the database, so
that nothing they do can hold up a key of the examiner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError, Refused
from examrunner.domain.exam.attempts import bare, fold, student_of
from examrunner.services import committed
from examrunner.services.desk import Desk
from examrunner.services.folders import LOCK_FILE
from examrunner.storage.database.copies import BACKUPS, copies
from examrunner.storage.lock import SessionLock
from examrunner.storage.mirror import MIRROR, read_mirror

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.course.people import Student
    from examrunner.domain.exam.moments import Moment
    from examrunner.services.committed import Stored
    from examrunner.services.ports import ClockPort


class Watch(Desk):
    """A desk at which nothing can be written; it follows the mirror."""

    def __init__(self, folder: Path, clock: ClockPort, actor: str) -> None:
        """Take what the newest good copy holds. Raises Refused where there is none yet."""
        stored, people, documents = _newest(folder)
        super().__init__(
            folder,
            stored.settings,
            lock=SessionLock(folder / LOCK_FILE),
            clock=clock,
            entropy=_no_entropy,
            actor=actor,
        )
        self.is_watching = True
        self.stored = stored
        self._documents = documents
        self._begin(people)

    def _begin(self, people: list[tuple[str, Student]]) -> None:
        """Start from the mirror's first line."""
        self.seat(people, [])
        self._everyone = people
        self._offset, self._file, self._seq = 0, 0, 0
        self.follow()

    def beat(self) -> Moment:
        """Take in what is new; a watcher gives no sign of life."""
        self.follow()
        return self.clock.now()

    def follow(self) -> bool:
        """Take in what has been mirrored since. Returns whether there was anything."""
        path = self.folder / MIRROR
        try:
            about = path.stat()
            if self._file != about.st_ino and self._offset:
                self._events.clear()
                self._begin(self._everyone)  # it was written anew
                return True
            self._file = about.st_ino
            told, self._offset = read_mirror(path, self._offset)
        except OSError:
            return False
        new = [one for one in told if one.event.seq > self._seq]
        for one in new:
            self._seq = one.event.seq
            name, event = one.event.attempt, one.event
            self.heed([event])
            if one.text is not None:
                self._texts[event.id] = one.text
            if name is not None and student_of(name) in self._of:
                self._events.setdefault(name, []).append(event)
                self._add(fold(bare(name), self._events[name]))
        return bool(new)


def _no_entropy(count: int) -> bytes:
    raise Refused("This window only watches.", str(count))


def _newest(folder: Path) -> tuple[Stored, list[tuple[str, Student]], dict[str, str]]:
    """Return what was committed, the students and all stored documents, from the newest copy."""
    from examrunner.storage.database.looking import look

    for copy in copies(folder / BACKUPS):
        try:
            with look(copy.path) as seen:
                stored = committed.read_stored(seen.ledger) if seen.ledger else None
                if seen.ledger is None or stored is None:
                    continue
                banks = (stored.fallback, *stored.banks.values())
                documents = {sha: seen.ledger.document(sha) for sha in banks}
                people = [(one.key, one.student) for one in seen.ledger.people()]
                return stored, people, documents
        except ExamError:
            continue
    raise Refused(
        "There is nothing to watch yet: nobody has been called.",
        "Open the session to examine, or watch once the first student was called.",
    )
