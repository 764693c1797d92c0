"""Invitations: a calendar for each student, one for the examiner, and the order for the door.

Students see equal slots: the times that they would have if nobody had extra time. Whoever comes
after a student with extra time may wait a little; nobody is late, and no list tells who has it.
The examiner's calendar has the planned times.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from examrunner.domain.course.people import NO_EXTRA_TIME, Student
from examrunner.domain.errors import Refused, refused_by_machine
from examrunner.domain.exam.layout import Pause, lay
from examrunner.domain.exam.plan import slot_of
from examrunner.domain.text import clean
from examrunner.services.export import YES, exported
from examrunner.services.folders import CALENDAR_FILE, EXPORTS
from examrunner.services.results import read_results
from examrunner.storage.database.drafts import Draft
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.folders import is_free, whole_folder
from examrunner.storage.readers.calendar_rows import Issued, read_issued
from examrunner.storage.writers.calendar import (
    DoorRow,
    Entry,
    door_page,
    door_text,
    render_calendar,
    render_rows,
)
from examrunner.storage.writers.score_tables import render_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examrunner.domain.exam.settings import ExamRules, Settings, Window
    from examrunner.services.ports import ClockPort
    from examrunner.services.results import Results

FORM = "ics"
DOMAIN = "examrunner.invalid"
DIGITS = 24
COLUMNS = ("student_id", "uid", "sequence", "begin", "end", "cancelled", "name", "email")
INDEX = ("slot", "time", "file", "student_id", "name", "email", "what")
BREAK = "break"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the invitations are to look."""

    location: str = ""
    names: bool = False
    """Names in the examiner's calendar and at the door; else ids."""
    door: bool = False
    """Also the order of the day for the door."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One student's time, in UTC."""

    number: int
    student: Student
    shown: Pause
    """What the student sees: equal for everyone."""
    planned: Pause
    """What the examiner sees: with extra time."""


@dataclass(frozen=True, slots=True)
class Times:
    """The day in UTC."""

    slots: tuple[Slot, ...]
    breaks: tuple[Pause, ...]
    zone: tzinfo
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invited:
    """What was written."""

    folder: Path
    students: int
    cancelled: int
    sequence: int
    """0 for the first invitations; each further issue replaces the one before."""
    warnings: tuple[str, ...]


# --- times ---------------------------------------------------------------------------------


def times_of(settings: Settings, students: Sequence[Student]) -> Times:
    """Return the day's slots and breaks.

    Raises Refused without a date, a window or a time limit, and for an hour that the clocks skip.
    """
    rules = settings.exam
    window = rules.window
    if rules.date is None or window is None or rules.minutes is None:
        lacking = {"date": rules.date, "window": window, "minutes": rules.minutes}
        named = " and no ".join(name for name, one in lacking.items() if one is None)
        raise Refused(
            f"There are no times to invite to: session.yaml has no {named}.",
            "Write below exam: date: 2024-12-13 and window: {start: 09:00, end: 11:00, "
            "timezone: America/Chicago}",
        )
    zone = _zone(window)
    warnings: list[str] = []
    begin = _instant(rules.date, window.start, zone, warnings)
    breaks = tuple(_breaks(rules, rules.date, window, zone, warnings))
    change = timedelta(seconds=rules.changeover_seconds)
    usual = [replace(one, extra_time=NO_EXTRA_TIME) for one in students]
    planned = [slot_of(rules, one) for one in students]
    seen = [slot_of(rules, one) for one in usual]
    starts = lay(begin, planned, breaks, change).starts
    shown = lay(begin, seen, breaks, change).starts
    slots = []
    for place, student in enumerate(students):
        first = shown[place].replace(second=0)
        slots.append(
            Slot(
                place + 1,
                student,
                Pause(first, first + max(seen[place] - change, timedelta(minutes=1))),
                Pause(starts[place], starts[place] + planned[place] - change),
            )
        )
    return Times(tuple(slots), breaks, zone, tuple(warnings))


