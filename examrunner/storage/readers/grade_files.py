"""Grade files of Moodle, Brightspace and Blackboard, as an instructor downloads them.

What each system writes is sections 9 and 10 of the file-format notes. Cells stay raw, since the
upload has to give the system its own texts back; how the file was written is kept beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, Problem, error
from examrunner.domain.text import fold, tidy
from examrunner.storage.readers.canvas import Column, ColumnKind, Gradebook
from examrunner.storage.readers.tables import (
    BYTE_ORDER_MARKS,
    Row,
    bytes_of,
    read_table,
    unwrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from examrunner.storage.readers.tables import Table

UTF8, UTF8_MARKED, UTF16 = "utf-8", "utf-8-sig", "utf-16"
END_OF_LINE = "End-of-Line Indicator"
POINTS_GRADE = "Points Grade"
SIS, LOGIN, EMAIL, NAME, LAST, FIRST = "sis", "login", "email", "name", "last", "first"
"""What a column may say of a student."""


class System(StrEnum):
    """A learning management system whose grade file is one flat table."""

    MOODLE = "moodle"
    BRIGHTSPACE = "brightspace"
    BLACKBOARD = "blackboard"

    @property
    def called(self) -> str:
        """How people call it."""
        return self.value.capitalize()


_PEOPLE: dict[System, dict[str, str]] = {
    System.MOODLE: {
        "email address": EMAIL, "email": EMAIL, "id number": SIS, "idnumber": SIS,
        "username": LOGIN, "first name": FIRST, "last name": LAST, "surname": LAST,
        "full name": NAME,
    },
    System.BRIGHTSPACE: {
        "orgdefinedid": SIS, "org defined id": SIS, "username": LOGIN, "email": EMAIL,
        "first name": FIRST, "last name": LAST,
    },
    System.BLACKBOARD: {
        "username": LOGIN, "student id": SIS, "first name": FIRST, "last name": LAST,
    },
}  # fmt: skip
KEYS: dict[System, tuple[str, ...]] = {
    System.MOODLE: (EMAIL, SIS, LOGIN),
    System.BRIGHTSPACE: (SIS, LOGIN),
    System.BLACKBOARD: (LOGIN,),
}
"""By which columns each system knows a student, the best first."""
_NO_SCORES: dict[System, frozenset[str]] = {
    System.MOODLE: frozenset(
        ("institution", "department", "suspended", "groups", "group", "id",
         "last downloaded from this course")
    ),
    System.BRIGHTSPACE: frozenset((fold(END_OF_LINE), "sections", "groups")),
    System.BLACKBOARD: frozenset(
        ("last access", "availability", "child course id", "grading notes", "feedback")
    ),
}  # fmt: skip
_HOW_TO_EXPORT = {
    System.MOODLE: "in Moodle: Grades, Export, Plain text file",
    System.BRIGHTSPACE: "in Brightspace: Grades, Enter Grades, Export, with OrgDefinedId",
    System.BLACKBOARD: "in Blackboard: Grade Center, Work Offline, Download",
}
_MOODLE_NO_POINTS = re.compile(
    r"(?is).*\((?:percentage|letter|feedback)\)|.*\bfeedback|.*\b(?:course|category) total\b.*"
)
_BRIGHTSPACE = re.compile(r"(?s)(.+) (Points Grade|Grade Symbol|Text Grade)(?: ?<[^<>]*>)?")
_BRIGHTSPACE_MAXIMUM = re.compile(r"MaxPoints:([0-9.,]+)")
_BRIGHTSPACE_TOTALS = re.compile(r"(?i)(?:final )?(?:calculated|adjusted) (?:final )?grade")
_BLACKBOARD = re.compile(
    r"(?s)(.*?) ?\[Total Pts: ?(?:up to )?([0-9.,]+)([^\[\]]*)\] ?(?:\|([0-9]+))?"
)
_BLACKBOARD_TOTALS = re.compile(r"(?i)(?:weighted |running )?total|overall grade")


@dataclass(frozen=True, slots=True)
class GradeFile:
    """A parsed grade file: a gradebook, what its identity columns say, and how it was written."""

    system: System
    book: Gradebook
    people: Mapping[str, int]
    """What a column says of a student, to its position."""
    encoding: str = UTF8
    quote_all: bool = False
    owners: Mapping[str, Row] | None = None
    """The row of each student by student id, in a table that was made from the roster."""

    def text(self, row: Row, field: str) -> str:
        """Return what a row says of its student; Brightspace's sign before ids is taken off."""
        index = self.people.get(field)
        cell = row.cell(index)
        if cell.startswith("="):
            return unwrapped(cell)
        return cell.removeprefix("#") if self.system is System.BRIGHTSPACE else cell

    def given(self, rows: Iterable[Row], field: str) -> list[str]:
        """Return what rows say of their students, letter by letter, to be given back as it is."""
        place, sign = self.people[field], "#" if self.system is System.BRIGHTSPACE else ""
        cells = [row.cells[place].strip() for row in rows]
        return [
            unwrapped(cell).removeprefix(sign) if cell.startswith(("=", "#")) else cell
            for cell in cells
        ]

    def name(self, row: Row) -> str:
        """Return a student's name; empty where the file has none."""
        if NAME in self.people:
            return tidy(self.text(row, NAME))
        return ", ".join(part for part in (self.text(row, LAST), self.text(row, FIRST)) if part)

    def who(self, row: Row) -> str:
        """Return the name in a row, or the best id where the file has no names."""
        ids = (self.text(row, field) for field in KEYS[self.system] if field in self.people)
        return self.name(row) or next((text for text in ids if text), "")

    def label(self, field: str) -> str:
        """Return how the file calls a column of a student."""
        return self.book.header[self.people[field]].strip()


