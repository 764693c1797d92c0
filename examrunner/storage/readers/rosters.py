"""Class lists: what kind of file one is, and the students in it.

A Canvas gradebook, other lists of Canvas, registrars, Gradescope and other systems, OneRoster, our
own roster.csv, or any table with a name and an id or e-mail address; as CSV or a workbook. All or
nothing: with an error there are no students, so that nobody is missed silently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from examrunner.domain.course.people import Student
from examrunner.domain.problems import BadInput, Problem, error, has_errors, warning
from examrunner.domain.text import fold, safe, some, tidy
from examrunner.storage.collector import held_back
from examrunner.storage.readers import canvas
from examrunner.storage.readers.columns import SHOWN, field_of, find_fields, is_known
from examrunner.storage.readers.roster_students import (
    ID_FIELDS,
    faults_of,
    students_of,
    with_names,
)
from examrunner.storage.readers.student_ids import Cells, chosen_ids, repeats, without_shared
from examrunner.storage.readers.tables import (
    Table,
    all_unwrapped,
    bytes_of,
    is_archive,
    read_table,
    tidied,
)

SHOWN_COLUMNS = 8
_CANVAS_FIELDS = {
    "name": canvas.NAME,
    "last": canvas.LAST,
    "first": canvas.FIRST,
    "canvas_id": canvas.CANVAS_ID,
    "sis_id": canvas.SIS_ID,
    "login": canvas.LOGIN,
    "section": canvas.SECTION,
}
_BLACKBOARD = re.compile(r".+\|\d+")


class RosterKind(StrEnum):
    """What kind of file a class list is."""

    CANVAS = "canvas"
    CANVAS_REPORT = "canvas-report"
    CANVAS_ANALYTICS = "canvas-analytics"
    REGISTRAR = "registrar"
    GRADESCOPE = "gradescope"
    BRIGHTSPACE = "brightspace"
    BLACKBOARD = "blackboard"
    ONEROSTER_1_1 = "oneroster-1.1"
    ONEROSTER_1_2 = "oneroster-1.2"
    PLAIN = "plain"
    UNKNOWN = "unknown"


KIND_WORDS = {
    RosterKind.CANVAS: "a Canvas gradebook",
    RosterKind.CANVAS_REPORT: "a roster report of Canvas",
    RosterKind.CANVAS_ANALYTICS: "course analytics of Canvas",
    RosterKind.REGISTRAR: "a registrar's class list",
    RosterKind.GRADESCOPE: "a Gradescope file",
    RosterKind.BRIGHTSPACE: "a Brightspace grade file",
    RosterKind.BLACKBOARD: "a Blackboard grade file",
    RosterKind.ONEROSTER_1_1: "OneRoster 1.1",
    RosterKind.ONEROSTER_1_2: "OneRoster 1.2",
    RosterKind.PLAIN: "a class list",
    RosterKind.UNKNOWN: "a file that was not understood",
}
"""What a file was recognised as, in words."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of a class list, or the errors for which there are none."""

    students: tuple[Student, ...]
    kind: RosterKind
    problems: tuple[Problem, ...] = ()
    lines: Sequence[int] = field(default=(), compare=False)
    """The line that told of each student."""
    given: frozenset[str] = field(default=frozenset(), compare=False)
    """The fields of a student that the file has columns for."""
    sheet: str | None = field(default=None, compare=False)
    """Of a workbook: the sheet that was read."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A class list as columns, before anything is said of its cells."""

    kind: RosterKind
    cells: Cells
    places: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    sheet: str | None = None


def read_roster(
    source: bytes | Path,
    file: str | None = None,
    *,
    sheet: str | None = None,
    of_class: str | None = None,
) -> Roster:
    """Read a class list. Every problem is returned, none is raised.

    `sheet` names one of a workbook, `of_class` one class of a OneRoster export: a folder or a zip.
    """
    if file is None and isinstance(source, Path):
        file = str(source)
    with held_back():
        return _read(source, file, sheet, of_class)


