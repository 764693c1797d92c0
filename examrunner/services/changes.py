"""What the class list and the reviews say by now, and the act that takes it into the record.

From the commit on the record counts. Before the day begins a session is committed again; once it
has begun, late students and corrected lists join by events of their own, and the public log says
so. Lines above are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.bank.fallback import questions_for
from examrunner.domain.course.people import Student
from examrunner.domain.draw.commitment import bank_document
from examrunner.domain.errors import Refused
from examrunner.domain.exam import events as ev
from examrunner.domain.exam.phases import BEFORE, SessionPhase
from examrunner.domain.exam.settings import WithoutBank
from examrunner.domain.plain import canonical, sha256, to_plain
from examrunner.domain.problems import BadInput, has_errors
from examrunner.domain.text import counted, some
from examrunner.services.commit import banks_of, new_key
from examrunner.services.committed import Details, read_stored
from examrunner.services.known import Row
from examrunner.services.prepare import NOTHING, Prepared, prepare
from examrunner.storage.database.drafts import Draft, Person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from examrunner.domain.draw.log import DrawLog
    from examrunner.services.desk import Desk

WHY = {
    "late": "late registration",
    "import-error": "the lists were wrong",
    "other": "another reason",
}
"""Codes of the public log for what joins later, in words."""
LATE, IMPORT_ERROR = "late", "import-error"


@dataclass(frozen=True, slots=True)
class ListChange:
    """A student whose reviews differ from the record."""

    row: Row
    before: tuple[str, ...]
    """The readings that may be drawn, as on record."""
    after: tuple[str, ...]
    is_drawn: bool
    """The paper is drawn already: the list can change no more."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A student of whom the class list says something else by now."""

    row: Row
    after: Student
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """How the files differ from the record."""

    prepared: Prepared
    new: tuple[Student, ...]
    lists: tuple[ListChange, ...]
    people: tuple[PersonChange, ...]
    gone: tuple[Row, ...]
    """Students on record who are on the class list no more; they stay on record."""
    banks: tuple[str, ...] = ()
    """Readings on which other questions stand in the files by now; used only if that is wanted."""

    @property
    def to_take(self) -> int:
        """How many of them can be taken into the record."""
        return len(self.new) + len(self.people) + sum(not one.is_drawn for one in self.lists)


def changes_of(
    desk: Desk, instead: Mapping[str, bytes] = NOTHING, *, banks: bool = False
) -> Changes:
    """Read the session's files anew and compare them with the record.

    `instead` holds lists that are not written yet, as `prepare` takes them; `banks` says that the
    questions will be taken in, too. Raises BadInput where the files have errors, Refused in a draft
    session.
    """
    stored = desk.stored_session()
    prepared = prepare(desk.folder, instead)
    _demand(prepared, None if banks else set(stored.banks))
    rows = {row.student.student_id: row for row in desk.rows()}
    lists, people = [], []
    reviewed = _reviewed(prepared)
    for student in prepared.students:
        row = rows.pop(student.student_id, None)
        if row is None:
            continue
        before = stored.eligible.get(row.key, ())
        after = prepared.eligible[student.student_id].eligible
        known = dict(stored.reviewed.get(row.key, {}))
        if before != after or known != reviewed[student.student_id]:
            lists.append(ListChange(row, before, after, _is_drawn(row)))
        if differing := _differing(row.student, student):
            people.append(PersonChange(row, student, differing))
    known_ids = {row.student.student_id for row in desk.rows()}
    new = tuple(one for one in prepared.students if one.student_id not in known_ids)
    now = banks_of(prepared).documents
    other = tuple(name for name, sha in sorted(now.items()) if stored.banks.get(name, sha) != sha)
    return Changes(prepared, new, tuple(lists), tuple(people), tuple(rows.values()), other)


def words_of(changes: Changes) -> list[tuple[str, str]]:
    """Return each change as its kind and words on it, in the order of the kinds."""
    told = []
    for student in changes.new:
        papers = changes.prepared.eligible[student.student_id].eligible
        told.append(("new", f"{student.name}, {counted(len(papers), 'paper')} to draw from"))
    for one in changes.lists:
        more = sorted(set(one.after) - set(one.before))
        less = sorted(set(one.before) - set(one.after))
        words = [f"with {some(more)}"] if more else []
        words += [f"without {some(less)}"] if less else []
        words += ["drawn already: void that attempt first"] if one.is_drawn else []
        told.append(("list", f"{one.row.student.name}: {'; '.join(words or ['dates only'])}"))
    told += [
        ("details", f"{one.row.student.name}: {', '.join(one.fields)}") for one in changes.people
    ]
    gone = "is no more in roster.csv and stays on record"
    told += [("questions", f"on {one} changed since the commit") for one in changes.banks]
    told += [("gone", f"{row.student.name} {gone}") for row in changes.gone]
    return told


def take_in(desk: Desk, changes: Changes, why: str | None = None, *, banks: bool = False) -> int:
    """Take the files' new students, lists and corrections into the record. Returns how many.

    With `banks` later sheets come from the questions that the files have by now, too. `why` is a
    code of WHY; without it new students are late and lists were wrong. Raises Refused unless the
    day has begun and is not over, BadInput where banks are wanted and have errors, NotSaved where
    the disk does not take it; then nothing changed.
    """
    if desk.phase not in (SessionPhase.OPEN, SessionPhase.SUSPENDED):
        raise Refused(
            f"The session is {desk.phase}.",
            "Commit it again: examrunner commit --why."
            if desk.phase is SessionPhase.COMMITTED
            else "Only a day that has begun takes changes in.",
        )
    if why is not None and why not in WHY:
        raise Refused(f"{why!r} is no reason for the public log.", ", ".join(WHY))
    if desk.waiting:
        raise Refused("Not everything is saved yet.", "Try again once it is.")
    if banks:
        _demand(changes.prepared)
    assert desk.ledger is not None
    taking = _Taking(desk, changes, why)
    taking.add_all()
    if banks:
        taking.add_banks()
    if not taking.drafts:
        return 0
    desk.ledger.append(
        taking.drafts,
        desk.clock.now(),
        desk.actor,
        documents=taking.documents,
        people=taking.people,
    )
    stored = read_stored(desk.ledger)
    assert stored is not None
    desk.use(desk.ledger, stored)
    desk.seat([(one.key, one.student) for one in desk.ledger.people()], desk.attempts())
    desk.draw_log = taking.log
    if desk.copier is not None:
        desk.copier.saved()
        desk.copier.copy()
    return len(taking.drafts)


