"""The ledger of one attempt, written by hand with a clock moved by hand."""

from __future__ import annotations

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import Attempt, fold
from examrunner.domain.exam.chain import Event, first_prev, link
from tests.fakes import FakeClock
from tests.strategies import SESSION

ATTEMPT = "s.1"
SHEET = ("q1", "q2", "q3")
KINDS = ("opening", "core", "detail")
BARE = Attempt(ATTEMPT, "s", 1)


class Record:
    """Events of one attempt, in order, and what they add up to."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.events: list[Event] = []

    def add(self, *whats: ev.What, actor: str = "ann") -> Event:
        """Let things happen now. Returns the last event."""
        for what in whats:
            event = link(
                SESSION,
                seq=len(self.events) + 1,
                event_id=f"e{len(self.events) + 1}",
                epoch=1,
                actor=actor,
                moment=self.clock.now(),
                what=what,
                prev=self.events[-1].hash if self.events else first_prev(SESSION),
            )
            self.events.append(event)
        return self.events[-1]

    def after(self, seconds: float, *whats: ev.What) -> Event:
        """Let things happen some seconds later. Returns the last event."""
        self.clock.advance(seconds)
        return self.add(*whats)

    @property
    def attempt(self) -> Attempt:
        """What the events add up to."""
        return fold(BARE, self.events)

    @property
    def left(self) -> float | None:
        """The time left now."""
        return self.attempt.clock.left(self.clock.now())


def revealed() -> Record:
    """Return the record of an attempt whose paper and sheet are known."""
    record = Record()
    record.add(
        ev.Called(ATTEMPT),
        ev.Present(ATTEMPT),
        ev.Revealed(ATTEMPT, "lora", ev.Origin.DRAWN, "{}"),
        ev.SheetChosen(ATTEMPT, "ff", SHEET, KINDS),
    )
    return record


def running(seconds: int | None = 300) -> Record:
    """Return the record of an attempt whose clock has just started."""
    record = revealed()
    record.add(ev.Started(ATTEMPT, seconds))
    return record


def rated(question: str = "q1", rating: ev.Rating = ev.Rating.ENOUGH, spent: int = 0) -> ev.Rated:
    """Return a rating."""
    return ev.Rated(ATTEMPT, question, rating, spent)
