"""What is known of a session: its students, their attempts, and the events behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.course.joining import told_apart
from examrunner.domain.course.people import Student
from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, attempt_id
from examrunner.domain.exam.phases import (
    UNDER_WAY,
    Action,
    SessionPhase,
    demand,
    demand_session,
    session_after,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from examrunner.domain.bank.banks import Question
    from examrunner.domain.draw.log import DrawLog
    from examrunner.domain.exam.chain import Event
    from examrunner.domain.exam.settings import Settings
    from examrunner.services.committed import Stored
    from examrunner.services.prepare import Prepared
    from examrunner.storage.database.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Row:
    """One student on the board."""

    key: str
    student: Student
    attempts: tuple[Attempt, ...]
    called: str
    """The name, with the id where another student has the same name."""

    @property
    def attempt(self) -> Attempt:
        """The attempt that comes next, or the last one."""
        for attempt in self.attempts:
            if not attempt.is_over:
                return attempt
        return self.attempts[-1]

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to come: every attempt is decided or void."""
        return all(attempt.is_over for attempt in self.attempts)


class Known:
    """A session's state in memory, read from its ledger as it is asked for."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.ledger: Ledger | None = None
        self.stored: Stored | None = None
        self.prepared: Prepared | None = None
        """A draft session's files, once they have been read whole."""
        self.draw_log: DrawLog | None = None
        self._phase = SessionPhase.COMMITTED
        """How far a committed session has come."""
        self.suspended_at: datetime | None = None
        """When the day was suspended last."""
        self._reordered: ev.Reordered | None = None
        """The order that the examiner chose last; None for the exam order."""
        self.incidents: dict[str, list[Event]] = {}
        """What happened while a student was with the examiner, by key, in order."""
        self._people: dict[str, Student] = {}
        self._called: dict[str, str] = {}
        """What to call the students, by student id, once it was asked for."""
        self._attempts: dict[str, Attempt] = {}
        self._of: dict[str, list[str]] = {}
        self._rows: dict[str, Row] = {}
        self._sorted: list[str] = []
        """Rows and their order as they were asked for last, until something changes them."""
        self._events: dict[str, list[Event]] = {}
        self._texts: dict[str, str] = {}
        self._documents: dict[str, str] = {}
        self._questions: dict[str, Mapping[str, Question]] = {}

    @property
    def phase(self) -> SessionPhase:
        """How far the session has come."""
        return SessionPhase.DRAFT if self.stored is None else self._phase

    @property
    def has_begun(self) -> bool:
        """Whether the day has begun: before that, a session may be committed again."""
        return self.phase not in (SessionPhase.DRAFT, SessionPhase.COMMITTED)

    def rows(self) -> list[Row]:
        """Return the students in the order in which they are called."""
        if not self._sorted:
            chosen = self._reordered
            self._sorted = chosen.in_turn(self._people) if chosen else list(self._people)
        return [self.row(key) for key in self._sorted]

    def in_exam_order(self) -> list[Row]:
        """Return the students in the order that was committed, whatever was changed since."""
        return [self.row(key) for key in self._people]

    def row(self, key: str) -> Row:
        """Return one student."""
        if key not in self._rows:
            self._called = self._called or told_apart(self._people.values())
            student = self._people[key]
            attempts = tuple(self._attempts[name] for name in self._of[key])
            self._rows[key] = Row(key, student, attempts, self._called[student.student_id])
        return self._rows[key]

    def attempt(self, name: str) -> Attempt:
        """Return one attempt."""
        return self._attempts[name]

    def attempts(self) -> list[Attempt]:
        """Return all attempts."""
        return list(self._attempts.values())

    def under_way(self) -> Attempt | None:
        """Return the attempt whose student is with the examiner, if any."""
        for attempt in self._attempts.values():
            if attempt.phase in UNDER_WAY:
                return attempt
        return None

    def events(self, attempt: str) -> list[Event]:
        """Return the events of an attempt, in order."""
        if attempt not in self._events:
            self._events[attempt] = self.ledger.events(attempt) if self.ledger else []
        return self._events[attempt]

    def text(self, event: str) -> str:
        """Return the text that lies apart from an event; empty where it was forgotten."""
        if event not in self._texts and self.ledger:
            self._texts.update(self.ledger.texts([event]))
        return self._texts.get(event, "")

    def document(self, sha: str) -> str:
        """Return a stored document."""
        if sha not in self._documents:
            assert self.ledger is not None
            self._documents[sha] = self.ledger.document(sha)
        return self._documents[sha]

    def questions(self, sha: str) -> Mapping[str, Question]:
        """Return the questions of a bank as it was stored, by id."""
        if sha not in self._questions:
            from examrunner.domain.draw.commitment import questions_in

            self._questions[sha] = questions_in(self.document(sha))
        return self._questions[sha]

    def stored_session(self) -> Stored:
        """Return what was committed. Raises Refused in a draft session."""
        if self.stored is None:
            raise Refused("The session is not committed yet.")
        return self.stored

    def log(self) -> DrawLog:
        """Return the public log so far. Raises Environment where the secret is lost."""
        if self.draw_log is None:
            from examrunner.domain.draw.log import DrawLog
            from examrunner.services.secret import read_secret

            stored = self.stored_session()
            assert self.ledger is not None
            secret = read_secret(self.folder, stored.commitment)
            self.draw_log = DrawLog.replay(stored.commitment, secret, self.ledger.lines())
        return self.draw_log

    def has_no_paper(self, key: str) -> bool:
        """Say whether a student has nothing (more) that may be drawn, as far as is known yet."""
        if self._people[key].assigned is not None:
            return False
        if self.stored is not None:
            if key not in self.stored.eligible:
                return True
            known = self.known_papers(key)
            return self.draw_log is not None and known.issuperset(self.draw_log.papers(key))
        own = self.prepared.eligible.get(key) if self.prepared else None
        return own is not None and not own.eligible

    def known_papers(self, key: str) -> frozenset[str]:
        """Return the papers that a student knows from earlier attempts."""
        own = self.row(key).attempts
        return frozenset(one.reading for one in own if one.reading and one.knows_paper)

    def demand(self, action: Action, attempt: Attempt) -> None:
        """Raise Refused where the day or the attempt is not in a phase for this."""
        demand_session(action, self.phase)
        demand(action, attempt.phase)

    # --- loading -------------------------------------------------------------------------

    def seat(self, people: Iterable[tuple[str, Student]], attempts: Iterable[Attempt]) -> None:
        """Take the students and the attempts that the ledger has; the rest wait."""
        self._people = dict(people)
        self._attempts, self._rows, self._sorted, self._called = {}, {}, [], {}
        self._of = {key: [] for key in self._people}
        known = {attempt.id: attempt for attempt in attempts}
        for key in self._people:
            for number in range(1, self.settings.exam.papers_per_student + 1):
                name = attempt_id(key, number)
                self._add(known.pop(name) if name in known else Attempt(name, key, number))
        for attempt in known.values():
            self._add(attempt)

    def _add(self, attempt: Attempt) -> None:
        """Take an attempt as it is by now."""
        if attempt.id not in self._attempts:
            self._of[attempt.student].append(attempt.id)
        self._attempts[attempt.id] = attempt
        self._rows.pop(attempt.student, None)

    def use(self, ledger: Ledger, stored: Stored) -> None:
        """Go on with a committed session: from here on the ledger is the truth."""
        self.ledger = ledger
        self.stored = stored
        self.settings = stored.settings

    def heed(self, events: Iterable[Event]) -> None:
        """Take in what events say about the day as a whole."""
        for event in events:
            self._phase = session_after(self._phase, event.what)
            if isinstance(event.what, ev.Suspended):
                self.suspended_at = event.at
            if isinstance(event.what, ev.Reordered):
                self._reordered = event.what
                self._sorted = []
            if isinstance(event.what, ev.Incident) and event.what.student:
                self.incidents.setdefault(event.what.student, []).append(event)
