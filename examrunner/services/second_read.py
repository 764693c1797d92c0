"""A second reader: blind, with a verdict of their own beside the one in force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import Action, Phase
from examrunner.domain.text import clean, is_blank
from examrunner.services import day_acts
from examrunner.storage.database.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examrunner.domain.exam.attempts import Attempt, SecondReading
    from examrunner.services.desk import Desk

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often second readers gave the verdict that was in force; a count, and no more."""

    n: int
    """Second readings, the last one of each reader of each attempt."""
    agree: int


def to_read(desk: Desk, reader: str, *, everyone: bool = False) -> list[Attempt]:
    """Return what this reader has not read yet: the edges, or all attempts with a verdict.

    The order says nothing of the day, and is another one for each reader.
    """
    known = desk.attempts() if everyone else day_acts.edges(desk)
    open_ones = [
        one
        for one in known
        if one.phase is Phase.DECIDED
        and one.verdict is not None
        and all(reading.reader != reader for reading in one.readings)
    ]
    return sorted(open_ones, key=lambda one: _shuffled(reader, one.id))


def _shuffled(reader: str, attempt: str) -> bytes:
    return hashlib.sha256(f"{reader} {attempt}".encode()).digest()


def second_read(
    desk: Desk, attempt: Attempt, verdict: ev.Verdict, reader: str, reason: str = ""
) -> None:
    """Keep a second reader's verdict; the one in force stays. Raises Refused without a name."""
    desk.demand(Action.SECOND_READ, attempt)
    name = clean(reader)[:LONGEST_NAME]
    if is_blank(name):
        raise Refused("A second reading needs the reader's name.")
    words = clean(reason)
    what = ev.SecondRead(attempt.id, verdict, name)
    desk.write([Draft(what, None if is_blank(words) else words)])


def readings_of(attempt: Attempt) -> list[SecondReading]:
    """Return the last second reading of each reader, in the order of the first ones."""
    return list({one.reader: one for one in attempt.readings}.values())


def agreement(attempts: Iterable[Attempt]) -> Agreement:
    """Count second readings, and those that agree with the verdict that was in force."""
    found = [
        one
        for attempt in attempts
        if attempt.phase is Phase.DECIDED
        for one in readings_of(attempt)
    ]
    return Agreement(len(found), sum(one.agrees for one in found))
