"""Events: what happened, never changed afterwards.

Those of the session as a whole stand in `session_events`. Each class below is one kind of event;
its fields are the event's body. Names, notes and reasons never stand in a body: a field called
`text` holds the SHA-256 of salt and text, and the text itself lies apart, so that it can be
forgotten while the chain still verifies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from examrunner.domain.exam.moments import Moment
from examrunner.domain.exam.session_events import ClockJumped as ClockJumped
from examrunner.domain.exam.session_events import Committed as Committed
from examrunner.domain.exam.session_events import Entered as Entered
from examrunner.domain.exam.session_events import Exported as Exported
from examrunner.domain.exam.session_events import Forgotten as Forgotten
from examrunner.domain.exam.session_events import Opened as Opened
from examrunner.domain.exam.session_events import Restored as Restored


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


class Verdict(StrEnum):
    """The judgement on an attempt. Edge is decided in a second look."""

    PASS = "pass"  # noqa: S105  the verdict, not a password
    EDGE = "edge"
    FAIL = "fail"


class Origin(StrEnum):
    """How an attempt came by its paper."""

    DRAWN = "drawn"
    ASSIGNED = "assigned"
    CHOSEN = "chosen by hand"


# --- before the reveal ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Called:
    """The student was called in."""

    attempt: str


@dataclass(frozen=True, slots=True)
class SentBack:
    """The call was taken back."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Present:
    """The student is here."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The student is not here. `line` is the line of the public log."""

    attempt: str
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """The student comes later."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Returned:
    """An absent or postponed student waits again."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Relisted:
    """A student's list changed before a further draw. `line` is the line of the public log."""

    attempt: str
    line: str


# --- the paper -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Revealed:
    """The paper is known. `line` is the draw line of the public log; only a draw has one."""

    attempt: str
    reading: str
    origin: Origin
    line: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SheetChosen:
    """The questions of the attempt, in the order they are asked."""

    attempt: str
    bank: str
    """SHA-256 of the stored bank document they come from."""
    questions: tuple[str, ...]
    kinds: tuple[str, ...]
    fallback: bool = False
    """The reading has no bank of its own; the questions fit any reading."""
    line: str | None = None


# --- the exam ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The clock runs. `seconds` is the time allowed, extra time included; None: no limit."""

    attempt: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Paused:
    """The clock stands."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The clock runs again."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """The program came back to a running exam after a crash or a closed terminal.

    Unless `counted`, the clock counts as paused from the moment the program was last seen alive.
    """

    attempt: str
    last_seen: Moment
    counted: bool


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
class Undone:
    """A mark was taken back; it stays on record."""

    attempt: str
    event: str
    """Id of the event that is taken back."""


@dataclass(frozen=True, slots=True)
class FromPaper:
    """What follows was keyed in afterwards from this sheet of the paper kit.

    The times of the events that follow are those of the keying, not of the exam.
    """

    attempt: str
    number: int
    """Of the paper sheet, counted from 1."""
    seconds: int | None = None
    """Time used, as noted on the sheet; None where nothing was noted."""
    text: str | None = None


# --- the verdict ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stopped:
    """The examiner went to decide; the clock stands."""

    attempt: str


@dataclass(frozen=True, slots=True)
class WentOn:
    """The examiner went back from deciding to examining."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The attempt has its verdict; None where the session asks for none."""

    attempt: str
    verdict: Verdict | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A later verdict; the earlier ones are kept."""

    attempt: str
    verdict: Verdict
    text: str | None = None


AttemptEvent = (
    Called
    | SentBack
    | Present
    | Absent
    | Postponed
    | Returned
    | Relisted
    | Revealed
    | SheetChosen
    | Started
    | Paused
    | Resumed
    | Recovered
    | Rated
    | Ticked
    | Helped
    | Flagged
    | Noted
    | NotAsked
    | Undone
    | Stopped
    | WentOn
    | Decided
    | Corrected
    | FromPaper
)
SessionEvent = Committed | Opened | Entered | Exported | ClockJumped | Forgotten | Restored
What = AttemptEvent | SessionEvent
Mark = Rated | Ticked | Helped | Flagged | Noted | NotAsked
MARKS = (Rated, Ticked, Helped, Flagged, Noted, NotAsked)


def kind_of(what: type[What]) -> str:
    """Return the name under which a kind of event is stored: SheetChosen is `sheet-chosen`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", what.__name__).lower()


KINDS: dict[str, type[What]] = {
    kind_of(kind): kind for kind in (*AttemptEvent.__args__, *SessionEvent.__args__)
}
