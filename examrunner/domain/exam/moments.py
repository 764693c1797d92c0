"""Points in time, and how long lies between two of them.

Durations come from the boot clock, which nobody can set and which counts sleep; the wall clock
only says when something happened (reliability notes, section 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of both clocks."""

    at: datetime
    """Wall clock, aware, UTC."""
    boot_id: str
    """Names the boot; moments of different boots share no boot clock."""
    boot_ns: int
    """Nanoseconds since that boot, sleep included."""


def seconds_between(earlier: Moment, later: Moment) -> float:
    """Return the seconds from one moment to another, never negative.

    By the boot clock within one boot, by the wall clock across boots.
    """
    if earlier.boot_id == later.boot_id:
        return max(0.0, (later.boot_ns - earlier.boot_ns) / NS)
    return max(0.0, (later.at - earlier.at).total_seconds())
