"""OneRoster 1.1 and 1.2: a folder or a zip of CSV files that say who is enrolled in which class.

Columns are read by name: real files have others, in another order. Who is a student of a class is
what the enrolment says, whatever the user's own role. Passwords, phones and demographics are not
kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import fold, some, tidy
from examrunner.storage.readers.archives import entries_of
from examrunner.storage.readers.student_ids import Cells, all_ids
from examrunner.storage.readers.tables import Table, bytes_of, read_table, tidied

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

USERS, ENROLLMENTS, CLASSES = "users.csv", "enrollments.csv", "classes.csv"
NEEDED = (USERS, ENROLLMENTS, CLASSES)
MANIFEST, ROLES = "manifest.csv", "roles.csv"
_FIELDS = {
    "sis_id": "sourcedid",
    "student_id": "identifier",
    "login": "username",
    "email": "email",
    "last": "familyname",
    "first": "givenname",
}
_GONE = "tobedeleted"
_STUDENT = "student"


@dataclass(frozen=True, slots=True)
class Export:
    """The students of one class."""

    cells: Cells
    places: Mapping[str, int]
    """Field to its column in users.csv, counted from 0."""
    is_1_2: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One file, whose columns are found by name."""

    table: Table
    places: dict[str, int]

    def column(self, name: str) -> list[str]:
        """Return a column, tidy; one of empty cells where the file has none."""
        place = self.places.get(name)
        return [""] * len(self.table.lines) if place is None else tidied(self.table.column(place))

    def lines_that_count(self) -> list[bool]:
        """Return for each row whether it is not to be deleted."""
        return [status.casefold() != _GONE for status in self.column("status")]


def is_export(names: Iterable[str]) -> bool:
    """Say whether an archive is of this kind, by the names in it."""
    return {USERS, ENROLLMENTS} <= {_base(name) for name in names}