def _zone(window: Window) -> tzinfo:
    try:
        return ZoneInfo(window.timezone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise Refused(
            f"{window.timezone} is no time zone that is known.",
            "Write one as America/Chicago in session.yaml.",
        ) from fault


def _instant(on: date, at: time, zone: tzinfo, warnings: list[str]) -> datetime:
    """Return the instant of a time of day; the first of two where the clocks go back."""
    local = datetime.combine(on, at, zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(
            f"There is no {at:%H:%M} on {on} in {zone}: the clocks go forward then.",
            "Write another start in session.yaml.",
        )
    if found != local.replace(fold=1).astimezone(UTC):
        warnings.append(f"{at:%H:%M} is twice on {on} in {zone}: the first is meant.")
    return found


def _breaks(
    rules: ExamRules, on: date, window: Window, zone: tzinfo, warnings: list[str]
) -> list[Pause]:
    found = []
    for one in sorted(rules.breaks, key=lambda one: one.at):
        day = on if one.at >= window.start else on + timedelta(days=1)
        at = _instant(day, one.at, zone, warnings)
        found.append(Pause(at, at + one.minutes))
    return found


def uid_of(session: str, who: str) -> str:
    """Return the stable name of an event: it tells neither session nor student."""
    digits = sha256(f"{session}\n{who}".encode()).hexdigest()[:DIGITS]
    return f"{digits}@{DOMAIN}"


# --- writing -------------------------------------------------------------------------------


def default_folder(folder: Path, now: datetime) -> Path:
    """Return a folder below `exports` that is not there yet."""
    stem = f"{FORM}-{now.astimezone():%Y-%m-%d-%H%M}"
    names = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    return next(path for name in names if not (path := folder / EXPORTS / name).exists())


def invite(folder: Path, to: Path | None, wishes: Wishes, clock: ClockPort, actor: str) -> Invited:
    """Write the calendars into a new folder, and remember them so that the next replace them.

    Raises Refused where there are no times or the folder is there already, Environment where the
    disk says no; then nothing is left behind.
    """
    results = read_results(folder)
    times = times_of(results.settings, results.in_turn())
    now = clock.now().at.astimezone(UTC).replace(microsecond=0)
    target = to or default_folder(folder, now)
    if not is_free(target):
        raise Refused(f"{target} is there already.", "Nothing was written. Name a new folder.")
    before = read_issued(folder / CALENDAR_FILE)
    issue = _Issue(results, times, wishes, before, now)
    files = issue.files()
    memory = render_rows(COLUMNS, issue.memory())
    try:
        if to is None:
            make_private(folder / EXPORTS)
        with whole_folder(target) as made:
            for name, data in files.items():
                write_atomically(made / name, data, durable=False)
            _record(folder, target, files, results, clock, actor)
            write_atomically(folder / CALENDAR_FILE, memory)
    except OSError as fault:
        raise refused_by_machine(fault) from fault
    return Invited(
        target, len(times.slots), len(issue.newly_cancelled()), issue.sequence, times.warnings
    )


def _record(  # noqa: PLR0917  what, where and by whom
    folder: Path,
    target: Path,
    files: dict[str, bytes],
    results: Results,
    clock: ClockPort,
    actor: str,
) -> None:
    """Record in a committed session that invitations left the program."""
    if results.stored is None:
        return
    from examrunner.storage.database.ledger import Ledger

    data = b"".join(files[name] for name in sorted(files))
    what = exported(FORM, target, data, 0, results.head, YES)
    settings = results.settings
    with Ledger.open(folder / settings.database, settings.session, create=False) as ledger:
        ledger.append([Draft(what)], clock.now(), actor, leased=False)


class _Issue:
    """One issue of all invitations."""

    def __init__(
        self,
        results: Results,
        times: Times,
        wishes: Wishes,
        before: dict[str, Issued],
        now: datetime,
    ) -> None:
        self._session = results.settings.session
        self._on = results.settings.exam.date or now.date()
        self._times, self._wishes, self._now = times, wishes, now
        self._before = before
        self.sequence = max((one.sequence for one in before.values()), default=-1) + 1
        self._title = f"{results.settings.kind}: {self._session}".capitalize()
        current = {self._uid(slot.student.student_id) for slot in times.slots}
        current |= {self._uid(f"{BREAK} {place}") for place in range(len(times.breaks))}
        self.cancelled = {
            uid: one for uid, one in before.items() if uid not in current and one.student_id
        }
        self._gone_breaks = {
            uid: one for uid, one in before.items() if uid not in current and not one.student_id
        }

    def _uid(self, who: str) -> str:
        return uid_of(self._session, who)

    def newly_cancelled(self) -> list[tuple[str, Issued]]:
        """Return the events of students who have left since the last issue."""
        return [(uid, one) for uid, one in self.cancelled.items() if not one.is_cancelled]

    def files(self) -> dict[str, bytes]:
        """Return every file by its name: numbers, never names of people."""
        files: dict[str, bytes] = {}
        rows: list[list[str]] = []
        for slot in self._times.slots:
            student, name = slot.student, f"slot-{slot.number:03}.ics"
            files[name] = render_calendar([self._own(slot)], self._now)
            told = [student.student_id, student.name, student.email or "", "invitation"]
            rows.append([str(slot.number), self._clock(slot.shown.begin), name, *told])
        for number, (uid, one) in enumerate(self.newly_cancelled(), 1):
            name = f"cancelled-{number:03}.ics"
            files[name] = render_calendar([self._off(uid, one)], self._now)
            told = [one.student_id, one.name, one.email, "cancelled"]
            rows.append(["", self._clock(one.begin), name, *told])
        files["index.csv"] = render_scores(INDEX, rows)
        files["instructor.ics"] = render_calendar(self._whole_day(), self._now)
        if self._wishes.door:
            door = [
                DoorRow(slot.number, self._clock(slot.shown.begin), self._who(slot.student))
                for slot in self._times.slots
            ]
            about = (self._title, self._on, str(self._times.zone))
            files["door.txt"] = door_text(*about, door)
            files["door.html"] = door_page(*about, door)
        return files

    def memory(self) -> list[list[str]]:
        """Return what is to be remembered of this issue."""
        rows = []
        for slot in self._times.slots:
            one = slot.student
            rows.append(self._row(self._own(slot), one.student_id, one.name, one.email or ""))
        rows += [self._row(one) for one in self._break_entries()]
        for uid, gone in self.cancelled.items():
            rows.append(self._row(self._off(uid, gone), gone.student_id, gone.name, gone.email))
        return rows

    def _own(self, slot: Slot) -> Entry:
        return self._entry(slot.student.student_id, slot.shown, self._title)

    def _entry(self, who: str, when: Pause, summary: str) -> Entry:
        place = clean(self._wishes.location)
        return Entry(self._uid(who), self.sequence, when.begin, when.end, summary, place)

    def _off(self, uid: str, one: Issued) -> Entry:
        sequence = one.sequence if one.is_cancelled else self.sequence
        return Entry(uid, sequence, one.begin, one.end, self._title, is_cancelled=True)

    def _break_entries(self) -> list[Entry]:
        return [
            self._entry(f"{BREAK} {place}", one, f"{self._title}, break")
            for place, one in enumerate(self._times.breaks)
        ]

    def _whole_day(self) -> list[Entry]:
        listed = [
            self._entry(
                slot.student.student_id, slot.planned, f"{slot.number} {self._who(slot.student)}"
            )
            for slot in self._times.slots
        ]
        gone = [*self.newly_cancelled(), *self._gone_breaks.items()]
        off = [self._off(uid, one) for uid, one in gone]
        return [*listed, *self._break_entries(), *off]

    def _who(self, student: Student) -> str:
        return student.name if self._wishes.names else student.student_id

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self._times.zone):%H:%M}"

    @staticmethod
    def _row(one: Entry, who: str = "", name: str = "", email: str = "") -> list[str]:
        times = [at.isoformat() for at in (one.begin, one.end)]
        cancelled = "yes" if one.is_cancelled else ""
        return [who, one.uid, str(one.sequence), *times, cancelled, name, email]
