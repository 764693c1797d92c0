"""The day as the board shows it: planned times and pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from examrunner.domain.exam.events import Verdict
from examrunner.domain.exam.forecast import Visit, ratios
from examrunner.domain.exam.layout import Pause, lay, overlap
from examrunner.domain.exam.pace import Pace, pace
from examrunner.domain.exam.phases import UNDER_WAY, Phase
from examrunner.domain.exam.plan import pauses_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from examrunner.domain.exam.settings import Settings
    from examrunner.services.desk import Desk
    from examrunner.services.known import Row

ONE_DAY = timedelta(days=1)
"""Calls longer ago belong to another day and say nothing of today's pace."""
SOON = timedelta(minutes=10)
"""So long before a break it is spoken of: whoever is further ahead examines on."""
PASSED_OVER = frozenset({Phase.ABSENT})
"""Phases whose students are not waited for."""


@dataclass(frozen=True, slots=True)
class Day:
    """Planned times and pace, in the session's time zone."""

    planned: tuple[str, ...]
    """For each student in order, e.g. `09:06`; empty without a window."""
    pace: Pace | None
    """None without a window, or before the day has begun."""
    breaks: tuple[tuple[int, Pause], ...] = ()
    """Each planned break with the place of the student before whom it stands."""
    due: datetime | None = None
    """Until when the break lasts whose time it is: who was to come before it has been."""
    due_from: datetime | None = None
    """When that break begins, where that is still to come."""
    starts: tuple[datetime, ...] = ()
    """When each student is planned as this day began; empty while there is no pace."""


