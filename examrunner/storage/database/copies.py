"""Copies of a database that is in use: whole, checked, private, and never in a key's way.

SQLite's own backup takes a few pages at a time and lets writers in between. A plain copy of the
file of a running exam can be torn (reliability notes, table M6).
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, ExamError
from examrunner.storage.files import PRIVATE_FILE, make_private, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKUPS = "backups"
KEPT = 20
PAGES_A_STEP = 32
PAUSE = 0.001
"""Seconds between two steps, in which a writer gets its turn."""
OLD_PART = 3600
"""Seconds after which a part of a copy is nobody's."""
_NAME = re.compile(r"exam-(\d{6,})-([0-9a-f]{12})\.db")
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the record, as its name tells."""

    path: Path
    events: int
    head: str
    """The first 12 digits of the hash of the last event."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use; `target` is replaced in one step, durably.

    Raises Environment where one of the two files does not allow it; then `target` is as it was.
    """
    from examrunner.storage.database.engine import FAULTS, reason

    try:
        with _temporary(target) as part:
            _copy_pages(source, part)
            _force(part)
            part.replace(target)
            sync_folder(target.parent)
    except FAULTS as fault:
        raise Environment(f"{source.name} cannot be copied: {reason(fault)}.") from fault


def make_copy(source: Path, folder: Path, kept: int = KEPT) -> Copy:
    """Add a checked copy to a folder of copies, and drop all but the newest `kept`.

    A copy of the same record that is there already is enough. Raises Environment where the copy
    cannot be made or is not good.
    """
    from examrunner.storage.database.engine import FAULTS, reason

    try:
        make_private(folder)
        _clear_parts(folder)
        with _temporary(folder / "exam.db") as part:
            _copy_pages(source, part)
            events, head = sound_head(part)
            copy = Copy(folder / f"exam-{events:06d}-{head[:12]}.db", events, head[:12])
            if not copy.path.exists():
                _force(part)
                part.replace(copy.path)
                sync_folder(folder)
        for old in copies(folder)[kept:]:
            old.path.unlink(missing_ok=True)
    except FAULTS as fault:
        raise Environment(f"No copy could be made: {reason(fault)}.") from fault
    return copy


def _clear_parts(folder: Path) -> None:
    """Remove what killed processes have left; a young part may still be somebody's."""
    for left in folder.glob(f".exam.*{_PART}"):
        if left.stat().st_mtime < time.time() - OLD_PART:
            left.unlink(missing_ok=True)


def copies(folder: Path) -> list[Copy]:
    """Return the copies in a folder, the one with most events first."""
    try:
        names = sorted(folder.iterdir())
    except OSError:
        return []
    matches = ((path, _NAME.fullmatch(path.name)) for path in names)
    found = [Copy(path, int(match[1]), match[2]) for path, match in matches if match]
    return sorted(found, key=lambda copy: copy.events, reverse=True)


def sound_head(path: Path) -> tuple[int, str]:
    """Return the number of events and the head of a record that holds; it stays as it is.

    Raises Environment where its file, chain, texts or documents do not.
    """
    from examrunner.storage.database.looking import look

    try:
        with look(path) as seen:
            if seen.ledger is None:
                raise Environment(f"{path.name} does not hold the record of one session.")
            problems = seen.ledger.check()
            if problems:
                raise Environment(problems[0].text, problems[0].hint)
            return seen.ledger.head()
    except ExamError as fault:
        raise Environment(fault.message, fault.hint) from fault


def is_good(copy: Path) -> bool:
    """Say whether a copy holds."""
    try:
        sound_head(copy)
    except (ExamError, OSError):
        return False
    return True


def _copy_pages(source: Path, target: Path) -> None:
    uri = f"{source.absolute().as_uri()}?mode=rw"  # a crash's journal can only be rolled back so
    with (
        closing(sqlite3.connect(uri, uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        writing.execute("PRAGMA synchronous = OFF")  # the whole file is forced to the disk later
        reading.backup(writing, pages=PAGES_A_STEP, sleep=PAUSE)


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:64]}.", suffix=_PART, dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _force(part: Path) -> None:
    part.chmod(PRIVATE_FILE)
    handle = os.open(part, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
