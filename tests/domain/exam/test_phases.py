"""The one table of phases."""

from __future__ import annotations

import pytest

from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import (
    AFTER,
    EXPOSED,
    SESSION_TABLE,
    TABLE,
    UNDER_WAY,
    Action,
    Phase,
    SessionPhase,
    allowed,
    demand,
    demand_session,
)

GOLDEN = {
    "call": "absent postponed waiting",
    "send back": "called",
    "mark present": "called",
    "mark absent": "called postponed waiting",
    "postpone": "called waiting",
    "bring back": "absent postponed",
    "reveal": "called",
    "start": "revealed",
    "pause": "running",
    "resume": "paused",
    "mark an answer": "paused running",
    "stop": "paused revealed running",
    "go on": "stopped",
    "decide": "stopped",
    "correct": "decided",
    "read a second time": "decided",
    "void": "decided paused revealed running stopped",
    "grant a retake": "decided void",
}
REFUSED = [
    (action, phase) for action in Action for phase in Phase if phase not in TABLE.get(action, ())
]


def test_the_table_is_what_was_agreed() -> None:
    """Every action has exactly the phases of the design."""
    assert {str(action): " ".join(sorted(phases)) for action, phases in TABLE.items()} == GOLDEN


def test_the_table_knows_every_action() -> None:
    """No action is left to chance, and each is possible at some time."""
    assert set(TABLE) == set(Action)
    assert all(TABLE.values())


def test_every_phase_leads_somewhere() -> None:
    """There is no phase in which nothing can be done."""
    assert {phase for phases in TABLE.values() for phase in phases} == set(Phase)


@pytest.mark.parametrize(("action", "phase"), REFUSED)
def test_an_action_outside_its_phases_is_refused_in_words(action: Action, phase: Phase) -> None:
    """The refusal names the action, the phase, and the phases in which it is allowed."""
    assert not allowed(action, phase)
    with pytest.raises(Refused) as caught:
        demand(action, phase)
    assert caught.value.message == f"Cannot {action.value}: the attempt is {phase.value}."
    assert caught.value.hint.startswith("It must be ")
    assert all(phase.value in caught.value.hint for phase in TABLE[action])
    assert caught.value.exit_code == 3


def test_an_action_within_its_phases_passes() -> None:
    """What the table allows is never refused."""
    for action, phases in TABLE.items():
        for phase in phases:
            assert allowed(action, phase)
            demand(action, phase)


def test_a_refusal_reads_as_a_sentence() -> None:
    """The words are fit for the screen as they are."""
    with pytest.raises(Refused, match=r"^Cannot reveal: the attempt is waiting\."):
        demand(Action.REVEAL, Phase.WAITING)
    with pytest.raises(Refused, match="It must be absent or postponed or waiting"):
        demand(Action.CALL, Phase.RUNNING)


def test_a_revealed_paper_cannot_be_taken_back() -> None:
    """From the reveal on no action leads to waiting, absent or postponed."""
    back = (
        Action.SEND_BACK,
        Action.MARK_ABSENT,
        Action.POSTPONE,
        Action.RETURN,
        Action.CALL,
        Action.REVEAL,
    )
    assert not any(TABLE[action] & EXPOSED for action in back)


def test_only_a_stopped_clock_is_decided_and_only_a_decided_attempt_corrected() -> None:
    """Deciding stops the clock first; a verdict changes by correction alone."""
    assert TABLE[Action.DECIDE] == {Phase.STOPPED}
    assert TABLE[Action.CORRECT] == {Phase.DECIDED}


def test_who_is_with_the_examiner_and_who_knows_the_paper() -> None:
    """The sets of phases are those of the design."""
    assert {"called", "revealed", "running", "paused", "stopped"} == UNDER_WAY
    assert UNDER_WAY - {Phase.CALLED} | {Phase.DECIDED} == EXPOSED


def test_names_of_phases_are_stable() -> None:
    """Phases are stored and exported by these names."""
    assert [str(phase) for phase in SessionPhase] == [
        "draft",
        "committed",
        "open",
        "suspended",
        "closed",
        "published",
    ]
    assert {str(phase) for phase in Phase} == {
        "waiting",
        "absent",
        "postponed",
        "called",
        "revealed",
        "running",
        "paused",
        "stopped",
        "decided",
        "void",
    }


def test_what_a_day_that_stands_still_allows() -> None:
    """While suspended nothing begins and no clock runs; closed, nothing at all; else everything."""
    for action in Action:
        demand_session(action, SessionPhase.OPEN)
        with pytest.raises(Refused, match="closed") as told:
            demand_session(action, SessionPhase.CLOSED)
        assert "Open the day again" in told.value.hint
    beginning = {Action.CALL, Action.REVEAL, Action.START, Action.RESUME, Action.GO_ON}
    refused = set(Action) - SESSION_TABLE[SessionPhase.SUSPENDED]
    assert beginning <= refused
    assert refused <= beginning | {Action.MARK_PRESENT, Action.RETAKE}


def test_every_event_that_changes_the_session_exists() -> None:
    """The table names events by their classes; each of them is one of the session."""
    names = {kind.__name__ for kind in ev.SessionEvent.__args__}
    assert names >= AFTER.keys()