def _read(
    source: bytes | Path, file: str | None, sheet: str | None, of_class: str | None
) -> Roster:
    try:
        found = _found(source, file, sheet, of_class)
    except BadInput as bad:
        return Roster((), RosterKind.UNKNOWN, bad.problems)
    if has_errors(found.problems):
        return Roster((), found.kind, found.problems)
    cells = with_names(found.cells)
    problems = [*found.problems, *faults_of(cells, found.places)]
    if not cells.lines and not has_errors(problems):
        line = found.places.get("", 1)
        text = "no students below the header"
        problems.append(error(text, file=file, line=line, rule="roster-empty"))
    if not has_errors(problems):
        ids, faults = chosen_ids(cells, found.places)
        named = replace(cells, columns={**cells.columns, "student_id": ids})
        problems += [*faults, *repeats(named)]
        if "login" in named.columns:
            logins = without_shared(named.of("login"))
            named = replace(named, columns={**named.columns, "login": logins})
        cells = named
    students = () if has_errors(problems) else students_of(cells)
    given = frozenset(found.cells.columns)
    return Roster(students, found.kind, tuple(problems), cells.lines, given, found.sheet)


def _found(
    source: bytes | Path, file: str | None, sheet: str | None, of_class: str | None
) -> _Found:
    """Return a class list as columns; raises BadInput where nothing can be said of them."""
    if isinstance(source, Path) and source.is_dir():
        from examrunner.storage.readers.oneroster import folder_files

        return _from_oneroster(folder_files(source, file), file, of_class)
    data = bytes_of(source, file)
    if is_archive(data):
        return _from_archive(data, file, sheet, of_class)
    return _from_table(read_table(data, file, known=is_known))


def _from_archive(data: bytes, file: str | None, sheet: str | None, of_class: str | None) -> _Found:
    from examrunner.storage.readers import archives, oneroster, workbooks

    names = archives.checked_names(data, file)
    if oneroster.is_export(names):
        return _from_oneroster(oneroster.zip_files(data, file), file, of_class)
    read = workbooks.read_workbook(data, file, known=is_known, sheet=sheet)
    found = _from_table(read.table)
    return replace(found, problems=(*read.problems, *found.problems), sheet=read.sheet)


def _from_oneroster(files: Mapping[str, bytes], file: str | None, of_class: str | None) -> _Found:
    from examrunner.storage.readers.oneroster import read_export

    read = read_export(files, file, of_class)
    kind = RosterKind.ONEROSTER_1_2 if read.is_1_2 else RosterKind.ONEROSTER_1_1
    return _Found(kind, read.cells, read.places, read.problems)


def _from_table(table: Table) -> _Found:
    if canvas.is_gradebook(table.header):
        return _from_canvas(table)
    kind = _kind_of(table.header)
    fields, problems = find_fields(table.header, table.header_line, table.file)
    missing = _missing_columns(table, fields)
    # Below the header of another kind of file each row is odd, which says nothing more.
    problems += missing or [*table.ragged(), *table.bad_cells(fields.values())]
    if has_errors(problems):
        return _Found(kind, Cells((), {}), {}, tuple(problems))
    places, told = _students(table, fields)
    problems += told
    cells = _cells(table, fields, places)
    if kind is RosterKind.BRIGHTSPACE:
        marked = [name for name in ("student_id", "login") if name in fields]
        plain: dict[str, list[str]] = {
            name: [text.removeprefix("#") for text in cells.of(name)] for name in marked
        }
        cells = replace(cells, columns={**cells.columns, **plain})
    if kind is RosterKind.PLAIN:
        problems += _unused_columns(table)
    return _Found(kind, cells, {**fields, "": table.header_line}, tuple(problems))


def _from_canvas(table: Table) -> _Found:
    try:
        found = canvas.sorted_out(table)
    except BadInput as bad:
        return _Found(RosterKind.CANVAS, Cells((), {}), {}, bad.problems)
    headers = {
        one.header.strip(): one.index
        for one in reversed(found.columns)
        if one.kind is canvas.ColumnKind.IDENTITY
    }
    fields = {name: headers[header] for name, header in _CANVAS_FIELDS.items() if header in headers}
    cells = _cells(table, fields, found.students)
    return _Found(RosterKind.CANVAS, cells, {**fields, "": table.header_line}, found.problems)


