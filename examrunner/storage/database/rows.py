"""Domain objects as rows and back, and the statements of the commit path, made once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from examrunner.domain.course.people import Student
from examrunner.domain.exam.attempts import Attempt
from examrunner.domain.exam.chain import Event, what_from
from examrunner.domain.exam.events import KINDS
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import (
    canonical,
    from_plain,
    instant_from,
    instant_text,
    sha256,
    to_plain,
)
from examrunner.storage.database import tables as t
from examrunner.storage.database.drafts import Lease, Person, Told

if TYPE_CHECKING:
    from sqlalchemy import Row

_HASH = "sha256"
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
"""What rebuilding a domain object from a damaged row can raise."""

BEAT = (
    update(t.lease)
    .where(t.lease.c.session == bindparam("s"), t.lease.c.epoch == bindparam("e"))
    .values(beat_at=bindparam("at"), beat_boot_id=bindparam("boot"), beat_boot_ns=bindparam("ns"))
)
"""A sign of life; no row changes where the lease has gone to somebody else."""
HEAD = (
    select(t.event.c.seq, t.event.c.hash)
    .where(t.event.c.session == bindparam("session"))
    .order_by(t.event.c.seq.desc())
    .limit(1)
)
ADD_EVENT = insert(t.event)
ADD_TEXT = insert(t.text)
_attempt, _student, _lease = upsert(t.attempt), upsert(t.student), upsert(t.lease)
PUT_ATTEMPT = _attempt.on_conflict_do_update(
    index_elements=["session", "attempt"],
    set_={"phase": _attempt.excluded.phase, "state": _attempt.excluded.state},
)
PUT_STUDENT = _student.on_conflict_do_update(
    index_elements=["session", "key"],
    set_={"position": _student.excluded.position, "person": _student.excluded.person},
)
DROP_STUDENT = delete(t.student).where(
    t.student.c.session == bindparam("s"), t.student.c.key == bindparam("k")
)
PUT_LEASE = _lease.on_conflict_do_update(
    index_elements=["session"],
    set_={column.name: column for column in _lease.excluded if column.name != "session"},
)
PUT_DOCUMENT = upsert(t.document).on_conflict_do_nothing()
PUT_EXPOSURE = upsert(t.exposure).on_conflict_do_nothing()

SESSIONS = select(t.event.c.session).distinct()
EVENTS = select(t.event).where(t.event.c.session == bindparam("session")).order_by(t.event.c.seq)
TEXTS = (
    select(t.text.c.event_id, t.text.c.salt, t.text.c.text)
    .join(t.event, t.event.c.id == t.text.c.event_id)
    .where(t.event.c.session == bindparam("session"))
)
HASHED_TEXTS = (
    select(t.event.c.seq, t.event.c.body, t.text.c.salt, t.text.c.text)
    .join_from(t.text, t.event, t.event.c.id == t.text.c.event_id)
    .where(t.event.c.session == bindparam("session"))
    .order_by(t.event.c.seq)
)
TOLD = (
    select(t.event, t.text.c.salt, t.text.c.text)
    .join_from(t.event, t.text, t.event.c.id == t.text.c.event_id, isouter=True)
    .where(t.event.c.session == bindparam("session"), t.event.c.seq > bindparam("after"))
    .order_by(t.event.c.seq)
)
LOGGED = tuple(kind for kind, what in KINDS.items() if "line" in what.__dataclass_fields__)
"""Kinds of events that can hold a line of the public log."""


def beat_row(session: str, epoch: int, moment: Moment) -> dict[str, Any]:
    """Return the values of BEAT."""
    return {
        "s": session,
        "e": epoch,
        "at": instant_text(moment.at),
        "boot": moment.boot_id,
        "ns": moment.boot_ns,
    }


def event_row(session: str, event: Event) -> dict[str, Any]:
    """Return an event as a row."""
    return {
        "session": session,
        "seq": event.seq,
        "id": event.id,
        "epoch": event.epoch,
        "actor": event.actor,
        "kind": event.kind,
        "attempt": event.attempt,
        "at": instant_text(event.at),
        "boot_id": event.moment.boot_id,
        "boot_ns": event.moment.boot_ns,
        "body": event.body(),
        "prev": event.prev,
        "hash": event.hash,
    }


def event_from(row: Row[Any]) -> Event:
    """Return the event of a row. Raises one of UNREADABLE where the row is damaged."""
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


def told_from(row: Row[Any]) -> Told:
    """Return the event of a row with its text. Raises as `event_from` does."""
    return Told(event_from(row), row.salt, row.text)


def attempt_row(session: str, attempt: Attempt) -> dict[str, Any]:
    """Return the state of an attempt as a row."""
    return {
        "session": session,
        "attempt": attempt.id,
        "student": attempt.student,
        "number": attempt.number,
        "phase": attempt.phase.value,
        "state": canonical(to_plain(attempt)),
    }


def attempt_from(row: Row[Any]) -> Attempt:
    """Return the attempt of a row. Raises one of UNREADABLE where the row is damaged."""
    return from_plain(Attempt, json.loads(row.state))


def person_row(session: str, person: Person) -> dict[str, Any]:
    """Return a student as a row.

    No event holds a name, so that it can be forgotten; the row carries a hash of itself, which
    tells damage.
    """
    fields = to_plain(person.student)
    digest = _person_hash(session, person.key, person.position, fields)
    return {
        "session": session,
        "key": person.key,
        "position": person.position,
        "person": canonical({**fields, _HASH: digest}),
    }


def student_row(session: str, key: str) -> dict[str, Any]:
    """Return the values of DROP_STUDENT."""
    return {"s": session, "k": key}


def person_from(row: Row[Any]) -> Person:
    """Return the student of a row. Raises one of UNREADABLE where the row is damaged."""
    fields = json.loads(row.person)
    digest = fields.pop(_HASH, None)  # rows of earlier versions have none
    if digest not in (None, _person_hash(row.session, row.key, row.position, fields)):
        raise ValueError(_HASH)
    return Person(row.key, row.position, from_plain(Student, fields))


def _person_hash(session: str, key: str, position: int, fields: dict[str, Any]) -> str:
    return sha256(canonical([session, key, position, fields]))


def lease_row(session: str, lease: Lease) -> dict[str, Any]:
    """Return a lease as a row."""
    return {
        "session": session,
        "epoch": lease.epoch,
        "holder": lease.holder,
        "since": instant_text(lease.since),
        "beat_at": instant_text(lease.beat.at),
        "beat_boot_id": lease.beat.boot_id,
        "beat_boot_ns": lease.beat.boot_ns,
    }


def lease_from(row: Row[Any]) -> Lease:
    """Return the lease of a row. Raises one of UNREADABLE where the row is damaged."""
    beat = Moment(instant_from(row.beat_at), row.beat_boot_id, row.beat_boot_ns)
    return Lease(row.epoch, row.holder, instant_from(row.since), beat)


def line_from(row: Row[Any]) -> str | None:
    """Return the line of the public log that an event's row holds, if any."""
    line = json.loads(row.body).get("line")
    return None if line is None else str(line)
