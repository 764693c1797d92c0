"""The chain of hashes over a session's events."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.chain import (
    Event,
    broken_link,
    first_prev,
    link,
    link_hash,
    text_hash,
)
from examrunner.domain.exam.events import kind_of
from examrunner.domain.plain import canonical, instant_text, sha256, to_plain
from tests.fakes import NINE, FakeClock
from tests.strategies import SESSION, TEXTS, chains, moments, whats

if TYPE_CHECKING:
    from collections.abc import Callable

    from examrunner.domain.exam.moments import Moment

MOMENT = FakeClock().now()
SAID: dict[str, Any] = {
    "seq": 1,
    "event_id": "e1",
    "epoch": 2,
    "actor": "ann",
    "moment": MOMENT,
    "what": ev.Called("s.1"),
    "prev": first_prev(SESSION),
}
CHANGES: dict[str, Callable[[Event], Event]] = {
    "seq": lambda event: replace(event, seq=event.seq + 1),
    "id": lambda event: replace(event, id=event.id + "x"),
    "epoch": lambda event: replace(event, epoch=event.epoch + 1),
    "actor": lambda event: replace(event, actor=event.actor + "x"),
    "at": lambda event: replace(event, moment=_later(event.moment)),
    "boot_id": lambda event: replace(
        event, moment=replace(event.moment, boot_id=event.moment.boot_id + "x")
    ),
    "boot_ns": lambda event: replace(
        event, moment=replace(event.moment, boot_ns=event.moment.boot_ns + 1)
    ),
    "prev": lambda event: replace(event, prev="0" * 64),
    "hash": lambda event: replace(event, hash="0" * 64),
}


def _later(moment: Moment) -> Moment:
    return replace(moment, at=moment.at + timedelta(microseconds=1))


@given(chains())
def test_an_untouched_chain_holds(events: list[Event]) -> None:
    """Nothing is broken in a chain as it was written, an empty one included."""
    assert broken_link(SESSION, events) is None


@given(chains(least=1), st.sampled_from(sorted(CHANGES)), st.data())
def test_a_changed_field_is_found_at_its_event(
    events: list[Event], field: str, data: st.DataObject
) -> None:
    """Whatever is changed about an event, that event is named."""
    place = data.draw(st.integers(0, len(events) - 1))
    events[place] = CHANGES[field](events[place])
    assert broken_link(SESSION, events) == place + 1


@given(chains(least=1), whats(), st.data())
def test_a_changed_body_is_found_at_its_event(
    events: list[Event], what: ev.What, data: st.DataObject
) -> None:
    """An event that says something else than it said is named."""
    place = data.draw(st.integers(0, len(events) - 1))
    assume(what != events[place].what)
    events[place] = replace(events[place], what=what)
    assert broken_link(SESSION, events) == place + 1


@given(chains(least=2), st.data())
def test_a_removed_event_is_found_where_it_stood(events: list[Event], data: st.DataObject) -> None:
    """The event after the gap is named."""
    place = data.draw(st.integers(0, len(events) - 2))
    del events[place]
    assert broken_link(SESSION, events) == place + 1


@given(chains(least=2), st.data())
def test_swapped_events_are_found(events: list[Event], data: st.DataObject) -> None:
    """Of two events that changed places the first place is named."""
    one = data.draw(st.integers(0, len(events) - 2))
    other = data.draw(st.integers(one + 1, len(events) - 1))
    events[one], events[other] = events[other], events[one]
    assert broken_link(SESSION, events) == one + 1


@given(chains(least=1), st.data())
def test_a_repeated_event_is_found(events: list[Event], data: st.DataObject) -> None:
    """An event that stands twice is named where it stands again."""
    place = data.draw(st.integers(0, len(events) - 1))
    events.insert(place + 1, events[place])
    assert broken_link(SESSION, events) == place + 2


@given(chains(least=2), st.data())
def test_a_rehashed_event_is_found_at_the_next(events: list[Event], data: st.DataObject) -> None:
    """Who changes an event and computes its hash anew breaks the next link."""
    place = data.draw(st.integers(0, len(events) - 2))
    old = events[place]
    events[place] = link(
        SESSION,
        seq=old.seq,
        event_id=old.id,
        epoch=old.epoch,
        actor=old.actor + "x",
        moment=old.moment,
        what=old.what,
        prev=old.prev,
    )
    assert broken_link(SESSION, events) == place + 2


@given(chains(least=1), TEXTS)
def test_a_chain_belongs_to_its_session(events: list[Event], session: str) -> None:
    """Events of one session cannot be passed off as another's."""
    assume(session != SESSION)
    assert broken_link(session, events) == 1


