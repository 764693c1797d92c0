"""Reviews from a Canvas gradebook with an assignment for each paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.course.joining import Name
from examrunner.domain.course.matching import ReviewRow
from examrunner.domain.course.unclear import UnclearMark
from examrunner.domain.problems import Problem, has_errors
from examrunner.storage.readers import canvas
from examrunner.storage.readers.marks import is_mark
from examrunner.storage.readers.tables import Row, Table, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXCUSED = ("ex", "excused")
"""Canvas's word for who need not hand in; some courses give it for work that came another way."""


def reviews_of(
    gradebook: canvas.Gradebook, table: Table
) -> tuple[list[ReviewRow], list[UnclearMark], list[Problem]]:
    """Return a review for each score above zero or mark, whatever the assignment is about.

    Marks that may mean a review or not, such as EX, do not count and come back besides.
    """
    problems = [
        *gradebook.problems,
        *table.bad_cells(column.index for column in gradebook.assignments()),
    ]
    if has_errors(problems):
        return [], [], problems
    rows: list[ReviewRow] = []
    unclear: list[UnclearMark] = []
    for row in gradebook.rows:
        for review, mark in _scored(gradebook, row):
            if mark:
                unclear.append(UnclearMark(review, mark))
            else:
                rows.append(review)
    return rows, unclear, problems


def _scored(gradebook: canvas.Gradebook, row: Row) -> Iterator[tuple[ReviewRow, str]]:
    """Return the reviews that a row tells of, each with the mark that leaves it unclear."""
    headers = (canvas.CANVAS_ID, canvas.SIS_ID, canvas.LOGIN)
    ids = [unwrapped(gradebook.text(row, header)) for header in headers]
    who = tuple(text for text in (*ids, Name(gradebook.name(row))) if text)
    for column in gradebook.assignments():
        text = row.cell(column.index)
        score = canvas.score_of(text)
        counts = is_mark(text) if score is None else score > 0
        is_unclear = counts is None or text.casefold() in _EXCUSED
        if counts or is_unclear:
            review = ReviewRow(
                who,
                column.title,
                line=row.line,
                column=column.index + 1,
                file=gradebook.file,
                graded=True,
            )
            yield review, text if is_unclear else ""
