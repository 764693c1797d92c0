"""The machine's clocks; what differs between platforms stays in here."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from examrunner.domain.exam.moments import NS, Moment

_LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MAC_BOOT_ID = b"kern.bootsessionuuid"
_UUID_BYTES = 64
"""Room for a UUID as text and its closing zero."""


class SystemClock:
    """Wall clock, and a boot clock that nobody can set and that counts sleep."""

    def now(self) -> Moment:
        """Return the present moment."""
        return Moment(datetime.now(UTC), boot_id(), boot_ns())

    def slept(self) -> float:
        """Return how many seconds the machine has slept since its boot; 0 where nobody can tell.

        time.monotonic stands still in sleep on Linux and macOS, the boot clock does not.
        """
        return (boot_ns() - time.monotonic_ns()) / NS


class FastClock:
    """A clock for rehearsals: from its start on it runs several times as fast as the real one."""

    def __init__(self, speed: int, began: Moment | None = None) -> None:
        """`began` is the real moment from which on it runs; None: now."""
        self._speed = speed
        self._start = began or SystemClock().now()

    def now(self) -> Moment:
        """Return the moment that the rehearsal has come to."""
        passed = (boot_ns() - self._start.boot_ns) * self._speed
        at = self._start.at + timedelta(microseconds=passed // 1000)
        return Moment(at, f"{self._start.boot_id}-fast", self._start.boot_ns + passed)

    def slept(self) -> float:
        """Return 0: sleep is not rehearsed."""
        return 0.0


def boot_clock(platform: str) -> int | None:
    """Return the clock that counts sleep and cannot be set; None where there is none by name.

    Linux has it as CLOCK_BOOTTIME. On macOS CLOCK_MONOTONIC_RAW counts sleep, which
    time.monotonic does not.
    """
    names = ("CLOCK_MONOTONIC_RAW",) if platform == "darwin" else ("CLOCK_BOOTTIME",)
    for name in (*names, "CLOCK_MONOTONIC"):
        clock: int | None = getattr(time, name, None)
        if clock is not None:
            return clock
    return None


_CLOCK = boot_clock(sys.platform)


def boot_ns() -> int:
    """Return nanoseconds since the boot, sleep included where the platform can tell."""
    if sys.platform != "win32" and _CLOCK is not None:
        return time.clock_gettime_ns(_CLOCK)
    return time.monotonic_ns()


@cache
def boot_id() -> str:
    """Return what names this boot: the kernel's id, else the minute in which it began."""
    return _linux_boot_id() or _mac_boot_id() or _boot_minute()


def _linux_boot_id() -> str:
    try:
        return _LINUX_BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _mac_boot_id() -> str:
    if sys.platform == "darwin":
        import ctypes

        found = ctypes.create_string_buffer(_UUID_BYTES)
        size = ctypes.c_size_t(_UUID_BYTES)
        ask = ctypes.CDLL(None).sysctlbyname
        if ask(_MAC_BOOT_ID, found, ctypes.byref(size), None, ctypes.c_size_t(0)) == 0:
            return found.value.decode("ascii", "replace")
    return ""


def _boot_minute() -> str:
    """Return the minute in which the machine began to count, by the wall clock as it is now.

    A wall clock set in between makes one boot look like two; then the wall clock decides how
    long lies between two moments, which is the best there is.
    """
    began = time.time() - boot_ns() / NS
    return f"boot-{round(began / 60)}"
