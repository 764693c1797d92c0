"""Scores for Canvas: what an upload would change, and the file that changes just that.

What Canvas accepts is section 1b of the file-format notes. The file is the instructor's own
export cut down to the identity columns, one score column and the students with a new score.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from examrunner.domain.problems import Problem, error, warning
from examrunner.domain.text import safe
from examrunner.storage.readers import canvas
from examrunner.storage.readers.canvas import Column, ColumnKind, Gradebook
from examrunner.storage.readers.tables import unwrapped
from examrunner.storage.writers.row_owners import (
    CANVAS,
    LOGIN,
    SIS,
    RowId,
    RowTexts,
    find_rows,
)
from examrunner.storage.writers.uploads import Change as Change
from examrunner.storage.writers.uploads import Target, compare, machine_csv
from examrunner.storage.writers.uploads import Upload as Upload
from examrunner.storage.writers.uploads import score_text as score_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from decimal import Decimal

    from examrunner.domain.course.people import Student
    from examrunner.storage.readers.tables import Row

FORM, SYSTEM = "canvas", "Canvas"
NOT_ASSIGNED = "N/A"
"""What Canvas writes for a student whom the assignment is not assigned to."""
_LOST = "Canvas leaves out concluded and inactive students; enter the score by hand"
_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?", re.ASCII)


def plan_upload(
    gradebook: Gradebook,
    column: Column,
    students: Sequence[Student],
    scores: Mapping[str, Decimal],
    *,
    excused: Collection[str] = (),
    force: bool = False,
) -> Upload:
    """Compare scores, given by student id, with an export; see `uploads.compare`."""
    file, line = gradebook.file, gradebook.header_line
    target = Target(FORM, SYSTEM, column, gradebook.rows, file, line, _LOST)
    found = find_rows(_texts(gradebook), students)
    problems = [*_column_problems(gradebook, column), *_not_assigned(target, found[0], scores)]
    return compare(target, found, students, scores, excused=excused, force=force, problems=problems)


def _texts(gradebook: Gradebook) -> list[RowTexts]:
    kinds = ((CANVAS, canvas.CANVAS_ID), (SIS, canvas.SIS_ID), (LOGIN, canvas.LOGIN))
    places = [(kind, label, gradebook.position(label)) for kind, label in kinds]
    return [
        RowTexts(
            row,
            tuple(RowId(kind, label, unwrapped(row.cell(place))) for kind, label, place in places),
            gradebook.name(row),
        )
        for row in gradebook.rows
    ]


def _not_assigned(
    target: Target, rows: Mapping[str, Row], scores: Mapping[str, Decimal]
) -> list[Problem]:
    """Remark on scores that Canvas passes over, since the student is not assigned the exam."""
    place = target.column.index
    return [
        warning(
            f"Canvas shows {NOT_ASSIGNED} for {who}: it may pass over this score",
            "assign the exam to this student in Canvas first",
            file=target.file,
            line=row.line,
            column=place + 1,
            rule="canvas-score",
        )
        for who, row in rows.items()
        if who in scores and row.cell(place) == NOT_ASSIGNED
    ]


def render_upload(gradebook: Gradebook, upload: Upload) -> bytes:
    """Return the file for Canvas: UTF-8 without BOM, commas, every row as wide as the header."""
    identity = _identity_columns(gradebook)
    rows = [[*(gradebook.header[i].strip() for i in identity), upload.column.header]]
    if gradebook.points_row:
        cells = gradebook.points_row.cells
        points = _plain_number(cells[upload.column.index])
        rows.append([*(cells[i] for i in identity), points])
    changed = ([*(one.row.cells[i] for i in identity), one.new] for one in upload.changes)
    return machine_csv(chain(rows, changed))


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
