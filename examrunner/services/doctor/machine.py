"""The machine: disk, commits, clocks, terminal."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from examrunner import __version__
from examrunner.domain.errors import Environment
from examrunner.storage import machine

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.exam.settings import Settings
    from examrunner.services.doctor.found import Notes

WANTED = 50_000_000
LEAST = 1_000_000
"""Bytes of free space: worth a warning, and too little for one exam day."""
SLOW = 0.05
"""Seconds of a commit from which a key is felt to wait."""
OLDEST_YEAR, LATEST_YEAR = 2024, 2099
TOLERANCE = timedelta(minutes=1)
"""A file may seem so much newer than now: not all disks keep their time here."""
SMALLEST = (80, 24)
WATCHED = ("TEXTUAL_LOG", "TEXTUAL_DEBUG")
UNITS = ("bytes", "kB", "MB", "GB", "TB")


def look_at_machine(notes: Notes, folder: Path) -> None:
    """Look at what the exam day will run on."""
    _disk(notes, folder)
    _commits(notes, folder)
    notes.ok("program", f"examrunner {__version__}, Python {platform.python_version()}")
    system = machine.name()
    if system in machine.TRIED:
        notes.ok("platform", system)
    else:
        hint = "Go through a whole exam with the demo first."
        notes.warn("platform", f"{system}: examrunner is untried on this platform.", hint)
    _terminal(notes)
    for name in WATCHED:
        if os.environ.get(name):
            words = f"{name} is set: names and marks may be written to a log."
            notes.warn("debugging", words, f"unset {name}")


def look_at_clocks(
    notes: Notes, now: datetime, settings: Settings | None, latest: tuple[datetime, str] | None
) -> None:
    """Look at the clocks; `latest` is the newest time on record, and what it is the time of."""
    if machine.counts_sleep():
        notes.ok("boot clock", "counts sleep and cannot be set")
    else:
        words = "There is no clock that counts sleep: time left may be wrong after one."
        notes.warn("boot clock", words, "Keep the machine awake during the exam.")
    window = settings.exam.window if settings else None
    hint = "Set the clock before the exam; time left does not depend on it, the record does."
    try:
        local = now.astimezone(ZoneInfo(window.timezone) if window else None)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = "The machine does not know the session's time zone."
        notes.warn("wall clock", words, "pip install tzdata")
        return
    shown = f"{local:%a %d %b %Y %H:%M} {window.timezone if window else local.tzname() or ''}"
    if not OLDEST_YEAR <= local.year <= LATEST_YEAR:
        notes.warn("wall clock", f"{shown}: that year cannot be right.", hint)
    elif latest is not None and latest[0] > now + TOLERANCE:
        late = f"{latest[0].astimezone(local.tzinfo):%a %d %b %Y %H:%M}"
        notes.warn("wall clock", f"{shown}, earlier than {latest[1]} ({late}).", hint)
    else:
        notes.ok("wall clock", shown.strip())


def _disk(notes: Notes, folder: Path) -> None:
    hint = "Make room: the record, its backups and the exports need it."
    try:
        free = machine.free_bytes(folder)
    except OSError as fault:
        words = f"The disk cannot be asked: {fault.strerror or fault}."
        notes.error("disk space", words, code=Environment.exit_code)
    else:
        words = f"{_size(free)} free"
        if free < LEAST:
            notes.error("disk space", f"{words}: too little.", hint, Environment.exit_code)
        elif free < WANTED:
            notes.warn("disk space", f"{words}, {_size(WANTED)} are wanted.", hint)
        else:
            notes.ok("disk space", words)
    kind, service = machine.file_system(folder), machine.synced_by(folder)
    hint = "Examine in a folder on this machine's own disk, and copy it elsewhere afterwards."
    if machine.is_remote(kind):
        words = f"{kind}: locks and saving cannot be relied on there."
        notes.warn("file system", words, hint)
    elif service:
        words = f"{service} copies this folder while it is written; that can damage the record."
        notes.warn("file system", words, hint)
    else:
        notes.ok("file system", kind or "of unknown kind")


def _size(count: int) -> str:
    """Return a number of bytes as people read it."""
    size, unit = float(count), 0
    while size >= 1000 and unit < len(UNITS) - 1:  # noqa: PLR2004  k, M, G
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {UNITS[unit]}" if 0 < size < 10 and unit else f"{size:.0f} {UNITS[unit]}"  # noqa: PLR2004


def _commits(notes: Notes, folder: Path) -> None:
    from examrunner.storage.database.measuring import measure

    try:
        with machine.scratch(folder) as made:
            found = measure(made)
    except OSError as fault:
        words = f"The folder cannot be written: {fault.strerror or fault}."
        hint = "Nothing of an exam could be saved. Use a folder and a disk that you may write to."
        notes.error("saving", words, hint, Environment.exit_code)
        return
    except Environment as fault:
        notes.error("saving", fault.message, fault.hint, fault.exit_code)
        return
    how = f"SQLite {found.sqlite}, journal {found.journal}, sync {found.synchronous}"
    words = f"{found.seconds * 1000:.1f} ms a commit; {how}"
    if found.seconds > SLOW:
        notes.warn("saving", f"Slow: {words}", "Every key waits so long. Use a faster disk.")
    else:
        notes.ok("saving", words)


def _terminal(notes: Notes) -> None:
    found = machine.terminal()
    if found is None:
        notes.warn("terminal", "This is none; the app needs one.", "Run doctor where you examine.")
        return
    columns, lines = SMALLEST
    faults = []
    if found.columns < columns or found.lines < lines:
        faults.append(f"smaller than {columns}x{lines}")
    if found.encoding.lower().replace("-", "") != "utf8":
        faults.append(f"{found.encoding or 'an unknown encoding'} instead of UTF-8")
    if found.kind in ("", "dumb"):
        faults.append("it cannot place text (TERM is dumb or not set)")
    shown = f"{found.columns}x{found.lines}, {found.encoding}, {found.kind or 'no TERM'}"
    if found.colours:
        true = found.colours == machine.TRUE_COLOURS
        shown += f", {'all' if true else found.colours} colours"
    if faults:
        hint = "The app needs a UTF-8 terminal of at least 80x24."
        notes.warn("terminal", f"{shown}: {', '.join(faults)}.", hint)
    else:
        notes.ok("terminal", shown)