def _demand(prepared: Prepared, recorded: set[str] | None = None) -> None:
    """Raise BadInput where files have errors that stand in the way.

    A bank's error does not where the record has questions on its reading, one of `recorded`: they
    are what is asked. Where readings without a bank are excluded, the lists rest on all banks.
    """
    errors = [one for one in prepared.problems if has_errors([one])]
    if recorded is not None and prepared.settings.without_bank is not WithoutBank.EXCLUDE:
        has_new = not recorded.issuperset(banks_of(prepared).documents)
        of_banks = [one for one in prepared.bank_problems if one in errors]
        idle = [one for one in of_banks if not has_new or Path(one.file or "").stem in recorded]
        errors = [one for one in errors if one not in idle]
    if errors:
        raise BadInput(errors)


class _Taking:
    """What one act of taking in writes; the public log goes on in a copy."""

    def __init__(self, desk: Desk, changes: Changes, why: str | None) -> None:
        self._desk = desk
        self._changes = changes
        self._why = why
        self._stored = desk.stored_session()
        self._reviewed = _reviewed(changes.prepared)
        self.log: DrawLog = desk.log().copy()
        self.drafts: list[Draft] = []
        self.documents: dict[str, str] = {}
        self.people: list[Person] = []

    def add_all(self) -> None:
        """Add every change that can be taken in."""
        rows = self._desk.in_exam_order()
        places = {row.key: place for place, row in enumerate(rows)}
        for one in self._changes.people:
            self.people.append(Person(one.row.key, places[one.row.key], one.after))
            self.drafts.append(Draft(ev.PersonChanged(one.row.key, one.fields)))
        for change in self._changes.lists:
            if not change.is_drawn:
                why, details = self._why or IMPORT_ERROR, self._details(change.row.student)
                line = self._line(change.row.key, change.after, why)
                self.drafts.append(Draft(ev.Listed(change.row.key, details, why, line)))
        keys = set(places)
        for student in self._changes.new:
            key = new_key(keys, self._desk.entropy)
            self.people.append(Person(key, len(keys), student))
            keys.add(key)
            why, details = self._why or LATE, self._details(student)
            papers = self._changes.prepared.eligible[student.student_id].eligible
            line = self._line(key, papers, why)
            self.drafts.append(Draft(ev.Added(key, details, why, line)))

    def add_banks(self) -> None:
        """Let later sheets come from the questions that the files have by now."""
        if not self._changes.banks:
            return
        found = banks_of(self._changes.prepared)
        shas = {name: found.documents[name] for name in self._changes.banks}
        self.documents |= {sha: found.texts[sha] for sha in shas.values()}
        self.drafts.append(Draft(ev.Rebanked(shas, self._why or LATE)))

    def _line(self, key: str, papers: tuple[str, ...], why: str) -> str | None:
        """Return the line of the public log; a student whom it never names needs none.

        A list leaves out the papers that the student had already: they are not drawn again.
        """
        if key in self.log.students:
            rest = [name for name in papers if name not in self.log.kept(key)]
            return self.log.list(key, rest, why).line
        return self.log.add(key, papers, why).line if papers else None

    def _details(self, student: Student) -> str:
        """Keep what a student brings as a document; return its hash."""
        prepared, who = self._changes.prepared, student.student_id
        reviewed = self._reviewed[who]
        named = [*reviewed, *([student.assigned] if student.assigned else [])]
        new = [name for name in dict.fromkeys(named) if name not in self._stored.banks]
        details = Details(
            eligible=prepared.eligible[who].eligible,
            reviewed=reviewed,
            readings=tuple(prepared.readings[name] for name in new if name in prepared.readings),
            banks=tuple((name, self._bank(name)) for name in new),
        )
        return self._keep(canonical(to_plain(details)))

    def _bank(self, reading: str) -> str:
        """Keep the questions on a reading that the session did not have; return their hash."""
        prepared, settings = self._changes.prepared, self._desk.settings
        bank = prepared.banks.get(reading)
        if bank is None:
            return self._stored.fallback
        asked, _ = questions_for(bank, prepared.fallback, settings.sheet, settings.questions)
        return self._keep(bank_document(asked))

    def _keep(self, text: str) -> str:
        sha = sha256(text)
        self.documents[sha] = text
        return sha


def _is_drawn(row: Row) -> bool:
    """Say whether a student's next paper is settled: it is drawn, or nothing more is to come."""
    return row.attempt.phase not in BEFORE or row.attempt.is_drawn_ahead


def _reviewed(prepared: Prepared) -> dict[str, dict[str, date | None]]:
    found: dict[str, dict[str, date | None]] = {one.student_id: {} for one in prepared.students}
    for review in prepared.reviews:
        found[review.student_id][review.reading_id] = review.submitted_on
    return found


def _differing(before: Student, after: Student) -> tuple[str, ...]:
    return tuple(
        one.name for one in fields(before) if getattr(before, one.name) != getattr(after, one.name)
    )
