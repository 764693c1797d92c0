"""Copies while the exam goes on: the mirror after every event, a backup after every student.

All of it is done in one thread beside the app, from what the ledger has, so that no key ever waits
for a copy, and a copy that failed is made up for at the next event. A failure warns and never
blocks (design, section 8).
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import ExamError
from examrunner.domain.exam.events import Forgotten
from examrunner.services.folders import COMMIT_FILE, SECRET_FILE
from examrunner.storage import mirror
from examrunner.storage.database.copies import BACKUPS, KEPT, copies, make_copy
from examrunner.storage.files import make_private, write_atomically

if TYPE_CHECKING:
    from examrunner.storage.database.ledger import Ledger

MIRROR_IT, COPY_IT, END = "mirror", "copy", "end"
SCREEN_FIRST = 0.05
"""Seconds in which the screen shows what a key did, before the copies take the processor."""
LONGEST_END = 5.0
"""Seconds that closing waits for the last copies."""


@dataclass(slots=True)
class Place:
    """A folder that gets a mirror and backups, and how far its mirror has come."""

    folder: Path
    mirrored: int | None = None
    """How many events its mirror holds; None while that is not known."""
    fault: str = ""
    """What went wrong last; empty once it went well again."""


class Copier:
    """Keeps the copies of one open session."""

    def __init__(self, ledger: Ledger, record: Path, second: Path | None = None) -> None:
        """Copy the ledger in the file `record` beside it, and into a second folder if given."""
        self._ledger = ledger
        self._record = record
        self.places = [Place(record.parent)]
        if second is not None:
            self.places.append(Place(second / record.parent.resolve().name))
        self._asked: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    @property
    def fault(self) -> str:
        """What is wrong with the copies, in words; empty where nothing is."""
        return " ".join(place.fault for place in self.places if place.fault)

    def saved(self) -> None:
        """Bring the mirrors up to the last event, soon."""
        self._ask(MIRROR_IT)

    def copy(self) -> None:
        """Make a backup, soon."""
        self._ask(COPY_IT)

    def _ask(self, what: str) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="copies", daemon=True)
            self._thread.start()
        self._asked.put(what)

    def close(self, longest: float = LONGEST_END) -> None:
        """Make the last copies and end; wait at most so many seconds."""
        if self._thread is not None:
            self.copy()
            self._asked.put(END)
            self._thread.join(longest)
            self._thread = None

    def _work(self) -> None:
        while True:
            asked = {self._asked.get()}
            if END not in asked:
                time.sleep(SCREEN_FIRST)
            while not self._asked.empty():  # several events at once are one piece of work
                asked.add(self._asked.get())
            self.bring_up_to_date(copy=COPY_IT in asked)
            if END in asked:
                return

    def bring_up_to_date(self, *, copy: bool) -> None:
        """Do what is due in every place, now and in this thread."""
        with self._guard:
            for place in self.places:
                self._bring_up_to_date(place, copy=copy)

    def _bring_up_to_date(self, place: Place, *, copy: bool) -> None:
        try:
            make_private(place.folder)
            is_clean = self._mirror(place)
            if copy or not is_clean:
                self._copy(place, kept=KEPT if is_clean else 1)
            place.fault = ""
        except OSError as fault:
            place.fault = f"No copy in {place.folder}: {fault.strerror or fault}."
            place.mirrored = None
        except ExamError as fault:
            place.fault = f"No copy in {place.folder}: {fault.message}"

    def _mirror(self, place: Place) -> bool:
        """Add what is new; make the mirror anew where a student was forgotten meanwhile.

        Returns whether what the place held before may stay.
        """
        path = place.folder / mirror.MIRROR
        if place.mirrored is None or not path.exists():
            last = mirror.last_told(path)
            fits = last is not None and self._ledger.hash_of(last.event.seq) == last.event.hash
            place.mirrored = last.event.seq if last is not None and fits else 0
        told = self._ledger.told(after=place.mirrored)
        if not told:
            return True
        is_clean = not any(isinstance(one.event.what, Forgotten) for one in told)
        if place.mirrored and is_clean:
            mirror.append(path, self._ledger.session, told)
        else:
            told = self._ledger.told()  # the exam may have gone on since
            mirror.rewrite(path, self._ledger.session, told)
        place.mirrored = told[-1].event.seq
        return is_clean

    def _copy(self, place: Place, kept: int) -> None:
        backups = place.folder / BACKUPS
        count, head = self._ledger.head()
        newest = copies(backups)[:1]
        if not newest or (newest[0].events, newest[0].head) != (count, head[: len(newest[0].head)]):
            make_copy(self._record, backups, kept)
        for name in (SECRET_FILE, COMMIT_FILE):
            source, target = self._record.parent / name, place.folder / name
            if source.exists() and not target.exists():
                write_atomically(target, source.read_bytes())
