"""A whole day played on a copy of a session, through the same services and the same ledger.

A rehearsal takes what people wrote (settings, roster, reviews, banks) and nothing of the record: it
has a secret of its own, so that it can never show what the real day will draw. Everything in it
follows from its seed.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.draw.ticket import NONE
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.events import Rating, Verdict
from examrunner.domain.exam.moments import NS, Moment
from examrunner.domain.exam.phases import Phase
from examrunner.domain.exam.settings import REHEARSAL
from examrunner.services import conduct, day_acts, draws
from examrunner.services.day import zone_of
from examrunner.services.desk import Desk
from examrunner.services.folders import (
    REVIEWS_FILE,
    ROSTER_FILE,
    SETTINGS_FILE,
    USUAL_DATABASE,
    demand_session,
)
from examrunner.services.opening import open_desk
from examrunner.services.prepare import resolve
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.readers.session_files import demand_settings, write_settings

if TYPE_CHECKING:
    from examrunner.domain.exam.attempts import Attempt
    from examrunner.domain.exam.settings import Settings
    from examrunner.services.known import Row

ACTOR = "rehearsal"
PRETEND_SOURCE = "a value given to the rehearsal"
"""How the rules of a rehearsal say that P was obtained."""
MOST_ABSENT = 2
SMALL_CLASS = 6
"""Below so many students nobody is absent or voided: the class would be gone."""
USUAL_START = time(9, 0)
VERDICTS = (Verdict.PASS, Verdict.EDGE, Verdict.FAIL)
WEIGHTS = (70, 15, 15)
"""How often each of them is given, of a hundred."""


class PretendClock:
    """A clock that moves only as the rehearsal says."""

    def __init__(self, at: datetime, seed: str) -> None:
        self._at = at
        self._boot = f"rehearsal-{hashlib.sha256(seed.encode()).hexdigest()[:12]}"
        self._ns = NS

    def now(self) -> Moment:
        """Return the moment that the rehearsal has come to."""
        return Moment(self._at, self._boot, self._ns)

    def slept(self) -> float:
        """Return 0: a rehearsal never sleeps."""
        return 0.0

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self._at += timedelta(seconds=seconds)
        self._ns += int(seconds * NS)


class PretendEntropy:
    """Bytes that follow from the seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._calls = seed, 0

    def __call__(self, count: int, /) -> bytes:
        """Return the next bytes."""
        self._calls += 1
        made = hashlib.shake_256(f"rehearsal {self._seed} {self._calls}".encode())
        return made.digest(count)


@dataclass(slots=True)
class Report:
    """What happened in a rehearsal."""

    seed: int
    folder: Path
    students: int = 0
    decided: int = 0
    absent: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)
    no_paper: list[str] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    edges: int = 0
    """How many edges were decided in the second look."""
    repeated_papers: int = 0
    """How many students met a paper that was examined before on that day."""
    started: datetime | None = None
    ended: datetime | None = None
    events: int = 0
    head: str = ""

    def data(self) -> dict[str, Any]:
        """Return it as data; times in UTC with Z."""
        return {
            "ok": True,
            "seed": self.seed,
            "session": str(self.folder),
            "students": self.students,
            "decided": self.decided,
            "absent": self.absent,
            "later": self.later,
            "voided": self.voided,
            "without_paper": self.no_paper,
            "verdicts": dict(self.verdicts),
            "edges_decided": self.edges,
            "repeated_papers": self.repeated_papers,
            "minutes": round((self.ended - self.started).total_seconds() / 60, 1)
            if self.started and self.ended
            else None,
            "events": self.events,
            "head": self.head,
        }


def copy_inputs(folder: Path, target: Path, public: str | None = None) -> Settings:
    """Copy what people wrote into a fresh session folder; nothing of the record comes along.

    With a `public` value the copy's rules say that there is one.

    Raises BadInput where the settings cannot be read, Refused where the target is not empty,
    Environment where the disk says no.
    """
    demand_session(folder)
    settings = demand_settings(folder)
    if target.exists() and any(target.iterdir()):
        raise Refused(f"{target} is not empty.", "Name a new folder.")
    rules = replace(settings.draw, public=PRETEND_SOURCE) if public else settings.draw
    own = replace(
        settings,
        kind=REHEARSAL,
        course=str(resolve(folder, settings.course).resolve()) if settings.course else None,
        banks=tuple(str(resolve(folder, bank).resolve()) for bank in settings.banks),
        draw=rules,
        database=USUAL_DATABASE,
    )
    try:
        make_private(target)
        for name in (ROSTER_FILE, REVIEWS_FILE):
            if (folder / name).exists():
                write_atomically(target / name, (folder / name).read_bytes(), durable=False)
        write_settings(target / SETTINGS_FILE, own)
    except OSError as fault:
        raise Environment(f"{target} cannot be written: {fault.strerror or fault}.") from fault
    return own


def rehearse(folder: Path, target: Path, seed: int, public: str | None = None) -> Report:
    """Play a whole day on a copy of a session, from whatever phase the real one is in.

    Raises BadInput where the session's files have errors, else as `copy_inputs` does.
    """
    settings = copy_inputs(folder, target, public)
    key = f"{settings.session} {seed}"
    clock = PretendClock(_start_of(settings), key)
    desk = open_desk(target, clock, PretendEntropy(key), ACTOR)
    desk.public = public or NONE
    day = Day(desk, clock, random.Random(key), Report(seed, target))  # noqa: S311  a pretend day
    try:
        day.play()
        return day.report
    finally:
        desk.close()


