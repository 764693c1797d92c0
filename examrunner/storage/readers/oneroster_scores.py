"""A class of a OneRoster 1.1 or 1.2 set of CSV files, with the scores that it has already.

Files are found by name in a folder or a zip archive, and columns by name: real sets have other
orders and columns of their own. Who is a student is the enrolment's role. Passwords, phone numbers
and demographics are never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, error
from examrunner.domain.text import fold, tidy
from examrunner.storage.readers.archives import checked_names, entries_of
from examrunner.storage.readers.tables import bytes_of, is_archive, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

Record = dict[str, str]
"""A row by the names of its columns, in lower case."""
NAMES = (
    "users", "enrollments", "classes", "lineItems", "results", "categories", "academicSessions",
)  # fmt: skip
NEEDED = ("users", "enrollments")
DELETED = "tobedeleted"
NAME_IT = "name the zip archive, or the folder that its files were unpacked into"
_RULE = "oneroster"


@dataclass(frozen=True, slots=True)
class RosterSet:
    """What a set of files holds, without what is to be deleted."""

    file: str
    users: Mapping[str, Record]
    """By sourcedId, as are the others."""
    pupils: Mapping[str, tuple[str, ...]]
    """Class to the sourcedIds of its students, in the order of their enrolments."""
    classes: Mapping[str, Record] = field(default_factory=dict)
    line_items: Mapping[str, Record] = field(default_factory=dict)
    results: tuple[Record, ...] = ()
    categories: Mapping[str, Record] = field(default_factory=dict)
    periods: Mapping[str, Record] = field(default_factory=dict)
    """Grading periods among the academic sessions."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line on which each user stands."""

    @property
    def users_file(self) -> str:
        """How messages call the file with the users."""
        return _told(self.file, "users")

    def title(self, class_id: str) -> str:
        """Return a class's title; its id where it has none."""
        return self.classes.get(class_id, {}).get("title") or class_id


def read_roster_set(source: Path) -> RosterSet:
    """Read a folder or a zip archive of OneRoster files; BadInput tells what makes it unusable."""
    file = str(source)
    found = _folder(source) if source.is_dir() else _archive(source)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        text = f"this is no OneRoster set: it has no {' and no '.join(f'{n}.csv' for n in missing)}"
        raise BadInput([error(text, NAME_IT, file=file, rule=_RULE)])
    parts = {name: _part(data, _told(file, name)) for name, data in found.items()}
    records = {name: list(part.kept.values()) for name, part in parts.items()}
    users = _by_id(records["users"])
    gone = parts["classes"].gone if "classes" in parts else frozenset()
    sessions = _by_id(records.get("academicSessions", []))
    return RosterSet(
        file,
        users,
        _pupils(records["enrollments"], users, gone),
        _by_id(records.get("classes", [])),
        _by_id(records.get("lineItems", [])),
        tuple(records.get("results", [])),
        _by_id(records.get("categories", [])),
        {key: one for key, one in sessions.items() if fold(one.get("type", "")) == "gradingperiod"},
        {one["sourcedid"]: line for line, one in parts["users"].kept.items()},
    )


def _pupils(
    enrolments: Iterable[Record], users: Collection[str], gone: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the students of each class that is not to be deleted."""
    pupils: dict[str, dict[str, None]] = {}
    for one in enrolments:
        who, where = one.get("usersourcedid", ""), one.get("classsourcedid", "")
        is_student = fold(one.get("role", "")) == "student" and who in users
        if is_student and where and where not in gone:
            pupils.setdefault(where, {})[who] = None
    return {where: tuple(who) for where, who in pupils.items()}


def _told(source: str, name: str) -> str:
    return f"{source}/{name}.csv"


def _folder(folder: Path) -> dict[str, bytes]:
    return {
        name: bytes_of(folder / f"{name}.csv", str(folder / f"{name}.csv"))
        for name in NAMES
        if (folder / f"{name}.csv").is_file()
    }


def _archive(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by name; nothing is unpacked before the sizes are checked."""
    file = str(path)
    data = bytes_of(path, file)
    if not is_archive(data):
        text = "this is neither a folder nor a zip archive"
        raise BadInput([error(text, NAME_IT, file=file, rule=_RULE)])
    known = {f"{name}.csv": name for name in NAMES}
    listed = [one for one in checked_names(data, file) if PurePosixPath(one).name in known]
    entries = entries_of(data, listed, file)
    return {known[PurePosixPath(one).name]: found for one, found in entries.items()}


@dataclass(frozen=True, slots=True)
class _Part:
    """One file: what stays, by line, and the sourcedIds of what is to be deleted."""

    kept: dict[int, Record]
    gone: frozenset[str]


def _part(data: bytes, file: str) -> _Part:
    """Return the rows of a file by the names of their columns."""
    table = read_table(data, file, known=lambda cell: fold(cell) == "sourcedid")
    heads = [tidy(cell).lower() for cell in table.header]
    if "sourcedid" not in heads:
        text = "the file has no column sourcedId"
        raise BadInput([error(text, file=file, line=table.header_line, rule=_RULE)])
    if faults := [*table.ragged(), *table.bad_cells(range(len(heads)), newlines=True)]:
        raise BadInput(faults)
    kept: dict[int, Record] = {}
    gone: set[str] = set()
    for row in table.rows:
        record = dict(zip(heads, map(tidy, row.cells), strict=False))
        if fold(record.get("status", "")) == DELETED:
            gone.add(record["sourcedid"])
        else:
            kept[row.line] = record
    return _Part(kept, frozenset(gone - {one["sourcedid"] for one in kept.values()}))


def _by_id(records: list[Record]) -> dict[str, Record]:
    return {one["sourcedid"]: one for one in records if one["sourcedid"]}
