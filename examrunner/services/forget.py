"""Forget students: nothing in the session says any more who they were, and the chain still holds.

What is to be forgotten is written down first (`forgetting.json`) and taken away last, and every
step can be done twice: what a kill or a power cut interrupts is brought to its end by the next
`forget` or `purge`.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.course.traces import traces_of
from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.attempts import student_of
from examrunner.domain.exam.events import Exported, Incident
from examrunner.domain.exam.phases import UNDER_WAY
from examrunner.domain.plain import canonical, from_plain, to_plain
from examrunner.services import traces
from examrunner.services.folders import EXPORTS, KIT, LOCK_FILE, UNFINISHED
from examrunner.services.ports import ClockPort
from examrunner.services.roll import Roll, open_record, read_roll
from examrunner.services.traces import Found, Whom
from examrunner.storage import mirror
from examrunner.storage.database.drafts import Person
from examrunner.storage.files import sync_folder, write_atomically
from examrunner.storage.interrupts import held
from examrunner.storage.lock import alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from examrunner.storage.database.ledger import Ledger

BEYOND = (
    "scores already uploaded, and copies in other folders or on USB sticks",
    "backups and snapshots that the system makes, and what a disk keeps of deleted files",
)
"""What this program cannot reach, in words."""
STAYS = "the attempts with paper, verdict and times, and the list of reviewed readings, under a key"


@dataclass(frozen=True, slots=True)
class Plan:
    """What forgetting would change."""

    roll: Roll
    people: tuple[Person, ...]
    texts: int
    """Notes and reasons about these students."""
    mentions: int
    """Notes and reasons about others that name these students: they go too."""
    found: Found
    emergency: tuple[Path, ...]
    backups: int
    elsewhere: tuple[str, ...]
    """Names of exports on record that are not in the session's folder."""
    is_purge: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys under which the record knows them."""
        return tuple(one.key for one in self.people if one.key)


@dataclass(frozen=True, slots=True)
class Done:
    """What was forgotten."""

    receipts: int
    count: int = 0
    head: str = ""
    left: tuple[Path, ...] = ()


# --- what would change ---------------------------------------------------------------------


def plan(roll: Roll, people: tuple[Person, ...], *, is_purge: bool = False) -> Plan:
    """Return what forgetting these people would change; nothing is changed.

    Raises Refused where one of them is under way.
    """
    _demand_free(roll, people)
    whom = _whom(roll, people, roll.forms(people), is_purge=is_purge)
    keys = {one.key for one in people if one.key}
    own, mentions = 0, 0
    elsewhere: tuple[str, ...] = ()
    if roll.record is not None:
        with closing(open_record(roll.record, roll.settings)) as ledger:
            own, mentions, _ = _texts(ledger, keys, whom)
            elsewhere = _elsewhere(ledger, roll.folder)
    backups = len(traces.backups(roll.record)) if roll.record else 0
    return Plan(
        roll=roll,
        people=people,
        texts=own,
        mentions=mentions,
        found=_looked(roll, whom),
        emergency=tuple(traces.emergency_files(keys)),
        backups=backups,
        elsewhere=elsewhere,
        is_purge=is_purge,
    )


def _demand_free(roll: Roll, people: Iterable[Person]) -> None:
    busy = {one.student for one in roll.attempts if one.phase in UNDER_WAY}
    for one in people:
        if one.key and one.key in busy:
            raise Refused(
                f"{one.student.name} is being examined.",
                "Open the session and decide or send back first. Nothing was changed.",
            )


def _texts(ledger: Ledger, keys: set[str], whom: Whom) -> tuple[int, int, list[str]]:
    """Return how many texts about them go, how many about others, and events beside attempts.

    Those are the events of texts that no attempt of these students leads to.
    """
    sure = traces_of(whom.students, sure=True)
    own, mentions, further = 0, 0, []
    for told in ledger.told():
        if told.text is None:
            continue
        what = told.event.what
        if student_of(told.event.attempt or "") in keys:
            own += 1
        elif isinstance(what, Incident) and what.student in keys:
            own += 1
            further.append(told.event.id)
        elif whom.is_purge or sure.are_in(told.text):
            mentions += 1
            further.append(told.event.id)
    return own, mentions, further


def _elsewhere(ledger: Ledger, folder: Path) -> tuple[str, ...]:
    files = dict.fromkeys(
        event.what.file for event in ledger.events() if isinstance(event.what, Exported)
    )
    inside = (folder / EXPORTS, folder / KIT)
    return tuple(name for name in files if not any((one / name).exists() for one in inside))


def _looked(roll: Roll, whom: Whom) -> Found:
    try:
        return traces.look(roll.folder, roll.record, whom)
    except OSError as fault:
        raise _no_disk(fault) from fault


def _no_disk(fault: OSError) -> Environment:
    where = f"{fault.filename}: " if fault.filename else ""
    return Environment(
        f"The session's files cannot be used: {where}{fault.strerror or fault}.",
        "Repeat the command when that is settled: it goes on where it stopped.",
    )


# --- doing it ------------------------------------------------------------------------------


@dataclass(slots=True)
class Work:
    """One forgetting on its way through the steps."""

    roll: Roll
    people: tuple[Person, ...]
    whom: Whom
    clock: ClockPort
    actor: str
    done: Done = Done(0)

    @property
    def keys(self) -> list[str]:
        """The keys under which the record knows these people."""
        return [one.key for one in self.people if one.key]

    @property
    def note(self) -> Path:
        """The file that says what is under way."""
        return self.roll.folder / UNFINISHED


def _whom(
    roll: Roll, people: Iterable[Person], forms: Iterable[Student], *, is_purge: bool
) -> Whom:
    """Return whom to look for; `forms` is how they are called in record and class list."""
    meant = tuple(dict.fromkeys([*(one.student for one in people), *forms]))
    rest = (one.student for one in roll.known())
    return Whom(meant, tuple(dict.fromkeys([*meant, *rest, *roll.files])), is_purge)


def forget(planned: Plan, clock: ClockPort, actor: str) -> Done:
    """Do what was planned.

    Raises Refused where the session is open elsewhere or one of the students is under way by now,
    Environment where the record is damaged or the disk says no.
    """
    with _alone(planned.roll.folder, clock, actor):
        roll, people = read_roll(planned.roll.folder), planned.people
        _demand_free(roll, people)
        whom = _whom(roll, people, planned.roll.forms(people), is_purge=planned.is_purge)
        return _work(Work(roll, people, whom, clock, actor))


def is_unfinished(folder: Path) -> bool:
    """Say whether an earlier forgetting was interrupted."""
    return (folder / UNFINISHED).exists()


def finish(folder: Path, clock: ClockPort, actor: str) -> tuple[tuple[Person, ...], Done]:
    """Bring an interrupted forgetting to its end; return who it was about."""
    with _alone(folder, clock, actor):
        roll = read_roll(folder)
        try:
            note = json.loads((folder / UNFINISHED).read_text(encoding="utf-8"))
            people = tuple(from_plain(Person, one) for one in note["people"])
            forms = tuple(from_plain(Student, one) for one in note["forms"])
            whom = _whom(roll, people, forms, is_purge=bool(note["is_purge"]))
        except (OSError, ValueError, TypeError, KeyError) as fault:
            raise Environment(
                f"{UNFINISHED} cannot be read.", "Delete it and forget the student again."
            ) from fault
        return people, _work(Work(roll, people, whom, clock, actor))


@contextmanager
def _alone(folder: Path, clock: ClockPort, actor: str) -> Iterator[None]:
    """Hold a session's lock, so that neither an examiner nor a thread for copies is at work."""
    with ExitStack() as held_while:
        try:
            held_while.enter_context(alone(folder / LOCK_FILE, actor, clock.now()))
        except Refused as taken:
            raise Refused(taken.message, "Close it there first. Nothing was changed.") from taken
        yield