def zone_of(settings: Settings) -> tzinfo:
    """Return the session's time zone; UTC where it has no window."""
    window = settings.exam.window
    if window is None:
        return UTC
    try:
        return ZoneInfo(window.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def local(settings: Settings, at: datetime) -> datetime:
    """Return a time in the session's time zone, or in the machine's where it has no window."""
    return at.astimezone(zone_of(settings)) if settings.exam.window else at.astimezone()


def day_of(desk: Desk) -> Day:
    """Return the day so far.

    On the exam's own date times count from the window's start; on any other day (a rehearsal)
    from the first call of the last 24 hours, so that the pace still means something.
    """
    rules = desk.settings.exam
    rows = desk.rows()
    if rules.window is None or rules.minutes is None:
        return Day((), None)
    slots = [slot_of(rules, row.student) for row in rows]
    zone = zone_of(desk.settings)
    now = desk.clock.now().at.astimezone(zone)
    date = rules.date or now.date()
    start = datetime.combine(date, rules.window.start, zone)
    change = timedelta(seconds=rules.changeover_seconds)
    laid = lay(start, slots, pauses_of(rules, start), change)
    planned = tuple(f"{at:%H:%M}" for at in laid.starts)
    breaks = tuple(_places(laid.starts, pauses_of(rules, start)))
    called = [one.called_at for row in rows for one in row.attempts if one.called_at is not None]
    if date == now.date():
        begin = start
    elif called := [at for at in called if now - at < ONE_DAY]:
        begin = min(called).astimezone(zone)
    else:
        return Day(planned, None, breaks)
    hours = begin, begin + (datetime.combine(date, rules.window.end, zone) - start)
    found = _pace(rows, slots, now, hours, breaks=pauses_of(rules, begin), changeover=change)
    shift = begin - start
    starts = tuple(at + shift for at in laid.starts)
    due = _due(rows, breaks, now, shift)
    if due is None:
        return Day(planned, found, breaks, starts=starts)
    due_from = due.begin + shift if due.begin + shift > now else None
    return Day(planned, found, breaks, due.end + shift, due_from, starts)


def _places(starts: Sequence[datetime], breaks: Sequence[Pause]) -> Iterator[tuple[int, Pause]]:
    """Return breaks with the student after them; one that nobody comes after has no place."""
    for one in breaks:
        place = next((n for n, at in enumerate(starts) if at >= one.end), None)
        if place is not None:
            yield place, one


def _due(
    rows: Sequence[Row], breaks: Sequence[tuple[int, Pause]], now: datetime, shift: timedelta
) -> Pause | None:
    """Return the break that has come or soon comes; the day runs `shift` later than the plan."""
    for place, one in breaks:
        before, after = rows[:place], rows[place:]
        is_next = not any(_is_to_come(row) for row in before) and any(map(_is_to_come, after))
        has_begun = any(row.is_done for row in before)
        if is_next and has_begun and one.begin + shift - SOON <= now < one.end + shift:
            return None if any(row.attempt.phase in UNDER_WAY for row in after) else one
    return None


def _is_to_come(row: Row) -> bool:
    return not row.is_done and row.attempt.phase not in PASSED_OVER


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt in the course of the day, in the session's time zone."""

    called_at: datetime
    over_at: datetime | None
    verdict: Verdict | None
    behind: timedelta | None
    """How late the call was against the plan; None without a plan."""


def turns(desk: Desk) -> list[Turn]:
    """Return the attempts of the exam day in the order of their calls.

    The day is the 24 hours from the first call. What was keyed in from paper has no times.
    """
    listed = [
        (one.called_at, one, slot_of(desk.settings.exam, row.student) / len(row.attempts))
        for row in desk.rows()
        for one in row.attempts
        if one.called_at is not None and one.from_paper is None
    ]
    listed.sort(key=lambda part: part[0])
    rules = desk.settings.exam
    found: list[Turn] = []
    if not listed:
        return found
    begin, done = begin_of(desk, local(desk.settings, listed[0][0])), timedelta(0)
    change = timedelta(seconds=rules.changeover_seconds)
    free = lay(begin, [slot for *_, slot in listed], pauses_of(rules, begin), change).free
    for called_at, one, slot in listed:
        at = local(desk.settings, called_at)
        if called_at - listed[0][0] > ONE_DAY:
            break
        over = local(desk.settings, one.decided_at) if one.decided_at else None
        has_plan = rules.window is not None and rules.minutes is not None
        late = at - begin - overlap(begin, at, free) - done if has_plan else None
        found.append(Turn(at, over, one.verdict, late))
        done += slot if over else timedelta(0)
    return found


def begin_of(desk: Desk, first: datetime) -> datetime:
    """Return when a day of a first call began by its plan: with its window, or with that call."""
    window = desk.settings.exam.window
    if window is None or desk.settings.exam.date not in (None, first.date()):
        return first
    return datetime.combine(first.date(), window.start, first.tzinfo)


def _pace(
    rows: list[Row],
    slots: list[timedelta],
    now: datetime,
    hours: tuple[datetime, datetime],
    *,
    breaks: Sequence[Pause],
    changeover: timedelta,
) -> Pace:
    done = [slot for row, slot in zip(rows, slots, strict=True) if row.is_done]
    to_come = [(row, slot) for row, slot in zip(rows, slots, strict=True) if _is_to_come(row)]
    used = sum((_used(row, slot, now) for row, slot in to_come), timedelta(0))
    seen = ratios(visits(rows, slots, since=now - ONE_DAY), breaks)
    return pace(
        now,
        *hours,
        done=done,
        ahead=[slot for _, slot in to_come],
        used=used,
        seen=seen,
        breaks=breaks,
        changeover=changeover,
    )


def visits(rows: Sequence[Row], slots: Sequence[timedelta], since: datetime) -> list[Visit]:
    """Return what the decided attempts took, those called before `since` left out.

    What was keyed in from paper has only the times of the keying, and what was voided has no end.
    """
    return [
        Visit(one.called_at, one.decided_at, slot / len(row.attempts))
        for row, slot in zip(rows, slots, strict=True)
        for one in row.attempts
        if one.called_at is not None
        and one.decided_at is not None
        and one.from_paper is None
        and one.phase is Phase.DECIDED
        and one.called_at > since
    ]


def _used(row: Row, slot: timedelta, now: datetime) -> timedelta:
    """Return how much of a student's slot is behind us: decided papers, and the one under way."""
    used = timedelta(0)
    for attempt in row.attempts:
        if attempt.phase is Phase.DECIDED:
            used += slot / len(row.attempts)
        elif attempt.phase in UNDER_WAY and attempt.called_at is not None:
            used += now - attempt.called_at
    return min(used, slot)
