"""Results: what is on record, as rows and as the JSON of `results --json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from examrunner.domain.bank.banks import Question
from examrunner.domain.course.joining import told_apart
from examrunner.domain.course.people import Student
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.attempts import NOT_REACHED, Asked, Attempt, attempt_id
from examrunner.domain.exam.chain import Event
from examrunner.domain.exam.phases import UNDER_WAY, Phase, SessionPhase, session_phase
from examrunner.domain.exam.rules import score
from examrunner.domain.exam.settings import Settings
from examrunner.domain.exam.suggest import suggest
from examrunner.domain.plain import instant_text
from examrunner.domain.problems import BadInput, has_errors
from examrunner.services import committed
from examrunner.services.committed import Stored
from examrunner.services.folders import ROSTER_FILE, demand_session, has_record
from examrunner.services.lost import demand_no_copies
from examrunner.services.second_read import agreement, readings_of
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.readers.session_files import demand_settings

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


DAY = (ev.Suspended, ev.Continued, ev.Incident, ev.Closed, ev.Reopened)
"""Events of the day that results tell of."""
HEAD_DIGITS = 12
"""Digits of a head that are printed."""


@dataclass(frozen=True, slots=True)
class Result:
    """One student with all that is on record."""

    key: str
    student: Student
    attempts: tuple[Attempt, ...]
    score: int | Decimal | None
    """None while it is not settled: a blank is never a zero."""
    status: str


@dataclass(frozen=True, slots=True)
class Results:
    """A session's results, read in one go."""

    settings: Settings
    phase: SessionPhase
    results: tuple[Result, ...]
    """In the order that was committed, whatever was changed since."""
    stored: Stored | None
    texts: dict[str, str]
    """Event id to the note or reason that lies apart."""
    count: int = 0
    head: str = ""
    """Number of events and hash of the last one."""
    day: tuple[Event, ...] = ()
    """What interrupted the day, ended it, or belongs on record beside the marks."""
    banks: dict[str, dict[str, Question]] = field(default_factory=dict)
    """SHA-256 of each bank that a sheet comes from to its questions, by id."""
    reordered: ev.Reordered | None = None
    """The order in which the examiner chose to call the students."""

    @property
    def vouched(self) -> str:
        """The state of the record in short; noted elsewhere, it shows a tail cut off later."""
        return f"{self.count} events, head {self.head[:HEAD_DIGITS]}" if self.count else ""

    def called(self) -> dict[str, str]:
        """Return the students' names, by student id, with the id where several share a name."""
        return told_apart([one.student for one in self.results])

    def in_turn(self) -> list[Student]:
        """Return the students in the order in which they are called."""
        students = {one.key: one.student for one in self.results}
        if self.reordered is None:
            return list(students.values())
        return [students[key] for key in self.reordered.in_turn(students)]

    def title(self, reading: str | None) -> str:
        """Return a reading's title; empty for none."""
        return self.stored.title(reading) if self.stored and reading else ""


def read_results(folder: Path) -> Results:
    """Read the results of a session, which may be open elsewhere.

    Raises WrongUsage where the folder is no session, BadInput where its files cannot be read,
    Refused where its record got lost.
    """
    demand_session(folder)
    settings = demand_settings(folder)
    if has_record(folder / settings.database):
        found = _from_ledger(folder, settings)
        if found is not None:
            return found
    demand_no_copies(folder)
    roster = read_roster(folder / ROSTER_FILE)
    if has_errors(roster.problems):
        raise BadInput(roster.problems)
    results = tuple(_result(settings, one, one.student_id, ()) for one in roster.students)
    return Results(settings, SessionPhase.DRAFT, results, None, {})


def _from_ledger(folder: Path, settings: Settings) -> Results | None:
    from examrunner.domain.draw.commitment import questions_in
    from examrunner.storage.database.ledger import Ledger

    path = folder / settings.database
    with Ledger.open(path, settings.session, create=False) as ledger, ledger.snapshot():
        day = ledger.of_the_day()
        stored = committed.read_stored(ledger, day)
        if stored is None:
            return None
        people, attempts = ledger.people(), ledger.attempts()
        texts, (count, head) = ledger.texts(), ledger.head()
        used = sorted({one.bank for one in attempts if one.bank})
        banks = {sha: questions_in(ledger.document(sha)) for sha in used}
    own: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        own.setdefault(attempt.student, []).append(attempt)
    results = tuple(
        _result(stored.settings, one.student, one.key, own.get(one.key, ())) for one in people
    )
    phase = session_phase(one.what for one in day)
    told = tuple(one for one in day if isinstance(one.what, DAY))
    orders = [one.what for one in day if isinstance(one.what, ev.Reordered)]
    return Results(
        stored.settings,
        phase,
        results,
        stored,
        texts,
        count,
        head,
        told,
        banks,
        reordered=orders[-1] if orders else None,
    )


