"""A clock that only moves when told to, and entropy that is the same each time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from examrunner.domain.exam.moments import NS, Moment

NINE = datetime(2024, 12, 13, 15, 0, tzinfo=UTC)
"""Nine o'clock in Chicago on the day of the demo session."""


class FakeClock:
    """Both clocks, moved by hand."""

    def __init__(self, at: datetime = NINE, boot_id: str = "boot-1") -> None:
        self.at = at
        self.boot_id = boot_id
        self.boot_ns = 1_000 * NS
        self.asleep = 0.0

    def now(self) -> Moment:
        """Return the moment that was set."""
        return Moment(self.at, self.boot_id, self.boot_ns)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)
        self.boot_ns += int(seconds * NS)

    def slept(self) -> float:
        """Return the seconds that were slept."""
        return self.asleep

    def fall_asleep(self, seconds: float) -> None:
        """Let time pass while the machine sleeps."""
        self.asleep += seconds
        self.advance(seconds)


class FakeEntropy:
    """Bytes that look random and repeat from test to test."""

    def __init__(self, seed: str = "seed") -> None:
        self.seed = seed
        self.calls = 0

    def __call__(self, count: int) -> bytes:
        """Return the next bytes."""
        self.calls += 1
        block = b""
        while len(block) < count:
            block += hashlib.sha256(f"{self.seed} {self.calls} {len(block)}".encode()).digest()
        return block[:count]
