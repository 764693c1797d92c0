"""The machine's clocks; what differs between platforms stays in here."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from examrunner.domain.exam.moments import Moment

_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""Linux counts sleep in CLOCK_BOOTTIME, macOS in CLOCK_MONOTONIC (where time.monotonic does not)."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """Wall clock, and a boot clock that nobody can set and that counts sleep."""

    def now(self) -> Moment:
        """Return the present moment."""
        return Moment(datetime.now(UTC), boot_id(), boot_ns())


def boot_ns() -> int:
    """Return nanoseconds since the boot, sleep included where the platform can tell."""
    return time.clock_gettime_ns(_CLOCK) if _CLOCK is not None else time.monotonic_ns()


@cache
def boot_id() -> str:
    """Return what names this boot: the kernel's id, else the minute in which it began."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        began = time.time() - boot_ns() / 1e9
        return f"boot-{round(began / 60)}"
