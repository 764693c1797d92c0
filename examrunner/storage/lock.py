"""The lock on a session: it tells a live examiner from a dead one, and when it was last alive.

The lock itself is the kernel's and goes with the process. The file's one line says who holds it
and when that process last gave a sign of life; it is rewritten in place each second, without a
sync, since the kernel keeps it when the process is killed.

A folder in which a file is read and written anew has a plainer one, without a file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import canonical, from_plain, to_plain
from examrunner.domain.text import safe
from examrunner.storage.files import PRIVATE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 512
"""Bytes of the line, padded: a shorter one never leaves the end of a longer one behind."""
LONGEST_HOLDER = 40
"""Characters; four bytes or one escape each, it fits the line."""


class SessionLock:
    """The lock of one session folder. The file is never removed: a lock goes with its file.

    Taking over puts a new file in its place, so that from then on the taker is the one found alive.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._about: dict[str, object] = {}
        self.held_by: object = None
        """Process that had it when it was asked for, if one did."""

    def acquire(
        self,
        holder: str,
        moment: Moment,
        seen: Moment | None = None,
        *,
        take_over: bool = False,
    ) -> None:
        """Take the lock. `seen` stays as the last sign of life until the next beat.

        Raises Refused where another live process has it, Environment where the disk says no. With
        `take_over` a held lock is left alone until `put_aside`, once the ledger's lease has shut
        its holder out.
        """
        before = self._read()
        try:
            self._file = self._opened()
        except OSError as fault:
            raise self._no_folder(fault) from fault
        if self._file is None:
            self.held_by = before.get("pid")
            if not take_over:
                raise Refused(
                    _taken(before),
                    "Go on there or close it; --watch looks on; --take-over shuts it out.",
                )
        self._about = {
            "holder": holder[:LONGEST_HOLDER],
            "pid": os.getpid(),
            "since": to_plain(moment.at),
        }
        self.beat(seen or moment)

    def _opened(self) -> int | None:
        """Open and lock the file; None where it is held. A file put aside meanwhile is let go."""
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
            if not _try_lock(file):
                os.close(file)
                return None
            if self._is_still(file):
                return file
            os.close(file)

    def _is_still(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self._path.stat())
        except FileNotFoundError:
            return False

    def put_aside(self, seen: Moment) -> None:
        """Put a locked file of ours in the place of a held one; its holder keeps a nameless one."""
        try:
            handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                _try_lock(handle)
                Path(name).replace(self._path)
            except BaseException:
                os.close(handle)
                Path(name).unlink()
                raise
        except OSError as fault:
            raise self._no_folder(fault) from fault
        self._file = handle
        self.beat(seen)

    def _no_folder(self, fault: OSError) -> Environment:
        return Environment(
            f"The session folder cannot be written: {fault.strerror}.",
            f"Check the permissions of {self._path.parent}.",
        )

    def beat(self, moment: Moment) -> None:
        """Leave a sign of life. A failure to is not worth an exam."""
        if self._file is None:
            return
        line = canonical({**self._about, "seen": to_plain(moment)}).encode()
        try:
            _write_at_start(self._file, line.ljust(WIDTH - 1) + b"\n")
        except OSError:
            return

    def last_seen(self) -> Moment | None:
        """Return when an earlier holder was last alive; None where the file does not say."""
        try:
            seen = from_plain(Moment, self._read()["seen"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        types = (type(seen.boot_id), type(seen.boot_ns))  # a foreign line may hold anything
        return seen if types == (str, int) else None

    def words(self) -> str:
        """Return in words who holds the lock, or held it last, as far as the file says."""
        return _taken(self._read())

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_bytes()[:WIDTH])
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


@contextmanager
def alone(path: Path, holder: str, moment: Moment) -> Iterator[None]:
    """Hold the lock of a session that is nobody's; its last sign of life stays as it was.

    Raises as `acquire` does.
    """
    lock = SessionLock(path)
    lock.acquire(holder, moment, lock.last_seen())
    try:
        yield
    finally:
        lock.release()


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process at a time change a file of a folder that is read and written anew.

    The lock is the kernel's, on the folder itself: nothing is left behind, not even by a process
    that is killed. Where there is none (Windows, some file servers) nobody waits.
    """
    file: int | None = None
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError):
            file = os.open(folder, os.O_RDONLY)
    try:
        if file is not None:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        if file is not None:
            os.close(file)


def _taken(about: dict[str, Any]) -> str:
    """Return in words who holds a lock, as far as the file says."""
    words = "This session is open already"
    if "holder" in about and "pid" in about:
        words += f": by {safe(str(about['holder']))}, process {safe(str(about['pid']))}"
    try:
        since = from_plain(datetime, about["since"])
    except (ValueError, TypeError, KeyError):
        return f"{words}."
    return f"{words}, since {since.astimezone():%Y-%m-%d %H:%M}."


def _try_lock(file: int) -> bool:
    """Take the kernel's lock if it is free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, WIDTH * 2, os.SEEK_SET)  # beyond the line: others may read that
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write_at_start(file: int, data: bytes) -> None:
    if sys.platform == "win32":
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, data)
    else:
        os.pwrite(file, data, 0)
