"""The machine's clocks."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examrunner.domain.exam.moments import seconds_between
from examrunner.storage import clock
from examrunner.storage.clock import SystemClock, boot_clock, boot_id, boot_ns


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    boot_id.cache_clear()


def test_now_is_now_and_aware() -> None:
    """A moment carries the present time in UTC."""
    at = SystemClock().now().at
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=5)


def test_moments_of_one_boot_follow_each_other() -> None:
    """Two moments of one boot share its id, and the later one is never earlier."""
    first, second = SystemClock().now(), SystemClock().now()
    assert first.boot_id == second.boot_id != ""
    assert second.boot_ns >= first.boot_ns
    assert seconds_between(first, second) < 5


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says")
def test_linux_counts_sleep_and_names_the_boot() -> None:
    """On Linux the boot clock is CLOCK_BOOTTIME and the boot's name is the kernel's."""
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert before <= boot_ns() <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert boot_id() == Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_another_process_names_the_same_boot() -> None:
    """A second process of the same boot has the same boot id and a later boot clock."""
    code = "from examrunner.storage.clock import *; print(boot_id(), boot_ns())"
    before = boot_ns()
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    name, ns = found.stdout.split()
    assert name == boot_id()
    assert before < int(ns) < boot_ns()


@pytest.mark.parametrize(
    ("platform", "names", "expected"),
    [
        ("linux", {"CLOCK_BOOTTIME": 7, "CLOCK_MONOTONIC_RAW": 4, "CLOCK_MONOTONIC": 1}, 7),
        ("darwin", {"CLOCK_MONOTONIC_RAW": 4, "CLOCK_MONOTONIC": 6}, 4),
        ("freebsd14", {"CLOCK_MONOTONIC": 4}, 4),
        ("win32", {}, None),
    ],
)
def test_each_platform_has_its_clock(
    monkeypatch: pytest.MonkeyPatch, platform: str, names: dict[str, int], expected: int | None
) -> None:
    """Each platform's clock that counts sleep is chosen, none where there is none by name."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC_RAW", "CLOCK_MONOTONIC"):
        monkeypatch.delattr(time, name, raising=False)
    for name, number in names.items():
        monkeypatch.setattr(time, name, number, raising=False)
    assert boot_clock(platform) == expected


def test_without_named_clocks_the_monotonic_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no clock has a name, time.monotonic counts."""
    monkeypatch.setattr(clock, "_CLOCK", None)
    before = time.monotonic_ns()
    assert before <= boot_ns() <= time.monotonic_ns()


def test_without_a_kernels_name_the_boots_minute_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the kernel does not name the boot, the minute in which it began does."""
    monkeypatch.setattr(clock, "_LINUX_BOOT_ID", tmp_path / "none")
    monkeypatch.setattr(clock, "_mac_boot_id", str)
    monkeypatch.setattr(clock, "boot_ns", lambda: 30 * 10**9)
    monkeypatch.setattr(time, "time", lambda: 90.0)
    assert boot_id() == "boot-1"


def test_the_boot_is_named_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The boot's name is read once and does not change while the process lives."""
    name = boot_id()
    monkeypatch.setattr(clock, "_LINUX_BOOT_ID", tmp_path / "none")
    assert boot_id() == name
