"""The files of a session: private to their owner, whole, and with one name each."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment
from examrunner.domain.text import counted, some
from examrunner.services.folders import EXPORTS, KIT, LOCK_FILE
from examrunner.storage import machine
from examrunner.storage.database.copies import BACKUPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from examrunner.services.doctor.found import Notes

WHOLE_FOLDERS = (BACKUPS, EXPORTS, KIT)
"""Folders inside a session that hold what it holds."""
FEW = 6
"""So many files stand in one command."""


def look_at_files(notes: Notes, folder: Path, record: Path) -> None:
    """Look at modes, at the right to write and at names."""
    try:
        _modes(notes, folder)
        _rights(notes, folder, record)
        _names(notes, record)
    except OSError as fault:
        words = f"The folder cannot be looked at: {fault.strerror or fault}."
        notes.error("modes", words, code=Environment.exit_code)


def newest_file(folder: Path) -> tuple[datetime, str] | None:
    """Return when a file of a session was changed last, and its name."""
    try:
        times = [(path.stat().st_mtime, path.name) for path in folder.iterdir() if path.is_file()]
    except OSError:
        return None
    if not times:
        return None
    at, name = max(times)
    return datetime.fromtimestamp(at, UTC), name


def listed(folder: Path) -> Iterator[Path]:
    """Give the folder itself, its files, and all that is in the folders that the program makes."""
    yield folder
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield path
        elif path.name in WHOLE_FOLDERS and path.is_dir():
            yield from (path, *sorted(path.rglob("*")))


def _modes(notes: Notes, folder: Path) -> None:
    paths = list(listed(folder))
    real = {folder: folder.resolve()}
    loose = [path for path in paths if machine.is_open_to_others(real.get(path, path))]
    if not loose:
        files = counted(sum(path.is_file() for path in paths), "file")
        notes.ok("modes", f"private to you: the folder and {files}")
        return
    names = ["the folder" if path == folder else str(path.relative_to(folder)) for path in loose]
    command = ["chmod", "go=", *map(str, loose)]
    if len(loose) > FEW:
        command = ["chmod", "-R", "go=", str(folder)]
    words = f"Others on this machine have rights to {some(names)}."
    notes.warn("modes", words, shlex.join(command))


def _rights(notes: Notes, folder: Path, record: Path) -> None:
    shut = [
        path.name
        for path in (record, folder / LOCK_FILE)
        if path.exists() and not machine.is_writable(path)
    ]
    if shut:
        words = f"You may not write to {some(shut)}: nothing of an exam could be saved."
        hint = f"See whose they are: {shlex.join(['ls', '-l', str(folder)])}"
        notes.error("rights", words, hint, Environment.exit_code)


def _names(notes: Notes, record: Path) -> None:
    if record.is_file() and record.stat().st_nlink > 1:
        count = counted(record.stat().st_nlink - 1, "second name")
        words = f"{record.name} has {count} (hard links); used by that, it can be damaged."
        hint = "Remove the other names. For a copy there is: examrunner backup"
        notes.warn("names", words, hint)
