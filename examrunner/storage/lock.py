"""The lock on a session: it tells a live examiner from a dead one, and when it was last alive.

The lock itself is the kernel's and goes with the process. The file's one line says who holds it
and when that process last gave a sign of life; it is rewritten in place each second, without a
sync, since the kernel keeps it when the process is killed.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.exam.moments import Moment
from examrunner.domain.plain import canonical, from_plain, to_plain

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 512
"""Bytes of the line, padded: a shorter one never leaves the end of a longer one behind."""


class SessionLock:
    """The lock of one session folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._about: dict[str, object] = {}

    def acquire(self, holder: str, moment: Moment) -> None:
        """Take the lock.

        Raises Refused where another live process has it, Environment where the disk says no.
        """
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise Environment(
                f"The session folder cannot be written: {fault.strerror}.",
                f"Check the permissions of {self._path.parent}.",
            ) from fault
        if not _try_lock(file):
            os.close(file)
            raise Refused(_taken(self._read()), "Close the other window, or go on there.")
        self._file = file
        self._about = {"holder": holder, "pid": os.getpid(), "since": to_plain(moment)}
        self.beat(moment)

    def beat(self, moment: Moment) -> None:
        """Leave a sign of life. A failure to is not worth an exam."""
        if self._file is None:
            return
        text = canonical({**self._about, "seen": to_plain(moment)}).ljust(WIDTH - 1) + "\n"
        try:
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, text.encode())
        except OSError:
            return

    def last_seen(self) -> Moment | None:
        """Return when an earlier holder was last alive; None where the file does not say."""
        seen = self._read().get("seen")
        try:
            return from_plain(Moment, seen) if seen else None
        except (TypeError, ValueError, AttributeError, KeyError):
            return None

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _taken(about: dict[str, object]) -> str:
    who, pid, since = about.get("holder"), about.get("pid"), about.get("since")
    words = "This session is already open"
    if who and pid:
        words += f" ({who}, process {pid}"
        if isinstance(since, dict) and isinstance(since.get("at"), str):
            words += f", since {since['at'][:16].replace('T', ' ')} UTC"
        words += ")"
    return f"{words}."


def _try_lock(file: int) -> bool:
    """Take the kernel's lock if it is free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, WIDTH * 2, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
