"""Events of the answers: what the examiner marks while a student talks, and takes back.

Each class is one kind of event, as in `events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rating(StrEnum):
    """How good the answer to one asked question was."""

    STRONG = "strong"
    ENOUGH = "enough"
    WEAK = "weak"


class Help(StrEnum):
    """How much help an answer needed."""

    UNAIDED = "unaided"
    CLARIFIED = "clarified"
    PROBED = "probed"
    LED = "led"


HELP_LEVELS = tuple(Help)


class Offer(StrEnum):
    """What a bank holds ready for an answer that stalls."""

    PROBE = "probe"
    HINT = "hint"


class NotAskedWhy(StrEnum):
    """Why a question was not asked; never a zero. Older records may hold other codes."""

    NO_TIME = "no-time"
    SKIPPED = "skipped"
    DECLINED = "declined"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer was rated. `spent` is the seconds its question has been current so far."""

    attempt: str
    question: str
    rating: Rating
    spent: int


@dataclass(frozen=True, slots=True)
class Ticked:
    """A point of an answer was ticked, or the tick taken off."""

    attempt: str
    question: str
    point: int
    """Counted from 1."""
    on: bool
    spent: int


@dataclass(frozen=True, slots=True)
class Helped:
    """The help that an answer needed went up to this level."""

    attempt: str
    question: str
    level: Help
    spent: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """An answer suggested that the paper was not read."""

    attempt: str
    question: str
    spent: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A note was written."""

    attempt: str
    question: str
    text: str
    spent: int


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A question is not asked. `why` is a code; it is never a zero."""

    attempt: str
    question: str
    why: str
    spent: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A prepared probe or hint was read to the student.

    The help that the answer needed is then at least probed, or led: undo takes both back.
    """

    attempt: str
    question: str
    what: Offer
    number: int
    """Of this question's probes or hints, counted from 1."""
    spent: int


@dataclass(frozen=True, slots=True)
class Undone:
    """A mark was taken back; it stays on record."""

    attempt: str
    event: str
    """Id of the event that is taken back."""


@dataclass(frozen=True, slots=True)
class Redone:
    """A mark that was taken back counts again."""

    attempt: str
    event: str
    """Id of the mark."""


Mark = Rated | Ticked | Helped | Flagged | Noted | NotAsked | Offered
MARKS = (Rated, Ticked, Helped, Flagged, Noted, NotAsked, Offered)
