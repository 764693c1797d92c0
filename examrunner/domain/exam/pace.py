"""Pace: planned times, how far behind the day is, and when it will end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ENOUGH_SEEN = 3
"""So many finished students make the observed pace worth more than the plan."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the day stands against its window."""

    to_go: int
    behind: timedelta
    """How late the next student is against the plan; negative when early."""
    each: timedelta | None
    """Time for each student still to come, changeover included, that ends the day on time."""
    ends_at: datetime
    """Projected end at the observed pace."""
    window_end: datetime


def planned_starts(begin: datetime, slots: Sequence[timedelta]) -> list[datetime]:
    """Return when each student is planned to start; a slot is allowance plus changeover."""
    starts, at = [], begin
    for slot in slots:
        starts.append(at)
        at += slot
    return starts


def pace(
    now: datetime,
    begin: datetime,
    end: datetime,
    *,
    done: Sequence[timedelta],
    ahead: Sequence[timedelta],
    used: timedelta = timedelta(0),
) -> Pace:
    """Return the pace of a day.

    `done` and `ahead` are the planned slots of the students finished and still to come, the
    one under way included in `ahead`; `used` is the time that one has used so far. The
    observed pace is the time since `begin` over the planned time it covered, once ENOUGH_SEEN
    students are done.
    """
    planned = sum(done, timedelta(0))
    behind = now - begin - planned - used
    factor = 1.0
    if len(done) >= ENOUGH_SEEN and planned:
        factor = max(0.25, (now - begin - used) / planned)
    rest = sum(ahead, timedelta(0)) * factor - used
    starts_at = now if done or used else max(now, begin)
    each = (end - starts_at + used) / len(ahead) if ahead else None
    return Pace(len(ahead), behind, each, starts_at + max(rest, timedelta(0)), end)
