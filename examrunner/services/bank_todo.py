"""What to write next: the banks of a session by chance of being drawn times what is missing.

A committed session's lists and rules are those of its record. Its questions are counted in the
files all the same, since those are what is worked on; where the record has others, that is said.
Nothing here tells who reviewed or drew what.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from examrunner.domain.bank.approval import in_force
from examrunner.domain.bank.banks import Bank, Question, State, drawable
from examrunner.domain.bank.content import content_hash
from examrunner.domain.bank.demand import (
    Need,
    Step,
    aim_for,
    coverage,
    demands,
    ranked,
    share_full,
    share_own,
    with_decoys,
)
from examrunner.domain.bank.exposure import Seen, Used, seen_in
from examrunner.domain.bank.fallback import questions_for
from examrunner.domain.draw.reuse import expected_repeats
from examrunner.domain.draw.sheets import SheetRule, items_of, rule_for
from examrunner.domain.exam.events import DrawnAhead
from examrunner.domain.exam.phases import DAY_OVER, Phase, SessionPhase, session_phase
from examrunner.domain.exam.rules import sheet_talk
from examrunner.domain.exam.settings import Settings
from examrunner.domain.problems import Problem
from examrunner.services.exposure import earlier_sessions, tally
from examrunner.services.folders import demand_session, has_record
from examrunner.services.secret import read_secret
from examrunner.storage.readers.approval_files import known_approvals
from examrunner.storage.readers.bank_files import read_banks
from examrunner.storage.readers.session_files import demand_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from examrunner.domain.bank.demand import Demand
    from examrunner.services.committed import Stored
    from examrunner.storage.database.ledger import Ledger

MINUTES = 5.0
"""A question takes so many minutes to write, unless told otherwise: an assumption."""
USES = 3
"""Students on one paper of whose repeated questions is told."""
RUNS = 50
"""Simulated runs for them: good to a tenth of a question or two, as they are shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """A question that was shown already: in an earlier session, or in this one once it is over."""

    question: str
    reading: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Worklist:
    """What is to be written for a session, the most needed first."""

    session: str
    is_committed: bool
    drawn: bool
    """All papers were drawn ahead: these readings are theirs, and decoys."""
    is_over: bool
    """The day is closed: the list tells what the same lists would need, drawn again."""
    still_to_draw: int
    """Students whose paper is still to be drawn though others' were drawn ahead."""
    lowest: State
    """The lowest state of a question that may be drawn."""
    kinds: tuple[tuple[str, int], ...]
    needs: tuple[Need, ...]
    steps: tuple[Step, ...]
    """One for each bank that is not full, in the order of `needs`."""
    full: Fraction
    """Share of the expected draws that meet a full bank as things are."""
    own: Fraction
    """Share of those whose whole sheet comes from the reading's own bank."""
    minutes: float
    """That a question takes, as assumed."""
    behind: tuple[str, ...]
    """Readings on whose questions the record says something else than the files."""
    can_commit_again: bool
    titles: Mapping[str, str]
    known: tuple[Known, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Material:
    """What the list is made from, of a draft or of a record."""

    settings: Settings
    course: str | None
    lists: tuple[tuple[str, ...], ...]
    """Of those who are still to be drawn for; of everybody where papers were drawn ahead."""
    fallback: Bank
    rule: SheetRule
    titles: Mapping[str, str]
    recorded: Mapping[str, tuple[Question, ...]] | None = None
    """Reading to the own questions of its committed bank; None in a draft."""
    ahead: frozenset[str] = frozenset()
    """Readings that were drawn ahead."""
    still_to_draw: int = 0
    secret: str = ""
    can_commit_again: bool = False
    held: Used | None = None
    """What the session itself showed, once its day is over."""


def worklist(folder: Path, minutes: float = MINUTES) -> Worklist:
    """Return what is to be written for a session; `minutes` is the time for one question.

    Raises WrongUsage where the folder is no session, BadInput where its files cannot be read,
    Environment where the secret of a draw made ahead is lost.
    """
    demand_session(folder)
    settings = demand_settings(folder)
    found = None
    if has_record(folder / settings.database):
        found = _from_record(folder, settings)
    return _listed(folder, found or _from_files(folder), minutes)


def _listed(folder: Path, material: _Material, minutes: float) -> Worklist:
    from examrunner.services.prepare import bank_folders

    settings = material.settings
    possible = demands(material.lists, settings.exam.papers_per_student)
    wanted = frozenset(possible)
    is_drawn = bool(material.ahead) and not material.still_to_draw
    if is_drawn:
        wanted = with_decoys(material.ahead & wanted, possible, material.secret)
    folders = bank_folders(folder, settings)
    banks, problems = read_banks(folders, wanted)
    approvals, wrong = known_approvals(folders)
    banks = {name: in_force(bank, approvals) for name, bank in banks.items()}
    for name, questions in (material.recorded or {}).items():
        if name in wanted and name not in banks and questions:
            banks[name] = Bank(name, questions)  # nobody has the file any more
    needs = ranked(_need(possible[name], banks.get(name), material) for name in wanted)
    sessions, found = earlier_sessions(folder, material.course, folders)
    sessions += [material.held] if material.held else []
    return Worklist(
        session=settings.session,
        is_committed=material.recorded is not None,
        drawn=is_drawn,
        is_over=material.held is not None,
        still_to_draw=material.still_to_draw,
        lowest=settings.questions,
        kinds=settings.sheet,
        needs=tuple(needs),
        steps=coverage(needs, minutes),
        full=share_full(needs),
        own=share_own(needs, [count for _, count in settings.sheet]),
        minutes=minutes,
        behind=_behind(material, banks, wanted),
        can_commit_again=material.can_commit_again,
        titles={name: material.titles.get(name, name) for name in sorted(wanted)},
        known=_known(needs, banks, seen_in(sessions)),
        problems=(*problems, *wrong, *found),
    )


def _need(demand: Demand, bank: Bank | None, material: _Material) -> Need:
    settings = material.settings
    own = drawable(bank, settings.questions) if bank is not None else ()
    live = [one for one in bank.questions if one.status is not State.RETIRED] if bank else []
    asked, _ = questions_for(bank, material.fallback, settings.sheet, settings.questions)
    _, second, third = expected_repeats(items_of(asked), material.rule, uses=USES, runs=RUNS)
    kinds = tuple(kind for kind, _ in settings.sheet)
    usable = Counter(one.kind for one in own)
    return Need(
        demand=demand,
        kinds=kinds,
        there=tuple(usable[kind] for kind in kinds),
        aim=aim_for(settings.sheet, demand.students),
        waiting=sum(one.kind in kinds for one in live) - sum(usable[kind] for kind in kinds),
        again=(second, third),
    )


def _behind(
    material: _Material, banks: Mapping[str, Bank], wanted: Iterable[str]
) -> tuple[str, ...]:
    """Return the readings whose drawable questions are not those of the record."""
    if material.recorded is None:
        return ()
    behind = []
    for name in sorted(wanted):
        bank = banks.get(name)
        now = drawable(bank, material.settings.questions) if bank else ()
        then = material.recorded.get(name, ())
        if {content_hash(one) for one in now} != {content_hash(one) for one in then}:
            behind.append(name)
    return tuple(behind)


def _known(
    needs: Sequence[Need], banks: Mapping[str, Bank], seen: Mapping[str, Seen]
) -> tuple[Known, ...]:
    """Return the questions that were shown before, in the order of the list."""
    names = [need.demand.reading for need in needs if need.demand.reading in banks]
    return tuple(
        Known(one.id, name, seen[one.id])
        for name in names
        for one in banks[name].questions
        if one.id in seen and one.status is not State.RETIRED
    )


# --- from files ----------------------------------------------------------------------------


def _from_files(folder: Path) -> _Material:
    from examrunner.domain.course.eligibility import eligibility
    from examrunner.services.prepare import prepare

    prepared = prepare(folder)
    settings, students = prepared.settings, prepared.students
    # a reading that is not drawn for want of a bank is exactly what this list is for
    lists = eligibility(students, prepared.reviews, prepared.course, settings.eligible)
    given = {one.student_id: one.assigned for one in students}
    minutes = settings.exam.minutes
    talk = int(minutes.total_seconds()) if minutes else None
    return _Material(
        settings=settings,
        course=prepared.course.id if prepared.course else None,
        lists=tuple(_list_of(given[one.student_id], one.eligible) for one in lists),
        fallback=prepared.fallback,
        rule=rule_for(settings.sheet, sheet_talk(settings.sheet, talk)),
        titles={name: reading.title for name, reading in prepared.readings.items()},
    )


def _list_of(assigned: str | None, eligible: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a student may be examined on: an assigned paper leaves nothing to chance."""
    return (assigned,) if assigned is not None else eligible


# --- from the record -----------------------------------------------------------------------


def _from_record(folder: Path, settings: Settings) -> _Material | None:
    from examrunner.services.committed import read_stored
    from examrunner.storage.database.looking import look

    with look(folder / settings.database, settings.session) as seen:
        if seen.ledger is None:
            return None
        day = seen.ledger.of_the_day()
        stored = read_stored(seen.ledger, day)
        if stored is None:
            return None
        phase = session_phase(event.what for event in day)
        return _recorded(folder, seen.ledger, stored, phase)


def _recorded(folder: Path, ledger: Ledger, stored: Stored, phase: SessionPhase) -> _Material:
    from examrunner.domain.draw.commitment import questions_in

    people = {person.key: person.student for person in ledger.people()}
    assigned = {key: one.assigned for key, one in people.items()}
    lists = {key: _list_of(name, stored.eligible.get(key, ())) for key, name in assigned.items()}
    fallback = questions_in(ledger.document(stored.fallback))
    material = _Material(
        settings=stored.settings,
        course=stored.course.id,
        lists=tuple(lists.values()),
        fallback=Bank("fallback", tuple(fallback.values())),
        rule=stored.commitment.sheet,
        titles={name: reading.title for name, reading in stored.readings.items()},
        recorded={
            name: _own(questions_in(ledger.document(sha)), fallback, stored.settings.questions)
            for name, sha in stored.banks.items()
        },
        can_commit_again=phase is SessionPhase.COMMITTED,
    )
    if phase in DAY_OVER:
        shown = tally(ledger.attempts())
        held = Used(stored.settings.session, stored.commit, questions=shown)
        return replace(material, held=held)
    events = (one.what for one in ledger.events())
    ahead = {json.loads(one.line)["paper"] for one in events if isinstance(one, DrawnAhead)}
    to_come = _to_come(ledger, stored, lists, is_ahead=bool(ahead))
    if not ahead:
        return replace(material, lists=tuple(lists[key] for key in to_come))
    return replace(
        material,
        ahead=frozenset(ahead | {name for name in assigned.values() if name}),
        still_to_draw=sum(assigned[key] is None for key in to_come),
        secret=read_secret(folder, stored.commitment),
    )


def _to_come(
    ledger: Ledger, stored: Stored, lists: Mapping[str, Sequence[str]], *, is_ahead: bool
) -> list[str]:
    """Return the keys of those whose papers are not all settled and who have one to draw.

    A void attempt is followed by another one; where papers were drawn ahead that changes nothing,
    or the list would tell of it.
    """
    settled = Counter(
        one.student
        for one in ledger.attempts()
        if (one.reading or one.is_drawn_ahead) and (is_ahead or one.phase is not Phase.VOID)
    )
    papers = stored.settings.exam.papers_per_student
    return [key for key, names in lists.items() if names and settled[key] < papers]


def _own(
    questions: Mapping[str, Question], fallback: Mapping[str, Question], lowest: State
) -> tuple[Question, ...]:
    """Return a committed bank's own questions: all of them could be drawn."""
    own = (one for name, one in questions.items() if name not in fallback)
    return tuple(replace(one, status=lowest) for one in own)
