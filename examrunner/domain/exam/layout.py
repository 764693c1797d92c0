"""Where the students of a day stand in time: one after the other, and never in a break.

A slot is what a student takes of the day, allowance and changeover. A student who would still be
there when a break begins comes after it; the changeover before a break may lie within it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOUGHT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """A planned break of one day."""

    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Laid:
    """Slots laid out in time."""

    starts: tuple[datetime, ...]
    free: tuple[Pause, ...]
    """When nobody is planned: breaks, what is too short before one, and breaks after the last."""
    over: datetime
    """When the last slot ends."""


def lay(
    begin: datetime,
    slots: Iterable[timedelta],
    breaks: Sequence[Pause] = (),
    changeover: timedelta = NOUGHT,
    *,
    is_under_way: bool = False,
) -> Laid:
    """Return when each slot starts; `changeover` is the part of it that may lie in a break.

    `breaks` are in order and do not overlap. The slot of a student who is under way stays where
    it is.
    """
    starts: list[datetime] = []
    free: list[Pause] = []
    at, to_come = begin, list(breaks)[::-1]
    for place, slot in enumerate(slots):
        start, talk = at, max(NOUGHT, slot - changeover)
        while to_come and to_come[-1].begin < start + talk and not (is_under_way and not place):
            start = max(start, to_come.pop().end)
        if start > at:
            free.append(Pause(at, start))
        starts.append(start)
        at = start + slot
    after = [Pause(max(at, one.begin), one.end) for one in breaks if one.end > at]
    return Laid(tuple(starts), (*free, *after), at)


def overlap(begin: datetime, end: datetime, pauses: Iterable[Pause]) -> timedelta:
    """Return how much of a time lies in pauses that do not overlap each other."""
    parts = (min(end, one.end) - max(begin, one.begin) for one in pauses)
    return sum((part for part in parts if part > NOUGHT), NOUGHT)
