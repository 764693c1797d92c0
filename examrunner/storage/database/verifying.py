"""What is wrong with a stored session: its file, its chain, its texts, its states.

A cut tail cannot be seen from inside; it shows against a head that was noted elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from examrunner.domain.exam.attempts import Attempt, attempt_id, fold
from examrunner.domain.exam.chain import broken_link, text_hash
from examrunner.domain.exam.events import Committed
from examrunner.domain.plain import sha256
from examrunner.domain.problems import error
from examrunner.storage.database import rows
from examrunner.storage.database import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.problems import Problem

HINT = "Keep this file as it is and go on from the newest good copy of it."


def found_wrong(connection: Connection, session: str) -> list[Problem]:
    """Return everything that is wrong with a session's record."""
    answers = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    problems = [_problem("file", f"The file is damaged: {one}.") for one in answers if one != "ok"]
    listed = connection.execute(rows.EVENTS, {"session": session}).all()
    events, odd = _events(session, listed)
    problems += odd
    place = broken_link(session, events)
    if place is not None:
        words = f"Event {place} does not follow from the ones before it: something was changed."
        problems.append(_problem("chain", words))
    texts = connection.execute(rows.TEXTS, {"session": session}).all()
    problems += _texts(events, texts)
    states = connection.execute(select(t.attempt).where(t.attempt.c.session == session)).all()
    problems += _states(session, events, states)
    documents = connection.execute(select(t.document)).all()
    problems += _documents(events, documents)
    return problems


def _problem(rule: str, words: str) -> Problem:
    return error(words, HINT, rule=rule)


def _events(session: str, listed: Sequence[Any]) -> tuple[list[Event], list[Problem]]:
    """Return the events that can be read, and a problem for each row that is not as written."""
    events, problems = [], []
    for row in listed:
        try:
            event = rows.event_from(row)
            same = rows.event_row(session, event) == dict(row._mapping)  # noqa: SLF001  public API
        except rows.UNREADABLE:
            problems.append(_problem("event", f"Event {row.seq} cannot be read."))
            continue
        events.append(event)
        if not same:
            problems.append(_problem("event", f"Event {row.seq} is not as it was written."))
    return events, problems


def _texts(events: Sequence[Event], texts: Sequence[Any]) -> Iterator[Problem]:
    """Compare texts with their hashes. A text that is gone was forgotten: nothing is wrong."""
    known = {event.id: event for event in events}
    for row in texts:
        event = known.get(row.event_id)
        digest = getattr(event.what, "text", None) if event else None
        if event and digest != text_hash(row.salt, row.text):
            words = f"The text of event {event.seq} is not the one that was written."
            yield _problem("text", words)


def _states(session: str, events: Sequence[Event], states: Sequence[Any]) -> Iterator[Problem]:
    """Compare each attempt's state with what its events add up to."""
    own: dict[str, list[Event]] = {}
    for event in events:
        if event.attempt is not None:
            own.setdefault(event.attempt, []).append(event)
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
    student, _, number = name.rpartition(".")
    attempt = fold(Attempt(name, student, int(number)), events)
    if attempt_id(attempt.student, attempt.number) != name:
        raise ValueError(name)
    return attempt


def _documents(events: Sequence[Event], documents: Sequence[Any]) -> Iterator[Problem]:
    """Compare the stored documents with their hashes, and with those that were committed."""
    contents = {row.sha256: row.content for row in documents}
    for sha, content in contents.items():
        if sha256(content) != sha:
            yield _problem("document", f"The stored document {sha[:12]} was changed.")
    for event in events:
        if isinstance(event.what, Committed):
            for name, sha in event.what.documents.items():
                if sha not in contents:
                    yield _problem("document", f"The stored document {name} is missing.")
