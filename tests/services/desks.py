"""A session of four students with a course and two banks, and a desk on which it is examined.

Ana has two papers with banks, Chi one of them, Eli a paper without a bank, Zoe none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event as hooks

from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.phases import Phase
from examrunner.services import conduct, day_acts, draws
from examrunner.services.opening import open_desk
from examrunner.services.results import as_json, read_results
from tests.classes import write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.services.desk import Desk
    from examrunner.storage.database.ledger import Ledger

ROSTER = "student_id,name\nana,Ana\nchi,Chi\neli,Eli\nzoe,Zoe\n"
REVIEWS = """\
student_id,paper,date
ana,Paper A,2024-10-01
ana,Paper B,2024-10-02
chi,Paper A,2024-10-03
eli,Paper C,
"""
COURSE = """\
course_version: 1
id: tiny
readings:
  - {id: paper-a, title: Paper A}
  - {id: paper-b, title: Paper B}
  - {id: paper-c, title: Paper C}
"""
SETTINGS = "session: small\ncourse: course.yaml\nbanks: [banks]\n"
USUAL_KINDS = ("opening", "core", "detail", "critique")
CORRUPT = "UPDATE event SET actor = 'eve' WHERE seq = 2"


def bank(letter: str, *kinds: str, status: str = "draft", say: str = "Why") -> str:
    """Return a bank with one question of each kind given."""
    questions = "".join(
        f"  - {{id: {letter}{place}, kind: {kind}, status: {status}, say: {say} {place}?}}\n"
        for place, kind in enumerate(kinds, 1)
    )
    return f"bank_version: 1\nreading: paper-{letter}\nquestions:\n{questions}"


def write_small(parent: Path, settings: str = SETTINGS, **texts: str) -> Path:
    """Write the session folder; `roster`, `reviews`, `a` and `b` (banks) may be given."""
    folder = write_session(
        parent / "small",
        settings,
        roster=texts.get("roster", ROSTER),
        reviews=texts.get("reviews", REVIEWS),
    )
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "banks").mkdir()
    for letter in "ab":
        text = texts.get(letter, bank(letter, *USUAL_KINDS, *USUAL_KINDS))
        (folder / "banks" / f"paper-{letter}.yaml").write_text(text, encoding="utf-8")
    return folder


class Room:
    """A session folder and the desk open on it, with a clock moved by hand."""

    def __init__(self, folder: Path, seed: str = "seed") -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.entropy = FakeEntropy(seed)
        self._left: list[Desk] = []
        self.desk = self._open()

    def _open(self) -> Desk:
        return open_desk(self.folder, self.clock, self.entropy, "ann")

    def leave(self) -> None:
        """Close the session, and what crashes have left open."""
        for desk in (*self._left, self.desk):
            desk.close()

    def crash(self) -> None:
        """Let the program die: the kernel takes its lock away, and nothing is closed."""
        self.desk.lock.release()
        self._left.append(self.desk)

    def reopen(self) -> Desk:
        """Close the session and open it again."""
        self.desk.close()
        return self.open_again()

    def open_again(self) -> Desk:
        """Open the session again after a crash."""
        self.desk = self._open()
        return self.desk

    @property
    def ledger(self) -> Ledger:
        """The ledger of the open session."""
        assert self.desk.ledger is not None
        return self.desk.ledger

    def key(self, student: str) -> str:
        """Return the key of a student, given by student id."""
        return next(row.key for row in self.desk.rows() if row.student.student_id == student)

    def attempt(self, student: str = "ana") -> Attempt:
        """Return the attempt of a student that comes next, or the last one."""
        return self.desk.row(self.key(student)).attempt

    def called(self, student: str = "ana") -> Attempt:
        """Call a student in, who is there."""
        conduct.call(self.desk, self.key(student))
        conduct.present(self.desk, self.attempt(student))
        return self.attempt(student)

    def revealed(self, student: str = "ana", reading: str | None = None) -> Attempt:
        """Call a student in and reveal the paper."""
        return draws.reveal(self.desk, self.called(student), reading)

    def running(self, student: str = "ana") -> Attempt:
        """Call a student in, reveal the paper and start the clock."""
        conduct.start(self.desk, self.revealed(student))
        return self.attempt(student)

    def decided(self, student: str = "ana", verdict: Verdict | None = Verdict.PASS) -> Attempt:
        """Examine a student up to the verdict."""
        name = self.running(student).id
        conduct.stop(self.desk, self.desk.attempt(name))
        conduct.decide(self.desk, self.desk.attempt(name), verdict)
        return self.desk.attempt(name)

    def wrote(self, action: Callable[[], object]) -> list[str]:
        """Return the kinds of the events that an action wrote, in order."""
        before = self.ledger.head()[0] if self.desk.ledger else 0
        action()
        return [event.kind for event in self.ledger.events()[before:]]

    def record(self, student: str = "ana") -> dict[str, Any]:
        """Return a student of the results' JSON, as the disk has it."""
        found = as_json(read_results(self.folder))["students"]
        return next(one for one in found if one["student"] == student)


def bring(room: Room, phase: Phase) -> Attempt:
    """Bring Ana's attempt into a phase, in a session that is open."""
    desk = room.desk
    conduct.later(desk, room.key("chi"))
    match phase:
        case Phase.WAITING:
            pass
        case Phase.ABSENT:
            conduct.absent(desk, room.key("ana"))
        case Phase.POSTPONED:
            conduct.later(desk, room.key("ana"))
        case Phase.CALLED:
            room.called()
        case Phase.REVEALED:
            room.revealed()
        case Phase.RUNNING | Phase.PAUSED | Phase.STOPPED:
            attempt = room.running()
            if phase is Phase.PAUSED:
                conduct.pause_or_resume(desk, attempt)
            elif phase is Phase.STOPPED:
                conduct.stop(desk, attempt)
        case Phase.DECIDED | Phase.VOID:
            _end(room, phase)
    assert room.attempt().phase is phase
    return room.attempt()


def _end(room: Room, phase: Phase) -> None:
    decided = room.decided()
    if phase is Phase.VOID:
        day_acts.void(room.desk, decided, "other", again=False)


def fill_disk(ledger: Ledger) -> Iterator[None]:
    """Let the disk be full until the next step of this iterator."""
    full = True

    @hooks.listens_for(ledger._writing, "begin")
    def _full(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if full else 1 << 30}")

    yield
    full = False
    yield
