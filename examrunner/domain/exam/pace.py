"""Pace: planned times, how far behind the day is, and when it will end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from examrunner.domain.exam.forecast import Forecast, forecast

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the day stands against its window."""

    to_go: int
    behind: timedelta
    """How late the next student is against the plan; negative when early."""
    each: timedelta | None
    """Time for each student still to come, changeover included, that ends the day on time."""
    ends_at: datetime
    """Projected end: as forecast, or as planned while too few students are done."""
    window_end: datetime
    forecast: Forecast | None = None
    """None while too few students are done to go by."""


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
    seen: Sequence[float] = (),
) -> Pace:
    """Return the pace of a day.

    `done` and `ahead` are the planned slots of the students finished and still to come, the
    one under way included in `ahead`; `used` is the time that one has used so far. `seen` are
    the ratios of time taken to time planned of those finished, for the forecast.
    """
    behind = now - begin - sum(done, timedelta(0)) - used
    starts_at = now if done or used else max(now, begin)
    each = (end - starts_at + used) / len(ahead) if ahead else None
    expected = forecast(starts_at, seen, ahead, used)
    rest = max(timedelta(0), sum(ahead, timedelta(0)) - used)
    ends_at = expected.likely if expected else starts_at + rest
    return Pace(len(ahead), behind, each, ends_at, end, expected)
