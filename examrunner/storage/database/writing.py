"""One batch of events and all that goes with it, written inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from examrunner.domain.errors import Environment
from examrunner.domain.exam.chain import again, first_prev, link, text_hash
from examrunner.domain.exam.events import What
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import to_plain
from examrunner.storage.database import rows
from examrunner.storage.database import tables as t
from examrunner.storage.database.drafts import Exposure, Person, ShutOut
from examrunner.storage.database.migrations import write_something

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection

    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.chain import Event
    from examrunner.storage.database.drafts import Draft, Told

    States = Callable[[tuple[Event, ...]], Iterable[Attempt]]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to be, and its text with the salt that its hash was taken with."""

    id: str
    what: What
    salt: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes."""

    session: str
    entries: tuple[Entry, ...]
    moment: Moment
    actor: str
    epoch: int | None
    """Of the writer's lease; None for a writer that needs none."""
    documents: Mapping[str, str]
    people: Sequence[Person]
    gone: Collection[str]
    """Keys of students who are no more in the session."""
    exposures: Sequence[Exposure]


def entry(draft: Draft, salt: str) -> Entry:
    """Return a draft as an entry whose event holds only the hash of its text."""
    if draft.text is None:
        return Entry(draft.id, draft.what, salt, None)
    what: Any = draft.what
    hashed = replace(what, text=text_hash(salt, draft.text))
    return Entry(draft.id, hashed, salt, draft.text)


def write(connection: Connection, batch: Batch, states: States) -> tuple[Event, ...]:
    """Write a batch and return its events. Raises Refused where the lease is lost."""
    if batch.epoch is not None and not beat(connection, batch.session, batch.epoch, batch.moment):
        found = stored(connection, batch)
        if found:
            return found  # saved before the lease was lost, though nobody heard of it
        raise ShutOut
    events = _linked(connection, batch)
    if events:
        connection.execute(rows.ADD_EVENT, [rows.event_row(batch.session, one) for one in events])
    _write_beside(connection, batch)
    changed = [rows.attempt_row(batch.session, one) for one in states(events)]
    if changed:
        connection.execute(rows.PUT_ATTEMPT, changed)
    return events


def write_again(
    connection: Connection,
    session: str,
    told: Sequence[Told],
    states: Iterable[Attempt],
    exposures: Sequence[Exposure],
) -> None:
    """Write events that were on record before, as they were.

    Raises Environment where they do not continue the chain.
    """
    head = connection.execute(rows.HEAD, {"session": session}).first()
    seq, prev = (head.seq, head.hash) if head else (0, first_prev(session))
    for one in told:
        event, seq = one.event, seq + 1
        if event != again(session, event, seq, prev):
            raise Environment(f"Event {event.seq} of the mirror does not continue the record.")
        prev = event.hash
    connection.execute(rows.ADD_EVENT, [rows.event_row(session, one.event) for one in told])
    _execute_all(
        connection,
        (
            rows.ADD_TEXT,
            [
                {"event_id": one.event.id, "salt": one.salt, "text": one.text}
                for one in told
                if one.text is not None
            ],
        ),
        (rows.PUT_EXPOSURE, [to_plain(one) for one in exposures]),
        (rows.PUT_ATTEMPT, [rows.attempt_row(session, one) for one in states]),
    )


def stored(connection: Connection, batch: Batch) -> tuple[Event, ...]:
    """Return the events of a batch that are on record already: all of them or none.

    They may be there without being forced to the disk, where only the last step of their commit
    failed: the commit of this transaction makes up for that.
    """
    ids = [one.id for one in batch.entries]
    query = select(t.event).where(t.event.c.session == batch.session, t.event.c.id.in_(ids))
    found = {row.id: rows.event_from(row) for row in connection.execute(query)}
    if found.keys() != set(ids):
        return ()
    write_something(connection)
    return tuple(found[name] for name in ids)


def beat(connection: Connection, session: str, epoch: int, moment: Moment) -> bool:
    """Leave a sign of life in the lease. Returns whether it is still this epoch's."""
    done = connection.execute(rows.BEAT, rows.beat_row(session, epoch, moment))
    return done.rowcount == 1


def _linked(connection: Connection, batch: Batch) -> tuple[Event, ...]:
    head = connection.execute(rows.HEAD, {"session": batch.session}).first()
    seq, prev = (head.seq, head.hash) if head else (0, first_prev(batch.session))
    events: list[Event] = []
    for one in batch.entries:
        seq += 1
        event = link(
            batch.session,
            seq=seq,
            event_id=one.id,
            epoch=batch.epoch or 0,
            actor=batch.actor,
            moment=batch.moment,
            what=one.what,
            prev=prev,
        )
        prev = event.hash
        events.append(event)
    return tuple(events)


def _write_beside(connection: Connection, batch: Batch) -> None:
    """Write what lies beside the events: texts, documents, students, exposures."""
    texts = [
        {"event_id": one.id, "salt": one.salt, "text": one.text}
        for one in batch.entries
        if one.text is not None
    ]
    documents = [{"sha256": sha, "content": text} for sha, text in batch.documents.items()]
    people = [rows.person_row(batch.session, one) for one in batch.people]
    exposures = [to_plain(one) for one in batch.exposures]
    _execute_all(
        connection,
        (rows.ADD_TEXT, texts),
        (rows.PUT_DOCUMENT, documents),
        (rows.DROP_STUDENT, [rows.student_row(batch.session, key) for key in batch.gone]),
        (rows.PUT_STUDENT, people),
        (rows.PUT_EXPOSURE, exposures),
    )


def _execute_all(connection: Connection, *pairs: tuple[Any, list[Any]]) -> None:
    """Execute each statement that has rows."""
    for statement, listed in pairs:
        if listed:
            connection.execute(statement, listed)