def read_grade_file(system: System, source: bytes | Path, file: str | None = None) -> GradeFile:
    """Read a downloaded grade file; BadInput tells what makes it unusable."""
    if file is None and not isinstance(source, bytes):
        file = str(source)
    data, encoding = _in_utf8(bytes_of(source, file), file)
    table = read_table(data, file, known=lambda cell: _is_known(system, cell))
    people = _people(system, table.header)
    if not any(field in people for field in KEYS[system]):
        raise BadInput([_no_key(system, table)])
    columns = tuple(_column(system, place, cell) for place, cell in enumerate(table.header))
    identity = [one.index for one in columns if one.kind is ColumnKind.IDENTITY]
    faults = [*_twice(table, system), *table.ragged(), *table.bad_cells(identity)]
    if faults:
        raise BadInput(faults)
    book = Gradebook(
        table.header, table.header_line, columns, table.rows, delimiter=table.delimiter, file=file
    )
    quoted = data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b'"')
    return GradeFile(system, book, people, encoding, quoted)


def _in_utf8(data: bytes, file: str | None) -> tuple[bytes, str]:
    """Return the bytes as UTF-8, and the encoding that they came in."""
    if not data.startswith(BYTE_ORDER_MARKS):
        return data, UTF8_MARKED if data.startswith(b"\xef\xbb\xbf") else UTF8
    try:
        return data.decode(UTF16).encode(), UTF16
    except UnicodeError as fault:
        text = "the text begins as UTF-16 and does not go on so"
        hint = "download the file again"
        raise BadInput([error(text, hint, file=file, line=1, rule="csv-encoding")]) from fault


def _is_known(system: System, cell: str) -> bool:
    key = fold(cell)
    return key in _PEOPLE[system] or key in _NO_SCORES[system]


def _people(system: System, header: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        if (field := _PEOPLE[system].get(fold(cell))) and field not in places:
            places[field] = place
    return places


def _twice(table: Table, system: System) -> list[Problem]:
    """Report identity columns that say the same twice: nobody knows which the system takes."""
    seen: dict[str, str] = {}
    faults = []
    for place, cell in enumerate(table.header):
        field = _PEOPLE[system].get(fold(cell))
        if field in seen:
            text = f"two columns say the same: '{seen[field]}' and '{tidy(cell)}'"
            file, line = table.file, table.header_line
            rule = "grades-header"
            faults.append(
                error(text, "delete one", file=file, line=line, column=place + 1, rule=rule)
            )
        elif field:
            seen[field] = tidy(cell)
    return faults


def _no_key(system: System, table: Table) -> Problem:
    texts = {EMAIL: "e-mail address", SIS: "ID number", LOGIN: "username"}
    if system is System.BRIGHTSPACE:
        texts[SIS] = "OrgDefinedId"
    named = " or ".join(texts[field] for field in KEYS[system])
    text = f"this is no grade file of {system.called}: it has no column {named}"
    return error(
        text, _HOW_TO_EXPORT[system], file=table.file, line=table.header_line, rule="grades-header"
    )


def _column(system: System, place: int, header: str) -> Column:
    """Return what a column is: one whose kind is assignment may take scores."""
    key = fold(header)
    if key in _PEOPLE[system]:
        return Column(place, header, ColumnKind.IDENTITY, tidy(header))
    if key in _NO_SCORES[system] or not key:
        return Column(place, header, ColumnKind.CUSTOM, tidy(header))
    return _KINDS[system](place, header)


def _moodle(place: int, header: str) -> Column:
    kind = (
        ColumnKind.READ_ONLY
        if _MOODLE_NO_POINTS.fullmatch(header.strip())
        else ColumnKind.ASSIGNMENT
    )
    return Column(place, header, kind, tidy(header).removesuffix(" (Real)"))


def _brightspace(place: int, header: str) -> Column:
    found = _BRIGHTSPACE.fullmatch(header.strip())
    if found is None:
        return Column(place, header, ColumnKind.READ_ONLY, tidy(header))
    is_total = _BRIGHTSPACE_TOTALS.search(found[1]) is not None
    takes = found[2] == POINTS_GRADE and not is_total
    kind = ColumnKind.ASSIGNMENT if takes else ColumnKind.READ_ONLY
    maximum = _BRIGHTSPACE_MAXIMUM.search(header)
    return Column(place, header, kind, tidy(found[1]), points=maximum[1] if maximum else "")


def _blackboard(place: int, header: str) -> Column:
    found = _BLACKBOARD.fullmatch(header.strip())
    if found is None:
        return Column(place, header, ColumnKind.CUSTOM, tidy(header))
    title = tidy(found[1])
    if _BLACKBOARD_TOTALS.fullmatch(title):
        return Column(place, header, ColumnKind.READ_ONLY, title, found[4], found[2])
    kind = ColumnKind.ASSIGNMENT if found[4] else ColumnKind.CUSTOM
    return Column(place, header, kind, title, found[4], found[2])


_KINDS: dict[System, Callable[[int, str], Column]] = {
    System.MOODLE: _moodle,
    System.BRIGHTSPACE: _brightspace,
    System.BLACKBOARD: _blackboard,
}
