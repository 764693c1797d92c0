"""Forgetting students: their texts are deleted and stand-ins take their places.

Events, states and the draw log name only keys and stay as they are, so the chain still holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from examrunner.domain.course.traces import stand_in
from examrunner.domain.errors import Environment
from examrunner.domain.exam.events import Forgotten
from examrunner.storage.database import rows
from examrunner.storage.database import tables as t
from examrunner.storage.database.drafts import Draft, Person
from examrunner.storage.database.engine import FAULTS, open_engine, reason
from examrunner.storage.database.writing import Batch, entry, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.exam.moments import Moment

_DELETE = delete(t.text).where(t.text.c.event_id == bindparam("id"))


def forget(
    connection: Connection,
    session: str,
    wanted: Mapping[str, Iterable[str]],
    moment: Moment,
    actor: str,
) -> tuple[Event, ...]:
    """Forget students, given by key with the ids of further events whose texts are to go.

    Returns the receipts: one for each student, except where nothing was left to forget.
    """
    people = {
        row.key: rows.person_from(row)
        for row in connection.execute(select(t.student).where(t.student.c.session == session))
    }
    stand_ins, receipts = [], []
    for key, further in wanted.items():
        texts = _delete_texts(connection, session, key, further)
        person = Person(key, people[key].position, stand_in(key))
        if texts or people[key] != person:
            stand_ins.append(person)
            receipts.append(entry(Draft(Forgotten(key, texts)), ""))
    batch = Batch(session, tuple(receipts), moment, actor, None, {}, stand_ins, (), ())
    return write(connection, batch, lambda _: ())


def _delete_texts(connection: Connection, session: str, key: str, further: Iterable[str]) -> int:
    """Delete the texts of a student's attempts and of further events; return how many."""
    query = (
        select(t.text.c.event_id)
        .join(t.event, t.event.c.id == t.text.c.event_id)
        .join(
            t.attempt,
            (t.attempt.c.session == t.event.c.session) & (t.attempt.c.attempt == t.event.c.attempt),
        )
        .where(t.event.c.session == session, t.attempt.c.student == key)
    )
    gone = 0
    for name in {*connection.execute(query).scalars(), *further}:
        gone += connection.execute(_DELETE, {"id": name}).rowcount
    return gone


def compact(path: Path) -> None:
    """Write a database anew, so that no free part of it holds what was deleted.

    Raises Environment where the disk does not allow it; then the file is as it was.
    """
    engine = open_engine(path, create=False)
    try:
        connection = engine.raw_connection()
        connection.cursor().execute("VACUUM")
        connection.close()
    except FAULTS as fault:
        raise Environment(f"{path.name} cannot be written anew: {reason(fault)}.") from fault
    finally:
        engine.dispose()
