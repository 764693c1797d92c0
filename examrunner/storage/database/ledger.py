"""The ledger: all events of a session, hash-chained, with the state they add up to."""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from examrunner.domain.course.people import Student
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.attempts import Attempt
from examrunner.domain.exam.chain import Event, first_prev, link, text_hash, what_from
from examrunner.domain.exam.events import kind_of
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import canonical, from_plain, instant_from, instant_text, to_plain
from examrunner.storage.database import tables as t
from examrunner.storage.database.drafts import Draft, Exposure, NotSaved, Person
from examrunner.storage.database.engine import open_engine, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Row

SALT_BYTES = 16

_HEAD = (
    select(t.event.c.seq, t.event.c.hash)
    .where(t.event.c.session == bindparam("session"))
    .order_by(t.event.c.seq.desc())
    .limit(1)
)
_BEAT = (
    update(t.lease)
    .where(t.lease.c.session == bindparam("s"), t.lease.c.epoch == bindparam("e"))
    .values(beat_at=bindparam("at"), beat_boot_id=bindparam("boot"), beat_boot_ns=bindparam("ns"))
)
_STATE = upsert(t.attempt)
_STATE = _STATE.on_conflict_do_update(
    index_elements=["session", "attempt"],
    set_={"phase": _STATE.excluded.phase, "state": _STATE.excluded.state},
)
_EVENTS = select(t.event).where(t.event.c.session == bindparam("session")).order_by(t.event.c.seq)