def _start_of(settings: Settings) -> datetime:
    """Return when the pretend day begins: as planned, or at nine today."""
    date = settings.exam.date or datetime.now(UTC).date()
    window = settings.exam.window
    return datetime.combine(date, window.start if window else USUAL_START, zone_of(settings))


@dataclass(slots=True)
class Day:
    """One pretend day on its way."""

    desk: Desk
    clock: PretendClock
    chance: random.Random
    report: Report

    def play(self) -> None:
        """Examine everyone, decide the edges, close the day."""
        rows = self.desk.rows()
        self.report.students = len(rows)
        self.report.started = self.clock.now().at
        odd = self._odd_ones([row.student.student_id for row in rows])
        for row in rows:
            self._visit(row.student.student_id, odd)
        for who in list(self.report.later):
            self._examine(self._row(who))
        self._decide_edges()
        if self.desk.stored is not None:
            day_acts.close(self.desk)
        self._sum_up()

    def _odd_ones(self, ids: list[str]) -> dict[str, str]:
        """Return to whom something happens: absent, late, interrupted."""
        if len(ids) < SMALL_CLASS:
            return {}
        chosen = self.chance.sample(ids, MOST_ABSENT + 2)
        absent = chosen[: self.chance.randint(0, MOST_ABSENT)]
        odd = dict.fromkeys(absent, "absent")
        odd[chosen[-1]] = "late"
        odd[chosen[-2]] = "interrupted"
        return odd

    def _row(self, who: str) -> Row:
        return next(row for row in self.desk.rows() if row.student.student_id == who)

    def _visit(self, who: str, odd: dict[str, str]) -> None:
        row, what = self._row(who), odd.get(who)
        self.clock.pass_time(self.desk.settings.exam.changeover_seconds)
        if what == "absent":
            conduct.absent(self.desk, row.key)
            self.report.absent.append(who)
        elif what == "late":
            conduct.later(self.desk, row.key)
            self.report.later.append(who)
        else:
            self._examine(row, is_interrupted=what == "interrupted")

    def _examine(self, row: Row, *, is_interrupted: bool = False) -> None:
        who = row.student.student_id
        for _ in row.attempts:
            self._run(who, is_interrupted=is_interrupted)
        while not self._row(who).is_done and self._row(who).attempt.phase is Phase.WAITING:
            self._run(who)

    def _run(self, who: str, *, is_interrupted: bool = False) -> None:
        """Take a student through one attempt."""
        desk = self.desk
        key = conduct.call(desk, self._row(who).key)
        name = desk.row(key).attempt.id
        conduct.present(desk, desk.attempt(name))
        self.clock.pass_time(5)
        self._reveal(name, who)
        conduct.start(desk, desk.attempt(name))
        self._ask(name)
        if is_interrupted:
            self._alarm(name)
            self.report.voided.append(who)
            return
        conduct.stop(desk, desk.attempt(name))
        self.clock.pass_time(10)
        (verdict,) = self.chance.choices(VERDICTS, WEIGHTS)
        conduct.decide(
            desk, desk.attempt(name), verdict, "" if verdict is Verdict.PASS else "so so"
        )

    def _reveal(self, name: str, who: str) -> None:
        desk, attempt = self.desk, self.desk.attempt(name)
        try:
            draws.reveal(desk, attempt)
        except Refused:  # nothing that may be drawn: a paper by hand, as on the day
            self.report.no_paper.append(who)
            draws.reveal(desk, attempt, draws.choices(desk, attempt)[0])

    def _ask(self, name: str) -> None:
        """Ask every question: rate it, now and then tick a point, help or flag."""
        desk = self.desk
        for question, bank in zip(
            desk.attempt(name).questions, draws.sheet(desk, desk.attempt(name)), strict=True
        ):
            spent = self.chance.randint(20, bank.seconds or 60)
            self.clock.pass_time(spent)
            attempt = desk.attempt(name)
            if bank.look_for and self.chance.random() < 0.6:  # noqa: PLR2004  most answers hit one
                conduct.tick(desk, attempt, question.id, 1, spent)
            if self.chance.random() < 0.3:  # noqa: PLR2004  some need help
                conduct.give_help(desk, desk.attempt(name), question.id, spent)
            conduct.rate(
                desk, desk.attempt(name), question.id, self.chance.choice(list(Rating)), spent
            )

    def _alarm(self, name: str) -> None:
        """Let an alarm stop the day; the attempt is voided and taken again on another paper."""
        day_acts.suspend(self.desk, "a rehearsed alarm")
        self.clock.pass_time(120)
        day_acts.go_on(self.desk)
        day_acts.void(self.desk, self.desk.attempt(name), "interrupted")

    def _decide_edges(self) -> None:
        for attempt in day_acts.edges(self.desk):
            self.clock.pass_time(30)
            verdict = self.chance.choice((Verdict.PASS, Verdict.FAIL))
            conduct.correct(self.desk, attempt, verdict, "second look")
            self.report.edges += 1

    def _sum_up(self) -> None:
        report, attempts = self.report, self.desk.attempts()
        decided = [one for one in attempts if one.phase is Phase.DECIDED]
        report.decided = len(decided)
        report.verdicts = Counter(str(one.verdict) for one in decided)
        report.repeated_papers = _repeats(attempts)
        report.ended = self.clock.now().at
        if self.desk.ledger is not None:
            report.events, report.head = self.desk.ledger.head()


def _repeats(attempts: list[Attempt]) -> int:
    known = Counter(one.reading for one in attempts if one.reading)
    return sum(times - 1 for times in known.values())
