"""Which files of a session, and which emergency files, hold something about students."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.course.joining import people_of
from examrunner.domain.course.people import Student
from examrunner.domain.course.traces import Traces, traces_of
from examrunner.domain.exam.attempts import student_of
from examrunner.domain.exam.chain import text_hash
from examrunner.domain.plain import canonical
from examrunner.services.folders import (
    ANSWERS_FILE,
    CALENDAR_FILE,
    EXPORTS,
    KIT,
    LOCK_FILE,
    PUT_ASIDE,
    RESTORING,
    REVIEWS_FILE,
    ROSTER_FILE,
    UNFINISHED,
)
from examrunner.services.waiting import EMERGENCY
from examrunner.storage.database.copies import BACKUPS
from examrunner.storage.files import write_atomically
from examrunner.storage.mirror import MIRROR
from examrunner.storage.places import state_folder
from examrunner.storage.readers.person_rows import without_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

LISTS = (ROSTER_FILE, REVIEWS_FILE, ANSWERS_FILE, CALENDAR_FILE)
LEFT_BY_A_KILL = (RESTORING, f".{LOCK_FILE}.")
"""How temporary folders and files begin that a killed process leaves behind; others end in .part"""
DATABASE = b"SQLite format 3\0"
"""First bytes of every copy of a record, whatever its name."""
PICTURES = frozenset((".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic"))
LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be done with the files of a session, and what is left to the user."""

    rows: dict[Path, int]
    """Class list and review list, with the number of rows that go."""
    deleted: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()
    """The user's own files that hold a name, an address or an id."""
    closed: tuple[Path, ...] = ()
    """Files that are no text, and hidden folders: nobody can look into them here."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to change."""
        return not self.deleted and not any(self.rows.values())


@dataclass(frozen=True, slots=True)
class Whom:
    """The students who are to be forgotten, among all of a session."""

    students: tuple[Student, ...]
    everyone: tuple[Student, ...]
    """All students of the session, these included."""
    is_purge: bool = False
    """Nobody is to be left, whoever else stands in the lists."""

    def traces(self) -> Traces:
        """Return what they leave."""
        return traces_of(self.students)

    def rows(self) -> Callable[[tuple[str, ...]], bool]:
        """Return what says whether a row of a list is about one of them."""
        if self.is_purge:
            return lambda _: True
        index = people_of(self.everyone)
        ids = {one.student_id for one in self.students}
        return lambda who: index.find(who).student_id in ids

    def photos(self, folder: Path) -> set[Path]:
        """Return their photos that lie inside a folder and are nobody else's."""
        root = folder.resolve()
        own = {one.photo for one in self.students if one.photo}
        rest = {one.photo for one in self.everyone if one not in self.students}
        paths = {(folder / name).resolve() for name in own - rest}
        return {path for path in paths if path.is_relative_to(root) and path.is_file()}


def look(folder: Path, record: Path | None, whom: Whom) -> Found:
    """Return what the files of a session hold about some students. Raises OSError.

    `record` is the database of a committed session: its mirror and its backups are made anew.
    """
    traces, photos, meant = whom.traces(), whom.photos(folder), whom.rows()
    rows: dict[Path, int] = {}
    deleted, left, closed = [], [], []
    for path in _files(folder):
        inner = path.relative_to(folder)
        if path.is_dir():
            closed.append(path)
            continue
        if inner.name == UNFINISHED or path == record or _is_remade(path, record):
            continue
        held = _holds(path, inner, traces)
        if str(inner) in LISTS and not path.is_symlink():
            result = without_rows(path.read_bytes(), meant)
            rows[path] = result[1] if result else 0
            if held is None or (result and traces.are_in(result[0].decode("utf-8", "replace"))):
                left.append(path)
        elif path.resolve() in photos or (held is not False and _is_ours(path, inner, record)):
            deleted.append(path)
        elif held:
            left.append(path)
        elif held is None and inner.suffix.lower() not in PICTURES:
            closed.append(path)
    return Found(rows, tuple(deleted), tuple(left), tuple(closed))


