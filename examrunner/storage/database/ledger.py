"""The ledger: all events of a session, hash-chained, with the state they add up to."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import func, select

from examrunner.domain.errors import Environment
from examrunner.domain.exam.chain import first_prev
from examrunner.domain.problems import error
from examrunner.storage.database import rows
from examrunner.storage.database import tables as t
from examrunner.storage.database.drafts import (
    Draft,
    Exposure,
    Lease,
    NotSaved,
    Person,
    ShutOut,
    Told,
)
from examrunner.storage.database.engine import (
    FAULTS,
    is_busy,
    is_odd_value,
    open_engine,
    reading,
    reason,
)
from examrunner.storage.database.verifying import found_broken, found_wrong
from examrunner.storage.database.writing import (
    Batch,
    beat,
    entry,
    stored,
    write,
    write_again,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Row

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.chain import Event
    from examrunner.domain.exam.moments import Moment
    from examrunner.domain.problems import Problem
    from examrunner.storage.database.writing import States

T = TypeVar("T")

SALT_BYTES = 16


def new_salt() -> str:
    """Return what a text is hashed together with, so that a short text cannot be guessed."""
    return secrets.token_hex(SALT_BYTES)


class Ledger:
    """The ledger of one session.

    Any thread may use it; they take turns. Reads end their transaction before they return.
    Every method raises Environment where the machine says no, never a database error.
    """

    def __init__(
        self, engine: Engine, session: str, *, make_salt: Callable[[], str] = new_salt
    ) -> None:
        self._writing = engine
        self._reading = reading(engine)
        self._session = session
        self._make_salt = make_salt
        self._guard = threading.RLock()
        self._inside: Connection | None = None
        self._is_closed = False
        self.is_shut_out = False
        """Another process was found to have the lease."""
        self.epoch = 0
        """Of the lease this process holds; 0 for none."""
        self.lease_before: Lease | None = None
        """The lease as it was when this process took it; None if nobody ever held it."""

    @classmethod
    def open(cls, path: Path, session: str, *, create: bool) -> Self:
        """Open a ledger, or make one. Raises as `open_engine` does."""
        return cls(open_engine(path, create=create), session)

    @classmethod
    def open_only(cls, path: Path) -> Self | None:
        """Open the ledger of the one session that a file holds; None where it holds no or several.

        Raises as `open_engine` does.
        """
        ledger = cls(open_engine(path, create=False), "")
        try:
            names = ledger._read(rows.SESSIONS, lambda row: str(row.session))
        except BaseException:
            ledger.close()
            raise
        if len(names) != 1:
            ledger.close()
            return None
        ledger._session = names[0]
        return ledger

    @property
    def session(self) -> str:
        """The session's name."""
        return self._session

    def close(self) -> None:
        """Let go of the file."""
        with self._guard:
            self._is_closed = True
            self._writing.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing -------------------------------------------------------------------------

    def take_lease(self, holder: str, moment: Moment) -> tuple[int, Moment | None]:
        """Take the lease over: all writes of earlier epochs are refused from now on.

        Returns the new epoch and when the lease's last holder was last alive; `lease_before`
        tells who that was.
        """
        query = select(t.lease).where(t.lease.c.session == self._session)
        with _told(), self._transaction(self._writing) as connection:
            row = connection.execute(query).first()
            before = rows.lease_from(row) if row else None
            lease = Lease((before.epoch if before else 0) + 1, holder, moment.at, moment)
            connection.execute(rows.PUT_LEASE, rows.lease_row(self._session, lease))
        self.epoch, self.lease_before = lease.epoch, before
        return lease.epoch, before.beat if before else None

    def append(
        self,
        drafts: Sequence[Draft],
        moment: Moment,
        actor: str,
        *,
        states: States | None = None,
        leased: bool = True,
        documents: Mapping[str, str] | None = None,
        people: Sequence[Person] = (),
        gone: Collection[str] = (),
        exposures: Sequence[Exposure] = (),
    ) -> tuple[Event, ...]:
        """Write events and the state they lead to, all or nothing; on disk when this returns.

        `states` gives the attempts as the new events leave them; it may read this ledger, and
        is called again only where the events changed under a second try. A draft's text is
        stored apart and its hash put into the event's field `text`. `gone` are keys of students
        who are no more in the session.

        Events on record already, after an answer that got lost, are returned as they are and
        written once. Raises NotSaved where the disk does not take them, Refused where somebody
        else has taken the lease over.
        """
        attempts: dict[str, list[Attempt]] = {}

        def states_once(events: tuple[Event, ...]) -> list[Attempt]:
            head = events[-1].hash if events else ""
            if head not in attempts:
                attempts[head] = list(states(events)) if states else []
            return attempts[head]

        try:
            batch = Batch(
                self._session,
                tuple(entry(draft, self._make_salt()) for draft in drafts),
                moment,
                actor,
                self.epoch if leased else None,
                documents or {},
                people,
                gone,
                exposures,
            )
            events = self._written(batch, states_once)
        except (Environment, *FAULTS) as fault:
            words = f"NOT SAVED: {reason(fault).rstrip('.')}."
            lasts = is_odd_value(fault)
            raise NotSaved(words, "Write it on paper.", drafts, may_pass=not lasts) from fault
        states_once(events)
        return events

    def _written(self, batch: Batch, states: States) -> tuple[Event, ...]:
        """Write a batch. After a fault nobody knows whether it was: look, then try once more."""
        try:
            with self._transaction(self._writing) as connection:
                return write(connection, batch, states)
        except FAULTS as fault:
            if is_busy(fault):
                raise
            with self._transaction(self._writing) as connection:
                return stored(connection, batch) or write(connection, batch, states)

    def forget(
        self, wanted: Mapping[str, Iterable[str]], moment: Moment, actor: str
    ) -> tuple[Event, ...]:
        """Forget students, all or nothing; needs no lease. See `forgetting.forget`."""
        from examrunner.storage.database.forgetting import forget

        with _told(), self._transaction(self._writing) as connection:
            return forget(connection, self._session, wanted, moment, actor)

    def replay(
        self, told: Sequence[Told], states: Sequence[Attempt], exposures: Sequence[Exposure]
    ) -> None:
        """Write events of a mirror that continue this record, and the states they lead to.

        Raises Environment where they do not continue it or the disk does not take them.
        """
        with _told(), self._transaction(self._writing) as connection:
            write_again(connection, self._session, told, states, exposures)

    def beat(self, moment: Moment) -> None:
        """Leave a sign of life in the lease. Raises Refused where it was taken over."""
        with _told(), self._transaction(self._writing) as connection:
            if not beat(connection, self._session, self.epoch, moment):
                raise ShutOut

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        """Give a transaction; inside another one of this thread, that one.

        After any failure the connection is dropped, and whatever was open goes with it.
        """
        with self._guard:
            if self._inside is not None:
                yield self._inside
                return
            if self._is_closed:
                raise Environment("The record is closed.")
            try:
                with engine.begin() as connection:
                    self._inside = connection
                    yield connection
            except BaseException as fault:
                self._writing.dispose()
                self.is_shut_out = self.is_shut_out or isinstance(fault, ShutOut)
                raise
            finally:
                self._inside = None

    # --- reading -------------------------------------------------------------------------

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all reads inside see the ledger as it is at the first of them."""
        with _told(), self._transaction(self._reading):
            yield

    def _read(self, query: Any, make: Callable[[Row[Any]], T], **values: Any) -> list[T]:
        with _told():
            with self._transaction(self._reading) as connection:
                found = connection.execute(query, values).all()
            return [make(row) for row in found]

    def head(self) -> tuple[int, str]:
        """Return how many events there are and the hash of the last one."""
        found = self._read(rows.HEAD, lambda row: (row.seq, row.hash), session=self._session)
        return found[0] if found else (0, first_prev(self._session))

    def events(self, attempt: str | None = None) -> list[Event]:
        """Return the events in order, of one attempt or of the whole session."""
        query = rows.EVENTS
        if attempt is not None:
            query = query.where(t.event.c.attempt == attempt)
        return self._read(query, rows.event_from, session=self._session)

    def told(self, after: int = 0) -> list[Told]:
        """Return the events after the first `after` ones, in order, each with its text."""
        return self._read(rows.TOLD, rows.told_from, session=self._session, after=after)

    def hash_of(self, seq: int) -> str | None:
        """Return the hash of one event; None where there is none yet."""
        query = select(t.event.c.hash).where(
            t.event.c.session == self._session, t.event.c.seq == seq
        )
        found = self._read(query, lambda row: str(row.hash))
        return found[0] if found else None

    def last(self, kind: str) -> Event | None:
        """Return the newest event of a kind."""
        query = rows.EVENTS.where(t.event.c.kind == kind).order_by(None)
        query = query.order_by(t.event.c.seq.desc()).limit(1)
        found = self._read(query, rows.event_from, session=self._session)
        return found[0] if found else None

    def of_the_day(self) -> list[Event]:
        """Return the events that are about no single attempt, in order."""
        query = rows.EVENTS.where(t.event.c.attempt.is_(None))
        return self._read(query, rows.event_from, session=self._session)

    def lines(self) -> list[str]:
        """Return the lines of the public log, byte for byte, in order."""
        query = rows.EVENTS.where(t.event.c.kind.in_(rows.LOGGED))
        found = self._read(query, rows.line_from, session=self._session)
        return [line for line in found if line is not None]

    def attempts(self) -> list[Attempt]:
        """Return all attempts as their events have left them."""
        query = select(t.attempt).where(t.attempt.c.session == self._session)
        query = query.order_by(t.attempt.c.attempt)
        return self._read(query, rows.attempt_from)

    def people(self) -> list[Person]:
        """Return the students in exam order."""
        query = select(t.student).where(t.student.c.session == self._session)
        query = query.order_by(t.student.c.position, t.student.c.key)
        return self._read(query, rows.person_from)

    def texts(self, event_ids: Iterable[str] | None = None) -> dict[str, str]:
        """Return notes and reasons by the id of their event, of some events or of all.

        A text that was forgotten is not among them.
        """
        query = rows.TEXTS
        if event_ids is not None:
            query = query.where(t.text.c.event_id.in_(list(event_ids)))
        found = self._read(query, lambda row: (row.event_id, row.text), session=self._session)
        return dict(found)

    def document(self, sha: str) -> str:
        """Return a stored document. Raises Environment where it is missing."""
        query = select(t.document.c.content).where(t.document.c.sha256 == sha)
        found = self._read(query, lambda row: str(row.content))
        if not found:
            raise Environment("A part of the session's record is missing.", "Restore a backup.")
        return found[0]

    def exposures(self, course: str) -> dict[str, int]:
        """Return how often each question of a course was shown, in all sessions of this file."""
        query = select(t.exposure.c.question, func.count().label("times"))
        query = query.where(t.exposure.c.course == course).group_by(t.exposure.c.question)
        return dict(self._read(query, lambda row: (row.question, row.times)))

    def lease(self) -> Lease | None:
        """Return who holds the session's lease, or held it last."""
        query = select(t.lease).where(t.lease.c.session == self._session)
        found = self._read(query, rows.lease_from)
        return found[0] if found else None

    def verify(self) -> list[Problem]:
        """Return everything that is wrong with this session's record."""
        return self._found(found_wrong)

    def check(self) -> list[Problem]:
        """Return what is wrong with all but the states; quick enough for every start."""
        return self._found(found_broken)

    def _found(self, find: Callable[[Connection, str], list[Problem]]) -> list[Problem]:
        try:
            with self._transaction(self._reading) as connection:
                return find(connection, self._session)
        except FAULTS as fault:
            hint = "Keep it as it is and go on from the newest good copy of it."
            return [error(f"The file cannot be read: {reason(fault)}.", hint, rule="file")]


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the database or a damaged row raises into Environment."""
    try:
        yield
    except FAULTS as fault:
        raise Environment(f"The record cannot be used: {reason(fault)}.") from fault
    except rows.UNREADABLE as fault:
        words = "The record is damaged: it holds something that cannot be read."
        raise Environment(words, "Restore a backup.") from fault
