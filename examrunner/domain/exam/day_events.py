"""Events of the day around the exams: what interrupts it, orders it and ends it.

Each class is one kind of event, as in `events`. `Voided` and `Granted` are about one attempt, the
others about the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Voided:
    """An attempt counts no more; it stays on record. `why` is a code of the public log.

    `line` is the line of the public log; only a paper that was drawn has one.
    """

    attempt: str
    why: str
    exposed: bool
    """The student knows the paper by now: it is not drawn again for this student."""
    line: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """The student gets a further attempt, in the place of another one or for a second paper."""

    attempt: str
    why: str
    of: str
    """The attempt that it follows: voided, or to be taken again."""


@dataclass(frozen=True, slots=True)
class Added:
    """A late student joined; name and address lie apart, with those of the others.

    `line` is the line of the public log; a student without a paper to draw has none.
    """

    student: str
    details: str
    """SHA-256 of the document with reviews, papers and banks."""
    why: str
    """A code of the public log."""
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A student's reviews were corrected before the next draw. Fields as those of Added."""

    student: str
    details: str
    why: str
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Rebanked:
    """Questions written or changed after the commit are used from now on.

    The sheets that they give say so in the public log.
    """

    banks: dict[str, str]
    """Reading to the SHA-256 of the document with its questions."""
    why: str
    """A code of the public log."""


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """What is known of a student was corrected: the names of the fields, never what they hold."""

    student: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reordered:
    """The examiner changed the order in which students are called; no odds change."""

    order: tuple[str, ...]
    """The keys of all students."""

    def in_turn(self, keys: Iterable[str]) -> list[str]:
        """Return students by their keys in this order; whoever joined later comes last."""
        places = {key: place for place, key in enumerate(self.order)}
        return sorted(keys, key=lambda key: places.get(key, len(places)))


@dataclass(frozen=True, slots=True)
class Suspended:
    """Everything stands still: a fire alarm, a power cut, illness of the examiner."""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class Continued:
    """The day goes on after it was suspended."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something happened that belongs on record and is no mark: noise, a phone, a question."""

    text: str
    student: str | None = None
    """Key of the student who was with the examiner, if anybody was."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The day is over: verdicts are final until it is opened again."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A closed day was opened again, for a reason."""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The secret of the draw was revealed. `line` ends the public log; the day stays closed."""

    line: str
