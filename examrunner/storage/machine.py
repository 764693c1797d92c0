"""What the machine is like: disk, modes, terminal. What differs between platforms stays in here."""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.storage.clock import boot_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TRIED = ("Linux",)
"""Systems on which the program has been run and tested."""
_REMOTE = re.compile(
    r"nfs\d*|cifs|smb\d*|smbfs|afs|ncpfs|ceph|glusterfs|lustre|9p|virtiofs|vboxsf|vmhgfs"
    r"|fuse.*"
)
_SYNCED = re.compile(
    r"dropbox|onedrive|google ?drive|my drive|icloud|mobile documents|cloudstorage|nextcloud"
    r"|owncloud|pcloud|syncthing|seafile",
)
_ESCAPED = re.compile(r"\\([0-7]{3})")
_MOUNTS = Path("/proc/self/mountinfo")
_LOCKS = Path("/proc/locks")
_OTHERS = 0o077
TRUE_COLOURS = 1 << 24


def name() -> str:
    """Return the system's name: Linux, macOS, Windows."""
    known = {"Darwin": "macOS"}
    return known.get(platform.system(), platform.system())


# --- disk ----------------------------------------------------------------------------------


def free_bytes(folder: Path) -> int:
    """Return how much more a folder's disk takes. Raises OSError."""
    return shutil.disk_usage(folder).free


def file_system(folder: Path) -> str:
    """Return the kind of file system that a folder stands on, such as ext4; empty if unknown."""
    try:
        return kind_of(folder.resolve(), _MOUNTS.read_text("utf-8", "surrogateescape").splitlines())
    except OSError:
        return ""


def kind_of(folder: Path, mounts: Iterable[str]) -> str:
    """Return the kind of file system of a folder by the lines of Linux's mountinfo."""
    found, depth = "", 0
    for line in mounts:
        head, _, tail = line.partition(" - ")
        fields = head.split()
        if len(fields) < 5 or not tail:  # noqa: PLR2004  the fifth field is the mount point
            continue
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if folder.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = tail.split()[0], len(point.parts)
    return found


def is_remote(kind: str) -> bool:
    """Say whether a file system is another machine's, or a program's: its locks may not hold."""
    return _REMOTE.fullmatch(kind) is not None


def synced_by(folder: Path) -> str:
    """Return the part of a folder's path that names a service which copies files away; or empty."""
    for part in folder.resolve().parts:
        if _SYNCED.match(part.casefold()):
            return part
    return ""


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Give a folder in a folder, which goes away again. Raises OSError where that cannot be."""
    with tempfile.TemporaryDirectory(prefix=".doctor.", dir=folder) as made:
        yield Path(made)


# --- files ---------------------------------------------------------------------------------


def is_open_to_others(path: Path) -> bool:
    """Say whether a file or folder gives others than its owner any right. Raises OSError."""
    about = path.lstat()
    return os.name != "nt" and not stat.S_ISLNK(about.st_mode) and bool(about.st_mode & _OTHERS)


def is_writable(path: Path) -> bool:
    """Say whether a file may be written, its disk included."""
    return os.access(path, os.W_OK)


def is_locked(path: Path) -> bool | None:
    """Say whether a process holds the kernel's lock on a file; None where that is not told.

    Asks the kernel's list instead of trying: a try would be a lock itself for a moment.
    """
    try:
        inode = path.stat().st_ino
    except OSError:
        return False
    try:
        lines = [line.split() for line in _LOCKS.read_text("ascii").splitlines()]
        held = [words[5].rsplit(":", 1)[1] for words in lines if words[1:4:2] == ["FLOCK", "WRITE"]]
    except (OSError, ValueError, IndexError):
        return None
    return str(inode) in held


# --- clock ---------------------------------------------------------------------------------


def counts_sleep() -> bool:
    """Say whether there is a clock that nobody can set and that goes on during sleep."""
    clock = boot_clock(sys.platform)
    return clock is not None and clock != getattr(time, "CLOCK_MONOTONIC", None)


# --- terminal ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal that the program was started in."""

    columns: int
    lines: int
    kind: str
    """TERM; empty where it is not set."""
    encoding: str
    colours: int
    """How many it says it has; 0 where it does not say."""


def terminal() -> Terminal | None:
    """Return the terminal that the words go to; None where there is none."""
    for file in (1, 2, 0):
        if os.isatty(file):
            size = os.get_terminal_size(file)
            kind = os.environ.get("TERM", "")
            encoding = getattr(sys.__stdout__, "encoding", None) or ""
            return Terminal(size.columns, size.lines, kind, encoding, _colours(kind, file))
    return None


def _colours(kind: str, file: int) -> int:
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return TRUE_COLOURS
    try:
        import curses

        curses.setupterm(kind, file)
        return max(0, curses.tigetnum("colors"))
    except Exception:  # noqa: BLE001  no curses, or a terminal that it does not know
        return 0
