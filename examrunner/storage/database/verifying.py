"""What is wrong with a stored session: its file, its chain, its texts, its states.

A cut tail cannot be seen from inside; it shows against a head that was noted elsewhere.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from examrunner.domain.exam.attempts import Attempt, attempt_id, fold
from examrunner.domain.exam.chain import broken_link, first_prev, text_hash
from examrunner.domain.exam.events import Committed
from examrunner.domain.plain import canonical, sha256
from examrunner.domain.problems import error
from examrunner.storage.database import rows
from examrunner.storage.database import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.problems import Problem

HASHED = ("actor", "at", "boot_id", "boot_ns", "epoch", "id", "kind", "seq", "session")
"""Columns that an event's hash covers as they stand; besides its body and the hash before."""
HINT = "Keep this file as it is and go on from the newest good copy of it."


def found_broken(connection: Connection, session: str) -> list[Problem]:
    """Return what is wrong with a session's file, chain, texts and documents.

    Works on the rows as they stand, which takes a quarter of the time of `found_wrong`; the
    states of the attempts are not looked at. Stops at the first break of the chain.
    """
    problems = _file(connection)
    prev, digests = first_prev(session), {}
    listed = connection.execute(rows.EVENTS, {"session": session}).all()
    for place, row in enumerate(listed, 1):
        digest, text = _hashes(row, prev)
        digests[row.id] = (row.seq, text)
        if (row.seq, row.prev, row.hash) != (place, prev, digest):
            return [*problems, _broken(place)]
        prev = digest
    texts = connection.execute(rows.TEXTS, {"session": session}).all()
    documents = connection.execute(select(t.document)).all()
    return [*problems, *_texts(digests, texts), *_changed(documents)]


def found_wrong(connection: Connection, session: str) -> list[Problem]:
    """Return everything that is wrong with a session's record."""
    problems = _file(connection)
    listed = connection.execute(rows.EVENTS, {"session": session}).all()
    events, odd = _events(session, listed)
    problems += odd
    place = broken_link(session, events)
    if place is not None:
        problems.append(_broken(place))
    texts = connection.execute(rows.TEXTS, {"session": session}).all()
    digests = {event.id: (event.seq, getattr(event.what, "text", None)) for event in events}
    problems += _texts(digests, texts)
    states = connection.execute(select(t.attempt).where(t.attempt.c.session == session)).all()
    problems += _states(session, events, states)
    documents = connection.execute(select(t.document)).all()
    problems += _documents(events, documents)
    return problems


def _file(connection: Connection) -> list[Problem]:
    answers = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    return [_problem("file", f"The file is damaged: {one}.") for one in answers if one != "ok"]


def _broken(place: int) -> Problem:
    words = f"Event {place} does not follow from the ones before it: something was changed."
    return _problem("chain", words)


def _hashes(row: Any, prev: str) -> tuple[str, str | None]:
    """Return what `domain.exam.chain.link_hash` gives for a row, and its text's hash, if any.

    The first is empty for a row that cannot be read.
    """
    try:
        body = json.loads(row.body)
        hashed = {name: getattr(row, name) for name in HASHED}
        return sha256(canonical({**hashed, "body": body, "prev": prev})), body.get("text")
    except rows.UNREADABLE:
        return "", None


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


def _texts(
    digests: Mapping[str, tuple[int, str | None]], texts: Sequence[Any]
) -> Iterator[Problem]:
    """Compare texts with their hashes, given with the place of each event by its id.

    A text that is gone was forgotten: nothing is wrong.
    """
    for row in texts:
        seq, digest = digests.get(row.event_id, (0, None))
        if seq and digest != text_hash(row.salt, row.text):
            words = f"The text of event {seq} is not the one that was written."
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
    yield from _changed(documents)
    contents = {row.sha256 for row in documents}
    for event in events:
        if isinstance(event.what, Committed):
            for name, sha in event.what.documents.items():
                if sha not in contents:
                    yield _problem("document", f"The stored document {name} is missing.")


def _changed(documents: Sequence[Any]) -> Iterator[Problem]:
    for row in documents:
        if sha256(row.content) != row.sha256:
            yield _problem("document", f"The stored document {row.sha256[:12]} was changed.")
