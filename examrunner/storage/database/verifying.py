"""What is wrong with a stored session: its file, its chain, its texts, its states.

A cut tail cannot be seen from inside; it shows against a head that was noted elsewhere.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from examrunner.domain.exam.attempts import Attempt, attempt_id, bare, by_attempt, fold
from examrunner.domain.exam.chain import first_prev, stored_hash, text_hash
from examrunner.domain.exam.events import Committed
from examrunner.domain.plain import sha256
from examrunner.domain.problems import error
from examrunner.storage.database import rows
from examrunner.storage.database import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.problems import Problem

HINT = "Keep this file as it is and go on from the newest good copy of it."


def found_broken(connection: Connection, session: str) -> list[Problem]:
    """Return what is wrong with a session's file, chain, texts and documents.

    Works on the rows as they stand, which takes a quarter of the time of `found_wrong`; the
    states of the attempts are not looked at. Stops at the first break of the chain.
    """
    if problems := _file(connection):
        return problems
    listed = connection.execute(rows.EVENTS, {"session": session})
    if place := first_break(session, listed):
        return [_broken(place)]
    return [*_texts(connection, session), *_people(connection, session), *_changed(connection)]


def found_wrong(connection: Connection, session: str) -> list[Problem]:
    """Return everything that is wrong with a session's record."""
    if problems := _file(connection):
        return problems
    listed = connection.execute(rows.EVENTS, {"session": session}).all()
    events, problems = _events(listed)
    if place := first_break(session, listed):
        problems.append(_broken(place))
    states = connection.execute(select(t.attempt).where(t.attempt.c.session == session)).all()
    return [
        *problems,
        *_texts(connection, session),
        *_people(connection, session),
        *_states(session, events, states),
        *_changed(connection),
        *_missing(connection, events),
    ]


def first_break(session: str, listed: Iterable[Any]) -> int | None:
    """Return the place, counted from 1, of the first row that does not continue the chain.

    Works on the rows as they stand: `domain.exam.chain.broken_link` without making events.
    """
    prev = first_prev(session)
    for place, row in enumerate(listed, 1):
        own, seq, name, epoch, actor, kind, _, at, boot_id, boot_ns, body, before, digest = row
        expected = stored_hash(
            own,
            seq=place,
            event_id=name,
            epoch=epoch,
            actor=actor,
            at=at,
            boot_id=boot_id,
            boot_ns=boot_ns,
            kind=kind,
            body=body,
            prev=prev,
        )
        if seq != place or before != prev or digest != expected:
            return place
        prev = expected
    return None


def _file(connection: Connection) -> list[Problem]:
    """Return what SQLite finds. Where it finds anything, a row may hold values of any type."""
    answers = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [_problem("file", f"The file is damaged: {one}.") for one in answers if one != "ok"]


def _broken(place: int) -> Problem:
    words = f"Event {place} does not follow from the ones before it: something was changed."
    return _problem("chain", words)


def _problem(rule: str, words: str) -> Problem:
    return error(words, HINT, rule=rule)


def _events(listed: Sequence[Any]) -> tuple[list[Event], list[Problem]]:
    """Return the events that can be read, and a problem for each row that is not as written."""
    events, problems = [], []
    for row in listed:
        try:
            event = rows.event_from(row)
        except rows.UNREADABLE:
            problems.append(_problem("event", f"Event {row.seq} cannot be read."))
            continue
        events.append(event)
        if row.attempt != event.attempt:  # the one column that is not hashed
            problems.append(_problem("event", f"Event {row.seq} is not as it was written."))
    return events, problems


def _texts(connection: Connection, session: str) -> Iterator[Problem]:
    """Compare the texts with the hashes in their events. One that is gone was forgotten: fine."""
    for row in connection.execute(rows.HASHED_TEXTS, {"session": session}):
        if _digest_in(row.body) != text_hash(row.salt, row.text):
            words = f"The text of event {row.seq} is not the one that was written."
            yield _problem("text", words)


def _digest_in(body: str) -> object:
    """Return the hash of a text that an event's body holds."""
    try:
        return json.loads(body).get("text")
    except rows.UNREADABLE:
        return None


def _people(connection: Connection, session: str) -> Iterator[Problem]:
    for row in connection.execute(select(t.student).where(t.student.c.session == session)).all():
        try:
            rows.person_from(row)
        except rows.UNREADABLE:
            yield _problem("person", f"The entry of student {row.key} was changed.")


def _states(session: str, events: Sequence[Event], states: Sequence[Any]) -> Iterator[Problem]:
    """Compare each attempt's state with what its events add up to."""
    own = by_attempt(events)
    kept = {row.attempt: dict(row._mapping) for row in states}  # noqa: SLF001  public API
    for name in sorted(own.keys() | kept.keys()):
        try:
            state = _folded(name, own.get(name, []))
            same = name in kept and rows.attempt_row(session, state) == kept[name]
        except rows.UNREADABLE:
            same = False
        if not same:
            words = f"The state of attempt {name} is not what its events add up to."
            yield _problem("state", words)


def _folded(name: str, events: Sequence[Event]) -> Attempt:
    attempt = fold(bare(name), events)
    if attempt_id(attempt.student, attempt.number) != name:
        raise ValueError(name)
    return attempt


def _changed(connection: Connection) -> Iterator[Problem]:
    """Compare the stored documents with their hashes."""
    for row in connection.execute(select(t.document)):
        if sha256(row.content) != row.sha256:
            yield _problem("document", f"The stored document {row.sha256[:12]} was changed.")


def _missing(connection: Connection, events: Sequence[Event]) -> Iterator[Problem]:
    """Look for the documents that were committed."""
    there = set(connection.execute(select(t.document.c.sha256)).scalars())
    for event in events:
        if isinstance(event.what, Committed):
            for name, sha in event.what.documents.items():
                if sha not in there:
                    yield _problem("document", f"The stored document {name} is missing.")
