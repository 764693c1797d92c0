"""The ledger's chain: each event carries a hash over what it says and the hash before it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examrunner.domain.exam.events import KINDS, What, kind_of
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import canonical, from_plain, instant_text, sha256, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


_quoted = json.JSONEncoder(ensure_ascii=False).encode
"""A text as it stands in canonical JSON."""


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the ledger's chain."""

    seq: int
    """Counted from 1 within the session."""
    id: str
    """Made by the writer, unique: writing the same event twice stores it once."""
    epoch: int
    """Of the lease under which it was written; 0 for writers that need none."""
    actor: str
    moment: Moment
    what: What
    prev: str
    """Hash of the event before; of the session's name for the first."""
    hash: str

    @property
    def at(self) -> datetime:
        """When it happened, by the wall clock, UTC."""
        return self.moment.at

    @property
    def attempt(self) -> str | None:
        """Id of the attempt it is about, if any."""
        return getattr(self.what, "attempt", None)

    @property
    def kind(self) -> str:
        """Name of the kind of event."""
        return kind_of(type(self.what))

    def body(self) -> str:
        """Return the canonical JSON of what happened."""
        return canonical(to_plain(self.what))


def what_from(kind: str, body: Any) -> What:
    """Rebuild what happened from its kind and its body as plain data."""
    return from_plain(KINDS[kind], body)


def link(
    session: str,
    *,
    seq: int,
    event_id: str,
    epoch: int,
    actor: str,
    moment: Moment,
    what: What,
    prev: str,
) -> Event:
    """Return the event that continues the chain after `prev`."""
    digest = link_hash(
        session,
        seq=seq,
        event_id=event_id,
        epoch=epoch,
        actor=actor,
        moment=moment,
        what=what,
        prev=prev,
    )
    return Event(seq, event_id, epoch, actor, moment, what, prev, digest)


def link_hash(
    session: str,
    *,
    seq: int,
    event_id: str,
    epoch: int,
    actor: str,
    moment: Moment,
    what: What,
    prev: str,
) -> str:
    """Return the hash over everything an event says and the hash before it."""
    return stored_hash(
        session,
        seq=seq,
        event_id=event_id,
        epoch=epoch,
        actor=actor,
        at=instant_text(moment.at),
        boot_id=moment.boot_id,
        boot_ns=moment.boot_ns,
        kind=kind_of(type(what)),
        body=canonical(to_plain(what)),
        prev=prev,
    )


def stored_hash(
    session: str,
    *,
    seq: int,
    event_id: str,
    epoch: int,
    actor: str,
    at: str,
    boot_id: str,
    boot_ns: int,
    kind: str,
    body: str,
    prev: str,
) -> str:
    """Return what `link_hash` does, from an event as it is stored: time and body are texts.

    What is hashed is the canonical JSON of all this, written out here since `body` is canonical
    already: a ledger is checked at every start. No other values give the same text, as no string
    in it can hold a bare quotation mark.
    """
    return sha256(
        f'{{"actor":{_quoted(actor)},"at":{_quoted(at)},"body":{body},'
        f'"boot_id":{_quoted(boot_id)},"boot_ns":{boot_ns},"epoch":{epoch},'
        f'"id":{_quoted(event_id)},"kind":{_quoted(kind)},"prev":{_quoted(prev)},'
        f'"seq":{seq},"session":{_quoted(session)}}}'
    )


def first_prev(session: str) -> str:
    """Return what the first event of a session is chained to."""
    return sha256(f"examrunner-ledger/1\n{session}\n")


def text_hash(salt: str, text: str) -> str:
    """Return what stands in an event for a text that lies apart."""
    return sha256(f"{salt}\n{text}")


def again(session: str, event: Event, seq: int, prev: str) -> Event:
    """Return an event as it would be in this place of the chain."""
    return link(
        session,
        seq=seq,
        event_id=event.id,
        epoch=event.epoch,
        actor=event.actor,
        moment=event.moment,
        what=event.what,
        prev=prev,
    )


def broken_link(session: str, events: Iterable[Event]) -> int | None:
    """Return the place, counted from 1, of the first event that does not continue the chain.

    None means that the chain holds. A cut tail can only be seen against a head noted elsewhere.
    """
    prev = first_prev(session)
    for place, event in enumerate(events, 1):
        if event != again(session, event, place, prev):
            return place
        prev = event.hash
    return None