def _cells(table: Table, fields: Mapping[str, int], places: Sequence[int]) -> Cells:
    """Return the columns of some records: tidy and unwrapped."""
    is_all = len(places) == len(table.records)
    columns = {}
    for name, index in fields.items():
        column = tidied(table.column(index))
        plain = all_unwrapped(column)
        column = column if plain is column else tidied(plain)
        columns[name] = column if is_all else [column[place] for place in places]
    lines = table.lines if is_all else [table.lines[place] for place in places]
    return Cells(lines, columns, table.file)


def _students(table: Table, fields: Mapping[str, int]) -> tuple[Sequence[int], list[Problem]]:
    """Return the places of the records that are students, and what is told of the others.

    Lists put together hold the header again, and spreadsheets end in a total.
    """
    first, header = table.header[0], list(table.header)
    left = {
        place: "this row repeats the header"
        for place, cell in enumerate(table.column(0))
        if cell == first and list(table.records[place]) == header
    }
    for name in ("name", "student_id"):
        column = table.column(fields[name]) if name in fields else []
        if not _TOTALS.isdisjoint(column):
            told = "this row is a total"
            left |= {place: told for place, cell in enumerate(column) if cell in _TOTALS}
    if not left:
        return range(len(table.records)), []
    problems = [
        warning(
            f"{told} and is left out",
            file=table.file,
            line=table.lines[place],
            rule="roster-no-student",
        )
        for place, told in sorted(left.items())
    ]
    return [place for place in range(len(table.records)) if place not in left], problems


_TOTALS = frozenset(
    spelled
    for word in ("total", "totals", "grand total", "average", "averages")
    for spelled in (word, word.capitalize(), word.title(), word.upper())
)


def _kind_of(header: Sequence[str]) -> RosterKind:
    """Return whose file this is, as far as its header tells."""
    keys = {fold(cell) for cell in header}
    for kind, needed in _TELLING.items():
        if needed <= keys:
            return kind
    if any(_BLACKBOARD.fullmatch(cell.strip()) for cell in header) and "username" in keys:
        return RosterKind.BLACKBOARD
    return RosterKind.PLAIN


_TELLING: dict[RosterKind, set[str]] = {
    RosterKind.CANVAS_REPORT: {"student id", "student sis id"},
    RosterKind.CANVAS_ANALYTICS: {"canvas user id", "sortable name"},
    RosterKind.REGISTRAR: {"enrl cd", "perm"},
    RosterKind.BRIGHTSPACE: {"orgdefinedid"},
    RosterKind.GRADESCOPE: {"sid", "email", "sections"},
}
"""Headers, folded, that stand together only in files of one kind."""


def _missing_columns(table: Table, fields: Mapping[str, int]) -> list[Problem]:
    named = {"name", "sortable"} & fields.keys() or {"last", "first"} <= fields.keys()
    known = {*ID_FIELDS, "email"} & fields.keys()
    lacking = [
        text for text, there in (("names", named), ("ids or e-mail addresses", known)) if not there
    ]
    if not lacking:
        return []
    hint = "call them name (or last name and first name) and student_id or email"
    if "sourcedid" in {fold(cell) for cell in table.header}:
        hint = "this looks like a part of OneRoster: give the folder or the zip with all its files"
    return [
        error(
            f"no column holds the students' {' and no column their '.join(lacking)}",
            hint,
            file=table.file,
            line=table.header_line,
            rule="csv-header",
        )
    ]


def _unused_columns(table: Table) -> list[Problem]:
    unused = [
        safe(tidy(cell)[:SHOWN]) for cell in table.header if cell.strip() and field_of(cell) is None
    ]
    if not unused:
        return []
    return [
        warning(
            f"columns that are not used: {some(unused, SHOWN_COLUMNS)}",
            file=table.file,
            line=table.header_line,
            rule="csv-unused-columns",
        )
    ]
