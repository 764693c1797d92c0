"""The clock of one attempt: time left is computed from moments, never counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from examrunner.domain.exam.moments import Moment, seconds_between


@dataclass(frozen=True, slots=True)
class Clock:
    """Time allowed and time used. Pauses are what is missing between the two moments."""

    seconds: int | None = None
    """Time allowed; None: no limit."""
    used: float = 0.0
    """Seconds used before `since`."""
    since: Moment | None = None
    """When it last began to run; None while it stands."""

    def elapsed(self, now: Moment) -> float:
        """Return the seconds used so far."""
        running = seconds_between(self.since, now) if self.since else 0.0
        return self.used + running

    def left(self, now: Moment) -> float | None:
        """Return the seconds left, negative once time is up; None without a limit."""
        return None if self.seconds is None else self.seconds - self.elapsed(now)

    def stop(self, now: Moment) -> Clock:
        """Return the clock standing from `now` on."""
        return replace(self, used=self.elapsed(now), since=None)

    def go(self, now: Moment) -> Clock:
        """Return the clock running from `now` on."""
        return self if self.since else replace(self, since=now)


def shown(seconds: float) -> str:
    """Return a duration as the screen shows it: `3:25`, `-0:07`, `1:02:30`.

    Time left is rounded up, so that 0:00 means that none is left; time over is rounded down.
    """
    whole = -int(-seconds) if seconds < 0 else -int(-seconds // 1)
    sign = "-" if whole < 0 else ""
    minutes, rest = divmod(abs(whole), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{sign}{hours}:{minutes:02d}:{rest:02d}"
    return f"{sign}{minutes}:{rest:02d}"