def take_rows_away(found: Found, whom: Whom) -> None:
    """Write the lists without the students' rows; all other rows stay byte for byte."""
    for path, count in found.rows.items():
        result = without_rows(path.read_bytes(), whom.rows())
        if count and result:
            write_atomically(path, result[0])


def _files(folder: Path) -> Iterator[Path]:
    """Give all files below a folder in order, and each hidden folder as one."""
    for root, folders, names in os.walk(folder):
        hidden = [
            name for name in folders if name.startswith(".") and not name.startswith(LEFT_BY_A_KILL)
        ]
        yield from (Path(root, name) for name in sorted(hidden))
        folders[:] = sorted(set(folders) - set(hidden))
        yield from (Path(root, name) for name in sorted(names))


def backups(record: Path) -> list[Path]:
    """Return the files in the folder of a record's backups."""
    return [path for path in sorted((record.parent / BACKUPS).rglob("*")) if not path.is_dir()]


def _is_remade(path: Path, record: Path | None) -> bool:
    """Say whether a file goes, whatever it holds, when a committed session is written anew."""
    if record is None:
        return False
    return path == record.parent / MIRROR or path.is_relative_to(record.parent / BACKUPS)


def _is_ours(path: Path, inner: Path, record: Path | None) -> bool:
    """Say whether the program made a file: an export, a kit, a copy, or what a kill left over."""
    name = inner.name
    if inner.parts[0] in (BACKUPS, EXPORTS, KIT) or name == MIRROR:
        return True
    if inner.parts[0].startswith(LEFT_BY_A_KILL) or name.startswith(PUT_ASIDE):
        return True
    if name.startswith(".") and name.endswith(".part"):
        return True
    if record is not None and name.startswith(record.name):
        return True
    with path.open("rb") as file:
        return file.read(len(DATABASE)) == DATABASE


def _holds(path: Path, inner: Path, traces: Traces) -> bool | None:
    """Say whether a file or its name holds traces; None where nobody can look into it."""
    if traces.are_in(str(inner)):
        return True
    if not path.is_file() or path.stat().st_size > LARGEST:
        return None
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else traces.are_in(text)


# --- emergency files -----------------------------------------------------------------------


def emergency_files(keys: Collection[str]) -> list[Path]:
    """Return the emergency files that hold texts about students, given by their keys."""
    listed = (path for folder in _emergency_folders() for path in sorted(folder.glob("*.jsonl")))
    return [path for path in listed if _without_texts(path, keys)]


def blank_emergency_files(keys: Collection[str]) -> None:
    """Take these students' texts out of the emergency files; events that wait there stay."""
    for path in emergency_files(keys):
        data = _without_texts(path, keys)
        if data:
            write_atomically(path, data)


def _emergency_folders() -> list[Path]:
    name = f"examrunner-{EMERGENCY}-*"
    places = (Path(tempfile.gettempdir()), Path.home())
    return [state_folder() / EMERGENCY, *(found for place in places for found in place.glob(name))]


def _without_texts(path: Path, keys: Collection[str]) -> bytes | None:
    """Return an emergency file without the texts of these students; None where it holds none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        blanked = [_blanked(line, keys) for line in lines]
    except (OSError, ValueError):
        return None
    return None if blanked == lines else "".join(f"{line}\n" for line in blanked).encode()


def _blanked(line: str, keys: Collection[str]) -> str:
    """Return a line without its text, and with a hash that no text has, if it is about these."""
    data = json.loads(line)
    body = data.get("body") if isinstance(data, dict) else None
    attempt = body.get("attempt") if isinstance(body, dict) else None
    if body is None or not isinstance(attempt, str) or "text" not in data:
        return line
    if student_of(attempt) not in keys:
        return line
    rest = {name: value for name, value in data.items() if name not in ("text", "salt")}
    return canonical({**rest, "body": {**body, "text": text_hash(os.urandom(16).hex(), "")}})
