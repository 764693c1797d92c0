"""Scores for Moodle, Brightspace and Blackboard: what an upload would change.

The file that an instructor downloaded says whose row is whose, and what stands there already.
Moodle and Brightspace take a file without one too: then it is made from the roster alone.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, repeat
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, error
from examrunner.domain.text import safe
from examrunner.storage.readers.canvas import Column, ColumnKind, Gradebook
from examrunner.storage.readers.grade_files import (
    EMAIL,
    END_OF_LINE,
    FIRST,
    KEYS,
    LAST,
    LOGIN,
    POINTS_GRADE,
    SIS,
    GradeFile,
    System,
)
from examrunner.storage.readers.tables import Row
from examrunner.storage.writers import row_owners
from examrunner.storage.writers.row_owners import Conflict, RowId, RowTexts, find_rows
from examrunner.storage.writers.uploads import Target, Upload, compare, machine_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from examrunner.domain.course.people import Student

_IDS = {SIS: row_owners.SIS, LOGIN: row_owners.LOGIN, EMAIL: row_owners.EMAIL}
_ABOVE = {
    System.MOODLE: "Moodle refuses the whole file for it, unless the site allows more",
    System.BRIGHTSPACE: "Brightspace caps it, unless the item can exceed its maximum",
    System.BLACKBOARD: "Blackboard takes it as extra credit",
}
_MOST = {System.MOODLE: "100"}
"""What a system takes at most where its file does not say."""
_HEADERS: dict[str, tuple[str, Callable[[Student], str | None]]] = {
    EMAIL: ("Email address", lambda student: student.email),
    SIS: ("ID number", lambda student: student.sis_id or student.student_id),
    LOGIN: ("Username", lambda student: student.login),
}
ORG_DEFINED_ID = "OrgDefinedId"


def from_roster(
    system: System, students: Sequence[Student], item: str, key: str | None = None
) -> GradeFile:
    """Return a table of the roster with an empty column, for Moodle or Brightspace.

    `key` is the one text by which Moodle is to know the students; without it, the first that
    every student has.
    """
    fields = _fields(system, students, key)
    names = {field: head for field, (head, _) in _HEADERS.items()}
    if system is System.BRIGHTSPACE:
        names[SIS] = ORG_DEFINED_ID
        item = f"{item.removesuffix(POINTS_GRADE).strip()} {POINTS_GRADE}"
    header = (*(names[field] for field in fields), item)
    rows = {
        one.student_id: Row(place, (*(_HEADERS[field][1](one) or "" for field in fields), ""))
        for place, one in enumerate(students, 2)
    }
    identity = [
        Column(place, head, ColumnKind.IDENTITY, head) for place, head in enumerate(header[:-1])
    ]
    column = Column(len(fields), item, ColumnKind.ASSIGNMENT, item)
    book = Gradebook(header, 1, (*identity, column), tuple(rows.values()))
    people = {field: place for place, field in enumerate(fields)}
    return GradeFile(system, book, people, owners=rows)


def _fields(system: System, students: Sequence[Student], key: str | None) -> list[str]:
    def all_have(field: str) -> bool:
        return all(_HEADERS[field][1](one) for one in students)

    if system is System.BRIGHTSPACE:
        return [SIS, *([LOGIN] if all_have(LOGIN) else [])]
    return [key or next((field for field in (EMAIL, LOGIN) if all_have(field)), SIS)]


def plan_scores(
    grades: GradeFile,
    column: Column,
    students: Sequence[Student],
    scores: Mapping[str, Decimal],
    *,
    key: str | None = None,
    force: bool = False,
) -> Upload:
    """Compare scores, given by student id, with a grade file; see `uploads.compare`.

    `key` is what Moodle is to know the students by, where not the first that the file has.
    """
    system, book = grades.system, grades.book
    target = Target(
        system.value,
        system.called,
        column,
        book.rows,
        book.file,
        book.header_line,
        "enter the score by hand, or correct the roster",
        _ABOVE[system],
        most=_MOST.get(system, ""),
    )
    rows, conflicts = _rows(grades, students)
    fields = key_fields(grades, key)
    problems = _column_problems(grades, column)
    if fields:
        rows, more = _with_keys(grades, rows, students, fields)
        conflicts = [*conflicts, *more]
    else:
        text = f"the file has no column {_HEADERS[key or EMAIL][0]}"
        problems.append(
            error(
                text,
                "choose another --key",
                file=book.file,
                line=book.header_line,
                rule="moodle-key",
            )
        )
    return compare(target, (rows, conflicts), students, scores, force=force, problems=problems)


def key_fields(grades: GradeFile, key: str | None = None) -> list[str]:
    """Return the columns by which the system is to know the students, as far as there are any.

    Moodle takes one, Brightspace both of its own.
    """
    there = [field for field in KEYS[grades.system] if field in grades.people]
    if grades.system is System.BRIGHTSPACE:
        return there
    return [field for field in there if key in (None, field)][:1]


def _rows(
    grades: GradeFile, students: Sequence[Student]
) -> tuple[Mapping[str, Row], list[Conflict]]:
    if grades.owners is not None:
        return grades.owners, []
    texts = [
        RowTexts(
            row,
            tuple(
                RowId(kind, grades.label(field), grades.text(row, field))
                for field, kind in _IDS.items()
                if field in grades.people
            ),
            grades.name(row),
        )
        for row in grades.book.rows
    ]
    return find_rows(texts, students, own_ids=True)


def _with_keys(
    grades: GradeFile,
    rows: Mapping[str, Row],
    students: Sequence[Student],
    fields: Sequence[str],
) -> tuple[dict[str, Row], list[Conflict]]:
    """Leave out rows without a key, and rows that share one: they would go to somebody else.

    Moodle books a row without a key to the student above.
    """
    seen = {
        field: Counter(grades.text(row, field).casefold() for row in grades.book.rows)
        for field in fields
    }
    kept: dict[str, Row] = {}
    conflicts = []
    for student in students:
        row = rows.get(student.student_id)
        if row is None:
            continue
        texts = {field: grades.text(row, field) for field in fields}
        blank = [field for field, text in texts.items() if not text]
        shared = [field for field, text in texts.items() if seen[field][text.casefold()] > 1]
        if len(blank) == len(fields) or shared:
            what = grades.label((blank or shared)[0])
            told = f"several rows have this {what}" if shared and not blank else f"no {what}"
            conflicts.append(Conflict(student, (row.line,), told))
        else:
            kept[student.student_id] = row
    return kept, conflicts


def _column_problems(grades: GradeFile, column: Column) -> list[Problem]:
    """Refuse a column that the system would not take, take apart or make anew."""
    system, book = grades.system, grades.book
    said, hint = f"'{safe(column.header)}'", "choose the item that takes the points"
    refusal = ""
    if column.kind is ColumnKind.CUSTOM and system is System.BLACKBOARD and column.points:
        refusal = f"{said} has no |id: Blackboard would make a text column worth 0 points"
        hint = "download the file again and leave its headers as they are"
    elif column.kind is ColumnKind.IDENTITY:
        refusal = f"{said} says who a student is"
    elif column.kind is not ColumnKind.ASSIGNMENT:
        refusal = f"{said} takes no points: it is a total, a letter, a percentage or a text"
    elif book.header.count(column.header) > 1:
        refusal, hint = f"{said} stands twice", "download the file again"
    if not refusal:
        return []
    file, line, place = book.file, book.header_line, column.index + 1
    rule = f"{system.value}-column"
    return [error(refusal, hint, file=file, line=line, column=place, rule=rule)]


def render_grades(
    grades: GradeFile,
    upload: Upload,
    key: str | None = None,
    feedback: Mapping[str, str] | None = None,
) -> bytes:
    """Return the file for the system, as its own rules want it.

    `feedback` holds a text for each student id, for Moodle alone: a column of its own.
    """
    match grades.system:
        case System.MOODLE:
            return _moodle(grades, upload, key, feedback)
        case System.BRIGHTSPACE:
            return _brightspace(grades, upload)
    return _blackboard(grades, upload)


def _moodle(
    grades: GradeFile, upload: Upload, key: str | None, feedback: Mapping[str, str] | None
) -> bytes:
    """Return one key column and one item; whoever has no score is not in it.

    Moodle takes all of a file or nothing, and wants every row as wide as the header.
    """
    (field,) = key_fields(grades, key)
    header = [grades.label(field), upload.column.header.strip()]
    columns = [grades.given((one.row for one in upload.changes), field), _scores(upload)]
    if feedback is not None:
        header.append(f"{upload.column.title} feedback")
        columns.append([feedback.get(one.student.student_id, "") for one in upload.changes])
    return machine_csv(chain([header], zip(*columns, strict=True)))


def _scores(upload: Upload) -> list[str]:
    return [one.new for one in upload.changes]


def _brightspace(grades: GradeFile, upload: Upload) -> bytes:
    """Return the ids, the item's points and the sign that ends each line."""
    fields = key_fields(grades)
    item = upload.column.header.partition(f" {POINTS_GRADE}")[0].strip()
    header = [*map(grades.label, fields), f"{item} {POINTS_GRADE}", END_OF_LINE]
    changed = [one.row for one in upload.changes]
    keys = [grades.given(changed, field) for field in fields]
    rows = zip(*keys, _scores(upload), repeat("#"), strict=False)
    return machine_csv(chain([header], rows))


def _blackboard(grades: GradeFile, upload: Upload) -> bytes:
    """Return names, username and the column under its own header, written as the download was."""
    identity = [grades.people[field] for field in (LAST, FIRST, LOGIN) if field in grades.people]
    header = [*(grades.book.header[place] for place in identity), upload.column.header]
    rows = ([*(one.row.cells[place] for place in identity), one.new] for one in upload.changes)
    return machine_csv(
        chain([header], rows),
        grades.book.delimiter,
        quote_all=grades.quote_all,
        encoding=grades.encoding,
    )
