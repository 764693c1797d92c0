"""Events: what happened, never changed afterwards.

Those of the session as a whole stand in `session_events`, those of the day in `day_events`, the
marks on answers in `mark_events`. Each class is one kind of event; its fields are the event's body.
Names, notes and reasons never stand in a body: a field called `text` holds the SHA-256 of salt and
text, and the text itself lies apart, so that it can be forgotten while the chain still verifies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from examrunner.domain.exam.day_events import Added as Added
from examrunner.domain.exam.day_events import Closed as Closed
from examrunner.domain.exam.day_events import Continued as Continued
from examrunner.domain.exam.day_events import Granted as Granted
from examrunner.domain.exam.day_events import Incident as Incident
from examrunner.domain.exam.day_events import Listed as Listed
from examrunner.domain.exam.day_events import PersonChanged as PersonChanged
from examrunner.domain.exam.day_events import Published as Published
from examrunner.domain.exam.day_events import Rebanked as Rebanked
from examrunner.domain.exam.day_events import Reopened as Reopened
from examrunner.domain.exam.day_events import Reordered as Reordered
from examrunner.domain.exam.day_events import Suspended as Suspended
from examrunner.domain.exam.day_events import Voided as Voided
from examrunner.domain.exam.mark_events import HELP_LEVELS as HELP_LEVELS
from examrunner.domain.exam.mark_events import MARKS as MARKS
from examrunner.domain.exam.mark_events import Flagged as Flagged
from examrunner.domain.exam.mark_events import Help as Help
from examrunner.domain.exam.mark_events import Helped as Helped
from examrunner.domain.exam.mark_events import Mark as Mark
from examrunner.domain.exam.mark_events import NotAsked as NotAsked
from examrunner.domain.exam.mark_events import NotAskedWhy as NotAskedWhy
from examrunner.domain.exam.mark_events import Noted as Noted
from examrunner.domain.exam.mark_events import Offer as Offer
from examrunner.domain.exam.mark_events import Offered as Offered
from examrunner.domain.exam.mark_events import Rated as Rated
from examrunner.domain.exam.mark_events import Rating as Rating
from examrunner.domain.exam.mark_events import Redone as Redone
from examrunner.domain.exam.mark_events import Ticked as Ticked
from examrunner.domain.exam.mark_events import Undone as Undone
from examrunner.domain.exam.moments import Moment
from examrunner.domain.exam.session_events import ClockJumped as ClockJumped
from examrunner.domain.exam.session_events import Committed as Committed
from examrunner.domain.exam.session_events import Entered as Entered
from examrunner.domain.exam.session_events import Exported as Exported
from examrunner.domain.exam.session_events import Forgotten as Forgotten
from examrunner.domain.exam.session_events import Opened as Opened
from examrunner.domain.exam.session_events import Restored as Restored


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


WAITED = "waited"
"""Why a student is absent: called, and not here after the minutes of the session's rule."""


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
    why: str | None = None
    """WAITED where the time had passed after which the session's rules allow it."""


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
class DrawnAhead:
    """The paper was drawn before the student came; nobody is shown it until the reveal."""

    attempt: str
    line: str


@dataclass(frozen=True, slots=True)
class Revealed:
    """The paper is known. `line` is the draw line of the public log.

    Only a draw that was not made ahead has one.
    """

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


@dataclass(frozen=True, slots=True)
class SecondRead:
    """Someone read sheet and timeline, blind, and gave a verdict of their own; none changes."""

    attempt: str
    verdict: Verdict
    reader: str
    text: str | None = None


AttemptEvent = (
    Called
    | SentBack
    | Present
    | Absent
    | Postponed
    | Returned
    | Relisted
    | DrawnAhead
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
    | Offered
    | Undone
    | Redone
    | Stopped
    | WentOn
    | Decided
    | Corrected
    | SecondRead
    | FromPaper
    | Voided
    | Granted
)
SessionEvent = (
    Committed
    | Opened
    | Entered
    | Exported
    | ClockJumped
    | Forgotten
    | Restored
    | Reordered
    | Suspended
    | Continued
    | Incident
    | Closed
    | Reopened
    | Published
    | Added
    | Listed
    | PersonChanged
    | Rebanked
)
What = AttemptEvent | SessionEvent


def kind_of(what: type[What]) -> str:
    """Return the name under which a kind of event is stored: SheetChosen is `sheet-chosen`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", what.__name__).lower()


KINDS: dict[str, type[What]] = {
    kind_of(kind): kind for kind in (*AttemptEvent.__args__, *SessionEvent.__args__)
}
