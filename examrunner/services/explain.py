"""A student's draw in plain words: the list, the odds, the paper, and how strong the proof is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.ticket import NONE
from examrunner.domain.errors import WrongUsage
from examrunner.domain.exam.attempts import Attempt
from examrunner.domain.exam.phases import DAY_OVER
from examrunner.domain.exam.settings import NO_PUBLIC_SOURCE
from examrunner.domain.text import counted, fold, some
from examrunner.services.day import local
from examrunner.services.proof import record_of
from examrunner.services.receipts import Receipt, drawn_for, receipt_of
from examrunner.services.secret import read_secret

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.services.committed import Stored
    from examrunner.storage.database.drafts import Person
    from examrunner.storage.database.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Came:
    """How one attempt came by its paper."""

    attempt: Attempt
    at: datetime | None
    """When the paper was revealed, in the session's time zone."""
    receipt: Receipt | None
    """None for a paper that was not drawn."""
    passed_over: Receipt | None
    """Of a draw made ahead whose paper gave way to one by hand, once the day is over."""


@dataclass(frozen=True, slots=True)
class Explained:
    """All that there is to say to one student about the draw."""

    session: str
    student: Student
    key: str
    """The student's name in the published files."""
    position: int | None
    """Place in the exam order, counted from 1; None for who is not in the draw."""
    places: int
    papers: tuple[str, ...]
    """Readings that may be drawn."""
    committed: tuple[str, ...] | None
    """Those of the commitment; None for who is not in it."""
    titles: dict[str, str]
    came: tuple[Came, ...]
    """Attempts whose paper is known."""
    h: int
    public: str | None
    """P; None before the day, `-` where none took part."""
    source: str
    """How P is obtained, in the session's words."""
    commit: str
    committed_at: datetime
    began_at: datetime | None
    is_over: bool
    """Nobody is examined any more."""

    @property
    def waits_for_public(self) -> bool:
        """Whether a public value is to take part that is not known yet."""
        return self.public is None and self.source != NO_PUBLIC_SOURCE

    @property
    def strength(self) -> str:
        """How strong the proof is: `recorded`, `sealed` or `public`.

        A commitment made in the moment in which the day began was never published before it.
        """
        if self.began_at is not None and self.began_at == self.committed_at:
            return "recorded"
        has_public = self.waits_for_public or self.public not in (None, NONE)
        return "public" if has_public else "sealed"


def explain(folder: Path, who: str) -> Explained:
    """Return what there is to say to a student, named by id, key, address or part of the name.

    Raises WrongUsage where nobody or several fit, and as `record_of` does.
    """
    with record_of(folder) as (ledger, stored, phase):
        people = ledger.people()
        person = _person(people, who)
        log = DrawLog.replay(
            stored.commitment, read_secret(folder, stored.commitment), ledger.lines()
        )
        committed_at, began_at = _times(ledger)
        attempts = [one for one in ledger.attempts() if one.student == person.key]
    attempts.sort(key=lambda one: one.number)
    is_in = person.key in log.students
    papers = stored.eligible.get(person.key, ())
    committed = dict(stored.commitment.roster).get(person.key)
    named = {*papers, *(committed or ()), *(one.reading for one in attempts)}
    named |= {one.paper for one in log.draws if one.student == person.key}
    named.add(person.student.assigned)
    settings = stored.settings
    return Explained(
        session=settings.session,
        student=person.student,
        key=person.key,
        position=log.position(person.key) + 1 if is_in else None,
        places=len(log.students),
        papers=papers,
        committed=committed,
        titles={name: stored.title(name) for name in sorted(one for one in named if one)},
        came=tuple(
            _came(stored, log, one, is_over=phase in DAY_OVER) for one in attempts if one.reading
        ),
        h=stored.commitment.h,
        public=log.public,
        source=stored.commitment.public,
        commit=stored.commit,
        committed_at=local(settings, committed_at),
        began_at=local(settings, began_at) if began_at else None,
        is_over=phase in DAY_OVER,
    )


def _came(stored: Stored, log: DrawLog, attempt: Attempt, *, is_over: bool) -> Came:
    at = local(stored.settings, attempt.revealed_at) if attempt.revealed_at else None
    receipt = receipt_of(log, attempt)
    passed_over = drawn_for(log, attempt) if receipt is None and is_over else None
    return Came(attempt, at, receipt, passed_over)


def _times(ledger: Ledger) -> tuple[datetime, datetime | None]:
    """Return when the session was committed last and when its day began."""
    committed = ledger.last("committed")
    opened = ledger.last("opened")
    assert committed is not None
    return committed.at, opened.at if opened else None


def _person(people: list[Person], who: str) -> Person:
    exact = [
        one
        for one in people
        if who in (one.key, one.student.student_id, one.student.email, one.student.name)
    ]
    found = exact or [one for one in people if fold(who) in fold(one.student.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise WrongUsage(f"The session has no student {who!r}.", "Give an id, or part of a name.")
    named = some([f"{one.student.name} ({one.student.student_id})" for one in found])
    raise WrongUsage(f"{counted(len(found), 'student')} fit {who!r}: {named}.", "Give an id.")