def _result(
    settings: Settings, student: Student, key: str, attempts: list[Attempt] | tuple[()]
) -> Result:
    known = {attempt.number: attempt for attempt in attempts}
    for number in range(1, settings.exam.papers_per_student + 1):
        known.setdefault(number, Attempt(attempt_id(key, number), key, number))
    listed = tuple(known[number] for number in sorted(known))
    return Result(key, student, listed, score(settings.exam, listed), _status(listed))


def _status(attempts: tuple[Attempt, ...]) -> str:
    """Return how a student stands: waiting, absent, postponed, examining, void or done."""
    for attempt in attempts:
        if attempt.phase in UNDER_WAY:
            return "examining"
        if not attempt.is_over:
            return str(attempt.phase)
    is_void = all(attempt.phase is Phase.VOID for attempt in attempts)
    return "void" if is_void else "done"


# --- JSON ----------------------------------------------------------------------------------


def as_json(results: Results) -> dict[str, Any]:
    """Return the data of `results --json`; times in UTC with Z."""
    agreed = agreement(one for result in results.results for one in result.attempts)
    ids = {one.key: one.student.student_id for one in results.results}
    return {
        "session": results.settings.session,
        "phase": str(results.phase),
        "rehearsal": results.settings.is_rehearsal,
        "events": results.count,
        "head": results.head,
        "day": [
            {
                "at": _time(one.at),
                "kind": one.kind,
                "student": _with(one.what, ids),
                "text": results.texts.get(one.id),
            }
            for one in results.day
        ],
        "second_readings": {"n": agreed.n, "agree": agreed.agree},
        "students": [
            {
                "student": result.student.student_id,
                "name": result.student.name,
                "status": result.status,
                "score": _number(result.score),
                "attempts": [
                    _attempt(one, results)
                    for one in result.attempts
                    if one.phase is not Phase.WAITING
                ],
            }
            for result in results.results
        ],
    }


def _with(what: ev.What, ids: dict[str, str]) -> str | None:
    """Return the id of the student who was with the examiner when an incident was noted."""
    return ids.get(what.student or "") if isinstance(what, ev.Incident) else None


def _number(value: int | Decimal | None) -> int | float | None:
    return float(value) if isinstance(value, Decimal) else value


def _time(at: datetime | None) -> str | None:
    return instant_text(at) if at else None


def _attempt(attempt: Attempt, results: Results) -> dict[str, Any]:
    seconds = attempt.used
    return {
        "number": attempt.number,
        "from_paper": attempt.from_paper,
        "reading": attempt.reading,
        "title": results.title(attempt.reading) or None,
        "origin": attempt.origin,
        "phase": str(attempt.phase),
        "follows": attempt.of,
        "granted": attempt.granted,
        "void": attempt.void,
        "verdict": attempt.verdict,
        "points": _points(attempt, results.settings),
        "suggested": _suggested(attempt, results),
        "revealed_at": _time(attempt.revealed_at),
        "started_at": _time(attempt.started_at),
        "seconds": round(seconds, 1) if seconds is not None else None,
        "allowed": attempt.clock.seconds,
        "fallback": attempt.is_fallback,
        "examiner": attempt.examiner,
        "verdicts": [
            {
                "at": _time(one.at),
                "verdict": one.verdict,
                "reason": results.texts.get(one.event) if one.has_reason else None,
                "examiner": one.actor,
            }
            for one in attempt.judgements
        ],
        "second_readings": [
            {
                "at": _time(one.at),
                "verdict": one.verdict,
                "beside": one.beside,
                "agrees": one.agrees,
                "reason": results.texts.get(one.event) if one.has_reason else None,
                "reader": one.reader,
            }
            for one in readings_of(attempt)
        ],
        "questions": [_question(asked, attempt) for asked in attempt.questions],
        "notes": [
            {"at": _time(n.at), "question": n.question, "text": results.texts.get(n.event)}
            for n in attempt.notes
        ],
    }


def _points(attempt: Attempt, settings: Settings) -> int | None:
    if attempt.verdict is None:
        return None
    return dict(settings.exam.points).get(attempt.verdict.value)


def _suggested(attempt: Attempt, results: Results) -> dict[str, Any]:
    """Return what the marks suggest, derived anew: it is not on record and was never applied."""
    found = suggest(attempt, results.banks.get(attempt.bank or "", {}).values())
    return {"verdict": found.verdict, "reasons": list(found.reasons)}


def _question(asked: Asked, attempt: Attempt) -> dict[str, Any]:
    decided = attempt.phase is Phase.DECIDED
    unasked = NOT_REACHED if decided and asked.asked_at is None else None
    is_timed = asked.asked_at is not None and attempt.from_paper is None
    return {
        "id": asked.id,
        "kind": asked.kind,
        "asked_at": _time(asked.asked_at),
        "seconds": asked.spent if is_timed else None,
        "rating": asked.rating,
        "help": str(asked.help) if asked.asked_at else None,
        "probes": asked.probes,
        "hints": asked.hints,
        "points": list(asked.points),
        "flags": [_time(at) for at in asked.flags],
        "not_asked": asked.not_asked or unasked,
    }
