"""An attempt is what its events add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.clock import Clock
from examrunner.domain.exam.events import Help, Origin, Rating, Verdict
from examrunner.domain.exam.phases import EXPOSED, OVER, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from examrunner.domain.exam.chain import Event

NO_CLOCK = Clock()
NOT_REACHED = "not-reached"
"""Why a question of a decided attempt was not asked when nobody marked it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the sheet and what became of it."""

    id: str
    kind: str
    asked_at: datetime | None = None
    """Its first mark; looking is not asking."""
    spent: int = 0
    """Seconds it was current, as of its last mark."""
    rating: Rating | None = None
    help: Help = Help.UNAIDED
    points: tuple[int, ...] = ()
    """Numbers of the ticked points, counted from 1."""
    flags: tuple[datetime, ...] = ()
    not_asked: str | None = None
    """Why not, as a code."""
    probes: int = 0
    """How many prepared probes were offered, in their order."""
    hints: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A note; its words lie apart, under the id of its event."""

    event: str
    at: datetime
    question: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict; an attempt keeps all it ever had. Its reason lies under the event's id."""

    event: str
    at: datetime
    verdict: Verdict | None
    has_reason: bool
    actor: str


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What a second reader would give; it never is the verdict in force."""

    event: str
    at: datetime
    verdict: Verdict
    reader: str
    beside: Verdict | None
    """The verdict in force at the time, which the reader did not see."""
    has_reason: bool

    @property
    def agrees(self) -> bool:
        """Whether both would give the same."""
        return self.verdict is self.beside


@dataclass(frozen=True, slots=True)
class Attempt:
    """One student's one-on-one on one paper."""

    id: str
    student: str
    """The student's key in this session."""
    number: int
    """Counted from 1 for each student."""
    phase: Phase = Phase.WAITING
    is_present: bool = False
    called_at: datetime | None = None
    reading: str | None = None
    origin: Origin | None = None
    revealed_at: datetime | None = None
    bank: str | None = None
    """SHA-256 of the stored bank that its questions come from."""
    is_fallback: bool = False
    questions: tuple[Asked, ...] = ()
    clock: Clock = NO_CLOCK
    started_at: datetime | None = None
    came_from: Phase | None = None
    """Its phase before the call or before deciding: where it is when that is taken back."""
    notes: tuple[Note, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    readings: tuple[SecondReading, ...] = ()
    decided_at: datetime | None = None
    examiner: str | None = None
    last_event: str | None = None
    from_paper: int | None = None
    """Number of the paper sheet it was keyed in from; its times are then those of the keying."""
    paper_seconds: int | None = None
    """Time used, as noted on that sheet."""
    of: str | None = None
    """The attempt that this one follows, where it was granted in addition."""
    granted: str | None = None
    """Why it was granted, as a code."""
    void: str | None = None
    """Why it counts no more, as a code."""
    is_burnt: bool = False
    """It was voided after the student knew the paper."""
    is_drawn_ahead: bool = False
    """Its paper was drawn before the student came; `reading` says which once it is revealed."""

    @property
    def used(self) -> float | None:
        """Seconds used; None while the clock runs, and where nobody knows."""
        if self.from_paper is not None:
            return self.paper_seconds
        return self.clock.used if self.started_at and self.clock.since is None else None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict in force."""
        return self.judgements[-1].verdict if self.judgements else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come: decided or void."""
        return self.phase in OVER

    @property
    def knows_paper(self) -> bool:
        """Whether the student knows its paper, also where the attempt counts no more."""
        return self.phase in EXPOSED or self.is_burnt

    def question(self, question_id: str) -> Asked:
        """Return one question of the sheet. Raises KeyError where it is not on it."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


def attempt_id(student: str, number: int) -> str:
    """Return the id of a student's n-th attempt."""
    return f"{student}.{number}"


def student_of(name: str) -> str:
    """Return the student's key from an attempt's id."""
    return name.rpartition(".")[0]


def bare(name: str) -> Attempt:
    """Return the attempt of an id before anything happened. Raises ValueError for no such id."""
    student, _, number = name.rpartition(".")
    return Attempt(name, student, int(number))


def by_attempt(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events of each attempt, in order; those of the session are left out."""
    own: dict[str, list[Event]] = {}
    for event in events:
        if event.attempt is not None:
            own.setdefault(event.attempt, []).append(event)
    return own


def fold(attempt: Attempt, events: Iterable[Event]) -> Attempt:
    """Return the attempt after these events, which must all be its own and in order.

    Start from a bare attempt and give all its events: a mark that was taken back leaves no trace
    in the result, only in the ledger.
    """
    listed = tuple(events)
    gone = _taken_back(listed)
    in_force = (event for event in listed if event.id not in gone)
    for are_marks, run in groupby(in_force, lambda event: isinstance(event.what, ev.MARKS)):
        change = _mark if are_marks else _steps
        attempt = change(attempt, run)
    return replace(attempt, last_event=listed[-1].id) if listed else attempt


def last_mark(events: Iterable[Event]) -> Event | None:
    """Return the newest mark that has not been taken back yet."""
    standing = newest_first(tuple(events))
    return next((event for event in standing if isinstance(event.what, ev.MARKS)), None)


def newest_first(events: Sequence[Event]) -> Iterator[Event]:
    """Return what stands, the newest first: without taking back and without what is taken back."""
    counts: dict[str, bool] = {}
    for event in reversed(events):
        if isinstance(event.what, ev.Undone | ev.Redone):
            counts.setdefault(event.what.event, isinstance(event.what, ev.Redone))
        elif counts.get(event.id, True):
            yield event


def last_undone(events: Iterable[Event]) -> Event | None:
    """Return the mark taken back last that may count again: none once a new mark was made."""
    listed = tuple(events)
    waiting: list[str] = []
    for event in listed:
        match event.what:
            case ev.Undone() as what:
                waiting.append(what.event)
            case ev.Redone() as what:
                waiting = [name for name in waiting if name != what.event]
            case mark if isinstance(mark, ev.MARKS):
                waiting.clear()
    return next((event for event in listed if waiting and event.id == waiting[-1]), None)


def _taken_back(events: Iterable[Event]) -> set[str]:
    """Return the ids of the marks that were taken back and do not count again."""
    gone: set[str] = set()
    for event in events:
        if isinstance(event.what, ev.Undone):
            gone.add(event.what.event)
        elif isinstance(event.what, ev.Redone):
            gone.discard(event.what.event)
    return gone


def _steps(attempt: Attempt, events: Iterable[Event]) -> Attempt:
    return reduce(_step, events, attempt)


def _step(attempt: Attempt, event: Event) -> Attempt:
    what = event.what
    if isinstance(what, ev.Stopped | ev.WentOn | ev.Decided | ev.Corrected):
        return _judge(attempt, event, what)
    if isinstance(what, ev.SecondRead):
        return _second_read(attempt, event, what)
    if isinstance(what, ev.Started | ev.Paused | ev.Resumed | ev.Recovered):
        return _time(attempt, event, what)
    return _prepare(attempt, event)


def _prepare(attempt: Attempt, event: Event) -> Attempt:
    match event.what:
        case ev.Called():
            called = replace(attempt, phase=Phase.CALLED, called_at=event.at, is_present=False)
            return replace(called, came_from=attempt.phase)
        case ev.Present():
            return replace(attempt, is_present=True)
        case ev.Absent():
            return replace(attempt, phase=Phase.ABSENT, is_present=False)
        case ev.Postponed():
            return replace(attempt, phase=Phase.POSTPONED, is_present=False)
        case ev.SentBack():
            return replace(attempt, phase=attempt.came_from or Phase.WAITING, is_present=False)
        case ev.Returned():
            return replace(attempt, phase=Phase.WAITING, is_present=False)
    return _paper(attempt, event)


def _paper(attempt: Attempt, event: Event) -> Attempt:
    match event.what:
        case ev.Revealed() as what:
            return replace(
                attempt,
                phase=Phase.REVEALED,
                reading=what.reading,
                origin=what.origin,
                revealed_at=event.at,
                examiner=event.actor,
            )
        case ev.DrawnAhead():
            return replace(attempt, is_drawn_ahead=True)
        case ev.SheetChosen() as what:
            pairs = zip(what.questions, what.kinds, strict=True)
            asked = tuple(Asked(question, kind) for question, kind in pairs)
            return replace(attempt, questions=asked, bank=what.bank, is_fallback=what.fallback)
        case ev.Voided() as what:
            clock = attempt.clock.stop(event.moment)
            return replace(
                attempt, phase=Phase.VOID, clock=clock, void=what.why, is_burnt=what.exposed
            )
        case ev.Granted() as what:
            return replace(attempt, of=what.of, granted=what.why)
        case ev.FromPaper() as what:
            return replace(
                attempt,
                clock=replace(attempt.clock, used=float(what.seconds or 0), since=None),
                from_paper=what.number,
                paper_seconds=what.seconds,
            )
    return attempt


def _time(
    attempt: Attempt, event: Event, what: ev.Started | ev.Paused | ev.Resumed | ev.Recovered
) -> Attempt:
    clock, now = attempt.clock, event.moment
    match what:
        case ev.Started():
            is_live = attempt.from_paper is None
            clock = replace(clock, seconds=what.seconds, since=now if is_live else None)
            return replace(attempt, phase=Phase.RUNNING, clock=clock, started_at=event.at)
        case ev.Paused():
            return replace(attempt, phase=Phase.PAUSED, clock=clock.stop(now))
        case ev.Resumed():
            return replace(attempt, phase=Phase.RUNNING, clock=clock.go(now))
        case ev.Recovered():
            if what.counted:
                return attempt
            return replace(attempt, clock=clock.stop(what.last_seen).go(now))


def _judge(
    attempt: Attempt, event: Event, what: ev.Stopped | ev.WentOn | ev.Decided | ev.Corrected
) -> Attempt:
    now = event.moment
    match what:
        case ev.Stopped():
            clock = attempt.clock.stop(now)
            return replace(attempt, phase=Phase.STOPPED, clock=clock, came_from=attempt.phase)
        case ev.WentOn():
            phase = attempt.came_from or Phase.RUNNING
            clock = attempt.clock.go(now) if phase is Phase.RUNNING else attempt.clock
            return replace(attempt, phase=phase, clock=clock, came_from=None)
        case ev.Decided() | ev.Corrected():
            judgement = Judgement(
                event.id, event.at, what.verdict, what.text is not None, event.actor
            )
            return replace(
                attempt,
                phase=Phase.DECIDED,
                judgements=(*attempt.judgements, judgement),
                decided_at=attempt.decided_at or event.at,
            )


def _second_read(attempt: Attempt, event: Event, what: ev.SecondRead) -> Attempt:
    reading = SecondReading(
        event.id, event.at, what.verdict, what.reader, attempt.verdict, what.text is not None
    )
    return replace(attempt, readings=(*attempt.readings, reading))


def _mark(attempt: Attempt, marks: Iterable[Event]) -> Attempt:
    """Return the attempt after a run of marks: one new attempt for all, most events are marks."""
    questions = {question.id: question for question in attempt.questions}
    notes = list(attempt.notes)
    for event in marks:
        what = event.what
        assert isinstance(what, ev.MARKS)
        if isinstance(what, ev.Noted):
            notes.append(Note(event.id, event.at, what.question))
        if what.question in questions:
            questions[what.question] = _mark_question(questions[what.question], event, what)
    marked = tuple(questions[question.id] for question in attempt.questions)
    return replace(attempt, questions=marked, notes=tuple(notes))


def _mark_question(question: Asked, event: Event, what: ev.Mark) -> Asked:
    if isinstance(what, ev.NotAsked):
        return replace(question, not_asked=what.why, asked_at=None, rating=None, spent=what.spent)
    if isinstance(what, ev.Noted) and question.not_asked:
        return replace(question, spent=what.spent)  # a note may say why it was not asked
    asked_at = question.asked_at or event.at
    if isinstance(what, ev.Noted):
        return replace(question, asked_at=asked_at, spent=what.spent)
    changes: dict[str, Any] = {"asked_at": asked_at, "spent": what.spent, "not_asked": None}
    match what:
        case ev.Rated():
            changes["rating"] = what.rating
        case ev.Ticked():
            points = set(question.points) - {what.point}
            if what.on:
                points.add(what.point)
            changes["points"] = tuple(sorted(points))
        case ev.Helped():
            changes["help"] = what.level
        case ev.Offered():
            is_probe = what.what is ev.Offer.PROBE
            changes["probes" if is_probe else "hints"] = what.number
            level = Help.PROBED if is_probe else Help.LED
            changes["help"] = max(question.help, level, key=ev.HELP_LEVELS.index)
        case ev.Flagged():
            changes["flags"] = (*question.flags, event.at)
    return replace(question, **changes)
