"""Class lists: a Canvas gradebook, our own roster.csv, or any CSV with a name and an id or e-mail.

All or nothing: with an error there are no students, so that nobody is missed silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.course.people import NO_EXTRA_TIME, Student
from examrunner.domain.problems import BadInput, Problem, error, has_errors, warning
from examrunner.domain.text import fold, is_blank, is_id, safe, tidy
from examrunner.storage.readers import canvas
from examrunner.storage.readers.columns import SHOWN, field_of, find_fields, is_known
from examrunner.storage.readers.student_ids import Entry, chosen_ids, repeats
from examrunner.storage.readers.tables import Row, Table, damaged_ids, read_table, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_EXTRA_TIME = Decimal(4)
SHOWN_COLUMNS = 8

_FACTOR = re.compile(r"\d+(?:[.,]\d+)?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_YES = frozenset(("yes", "y", "true", "1", "x"))
_NO = frozenset(("", "no", "n", "false", "0"))
_WISHES = ("stop_clock", "written")
"""Fields that are yes or no."""
_ID_FIELDS = ("student_id", "canvas_id", "sis_id", "login")
_CANVAS_FIELDS = {
    "canvas_id": canvas.CANVAS_ID,
    "sis_id": canvas.SIS_ID,
    "login": canvas.LOGIN,
    "section": canvas.SECTION,
}


class RosterKind(StrEnum):
    """What kind of file a class list is."""

    CANVAS = "canvas"
    PLAIN = "plain"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Roster:
    """The students of a class list, or the errors for which there are none."""

    students: tuple[Student, ...]
    kind: RosterKind
    problems: tuple[Problem, ...] = ()


def read_roster(source: bytes | Path, file: str | None = None) -> Roster:
    """Read a class list. Every problem is returned, none is raised."""
    kind = RosterKind.UNKNOWN
    try:
        table = read_table(source, file, known=is_known)
        if canvas.is_gradebook(table.header):
            kind = RosterKind.CANVAS
            entries, problems = _from_canvas(canvas.gradebook_of(table))
        else:
            kind = RosterKind.PLAIN
            entries, problems = _from_plain(table)
    except BadInput as bad:
        return Roster((), kind, bad.problems)
    if not entries and not has_errors(problems):
        text = "no students below the header"
        problems.append(error(text, file=table.file, line=table.header_line, rule="roster-empty"))
    if not has_errors(problems):
        entries, faults = chosen_ids(entries, table.file)
        problems += faults
        problems += repeats(entries, table.file)
        entries = _without_shared_logins(entries)
    students = () if has_errors(problems) else tuple(entry.student for entry in entries)
    return Roster(students, kind, tuple(problems))


def _from_canvas(gradebook: canvas.Gradebook) -> tuple[list[Entry], list[Problem]]:
    problems = list(gradebook.problems)
    entries = []
    for row in gradebook.rows:
        name = gradebook.name(row)
        if is_blank(name):
            problems.append(_no_name(row, gradebook.file))
        cells = {
            field: unwrapped(gradebook.text(row, header)) or None
            for field, header in _CANVAS_FIELDS.items()
        }
        student = Student(
            "",
            name,
            canvas_id=cells["canvas_id"],
            sis_id=cells["sis_id"],
            login=cells["login"],
            section=cells["section"],
        )
        entries.append(Entry(student, row.line))
    for field in ("canvas_id", "sis_id"):
        index = gradebook.position(_CANVAS_FIELDS[field])
        problems += _damaged(entries, field, index, gradebook.file)
    return entries, problems


def _from_plain(table: Table) -> tuple[list[Entry], list[Problem]]:
    fields, problems = find_fields(table.header, table.header_line, table.file)
    problems += _missing_columns(table, fields)
    problems += table.ragged()
    problems += table.bad_cells(fields.values())
    if has_errors(problems):
        return [], problems
    entries = []
    for row in table.rows:
        student, faults = _student(row, fields, table.file)
        entries.append(Entry(student, row.line))
        problems += faults
    for field in _ID_FIELDS[:-1]:
        problems += _damaged(entries, field, fields.get(field), table.file)
    return entries, problems + _unused_columns(table)


def _missing_columns(table: Table, fields: dict[str, int]) -> list[Problem]:
    named = {"name", "sortable"} & fields.keys() or {"last", "first"} <= fields.keys()
    known = {*_ID_FIELDS, "email"} & fields.keys()
    lacking = [
        text for text, there in (("names", named), ("ids or e-mail addresses", known)) if not there
    ]
    if not lacking:
        return []
    return [
        error(
            f"no column holds the students' {' and no column their '.join(lacking)}",
            "call them name (or last name and first name) and student_id or email",
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
    more = len(unused) - SHOWN_COLUMNS
    names = ", ".join(unused[:SHOWN_COLUMNS]) + (f" and {more} more" if more > 0 else "")
    return [
        warning(
            f"columns that are not used: {names}",
            file=table.file,
            line=table.header_line,
            rule="csv-unused-columns",
        )
    ]


def _student(row: Row, fields: dict[str, int], file: str | None) -> tuple[Student, list[Problem]]:
    problems: list[Problem] = []

    def fault(field: str, text: str, hint: str) -> None:
        column = fields[field] + 1
        problems.append(
            error(text, hint, file=file, line=row.line, column=column, rule=f"roster-{field}")
        )

    cells = {field: row.cell(index) for field, index in fields.items()}
    for field in _ID_FIELDS:
        cells[field] = unwrapped(cells.get(field, ""))
    name = _name_of(cells)
    if is_blank(name):
        problems.append(_no_name(row, file))
    extra_time = _extra_time(cells.get("extra_time", ""))
    if extra_time is None:
        hint = "write a factor from 1 to 4, such as 1.5"
        fault("extra_time", f"'{cells['extra_time']}' is no extra time", hint)
    for field in _WISHES:
        if fold(cells.get(field, "")) not in _YES | _NO:
            fault(field, f"'{cells[field]}' is neither yes nor no", "write yes or no")
    presented = tuple(re.split(r"[;\s]+", cells.get("presented", "").strip("; ")))
    presented = presented if presented != ("",) else ()
    assigned = cells.get("assigned") or None
    for field, text in _bad_readings(presented, assigned):
        fault(field, f"'{text}' is no id of a reading", "use the ids of course.yaml")
    student = Student(
        cells["student_id"],
        name,
        email=cells.get("email") or None,
        canvas_id=cells["canvas_id"] or None,
        sis_id=cells["sis_id"] or None,
        login=cells["login"] or None,
        section=cells.get("section") or None,
        say_name=cells.get("say_name") or None,
        photo=cells.get("photo") or None,
        extra_time=extra_time or NO_EXTRA_TIME,
        stop_clock=fold(cells.get("stop_clock", "")) in _YES,
        written=fold(cells.get("written", "")) in _YES,
        presented=presented,
        assigned=assigned,
    )
    if student.email and not _EMAIL.fullmatch(student.email):
        text = f"'{student.email}' is no e-mail address"
        column = fields["email"] + 1
        problems.append(warning(text, file=file, line=row.line, column=column, rule="roster-email"))
    return student, problems


def _bad_readings(presented: Iterable[str], assigned: str | None) -> list[tuple[str, str]]:
    """Return the field and the text of each reading that is no id."""
    named = [*(("presented", text) for text in presented), ("assigned", assigned or "")]
    return [(field, text) for field, text in named if text and not is_id(text)]


def _name_of(cells: dict[str, str]) -> str:
    if whole := cells.get("name") or cells.get("sortable"):
        return whole
    return ", ".join(part for part in (cells.get("last"), cells.get("first")) if part)


def _extra_time(text: str) -> Decimal | None:
    if not text:
        return NO_EXTRA_TIME
    if not (text.isascii() and _FACTOR.fullmatch(text)):
        return None
    factor = Decimal(text.replace(",", "."))
    return factor if NO_EXTRA_TIME <= factor <= MAX_EXTRA_TIME else None


def _no_name(row: Row, file: str | None) -> Problem:
    text = "this row has no name that can be seen"
    return error(
        text, "give a name, or delete the row", file=file, line=row.line, rule="roster-name"
    )


def _damaged(
    entries: list[Entry], field: str, index: int | None, file: str | None
) -> list[Problem]:
    if index is None:
        return []
    ids = [(text, entry.line) for entry in entries if (text := getattr(entry.student, field))]
    return damaged_ids(ids, index, file)


def _without_shared_logins(entries: list[Entry]) -> list[Entry]:
    """Take away logins that stand on several rows: they say nothing about who is meant."""
    seen: dict[str, int] = {}
    for entry in entries:
        login = (entry.student.login or "").casefold()
        seen[login] = seen.get(login, 0) + 1
    return [
        Entry(replace(entry.student, login=None), entry.line)
        if seen[(entry.student.login or "").casefold()] > 1
        else entry
        for entry in entries
    ]