class Ledger:
    """The ledger of one session. Reads end their transaction before they return."""

    def __init__(self, engine: Engine, session: str) -> None:
        self._engine = engine
        self._session = session
        self._guard = threading.RLock()
        self.epoch = 0
        """Of the lease this process holds; 0 for none."""

    @classmethod
    def open(cls, path: Path, session: str, *, create: bool) -> Self:
        """Open a ledger, or make one. Raises as `open_engine` does."""
        return cls(open_engine(path, create=create), session)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing -------------------------------------------------------------------------

    def take_lease(self, holder: str, moment: Moment) -> tuple[int, Moment | None]:
        """Take the lease over: all writes of earlier epochs are refused from now on.

        Returns the new epoch and when the lease's last holder was last alive.
        """
        with self._transaction() as connection:
            where = t.lease.c.session == self._session
            before = connection.execute(select(t.lease).where(where)).first()
            epoch = before.epoch + 1 if before else 1
            row = {
                "epoch": epoch,
                "holder": holder,
                "since": instant_text(moment.at),
                "beat_at": instant_text(moment.at),
                "beat_boot_id": moment.boot_id,
                "beat_boot_ns": moment.boot_ns,
            }
            if before:
                connection.execute(update(t.lease).where(where).values(row))
            else:
                connection.execute(insert(t.lease).values(session=self._session, **row))
        self.epoch = epoch
        if before is None:
            return epoch, None
        seen = Moment(instant_from(before.beat_at), before.beat_boot_id, before.beat_boot_ns)
        return epoch, seen

    def append(
        self,
        drafts: Sequence[Draft],
        moment: Moment,
        actor: str,
        *,
        states: Callable[[tuple[Event, ...]], Iterable[Attempt]] | None = None,
        leased: bool = True,
        documents: Mapping[str, str] | None = None,
        people: Sequence[Person] = (),
        exposures: Sequence[Exposure] = (),
    ) -> tuple[Event, ...]:
        """Write events and the state they lead to, all or nothing; on disk when this returns.

        `states` gives the attempts as the new events leave them. Raises NotSaved where the disk
        does not take it, Refused where somebody else has taken the lease over. Events that are
        on record already, after an answer that got lost, are not written again.
        """
        salted = [_salted(draft) for draft in drafts]
        try:
            with self._guard, self._engine.begin() as connection:
                events = self._known(connection, [draft.id for draft in drafts])
                if not events:
                    if leased:
                        self._check_lease(connection, moment)
                    events = self._insert(connection, salted, moment, actor, leased=leased)
                    self._insert_beside(connection, documents or {}, people, exposures)
                    for state in states(events) if states else ():
                        connection.execute(_STATE, self._state_row(state))
        except DBAPIError as fault:
            raise NotSaved(f"NOT SAVED: {reason(fault)}.", "Write it on paper.", drafts) from fault
        return events

    def beat(self, moment: Moment) -> None:
        """Leave a sign of life in the lease. Raises Refused where it was taken over."""
        with self._transaction() as connection:
            self._check_lease(connection, moment)

    def _known(self, connection: Connection, ids: list[str]) -> tuple[Event, ...]:
        query = select(t.event).where(t.event.c.id.in_(ids)).order_by(t.event.c.seq)
        return tuple(_event(row) for row in connection.execute(query))

    def _check_lease(self, connection: Connection, moment: Moment) -> None:
        values = {
            "s": self._session,
            "e": self.epoch,
            "at": instant_text(moment.at),
            "boot": moment.boot_id,
            "ns": moment.boot_ns,
        }
        if connection.execute(_BEAT, values).rowcount != 1:
            raise Refused(
                "Another window has taken this session over; this one may not write.",
                "Go on there, or quit here and open the session again.",
            )

    def _insert(
        self,
        connection: Connection,
        salted: list[tuple[Draft, str | None]],
        moment: Moment,
        actor: str,
        *,
        leased: bool,
    ) -> tuple[Event, ...]:
        head = connection.execute(_HEAD, {"session": self._session}).first()
        seq, prev = (head.seq, head.hash) if head else (0, first_prev(self._session))
        events: list[Event] = []
        for draft, _ in salted:
            seq += 1
            made = link(
                self._session,
                seq=seq,
                event_id=draft.id,
                epoch=self.epoch if leased else 0,
                actor=actor,
                moment=moment,
                what=draft.what,
                prev=prev,
            )
            prev = made.hash
            events.append(made)
        connection.execute(insert(t.event), [self._event_row(made) for made in events])
        texts = [
            {"event_id": draft.id, "salt": salt, "text": draft.text}
            for draft, salt in salted
            if salt is not None
        ]
        if texts:
            connection.execute(insert(t.text), texts)
        return tuple(events)

    def _insert_beside(
        self,
        connection: Connection,
        documents: Mapping[str, str],
        people: Sequence[Person],
        exposures: Sequence[Exposure],
    ) -> None:
        if documents:
            rows = [{"sha256": sha, "content": content} for sha, content in documents.items()]
            connection.execute(upsert(t.document).on_conflict_do_nothing(), rows)
        if people:
            listed = [self._person_row(one) for one in people]
            connection.execute(insert(t.student), listed)
        if exposures:
            shown = [to_plain(one) for one in exposures]
            connection.execute(upsert(t.exposure).on_conflict_do_nothing(), shown)

    def _person_row(self, one: Person) -> dict[str, Any]:
        return {
            "session": self._session,
            "key": one.key,
            "position": one.position,
            "person": canonical(to_plain(one.student)),
        }

    def _event_row(self, made: Event) -> dict[str, Any]:
        return {
            "session": self._session,
            "seq": made.seq,
            "id": made.id,
            "epoch": made.epoch,
            "actor": made.actor,
            "kind": kind_of(type(made.what)),
            "attempt": made.attempt,
            "at": instant_text(made.at),
            "boot_id": made.moment.boot_id,
            "boot_ns": made.moment.boot_ns,
            "body": made.body(),
            "prev": made.prev,
            "hash": made.hash,
        }

    def _state_row(self, state: Attempt) -> dict[str, Any]:
        return {
            "session": self._session,
            "attempt": state.id,
            "student": state.student,
            "number": state.number,
            "phase": str(state.phase),
            "state": canonical(to_plain(state)),
        }

    # --- reading -------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._guard, self._engine.begin() as connection:
                yield connection
        except DBAPIError as fault:
            raise Environment(f"The record cannot be used: {reason(fault)}.") from fault

    def _rows(self, query: Any, **values: Any) -> list[Row[Any]]:
        with self._transaction() as connection:
            return list(connection.execute(query, values))

    def head(self) -> tuple[int, str]:
        """Return how many events there are and the hash of the last one."""
        rows = self._rows(_HEAD, session=self._session)
        return (rows[0].seq, rows[0].hash) if rows else (0, first_prev(self._session))

    def events(self, attempt: str | None = None) -> list[Event]:
        """Return the events in order, of one attempt or of the whole session."""
        query = _EVENTS if attempt is None else _EVENTS.where(t.event.c.attempt == attempt)
        return [_event(row) for row in self._rows(query, session=self._session)]

    def last(self, kind: str) -> Event | None:
        """Return the newest event of a kind."""
        query = _EVENTS.where(t.event.c.kind == kind).order_by(None)
        query = query.order_by(t.event.c.seq.desc()).limit(1)
        rows = self._rows(query, session=self._session)
        return _event(rows[0]) if rows else None

    def lines(self) -> list[str]:
        """Return the lines of the public log, byte for byte, in order."""
        line = func.json_extract(t.event.c.body, "$.line")
        query = select(line).where(t.event.c.session == self._session, line.is_not(None))
        return [row[0] for row in self._rows(query.order_by(t.event.c.seq))]

    def attempts(self) -> list[Attempt]:
        """Return all attempts as their events have left them."""
        query = select(t.attempt.c.state).where(t.attempt.c.session == self._session)
        return [from_plain(Attempt, json.loads(row.state)) for row in self._rows(query)]

    def people(self) -> list[Person]:
        """Return the students in exam order."""
        query = select(t.student).where(t.student.c.session == self._session)
        return [
            Person(row.key, row.position, from_plain(Student, json.loads(row.person)))
            for row in self._rows(query.order_by(t.student.c.position))
        ]

    def texts(self, events: Iterable[str] | None = None) -> dict[str, str]:
        """Return notes and reasons by the id of their event, of some events or of all."""
        query = select(t.text.c.event_id, t.text.c.text)
        if events is not None:
            query = query.where(t.text.c.event_id.in_(list(events)))
        return {row.event_id: row.text for row in self._rows(query)}

    def salts(self) -> dict[str, tuple[str, str]]:
        """Return salt and text by the id of the event, to check them against the events."""
        return {row.event_id: (row.salt, row.text) for row in self._rows(select(t.text))}

    def document(self, sha: str) -> str:
        """Return a stored document. Raises Environment where it is missing."""
        rows = self._rows(select(t.document.c.content).where(t.document.c.sha256 == sha))
        if not rows:
            raise Environment("A part of the session's record is missing.", "Restore a backup.")
        content: str = rows[0].content
        return content

    def exposures(self, course: str) -> dict[str, int]:
        """Return how often each question of a course was shown, in all sessions of this file."""
        query = (
            select(t.exposure.c.question, func.count().label("times"))
            .where(t.exposure.c.course == course)
            .group_by(t.exposure.c.question)
        )
        return {row.question: row.times for row in self._rows(query)}

    def quick_check(self) -> str:
        """Return what SQLite says of the file's structure: `ok`, or what is wrong."""
        with self._transaction() as connection:
            return str(connection.exec_driver_sql("PRAGMA quick_check").scalar())


def _salted(draft: Draft) -> tuple[Draft, str | None]:
    """Return a draft whose event holds only the hash of its text, and the salt."""
    if draft.text is None:
        return draft, None
    salt = secrets.token_hex(SALT_BYTES)
    what: Any = draft.what
    return replace(draft, what=replace(what, text=text_hash(salt, draft.text))), salt


def _event(row: Row[Any]) -> Event:
    return Event(
        seq=row.seq,
        id=row.id,
        epoch=row.epoch,
        actor=row.actor,
        moment=Moment(instant_from(row.at), row.boot_id, row.boot_ns),
        what=what_from(row.kind, json.loads(row.body)),
        prev=row.prev,
        hash=row.hash,
    )
