"""The one table of phases: what may be done when. Every front end asks here."""

from __future__ import annotations

from enum import StrEnum

from examrunner.domain.errors import Refused


class SessionPhase(StrEnum):
    """How far the exam day has come."""

    DRAFT = "draft"
    COMMITTED = "committed"
    OPEN = "open"


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
    MARK = "mark an answer of"
    STOP = "stop"
    GO_ON = "go on with"
    DECIDE = "decide"
    CORRECT = "correct"


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
}
"""Action to the phases in which it is allowed."""

UNDER_WAY = frozenset({Phase.CALLED, Phase.REVEALED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED})
"""Phases in which a student is with the examiner. At most one attempt is in them."""

EXPOSED = frozenset({Phase.REVEALED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.DECIDED})
"""Phases in which the student knows the paper: the attempt is consumed."""


def allowed(action: Action, phase: Phase) -> bool:
    """Say whether an action is allowed in a phase."""
    return phase in TABLE[action]


def demand(action: Action, phase: Phase) -> None:
    """Raise Refused, in words, where the table does not allow the action."""
    if not allowed(action, phase):
        can = " or ".join(sorted(TABLE[action]))
        raise Refused(f"Cannot {action} an attempt that is {phase}.", f"It must be {can}.")