def _work(work: Work) -> Done:
    roll = work.roll
    if roll.record is not None:
        from examrunner.services.verify import demand_sound

        with closing(open_record(roll.record, roll.settings)) as ledger:
            demand_sound(ledger)
    try:
        with held():
            for step in STEPS:
                step(work)
        return replace(work.done, left=_looked(roll, work.whom).left)
    except OSError as fault:
        raise _no_disk(fault) from fault


def _write_down(work: Work) -> None:
    people = [to_plain(one) for one in work.people]
    forms = [to_plain(one) for one in work.whom.students]
    text = canonical({"forms": forms, "is_purge": work.whom.is_purge, "people": people})
    write_atomically(work.note, text.encode())


def _in_record(work: Work) -> None:
    """Take names and texts out of the record and leave a receipt for each student."""
    if work.roll.record is None:
        return
    with closing(open_record(work.roll.record, work.roll.settings)) as ledger:
        *_, further = _texts(ledger, set(work.keys), work.whom)
        wanted = {key: further if place == 0 else [] for place, key in enumerate(work.keys)}
        receipts = ledger.forget(wanted, work.clock.now(), work.actor)
        count, head = ledger.head()
        work.done = Done(len(receipts), count, head)


def _in_free_pages(work: Work) -> None:
    if work.roll.record is not None:
        from examrunner.storage.database.forgetting import compact

        compact(work.roll.record)


def _in_backups(work: Work) -> None:
    """Replace all copies by a new one, which is checked before the others go."""
    if work.roll.record is None:
        return
    from examrunner.storage.database.copies import BACKUPS, make_copy

    folder = work.roll.record.parent / BACKUPS
    copy = make_copy(work.roll.record, folder, kept=1)
    for path in traces.backups(work.roll.record):
        if path != copy.path:
            path.unlink()
    sync_folder(folder)


def _in_mirror(work: Work) -> None:
    if work.roll.record is not None:
        with closing(open_record(work.roll.record, work.roll.settings)) as ledger:
            told = ledger.told()
        mirror.rewrite(work.roll.record.parent / mirror.MIRROR, work.roll.settings.session, told)


def _in_lists(work: Work) -> None:
    traces.take_rows_away(_looked(work.roll, work.whom), work.whom)


def _in_files(work: Work) -> None:
    for path in _looked(work.roll, work.whom).deleted:
        path.unlink()
        sync_folder(path.parent)


def _in_emergency_files(work: Work) -> None:
    traces.blank_emergency_files(work.keys)


def _cross_off(work: Work) -> None:
    work.note.unlink(missing_ok=True)
    sync_folder(work.roll.folder)


STEPS: tuple[Callable[[Work], None], ...] = (
    _write_down,
    _in_record,
    _in_free_pages,
    _in_backups,
    _in_mirror,
    _in_lists,
    _in_files,
    _in_emergency_files,
    _cross_off,
)
"""In this order; each may be done twice."""
