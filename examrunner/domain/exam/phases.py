"""The one table of phases: what may be done when. Every front end asks here."""

from __future__ import annotations

from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING

from examrunner.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable


class SessionPhase(StrEnum):
    """How far the exam day has come."""

    DRAFT = "draft"
    COMMITTED = "committed"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    PUBLISHED = "published"
    """Closed for good: the secret of the draw is known."""


class Phase(StrEnum):
    """How far one attempt has come."""

    WAITING = "waiting"
    ABSENT = "absent"
    POSTPONED = "postponed"
    CALLED = "called"
    REVEALED = "revealed"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DECIDED = "decided"
    VOID = "void"


class Action(StrEnum):
    """What the examiner can do to an attempt."""

    CALL = "call"
    SEND_BACK = "send back"
    MARK_PRESENT = "mark present"
    MARK_ABSENT = "mark absent"
    POSTPONE = "postpone"
    RETURN = "bring back"
    REVEAL = "reveal"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    MARK = "mark an answer"
    STOP = "stop"
    GO_ON = "go on"
    DECIDE = "decide"
    CORRECT = "correct"
    SECOND_READ = "read a second time"
    VOID = "void"
    RETAKE = "grant a retake"


TABLE: dict[Action, frozenset[Phase]] = {
    Action.CALL: frozenset({Phase.WAITING, Phase.POSTPONED, Phase.ABSENT}),
    Action.SEND_BACK: frozenset({Phase.CALLED}),
    Action.MARK_PRESENT: frozenset({Phase.CALLED}),
    Action.MARK_ABSENT: frozenset({Phase.WAITING, Phase.POSTPONED, Phase.CALLED}),
    Action.POSTPONE: frozenset({Phase.WAITING, Phase.CALLED}),
    Action.RETURN: frozenset({Phase.ABSENT, Phase.POSTPONED}),
    Action.REVEAL: frozenset({Phase.CALLED}),
    Action.START: frozenset({Phase.REVEALED}),
    Action.PAUSE: frozenset({Phase.RUNNING}),
    Action.RESUME: frozenset({Phase.PAUSED}),
    Action.MARK: frozenset({Phase.RUNNING, Phase.PAUSED}),
    Action.STOP: frozenset({Phase.REVEALED, Phase.RUNNING, Phase.PAUSED}),
    Action.GO_ON: frozenset({Phase.STOPPED}),
    Action.DECIDE: frozenset({Phase.STOPPED}),
    Action.CORRECT: frozenset({Phase.DECIDED}),
    Action.SECOND_READ: frozenset({Phase.DECIDED}),
    Action.VOID: frozenset(
        {Phase.REVEALED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.DECIDED}
    ),
    Action.RETAKE: frozenset({Phase.DECIDED, Phase.VOID}),
}
"""Action to the phases in which it is allowed."""

WHILE_SUSPENDED = frozenset(
    {
        Action.SEND_BACK,
        Action.PAUSE,
        Action.MARK,
        Action.STOP,
        Action.DECIDE,
        Action.CORRECT,
        Action.SECOND_READ,
        Action.VOID,
        Action.MARK_ABSENT,
        Action.POSTPONE,
        Action.RETURN,
    }
)
"""What may still be done while the day stands still: nothing that begins or lets a clock run."""
SESSION_TABLE: dict[SessionPhase, frozenset[Action]] = {
    SessionPhase.DRAFT: frozenset(Action),
    SessionPhase.COMMITTED: frozenset(Action),
    SessionPhase.OPEN: frozenset(Action),
    SessionPhase.SUSPENDED: WHILE_SUSPENDED,
    SessionPhase.CLOSED: frozenset(),
    SessionPhase.PUBLISHED: frozenset(),
}
"""Phase of the session to what may be done to its attempts."""
WAYS_OUT = {
    SessionPhase.SUSPENDED: "Let the day go on first.",
    SessionPhase.CLOSED: "Open the day again first, with a reason.",
    SessionPhase.PUBLISHED: "The draw was published with its secret: it is over.",
}

UNDER_WAY = frozenset({Phase.CALLED, Phase.REVEALED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED})
"""Phases in which a student is with the examiner. At most one attempt is in them."""

BEFORE = frozenset({Phase.WAITING, Phase.ABSENT, Phase.POSTPONED, Phase.CALLED})
"""Phases in which the paper is not known yet."""

DAY_OVER = frozenset({SessionPhase.CLOSED, SessionPhase.PUBLISHED})
"""Phases of a session that shows nothing more, unless it is opened again."""

OVER = frozenset({Phase.DECIDED, Phase.VOID})
"""Phases from which an attempt does not go on."""

EXPOSED = frozenset({Phase.REVEALED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.DECIDED})
"""Phases in which the student knows the paper: the attempt is consumed."""


def allowed(action: Action, phase: Phase) -> bool:
    """Say whether an action is allowed in a phase."""
    return phase in TABLE[action]


def demand_session(action: Action, session: SessionPhase) -> None:
    """Raise Refused, in words, where the session's phase does not allow the action."""
    if action not in SESSION_TABLE[session]:
        raise Refused(f"Cannot {action}: the day is {session}.", WAYS_OUT[session])


def demand(action: Action, phase: Phase) -> None:
    """Raise Refused, in words, where the table does not allow the action."""
    if not allowed(action, phase):
        can = " or ".join(sorted(TABLE[action]))
        raise Refused(f"Cannot {action}: the attempt is {phase}.", f"It must be {can}.")


AFTER = {
    "Committed": SessionPhase.COMMITTED,
    "Opened": SessionPhase.OPEN,
    "Continued": SessionPhase.OPEN,
    "Reopened": SessionPhase.OPEN,
    "Suspended": SessionPhase.SUSPENDED,
    "Closed": SessionPhase.CLOSED,
    "Published": SessionPhase.PUBLISHED,
}
"""Class of an event to the session's phase after it. By name: the app's first frame, which needs
the phases, need not wait for the classes of all events."""


def session_after(phase: SessionPhase, what: object) -> SessionPhase:
    """Return how far a committed session has come after something happened."""
    return AFTER.get(type(what).__name__, phase)


def session_phase(happened: Iterable[object]) -> SessionPhase:
    """Return how far a session has come after all that happened since its commit, in order."""
    return reduce(session_after, happened, SessionPhase.COMMITTED)
