"""Absent after the rule's minutes: offered from them on, and on record as what it was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import Phase
from examrunner.domain.plain import from_plain
from examrunner.services import conduct
from examrunner.services.absence import missing_since, overdue, waited
from examrunner.services.doctor.rules import rules_in_words
from examrunner.services.handout import handout_of
from examrunner.services.opening import open_desk
from tests.classes import SETTINGS, write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.services.desk import Desk

RULE = f"{SETTINGS}  absent_after: 10\n"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    """Return the clock of the desk, at nine."""
    return FakeClock()


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Iterator[Desk]:
    """Return a desk on a session with the rule."""
    made = open_desk(write_session(tmp_path / "small", RULE), clock, FakeEntropy(), "ann")
    yield made
    made.close()


def called(desk: Desk, place: int = 0) -> str:
    """Call a student. Returns the key."""
    return conduct.call(desk, desk.rows()[place].key)


def kept(desk: Desk, key: str) -> ev.Absent:
    """Return the event of the absence."""
    events = desk.events(desk.row(key).attempt.id)
    return next(one.what for one in events if isinstance(one.what, ev.Absent))


def test_from_the_rule_s_minutes_on_it_is_offered(desk: Desk, clock: FakeClock) -> None:
    """A second before it is not; and it never happens by itself."""
    key = called(desk)
    clock.advance(599)
    assert (waited(desk, key), overdue(desk, key)) == (timedelta(seconds=599), None)
    clock.advance(1)
    assert overdue(desk, key) == 10 * MINUTE
    assert desk.row(key).attempt.phase is Phase.CALLED


def test_who_was_sent_back_or_postponed_is_still_waited_for(desk: Desk, clock: FakeClock) -> None:
    """The time counts from the first call at which nobody came."""
    key = called(desk)
    first = clock.at
    conduct.send_back(desk, desk.row(key).attempt)
    clock.advance(300)
    called(desk)
    conduct.later(desk, key)
    clock.advance(420)
    assert missing_since(desk, key) == first
    assert overdue(desk, key) == 12 * MINUTE


def test_nobody_is_late_before_the_planned_time(desk: Desk, clock: FakeClock) -> None:
    """The third student, planned at 9:11:20 and called at nine, is waited for from 9:11:20 on."""
    key = called(desk, 2)
    conduct.send_back(desk, desk.row(key).attempt)
    clock.advance(15 * 60)
    assert waited(desk, key) == timedelta(seconds=220)
    assert overdue(desk, key) is None


def test_who_came_or_was_never_called_is_not_missing(desk: Desk, clock: FakeClock) -> None:
    """One was here and was sent back, the other waits outside: a late day makes nobody absent."""
    key, other = called(desk), desk.rows()[1].key
    conduct.present(desk, desk.row(key).attempt)
    conduct.send_back(desk, desk.row(key).attempt)
    clock.advance(3600)
    assert missing_since(desk, key) is None
    assert missing_since(desk, other) is None
    assert overdue(desk, other) is None


def test_the_event_says_that_the_rule_s_minutes_had_passed(desk: Desk, clock: FakeClock) -> None:
    """Marked before them, it says nothing of the rule."""
    early = called(desk)
    conduct.absent(desk, early)
    key = called(desk, 1)
    clock.advance(20 * 60)
    conduct.absent(desk, key)
    assert kept(desk, early).why is None
    assert kept(desk, key).why == ev.WAITED
    assert waited(desk, key) is None


def test_without_the_rule_it_is_never_offered(tmp_path: Path, clock: FakeClock) -> None:
    """The usual session has no such rule."""
    desk = open_desk(write_session(tmp_path / "small"), clock, FakeEntropy(), "ann")
    key = called(desk)
    clock.advance(3600)
    found = waited(desk, key), overdue(desk, key)
    desk.close()
    assert found == (60 * MINUTE, None)


def test_an_older_event_reads_as_it_was() -> None:
    """An absence without a reason on record has none."""
    assert from_plain(ev.Absent, {"attempt": "ana.1", "line": "{}"}) == ev.Absent("ana.1", "{}")


def test_the_rule_is_told_beforehand(desk: Desk) -> None:
    """Doctor reads it out, and students learn how long the examiner waits."""
    told = {rule.about: rule.words for rule in rules_in_words(desk.settings, None)}
    assert told["absent"].startswith("Offered 10:00 after call and planned time")
    words = " ".join(text for one in handout_of(desk.folder).sections for text in one.words)
    assert "The examiner waits 10 minutes after the planned time." in words
