"""A session as it was committed: what the ledger holds of settings, course, lists and banks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.draw.commitment import Commitment, commitment_from
from examrunner.domain.errors import Environment
from examrunner.domain.exam.events import Added, Committed, Listed, Rebanked
from examrunner.domain.exam.settings import Settings
from examrunner.domain.plain import from_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from examrunner.domain.exam.chain import Event
    from examrunner.domain.exam.events import What
    from examrunner.storage.database.ledger import Ledger

SETTINGS = "settings"
COURSE = "course"
COMMIT = "commit"
REVIEWS = "reviews"
FALLBACK = "fallback"
"""Names of stored documents; a bank's is `bank:` and its reading."""
BANK = "bank:"


@dataclass(frozen=True, slots=True)
class Stored:
    """What was committed. From the commit on it counts, whatever the files say."""

    settings: Settings
    course: Course
    """Its readings are those that the reviews name."""
    commitment: Commitment
    commit: str
    """C of the draw spec."""
    banks: Mapping[str, str]
    """Reading to the SHA-256 of its stored bank."""
    fallback: str
    """SHA-256 of the stored questions that fit any reading."""
    without_bank: frozenset[str]
    """Readings whose questions are all from the fallback bank."""
    eligible: Mapping[str, tuple[str, ...]]
    """Student key to the readings that may be drawn; a student without any is missing."""
    reviewed: Mapping[str, Mapping[str, date | None]]
    """Student key to the readings reviewed, with the date where it is known."""
    readings: Mapping[str, Reading]
    late_banks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Reading to (SHA-256 of a bank taken in after the commit, why as a code)."""

    def reading(self, name: str) -> Reading:
        """Return a reading, or a nameless stand-in where it is not in the course."""
        return self.readings.get(name) or Reading(name, name)

    def title(self, name: str) -> str:
        """Return a reading's title."""
        return self.reading(name).title


@dataclass(frozen=True, slots=True)
class Details:
    """What one student brings to a session that is committed already."""

    eligible: tuple[str, ...]
    """The readings that may be drawn, sorted."""
    reviewed: dict[str, date | None]
    readings: tuple[Reading, ...] = ()
    """Those that the session did not have before."""
    banks: tuple[tuple[str, str], ...] = ()
    """Of those, (reading, SHA-256 of the document with its questions)."""


def read_stored(ledger: Ledger, day: Iterable[Event] | None = None) -> Stored | None:
    """Return what a session was committed with and what joined it since; None for a draft.

    `day` are the ledger's events of the day, for callers that have read them.

    Raises Environment where the record lacks a part of it.
    """
    event = ledger.last("committed")
    if event is None:
        return None
    stored = load(event.what, ledger.document)
    day = ledger.of_the_day() if day is None else day
    return with_later(stored, (one.what for one in day), ledger.document)


def with_later(stored: Stored, events: Iterable[What], document: Callable[[str], str]) -> Stored:
    """Return what a session has after late students and corrected lists."""
    for what in events:
        if isinstance(what, Rebanked):
            banks = {**stored.banks, **what.banks}
            late = {name: (sha, what.why) for name, sha in what.banks.items()}
            stored = _with_banks(replace(stored, late_banks={**stored.late_banks, **late}), banks)
        elif isinstance(what, Added | Listed):
            try:
                details = from_plain(Details, json.loads(document(what.details)))
            except (KeyError, ValueError, TypeError) as fault:
                raise _unreadable() from fault
            stored = _joined(stored, what.student, details)
    return stored


def _joined(stored: Stored, student: str, details: Details) -> Stored:
    eligible = {**stored.eligible, student: details.eligible}
    if not details.eligible:
        del eligible[student]
    banks = dict(details.banks) | dict(stored.banks)
    readings = {one.id: one for one in details.readings} | dict(stored.readings)
    reviewed = {**stored.reviewed, student: details.reviewed}
    joined = replace(stored, eligible=eligible, reviewed=reviewed, readings=readings)
    return _with_banks(joined, banks)


def _with_banks(stored: Stored, banks: Mapping[str, str]) -> Stored:
    without = frozenset(name for name, sha in banks.items() if sha == stored.fallback)
    return replace(stored, banks=banks, without_bank=without)


def load(committed: What, document: Callable[[str], str]) -> Stored:
    """Return what was committed; `document` gives a stored document by its SHA-256."""
    assert isinstance(committed, Committed)
    named = committed.documents
    try:
        settings = from_plain(Settings, json.loads(document(named[SETTINGS])))
        course = from_plain(Course, json.loads(document(named[COURSE])))
        commitment = commitment_from(document(named[COMMIT]))
        dates = json.loads(document(named[REVIEWS]))
    except (KeyError, ValueError, TypeError) as fault:
        raise _unreadable() from fault
    banks = {name[len(BANK) :]: sha for name, sha in named.items() if name.startswith(BANK)}
    return Stored(
        settings=settings,
        course=course,
        commitment=commitment,
        commit=committed.commit,
        banks=banks,
        fallback=named[FALLBACK],
        without_bank=frozenset(name for name, sha in banks.items() if sha == named[FALLBACK]),
        eligible=dict(commitment.roster),
        reviewed={
            key: {name: date.fromisoformat(on) if on else None for name, on in own.items()}
            for key, own in dates.items()
        },
        readings=course.by_id(),
    )


def _unreadable() -> Environment:
    return Environment(
        "The record of this session's commit cannot be read.", "Restore a backup of exam.db."
    )
