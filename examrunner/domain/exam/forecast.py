"""When the day will end: an 80 % forecast from the students who are done.

The plan says how long each student takes; the students who are done say how far off it is, and
how much that varies. Of n students done with mean ratio r of time taken to time planned, the rest
of m students takes m r slots, give or take t s sqrt(m + m^2 / n) of them: m lots of chance, and
one doubt about r that all share. It assumes that later students are like earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING

from examrunner.domain.exam.layout import NOUGHT, Pause, lay, overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENOUGH_SEEN = 3
"""So many finished students make what was seen worth more than the plan."""
BREAK = timedelta(minutes=5)
"""A longer gap between two students is a break and says nothing of the pace."""
NORMAL_90 = 1.2815515655446004
"""The standard normal quantile that 10 % lie above: 80 % lie between it and its negative."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One attempt that is over: from the call to the verdict."""

    called_at: datetime
    over_at: datetime
    planned: timedelta
    """Its slot: allowance and changeover."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the day ends, in 8 of 10 days like this."""

    early: datetime
    likely: datetime
    late: datetime


def ratios(visits: Iterable[Visit], breaks: Sequence[Pause] = ()) -> list[float]:
    """Return for each visit the time it took over the time planned for it.

    The changeover before a visit belongs to it; a break before it does not, planned or not, and
    neither does what came before the first one: a late start is no slow pace.
    """
    found = []
    before: datetime | None = None
    for visit in sorted(visits, key=lambda one: one.over_at):
        start = visit.called_at
        if before is not None:
            gap = start - before - overlap(before, start, breaks)
            start -= gap if gap <= BREAK else NOUGHT
        if visit.planned > NOUGHT:
            found.append(max(NOUGHT, visit.over_at - start) / visit.planned)
        before = visit.over_at
    return found


def forecast(
    start: datetime,
    seen: Sequence[float],
    ahead: Sequence[timedelta],
    used: timedelta = NOUGHT,
    *,
    breaks: Sequence[Pause] = (),
    changeover: timedelta = NOUGHT,
) -> Forecast | None:
    """Return when those ahead will be done; None until ENOUGH_SEEN students are done.

    `seen` are the ratios of the students done, `ahead` the planned slots of the others, `used`
    what the one under way has had of them by `start`; `breaks` and `changeover` are those of `lay`.
    """
    count = len(seen)
    if count < ENOUGH_SEEN:
        return None
    mean = sum(seen) / count
    spread = sqrt(sum((one - mean) ** 2 for one in seen) / (count - 1))
    slots = [slot.total_seconds() for slot in ahead]
    rest = sum(slots) * mean - used.total_seconds()
    chance = sum(slot * slot for slot in slots) + sum(slots) ** 2 / count
    doubt = quantile_90(count - 1) * spread * sqrt(chance)

    left = rest_of(ahead, used)
    planned = sum(left, NOUGHT)

    def at(seconds: float) -> datetime:
        taken = timedelta(seconds=max(0.0, seconds))
        if not breaks or not planned:
            return start + taken
        drawn_out = [slot * (taken / planned) for slot in left]
        return lay(start, drawn_out, breaks, changeover, is_under_way=bool(used)).over

    return Forecast(at(rest - doubt), at(rest), at(rest + doubt))


def rest_of(ahead: Sequence[timedelta], used: timedelta) -> list[timedelta]:
    """Return what is left of some slots, the time used taken off the first ones."""
    left = []
    for slot in ahead:
        part = min(slot, used)
        used -= part
        left.append(slot - part)
    return left


def quantile_90(freedom: int) -> float:
    """Return the 90 % quantile of Student's t, good to 0.01 from two degrees of freedom on.

    The expansion of Cornish and Fisher around the normal quantile.
    """
    z, v = NORMAL_90, float(freedom)
    first = (z**3 + z) / (4 * v)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    return z + first + second + third
