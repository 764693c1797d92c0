"""An attempt walked through random allowed actions, against a plain model of what must hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, fold, last_mark, last_undone
from examrunner.domain.exam.chain import broken_link
from examrunner.domain.exam.moments import NS
from examrunner.domain.exam.phases import EXPOSED, Action, Phase, allowed, demand
from tests.domain.exam.record import ATTEMPT, BARE, KINDS, SHEET, Record, running
from tests.strategies import SESSION

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = 300
QUESTIONS = st.sampled_from(SHEET)
TO: dict[Action, tuple[Callable[[str], ev.What], Phase]] = {
    Action.CALL: (ev.Called, Phase.CALLED),
    Action.SEND_BACK: (ev.SentBack, Phase.WAITING),
    Action.MARK_PRESENT: (ev.Present, Phase.CALLED),
    Action.MARK_ABSENT: (ev.Absent, Phase.ABSENT),
    Action.POSTPONE: (ev.Postponed, Phase.POSTPONED),
    Action.RETURN: (ev.Returned, Phase.WAITING),
    Action.START: (lambda name: ev.Started(name, ALLOWED), Phase.RUNNING),
    Action.PAUSE: (ev.Paused, Phase.PAUSED),
    Action.RESUME: (ev.Resumed, Phase.RUNNING),
    Action.STOP: (ev.Stopped, Phase.STOPPED),
}
"""Actions without a choice of their own: what they write, and the phase they lead to."""
BEFORE = (
    Action.CALL,
    Action.SEND_BACK,
    Action.MARK_PRESENT,
    Action.MARK_ABSENT,
    Action.POSTPONE,
    Action.RETURN,
)
DURING = (Action.START, Action.PAUSE, Action.RESUME, Action.STOP)


def can(*actions: Action) -> Callable[[Walk], bool]:
    """Return a precondition: one of the actions is allowed now."""
    return lambda walk: any(allowed(action, walk.phase) for action in actions)


class Walk(RuleBasedStateMachine):
    """One attempt. The model knows phase, nanoseconds used, verdicts, and questions by mark."""

    def __init__(self) -> None:
        super().__init__()
        self.record = Record()
        self.phase = Phase.WAITING
        self.came_from = Phase.WAITING
        self.used = 0
        self.verdicts: list[ev.Verdict | None] = []
        self.stack: list[tuple[str, tuple[object, ...]]] = []
        """Marks that stand: the id of each event, and the questions and notes before it."""
        self.undone: list[tuple[str, tuple[object, ...], tuple[object, ...]]] = []
        """Marks that may count again: with what was there before the mark and after it."""
        self.gone: set[str] = set()
        """Ids of the marks that were taken back."""

    # --- what happens -----------------------------------------------------------------

    @initialize(early=st.sampled_from([True, False, False]))
    def begin(self, early: bool) -> None:  # noqa: FBT001  drawn by name
        """Begin with a student who waits or, more often, with one who has just started."""
        if not early:
            self.record = running(ALLOWED)
            self.phase = Phase.RUNNING

    @rule(ns=st.integers(0, 90 * NS))
    def time_passes(self, ns: int) -> None:
        """Use time while running, and only then."""
        before = self.record.left
        self.record.clock.boot_ns += ns
        after = self.record.left
        if self.phase is Phase.RUNNING:
            self.used += ns
            assert before is not None
            assert after is not None
            assert after <= before
        else:
            assert after == before

    @rule(hours=st.integers(-5, 5))
    def somebody_sets_the_wall_clock(self, hours: int) -> None:
        """Change no time left."""
        before = self.record.left
        self.record.clock.at = self.record.clock.at.replace(hour=15 + hours)
        assert self.record.left == before

    @precondition(can(*BEFORE))
    @rule(data=st.data())
    def something_before_the_reveal(self, data: st.DataObject) -> None:
        """Call, send back, miss, postpone or bring back."""
        self.act(data.draw(st.sampled_from([one for one in BEFORE if allowed(one, self.phase)])))

    @precondition(can(*DURING))
    @rule(data=st.data())
    def something_with_the_clock(self, data: st.DataObject) -> None:
        """Start, pause, go on, stop."""
        self.act(data.draw(st.sampled_from([one for one in DURING if allowed(one, self.phase)])))

    @precondition(can(Action.REVEAL))
    @rule()
    def reveal(self) -> None:
        """Paper and sheet become known at once, as the program writes them."""
        self.record.add(
            ev.Revealed(ATTEMPT, "lora", ev.Origin.DRAWN, "{}"),
            ev.SheetChosen(ATTEMPT, "ff", SHEET, KINDS),
        )
        self.phase = Phase.REVEALED

    @precondition(lambda self: self.phase is Phase.RUNNING)
    @rule(away=st.integers(0, 90 * NS), counted=st.booleans())
    def crash(self, away: int, counted: bool) -> None:  # noqa: FBT001  drawn by name
        """Be away for a while; the break counts or is given back."""
        seen = self.record.clock.now()
        left = self.record.left
        self.record.clock.boot_ns += away
        self.record.add(ev.Recovered(ATTEMPT, seen, counted))
        if counted:
            self.used += away
        else:
            assert self.record.left == left

    @precondition(can(Action.MARK))
    @rule(question=QUESTIONS, rating=st.sampled_from(ev.Rating))
    def rate(self, question: str, rating: ev.Rating) -> None:
        """Rate an answer."""
        self.mark(ev.Rated(ATTEMPT, question, rating, 1))

    @precondition(can(Action.MARK))
    @rule(question=QUESTIONS, point=st.integers(1, 3), on=st.booleans())
    def tick(self, question: str, point: int, on: bool) -> None:  # noqa: FBT001  drawn by name
        """Tick a point, or take the tick off."""
        self.mark(ev.Ticked(ATTEMPT, question, point, on, 2))

    @precondition(can(Action.MARK))
    @rule(question=QUESTIONS, level=st.sampled_from(ev.Help))
    def give_help(self, question: str, level: ev.Help) -> None:
        """Help with a question."""
        self.mark(ev.Helped(ATTEMPT, question, level, 3))

    @precondition(can(Action.MARK))
    @rule(question=QUESTIONS, kind=st.sampled_from(["flag", "note", "not asked", "offer"]))
    def remark(self, question: str, kind: str) -> None:
        """Flag an answer, write a note, offer a probe, or do not ask at all."""
        marks: dict[str, ev.Mark] = {
            "flag": ev.Flagged(ATTEMPT, question, 4),
            "note": ev.Noted(ATTEMPT, question, "ab", 5),
            "not asked": ev.NotAsked(ATTEMPT, question, "no-time", 6),
            "offer": ev.Offered(ATTEMPT, question, ev.Offer.PROBE, 1, 7),
        }
        self.mark(marks[kind])

    def mark(self, what: ev.Mark) -> None:
        """Change the question that is marked only, and no verdict."""
        before = self.attempt
        event = self.record.add(what)
        self.stack.append((event.id, (before.questions, before.notes)))
        self.undone.clear()
        after = self.attempt
        for old, new in zip(before.questions, after.questions, strict=True):
            assert old == new or old.id == what.question
        assert after.question(what.question).spent == what.spent
        assert (after.verdict, after.judgements) == (before.verdict, before.judgements)

    @precondition(lambda self: can(Action.MARK)(self) and bool(self.stack))
    @rule()
    def undo(self) -> None:
        """Exactly the last mark that stands is taken back."""
        newest = last_mark(self.record.events)
        name, traces = self.stack.pop()
        self.undone.append((name, traces, (self.attempt.questions, self.attempt.notes)))
        assert newest is not None
        assert newest.id == name
        self.record.add(ev.Undone(ATTEMPT, newest.id))
        assert (self.attempt.questions, self.attempt.notes) == traces
        self.gone.add(newest.id)
        standing = [event for event in self.record.events if event.id not in self.gone]
        marked = [one for one in standing if not isinstance(one.what, ev.Undone | ev.Redone)]
        without = replace(fold(BARE, marked), last_event=self.attempt.last_event)
        assert self.attempt == without

    @precondition(lambda self: can(Action.MARK)(self) and bool(self.undone))
    @rule()
    def redo(self) -> None:
        """Exactly the mark taken back last counts again, and all is as it was before."""
        newest = last_undone(self.record.events)
        name, before, after = self.undone.pop()
        assert newest is not None
        assert newest.id == name
        self.record.add(ev.Redone(ATTEMPT, newest.id))
        assert (self.attempt.questions, self.attempt.notes) == after
        self.stack.append((name, before))
        self.gone.discard(name)

    @precondition(can(Action.GO_ON))
    @rule()
    def go_on(self) -> None:
        """Lead back to where the examiner came from."""
        self.record.add(ev.WentOn(ATTEMPT))
        self.phase = self.came_from

    @precondition(can(Action.DECIDE))
    @rule(verdict=st.sampled_from([*ev.Verdict, None]))
    def decide(self, verdict: ev.Verdict | None) -> None:
        """Take the examiner's word for the verdict, whatever the ratings are."""
        self.record.add(ev.Decided(ATTEMPT, verdict))
        self.verdicts.append(verdict)
        self.phase = Phase.DECIDED

    @precondition(can(Action.CORRECT))
    @rule(verdict=st.sampled_from(ev.Verdict))
    def correct(self, verdict: ev.Verdict) -> None:
        """Add one verdict more."""
        self.record.add(ev.Corrected(ATTEMPT, verdict))
        self.verdicts.append(verdict)

    def act(self, action: Action) -> None:
        """Do what needs no further choice."""
        make, phase = TO[action]
        if action is Action.SEND_BACK:
            phase = self.came_from
        if action in (Action.CALL, Action.STOP):
            self.came_from = self.phase
        self.record.add(make(ATTEMPT))
        self.phase = phase

    @property
    def attempt(self) -> Attempt:
        """What the events add up to."""
        return self.record.attempt

    # --- what holds after every step ----------------------------------------------------

    @invariant()
    def phase_is_as_expected(self) -> None:
        """Events lead where the actions lead."""
        assert self.attempt.phase is self.phase

    @invariant()
    def judgements_only_grow(self) -> None:
        """Every verdict that was ever given stands, in order; the last is in force."""
        attempt = self.attempt
        assert [one.verdict for one in attempt.judgements] == self.verdicts
        assert attempt.verdict == (self.verdicts[-1] if self.verdicts else None)

    @invariant()
    def time_is_as_expected(self) -> None:
        """Leave what was allowed less what was used."""
        attempt = self.attempt
        if attempt.started_at is None:
            assert attempt.clock == BARE.clock
        else:
            assert self.record.left == pytest.approx(ALLOWED - self.used / NS)
        assert (attempt.clock.since is not None) is (self.phase is Phase.RUNNING)

    @invariant()
    def nothing_is_known_before_the_reveal(self) -> None:
        """Paper and questions are there from the reveal on, and then stay."""
        attempt = self.attempt
        exposed = self.phase in EXPOSED
        assert bool(attempt.questions) is exposed
        assert attempt.reading == ("lora" if exposed else None)

    @invariant()
    def every_other_action_is_refused(self) -> None:
        """Refuse in words what the table does not allow."""
        for action in Action:
            if not allowed(action, self.phase):
                with pytest.raises(Refused, match="Cannot"):
                    demand(action, self.phase)

    @invariant()
    def chain_holds(self) -> None:
        """Whatever happened, the ledger verifies."""
        assert broken_link(SESSION, self.record.events) is None


def test_no_walk_leaves_the_path() -> None:
    """Through any allowed actions phase, clock, marks and verdicts are what the events say."""
    walks = settings(max_examples=60, stateful_step_count=40)
    run_state_machine_as_test(Walk, settings=walks)
