"""What is handed to the ledger and back, and what it says when the disk does not take it.

Apart from the ledger, so that nobody loads a database library only to name an event.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.chain import Event
from examrunner.domain.exam.events import What
from examrunner.domain.exam.moments import Moment

if TYPE_CHECKING:
    from collections.abc import Sequence


def new_id() -> str:
    """Return a new unique id."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is not written yet. Its id makes writing it twice harmless."""

    what: What
    text: str | None = None
    """A note or reason; it is stored apart from the event."""
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Told:
    """An event on record together with its text, where it has one that was not forgotten."""

    event: Event
    salt: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A student as the ledger knows one: events name only the key."""

    key: str
    position: int
    """Place in the exam order, from 0."""
    student: Student


@dataclass(frozen=True, slots=True)
class Exposure:
    """A question that a student has been shown, remembered by course across sessions."""

    course: str
    question: str
    session: str
    attempt: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one process to write a session."""

    epoch: int
    """Counted up each time that the lease changes hands."""
    holder: str
    since: datetime
    beat: Moment
    """The holder's last sign of life in the ledger."""


class Busy(Environment):
    """Another process holds the file and does not let go of it."""


class ShutOut(Refused):
    """The lease has gone to another process: this one can write no more."""

    def __init__(self) -> None:
        super().__init__(
            "Taken over by another examiner: this window can write nothing more.",
            "Go on there, or quit here and open the session again.",
        )


class NotSaved(Environment):
    """The disk did not take these events. Writing them again, with their ids, is harmless."""

    def __init__(
        self, message: str, hint: str, drafts: Sequence[Draft], *, may_pass: bool = True
    ) -> None:
        super().__init__(message, hint)
        self.drafts = tuple(drafts)
        self.may_pass = may_pass
        """Whether a later try may work: not where the events themselves cannot be stored."""
