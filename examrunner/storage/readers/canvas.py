"""An instructor's own Canvas gradebook export, with every cell as it was written.

What Canvas writes is section 1a of the file-format notes. Cells stay raw, since the upload has to
give Canvas its own identity columns back unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import fold, tidy
from examrunner.storage.readers.columns import is_known
from examrunner.storage.readers.tables import Row, Table, read_table, unwrapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAME = "Student"
LAST, FIRST = "LastName", "FirstName"
CANVAS_ID = "ID"
SIS_ID, LOGIN = "SIS User ID", "SIS Login ID"
INTEGRATION_ID, ROOT_ACCOUNT = "Integration ID", "Root Account"
SECTION = "Section"
MIDDLE = (SIS_ID, LOGIN, INTEGRATION_ID, ROOT_ACCOUNT)
"""The identity columns that may stand between ID and Section, in the order Canvas accepts."""
POINTS_POSSIBLE = "Points Possible"
TEST_STUDENT = "Student, Test"
_SPECIAL = ' \t\u00a0MS="'
"""First characters of Muted, Manual Posting, Student, Test, and of cells that need a look."""

_READ_ONLY = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_TITLE_AND_ID = re.compile(r"(.*)\s\(([0-9]+)\)", re.DOTALL)
_POSTING = re.compile(r"(?:Muted|Manual Posting.*)?", re.DOTALL)
_TEST_LOGIN = re.compile(r"(?:[0-9a-f]{40})?")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}|\d{1,3}(?:\.\d{3})+,\d{1,2}", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)


class ColumnKind(StrEnum):
    """What a gradebook column is."""

    IDENTITY = "identity"
    ASSIGNMENT = "assignment"
    CUSTOM = "custom"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Two assignments may share a title; the id tells them apart."""

    index: int
    """Position in the file, counted from 0."""
    header: str
    """Exactly as exported."""
    kind: ColumnKind
    title: str
    """Of an assignment: the header without the id."""
    id: str | None = None
    points: str = ""
    """The cell of the Points Possible row, as exported."""


@dataclass(frozen=True, slots=True)
class Gradebook:
    """A parsed export: its columns, its students' rows, and what is worth a look."""

    header: tuple[str, ...]
    header_line: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    """One a student, without the test student, posting rows and the Points Possible row."""
    points_row: Row | None = None
    test_students: tuple[Row, ...] = ()
    delimiter: str = ","
    file: str | None = None
    problems: tuple[Problem, ...] = ()

    def position(self, header: str) -> int | None:
        """Return where an identity column stands, or None."""
        for column in self.columns:
            if column.kind is ColumnKind.IDENTITY and column.header.strip() == header:
                return column.index
        return None

    def text(self, row: Row, header: str) -> str:
        """Return the tidied cell of an identity column; empty where there is none."""
        return row.cell(self.position(header))

    def name(self, row: Row) -> str:
        """Return a student's name, `Last, First` where Canvas keeps the two apart."""
        return _name(self.header, row)

    def assignments(self) -> tuple[Column, ...]:
        """Return the columns whose scores Canvas lets a file change."""
        return tuple(item for item in self.columns if item.kind is ColumnKind.ASSIGNMENT)


def is_gradebook(header: Sequence[str]) -> bool:
    """Say whether a header row is that of a Canvas gradebook export."""
    cells = [cell.strip() for cell in header]
    start = _identity_start(cells)
    if start is None or SECTION not in cells[start:]:
        return False
    between = cells[start : cells.index(SECTION, start)]
    return set(between) <= set(MIDDLE) and len(set(between)) == len(between)


def is_read_only(header: str) -> bool:
    """Say whether Canvas drops a column of this name without a word, whatever its id."""
    return _READ_ONLY.search(header) is not None


def score_of(cell: str) -> Decimal | None:
    """Return the number in a score cell, with decimal comma or point; None for anything else."""
    text = cell.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(text)
    if _DECIMAL_COMMA.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return None


def read_gradebook(source: bytes | Path, file: str | None = None) -> Gradebook:
    """Read a Canvas gradebook export; BadInput tells what makes it unusable."""
    return gradebook_of(read_table(source, file, known=is_known))


def gradebook_of(table: Table) -> Gradebook:
    """Return a table as a gradebook; BadInput tells what makes it unusable."""
    if not is_gradebook(table.header):
        text = "this is no Canvas gradebook: its columns do not begin with Student, ID and Section"
        hint = "in Canvas: Grades, Export, Export Entire Gradebook"
        raise BadInput(
            [error(text, hint, file=table.file, line=table.header_line, rule="canvas-header")]
        )
    found = sorted_out(table)
    columns, points_row = found.columns, found.points_row
    if points_row:
        columns = tuple(_with_points(column, points_row) for column in columns)
    return Gradebook(
        table.header,
        table.header_line,
        columns,
        tuple(table.row(place) for place in found.students),
        points_row,
        found.tests,
        table.delimiter,
        table.file,
        found.problems,
    )


