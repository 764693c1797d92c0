"""Pace: planned times, how far behind the day is, and when it will end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from examrunner.domain.exam.forecast import Forecast, forecast, rest_of
from examrunner.domain.exam.layout import NOUGHT, Pause, lay, overlap

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the day stands against its window."""

    to_go: int
    behind: timedelta
    """How late the next student is against the plan; negative when early. No break is late."""
    each: timedelta | None
    """Time for each student still to come, changeover included, that ends the day on time."""
    ends_at: datetime
    """Projected end: as forecast, or as planned while too few students are done."""
    window_end: datetime
    forecast: Forecast | None = None
    """None while too few students are done to go by."""


def pace(
    now: datetime,
    begin: datetime,
    end: datetime,
    *,
    done: Sequence[timedelta],
    ahead: Sequence[timedelta],
    used: timedelta = timedelta(0),
    seen: Sequence[float] = (),
    breaks: Sequence[Pause] = (),
    changeover: timedelta = NOUGHT,
) -> Pace:
    """Return the pace of a day.

    `done` and `ahead` are the planned slots of the students finished and still to come, the
    one under way included in `ahead`; `used` is the time that one has used so far. `seen` are
    the ratios of time taken to time planned of those finished, for the forecast. `breaks` and
    `changeover` are those of `lay`.
    """
    free = lay(begin, [*done, *ahead], breaks, changeover).free
    behind = now - begin - overlap(begin, now, free) - sum(done, NOUGHT) - used
    starts_at = now if done or used else max(now, begin)
    open_time = end - starts_at - overlap(starts_at, end, breaks) + used
    each = open_time / len(ahead) if ahead else None
    expected = forecast(starts_at, seen, ahead, used, breaks=breaks, changeover=changeover)
    rest = lay(starts_at, rest_of(ahead, used), breaks, changeover, is_under_way=bool(used))
    ends_at = expected.likely if expected else rest.over
    return Pace(len(ahead), behind, each, ends_at, end, expected)