def zip_files(data: bytes, file: str | None) -> dict[str, bytes]:
    """Return the files of a checked archive that are needed. Raises BadInput."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if _base(name) in (*NEEDED, MANIFEST, ROLES)]
    return {_base(name): text for name, text in entries_of(data, names, file).items()}


def folder_files(folder: Path, file: str | None) -> dict[str, bytes]:
    """Return the files of a folder that are needed. Raises BadInput where there are none."""
    wanted = (*NEEDED, MANIFEST, ROLES)
    found = {name: folder / name for name in wanted if (folder / name).is_file()}
    if USERS not in found:
        text = "this folder holds no OneRoster files"
        hint = f"name a file, or a folder with {', '.join(NEEDED)}"
        raise BadInput([error(text, hint, file=file, rule="oneroster")])
    return {name: bytes_of(path, str(path)) for name, path in found.items()}


def read_export(
    files: Mapping[str, bytes], file: str | None, of_class: str | None = None
) -> Export:
    """Return the students of the class that is meant. Raises BadInput with what is missing."""
    missing = [name for name in NEEDED if name not in files]
    if missing:
        text = f"{' and '.join(missing)} missing in this OneRoster export"
        raise BadInput([error(text, "export all of it", file=file, rule="oneroster")])
    _demand_bulk(files, file)
    users = _part(files, USERS, file)
    chosen, title, problems = _class_of(files, file, of_class)
    wanted, unknown = _enrolled(files, file, chosen, users)
    problems += unknown
    is_there = users.lines_that_count()
    rows = [
        place
        for place, one in enumerate(users.column("sourcedid"))
        if is_there[place] and one in wanted
    ]
    faults = users.table.bad_cells(
        users.places[name] for name in _FIELDS.values() if name in users.places
    )
    if faults:
        raise BadInput(faults)
    columns = {
        field: [column[place] for place in rows]
        for field, name in _FIELDS.items()
        if name in users.places and (column := users.column(name))
    }
    if not _are_ids(columns.get("student_id", [])):
        columns.pop("student_id", None)
    columns["section"] = [title] * len(rows)
    places = {field: users.places[name] for field, name in _FIELDS.items() if name in users.places}
    cells = Cells([users.table.lines[place] for place in rows], columns, users.table.file)
    is_1_2 = ROLES in files or "usermasteridentifier" in users.places or _version(files) == "1.2"
    return Export(cells, {**places, "": 1}, is_1_2, tuple(problems))


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _part(files: Mapping[str, bytes], name: str, file: str | None) -> _Part:
    told = str(PurePosixPath(file or "") / name)
    table = read_table(files[name], told, known=lambda cell: fold(cell) == "sourcedid")
    if faults := table.ragged():
        raise BadInput(faults)
    places: dict[str, int] = {}
    for index, cell in enumerate(table.header):
        places.setdefault(fold(cell).replace(" ", ""), index)
    return _Part(table, places)


def _are_ids(ids: Sequence[str]) -> bool:
    """Say whether the identifiers of an export serve: all have one of their own."""
    return all_ids(ids) and len(set(ids)) == len(ids)


def _manifest(files: Mapping[str, bytes]) -> dict[str, str]:
    if MANIFEST not in files:
        return {}
    table = read_table(files[MANIFEST], MANIFEST)
    pairs = [[*cells, "", ""][:2] for cells in table.records]
    return {tidy(name): tidy(value).casefold() for name, value in pairs}


def _version(files: Mapping[str, bytes]) -> str:
    return _manifest(files).get("oneroster.version", "")[:3]


def _demand_bulk(files: Mapping[str, bytes], file: str | None) -> None:
    manifest = _manifest(files)
    changes = [name for name in NEEDED if manifest.get(f"file.{name[:-4]}") == "delta"]
    if changes:
        text = f"{' and '.join(changes)} hold only what has changed (delta)"
        raise BadInput([error(text, "ask for a bulk export", file=file, rule="oneroster")])


def _class_of(
    files: Mapping[str, bytes], file: str | None, named: str | None
) -> tuple[str, str, list[Problem]]:
    """Return id and title of the class that is meant, and what there is to say about it."""
    part = _part(files, CLASSES, file)
    enrolments = _part(files, ENROLLMENTS, file)
    taught = {
        one
        for one, role, counts in zip(
            enrolments.column("classsourcedid"),
            enrolments.column("role"),
            enrolments.lines_that_count(),
            strict=True,
        )
        if counts and role.casefold() == _STUDENT
    }
    each = zip(
        part.column("sourcedid"),
        part.column("title"),
        part.column("classcode"),
        part.lines_that_count(),
        strict=True,
    )
    known = [(one, title, code) for one, title, code, counts in each if counts and one in taught]
    wanted = tidy(named).casefold() if named else None
    found = [one for one in known if wanted is None or wanted in [text.casefold() for text in one]]
    if len(found) == 1:
        return found[0][0], found[0][1], []
    listed = some([f"{title} ({one})" for one, title, _ in known], 12) or "none"
    if not known:
        text, hint = "no class of this export has students", "export all of it"
    elif not found:
        text, hint = f"no class here is called {named}", f"the classes with students: {listed}"
    else:
        text = f"there are {len(found)} classes with students"
        hint = f"name one with --class: {listed}"
    raise BadInput([error(text, hint, file=part.table.file, line=1, rule="oneroster-class")])


def _enrolled(
    files: Mapping[str, bytes], file: str | None, chosen: str, users: _Part
) -> tuple[set[str], list[Problem]]:
    """Return the ids of the users who are students of a class, and those whom nobody knows."""
    part = _part(files, ENROLLMENTS, file)
    there = set(users.column("sourcedid"))
    gone = {
        one
        for one, counts in zip(users.column("sourcedid"), users.lines_that_count(), strict=True)
        if not counts
    }
    wanted: set[str] = set()
    problems = []
    for user, in_class, role, counts, line in zip(
        part.column("usersourcedid"),
        part.column("classsourcedid"),
        part.column("role"),
        part.lines_that_count(),
        part.table.lines,
        strict=True,
    ):
        if not counts or in_class != chosen or role.casefold() != _STUDENT:
            continue
        wanted.add(user)
        if user not in there:
            text = f"the user {user} of this enrolment is not in {USERS}"
            hint = "export both files together"
            problems.append(
                error(text, hint, file=part.table.file, line=line, rule="oneroster-user")
            )
        elif user in gone:
            text = f"the user {user} is to be deleted and left out"
            problems.append(warning(text, file=part.table.file, line=line, rule="oneroster-gone"))
    return wanted, problems
