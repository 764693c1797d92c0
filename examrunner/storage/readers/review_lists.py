"""Who reviewed what, from whatever shape of table the course keeps it in.

The rows come out raw: who is meant and what is meant is decided by `domain.course.matching`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from examrunner.domain.course.matching import ReviewRow
from examrunner.domain.problems import BadInput, Problem, error, has_errors, warning
from examrunner.domain.text import is_blank, tidy
from examrunner.storage.readers import canvas, columns
from examrunner.storage.readers.marks import day_of, is_mark
from examrunner.storage.readers.tables import Row, Table, read_table, unwrapped

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

_SEVERAL = re.compile(r"[;\n\r]+")
SHOWN = 40
_COUNT = re.compile(r"\d{1,4}")


class ReviewShape(StrEnum):
    """How a table tells who reviewed what."""

    LONG = "long"
    """One review a row."""
    FORM = "form"
    """One answer to a form a row: a time stamp, and one or more titles."""
    MATRIX = "matrix"
    """One student a row, one paper a column."""
    GRADEBOOK = "gradebook"
    """A matrix whose papers are the assignments of a Canvas gradebook."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The rows of a review list, or the errors for which there are none."""

    rows: tuple[ReviewRow, ...]
    shape: ReviewShape
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand in a table."""

    shape: ReviewShape
    who: tuple[int, ...]
    papers: tuple[int, ...]
    number: int | None = None
    date: int | None = None

    def told(self) -> list[int]:
        """Return the columns, other than papers, whose texts are used."""
        return [*self.who, *(i for i in (self.number, self.date) if i is not None)]


def read_reviews(source: bytes | Path, file: str | None = None) -> ReviewList:
    """Read a review list. Every problem is returned, none is raised."""
    shape = ReviewShape.UNKNOWN
    try:
        table = read_table(source, file, known=columns.is_known)
        if canvas.is_gradebook(table.header):
            shape = ReviewShape.GRADEBOOK
            rows, problems = _from_gradebook(canvas.gradebook_of(table), table)
        else:
            layout = _layout(table)
            shape = layout.shape
            rows, problems = _from_table(table, layout)
    except BadInput as bad:
        return ReviewList((), shape, bad.problems)
    if not rows and not has_errors(problems):
        text = "no reviews found"
        problems.append(error(text, file=table.file, line=table.header_line, rule="reviews-empty"))
    return ReviewList(() if has_errors(problems) else tuple(rows), shape, tuple(problems))


def _layout(table: Table) -> _Layout:
    fields, problems = columns.find_fields(table.header, table.header_line, table.file)
    who = tuple(fields[field] for field in (*columns.IDENTITY, "sortable") if field in fields)
    if not who:
        problems.append(
            error(
                "no column says who reviewed",
                "call one of the columns student_id, email or name",
                file=table.file,
                line=table.header_line,
                rule="csv-header",
            )
        )
    if problems:
        raise BadInput(problems)
    header = list(enumerate(table.header))
    stamp = next((i for i, cell in header if columns.is_timestamp(cell)), None)
    papers = columns.paper_columns(table.header)
    if papers:
        listed = stamp is None and len(papers) == 1
        number = next((i for i, cell in header if columns.is_number(cell)), None)
        date = next((i for i, cell in header if columns.is_date(cell)), stamp)
        shape = ReviewShape.LONG if listed else ReviewShape.FORM
        return _Layout(shape, who, papers, number, date)
    used = {*who, *fields.values()}
    papers = tuple(i for i, cell in header if i not in used and not columns.is_aside(cell))
    if not papers:
        text = "no column names the papers that were reviewed"
        hint = "call it paper, or give every paper a column of its own"
        raise BadInput(
            [error(text, hint, file=table.file, line=table.header_line, rule="csv-header")]
        )
    return _Layout(ReviewShape.MATRIX, who, papers)


def _from_table(table: Table, layout: _Layout) -> tuple[list[ReviewRow], list[Problem]]:
    several = layout.shape is ReviewShape.FORM
    problems = [
        *table.ragged(),
        *table.bad_cells(layout.told()),
        *table.bad_cells(layout.papers, newlines=several),
    ]
    if problems:
        return [], problems
    if layout.shape is ReviewShape.MATRIX:
        layout, problems = _marked_columns(table, layout)
    read = _matrix_row if layout.shape is ReviewShape.MATRIX else _listed_row
    rows: list[ReviewRow] = []
    for row in table.rows:
        found, faults = read(table, layout, row)
        rows += found
        problems += faults
    return rows, problems


def _who(table: Table, layout: _Layout, row: Row) -> tuple[str, ...]:
    """Return what a row says about the student, last and first name as one text."""
    texts = []
    names: dict[str, str] = {}
    for index in layout.who:
        field = columns.field_of(table.header[index]) or ""
        text = unwrapped(row.cell(index))
        if field in ("last", "first"):
            names[field] = text
        else:
            texts.append(text)
    texts.append(", ".join(text for text in (names.get("last"), names.get("first")) if text))
    return tuple(text for text in texts if text)


def _listed_row(table: Table, layout: _Layout, row: Row) -> tuple[list[ReviewRow], list[Problem]]:
    who = _who(table, layout, row)
    slots = layout.shape is ReviewShape.FORM
    titles = [
        (title, index)
        for index in layout.papers
        for part in _parts(row.cells[index], layout.shape)
        if not is_blank(title := tidy(part)) and not (slots and is_mark(title) is not None)
    ]
    lacking = "student" if not who else "paper"
    if not who or not titles:
        text = f"this row names no {lacking} and is left out"
        return [], [warning(text, file=table.file, line=row.line, rule="reviews-row")]
    number, date, problems = _number_and_date(table, layout, row)
    found = []
    for title, index in titles:
        slot = number if number is not None else columns.slot_of(table.header[index])
        found.append(ReviewRow(who, title, slot, date, row.line, index + 1, table.file))
    return found, problems


def _parts(cell: str, shape: ReviewShape) -> list[str]:
    return _SEVERAL.split(cell) if shape is ReviewShape.FORM else [cell]


def _number_and_date(
    table: Table, layout: _Layout, row: Row
) -> tuple[int | None, dt.date | None, list[Problem]]:
    problems = []

    def ignored(index: int, text: str, hint: str) -> None:
        problems.append(
            warning(
                f"'{row.cell(index)}' {text}; the review is kept without it",
                hint,
                file=table.file,
                line=row.line,
                column=index + 1,
                rule="reviews-cell",
            )
        )

    number = date = None
    if layout.number is not None and (text := row.cell(layout.number)):
        number = int(text) if text.isascii() and _COUNT.fullmatch(text) else None
        if number is None:
            ignored(layout.number, "is no number", "write 1, 2, 3 ...")
    if layout.date is not None and (text := row.cell(layout.date)):
        date = day_of(text)
        if date is None:
            ignored(layout.date, "is no date", "write 2024-10-29 or 10/29/2024")
    return number, date, problems


def _marked_columns(table: Table, layout: _Layout) -> tuple[_Layout, list[Problem]]:
    """Leave out the columns of a matrix in which most cells hold something else than marks."""
    papers = []
    problems = []
    for index in layout.papers:
        texts = [text for row in table.rows if (text := row.cell(index))]
        strange = [text for text in texts if is_mark(text) is None]
        if 2 * len(strange) <= len(texts):
            papers.append(index)
            continue
        text = f"'{tidy(table.header[index])}' is left out: '{strange[0][:SHOWN]}' is no mark"
        hint = "below a paper stand marks, such as x; titles stand in a column called paper"
        problems.append(
            warning(
                text,
                hint,
                file=table.file,
                line=table.header_line,
                column=index + 1,
                rule="reviews-column",
            )
        )
    return replace(layout, papers=tuple(papers)), problems


def _matrix_row(table: Table, layout: _Layout, row: Row) -> tuple[list[ReviewRow], list[Problem]]:
    who = _who(table, layout, row)
    found = []
    problems = []
    for index in layout.papers:
        text = row.cell(index)
        marked = is_mark(text)
        if marked is None:
            said = f"'{text}' is no mark that is known; counted as not reviewed"
            hint = "write x, or leave the cell empty"
            problems.append(
                warning(
                    said,
                    hint,
                    file=table.file,
                    line=row.line,
                    column=index + 1,
                    rule="reviews-cell",
                )
            )
        elif marked:
            title = tidy(table.header[index])
            found.append(ReviewRow(who, title, None, day_of(text), row.line, index + 1, table.file))
    if found and not who:
        said = "this row names no student and is left out"
        return [], [warning(said, file=table.file, line=row.line, rule="reviews-row")]
    return found, problems


def _from_gradebook(
    gradebook: canvas.Gradebook, table: Table
) -> tuple[list[ReviewRow], list[Problem]]:
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
    who = tuple(text for text in (*ids, gradebook.name(row)) if text)
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