@given(chains(least=1), st.data())
def test_a_cut_tail_is_not_seen(events: list[Event], data: st.DataObject) -> None:
    """The chain alone cannot tell that its end is missing; a head noted elsewhere can."""
    kept = events[: data.draw(st.integers(0, len(events) - 1))]
    assert broken_link(SESSION, kept) is None


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 2},
        {"event_id": "e2"},
        {"epoch": 3},
        {"actor": "bob"},
        {"moment": _later(MOMENT)},
        {"moment": replace(MOMENT, boot_id="boot-2")},
        {"moment": replace(MOMENT, boot_ns=MOMENT.boot_ns + 1)},
        {"what": ev.Called("s.2")},
        {"what": ev.Present("s.1")},
        {"prev": "0" * 64},
    ],
)
def test_the_hash_depends_on_every_field(change: dict[str, Any]) -> None:
    """A change of any field, and of the kind alone, changes the hash."""
    assert link_hash(SESSION, **(SAID | change)) != link_hash(SESSION, **SAID)


def test_the_hash_depends_on_the_session() -> None:
    """The same event in another session has another hash."""
    assert link_hash("other", **SAID) != link_hash(SESSION, **SAID)


def test_the_hash_can_be_computed_without_this_program() -> None:
    """An event's hash is SHA-256 over one line of canonical JSON."""
    line = (
        '{"actor":"ann","at":"2024-12-13T15:00:00.000000Z","body":{"attempt":"s.1"},'
        '"boot_id":"boot-1","boot_ns":1000000000000,"epoch":2,"id":"e1","kind":"called",'
        f'"prev":"{first_prev(SESSION)}","seq":1,"session":"demo"}}'
    )
    assert link_hash(SESSION, **SAID) == hashlib.sha256(line.encode()).hexdigest()


@given(TEXTS, TEXTS, TEXTS, whats())
def test_what_is_hashed_is_canonical_json(
    session: str, actor: str, name: str, what: ev.What
) -> None:
    """Whatever texts an event holds, its hash is that of the canonical JSON of all it says."""
    said = SAID | {"actor": actor, "event_id": name, "what": what}
    plain = {
        "actor": actor,
        "at": instant_text(MOMENT.at),
        "body": to_plain(what),
        "boot_id": MOMENT.boot_id,
        "boot_ns": MOMENT.boot_ns,
        "epoch": 2,
        "id": name,
        "kind": kind_of(type(what)),
        "prev": said["prev"],
        "seq": 1,
        "session": session,
    }
    assert link_hash(session, **said) == sha256(canonical(plain))


def test_the_first_event_is_chained_to_the_name_of_the_session() -> None:
    """The hash before the first event is that of the session's name."""
    expected = hashlib.sha256(b"examrunner-ledger/1\ndemo\n").hexdigest()
    assert first_prev("demo") == expected
    assert first_prev("demo") != first_prev("demo-2")


@given(moments(), whats())
def test_an_event_knows_what_it_is_about(moment: Moment, what: ev.What) -> None:
    """Time, kind, attempt and body of an event come from what happened."""
    event = link(SESSION, **(SAID | {"moment": moment, "what": what}))
    assert event.at == moment.at
    assert event.kind == ev.kind_of(type(what))
    assert event.attempt == getattr(what, "attempt", None)
    assert event.body() == canonical(to_plain(what))


def test_an_event_of_the_session_is_about_no_attempt() -> None:
    """Opening the day concerns nobody in particular."""
    event = link(SESSION, **(SAID | {"what": ev.Opened("{}")}))
    assert event.attempt is None
    assert event.at == NINE


def test_a_text_is_hashed_with_its_salt() -> None:
    """What stands in an event for a text is SHA-256 of salt, line feed and text."""
    assert text_hash("salt", "Ünsure") == hashlib.sha256("salt\nÜnsure".encode()).hexdigest()


@given(TEXTS, TEXTS, TEXTS)
def test_other_salt_or_text_gives_another_hash(salt: str, text: str, other: str) -> None:
    """The same words twice cannot be recognised, and other words cannot be put in their place."""
    assume(text != other)
    assert text_hash(salt, text) != text_hash(salt, other)
    assert text_hash("aa", text) != text_hash("bb", text)
