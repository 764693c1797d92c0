"""Scores for Canvas: what an upload would change, and the file that changes just that.

What Canvas accepts is section 1b of the file-format notes. The file is the instructor's own
export cut down to the identity columns, one score column and the students with a new score.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from examrunner.domain.course.people import Student
from examrunner.domain.problems import Problem, error, has_errors, warning
from examrunner.domain.text import safe
from examrunner.storage.readers import canvas
from examrunner.storage.readers.canvas import Column, ColumnKind, Gradebook
from examrunner.storage.readers.tables import Row
from examrunner.storage.writers.canvas_rows import Conflict, find_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CENT = Decimal("0.01")
HIGHEST = Decimal(1_000_000)
_NO_SCORE = frozenset(("", "-", "N/A"))
_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Change:
    """One student's score before, as exported, and after."""

    student: Student
    row: Row
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload would do. Only `changes` are written."""

    column: Column
    changes: tuple[Change, ...] = ()
    unchanged: tuple[Change, ...] = ()
    overwrites: tuple[Change, ...] = ()
    """Held back: Canvas has another score, and overwriting it was not asked for."""
    not_in_file: tuple[Student, ...] = ()
    not_in_class: tuple[Row, ...] = ()
    """Rows of the export that no student of the roster has."""
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[Problem, ...] = ()


def score_text(points: Decimal) -> str | None:
    """Return a score in plain digits with at most two decimals; None if it cannot be so written."""
    if not points.is_finite() or not 0 <= points <= HIGHEST or points != points.quantize(CENT):
        return None
    text = format(points.quantize(CENT), "f")
    return text.rstrip("0").rstrip(".")  # quantised, so there is a point


def plan_upload(
    gradebook: Gradebook,
    column: Column,
    students: Sequence[Student],
    scores: Mapping[str, Decimal],
    *,
    force: bool = False,
) -> Upload:
    """Compare scores, given by student id, with an export.

    Only students with a score are touched. Students in doubt and overwrites that were not asked
    for are left out of the file, each with a warning; an error leaves the file without scores.
    """
    problems = _column_problems(gradebook, column)
    rows, conflicts = find_rows(gradebook, students)
    taken = {row.line for row in rows.values()}
    taken |= {line for conflict in conflicts for line in conflict.lines}
    doubtful = {conflict.student.student_id for conflict in conflicts}
    examined = [student for student in students if student.student_id in scores]
    changes: list[Change] = []
    for student in examined:
        if row := rows.get(student.student_id):
            points = scores[student.student_id]
            text = score_text(points)
            if text is None:
                problems.append(_unwritable(gradebook, column, row, student, points))
                continue
            problems += _above(gradebook, column, row, student, points)
            changes.append(Change(student, row, row.cell(column.index), text))
    unchanged = tuple(change for change in changes if _is_same(change))
    overwrites = tuple(item for item in changes if _is_overwrite(item) and not force)
    kept = {change.student.student_id for change in (*unchanged, *overwrites)}
    strangers = sorted(scores.keys() - {student.student_id for student in students})
    problems += [_no_student(who) for who in strangers]
    blocked = has_errors(problems)
    upload = Upload(
        column,
        tuple(item for item in changes if not blocked and item.student.student_id not in kept),
        unchanged,
        overwrites,
        tuple(s for s in examined if s.student_id not in rows and s.student_id not in doubtful),
        tuple(row for row in gradebook.rows if row.line not in taken),
        tuple(item for item in conflicts if item.student.student_id in scores),
    )
    return replace(upload, problems=(*problems, *_left_out(gradebook, upload)))


def _is_same(change: Change) -> bool:
    return canvas.score_of(change.old) == Decimal(change.new)


def _is_overwrite(change: Change) -> bool:
    return change.old not in _NO_SCORE and not _is_same(change)


def render_upload(gradebook: Gradebook, upload: Upload) -> bytes:
    """Return the file for Canvas: UTF-8 without BOM, commas, every row as wide as the header."""
    identity = _identity_columns(gradebook)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*(gradebook.header[i].strip() for i in identity), upload.column.header])
    if gradebook.points_row:
        cells = gradebook.points_row.cells
        points = _plain_number(cells[upload.column.index])
        writer.writerow([*(cells[i] for i in identity), points])
    for change in upload.changes:
        writer.writerow([*(change.row.cells[i] for i in identity), change.new])
    return stream.getvalue().encode("utf-8")


def _identity_columns(gradebook: Gradebook) -> list[int]:
    """Return the identity columns in the order Canvas accepts, without those it then refuses.

    The SIS id needs the login beside it, and the two accounts' columns need both.
    """
    middle = [(name, gradebook.position(name)) for name in canvas.MIDDLE]
    there = {name for name, index in middle if index is not None}
    if canvas.LOGIN not in there:
        there = set()
    elif canvas.SIS_ID not in there:
        there = {canvas.LOGIN}
    names = (canvas.NAME, canvas.LAST, canvas.FIRST, canvas.CANVAS_ID)
    ordered = [gradebook.position(name) for name in names]
    ordered += [index for name, index in middle if name in there]
    ordered.append(gradebook.position(canvas.SECTION))
    return [index for index in ordered if index is not None]


def _plain_number(cell: str) -> str:
    number = canvas.score_of(cell)
    if _PLAIN.fullmatch(cell.strip()) or number is None:
        return cell.strip()
    return format(number, "f")


def _column_problems(gradebook: Gradebook, column: Column) -> list[Problem]:
    """Refuse a column that Canvas would drop, double or make anew; remark on risky ones."""
    said = f"'{safe(column.header)}'"
    refusals = []
    if column.kind is ColumnKind.READ_ONLY or canvas.is_read_only(column.header):
        text = f"{said} has the name of a total: Canvas drops it without a word"
        refusals.append((text, "rename the assignment in Canvas and export again"))
    elif column.kind is not ColumnKind.ASSIGNMENT:
        text = f"{said} is no assignment with an id: Canvas would make a new, published one"
        refusals.append((text, "choose an assignment, whose name ends in its id"))
    elif gradebook.header.count(column.header) > 1:
        text = f"{said} stands twice: Canvas reads the first for both"
        refusals.append((text, "export the gradebook again"))
    elif column.points.startswith("(read only)"):
        refusals.append((f"{said} is read only in this gradebook", "choose another assignment"))
    remarks = []
    if canvas.score_of(column.points) == 0:
        text = f"{said} is worth 0 points: numbers may show as incomplete"
        remarks.append((text, "give the assignment its points in Canvas first"))
    if "Final" in column.title and not refusals:
        text = f"Canvas is said to ignore some columns with 'Final' in their name: {said}"
        hint = "look for the scores on its page before you confirm (instructure/canvas-lms#2134)"
        remarks.append((text, hint))
    file, line, place = gradebook.file, gradebook.header_line, column.index + 1
    return [
        *(
            error(text, hint, file=file, line=line, column=place, rule="canvas-column")
            for text, hint in refusals
        ),
        *(
            warning(text, hint, file=file, line=line, column=place, rule="canvas-column")
            for text, hint in remarks
        ),
    ]


def _unwritable(
    gradebook: Gradebook, column: Column, row: Row, student: Student, points: Decimal
) -> Problem:
    return error(
        f"{student.name}: {points} cannot be written as a score",
        "Canvas takes numbers from 0 to a million with at most two decimals",
        file=gradebook.file,
        line=row.line,
        column=column.index + 1,
        rule="canvas-score",
    )


def _above(
    gradebook: Gradebook, column: Column, row: Row, student: Student, points: Decimal
) -> list[Problem]:
    possible = canvas.score_of(column.points)
    if possible is None or points <= possible:
        return []
    return [
        warning(
            f"{student.name}: {points} is more than the {column.points} points possible",
            file=gradebook.file,
            line=row.line,
            column=column.index + 1,
            rule="canvas-score",
        )
    ]


def _no_student(student_id: str) -> Problem:
    text = f"there is a score for {student_id}, who is not on the roster"
    return warning(text, rule="canvas-no-student")


def _left_out(gradebook: Gradebook, upload: Upload) -> list[Problem]:
    """Tell of each examined student who gets no score by this file."""
    file = gradebook.file
    problems = []
    for conflict in upload.conflicts:
        text = f"{conflict.student.name} is left out: {conflict.text}"
        hint = "export the gradebook again, or correct the roster"
        line = conflict.lines[0]
        problems.append(warning(text, hint, file=file, line=line, rule="canvas-conflict"))
    for change in upload.overwrites:
        text = f"{change.student.name} is left out: Canvas has {safe(change.old)}, not {change.new}"
        hint = "overwrite on purpose, or correct the score"
        line = change.row.line
        problems.append(warning(text, hint, file=file, line=line, rule="canvas-overwrite"))
    for student in upload.not_in_file:
        text = f"{student.name} is left out: no row of the export is theirs"
        hint = "Canvas leaves out concluded and inactive students; enter the score by hand"
        problems.append(warning(text, hint, file=file, rule="canvas-not-in-file"))
    return problems
