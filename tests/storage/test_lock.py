"""The session's lock, against other processes: live, frozen and killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from examrunner.domain.errors import Environment, Refused
from examrunner.storage.lock import WIDTH, SessionLock
from tests.fakes import FakeClock
from tests.storage.ledgers import NOW, later, process, say


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the lock is."""
    return tmp_path / "exam.lock"


def hold(name: str) -> None:
    """Take a lock and beat once, then wait to be killed."""
    lock = SessionLock(Path(name))
    lock.acquire("ann", NOW)
    lock.beat(later(3))
    say(os.getpid())
    signal.pause()


def holder(path: Path) -> subprocess.Popen[str]:
    """Return another process that has the lock."""
    other = process(hold, path)
    assert other.stdout is not None
    assert int(other.stdout.readline()) == other.pid
    return other


def end(other: subprocess.Popen[str]) -> None:
    """Kill a process."""
    other.kill()
    other.communicate()


def test_a_frozen_holder_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock held by a frozen process is refused with who has it, since when and what to do."""
    monkeypatch.setenv("TZ", "America/Chicago")
    time.tzset()
    other = holder(path)
    try:
        other.send_signal(signal.SIGSTOP)
        with pytest.raises(Refused) as told:
            SessionLock(path).acquire("bob", NOW)
    finally:
        end(other)
        monkeypatch.undo()
        time.tzset()
    assert told.value.message == (
        f"This session is open already: by ann, process {other.pid}, since 2024-12-13 09:00."
    )
    assert "--take-over" in told.value.hint


def test_being_refused_changes_nothing(path: Path) -> None:
    """Who is refused leaves the holder's line as it was."""
    other = holder(path)
    before = path.read_bytes()
    with pytest.raises(Refused):
        SessionLock(path).acquire("bob", later(9))
    assert path.read_bytes() == before
    end(other)


def test_a_killed_holder_leaves_its_last_sign_of_life(path: Path) -> None:
    """After kill -9 the lock is free, and the last sign of life can be read before taking it."""
    end(holder(path))
    lock = SessionLock(path)
    assert lock.last_seen() == later(3)
    lock.acquire("bob", later(60))
    assert lock.last_seen() == later(60)
    lock.release()


def test_released_is_free(path: Path) -> None:
    """A released lock can be taken again; releasing twice is fine; the file stays."""
    lock = SessionLock(path)
    lock.acquire("ann", NOW)
    lock.release()
    lock.release()
    lock.beat(later(5))
    assert lock.last_seen() == NOW
    lock.acquire("ann", later(7))
    lock.release()


def test_one_process_cannot_take_it_twice(path: Path) -> None:
    """A second lock object of the same process is refused too."""
    lock = SessionLock(path)
    lock.acquire("ann", NOW)
    with pytest.raises(Refused, match=f"by ann, process {os.getpid()}"):
        SessionLock(path).acquire("ann", NOW)
    lock.release()


@pytest.mark.parametrize("name", ["ann", "é" * 500, "🎓" * 500, "\x00" * 500, '"\\' * 300, ""])
def test_the_line_has_one_width(path: Path, name: str) -> None:
    """The file is one line of fixed width, whatever the holder is called."""
    lock = SessionLock(path)
    lock.acquire(name, replace(NOW, boot_id="b" * 36, boot_ns=2**62))
    assert lock.last_seen() is not None
    lock.release()
    content = path.read_bytes()
    assert len(content) == WIDTH
    assert content.index(b"\n") == WIDTH - 1


def test_a_longer_line_leaves_no_tail(path: Path) -> None:
    """A holder with a short name after one with a long name leaves a line that reads."""
    for name in ("a" * 40, "b"):
        lock = SessionLock(path)
        lock.acquire(name, NOW)
        lock.release()
        assert lock.last_seen() == NOW


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        pytest.param(b"[" * 100_000, id="long and deep"),
        b'{"seen":null}',
        b'{"seen":7}',
        b'{"seen":{"at":"yesterday","boot_id":"b","boot_ns":1}}',
        b'{"seen":{"at":"2024-12-13T15:00:00.000000Z"}}',
        b'{"seen":{"at":"2024-12-13T15:00:00.000000Z","boot_id":"b","boot_ns":"1"}}',
        b'{"seen":{"at":"2024-12-13T15:00:00.000000Z","boot_id":"b","boot_ns":1,"x":2}}',
    ],
)
def test_a_torn_or_foreign_line_says_nothing(path: Path, content: bytes | None) -> None:
    """A missing, empty, torn or foreign file gives no last sign of life, and locks all the same."""
    if content is not None:
        path.write_bytes(content)
    lock = SessionLock(path)
    assert lock.last_seen() is None
    lock.acquire("ann", NOW)
    assert lock.last_seen() == NOW
    lock.release()


def test_the_last_sign_of_life_stays_until_the_next(path: Path) -> None:
    """Who takes the lock may leave the word of the holder before, until the first own beat."""
    lock = SessionLock(path)
    lock.acquire("ann", later(60), NOW)
    assert lock.last_seen() == NOW
    lock.beat(later(61))
    assert lock.last_seen() == later(61)
    lock.release()


def test_every_cut_of_a_line_is_whole_or_nothing(path: Path) -> None:
    """A line cut at any byte gives the sign of life that was written, or none."""
    lock = SessionLock(path)
    lock.acquire("ann", NOW)
    lock.release()
    whole = path.read_bytes()
    for length in range(0, WIDTH, 7):
        path.write_bytes(whole[:length])
        assert lock.last_seen() in (None, NOW)


def test_a_holders_name_cannot_move_the_cursor(path: Path) -> None:
    """Control characters in the file are shown as marks in the refusal."""
    lock = SessionLock(path)
    lock.acquire("ann\x1b]0;x\x07", NOW)
    with pytest.raises(Refused) as told:
        SessionLock(path).acquire("bob", NOW)
    assert "\x1b" not in str(told.value)
    lock.release()


def test_a_holder_that_left_no_line_is_refused_too(path: Path) -> None:
    """A lock whose file says nothing is refused without who and when."""
    lock = SessionLock(path)
    lock.acquire("ann", NOW)
    os.truncate(path, 0)
    with pytest.raises(Refused, match=r"^This session is open already\.\n"):
        SessionLock(path).acquire("bob", NOW)
    lock.release()


def test_the_file_is_private(path: Path) -> None:
    """The lock's file is private to the user."""
    lock = SessionLock(path)
    lock.acquire("ann", NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lock.release()


def test_a_started_program_does_not_inherit_the_lock(path: Path) -> None:
    """A program that the holder started does not keep the lock when the holder lets go."""
    lock = SessionLock(path)
    lock.acquire("ann", NOW)
    child = subprocess.Popen(
        [sys.executable, "-c", "input('ready\\n')"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=False,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    lock.release()
    again = SessionLock(path)
    again.acquire("ann", NOW)
    again.release()
    child.communicate(b"\n")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A lock that cannot be made is an Environment."""
    with pytest.raises(Environment, match="cannot be written"):
        SessionLock(tmp_path / "none" / "exam.lock").acquire("ann", NOW)


def test_a_beat_is_cheap(path: Path) -> None:
    """A hundred signs of life take less than a tenth of a second: nothing is synced."""
    lock, clock = SessionLock(path), FakeClock()
    lock.acquire("ann", clock.now())
    begun = time.process_time()
    for _ in range(100):
        clock.advance(1)
        lock.beat(clock.now())
    assert time.process_time() - begun < 0.1
    assert lock.last_seen() == clock.now()
    lock.release()
