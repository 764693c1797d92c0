"""Reviews from a Canvas gradebook with an assignment for each paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.course.joining import Name
from examrunner.domain.course.matching import ReviewRow
from examrunner.domain.problems import Problem, has_errors
from examrunner.storage.readers import canvas
from examrunner.storage.readers.tables import Row, Table, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator


def reviews_of(gradebook: canvas.Gradebook, table: Table) -> tuple[list[ReviewRow], list[Problem]]:
    """Return a review for each score above zero, whatever the assignment is about."""
    problems = [
        *gradebook.problems,
        *table.bad_cells(column.index for column in gradebook.assignments()),
    ]
    if has_errors(problems):
        return [], problems
    rows = [item for row in gradebook.rows for item in _scored(gradebook, row)]
    return rows, problems


def _scored(gradebook: canvas.Gradebook, row: Row) -> Iterator[ReviewRow]:
    headers = (canvas.CANVAS_ID, canvas.SIS_ID, canvas.LOGIN)
    ids = [unwrapped(gradebook.text(row, header)) for header in headers]
    who = tuple(text for text in (*ids, Name(gradebook.name(row))) if text)
    for column in gradebook.assignments():
        score = canvas.score_of(row.cell(column.index))
        if score:
            yield ReviewRow(
                who,
                column.title,
                line=row.line,
                column=column.index + 1,
                file=gradebook.file,
                graded=True,
            )