@dataclass(frozen=True, slots=True)
class SortedOut:
    """What the rows of a gradebook are."""

    columns: tuple[Column, ...]
    students: tuple[int, ...]
    """Their places among the records, counted from 0."""
    points_row: Row | None
    tests: tuple[Row, ...]
    problems: tuple[Problem, ...]


def sorted_out(table: Table) -> SortedOut:
    """Tell students, the points row and test students apart, wherever they stand.

    Raises BadInput where a student's row does not fit the header.
    """
    columns = _columns(table.header)
    identity = [item.index for item in columns if item.kind is ColumnKind.IDENTITY]
    students, points_row, tests = _told_apart(table, len(identity))
    faults = [*_ragged(table, students), *table.bad_cells(identity)]
    if faults:
        raise BadInput(faults)
    problems = [_test_warning(row, table.file) for row in tests]
    if points_row and not table.fits(points_row):
        text = "the Points Possible row does not fit the header and is not used"
        problems.append(
            warning(text, file=table.file, line=points_row.line, rule="canvas-points-row")
        )
        points_row = None
    return SortedOut(columns, tuple(students), points_row, tuple(tests), tuple(problems))


def _ragged(table: Table, students: list[int]) -> list[Problem]:
    width = len(table.header)
    if all(len(table.records[place]) == width for place in students):
        return []
    return table.ragged([table.row(place) for place in students])


def propose_column(gradebook: Gradebook) -> Column | None:
    """Return the one assignment whose title speaks of an oral or a final exam, if it is one."""
    fitting = [item for item in gradebook.assignments() if _is_exam(item.title)]
    return fitting[0] if len(fitting) == 1 else None


def _is_exam(title: str) -> bool:
    words = set(fold(title).split())
    return bool(words & {"oral", "orals", "viva"}) or {"final", "exam"} <= words


def _identity_start(cells: Sequence[str]) -> int | None:
    """Return the position after ID, or None."""
    for names in ((NAME,), (LAST, FIRST)):
        if tuple(cells[: len(names) + 1]) == (*names, CANVAS_ID):
            return len(names) + 1
    return None


def _columns(header: tuple[str, ...]) -> tuple[Column, ...]:
    last = [cell.strip() for cell in header].index(SECTION)
    return tuple(_column(index, cell, last) for index, cell in enumerate(header))


def _column(index: int, header: str, last_identity: int) -> Column:
    if index <= last_identity:
        return Column(index, header, ColumnKind.IDENTITY, header.strip())
    if is_read_only(header):
        return Column(index, header, ColumnKind.READ_ONLY, tidy(header))
    if found := _TITLE_AND_ID.fullmatch(header):
        return Column(index, header, ColumnKind.ASSIGNMENT, tidy(found[1]), found[2])
    return Column(index, header, ColumnKind.CUSTOM, tidy(header))


def _with_points(column: Column, row: Row) -> Column:
    points = row.cell(column.index)
    if column.kind is ColumnKind.IDENTITY:
        return column
    return Column(column.index, column.header, column.kind, column.title, column.id, points)


def _told_apart(table: Table, identity: int) -> tuple[list[int], Row | None, list[Row]]:
    """Return the places of students, the points row and the test students."""
    first = table.column(0)
    special = {
        place
        for place, cell in enumerate(first)
        if not cell or cell[0] in _SPECIAL or POINTS_POSSIBLE in cell
    }
    students: list[int] = []
    tests: list[Row] = []
    points: Row | None = None
    for place in range(len(first)):
        if place not in special:
            students.append(place)
            continue
        row = table.row(place)
        if POINTS_POSSIBLE in row.cells[0]:
            points = points or row
        elif all(_POSTING.fullmatch(cell.strip()) for cell in row.cells):
            continue
        elif _is_test_student(table.header, row, identity):
            tests.append(row)
        else:
            students.append(place)
    return students, points, tests


def _is_test_student(header: tuple[str, ...], row: Row, identity: int) -> bool:
    """Say whether a row is Canvas's own; a real person of that name has a SIS id or a login."""
    cells = {header[index].strip(): row.cell(index) for index in range(identity)}
    return (
        _name(header, row) == TEST_STUDENT
        and not cells.get(SIS_ID)
        and _TEST_LOGIN.fullmatch(cells.get(LOGIN, "")) is not None
    )


def _name(header: Sequence[str], row: Row) -> str:
    if header[0].strip() == NAME:
        return tidy(unwrapped(row.cells[0]))
    parts = (tidy(unwrapped(cell)) for cell in row.cells[:2])
    return ", ".join(part for part in parts if part)


def _test_warning(row: Row, file: str | None) -> Problem:
    text = "the test student of Canvas is left out"
    return warning(text, file=file, line=row.line, rule="canvas-test-student")
